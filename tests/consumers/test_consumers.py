"""Exports opened by those who are to load them, each in an environment of its own (`make test-consumers`)."""

import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from django.conf import settings

from qftapp.experiments.exporting import keeping
from qftapp.experiments.exporting.recipes import RLRecipe
from tests.experiments.exports import export_of, files_folder, release_of, version

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)

HERE = Path(__file__).parent
ITEMS = 4


@pytest.fixture
def unpacked(tmp_path):
    """Unpacks an RL export of some items in a format."""
    export = export_of(release_of(*(version(place) for place in range(ITEMS))), RLRecipe(), slug="opened")

    def unpack(code: str) -> Path:
        with zipfile.ZipFile(keeping.archive(export, code)) as archive:
            archive.extractall(tmp_path)
        return tmp_path / f"opened-{code}"

    return unpack


def told_by(consumer: str, script: str, *arguments: object, **environment: str) -> dict:
    """What a script prints as its last line, run by the consumer's Python with the verifier beside it."""
    python = settings.BASE_DIR / ".consumers" / consumer / "bin" / "python"
    if not python.exists():
        pytest.skip(f"{consumer} is not installed: make test-consumers")
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "RAY_USAGE_STATS_ENABLED": "0"}
    paths = [str(settings.BASE_DIR), str(HERE), *filter(None, [environment.pop("PYTHONPATH", "")])]
    ended = subprocess.run(
        [python, HERE / script, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
        env={**os.environ, **offline, **environment, "PYTHONPATH": os.pathsep.join(paths)},
    )
    assert ended.returncode == 0, ended.stderr[-4_000:]
    return json.loads(ended.stdout.splitlines()[-1])


def test_inspect_evaluates_the_task(unpacked, tmp_path):
    told = told_by("inspect", "open_inspect.py", unpacked("inspect"), HOME=str(tmp_path))
    assert told["samples"] == ITEMS
    assert told["right"]["accuracy"] == 1
    assert told["none"]["accuracy"] == 0
    assert {"stderr", "all"} <= told["right"].keys()


def test_lm_eval_evaluates_the_task(unpacked, tmp_path):
    told = told_by("lm-eval", "open_lm_eval.py", unpacked("lm-eval"), HOME=str(tmp_path))
    assert told["samples"] == ITEMS
    assert (told["right"]["correct"], told["none"]["correct"]) == (1, 0)
    assert (told["right"]["broken"], told["none"]["broken"]) == (0, 0)


def test_verl_reads_the_table_and_asks_the_reward(unpacked, tmp_path):
    told = told_by("verl", "open_verl.py", unpacked("verl"), HOME=str(tmp_path))
    assert (told["samples"], told["prompt"]) == (ITEMS, "user")
    assert [score["score"] for score in told["right"]] == [1] * ITEMS
    assert [score["outcome"] for score in told["none"]] == ["no_answer"] * ITEMS


def test_verifiers_loads_and_validates_the_taskset(unpacked, tmp_path):
    folder = unpacked("verifiers")
    told = told_by("verifiers", "open_verifiers.py", folder, "qft_opened", HOME=str(tmp_path), PYTHONPATH=str(folder))
    assert told["samples"] == ITEMS
    assert told["exit"] == 0, told["tail"]
    assert told["summary"]["checks"]["gold"]["valid"] == ITEMS
    assert told["right"] == [{"correct": 1}] * ITEMS
    assert told["none"] == [{"correct": 0}] * ITEMS
    assert told["broken"] == [{"correct": None}] * ITEMS
