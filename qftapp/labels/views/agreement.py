"""How far the people of a campaign agree: the page for those who lead, and its twins."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from qftapp.actors import permissions, twins
from qftapp.actors.http import Request
from qftapp.labels import differing, exporting, measuring
from qftapp.labels.agreement import FEWEST, Estimate
from qftapp.labels.judgements import Judgements, judgements_of
from qftapp.labels.measuring import Report
from qftapp.labels.models import Campaign

COLUMNS = ("of", "who_or_what", "measure", "value", "low", "high", "n")


class Confusion(NamedTuple):
    """A table of how often two people said the one and the other, with the number of its fullest cell."""

    kind: str
    title: str
    names: list[tuple[str, str]]
    rows: list[tuple[tuple[str, str], list[tuple[str, int]]]]
    most: int


def led(request: Request, slug: str) -> Campaign:
    """The campaign of that name, for those who lead campaigns."""
    if not permissions.can_adjudicate(request.user):
        raise PermissionDenied("Only adjudicators see everybody's annotations.")
    return get_object_or_404(Campaign.objects.select_related("taxonomy"), slug=slug)


def agreement(request: Request, slug: str) -> HttpResponse:
    """Coefficients with intervals, by category and by pair, people against gold, and who confuses what with what."""
    campaign = led(request, slug)
    judgements = judgements_of(campaign)
    context = {
        "campaign": campaign,
        "report": measuring.measure(judgements) if _says_anything(judgements) else None,
        "confusions": [
            _confusion(judgements, "verdict", "Verdicts"),
            _confusion(judgements, "category", "Categories of one step"),
        ],
        "twins": [(name, reverse(f"agreement_{name}", args=[slug])) for name in ("csv", "json")],
        "shapes": list(exporting.SHAPES),
        "fewest": FEWEST,
    }
    return render(request, "labels/agreement.html", context)


def _says_anything(judgements: Judgements) -> bool:
    return bool(judgements.by_trace or judgements.on_gold or (judgements.said and judgements.suggested))


def _confusion(judgements: Judgements, kind: str, title: str) -> Confusion:
    names, table = differing.values(judgements, kind), differing.confusion(judgements, kind)
    codes = [code for code, _ in names]
    rows = [(name, list(zip(codes, counts, strict=True))) for name, counts in zip(names, table, strict=True)]
    return Confusion(kind, title, names, rows, max(max(counts) for counts in table))


def agreement_csv(request: Request, slug: str) -> StreamingHttpResponse:
    """Every number of the page as CSV."""
    return twins.csv_file(f"{slug}-agreement", COLUMNS, _rows(_report(request, slug)))


def agreement_json(request: Request, slug: str) -> StreamingHttpResponse:
    """Every number of the page as a JSON array."""
    return twins.json_file(f"{slug}-agreement", _rows(_report(request, slug)))


def _report(request: Request, slug: str) -> Report:
    return measuring.measure(judgements_of(led(request, slug)))


def _rows(report: Report) -> Iterator[dict[str, Any]]:
    yield from _estimates("campaign", "", report.measures)
    yield from _estimates("campaign", "", report.closeness)
    for category in report.categories:
        yield from _estimates("category", category.category.code, category)
    for pair in report.pairs:
        names = f"{pair.first.get_username()}, {pair.second.get_username()}"
        yield from _estimates("pair", names, pair)
        yield from _estimates("pair", names, pair.closeness)
    for person in report.gold:
        yield from _estimates("gold", person.person.get_username(), person)
        yield from _estimates("gold", person.person.get_username(), person.closeness)
    for each in report.models:
        name = str(each.model.language_model) if each.model else "people among themselves"
        yield from _estimates("model", name, each)
        yield from _estimates("model", name, each.closeness)


def _estimates(of: str, about: str, measured: Any) -> Iterator[dict[str, Any]]:
    """The estimates among the fields of a part of the report."""
    for field in fields(measured):
        found = getattr(measured, field.name)
        if isinstance(found, Estimate):
            numbers = {"value": found.value, "low": found.low, "high": found.high, "n": found.units}
            yield {"of": of, "who_or_what": about, "measure": field.name, **numbers}
