"""A package for verifiers: a taskset whose tasks validate their own gold and reward the verdict on the last reply."""

from collections.abc import Iterator
from pathlib import Path

from qftapp.experiments.exporting.facts import Facts
from qftapp.experiments.exporting.formats.writing import Row, copy, write_lines

PYPROJECT = """\
[project]
name = "{name}"
version = "0.1.0"
description = "{rows} items of {release} as tasks with verified rewards."
requires-python = ">=3.11"
dependencies = ["verifiers>=0.4,<0.5"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["{module}"]
"""
INIT = '''"""{rows} items of {release}."""

from .taskset import QftTaskset

__all__ = ["QftTaskset"]
'''
HOW_TO_OPEN = """\
```sh
uv pip install -e .
vf-validate {name} --runtime.type subprocess      # the gold answer of every item must pass
vf-eval {name} --model NAME …
```

An item that cannot be judged is nobody's fault: its rollouts fail in scoring with `BrokenItemError` and have no reward,
so that trainers leave them out; `--resume` tries them again.
"""


def write(facts: Facts, folder: Path) -> str:
    """Write the package; returns how to install it."""
    package = folder / facts.module
    named = {"name": facts.module.replace("_", "-"), "module": facts.module, "rows": facts.rows}
    write_lines(package / "items.jsonl", _tasks(facts))
    (folder / "pyproject.toml").write_text(PYPROJECT.format(**named, release=facts.release), encoding="utf-8")
    (package / "__init__.py").write_text(INIT.format(**named, release=facts.release), encoding="utf-8")
    copy("scoring.py", package / "scoring.py")
    copy("verifiers_taskset.py", package / "taskset.py")
    return HOW_TO_OPEN.format(**named)


def _tasks(facts: Facts) -> Iterator[Row]:
    for row in facts.read():
        *system, asked = row["prompt"]
        about = {name: row[name] for name in ("item", "topic", "domain_level", "operational_level")}
        prompts = {"prompt": asked["content"], "system_prompt": system[0]["content"] if system else None}
        yield {"name": row["item"], **prompts, **about, "contract": row["contract"]}
