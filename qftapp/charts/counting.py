"""Which annotations of a report's answers count, and what they and their marks add up to, in the database.

Of a trace that was adjudicated, the adjudicated annotation counts, and no other; else the mean over those who judged
it. Who was unsure or found the item bad says nothing of its steps and does not count.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from numpy.typing import NDArray

from qftapp.charts.scope import Scope
from qftapp.items.models import ItemVersion
from qftapp.labels.judgements import ON_STEPS
from qftapp.labels.models import Annotation

Kind = Annotation.Kind

NOWHERE = -1
"""The place of a category that nothing has replaced, and of no category at all."""

# Annotations of one trace share its weight; the first major mark of an annotation is told from its others.
_SUMS = """
WITH counting AS MATERIALIZED (
    SELECT given.id, given.run, given.version, given.taxonomy, grade.outcome,
        1::float8 / count(*) OVER (PARTITION BY given.trace, given.slug) AS weight
    FROM ({counting}) AS given (id, trace, run, version, taxonomy, slug)
    LEFT JOIN qftapp_grade AS grade ON grade.trace_id = given.trace AND grade.is_current
), marked AS MATERIALIZED (
    SELECT counting.id, run, version, taxonomy, weight, severity, coalesce(known.place, -1) AS place,
        severity = 'major' AND known.place IS NOT NULL AND row_number() OVER (
            PARTITION BY counting.id, severity, known.place IS NULL ORDER BY mark.start, mark."end", mark.id
        ) = 1 AS is_first
    FROM counting JOIN qftapp_spanlabel AS mark ON mark.annotation_id = counting.id
    LEFT JOIN unnest(%s::bigint[], %s::integer[]) AS known (category, place) ON known.category = mark.category_id
)
SELECT counting.run, counting.version, counting.taxonomy, '', coalesce(outcome, ''), coalesce(first.place, -1),
    sum(counting.weight)
FROM counting LEFT JOIN marked AS first ON first.id = counting.id AND first.is_first
GROUP BY 1, 2, 3, 5, 6
UNION ALL
SELECT run, version, taxonomy, severity, '', place, sum(weight) FROM marked GROUP BY 1, 2, 3, 4, 6
"""
_KEYS = ("pk", "trace_id", "trace__run_id", "trace__item_version_id", "taxonomy_id", "taxonomy__slug")


class Sums(NamedTuple):
    """Weights of annotations, or of marks where there is a severity: columns of equal length."""

    run: NDArray[np.int64]
    version: NDArray[np.int64]
    taxonomy: NDArray[np.int64]
    severity: NDArray[np.str_]
    outcome: NDArray[np.str_]
    """Of the traces; "" where they have no grade."""
    place: NDArray[np.int64]
    """Of the marks' category, or of that of the annotations' first major mark; NOWHERE where there is none."""
    weight: NDArray[np.float64]

    @property
    def answers(self) -> float:
        """How many answers were labelled."""
        return float(self.weight[self.severity == ""].sum())

    def of(self, taxonomies: Collection[int]) -> "Sums":
        """Those of some numbers of a taxonomy."""
        chosen = np.isin(self.taxonomy, list(taxonomies))
        return Sums(
            self.run[chosen],
            self.version[chosen],
            self.taxonomy[chosen],
            self.severity[chosen],
            self.outcome[chosen],
            self.place[chosen],
            self.weight[chosen],
        )


_TYPES = (np.int64, np.int64, np.int64, np.str_, np.str_, np.int64, np.float64)


def judgements(scope: Scope, runs: Collection[int]) -> QuerySet[Annotation]:
    """What people have said of the steps of some runs' answers, whether it counts or not.

    The runs are named by their ids, for of a condition on runs the database could not tell how many traces it leaves.
    """
    found = _on_steps().filter(kind__in=(Kind.INDEPENDENT, Kind.ADJUDICATED), trace__run__in=runs)
    if scope.versions:
        found = found.filter(trace__item_version__in=ItemVersion.objects.filter(scope.versions).values("pk"))
    return found


def counting(given: QuerySet[Annotation]) -> QuerySet[Annotation]:
    """Those of the judgements that count, in each taxonomy by itself."""
    settled = _on_steps().filter(
        trace=OuterRef("trace"), taxonomy__slug=OuterRef("taxonomy__slug"), kind=Kind.ADJUDICATED
    )
    return given.filter(Q(kind=Kind.ADJUDICATED) | ~Exists(settled))


def sums(counted: QuerySet[Annotation], places: Mapping[int, int]) -> Sums:
    """What annotations that count add up to; `places` tells the place of a mark's category, by its id."""
    sql, given = counted.values_list(*_KEYS).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(counting=sql), [*given, list(places), list(places.values())])
        columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(Sums._fields)
    return Sums(*(np.array(column, dtype=kind) for column, kind in zip(columns, _TYPES, strict=True)))


def _on_steps() -> QuerySet[Annotation]:
    return Annotation.objects.filter(submitted_at__isnull=False, skip="", verdict__in=ON_STEPS).order_by()
