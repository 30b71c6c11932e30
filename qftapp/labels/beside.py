"""Several people's annotations of one trace beside its steps, each under a letter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from django.utils.safestring import SafeString

from qftapp.labels.agreement import Span
from qftapp.labels.annotating import MARK_FIELDS
from qftapp.labels.exporting import step_of
from qftapp.labels.models import Annotation, SpanLabel
from qftapp.runs.reading import Reading, Step, quoted

LETTERS = 26
COLOURS = 6
"""Colours that the style sheet has for voices; the letter tells apart those that share one."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One person's annotation under a letter, so that it is read without their name."""

    letter: str
    colour: int
    annotation: Annotation


@dataclass(frozen=True, slots=True)
class Heard:
    """A mark with its voice, none for the adjudicated one; `is_taken` if the adjudicated annotation has the same."""

    mark: SpanLabel
    voice: Voice | None
    quote: SafeString
    is_taken: bool


@dataclass(slots=True)
class Side:
    """What stands beside one step, counted from 1: others' marks and the adjudicated ones."""

    step: int
    others: list[Heard] = field(default_factory=list)
    settled: list[Heard] = field(default_factory=list)

    @property
    def alike(self) -> list[list[Heard]]:
        """Groups of marks of different people that could be one: of one category, or of finer kinds of one."""
        groups: dict[int, list[Heard]] = {}
        for heard in self.others:
            groups.setdefault(heard.mark.category.parent_id or heard.mark.category_id, []).append(heard)
        return [group for group in groups.values() if len({id(heard.voice) for heard in group}) > 1]


def voices(annotations: Iterable[Annotation]) -> list[Voice]:
    """The annotations with letters, in the order in which they were given."""
    return [
        Voice(ascii_uppercase[number % LETTERS], number % COLOURS + 1, annotation)
        for number, annotation in enumerate(annotations)
    ]


def sides(text: str, steps: Sequence[Span], heard: Sequence[Voice], settled: Annotation) -> list[Side]:
    """What stands beside each step."""
    found = [Side(number) for number in range(1, max(len(steps), 1) + 1)]
    final = list(settled.marks.all())
    known = {_said(mark) for mark in final}
    for voice in heard:
        for mark in voice.annotation.marks.all():
            quote = quoted(text, mark.start, mark.end)
            found[step_of(list(steps), mark.start)].others.append(Heard(mark, voice, quote, _said(mark) in known))
    for mark in final:
        quote = quoted(text, mark.start, mark.end)
        found[step_of(list(steps), mark.start)].settled.append(Heard(mark, None, quote, True))
    return found


def _said(mark: SpanLabel) -> tuple[object, ...]:
    return tuple(getattr(mark, name) for name in MARK_FIELDS)


def rows(readings: Iterable[Reading], beside: Sequence[Side]) -> list[tuple[bool, list[tuple[Step, Side]]]]:
    """The parts of a trace, whether each is a thought, with its steps and what stands beside them."""
    return [(read.is_thought, [(step, beside[step.number - 1]) for step in read.steps]) for read in readings]
