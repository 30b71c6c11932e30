"""Where people differ: which verdicts, and which categories of one step, two of them gave."""

from collections import Counter
from collections.abc import Iterator

from qftapp.labels.judgements import Judgements, Pair
from qftapp.labels.models import Annotation

NOTHING = "nothing"
"""What somebody said of a step that only the other one marked."""

Said = tuple[str, str]
"""What the one and the other said: verdicts, or codes of categories."""


def verdicts(judgements: Judgements, pair: Pair) -> Iterator[Said]:
    """The two verdicts of a pair."""
    yield pair[0].verdict, pair[1].verdict


def categories(judgements: Judgements, pair: Pair) -> Iterator[Said]:
    """The categories that two people gave each step that one of them marked.

    What both gave is paired with itself, and what only one gave with each that only the other gave, or with NOTHING.
    """
    if not (pair[0].is_on_steps and pair[1].is_on_steps):
        return
    steps = judgements.steps[pair[0].trace]
    first, second = pair[0].cells(steps), pair[1].cells(steps)
    codes = [category.code for category in judgements.categories]
    yield from ((codes[category], codes[category]) for _, category in first & second)
    alone, other = first - second, second - first
    for step in {step for step, _ in alone | other}:
        mine = [codes[category] for at, category in sorted(alone) if at == step] or [NOTHING]
        theirs = [codes[category] for at, category in sorted(other) if at == step] or [NOTHING]
        yield from ((one, another) for one in mine for another in theirs)


KINDS = {"verdict": verdicts, "category": categories}
"""What two people can be compared in, by the name in addresses."""


def values(judgements: Judgements, kind: str) -> list[tuple[str, str]]:
    """What can be said of a kind, each with its name."""
    if kind == "verdict":
        return [(value, str(label)) for value, label in Annotation.Verdict.choices]
    return [*((each.code, each.name) for each in judgements.categories), (NOTHING, "Nothing")]


def confusion(judgements: Judgements, kind: str) -> list[list[int]]:
    """How often two people said the one and the other; a symmetric table, in which pairs count both ways."""
    counted = Counter(said for pair in judgements.pairs for said in KINDS[kind](judgements, pair))
    names = [name for name, _ in values(judgements, kind)]
    return [[counted[row, column] + counted[column, row] for column in names] for row in names]


def traces_where(judgements: Judgements, kind: str, a: str, b: str) -> set[int]:
    """The traces of which two people said the one and the other, in either order."""
    asked = {(a, b), (b, a)}
    return {pair[0].trace for pair in judgements.pairs if not asked.isdisjoint(KINDS[kind](judgements, pair))}
