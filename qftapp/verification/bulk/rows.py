r"""One line of JSON to one verdict.

| field | meaning |
|---|---|
| `answer` | the response, required |
| `contract` | the contract as JSON |
| `contract_file` | or a file that holds it, beside the input |
| `gold`, `symbols` | or gold in LaTeX and the domains of its symbols: {"m": "positive", "\\theta": [0, 3.1]} |
| `kind`, `equality`, `tolerance`, `conventions`, `unit` … | with `gold`: further fields of the contract |
| `id` | anything; it comes back with the verdict |
"""

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from qftapp.verification.contract import Contract, ContractError
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.inference import contract_of
from qftapp.verification.solutions import SandboxUnavailable
from qftapp.verification.verdict import Outcome, Verdict
from qftapp.verification.verify import verify

ERROR = "error"
"""What stands in place of an outcome where there is no verdict."""
_SOURCES = ("contract", "contract_file", "gold")
_GIVEN = ("assumptions", "constant", "conventions", "entry_point", "equality", "kind", "labels", "tolerance", "unit")
_KEPT = 256
"""Contracts that a process remembers."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How every line is judged; `contract` (JSON) is that of lines that bring none, "" if they must."""

    seconds: float = 10.0
    seed: int | None = None
    folder: str = "."
    contract: str = ""
    with_evidence: bool = False

    def done(self, line: "Line") -> "Judged":
        """Return what a line comes to; raises nothing, whatever it holds."""
        return judge(line, self)

    def cut_off(self, line: "Line", reason: str) -> "Judged":
        """Return the verdict on a line whose process did not live to judge it."""
        try:
            row = _row(line.text)
        except RowError:
            row = {}
        return _written(line, Verdict(Outcome.TIMEOUT, reason), self, row)

    def family(self, line: "Line") -> None:
        """Return nothing: lines are judged in their order, as far as processes allow."""


class Line(NamedTuple):
    """A line of the input and its number, from 1."""

    number: int
    text: bytes


class Judged(NamedTuple):
    """What a line came to: an outcome or ERROR, and the line of JSON that says so."""

    outcome: str
    text: str


class RowError(ValueError):
    """A line that asks for nothing that can be judged; the message says why."""


def judge(line: Line, rules: Rules) -> Judged:
    """Return what a line comes to; raises nothing, whatever it holds."""
    row: dict[str, Any] = {}
    try:
        row = _row(line.text)
        contract = _contract(row, rules)
        answer = row.get("answer")
        if not isinstance(answer, str):
            raise RowError("answer: must be a text")
        verdict = verify(contract, answer, seed=rules.seed, deadline_seconds=rules.seconds, in_prose="gold" in row)
    except (RowError, ContractError, SandboxUnavailable) as error:
        return failed(line, str(error), row)
    except Exception as error:  # one line that shows a fault of the verifier must not cost the others their verdicts
        return failed(line, f"the verifier failed: {type(error).__name__}: {error}", row)
    return _written(line, verdict, rules, row)


def failed(line: Line, message: str, row: dict[str, Any]) -> Judged:
    """Return the line that says why there is no verdict."""
    return Judged(ERROR, json.dumps({"line": line.number, **_id(row), "error": message}))


def _written(line: Line, verdict: Verdict, rules: Rules, row: dict[str, Any]) -> Judged:
    written = verdict.to_json(with_evidence=rules.with_evidence)
    return Judged(verdict.outcome, json.dumps({"line": line.number, **_id(row), **written}))


def _id(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["id"]} if "id" in row else {}


def _row(text: bytes) -> dict[str, Any]:
    try:
        row = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise RowError(f"is not JSON: {error}") from None
    if not isinstance(row, dict):
        raise RowError("must be an object")
    return row


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _contract(row: dict[str, Any], rules: Rules) -> Contract:
    named = [source for source in _SOURCES if source in row]
    if len(named) > 1:
        raise RowError(f"{named[1]}: there is a {named[0]} already")
    match named:
        case ["contract"]:
            return _read(json.dumps(row["contract"]))
        case ["contract_file"]:
            return _from_file(rules.folder, str(row["contract_file"]))
        case ["gold"]:
            given = {name: row[name] for name in _GIVEN if name in row}
            return _guessed(json.dumps([row["gold"], row.get("symbols", {}), given]))
    if not rules.contract:
        raise RowError("contract: is missing; give contract, contract_file or gold")
    return _read(rules.contract)


@functools.lru_cache(maxsize=_KEPT)
def _read(text: str) -> Contract:
    return Contract.from_json(json.loads(text))


@functools.lru_cache(maxsize=_KEPT)
def _from_file(folder: str, name: str) -> Contract:
    try:
        text = (Path(folder) / name).read_text(encoding="utf-8")
        return _read(json.dumps(json.loads(text)))
    except OSError as error:
        raise RowError(f"contract_file: {name}: {error.strerror}") from None
    except ContractError:
        raise
    except (ValueError, RecursionError) as error:
        raise RowError(f"contract_file: {name} is not JSON: {error}") from None


@functools.lru_cache(maxsize=_KEPT)
def _guessed(text: str) -> Contract:
    gold, domains, given = json.loads(text)
    if not isinstance(gold, str):
        raise RowError("gold: must be a text")
    if not isinstance(domains, dict) or not all(map(_is_domain, domains.values())):
        raise RowError('symbols: must be an object such as {"m": "positive", "x": [0, 1]}')
    try:
        return contract_of(gold, domains, **given)
    except ContractError:
        raise
    except (ExpressionError, ValueError, RecursionError) as error:
        raise RowError(f"gold: {error}") from None


def _is_domain(value: object) -> bool:
    if isinstance(value, list):
        return len(value) == 2 and all(isinstance(end, int | float) for end in value)
    return isinstance(value, str)
