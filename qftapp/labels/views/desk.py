"""The desk, at which one person judges one trace: the page, its saves, submission, skipping, taking back."""

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.http import Request, attempt, confirm, posted_from, reasons, whole_number
from qftapp.items import presenting
from qftapp.labels import annotating, queries, queue, wire
from qftapp.labels.models import Annotation, Campaign
from qftapp.labels.palette import Palette, palette_of
from qftapp.labels.suggesting import showing
from qftapp.runs import reading
from qftapp.runs.reading import Reading

VERDICT_KEYS = {"sound": "s", "flawed": "f", "bad_item": "b", "unsure": "u"}


@never_cache  # going back shows what became of it
def desk(request: Request, pk: int) -> HttpResponse:
    """One's own annotation of a trace: to work on, or as it was given."""
    annotation = get_object_or_404(queries.at_the_desk(), pk=pk)
    if annotation.annotator_id != request.user.pk:
        raise PermissionDenied("Only its annotator sees an annotation at the desk.")
    version = annotation.trace.item_version
    palette = palette_of(annotation.taxonomy)
    state = annotating.state_of(annotation)
    readings = reading.read(annotation.trace.text)
    context = {
        "annotation": annotation,
        "version": version,
        "item": version.item,
        "contract": presenting.contract_of(version),
        "readings": readings,
        "palette": palette,
        "state": state,
        "marks": _marks_in_words(state["marks"], palette, readings),
        "verdicts": [(value, label, VERDICT_KEYS[value]) for value, label in Annotation.Verdict.choices],
        "skips": [(value, label, str(key)) for key, (value, label) in enumerate(Annotation.Skip.choices, 1)],
        "suggested": showing.suggested_to(annotation),
        "may_write_items": permissions.can_write_items(request.user),
    }
    return render(request, "labels/desk.html", context)


def _marks_in_words(marks: list[dict[str, Any]], palette: Palette, readings: list[Reading]) -> list[dict[str, Any]]:
    """The marks with the names of their categories and the numbers of their steps, for a page without scripts."""
    names = {category["id"]: category["name"] for category in palette.categories}
    starts = [step.start for each in readings for step in each.steps]
    return [
        {**mark, "category": names[mark["category_id"]], "step": max(1, bisect_right(starts, mark["start"]))}
        for mark in marks
    ]


@posted_from("desk", "pk")
def save(request: Request, pk: int) -> HttpResponse:
    """Keep what the page has so far. 409 carries what another tab has saved, 422 what cannot be stored."""

    def kept(**state: Any) -> JsonResponse:
        saved = annotating.save(pk, by=request.user, **state)
        return JsonResponse({"revision": saved.revision, "saved_at": saved.saved_at.isoformat()})

    return _answer(request, kept)


@posted_from("desk", "pk")
def submit(request: Request, pk: int) -> HttpResponse:
    """Save and submit what the page sends as JSON, or submit what is stored where a form asks; then the next trace."""
    if request.content_type == "application/json":

        def given(**state: Any) -> JsonResponse:
            annotation = annotating.give(pk, by=request.user, **state)
            return JsonResponse({"next": _after(request, annotation, "Submitted.")})

        return _answer(request, given)
    revision = whole_number(request.POST.get("revision", ""))
    asked = -1 if revision is None else revision
    if attempt(request, annotating.submit, pk, by=request.user, revision=asked):
        return redirect(_after(request, Annotation.objects.select_related("campaign").get(pk=pk), "Submitted."))
    return redirect("desk", pk)


def _answer(request: Request, act: Callable[..., JsonResponse]) -> JsonResponse:
    """What an act on the sent state answers, or how it was refused."""
    try:
        return act(**wire.read(request.body))
    except annotating.Stale as stale:
        return JsonResponse({"reason": str(stale), "state": annotating.state_of(stale.annotation)}, status=409)
    except Conflict as conflict:
        return JsonResponse({"reason": str(conflict)}, status=409)
    except ValidationError as error:
        return JsonResponse({"reasons": reasons(error)}, status=422)


@posted_from("desk", "pk")
def skip(request: Request, pk: int) -> HttpResponse:
    """Pass the trace over for a reason, and go on to the next."""
    if attempt(request, annotating.skip, pk, by=request.user, reason=request.POST.get("reason", "")):
        annotation = Annotation.objects.select_related("campaign").get(pk=pk)
        return redirect(_after(request, annotation, "Skipped."))
    return redirect("desk", pk)


def _after(request: Request, annotation: Annotation, done: str) -> str:
    """The page after one has given an annotation: the campaign's next trace or difference, else one's own work."""
    confirm(request, f"{done} You can take it back under Labels.", reverse("desk_save", args=(annotation.pk,)))
    if annotation.campaign is None:
        return reverse("labels")
    if annotation.kind == Annotation.Kind.ADJUDICATED:
        return reverse("differences", args=(annotation.campaign.slug,))
    return _next(request, annotation.campaign)


@posted_from("desk", "pk")
def take_back(request: Request, pk: int) -> HttpResponse:
    """Open one's own annotation again."""
    get_object_or_404(Annotation, pk=pk)
    attempt(request, annotating.take_back, pk, by=request.user, done="Taken back; you can change it again.")
    return redirect("desk", pk)


@posted_from("desk", "pk")
def see_suggestions(request: Request, pk: int) -> HttpResponse:
    """Show what models suggest to somebody who has given an annotation, which stands from now on."""
    get_object_or_404(Annotation, pk=pk)
    attempt(request, showing.see, pk, by=request.user)
    return redirect("desk", pk)


@posted_from("labels")
def next_trace(request: Request, slug: str) -> HttpResponse:
    """Take the next trace of a campaign to the desk."""
    return redirect(_next(request, get_object_or_404(Campaign, slug=slug)))


def _next(request: Request, campaign: Campaign) -> str:
    """The desk with the trace this person goes on with; their own work where nothing is left."""
    try:
        annotation = queue.take_next(campaign, by=request.user)
    except Conflict as conflict:
        messages.info(request, str(conflict))
        return reverse("labels")
    if annotation is None:
        messages.info(request, f"Nothing is left for you in {campaign}.")
        return reverse("labels")
    return reverse("desk", args=(annotation.pk,))
