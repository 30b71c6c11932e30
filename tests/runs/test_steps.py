"""Steps: where they begin, what is never cut, and that every text has them in linear time."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qftapp.runs.spans import spans
from qftapp.runs.steps import LONGEST, split_steps


def steps(text: str) -> list[str]:
    return [text[start:end] for start, end in split_steps(text)]


def test_paragraphs_are_steps():
    assert steps("One.\n\nTwo.\n  \n\nThree.") == ["One.", "Two.", "Three."]


def test_a_line_alone_begins_no_step():
    assert steps("One\ntwo.") == ["One\ntwo."]


def test_thought_and_answer_are_apart_and_the_tags_are_in_no_step():
    assert steps("<think>Hm.\nSo</think>The answer.") == ["Hm.\nSo", "The answer."]


def test_a_thought_that_began_in_the_prompt_ends_at_its_tag():
    assert steps("Hm.</think>The answer.") == ["Hm.", "The answer."]


def test_a_thought_cut_off_is_a_thought():
    assert steps("<think>Hm.\n\nWell") == ["Hm.", "Well"]


def test_an_empty_thought_has_no_step():
    assert steps("<think>\n\n</think>\n\nThe answer.") == ["The answer."]


def test_numbered_lines_begin_steps():
    assert steps("First:\n1. a\n2. b\n   more of b\n(3) c") == ["First:", "1. a", "2. b\n   more of b", "(3) c"]


def test_a_heading_stands_with_what_follows():
    assert steps("Before.\n## Amplitude\n\nIt is $g$.") == ["Before.", "## Amplitude\n\nIt is $g$."]
    assert steps("**Step 2: phase space**\n\nNow.") == ["**Step 2: phase space**\n\nNow."]


def test_a_formula_stands_with_its_lead_and_with_its_where():
    text = "The width is\n\n$$\\Gamma=g^2$$\n\nwhere $g$ is the coupling.\n\nNext."
    assert steps(text) == [text.removesuffix("\n\nNext."), "Next."]


def test_a_formula_after_a_full_stop_is_a_step_of_its_own():
    assert steps("Done.\n\n$$a=b$$\n\nThen it follows.") == ["Done.", "$$a=b$$", "Then it follows."]


@pytest.mark.parametrize(
    "whole",
    [
        "$$\na\n\nb\n$$",
        "\\[ a\n\n1. b \\]",
        "\\( a\n\n# b \\)",
        "\\begin{align}\na\n\n\\begin{pmatrix}1\\end{pmatrix}\n\nb\n\\end{align}",
        "\\begin{array}{c}a\n\n\\begin{array}{c}b\n\nc\\end{array}\n\nd\\end{array}",
        "```python\ndef f():\n\n    # comment\n\n    return 1\n```",
        "~~~\n1. a\n\n2. b\n~~~",
    ],
)
def test_formulas_and_code_stay_whole(whole):
    assert any(whole in step for step in steps(f"One.\n\n{whole}\n\nTwo."))


def test_code_that_is_never_closed_reaches_to_the_end():
    assert steps("One.\n\n```\na\n\nb") == ["One.", "```\na\n\nb"]


def test_a_lone_dollar_swallows_nothing():
    assert steps("It costs $5.\n\nOr $6.") == ["It costs $5.", "Or $6."]


def test_a_lone_double_dollar_does_not_turn_the_rest_inside_out():
    text = "Odd $$ here.\n\nThese are words that stand between.\n\n$$a=b$$\n\nThe end."
    assert steps(text) == ["Odd $$ here.", "These are words that stand between.", "$$a=b$$", "The end."]


def test_a_long_paragraph_is_cut_at_sentences_outside_formulas():
    sentence = "The integral $x. Y$ converges for every mass. "
    found = steps(sentence * 100)
    assert len(found) > 1
    assert all(len(step) <= LONGEST and step.endswith("every mass.") for step in found)


BLOCKS = st.sampled_from(
    [
        "Words here.",
        "1. item",
        "# Head",
        "**Head**",
        "so:",
        "where it is",
        "<think>",
        "</think>",
        "Step 3: go",
        "- a",
        "",
    ]
)
INSIDE = st.text(alphabet="ab=\n #1.", min_size=1, max_size=40).filter(lambda text: text.strip() == text)
WHOLE = st.one_of(
    INSIDE.filter(lambda text: "\n\n" not in re.sub(r"[ \t]+\n", "\n", text)).map(lambda text: f"$a{text}a$"),
    INSIDE.map(lambda text: f"$$a{text}$$"),
    INSIDE.map(lambda text: f"\\[{text}\\]"),
    INSIDE.map(lambda text: f"\\({text}\\)"),
    INSIDE.map(lambda text: f"\\begin{{align*}}{text}\\end{{align*}}"),
    INSIDE.map(lambda text: f"\n```\n{text}\n```\n"),
)
GAP = st.sampled_from([" ", "\n", "\n\n", ".\n\n", ":\n\n"])


@st.composite
def texts_with_formulas(draw):
    pieces, wholes = [], []
    for _ in range(draw(st.integers(1, 8))):
        pieces += [draw(BLOCKS), draw(GAP)]
        if draw(st.booleans()):
            whole = draw(WHOLE)
            wholes.append((sum(map(len, pieces)), whole))
            pieces += [whole, draw(GAP)]
    return "".join(pieces), wholes


@given(texts_with_formulas())
@settings(max_examples=300)
def test_no_step_begins_or_ends_within_a_formula_or_code(drawn):
    text, wholes = drawn
    edges = {edge for step in split_steps(text) for edge in step}
    for start, whole in wholes:
        inside = range(start + 1 + whole.startswith("\n"), start + len(whole.rstrip()))
        assert not edges & set(inside), (text, whole)


@given(st.text(alphabet="a $`\\[](){}\n#1.*<>/think~beginalend", max_size=300))
@settings(max_examples=500)
def test_steps_are_in_order_and_leave_out_white_space_and_tags_alone(text):
    found = split_steps(text)
    assert found == split_steps(text)
    at, rest = 0, []
    for start, end in found:
        assert at <= start < end
        assert text[start:end].strip() == text[start:end]
        rest.append(text[at:start])
        at = end
    rest.append(text[at:])
    assert re.sub(r"</?think>|\s", "", "".join(rest)) == ""


@given(st.text(alphabet="a $`\\[](){}\n~", max_size=200))
@settings(max_examples=300)
def test_formulas_and_code_are_in_order_and_hold_what_is_between_their_marks(text):
    at = 0
    for span in spans(text, 0, len(text)):
        assert at <= span.start <= span.inner[0] <= span.inner[1] <= span.end
        at = span.end


HOSTILE = ["$ ", "$$\n\n", "\\[", "\\begin{a}", "```\n", "~~~x\n", "` `` ", "<think>", "</think>", "a\n\n", "1. a\n"]
HOSTILE += ["# a\n\n", "---\n\n", "word. A", "$x$ \\[ a ", "**a", " ", "\\begin{a}\\begin{b}\\end{a}", "a:\n\n"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_of_openings_costs_more_than_its_length(piece):
    """What took quadratic time would take hours here, and the run would end before."""
    text = (piece * 100_000)[:100_000]
    assert all(start < end for start, end in split_steps(text))
