"""A trace as HTML: nothing of a model's text is markup, formulas and code are marked with their offsets."""

import re

from hypothesis import given
from hypothesis import strategies as st

from qftapp.runs.reading import quoted, read
from qftapp.runs.steps import split_steps


def html(text: str) -> str:
    return "".join(step.html for reading in read(text) for step in reading.steps)


def test_markup_of_a_model_is_text():
    assert html("<b>x</b> <script>a()</script> [a](javascript:b) $<img>$ `<i>`") == (
        "&lt;b&gt;x&lt;/b&gt; &lt;script&gt;a()&lt;/script&gt; [a](javascript:b) "
        '<span class="math" data-display="false" data-start="48" data-end="55">&lt;img&gt;</span> '
        '<code data-start="56" data-end="61">&lt;i&gt;</code>'
    )


def test_code_is_code_and_formulas_in_it_are_none():
    assert html("```py\nx = '$a$'\n```") == (
        '<pre class="code" tabindex="0" aria-label="Code" data-start="0" data-end="19">'
        "<code>x = &#x27;$a$&#x27;</code></pre>"
    )


def test_bold_words_and_headings_are_shown():
    assert html("## Phase space\n\nIt is **two-body**.") == (
        '<strong class="heading">Phase space</strong>\n\nIt is <strong>two-body</strong>.'
    )


def test_punctuation_behind_a_display_goes_into_it():
    assert html("So\n\n$$a$$.\n\nwhere") == (
        'So<span class="math" data-display="true" data-start="4" data-end="9">a.</span>where'
    )


def test_thought_and_answer_are_told_apart_and_numbered_through():
    readings = read("<think>One.\n\nTwo.</think>Three.")
    assert [(each.is_thought, [step.number for step in each.steps]) for each in readings] == [
        (True, [1, 2]),
        (False, [3]),
    ]


def test_thoughts_in_several_tags_are_one_thought():
    assert [len(each.steps) for each in read("<think>a</think><think>b</think>c")] == [2, 1]


@given(st.text(alphabet="a<>&\"' $`\\[]\n*#1.", max_size=200))
def test_only_our_own_tags_come_out_and_the_steps_are_those_of_the_splitter(text):
    steps = [step for reading in read(text) for step in reading.steps]
    assert [(step.start, step.end) for step in steps] == split_steps(text)
    ours = r'</?(?:strong|code|pre|span)(?: (?:class|data-display|data-start|data-end|tabindex|aria-label)="[\w ]+")*>'
    assert not re.search("[<>]", re.sub(ours, "", "".join(step.html for step in steps)))


@given(
    st.lists(st.sampled_from(["a $x$ b", "$$y$$", "`c`", "\n\n", "<think>", "</think>", "```\nz\n```\n"]), max_size=12)
)
def test_offsets_point_to_the_source(pieces):
    text = "".join(pieces)
    for start, end, shown in re.findall(r'data-start="(\d+)" data-end="(\d+)">([^<]*)<', html(text)):
        assert shown in text[int(start) : int(end)]


def test_word_without_end_gets_places_to_break():
    assert html("{" * 2500) == "{" * 1000 + "<wbr>" + "{" * 1000 + "<wbr>" + "{" * 500
    assert html("<" * 1500) == "&lt;" * 1000 + "<wbr>" + "&lt;" * 500
    assert "<wbr>" not in html("word " * 1000)


def test_quote_is_cut_behind_its_length_but_not_in_a_formula():
    formula = f"${'x+' * 100}1$"
    text = f"{'a' * 150} {formula} and so on"
    assert quoted(text, 0, len(text)) == f'{"a" * 150} <span class="math" data-display="false">{formula[1:-1]}</span>…'
    assert quoted("b" * 200, 10, 200) == "b" * 160 + "…"
    assert quoted("So <b> is $x$.", 3, 13) == '&lt;b&gt; is <span class="math" data-display="false">x</span>'


def test_formula_too_long_for_a_quote_is_cut_as_words_are():
    text = f"${'y' * 2000}$"
    assert quoted(text, 0, len(text)) == "$" + "y" * 159 + "…"


def test_code_in_a_quote_stays_within_its_line():
    text = "```python\nx = 1\n```"
    assert quoted(text, 0, len(text)) == "<code>x = 1</code>"
