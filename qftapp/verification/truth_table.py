"""The house rules as a truth table: which answer to which gold is right, every row a test and a line of the docs.

`python -m qftapp.verification.truth_table` writes docs/truth-table.md.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from qftapp.verification.contract import Contract
from qftapp.verification.inference import contract_of

DATA = Path(__file__).with_suffix(".toml")
PAGE = Path(__file__).parents[2] / "docs" / "truth-table.md"

_HEAD = """\
# Truth table

Which answers count as right, rule by rule. This page is written from `qftapp/verification/truth_table.toml` by
`python -m qftapp.verification.truth_table`; every row is a test. A symbol is positive unless something else is said.
Numbers are compared to a relative error of 1e-6 unless the contract says otherwise.
"""
_TOLERANCE = {"kind": "relative", "value": 1e-6}


@dataclass(frozen=True, slots=True)
class Row:
    """An answer to a gold in LaTeX, what must become of it, and why.

    `domains` are those of symbols that are not positive; `given` are further fields of the contract; `in_prose` says
    that the response may state its answer in words, as where gold is all that is known.
    """

    gold: str
    answer: str
    outcome: str
    why: str
    domains: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    in_prose: bool = False

    @property
    def contract(self) -> Contract:
        """The contract that gold and domains make."""
        return contract_of(self.gold, self.domains, **{"tolerance": _TOLERANCE, **self.given})

    @property
    def conditions(self) -> str:
        """What is said beside gold, in words."""
        domains = (f"{name} {_domain(domain)}" for name, domain in self.domains.items())
        return ", ".join((*domains, *_conditions(self.given), *(["a bare gold"] if self.in_prose else [])))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the house with examples of what it lets pass and what it refuses."""

    title: str
    says: str
    rows: tuple[Row, ...]


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule in the order of the file."""
    with DATA.open("rb") as file:
        return tuple(_rule(entry) for entry in tomllib.load(file)["rules"])


def _rule(entry: dict[str, Any]) -> Rule:
    shared = {key: entry[key] for key in ("domains", "given", "in_prose") if key in entry}
    return Rule(entry["title"], entry["says"], tuple(Row(**{**shared, **row}) for row in entry["rows"]))


def _domain(domain: object) -> str:
    return f"in {domain}" if isinstance(domain, list) else str(domain).replace("_", "-")


def _conditions(given: Mapping[str, Any]) -> Iterator[str]:
    if "equality" in given:
        yield str(given["equality"]).replace("_", " ")
    if "tolerance" in given:
        tolerance = given["tolerance"]
        yield "exact" if tolerance["kind"] == "exact" else f"{tolerance['value']:g} significant figures"
    if "labels" in given:
        yield f"labels {', '.join(given['labels'])}"


def markdown() -> str:
    """Return the whole table as a page of the docs."""
    parts = [_HEAD]
    for rule in rules():
        lines = [f"## {rule.title}", "", rule.says, "", "| gold | answer | outcome | why |", "|---|---|---|---|"]
        for row in rule.rows:
            beside = f" ({row.conditions})" if row.conditions else ""
            cells = (_code(row.gold) + beside, _code(row.answer), row.outcome.replace("_", " "), row.why)
            lines.append(f"| {' | '.join(cells)} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _code(text: str) -> str:
    """Return text as code in the cell of a table, line ends shown as ↵."""
    shown = text.replace("\n", " ↵ ").replace("|", r"\|")
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


if __name__ == "__main__":
    PAGE.write_text(markdown(), encoding="utf-8")
