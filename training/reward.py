"""The reward of GRPO: what the verifier says of a completion.

| the verifier says | reward |
|---|---|
| correct | 1 |
| wrong, unreadable, no answer, timeout | 0 |
| broken item, or it failed, or had no time | none: left out of its group |

Optional terms, off by default: `readable` adds to answers that can be read, `length` takes off as a completion nears
its limit. No part of an answer is ever rewarded for occurring in it.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from qftapp.verification import Outcome
from training.config import Rewarding
from training.judging import OUTCOMES, UNJUDGED, Judged, Pool
from training.rollouts import Rollouts

Gather = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]

_REWARDS: dict[str, float | None] = dict.fromkeys(OUTCOMES, 0.0)
_REWARDS |= {Outcome.CORRECT.value: 1.0, Outcome.BROKEN_ITEM.value: None, UNJUDGED: None}
_READABLE = (Outcome.CORRECT.value, Outcome.WRONG.value)


class Reward:
    """A reward function of TRL; a context, since it holds processes."""

    __name__ = "verified"

    def __init__(
        self,
        options: Rewarding,
        *,
        processes: int,
        max_tokens: int,
        end_ids: Sequence[int],
        prefill: str = "",
        rollouts: Rollouts | None = None,
        gather: Gather = list,
    ) -> None:
        """`prefill` is the opened reasoning in which prompts end; `gather` joins the rows of all processes."""
        self._options = options
        self._max_tokens = max_tokens
        self._end_ids = frozenset(end_ids)
        self._prefill = prefill
        self._rollouts = rollouts
        self._gather = gather
        self._pool = Pool(processes=processes, seconds=options.seconds, batch_seconds=options.batch_seconds)

    def __enter__(self) -> "Reward":
        """Return itself; processes start with the first batch."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the processes."""
        self._pool.close()

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        completion_ids: Sequence[Sequence[int]],
        contract: Sequence[str],
        item: Sequence[str],
        trainer_state: Any = None,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """Return a reward for each completion, none where nothing can be said of it."""
        texts = [self._prefill + _text(completion) for completion in completions]
        started = time.monotonic()
        verdicts = self._pool.judged(list(zip(contract, texts, strict=True)))
        taken = time.monotonic() - started
        lengths = [len(ids) for ids in completion_ids]
        rewards = [self._reward(judged, length) for judged, length in zip(verdicts, lengths, strict=True)]
        if log_extra:
            log_extra("item", list(item))
            log_extra("outcome", [judged.outcome for judged in verdicts])
            log_extra("diagnosis", [judged.diagnosis for judged in verdicts])
        if log_metric:
            log_metric("reward_time", taken)
            _log_shares(verdicts, log_metric)
        rows = [
            {
                "item": item[place],
                "version": columns.get("version", [None] * len(texts))[place],
                "text": text,
                "finish_reason": "stop" if self._end_ids & set(completion_ids[place][-1:]) else "length",
                "output_tokens": lengths[place],
                "grade": verdicts[place].outcome,
                "reason": verdicts[place].reason,
                "diagnosis": verdicts[place].diagnosis,
                "reward": rewards[place],
            }
            for place, text in enumerate(texts)
        ]
        self._keep(rows, trainer_state)
        return rewards

    def _reward(self, judged: Judged, tokens: int) -> float | None:
        reward = _REWARDS[judged.outcome]
        if reward is None:
            return None
        margin = min(self._options.length_margin, self._max_tokens)
        beyond = max(0, tokens - (self._max_tokens - margin)) / margin
        is_readable = judged.outcome in _READABLE
        return reward + self._options.readable * is_readable - self._options.length * min(beyond, 1.0)

    def _keep(self, rows: list[dict[str, Any]], trainer_state: Any) -> None:
        """Write the rows of all processes; the step is the update they are for."""
        rows = self._gather(rows)
        if self._rollouts and trainer_state is not None:
            self._rollouts.write(trainer_state.global_step + 1, rows)


def _text(completion: Any) -> str:
    """Return what was written, of a text or of messages."""
    return completion if isinstance(completion, str) else str(completion[-1]["content"])


def _log_shares(verdicts: Sequence[Judged], log_metric: Callable[[str, float], None]) -> None:
    counts = Counter(judged.outcome for judged in verdicts)
    for outcome in OUTCOMES:
        log_metric(f"outcome/{outcome}", counts[outcome] / len(verdicts))
    for code, count in Counter(judged.diagnosis for judged in verdicts if judged.diagnosis).items():
        log_metric(f"diagnosis/{code}", count / len(verdicts))
