"""The truth table: every row comes out as it says, and the page of the docs is the table."""

import pytest

from qftapp.verification import Outcome, verify
from qftapp.verification.truth_table import PAGE, Row, markdown, rules

ROWS = [
    pytest.param(row, id=f"{rule.title}: {row.gold} | {row.answer}"[:120].encode("ascii", "replace").decode())
    for rule in rules()
    for row in rule.rows
]


@pytest.mark.parametrize("row", ROWS)
def test_row_comes_out_as_it_says(row: Row):
    verdict = verify(row.contract, row.answer, in_prose=row.in_prose)

    assert (verdict.outcome.value, verdict.reason) == (row.outcome, verdict.reason)


def test_table_has_an_example_on_each_side_of_every_rule():
    assert len(ROWS) >= 60
    for rule in rules():
        outcomes = {row.outcome for row in rule.rows}
        assert "correct" in outcomes
        assert outcomes - {"correct"}
        assert outcomes <= set(Outcome)


def test_rows_say_why():
    assert [row.answer for rule in rules() for row in rule.rows if not row.why] == []


def test_page_of_the_docs_is_written_from_the_table():
    assert PAGE.read_text(encoding="utf-8") == markdown(), "run: python -m qftapp.verification.truth_table"
