"""Settling one trace: everybody's marks beside its steps, of which one takes, merges and drops; verdict and reason."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.http import Request, attempt, confirm, posted_from, reasons, whole_number
from qftapp.labels import adjudicating, annotating, beside, merging, queries
from qftapp.labels.exporting import step_of
from qftapp.labels.models import Annotation
from qftapp.runs import reading
from qftapp.runs.steps import STEPS_VERSION, split_steps

VERDICT_KEYS = {"sound": "s", "flawed": "f", "bad_item": "b", "unsure": "u"}


@never_cache  # going back shows what became of it
def adjudicate(request: Request, pk: int) -> HttpResponse:
    """The trace with everybody's marks beside its steps; `?names=1` says whose they are."""
    return _page(request, pk)


def _page(request: Request, pk: int, status: int = 200, **said: Any) -> HttpResponse:
    annotation = _annotation(request, pk)
    voices = _voices(annotation)
    sides = beside.sides(annotation.trace.text, split_steps(annotation.trace.text), voices, annotation)
    context: dict[str, Any] = {
        "annotation": annotation,
        "is_open": not annotation.is_submitted and annotation.annotator_id == request.user.pk,
        "voices": voices,
        "names": bool(request.GET.get("names")),
        "sides": sides,
        "settled": _settled(sides),
        "version": annotation.trace.item_version,
        "rows": beside.rows(reading.read(annotation.trace.text), sides),
        "verdicts": [(value, label, VERDICT_KEYS[value]) for value, label in Annotation.Verdict.choices],
        "said": {"verdict": annotation.verdict, "comment": annotation.comment} | said,
    }
    return render(request, "labels/adjudicate.html", context, status=status)


def _annotation(request: Request, pk: int) -> Annotation:
    if not permissions.can_adjudicate(request.user):
        raise PermissionDenied("Only adjudicators settle differences.")
    adjudicated = queries.at_the_desk().filter(kind=Annotation.Kind.ADJUDICATED)
    return get_object_or_404(adjudicated.prefetch_related("marks__category__parent"), pk=pk)


def _voices(annotation: Annotation) -> list[beside.Voice]:
    judged = merging.judged(annotation).select_related("annotator").prefetch_related("marks__category__parent")
    return beside.voices(judged.order_by("submitted_at", "pk"))


def _acted(request: Request, pk: int, act: Callable[..., Annotation], at: int, **about: Any) -> HttpResponse:
    """Run an act on a mark at an offset; answer with what then stands beside its step and with the list of what was
    taken, or with the page at that step."""
    is_done = attempt(request, act, pk, by=request.user, **about)
    annotation = _annotation(request, pk)
    steps = split_steps(annotation.trace.text)
    place = step_of(steps, at)
    if not request.htmx or not is_done:
        return _to_step(request, pk, place + 1)
    sides = beside.sides(annotation.trace.text, steps, _voices(annotation), annotation)
    context = {
        "annotation": annotation,
        "side": sides[place],
        "settled": _settled(sides),
        "is_open": True,
        "names": bool(request.GET.get("names")),
    }
    return render(request, "labels/parts/taken.html", context)


def _settled(sides: list[beside.Side]) -> list[tuple[int, beside.Heard]]:
    """The marks taken so far, each with its step."""
    return [(side.step, heard) for side in sides for heard in side.settled]


def _to_step(request: Request, pk: int, step: int) -> HttpResponse:
    query = "?names=1" if request.GET.get("names") else ""
    address = f"{reverse('adjudicate', args=[pk])}{query}#step-{step}"
    if not request.htmx:
        return redirect(address)
    answer = HttpResponse()
    answer["HX-Redirect"] = address
    return answer


def _numbers(request: Request, name: str) -> list[int]:
    found = [whole_number(text) for text in request.POST.getlist(name)]
    return [number for number in found if number is not None]


@posted_from("adjudicate", "pk")
def take(request: Request, pk: int) -> HttpResponse:
    """Take one mark, or merge several into one."""
    marks, (at, *_) = _numbers(request, "mark"), [*_numbers(request, "at"), 0]
    if len(marks) == 1:
        return _acted(request, pk, merging.take, at, mark_id=marks[0])
    return _acted(request, pk, merging.merge, at, mark_ids=marks)


@posted_from("adjudicate", "pk")
def drop(request: Request, pk: int) -> HttpResponse:
    """Take a mark out again."""
    names = ("category_id", "start", "end")
    numbers = {name: (_numbers(request, name) or [0])[0] for name in names}
    return _acted(request, pk, merging.drop, numbers["start"], **numbers)


@posted_from("adjudicate", "pk")
def take_all(request: Request, pk: int) -> HttpResponse:
    """Take somebody's verdict and all their marks in place of what is there."""
    (from_id, *_) = [*_numbers(request, "from"), 0]
    comment = request.POST.get("comment", "")
    if attempt(request, merging.take_all, pk, by=request.user, from_id=from_id, comment=comment):
        confirm(request, "Verdict and marks are taken.", reverse("adjudicate_submit", args=[pk]))
    return _to_step(request, pk, 1)


@posted_from("adjudicate", "pk")
def submit(request: Request, pk: int) -> HttpResponse:
    """Give verdict and reason with the marks taken, and go on to the next trace that waits."""
    annotation = get_object_or_404(Annotation.objects.select_related("campaign"), pk=pk)
    said = {"verdict": request.POST.get("verdict", ""), "comment": request.POST.get("comment", "")}
    (revision, *_) = [*_numbers(request, "revision"), -1]
    state = annotating.state_of(annotation) | said | {"revision": revision, "steps_version": str(STEPS_VERSION)}
    try:
        annotating.give(pk, by=request.user, **state)
    except ValidationError as error:
        return _page(request, pk, status=422, faults=reasons(error), **said)
    except annotating.Stale:
        fault = "Another tab has changed the marks or the verdict since; look again, then submit."
        return _page(request, pk, status=409, faults=[fault], **said)
    except Conflict as conflict:
        messages.error(request, str(conflict))
        return redirect("adjudicate", pk)
    confirm(request, "Adjudicated. Those who labelled it now see where they differed.")
    return _next(request, annotation)


def _next(request: Request, annotation: Annotation) -> HttpResponse:
    if annotation.campaign is None:
        return redirect("labels")
    begun = adjudicating.begin_next(annotation.campaign, by=request.user)
    if begun is None:
        messages.info(request, f"Nothing waits in {annotation.campaign}.")
        return redirect("differences", annotation.campaign.slug)
    return redirect("adjudicate", begun.pk)
