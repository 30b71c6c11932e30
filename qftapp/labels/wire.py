"""What the desk's page sends: read from JSON into the arguments of `annotating.save`."""

from typing import Any

import orjson
from django.core.exceptions import ValidationError

from qftapp.runs.steps import STEPS_VERSION

_TYPES: dict[str, type] = {"revision": int, "verdict": str, "comment": str, "seconds": int, "marks": list}


def read(body: bytes) -> dict[str, Any]:
    """The state that a page sent; raises ValidationError where it is none."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ValidationError("This is no JSON.") from error
    if not isinstance(sent, dict):
        raise ValidationError("This is no annotation.")
    state: dict[str, Any] = {}
    for name, kind in _TYPES.items():
        if type(sent.get(name)) is not kind:
            raise ValidationError({name: "This has another type."})
        state[name] = sent[name]
    if not all(isinstance(mark, dict) for mark in state["marks"]):
        raise ValidationError({"marks": "A mark has fields."})
    return {**state, "steps_version": str(STEPS_VERSION), "overwrite": sent.get("overwrite") is True}
