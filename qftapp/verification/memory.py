"""Judgements already made of answers to one item: models give the same answer again and again."""

import threading
from collections import OrderedDict
from typing import Any, Generic, TypeVar

from qftapp.verification.extract import Answer

MOST = 64
"""Answers that are kept for an item, those last given."""

T = TypeVar("T")


class Memory(Generic[T]):
    """Judgements with their evidence, by answer."""

    def __init__(self) -> None:
        self._known: OrderedDict[Answer, tuple[T, dict[str, Any]]] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, answer: Answer, evidence: dict[str, Any]) -> T | None:
        """Return the judgement, its evidence put into `evidence`; nothing where there is none."""
        with self._lock:
            known = self._known.get(answer)
            if known is None:
                return None
            self._known.move_to_end(answer)
        evidence.update(known[1])
        return known[0]

    def keep(self, answer: Answer, judgement: T, evidence: dict[str, Any]) -> None:
        """Remember a judgement."""
        with self._lock:
            self._known[answer] = judgement, dict(evidence)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
