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

from qftapp.labels.judgements import ON_STEPS
from qftapp.labels.models import Annotation

Kind = Annotation.Kind

NOWHERE = -1
"""The place of a category that nothing has replaced, and of no category at all."""

# Traces and grades are looked up one by one (so OFFSET 0), since few of a run's are labelled: it takes as long as there
# are labels, however many traces there are. Annotations of one trace share its weight; the first major mark of an
# annotation is told from its others.
_SUMS = """
WITH counting AS MATERIALIZED (
    SELECT given.id, trace.run_id AS run, trace.item_version_id AS version, given.taxonomy, grade.outcome,
        1::float8 / count(*) OVER (PARTITION BY given.trace, given.slug) AS weight
    FROM ({counting}) AS given (id, trace, taxonomy, slug)
    JOIN LATERAL (SELECT run_id, item_version_id FROM qftapp_trace WHERE id = given.trace OFFSET 0) AS trace
        ON trace.run_id = ANY(%s)
    LEFT JOIN LATERAL (SELECT outcome FROM qftapp_grade WHERE trace_id = given.trace AND is_current OFFSET 0) AS grade
        ON true
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
_KEYS = ("pk", "trace_id", "taxonomy_id", "taxonomy__slug")


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

    def where(self, chosen: NDArray[np.bool_]) -> "Sums":
        """Some of them."""
        return Sums._make(column[chosen] for column in self)


_TYPES = (np.int64, np.int64, np.int64, np.str_, np.str_, np.int64, np.float64)


def counting() -> QuerySet[Annotation]:
    """The annotations that count, in each taxonomy by itself."""
    of_trace = _on_steps().filter(trace=OuterRef("trace"), taxonomy__slug=OuterRef("taxonomy__slug"))
    is_settled = Exists(of_trace.filter(kind=Kind.ADJUDICATED))
    return _on_steps().filter(Q(kind=Kind.ADJUDICATED) | Q(~is_settled, kind=Kind.INDEPENDENT))


def sums(runs: Collection[int], places: Mapping[int, int]) -> Sums:
    """What is labelled of some runs' answers; `places` tells the place of a mark's category, by its id."""
    sql, given = counting().values_list(*_KEYS).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(counting=sql), [*given, list(runs), list(places), list(places.values())])
        columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(Sums._fields)
    return Sums._make(np.array(column, dtype=kind) for column, kind in zip(columns, _TYPES, strict=True))


def _on_steps() -> QuerySet[Annotation]:
    return Annotation.objects.filter(submitted_at__isnull=False, skip="", verdict__in=ON_STEPS).order_by()
