"""Prose becomes safe HTML with its formulas marked."""

import pytest

from qftapp.prose.render import MAX_CHARACTERS, Formula, formulas, render


def inline(source: str) -> str:
    return f'<span class="math" data-display="false">{source}</span>'


def display(source: str) -> str:
    return f'<span class="math" data-display="true">{source}</span>'


@pytest.mark.parametrize(
    "text",
    ["$5 and $6", "it costs $5", r"it costs \$5 and \$x\$", "US$5/$6", "$ a $", "$a$5", "$$", "`$x$`", r"\\(a\\)"],
)
def test_dollars_that_are_no_delimiters_are_no_formula(text: str):
    assert formulas(text) == []


@pytest.mark.parametrize("text", [r"$m_\phi$", r"\(m_\phi\)"])
def test_inline_formula_keeps_its_source(text: str):
    assert render(f"mass {text}.") == "<p>mass " + inline(r"m_\phi") + ".</p>\n"


@pytest.mark.parametrize("text", ["$$\na\n - b\n$$", "\\[\na\n - b\n\\]", "$$a\n - b$$"])
def test_display_formula_may_follow_text_and_hold_lines_that_look_like_a_list(text: str):
    assert render(f"so\n{text}\nthen") == "<p>so</p>\n<div>" + display("a\n - b") + "</div>\n<p>then</p>\n"


def test_environment_keeps_its_delimiters_and_the_full_stop_after_it():
    text = "\\begin{align}\n a &= b \\\\\n - c\n\\end{align}."
    assert render(text) == f"<div>{display(text.replace('&', '&amp;'))}</div>\n"


def test_formula_in_a_quotation_loses_the_quotation_marks():
    assert formulas("> \\[\n> x\n> \\]") == [Formula("x", True, 7)]


def test_positions_point_into_the_text():
    text = r"Let $x$ be \(y\), `$x$` code, and" + "\n\n$$\nx\n$$\n"
    assert [(formula.source, text[formula.position]) for formula in formulas(text)] == [
        ("x", "x"),
        ("y", "y"),
        ("x", "x"),
    ]
    assert [formula.position for formula in formulas(text)] == [5, 13, 38]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("$<b>x</b>$", f"<p>{inline('&lt;b&gt;x&lt;/b&gt;')}</p>\n"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>\n"),
        ("[a](/admin/)", "<p>[a](/admin/)</p>\n"),
        (
            "![a](https://x.org/a.png)",
            '<p>!<a href="https://x.org/a.png" rel="noopener noreferrer nofollow">a</a></p>\n',
        ),
        (
            "[a](https://x.org 'x\"onclick=1')",
            '<p><a href="https://x.org" title="x&quot;onclick=1" rel="noopener noreferrer nofollow">a</a></p>\n',
        ),
    ],
)
def test_hostile_text_stays_text(text: str, html: str):
    assert render(text) == html


def test_headings_start_below_those_of_the_page():
    assert render("# One\n\n###### Six") == "<h3>One</h3>\n<h6>Six</h6>\n"


def test_text_beyond_the_limit_is_shown_as_typed():
    html = render("a" * MAX_CHARACTERS + "<$x$")
    assert html.endswith("<pre>&lt;$x$</pre>")


@pytest.mark.parametrize(
    "piece", ["$ a", "\\(", "\\[\n", "$$\na\n", "\\begin{align}\n", "[a](<", "`a", ">", "- ", "**a*"]
)
def test_text_of_openings_renders(piece: str):
    """Each of these once cost quadratic time in some Markdown parser; a hang here is the failure."""
    text = (piece * MAX_CHARACTERS)[:MAX_CHARACTERS]
    assert render(text).strip() != ""
