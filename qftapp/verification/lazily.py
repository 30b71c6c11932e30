"""Properties computed when they are first asked for."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

V = TypeVar("V")


class lazily(Generic[V]):
    """A property whose value is computed once for each object, and kept in its dictionary.

    Up to Python 3.11, functools.cached_property holds one lock for all the objects of a class while it computes. A
    process forked meanwhile waits for it forever. Without the lock, two threads may compute the same value.
    """

    def __init__(self, compute: Callable[[Any], V]) -> None:
        self.compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...
    @overload
    def __get__(self, owner: object, kind: type) -> V: ...
    def __get__(self, owner: object | None, kind: type) -> Self | V:
        if owner is None:
            return self
        value = vars(owner)[self.name] = self.compute(owner)
        return value
