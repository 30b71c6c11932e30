"""The reward for TRL's GRPOTrainer: 1 for a right answer, 0 for any other, None where the item cannot be judged.

It judges in this process. For training at length take `training.reward` of the same project: it does so in processes
that can be killed, and logs outcomes.
"""

from typing import Any

from scoring import score


def reward(completions: list[Any], contract: list[str], **_: Any) -> list[float | None]:
    """Return the reward of each completion, text or messages."""
    return [score(given, _text(completion)) for given, completion in zip(contract, completions, strict=True)]


def _text(completion: Any) -> str:
    return completion if isinstance(completion, str) else "".join(message["content"] for message in completion)
