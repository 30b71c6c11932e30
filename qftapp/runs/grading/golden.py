"""Contested grades as golden rows of the verifier's tests (see tests/verification/golden/README.md)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import orjson

from qftapp.runs.models import Contest
from qftapp.verification import Contract, ContractError, Outcome
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.inference import contract_of
from qftapp.verification.terms import Kind

JUDGEABLE = (Outcome.CORRECT, Outcome.WRONG, Outcome.NO_ANSWER, Outcome.UNREADABLE)
"""What golden rows may expect: that an item is broken or an answer slow is no matter of the answer's form."""


def rows(contests: Iterable[Contest]) -> Iterator[bytes]:
    """A line of JSON for each contest that expects what a golden row may, its trace and item loaded."""
    for contest in contests:
        if contest.expected in JUDGEABLE:
            yield orjson.dumps(row_of(contest), option=orjson.OPT_APPEND_NEWLINE)


def row_of(contest: Contest) -> dict[str, Any]:
    """The golden row: response, the outcome that it should have, and why."""
    trace = contest.grade.trace
    version = trace.item_version
    return {
        "id": f"contest.{version.item.slug}.{contest.pk}",
        **_asked(version.contract),
        "answer": trace.text.rpartition("</think>")[2].strip(),
        "outcome": contest.expected,
        "diagnosis": "",
        "reason": " ".join(contest.reason.split()),
    }


def _asked(contract: dict[str, Any]) -> dict[str, Any]:
    """Gold in LaTeX with its symbols where the whole contract follows from them, else the contract itself."""
    whole = {name: value for name, value in contract.items() if name != "tests"}
    try:
        sound = Contract.from_json(whole)
        short = _short(sound)
        if short and _plain(contract_of(short["gold"], short["symbols"], **_given(short))) == _plain(sound):
            return short
    except (ContractError, ExpressionError):
        pass
    return {"contract": whole}


def _short(contract: Contract) -> dict[str, Any]:
    """Kind, gold and symbols as golden rows have them, empty where gold is Python."""
    if contract.gold.language != "latex" and contract.kind not in (Kind.LABEL, Kind.BOOLEAN):
        return {}
    data = contract.to_json()
    domains = {
        symbol.latex or symbol.name: symbol.domain.value if symbol.low is None else [symbol.low, symbol.high]
        for symbol in contract.symbols
    }
    row = {"kind": data["kind"], "gold": contract.gold.source, "symbols": domains}
    extras = {
        "conventions": {name: said for name, said in data["conventions"].items() if said},
        "labels": data["labels"],
        "equality": data["equality"] if data["equality"] != "value" else "",
        "tolerance": data["tolerance"] if contract.tolerance != type(contract.tolerance)() else {},
        "unit": contract.unit,
    }
    return row | {name: value for name, value in extras.items() if value}


def _given(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("gold", "symbols")}


def _plain(contract: Contract) -> Contract:
    """The contract without what no verdict on text depends on."""
    symbols = tuple(replace(symbol, unit="", meaning="") for symbol in contract.symbols)
    return replace(contract, symbols=symbols, entry_point="answer", tests=())
