"""Lineage: the page of a model, its twin, and fragments for the pages of items and models."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from qftapp.actors.http import Request
from qftapp.actors.models import LanguageModel
from qftapp.experiments import lineage
from qftapp.experiments.lineage import Stage
from qftapp.experiments.models import TrainingJob
from qftapp.items.models import Item

SHOWN = 50
"""Versions of an export on the page; the JSON twin has all."""


def model_lineage(request: Request, slug: str) -> HttpResponse:
    """Where a model comes from: job, export, release, versions, people and sources, training by training."""
    model = get_object_or_404(LanguageModel, slug=slug)
    stages = lineage.stages(model)
    context = {
        "model": model,
        "origin": stages[-1].job.base if stages else model,
        "stages": [_shown(stage) for stage in stages],
        "shown": SHOWN,
    }
    return render(request, "experiments/lineage/model.html", context)


def _shown(stage: Stage) -> dict[str, Any]:
    entries = list(lineage.entries_of(stage.export)[:SHOWN])
    return {"stage": stage, "sums": lineage.sums(stage.export), "parts": lineage.parts(entries)}


def model_lineage_json(request: Request, slug: str) -> JsonResponse:
    """The whole lineage of a model, version by version."""
    return JsonResponse(lineage.as_json(get_object_or_404(LanguageModel, slug=slug)))


def item_training(request: Request, slug: str) -> HttpResponse:
    """Exports that hold an item and models trained on it; a fragment for the item's page."""
    item = get_object_or_404(Item, slug=slug)
    context = {"item": item, "exports": lineage.exports_with(item), "trained": lineage.trained_on(item)}
    return render(request, "experiments/lineage/of_item.html", context)


def model_training(request: Request, slug: str) -> HttpResponse:
    """The job that made a model and the jobs that began with it; a fragment for the model's page."""
    model = get_object_or_404(LanguageModel, slug=slug)
    stages = lineage.stages(model)
    jobs = TrainingJob.objects.filter(base=model).select_related("export")
    context = {"model": model, "stage": stages[0] if stages else None, "jobs": jobs}
    return render(request, "experiments/lineage/of_model.html", context)
