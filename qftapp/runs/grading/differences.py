"""What a grading changes: the grades that counted, or count, beside its own, trace by trace."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, F, FilteredRelation, Q, QuerySet

from qftapp.runs.models import Grade, Grading
from qftapp.verification import Outcome

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _New(TypedDict):
        new_id: int
        new_outcome: str
        new_reason: str

    OldGrade = WithAnnotations[Grade, _New]


@dataclass(frozen=True, slots=True)
class Cell:
    """How many traces went from one outcome to another."""

    old: str
    new: str
    count: int

    @property
    def is_change(self) -> bool:
        """Whether the two differ."""
        return self.old != self.new


@dataclass(frozen=True)
class Table:
    """Old outcomes by new ones, those that occur, in the order of Outcome; None where no trace is."""

    new: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]
    versions: tuple[str, ...]
    """The verifiers of the old grades."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells that hold traces."""
        return tuple(cell for _, row in self.rows for cell in row if cell)

    @property
    def compared(self) -> int:
        """How many traces have both grades."""
        return sum(cell.count for cell in self.cells)

    @property
    def changed(self) -> int:
        """How many have another outcome."""
        return sum(cell.count for cell in self.cells if cell.is_change)


def old_grades(grading: Grading) -> "QuerySet[OldGrade]":
    """The grades that those of a grading stand against, with `new_outcome`, `new_reason` and `new_id` beside them.

    Of an accepted grading those it superseded; of any other those that count today.
    """
    version = grading.verifier_version
    if grading.accepted_at:
        old = Grade.objects.filter(superseded_by=grading)
    else:
        old = Grade.objects.filter(run=grading.run_id, is_current=True).exclude(verifier_version=version)
    beside = FilteredRelation("trace__grades", condition=Q(trace__grades__verifier_version=version))
    return old.annotate(
        new=beside, new_id=F("new__id"), new_outcome=F("new__outcome"), new_reason=F("new__reason")
    ).filter(new_id__isnull=False)


def changes(grading: Grading, *, old: str = "", new: str = "") -> "QuerySet[OldGrade]":
    """The old grades of traces with another outcome, newest trace first; `old` and `new` choose among them."""
    found = old_grades(grading).exclude(new_outcome=F("outcome")).order_by("-trace_id")
    if old:
        found = found.filter(outcome=old)
    if new:
        found = found.filter(new_outcome=new)
    return found.select_related("trace__item_version__item")


def table(grading: Grading) -> Table:
    """How many traces went from which outcome to which."""
    grades = old_grades(grading).order_by()
    counted: dict[tuple[str, str], int] = {}
    for old, new, count in grades.values_list("outcome", "new_outcome").annotate(count=Count("pk")):
        counted[old, new] = count
    olds, news = (_in_order(pair[place] for pair in counted) for place in (0, 1))
    versions = grades.values_list("verifier_version", flat=True).distinct()
    rows = (
        (old, tuple(Cell(old, new, counted[old, new]) if (old, new) in counted else None for new in news))
        for old in olds
    )
    return Table(news, tuple(rows), tuple(sorted(versions)))


def _in_order(outcomes: Iterable[str]) -> tuple[str, ...]:
    found = set(outcomes)
    return tuple(outcome.value for outcome in Outcome if outcome in found)
