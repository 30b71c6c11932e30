"""What the settings read from the environment, and what they insist on."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "QFT_MODE": "production",
    "SECRET_KEY": "x1" * 30,
    "ALLOWED_HOSTS": "qft.example.org",
    "DATABASE_URL": "postgres://nobody@nowhere/nothing",
}


def start(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Load the settings as a command does, with these variables alone."""
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
    )


def test_production_starts_with_all_it_needs():
    assert start(PRODUCTION).returncode == 0


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_production_without_a_required_variable_says_so_in_one_line(name):
    result = start({**PRODUCTION, name: ""})

    assert result.returncode == 1
    assert result.stderr == f"Production needs {name}; set it, or QFT_MODE=local on your own machine\n"


def test_production_refuses_debug():
    result = start({**PRODUCTION, "DEBUG": "on"})

    assert result.returncode == 1
    assert result.stderr == "DEBUG must be off in production\n"


def test_unknown_mode_is_refused():
    result = start({**PRODUCTION, "QFT_MODE": "prod"})

    assert result.returncode == 1
    assert result.stderr == "QFT_MODE is 'prod'; it must be local, test or production\n"


def test_example_names_every_variable():
    read = re.findall(r'\benv\.\w+\(\s*"(\w+)"', (settings.BASE_DIR / "qftapp" / "settings.py").read_text())
    named = re.findall(r"^#?([A-Z_]+)=", (settings.BASE_DIR / ".env.example").read_text(), re.MULTILINE)

    assert sorted(set(read) - set(named)) == []
