"""Values that never change, made as fast as Python can make them."""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """Make a class a dataclass with slots and a hash that nothing may change: the type checker sees to it.

    A frozen one would see to it itself whenever a field is set, for four times the price: too much for what is made
    thousands of times in a verdict.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
