r"""Where formulas, code and <think> stand in a trace; what is in one of them is never cut.

| kind | written as |
|---|---|
| fence | lines between ``` or ~~~, as Markdown has them; one that is never closed reaches to the end |
| code | `…` within a paragraph |
| display | $$…$$, \[…\], \begin{align}…\end{align} and every other environment |
| inline | $…$ within a paragraph, \(…\) |

An opening without its closing is a character like others. A blank line ends $…$ and `…`; it ends $$…$$ too where
words stand between the two, since a lone $$ would else turn all that follows inside out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["fence", "code", "display", "inline"]

LONGEST = 10_000
"""Characters of a formula: beyond, the opening had no closing."""

_OPENING = re.compile(
    r"(?P<escaped>\\\\|\\[$`])|(?P<fence>^[ \t]*(?:```+|~~~+))|(?P<ticks>`+)|(?P<dollars>\$\$?)"
    r"|(?P<bracket>\\[\[(])|\\begin\{(?P<name>[a-zA-Z]{1,30}\*?)\}",
    re.MULTILINE,
)
_THOUGHT = re.compile(r"</?think>")
_WORDS = re.compile(r"[A-Za-z]{3,} [A-Za-z]{2,} [A-Za-z]{2,}")
_BLANK = re.compile(r"\n[ \t]*(?=\n)")
_BOUND = re.compile(r"\\(begin|end)\{([a-zA-Z]{1,30}\*?)\}")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text by its offsets; `inner` are those of what stands between the marks."""

    start: int
    end: int
    kind: Kind
    inner: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """What was thought, or what was answered, by its offsets without the tags around it."""

    start: int
    end: int
    is_thought: bool


def parts(text: str) -> list[Part]:
    """The thought and the answer, as the verifier tells them apart, and a thought after it that never ends.

    What stands before the last </think> was thought, whether <think> stands there or in the prompt.
    """
    found: list[Part] = []
    closed = text.rfind("</think>")
    start = 0
    if closed >= 0:
        found += _between_tags(text, 0, closed)
        start = closed + len("</think>")
    opened = text.find("<think>", start)
    answer_end = opened if opened >= 0 else len(text)
    found.append(Part(start, answer_end, is_thought=False))
    if opened >= 0:
        found += _between_tags(text, opened, len(text))
    return [part for part in found if text[part.start : part.end].strip()]


def _between_tags(text: str, start: int, end: int) -> Iterator[Part]:
    for tag in _THOUGHT.finditer(text, start, end):
        yield Part(start, tag.start(), is_thought=True)
        start = tag.end()
    yield Part(start, end, is_thought=True)


def spans(text: str, start: int, end: int) -> list[Span]:
    """The formulas and the code between two offsets, in order; none holds another. Linear in the length."""
    scan = _Scan(text, end)
    found: list[Span] = []
    at = start
    while opening := _OPENING.search(text, at, end):
        span = scan.closed(opening)
        if span:
            found.append(span)
        at = span.end if span else opening.end()
    return found


class _Scan:
    """Finds closings; each sort is looked for once from left to right, however many openings ask for it."""

    def __init__(self, text: str, end: int) -> None:
        self.text = text
        self.end = end
        self._next: dict[str, int] = {}
        self._environments: dict[int, int] | None = None

    def closed(self, opening: re.Match[str]) -> Span | None:
        """The span that begins here, if it ends."""
        if opening["escaped"]:
            return None
        if opening["fence"]:
            return self._fence(opening)
        if opening["ticks"]:
            return self._paired(opening, opening[0], "code", crosses=False)
        if opening["dollars"]:
            return self._dollars(opening)
        if opening["bracket"]:
            closing = {"\\(": "\\)", "\\[": "\\]"}[opening[0]]
            return self._paired(opening, closing, "inline" if closing == "\\)" else "display", crosses=True)
        return self._environment(opening)

    def _find(self, mark: str, at: int) -> int:
        """The first `mark` from `at` on, or the end: remembered, since openings come from left to right."""
        known = self._next.get(mark, -1)
        if known < at:
            found = self.text.find(mark, at, self.end)
            known = self._next[mark] = found if found >= 0 else self.end
        return known

    def _blank(self, at: int) -> int:
        known = self._next.get("blank line", -1)
        if known < at:
            found = _BLANK.search(self.text, at, self.end)
            known = self._next["blank line"] = found.start() if found else self.end
        return known

    def _paired(self, opening: re.Match[str], closing: str, kind: Kind, *, crosses: bool) -> Span | None:
        begin = opening.end()
        found = self._find(closing, begin)
        limit = min(self.end, begin + LONGEST) if crosses else self._blank(begin)
        if found >= limit or found == begin:
            return None
        return Span(opening.start(), found + len(closing), kind, (begin, found))

    def _dollars(self, opening: re.Match[str]) -> Span | None:
        mark, begin = opening[0], opening.end()
        if mark == "$$":
            span = self._paired(opening, "$$", "display", crosses=True)
            if span and self._blank(begin) < span.inner[1] and _WORDS.search(self.text, *span.inner):
                return None
            return span
        span = self._paired(opening, "$", "inline", crosses=False)
        if span is None:
            return None
        first, last = self.text[span.inner[0]], self.text[span.inner[1] - 1]
        # "$5 and $6" are sums of money: a formula has room at both ends or at none, and no digit follows it.
        is_money = first.isspace() != last.isspace() or self.text[span.end : span.end + 1].isdigit()
        return None if is_money else span

    def _environment(self, opening: re.Match[str]) -> Span | None:
        """From \\begin to the \\end of the same name and depth."""
        if self._environments is None:
            self._environments = _pairs(self.text, opening.start(), self.end)
        end = self._environments.get(opening.start())
        if end is None or end - opening.start() > LONGEST:
            return None
        return Span(opening.start(), end, "display", (opening.start(), end))

    def _fence(self, opening: re.Match[str]) -> Span:
        """A fenced block; without a closing line it reaches to the end, as the verifier reads it."""
        mark = opening["fence"].strip()
        first = self.text.find("\n", opening.end(), self.end)
        if first < 0:
            return Span(opening.start(), self.end, "fence", (self.end, self.end))
        closing = re.compile(rf"^[ \t]*{mark[0]}{{{len(mark)},}}[ \t]*$", re.MULTILINE)
        found = closing.search(self.text, first, self.end)
        if found is None:
            return Span(opening.start(), self.end, "fence", (first + 1, self.end))
        return Span(opening.start(), found.end(), "fence", (first + 1, max(first + 1, found.start() - 1)))


def _pairs(text: str, start: int, end: int) -> dict[int, int]:
    """Where each environment that begins between the offsets ends."""
    open_ones: dict[str, list[int]] = {}
    found: dict[int, int] = {}
    for bound in _BOUND.finditer(text, start, end):
        begun = open_ones.setdefault(bound[2], [])
        if bound[1] == "begin":
            begun.append(bound.start())
        elif begun:
            found[begun.pop()] = bound.end()
    return found
