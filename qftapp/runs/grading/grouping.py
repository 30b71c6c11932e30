"""Answer groups: which traces of a run give one item the same answer.

| outcome | the same answer |
|---|---|
| correct | all correct ones of an item |
| wrong | one agrees with the other, put in gold's place under the item's contract (see `verification.equivalence`) |
| unreadable, timeout, broken item | the same text but for white space |
| no answer | none |

A group is named by its first trace. Of each item at most MOST_GROUPS wrong answers are compared with all others, and
no longer than one answer may take to be judged; what is not reached is the same as its equal in text alone.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.fields.json import KT

from qftapp.items.models import ItemVersion
from qftapp.runs.grading.judging import GroupTask
from qftapp.runs.models import Grade
from qftapp.verification import Outcome
from qftapp.verification.extract import Answer, plain

_SET = """
UPDATE qftapp_grade SET answer_group = given.answer_group
FROM unnest(%s::bigint[], %s::bigint[]) AS given (id, answer_group)
WHERE qftapp_grade.id = given.id
"""


class Given(NamedTuple):
    """An answer of a run to an item, with what is needed to group it."""

    grade: int
    trace: int
    outcome: str
    answer: str
    form: str
    is_cut: str
    group: int | None


@dataclass(frozen=True)
class Item:
    """The answers of a run to an item version, those of the same text together, and the task of comparing the rest."""

    pairs: dict[int, int]
    """Grade to first trace, as far as it is known without comparing; text decides."""
    known: dict[int, int | None]
    """Grade to the group that is stored."""
    firsts: tuple[int, ...]
    """First traces of wrong answers that differ in text, in their order."""
    task: GroupTask

    def changed(self, places: list[int]) -> dict[int, int]:
        """Grade to group where it is another than is stored; `places` says which of `firsts` each of them is."""
        same = {first: self.firsts[place] for first, place in zip(self.firsts, places, strict=True)}
        found = {grade: same.get(first, first) for grade, first in self.pairs.items()}
        return {grade: group for grade, group in found.items() if group != self.known[grade]}


def ungrouped(run_id: int, version: str) -> QuerySet[Grade]:
    """The grades with an answer that belong to no group yet."""
    return Grade.objects.filter(run=run_id, verifier_version=version, answer_group=None).exclude(answer="")


def items(run_id: int, version: str) -> Iterator[Item]:
    """The items with such grades, each with all its answers."""
    wanted = ungrouped(run_id, version).order_by().values_list("trace__item_version", flat=True).distinct()
    for item_version in sorted(wanted):
        yield _item(run_id, version, item_version)


def _item(run_id: int, version: str, item_version: int) -> Item:
    grades = Grade.objects.filter(run=run_id, verifier_version=version, trace__item_version=item_version)
    rows = grades.exclude(answer="").order_by("trace_id")
    columns = ("pk", "trace_id", "outcome", "answer", KT("detail__form"), KT("detail__is_cut"), "answer_group")
    pairs: dict[int, int] = {}
    known: dict[int, int | None] = {}
    seen: dict[tuple[str, str], int] = {}
    compared: dict[int, Answer] = {}
    for given in map(Given._make, rows.values_list(*columns)):
        text = "" if given.outcome == Outcome.CORRECT else _normal(given)
        first = seen.setdefault((given.outcome, text), given.trace)
        pairs[given.grade], known[given.grade] = first, given.group
        if first == given.trace and given.outcome == Outcome.WRONG and not given.is_cut:
            compared[first] = Answer("code" if given.form == "code" else "text", given.answer)
    contract = json.dumps(ItemVersion.objects.values_list("contract", flat=True).get(pk=item_version))
    return Item(pairs, known, tuple(compared), GroupTask(item_version, contract, tuple(compared.values())))


def _normal(given: Given) -> str:
    """Text without white space and the marks of a formula; code, to which space matters, without that at its ends."""
    return given.answer.strip() if given.form == "code" else "".join(plain(given.answer).split())


def store(groups: dict[int, int]) -> None:
    """Write the groups of grades."""
    if groups:
        with connection.cursor() as cursor:
            cursor.execute(_SET, [list(groups), list(groups.values())])
