"""Every golden pair has the outcome it should have, and most wrong ones the right name."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qftapp.verification import Contract, Outcome, verify
from qftapp.verification.inference import contract_of

FOLDER = Path(__file__).parent / "golden"
FIELDS = ("kind", "conventions", "labels", "equality", "tolerance", "unit")
NAMED_SHARE = 0.9
"""Of the wrong rows that ask for a diagnosis, the share that must have just this one."""


def rows() -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            yield json.loads(line)


ROWS = list(rows())


def judged(row: dict[str, Any]) -> Any:
    return verify(contract(row), row["answer"], seed=1, deadline_seconds=60)


def contract(row: dict[str, Any]) -> Contract:
    if "contract" in row:
        return Contract.from_json(row["contract"])
    return contract_of(row["gold"], row["symbols"], **{field: row[field] for field in FIELDS if row.get(field)})


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_golden_pair(row):
    verdict = judged(row)
    assert verdict.outcome == row["outcome"], f"{row['reason']} — {verdict.reason}"


def test_wrong_answers_are_named_rightly():
    asked = [row for row in ROWS if row.get("diagnosis")]
    found = [judged(row).diagnosis for row in asked]
    named = [d is not None and d.code == row["diagnosis"] for row, d in zip(asked, found, strict=True)]
    assert sum(named) >= NAMED_SHARE * len(asked)


def test_golden_pairs_are_many_and_of_every_outcome():
    assert len(ROWS) >= 400
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    judgements = (Outcome.CORRECT, Outcome.WRONG, Outcome.UNREADABLE, Outcome.NO_ANSWER)
    assert {row["outcome"] for row in ROWS} == {outcome.value for outcome in judgements}
