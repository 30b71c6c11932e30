"""A final answer that prose states is found, and nothing is guessed."""

import pytest

from qftapp.verification import Outcome, verify
from qftapp.verification.inference import contract_of
from qftapp.verification.stated import LENGTH_LIMIT, Contradiction, final


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        ("So the answer is 42.", "42"),
        ("The final answer is $x^2$. I hope it is correct.", "x^2"),
        ("I get 3, then 4.\nFinal Answer: **7**", "7"),
        (r"Answer \( 9 \)", "9"),
        ("The solutions agree: the final answer is $1$ and $2$.", "1, 2"),
        ("The answer is 42 because six times seven is that.", "42"),
        ("12 is our answer.", "12"),
        ("We have two cases.\nThe mass is $m = 3$.", "m = 3"),
        ("The volume is 120.", "120"),
        ("Altogether 3 + 10 = 13", "13"),
        ("It costs $7.78.", None),
        ("The price is $7.78.", "7.78"),
        ("The share is 28 percent", r"28\%"),
        ("The answer is $5$.<|im_end|><|im_start|>user", "5"),
        ("Of 42 diagrams some vanish.", None),
        ("The width is $g^2$ in the rest frame.", None),
        ("I cannot answer this.", None),
        ("", None),
    ],
)
def test_final_answer_in_prose(response: str, answer: str | None):
    assert final(response) == answer


def test_two_statements_that_differ_are_a_contradiction():
    with pytest.raises(Contradiction):
        final("The answer is 41. No: the answer is 42.")


def test_the_stronger_phrase_decides():
    assert final("An answer is 41, but the final answer is 42.") == "42"


def test_only_the_end_of_a_long_response_is_looked_through():
    assert final("The answer is 42.\n" + "and so on, " * LENGTH_LIMIT) is None


def test_prose_counts_only_where_a_contract_was_guessed():
    contract = contract_of("42")

    assert verify(contract, "So the answer is 42.").outcome is Outcome.NO_ANSWER
    assert verify(contract, "So the answer is 42.", in_prose=True).outcome is Outcome.CORRECT


def test_a_box_counts_before_prose():
    assert verify(contract_of("42"), r"\boxed{41} The answer is 42.", in_prose=True).outcome is Outcome.WRONG
