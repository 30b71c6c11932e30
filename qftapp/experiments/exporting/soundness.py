"""What people say of traces as a whole: adjudicated verdicts first, else what most of those who judged say."""

from collections import Counter, defaultdict
from typing import Any

from django.db.models import QuerySet

from qftapp.labels.models import Annotation

Verdict = Annotation.Verdict


def verdicts(traces: QuerySet[Any]) -> dict[int, str]:
    """Return sound or flawed for each of some traces of which people said either.

    An adjudicated verdict counts before all others; else more must find it sound than flawed, or the other way round.
    Who finds the item bad speaks against the trace, who is unsure says nothing.
    """
    given = Annotation.objects.filter(trace__in=traces, submitted_at__isnull=False, skip="")
    said: dict[int, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for trace, kind, verdict in given.order_by().values_list("trace", "kind", "verdict"):
        said[trace][kind][verdict] += 1
    found = {}
    for trace, by_kind in said.items():
        counted = by_kind.get(Annotation.Kind.ADJUDICATED) or by_kind[Annotation.Kind.INDEPENDENT]
        sound, flawed = counted[Verdict.SOUND], counted[Verdict.FLAWED] + counted[Verdict.BAD_ITEM]
        if sound != flawed:
            found[trace] = Verdict.SOUND.value if sound > flawed else Verdict.FLAWED.value
    return found
