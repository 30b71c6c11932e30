"""Labels as a file for other programs, streamed."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404

from qftapp.actors import permissions, twins
from qftapp.actors.http import Request, whole_number
from qftapp.labels import exporting
from qftapp.labels.models import Annotation, Campaign, Taxonomy


def export(request: Request) -> StreamingHttpResponse:
    """The annotations that count, `?shape=` of exporting.SHAPES, narrowed by campaign, taxonomy, number and kind."""
    if not permissions.can_export_labels(request.user):
        raise PermissionDenied("Only adjudicators and engineers export labels.")
    asked = {name: request.GET.get(name, "") for name in ("campaign", "taxonomy", "kind")}
    shape, number = request.GET.get("shape", "jsonl"), whole_number(request.GET.get("number", ""))
    if shape not in exporting.SHAPES or asked["kind"] not in ("", *Annotation.Kind.values):
        raise Http404("There is no such shape or kind.")
    if asked["campaign"]:
        get_object_or_404(Campaign, slug=asked["campaign"])
    if asked["taxonomy"] and not Taxonomy.objects.filter(slug=asked["taxonomy"]).exists():
        raise Http404("There is no such taxonomy.")
    lines = exporting.lines(shape, exporting.chosen(**asked, number=number))
    return twins.stream(lines, "application/jsonl", f"{asked['campaign'] or 'labels'}-{shape}.jsonl")
