"""The steps of a trace: the parts of its text that a person reads, links to and judges one by one.

A step is a paragraph, with what belongs to it: the displayed formula it leads to and the words that go on behind that
formula, the heading above it. A numbered item, a heading and a line such as “Step 3:” begin a step. A paragraph of more
than LONGEST characters is cut at ends of lines or sentences.

Nothing is cut within a formula or code (see `spans`). What was thought and what was answered have steps of their own;
the tags between them belong to none.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from qftapp.runs.spans import Part, Span, parts, spans

STEPS_VERSION = 1
"""Goes up with every change of where steps begin: labels hold offsets, but people cite step 12."""

LONGEST = 1_200
SHORTEST = 200
"""A piece of a long paragraph has at least so many characters."""

Range = tuple[int, int]

_HEADING = re.compile(r"#{1,6}[ \t]|(?:\*\*|__)[^\n*]{1,120}(?:\*\*|__):?[ \t]*$", re.MULTILINE)
_NUMBERED = re.compile(r"(?:\*\*|#{1,6}[ \t]*)?(?:\(?\d{1,3}[.)][ \t]+|(?i:step)[ \t]+\d{1,3}\b)")
_GOES_ON = re.compile(r"[a-z,;:.)]|\\(?:text|quad)")
_RULE = re.compile(r"[-*_][-*_ \t]*[-*_]")
_LINE_END = re.compile(r"\n|(?<=[.!?])[ \t]+(?=[A-Z\\$*])")


def split_steps(text: str) -> list[Range]:
    """The steps as offsets (start, end), in order and without overlap; between them is white space or a tag.

    Equal for equal texts, for good within one STEPS_VERSION. Linear in the length of the text.
    """
    return [step for part in parts(text) for step in steps_of(text, part, spans(text, part.start, part.end))]


def steps_of(text: str, part: Part, kept: list[Span]) -> list[Range]:
    """The steps of the thought or of the answer, whose formulas and code are `kept` whole."""
    blocks = [piece for block in _paragraphs(text, part, kept) for piece in _short(text, block, kept)]
    return _joined(text, blocks, kept)


def _paragraphs(text: str, part: Part, kept: list[Span]) -> Iterator[Range]:
    """Cut at blank lines, and before headings and numbered lines."""
    start = part.start
    for cut in _cuts(text, part, kept):
        if block := _trimmed(text, start, cut):
            yield block
        start = cut
    if block := _trimmed(text, start, part.end):
        yield block


def _cuts(text: str, part: Part, kept: list[Span]) -> Iterator[int]:
    """Offsets of the line beginnings, outside formulas and code, at which a paragraph ends."""
    is_after_blank = False
    for start, end in _lines(text, part, kept):
        line = text[start : min(end, start + 200)].lstrip()
        if not line:
            is_after_blank = True
            continue
        if is_after_blank or _HEADING.match(line) or _NUMBERED.match(line):
            yield start
        is_after_blank = False


def _lines(text: str, part: Part, kept: list[Span]) -> Iterator[Range]:
    """The lines of a part; line ends within a formula or code do not count."""
    start = at = part.start
    for span in [*kept, None]:
        limit = span.start if span else part.end
        while (newline := text.find("\n", at, limit)) >= 0:
            yield start, newline
            start = at = newline + 1
        if span:
            at = span.end
    yield start, part.end


def _short(text: str, block: Range, kept: list[Span]) -> Iterator[Range]:
    """A long paragraph in pieces, cut at the last end of a line or sentence before each LONGEST characters."""
    start, end = block
    if end - start <= LONGEST:
        yield block
        return
    last = None
    for cut in _ends(text, block, kept):
        if last is not None and cut - start > LONGEST:
            if piece := _trimmed(text, start, last):
                yield piece
            start, last = last, None
        if cut - start >= SHORTEST and end - cut >= SHORTEST:
            last = cut
    if last is not None and end - start > LONGEST:
        if piece := _trimmed(text, start, last):
            yield piece
        start = last
    if piece := _trimmed(text, start, end):
        yield piece


def _ends(text: str, block: Range, kept: list[Span]) -> Iterator[int]:
    start, end = block
    inside = slice(*(bisect_left(kept, place, key=lambda span: span.start) for place in block))
    at = start
    for span in [*kept[inside], None]:
        limit = span.start if span else end
        for found in _LINE_END.finditer(text, at, limit):
            yield found.end()
        if span:
            at = span.end


def _joined(text: str, blocks: list[Range], kept: list[Span]) -> list[Range]:
    """Put together what one would not judge apart: a lead and its formula, a formula and its “where …”, a heading."""
    formulas = {span.start: span.end for span in kept if span.kind == "display"}
    steps: list[Range] = []
    for block in blocks:
        if steps and _belongs(text, steps[-1], block, formulas):
            steps[-1] = (steps[-1][0], block[1])
        else:
            steps.append(block)
    return steps


def _belongs(text: str, before: Range, block: Range, formulas: dict[int, int]) -> bool:
    start, end = block
    head = text[start : min(end, start + 200)]
    if end - before[0] > 2 * LONGEST:
        return False
    if _ends_in_heading(text, before) or _is_rule(text, before):
        return True
    if _NUMBERED.match(head) or _HEADING.match(head):
        return False
    last = text[before[1] - 1]
    is_formula = formulas.get(start, start) >= end - 1 > start
    return last in ":," or (is_formula and last not in ".!?") or (last in "$]}" and bool(_GOES_ON.match(head)))


def _is_rule(text: str, block: Range) -> bool:
    start, end = block
    return end - start <= 80 and bool(_RULE.fullmatch(text, start, end))


def _ends_in_heading(text: str, block: Range) -> bool:
    """Whether the last line of the block is a heading."""
    start, end = block
    line = text.rfind("\n", max(start, end - 200), end) + 1 or start
    return end - line <= 200 and bool(_HEADING.match(text[line:end]))


def _trimmed(text: str, start: int, end: int) -> Range | None:
    """The range without white space at its ends, nothing if that is all."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
