"""What a version says: the fields that a review judges and a hash seals."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from qftapp.items.models import ItemVersion
from qftapp.verification import Contract


def content_of(version: ItemVersion) -> dict[str, Any]:
    """The reviewed fields of a version, by name."""
    return {field: getattr(version, field) for field in ItemVersion.CONTENT}


def hash_content(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the content in canonical JSON: sorted keys, UTF-8, no white space."""
    return hashlib.sha256(orjson.dumps(dict(content), option=orjson.OPT_SORT_KEYS)).hexdigest()


def contract_of(version: ItemVersion) -> Contract:
    """The version's contract as a value; raises ContractError where a draft's is unsound."""
    return Contract.from_json(version.contract)
