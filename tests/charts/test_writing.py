"""Tables of figures as words, spreadsheet rows and LaTeX."""

from qftapp.charts.figure import Row, Table
from qftapp.charts.stats.means import Mean
from qftapp.charts.writing import flat_columns, flat_rows, latex_of, words

TABLE = Table(
    ("Set", "Accuracy", "Items"),
    [Row(("50 % & more_α", Mean(0.402, 0.35, 0.461, 80, 80), 1_080)), Row(("few", Mean(0.5, None, None, 2, 2), 2))],
)


def test_estimates_are_read_with_their_intervals():
    assert [words(cell) for cell in TABLE.rows[0].cells] == ["50 % & more_α", "0.402 [0.350, 0.461]", "1\u202f080"]
    assert words(Mean(-0.25, None, None, 2, 2)) == "\u22120.250"
    assert words(None) == "–"


def test_words_keep_their_hyphens():
    assert words("written-brisk") == "written-brisk"


def test_an_estimate_is_three_columns_of_a_spreadsheet():
    assert flat_columns(TABLE) == ["Set", "Accuracy", "Accuracy, low", "Accuracy, high", "Items"]
    assert list(flat_rows(TABLE))[1] == {
        "Set": "few", "Accuracy": 0.5, "Accuracy, low": None, "Accuracy, high": None, "Items": 2
    }  # fmt: skip


def test_latex_escapes_what_means_something_to_it():
    text = latex_of(TABLE, "95 % intervals")
    assert r"50 \% \& more\_$\alpha$ & 0.402 [0.350, 0.461] & 1\,080 \\" in text
    assert r"\caption{95 \% intervals}" in text
    assert r"\begin{tabular}{lrr}" in text
