"""A table as LaTeX, for a paper that loads booktabs; everything in it is escaped."""

import re
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_RAISED = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_ESCAPED = str.maketrans(
    {character: rf"\{character}" for character in "&%$#_{}"}
    | {
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "\\": r"\textbackslash{}",
        "–": "--",
        "−": "$-$",
        "×": r"$\times$",
        "∞": r"$\infty$",
        "→": r"$\to$",
        "α": r"$\alpha$",
        "κ": r"$\kappa$",
        "<": "$<$",
        "\u202f": r"\,",
    }
)


def latex_file(name: str, text: str) -> HttpResponse:
    """The text of a table as a file to save."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.tex"'}
    return HttpResponse(text, content_type="application/x-tex; charset=utf-8", headers=headers)


def table(columns: Sequence[str], letters: str, rows: Iterable[Sequence[str]], caption: str) -> str:
    """Rows of words under their columns; `letters` says of each column whether it is l, c or r."""
    return "\n".join(
        [
            "% needs \\usepackage{booktabs}",
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{escaped(caption)}}}",
            rf"\begin{{tabular}}{{{letters}}}",
            r"\toprule",
            _line(columns),
            r"\midrule",
            *map(_line, rows),
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def _line(cells: Sequence[str]) -> str:
    return " & ".join(map(escaped, cells)) + r" \\"


def escaped(text: str) -> str:
    """Words that LaTeX sets as they stand here."""
    parts = _RAISED.sub(lambda found: f"\0{found[0].translate(SUPERSCRIPTS)}\0", text).split("\0")
    words = [f"$^{{{part}}}$" if number % 2 else part.translate(_ESCAPED) for number, part in enumerate(parts)]
    return "".join(words)
