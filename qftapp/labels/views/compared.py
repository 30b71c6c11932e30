"""One's own annotation beside the adjudicated one, for whoever gave it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from qftapp.actors.http import Request
from qftapp.labels import beside, comparing, queries
from qftapp.labels.models import Annotation
from qftapp.runs import reading
from qftapp.runs.steps import split_steps


def compared(request: Request, pk: int) -> HttpResponse:
    """Own marks beside the adjudicated ones; 404 as long as nobody has adjudicated the trace."""
    given = queries.at_the_desk().filter(kind=Annotation.Kind.INDEPENDENT, submitted_at__isnull=False, skip="")
    annotation = get_object_or_404(given.prefetch_related("marks__category__parent"), pk=pk)
    if annotation.annotator_id != request.user.pk:
        raise PermissionDenied("Only its annotator sees an annotation beside the adjudicated one.")
    settled = comparing.settled_for(annotation).select_related("annotator").prefetch_related("marks__category__parent")
    adjudicated = get_object_or_404(settled)
    text = annotation.trace.text
    steps = split_steps(text)
    sides = beside.sides(text, steps, [beside.Voice("You", 1, annotation)], adjudicated)
    context = {
        "annotation": annotation,
        "adjudicated": adjudicated,
        "version": annotation.trace.item_version,
        "shared": comparing.shared(annotation, adjudicated, steps),
        "rows": beside.rows(reading.read(text), sides),
        "is_open": False,
    }
    return render(request, "labels/compared.html", context)
