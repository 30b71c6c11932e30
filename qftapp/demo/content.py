"""The demo world's content as frozen dataclasses, read from the TOML files beside this module."""

import tomllib
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent

_SYMBOL_DEFAULTS: dict[str, Any] = {
    "latex": "",
    "domain": "real",
    "low": None,
    "high": None,
    "exclude": [],
    "unit": "",
    "meaning": "",
    "decoy": False,
}
_CONTRACT_DEFAULTS: dict[str, Any] = {
    "schema": 1,
    "symbols": [],
    "assumptions": [],
    "constant": False,
    "labels": [],
    "equality": "value",
}


@dataclass(frozen=True, slots=True)
class DemoSource:
    """A book, paper or course that demo items are adapted from, cited by reference only."""

    slug: str
    kind: str
    title: str
    authors: str
    year: int
    url: str
    licence: str
    may_redistribute: bool

    @property
    def fields(self) -> dict[str, Any]:
        """Every field by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class DemoItem:
    """One demo item.

    An adapted item has a `source` (its slug), a `locator` and our paraphrase of the problem; an original one has
    `source` None. `contract` is the answer contract as JSON values (schema 1). `reviewer` is "" where nobody reviews
    yet. `flaw` says why the gate refuses an item that is imperfect on purpose, and is "" for all others.
    """

    slug: str
    origin: str
    domain: str
    topic: str
    domain_level: str
    operational_level: str
    task_type: str
    state: str
    author: str
    reviewer: str
    statement: str
    solution: str
    second_solution: str
    contract: dict[str, Any] = field(hash=False)
    source: str | None = None
    locator: str = ""
    source_statement: str = ""
    flaw: str = ""

    @property
    def classification(self) -> dict[str, str]:
        """Topic, levels and task type by field name; the domain follows from the topic."""
        return {
            "topic": self.topic,
            "domain_level": self.domain_level,
            "operational_level": self.operational_level,
            "task_type": self.task_type,
        }

    @property
    def content(self) -> dict[str, Any]:
        """What a version of the item says, by field name."""
        return {
            "statement": self.statement,
            "contract": self.contract,
            "solution": self.solution,
            "second_solution": self.second_solution,
        }


@cache
def sources() -> tuple[DemoSource, ...]:
    """All sources in the order of the file."""
    with (_FOLDER / "sources.toml").open("rb") as file:
        return tuple(DemoSource(**entry) for entry in tomllib.load(file)["sources"])


@cache
def items() -> tuple[DemoItem, ...]:
    """All items, file by file in alphabetical order, as each file lists them."""
    found: list[DemoItem] = []
    for path in sorted((_FOLDER / "items").glob("*.toml")):
        with path.open("rb") as file:
            found.extend(_read_item(entry) for entry in tomllib.load(file)["items"])
    return tuple(found)


def _read_item(entry: dict[str, Any]) -> DemoItem:
    """Return the item in a TOML table; raises KeyError or TypeError for a missing or an unknown field."""
    values = dict(entry)
    state = values.pop("demo_state")
    contract = _complete_contract(values.pop("contract"))
    texts = {name: values.pop(name).strip() + "\n" for name in ("statement", "solution", "second_solution")}
    return DemoItem(state=state, contract=contract, **texts, **values)


def _complete_contract(contract: dict[str, Any]) -> dict[str, Any]:
    """Return the contract with every field that the files leave at its default."""
    complete = _CONTRACT_DEFAULTS | contract
    complete["symbols"] = [_SYMBOL_DEFAULTS | symbol for symbol in complete["symbols"]]
    if "tests" in complete:
        complete["tests"] = [{"name": ""} | test for test in complete["tests"]]
    complete["tolerance"] = {"value": None} | complete["tolerance"]
    complete["gold"] = complete["gold"] | {"source": complete["gold"]["source"].strip() + "\n"}
    return complete
