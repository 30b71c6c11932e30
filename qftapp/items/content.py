"""What a version says: the fields that a review judges and a hash seals."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from qftapp.items.models import ItemVersion
from qftapp.verification import Contract

_WHOLE_LIMIT = 2**63


def content_of(version: ItemVersion) -> dict[str, Any]:
    """The reviewed fields of a version, by name."""
    return {field: _portable(getattr(version, field)) for field in ItemVersion.CONTENT}


def _portable(value: Any) -> Any:
    """The value with whole numbers beyond 64 bits as floats: PostgreSQL returns 1e30 as an integer of 31 digits."""
    if isinstance(value, dict):
        return {key: _portable(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_portable(entry) for entry in value]
    if isinstance(value, int) and not -_WHOLE_LIMIT <= value < _WHOLE_LIMIT:
        return float(value)
    return value


def hash_content(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the content in canonical JSON: sorted keys, UTF-8, no white space."""
    return hashlib.sha256(orjson.dumps(dict(content), option=orjson.OPT_SORT_KEYS)).hexdigest()


def contract_of(version: ItemVersion) -> Contract:
    """The version's contract as a value; raises ContractError where a draft's is unsound."""
    return Contract.from_json(version.contract)
