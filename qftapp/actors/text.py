"""Text and JSON values that the database can hold, whatever they came from."""

import math
from typing import Any


def storable(value: Any) -> Any:
    """The value with NUL shown as ␀, lone surrogates as ?, and numbers beyond JSON as text; containers are copied."""
    if isinstance(value, str):
        return value.replace("\0", "␀").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {storable(key): storable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [storable(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
