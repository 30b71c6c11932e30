"""A language model's reply is read as an annotation: forgiving in how it is written, strict in what it says."""

import json

import pytest

from qftapp.labels.suggesting.reading import NOT_FOUND, Known, Unreadable, read_reply
from qftapp.runs.steps import split_steps

TEXT = r"""𝒪 We expand $\frac{1}{1-x}$ for small x.

Hence the **width** is $\Gamma = \frac{g^2}{4\pi}$ — as expected.

So \(\nabla\beta = 0\) and the width is finite, and $\beta$ is $\beta$."""
KNOWN = Known(TEXT, split_steps(TEXT), {"factor": 1, "numerical factor": 1, "sign": 2})


def reply(*marks, verdict="flawed", **more):
    return json.dumps({"verdict": verdict, "comment": "No.", "marks": marks, **more})


def mark(**given):
    return {"step": 2, "category": "factor", "claim": "", **given}


def quoted(said):
    """What the only mark of a reply covers."""
    (only,) = read_reply(said, KNOWN)["marks"]
    return TEXT[only["start"] : only["end"]]


def test_whole_reply_is_read():
    said = reply(mark(claim="width**", severity="minor", propagates=True, correction="2", note="why"))
    start = TEXT.index("width")

    read = read_reply(said, KNOWN)

    where = {"start": start, "end": start + 5, "claim": "width"}
    texts = {"correction": "2", "note": "why"}
    (only,) = read.pop("marks")
    assert read == {"verdict": "flawed", "comment": "No."}
    assert only == {"category_id": 1, "severity": "minor", "propagates": True, **texts, **where}


@pytest.mark.parametrize(
    "wrapped",
    [
        "<think>\nPerhaps {\"verdict\": \"sound\"}\n</think>\n{}",
        "Here it is:\n```json\n{}\n```\nI hope this helps.",
        '{{"note": "first an example"}} then {}',
    ],
)  # fmt: skip
def test_words_and_fences_around_the_object_do_not_matter(wrapped):
    said = wrapped.replace("{{", "{").replace("}}", "}").replace("{}", reply(mark()))

    assert read_reply(said, KNOWN)["verdict"] == "flawed"


@pytest.mark.parametrize(
    ("claim", "covers"),
    [
        ("the width is", "the **width** is"),
        (r"\Gamma=\frac{g^2}{4\pi}", r"$\Gamma = \frac{g^2}{4\pi}$"),
        (r"is $\Gamma", r"is $\Gamma = \frac{g^2}{4\pi}$"),
        ("- as expected", "— as expected"),
    ],
)
def test_quote_is_found_but_for_spacing_and_formula_marks_and_formulas_stay_whole(claim, covers):
    assert quoted(reply(mark(claim=claim))) == covers


@pytest.mark.parametrize("written", [r"\frac{g^2}{4\pi}", r"\\frac{g^2}{4\\pi}"])
def test_backslashes_of_latex_are_found_once_and_twice(written):
    said = '{"verdict": "flawed", "marks": [{"step": 2, "category": "sign", "claim": "CLAIM"}]}'

    assert quoted(said.replace("CLAIM", written)) == r"$\Gamma = \frac{g^2}{4\pi}$"


def test_backslashes_that_json_takes_for_line_feeds_come_back():
    said = '{"verdict": "flawed", "marks": [{"step": 3, "category": "sign", "claim": "\\nabla\\beta = 0"}]}'

    assert quoted(said) == r"\(\nabla\beta = 0\)"


def test_long_quote_is_trusted_more_than_the_number_beside_it():
    assert quoted(reply(mark(step=1, claim="and the width is finite"))) == "and the width is finite"


@pytest.mark.parametrize(
    ("claim", "note"),
    [
        ("", "Why."),
        ("the decay rate", f"Why.\n{NOT_FOUND}“the decay rate”"),
        (r"$\beta$", f"Why.\n{NOT_FOUND}“$\\beta$”"),
    ],
)
def test_mark_lies_on_its_step_where_its_quote_is_nowhere_or_twice(claim, note):
    (only,) = read_reply(reply(mark(step="Step 3", claim=claim, note="Why.")), KNOWN)["marks"]

    assert (only["start"], only["end"]) == KNOWN.steps[2]
    assert only["claim"] == TEXT[slice(*KNOWN.steps[2])]
    assert only["note"] == note


def test_category_may_be_named_or_stand_below_another():
    named = [
        read_reply(reply(mark(category=name)), KNOWN)["marks"][0]["category_id"]
        for name in ("Numerical factor", "mathematical: sign")
    ]

    assert named == [1, 2]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("I cannot judge this.", "holds no JSON"),
        ("<think>Let me see", "never answered"),
        (reply(verdict="wrong"), "verdict “wrong”"),
        (reply(verdict=None), "gives no verdict"),
        (reply(mark(category="spelling")), "category “spelling”"),
        (reply(mark(severity="fatal")), "severity “fatal”"),
        (reply(mark(propagates="maybe")), "propagates"),
        (reply(mark(step=9)), "names no step"),
        (reply(mark(step=True)), "names no step"),
        (reply("step 2"), "no object"),
        (reply(mark(note=3)), "note is no text"),
        ('{"verdict": "flawed", "marks": {"step": 1}}', "no list"),
        ('{"verdict": ' * 5000, "holds no JSON"),
        ("{" * 200_000, "holds no JSON"),
    ],
)
def test_what_is_not_said_is_not_guessed(said, why):
    with pytest.raises(Unreadable, match=why):
        read_reply(said, KNOWN)
