"""Tables for papers."""

import pytest

from qftapp.actors import latex


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("50 % of $a_b & {c}", r"50 \% of \$a\_b \& \{c\}"),
        ("1.2 × 10⁻⁵", r"1.2 $\times$ 10$^{-5}$"),
        ("10² and 10¹²", r"10$^{2}$ and 10$^{12}$"),
        ("1\u202f080 – −3", r"1\,080 -- $-$3"),
        ("\\input{x}", r"\textbackslash{}input\{x\}"),
        ("", ""),
    ],
)
def test_what_means_something_to_latex_is_escaped(given, written):
    assert latex.escaped(given) == written


def test_a_table_has_a_line_for_each_row():
    text = latex.table(("Name", "Share"), "lr", [("a_b", "3 %"), ("c", "4")], "What it is.")
    assert text.splitlines()[3:9] == [
        r"\caption{What it is.}",
        r"\begin{tabular}{lr}",
        r"\toprule",
        r"Name & Share \\",
        r"\midrule",
        r"a\_b & 3 \% \\",
    ]
