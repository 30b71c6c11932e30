"""What language models suggest for a campaign: asking for it, how far it has come, what could not be read."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from qftapp.actors import twins
from qftapp.actors.errors import Conflict
from qftapp.actors.http import Request, attempt, confirm, posted_from, reasons, takes_posts
from qftapp.labels.forms import SuggestingForm
from qftapp.labels.models import Campaign, FailedSuggestion, Suggesting
from qftapp.labels.suggesting import actions
from qftapp.labels.suggesting.asked import progress_of
from qftapp.labels.views.agreement import led
from qftapp.runs.asking import endpoints

COLUMNS = ("model", "trace", "item", "version", "reason", "reply", "at")
SHOWN = 20


@takes_posts
def suggestions(request: Request, slug: str) -> HttpResponse:
    """Whom to ask, and everybody who was asked; sent, the form asks. `asked` of it is brought anew while one is."""
    campaign = led(request, slug)
    if request.method == "POST":
        form = SuggestingForm(request.POST)
        if form.is_valid():
            try:
                asked = actions.ask(campaign.pk, form.plan, by=request.user)
            except ValidationError as error:
                form.add_error(None, reasons(error))
            except Conflict as conflict:
                form.add_error(None, str(conflict))
            else:
                confirm(request, f"{asked.model} waits for its worker.")
                return redirect("suggestions", slug)
        return render(request, "labels/suggestions.html", _context(campaign, form), status=422)
    context = _context(campaign, SuggestingForm(initial=request.GET.dict()))
    part = "#asked" if request.htmx and request.htmx.target == "asked" else ""
    return render(request, f"labels/suggestions.html{part}", context)


def _context(campaign: Campaign, form: SuggestingForm) -> dict[str, Any]:
    every = campaign.suggestings.select_related("model", "requested_by")
    asked = [(each, progress_of(each), _failed(each)) for each in every]
    return {
        "campaign": campaign,
        "form": form,
        "endpoints": endpoints.names(),
        "asked": asked,
        "is_going_on": any(not each.has_ended for each, _, _ in asked),
    }


def _failed(suggesting: Suggesting) -> list[FailedSuggestion]:
    return list(suggesting.failed.select_related("trace__item_version__item").defer("trace__text")[:SHOWN])


@posted_from("suggestions", "slug")
def cancel(request: Request, slug: str, pk: int) -> HttpResponse:
    """Stop asking; what came stays."""
    asked = get_object_or_404(Suggesting, pk=pk, campaign__slug=slug)
    attempt(request, actions.cancel, asked.pk, by=request.user, done="Stopped; what came so far stays.")
    return redirect("suggestions", slug)


@posted_from("suggestions", "slug")
def go_on(request: Request, slug: str, pk: int) -> HttpResponse:
    """Ask again about what is missing, failed or could not be read."""
    asked = get_object_or_404(Suggesting, pk=pk, campaign__slug=slug)
    attempt(request, actions.go_on, asked.pk, by=request.user, done="It goes on; what came before stays.")
    return redirect("suggestions", slug)


def suggestions_csv(request: Request, slug: str) -> StreamingHttpResponse:
    """The traces about which models were asked in vain, as CSV."""
    return twins.csv_file(f"{slug}-suggestions-failed", COLUMNS, _rows(led(request, slug)))


def suggestions_json(request: Request, slug: str) -> StreamingHttpResponse:
    """The traces about which models were asked in vain, as a JSON array."""
    return twins.json_file(f"{slug}-suggestions-failed", _rows(led(request, slug)))


def _rows(campaign: Campaign) -> Iterator[dict[str, Any]]:
    found = FailedSuggestion.objects.filter(suggesting__campaign=campaign).defer("trace__text")
    for each in found.select_related("suggesting__model", "trace__item_version__item").iterator(chunk_size=200):
        version = each.trace.item_version
        values = (each.suggesting.model.slug, each.trace_id, version.item.slug, version.number, each.reason, each.reply)
        yield dict(zip(COLUMNS, (*values, each.at.isoformat(timespec="seconds")), strict=True))
