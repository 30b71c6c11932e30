"""The reward for verl: reward.custom_reward_function.path=reward.py, name compute_score (its default)."""

import importlib.util
from pathlib import Path
from typing import Any

# verl loads this file by its path, so what stands beside it is loaded in the same way.
_spec = importlib.util.spec_from_file_location("qft_scoring", Path(__file__).with_name("scoring.py"))
assert _spec is not None
assert _spec.loader is not None
_scoring = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_scoring)


def compute_score(
    data_source: str, solution_str: str, ground_truth: str, extra_info: dict[str, Any] | None = None, **_: Any
) -> dict[str, Any]:
    """Return the score with the outcome; a broken item scores 0, for verl takes nothing but numbers."""
    verdict = _scoring.judge(ground_truth, solution_str)
    return {"score": float(verdict.outcome.value == "correct"), "outcome": verdict.outcome.value}
