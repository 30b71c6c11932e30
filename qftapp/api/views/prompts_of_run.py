"""What a run puts to its model, for a program that samples it elsewhere."""

import json
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from qftapp.actors.twins import stream
from qftapp.releases.models import ReleaseEntry
from qftapp.runs.asking.requests import messages_of
from qftapp.runs.models import Run


class PromptsOfRun(APIView):
    """What a run puts to its model."""

    @extend_schema(operation_id="runs_prompts", responses={(200, "application/x-ndjson"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        """The items of the run's split as JSON lines of slug, version, split and prompt; never with gold."""
        run = get_object_or_404(Run.objects.select_related("prompt"), slug=slug)
        if run.prompt is None or run.release_id is None:
            raise ValidationError("This run has no prompt or no release, so nobody knows what it puts to its model.")
        if run.prompt.system:
            raise ValidationError("The prompt of this run has a system message, for which these lines have no place.")
        return stream(_lines(run), "application/x-ndjson", f"{slug}-prompts.jsonl")


def _lines(run: Run) -> Iterator[bytes]:
    assert run.prompt is not None
    entries = ReleaseEntry.objects.filter(release=run.release_id, **({"split": run.split} if run.split else {}))
    entries = entries.select_related("item_version__item").order_by("item_version__item__slug")
    for entry in entries.iterator(chunk_size=200):
        version = entry.item_version
        prompt = messages_of(run.prompt, version)[-1]["content"]
        row = {"slug": version.item.slug, "version": version.number, "split": entry.split, "prompt": prompt}
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"
