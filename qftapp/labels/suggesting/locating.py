"""Where in a trace the words stand that a language model quotes: exactly, or but for spacing and formula marks."""

import re
from dataclasses import dataclass

from qftapp.labels.agreement import Span
from qftapp.runs.spans import spans

_PASSED_OVER = re.compile(r"\\[()\[\],;:! ]|\\(?:left|right)(?![A-Za-z])|[\s$*`\u200b]")
"""What quotes leave out or put in: white space, marks around formulas and bold words, spaces within formulas."""

_ALIKE = str.maketrans("–—−‐‑‘’“”", "-----''\"\"")

LEAST_ELSEWHERE = 12
"""Characters of a quote that is trusted more than the number of the step beside it."""


@dataclass(frozen=True, slots=True)
class Bare:
    """A text without what quotes vary in, and where each of its characters stands in the whole."""

    text: str
    places: list[int]

    def places_of(self, wanted: str) -> list[Span]:
        """Where the wanted text stands, up to two places: more than one is as good as many."""
        found: list[Span] = []
        at = self.text.find(wanted)
        while at >= 0 and len(found) < 2:
            found.append((self.places[at], self.places[at + len(wanted) - 1] + 1))
            at = self.text.find(wanted, at + 1)
        return found


def bare(text: str, start: int = 0, end: int | None = None) -> Bare:
    """A part of a text without what quotes vary in."""
    kept: list[str] = []
    places: list[int] = []
    at, stop = start, len(text) if end is None else end
    while at < stop:
        if passed := _PASSED_OVER.match(text, at, stop):
            at = passed.end()
            continue
        kept.append(text[at])
        places.append(at)
        at += 1
    return Bare("".join(kept).translate(_ALIKE), places)


def locate(quote: str, text: str, steps: list[Span], step: int | None) -> Span | None:
    """The one place that a quote means, widened to whole formulas: in its step, else a long one anywhere in the trace.

    `step` is an index of `steps`, or nothing. Returns nothing where the quote stands nowhere, or in several places.
    """
    wanted = bare(quote.strip()).text
    if not wanted:
        return None
    if step is not None:
        found = bare(text, *steps[step]).places_of(wanted)
        if found:
            return _whole_formulas(text, steps[step], found[0]) if len(found) == 1 else None
    if len(wanted) < LEAST_ELSEWHERE:
        return None
    elsewhere = [(place, each) for each in steps for place in bare(text, *each).places_of(wanted)]
    return _whole_formulas(text, elsewhere[0][1], elsewhere[0][0]) if len(elsewhere) == 1 else None


def _whole_formulas(text: str, step: Span, place: Span) -> Span:
    touched = [span for span in spans(text, *step) if span.start < place[1] and span.end > place[0]]
    return min([place[0], *(span.start for span in touched)]), max([place[1], *(span.end for span in touched)])
