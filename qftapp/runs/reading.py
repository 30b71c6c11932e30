"""A trace as a page shows it: what was thought, what was answered, each in numbered steps of safe HTML.

A model's text is no Markdown to us: all of it is escaped; then formulas and code are marked for the page to set, and of
markup only bold words and headings. Marks carry the offsets of their source in the trace.
"""

import re
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString

from qftapp.runs.spans import Span, parts, spans
from qftapp.runs.steps import Range, steps_of

_BOLD = re.compile(r"\*\*(?=\S)([^*\n]{1,200}?)(?<=\S)\*\*")
_HEADING = re.compile(r"^#{1,6}[ \t]+([^\n]*)$", re.MULTILINE)
_PUNCTUATION = re.compile(r"[.,;](?!\S)")
_ENDLESS = re.compile(r"(?:[^\s<>&]|&[^;\s]{1,6};){1000}")
"""A piece of a word that never ends, escaped: a browser needs minutes to break a million characters in a serif."""
_BLANKS = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True)
class Step:
    """One step: its number in the trace from 1, its offsets, its HTML."""

    number: int
    start: int
    end: int
    html: SafeString


@dataclass(frozen=True)
class Reading:
    """What was thought, or what was answered."""

    is_thought: bool
    steps: tuple[Step, ...]

    def items(self, prefix: str = "") -> SafeString:
        """The steps as items of a list; `prefix` keeps the ids of several traces on one page apart.

        Not a template, which takes ten times as long over a loop: a trace has hundreds of steps.
        """
        return SafeString("\n".join(_item(step, f"{escape(prefix)}step-{step.number}") for step in self.steps))


def _item(step: Step, name: str) -> str:
    number = f'<a class="step-number" href="#{name}" aria-label="Step {step.number}">{step.number}</a>'
    place = f'data-start="{step.start}" data-end="{step.end}"'
    return f'<li id="{name}" class="step" {place}>{number}<div class="step-text">{step.html}</div></li>'


def read(text: str) -> list[Reading]:
    """The trace in parts, whose steps are numbered through as `split_steps` counts them."""
    readings: list[Reading] = []
    number = 0
    for part in parts(text):
        kept = spans(text, part.start, part.end)
        steps = [] if not readings or readings[-1].is_thought != part.is_thought else list(readings.pop().steps)
        place = 0
        for start, end in steps_of(text, part, kept):
            number += 1
            first = place
            while place < len(kept) and kept[place].start < end:
                place += 1
            steps.append(Step(number, start, end, _html(text, (start, end), kept[first:place])))
        readings.append(Reading(part.is_thought, tuple(steps)))
    return readings


QUOTED = 160
"""Characters of a quote: enough to know the place by, which the text beside it shows in full."""
LONGEST_QUOTE = 1000


def quoted(text: str, start: int, end: int) -> SafeString:
    """The first QUOTED characters of a piece of the trace as HTML within a line; a formula is not cut for that."""
    pieces, at, stop = [], start, min(end, start + QUOTED)
    for span in spans(text, start, end):
        if span.start >= stop or span.end > start + LONGEST_QUOTE:
            break
        pieces += [escape(text[at : span.start]), _in_line(text, span)]
        at = span.end
    pieces.append(escape(text[at:stop]))
    return SafeString("".join(pieces) + ("…" if max(at, stop) < end else ""))


def _in_line(text: str, span: Span) -> str:
    inner = escape(text[slice(*span.inner)].strip())
    if span.kind in ("fence", "code"):
        return f"<code>{inner}</code>"
    display = "true" if span.kind == "display" else "false"
    return f'<span class="math" data-display="{display}">{inner}</span>'


def _html(text: str, step: Range, kept: list[Span]) -> SafeString:
    pieces, at = [], step[0]
    is_block = True
    for span in kept:
        stands_alone = span.kind in ("display", "fence")
        pieces.append(_words(text[at : span.start], is_block, stands_alone))
        tail = _PUNCTUATION.match(text, span.end, step[1]) if span.kind == "display" else None
        pieces.append(_set_apart(text, span, tail[0] if tail else ""))
        at, is_block = span.end + len(tail[0] if tail else ""), stands_alone
    pieces.append(_words(text[at : step[1]], is_block, True))
    return SafeString("".join(pieces))


def _words(words: str, after_block: bool, before_block: bool) -> str:
    """Words between formulas; blank lines at a block go, since it has room of its own."""
    if after_block:
        words = words.lstrip("\n")
    if before_block:
        words = words.rstrip()
    shown = _ENDLESS.sub(r"\g<0><wbr>", escape(_BLANKS.sub("\n\n", words)))
    marked = _HEADING.sub(r'<strong class="heading">\1</strong>', shown)
    return _BOLD.sub(r"<strong>\1</strong>", marked)


def _set_apart(text: str, span: Span, tail: str) -> str:
    """A formula or code in its element; the punctuation that ends a displayed formula goes into it."""
    inner = escape(text[slice(*span.inner)])
    offsets = f'data-start="{span.start}" data-end="{span.end}"'
    if span.kind == "fence":
        return f'<pre class="code" tabindex="0" aria-label="Code" {offsets}><code>{inner}</code></pre>'
    if span.kind == "code":
        return f"<code {offsets}>{inner}</code>"
    display = "true" if span.kind == "display" else "false"
    return f'<span class="math" data-display="{display}" {offsets}>{inner.strip()}{tail}</span>'
