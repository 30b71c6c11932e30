"""The traces of a run that one version of the verifier has not graded yet."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from qftapp.items.models import ItemVersion
from qftapp.runs.grading.judging import AnswerTask
from qftapp.runs.models import Grade, Trace
from qftapp.runs.queries import current_grade

BATCH = 100
"""Traces that are read at once; each may hold a megabyte."""


def ungraded(run_id: int, version: str) -> QuerySet[Trace]:
    """The traces of a run without a grade by this version of the verifier."""
    grades = Grade.objects.filter(trace=OuterRef("pk"), verifier_version=version)
    return Trace.objects.filter(~Exists(grades), run=run_id)


@dataclass(frozen=True)
class Ungraded:
    """A trace to be judged, and whether another version's grade counts for it."""

    task: AnswerTask
    has_grade: bool


def tasks(run_id: int, version: str) -> Iterator[Ungraded]:
    """What is to be judged, item by item, so that gold is computed once for all answers to it."""
    left = (
        ungraded(run_id, version)
        .annotate(has_grade=Exists(current_grade()))
        .order_by("item_version_id", "sample_index")
    )
    contracts: dict[int, str] = {}
    item_version, sample = 0, -1
    while True:
        # As the index over run, item version and sample is ordered; a range over two columns would not use it.
        rest = left.filter(item_version__gte=item_version).exclude(item_version=item_version, sample_index__lte=sample)
        batch = list(rest.values_list("pk", "item_version_id", "sample_index", "text", "has_grade")[:BATCH])
        contracts = _contracts({row[1] for row in batch}, contracts)
        for pk, version_id, _, text, has_grade in batch:
            yield Ungraded(AnswerTask(pk, version_id, contracts[version_id], text), has_grade)
        if len(batch) < BATCH:
            return
        _, item_version, sample, *_ = batch[-1]


def _contracts(wanted: set[int], known: dict[int, str]) -> dict[int, str]:
    """The contracts of these item versions as JSON, those that are not known yet from the database."""
    rows = ItemVersion.objects.filter(pk__in=wanted - known.keys()).values_list("pk", "contract")
    new = {pk: json.dumps(contract) for pk, contract in rows} if wanted - known.keys() else {}
    return {pk: new.get(pk) or known[pk] for pk in wanted}
