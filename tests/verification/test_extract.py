"""The answer of a response: which part of the text counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qftapp.verification.extract import Answer, Missing, extract
from tests.verification.builders import code

GOOD = "def f(x):\n    return x"


def test_everything_up_to_the_last_end_of_reasoning_is_dropped():
    assert extract(r"<think>\boxed{1}</think>no \boxed{2}</think>So \boxed{3}", "f") == Answer("text", "3")


def test_unclosed_reasoning_is_no_answer():
    found = extract(r"<think>maybe \boxed{1}", "f")
    assert found == Missing("the reasoning was never closed by </think>", is_unreadable=False)


def test_last_block_that_defines_the_entry_point_wins():
    text = code("def f(x):\n    return 1") + code(GOOD) + code("def g(x):\n    return 2")
    assert extract(text, "f") == Answer("code", GOOD + "\n")


def test_code_is_preferred_to_a_box():
    assert extract(code(GOOD) + r"\boxed{7}", "f") == Answer("code", GOOD + "\n")


def test_box_is_taken_when_no_block_defines_the_entry_point():
    assert extract(code("print(1)") + r"\boxed{7}", "f") == Answer("text", "7")


@pytest.mark.parametrize("fence", ["```", "```py", "~~~", "````python"])
def test_fences_of_any_style_are_code(fence):
    closing = fence.rstrip("python")
    assert extract(f"{fence}\n{GOOD}\n{closing}", "f") == Answer("code", GOOD + "\n")


def test_block_cut_off_by_the_end_of_the_text_is_code():
    assert extract(f"```python\n{GOOD}", "f") == Answer("code", GOOD)


def test_indented_block_loses_its_indentation():
    assert extract("1. Code:\n   ```python\n   def f(x):\n       return x\n   ```", "f") == Answer("code", GOOD + "\n")


def test_whole_text_of_a_function_needs_no_fences():
    assert extract(f"import math\n\n{GOOD}\n", "f") == Answer("code", f"import math\n\n{GOOD}\n")


def test_lambda_with_the_name_of_the_entry_point_is_code():
    assert extract(code("f = lambda x: x"), "f") == Answer("code", "f = lambda x: x\n")


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (r"\boxed{g^{2}/(4*m)}", "g^{2}/(4*m)"),
        (r"\boxed{\text{scalar}}", "scalar"),
        (r"$$\boxed{ 3 }$$ and again $\boxed{3}$", "3"),
        (r"\boxed {x}", "x"),
        (r"\boxed{a \{ b}", r"a \{ b"),
        (r"\boxed{\boxed{x}}", r"\boxed{x}"),
    ],
)
def test_box_gives_its_content(text, content):
    assert extract(text, "f") == Answer("text", content)


def test_boxes_that_differ_are_unreadable():
    found = extract(r"\boxed{1} or \boxed{2}", "f")
    assert found == Missing("the response holds 2 different boxes", is_unreadable=True)


def test_empty_box_is_no_answer():
    assert extract(r"\boxed{ }", "f") == Missing("the box is empty", is_unreadable=False)


@pytest.mark.parametrize("line", ["x**2", "Answer: x**2", "**Final answer:** `x**2`", "The answer is $x**2$."])
def test_last_line_that_is_an_expression_is_the_answer(line):
    assert extract(f"We find after some work\n\n{line}\n", "f") == Answer("text", "x**2")


@pytest.mark.parametrize("text", ["", "   \n", "I could not solve this problem.", "Let me think about this"])
def test_prose_is_no_answer(text):
    found = extract(text, "f")
    assert isinstance(found, Missing)
    assert not found.is_unreadable


def test_function_of_another_name_is_unreadable_and_named():
    found = extract(code("def g(x):\n    return x"), "f")
    assert found == Missing("the code defines g, but the answer must define f", is_unreadable=True)


@given(
    st.lists(
        st.sampled_from(["\\boxed{", "}", "{", "```", "```python\n", "\n", "def f(", "</think>", "<think>", "x", "\\"])
    )
)
def test_any_mixture_of_markers_is_an_answer_or_missing(parts):
    assert isinstance(extract("".join(parts), "f"), Answer | Missing)


@pytest.mark.parametrize("piece", ["\\boxed{", "```\n", "{", "}", "\\text{", "def f(", "$", "a ", "`", "<think>"])
def test_megabyte_of_one_marker_comes_to_an_end(piece):
    assert isinstance(extract(piece * (1_000_000 // len(piece)), "f"), Answer | Missing)


@pytest.mark.parametrize(
    "ending",
    [
        "$$\n\\frac{a}{b}\n$$",
        "\\[\n\\frac{a}{b}\n\\].",
        "\\begin{equation}\n\\frac{a}{b}\n\\end{equation}",
        "$$\\frac{a}{b}$$",
    ],
)
def test_displayed_formula_at_the_end_is_the_answer(ending):
    assert extract(f"We find after some work\n\n$$x = 1$$\nand so\n{ending}", "f") == Answer("text", "\\frac{a}{b}")


def test_displayed_formula_before_more_prose_is_no_answer():
    assert isinstance(extract("We find\n$$a$$\nwhich is what we wanted to show here.", "f"), Missing)


@pytest.mark.parametrize(
    "stub",
    [
        "def f(x):\n    ...",
        'def f(x):\n    """Return the width."""',
        "def f(x):\n    # your code\n    pass",
        "def f(x): ...",
    ],
)
def test_stub_of_the_prompt_is_no_answer(stub):
    for response in (stub, f"```python\n{stub}\n```"):
        found = extract(response, "f")
        assert isinstance(found, Missing)
        assert not found.is_unreadable


def test_stub_beside_an_answer_is_passed_over():
    stub = "```python\ndef f(x): ...\n```"
    assert extract(f"{stub}\nTherefore \\boxed{{x}}", "f") == Answer("text", "x")
    assert extract(f"```python\ndef f(x):\n    return x\n```\nas asked:\n{stub}", "f") == Answer(
        "code", "def f(x):\n    return x\n"
    )
