"""Judgements already made of answers to one item: models give the same answer again and again."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

MOST = 128
"""Answers that are kept for an item, those last given."""

T = TypeVar("T")


class Memory(Generic[T]):
    """Judgements by answers, as they were handed in or as they were read."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, answer: Hashable) -> T | None:
        """Return the judgement, nothing where there is none."""
        with self._lock:
            known = self._known.get(answer)
            if known is not None:
                self._known.move_to_end(answer)
            return known

    def keep(self, answer: Hashable, judgement: T) -> None:
        """Remember a judgement."""
        with self._lock:
            self._known[answer] = judgement
            while len(self._known) > MOST:
                self._known.popitem(last=False)
