"""How a version is shown: its contract in words, the prompt a model sees, and its sections for a comparison."""

import json
import re
from dataclasses import dataclass
from typing import Any

from qftapp.items import content
from qftapp.items.contract_rows import initial_tests
from qftapp.items.models import ItemVersion
from qftapp.verification import Contract, ContractError
from qftapp.verification.conventions import sentence
from qftapp.verification.item_tests import EXPECTED_TITLES
from qftapp.verification.prompt import requirements


def contract_of(version: ItemVersion) -> Contract | None:
    """The version's contract, or nothing where a draft's is unsound."""
    try:
        return content.contract_of(version)
    except ContractError:
        return None


PLACES = ("statement", "requirements", "conventions")
"""What a template has places for, each written in braces."""

TEMPLATE = "{statement}\n\n{requirements}\n\n{conventions}"

_PLACE = re.compile(rf"\n*\{{({'|'.join(PLACES)})\}}")


def prompt_of(statement: str, contract: Contract, template: str = TEMPLATE) -> str:
    """What a model is asked: the template with statement, answer requirements and conventions in their places.

    The parts are put in as they are, so braces in them mean nothing; a part that is empty takes the line breaks before
    it with it.
    """
    parts = dict(zip(PLACES, (statement.strip(), requirements(contract), sentence(contract.conventions)), strict=True))

    def put(place: re.Match[str]) -> str:
        part = parts[place[1]]
        return place[0].replace(f"{{{place[1]}}}", part) if part else ""

    return _PLACE.sub(put, template).strip()


@dataclass(frozen=True)
class Section:
    """One part of a version beside the same part of another."""

    title: str
    old: str
    new: str
    is_prose: bool

    @property
    def differs(self) -> bool:
        """Whether anything changed here."""
        return self.old != self.new


def sections(old: ItemVersion | None, new: ItemVersion) -> list[Section]:
    """The parts a reviewer compares; without an older version everything is new."""

    def part(title: str, field: str, is_prose: bool) -> Section:
        return Section(title, getattr(old, field) if old else "", getattr(new, field), is_prose)

    return [
        part("Statement", "statement", True),
        Section("Contract", _pretty(old.contract) if old else "", _pretty(new.contract), False),
        Section("Gold answer", _gold(old), _gold(new), False),
        Section("Tests", _tests(old), _tests(new), False),
        part("Solution", "solution", True),
        part("Second solution", "second_solution", False),
    ]


def _gold(version: ItemVersion | None) -> str:
    gold = version.contract.get("gold") if version else None
    return str(gold.get("source", "")) if isinstance(gold, dict) else ""


def _tests(version: ItemVersion | None) -> str:
    """The item's tests, each under a line that says what must become of it."""
    rows = initial_tests(version.contract) if version else []
    return "\n\n".join(f"# {_outcome(row)}\n{row.get('answer', '')}" for row in rows)


def _outcome(row: dict[str, Any]) -> str:
    """What must become of a test's answer, and what that has wrong."""
    titles = {str(outcome): title for outcome, title in EXPECTED_TITLES.items()}
    outcome, name = str(row.get("outcome", "")), row.get("name", "")
    return f"{titles.get(outcome, outcome)}{': ' if name else ''}{name}"


def _pretty(contract: dict[str, Any]) -> str:
    rest = {name: value for name, value in contract.items() if name not in ("gold", "tests")}
    return json.dumps(rest, indent=2, ensure_ascii=False, sort_keys=True)
