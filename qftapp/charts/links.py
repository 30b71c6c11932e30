"""Addresses that figures lead to: the items or traces behind a point."""

from urllib.parse import urlencode

from django.urls import reverse

from qftapp.actors.models import LanguageModel
from qftapp.charts.marks import Point
from qftapp.charts.scope import Scope
from qftapp.runs.models import Run


def items(scope: Scope, model: LanguageModel, facts: dict[str, str] | None = None) -> str:
    """The items behind a point, each with how one model did on it."""
    query = dict(pair for pair in scope.query if pair[0] != "model") | (facts or {})
    return f"{reverse('report_items')}?{urlencode({'model': model.slug, **query})}"


def bank(scope: Scope, **facts: str) -> str:
    """The items of a scope in the list of items, whoever answered them."""
    query = dict(pair for pair in scope.query if pair[0] not in ("model", "cluster")) | facts
    return f"{reverse('items')}?{urlencode(query)}"


INCORRECT, CUT = "incorrect", "cut"
"""In place of an outcome: answers that count and are not right, and those that ended at the limit of tokens."""


def answers(scope: Scope, model: LanguageModel, filters: dict[str, str] | None) -> str:
    """A model's answers of one outcome or diagnosis: traces, or by item where lists of traces cannot filter so.

    Empty where `filters` is None: no list can find them.
    """
    if filters is None:
        return ""
    is_whole = not (scope.release or scope.items)
    if is_whole and filters.get("outcome") not in (INCORRECT, CUT):
        return traces(model=model.slug, **filters)
    return items(scope, model, filters)


def traces(**filters: str) -> str:
    """The traces of evaluations that match filters of the list of traces."""
    return f"{reverse('traces')}?{urlencode({**filters, 'purpose': Run.Purpose.EVALUATE.value})}"


def errors(scope: Scope, point: Point) -> str:
    """The marks behind a point of a figure of errors, in the scope of its report."""
    return f"{reverse('report_errors')}?{urlencode([*scope.query, *point.query.items()])}"


def label_traces() -> tuple[str, str]:
    """Where people label, and what the link says."""
    return reverse("labels"), "Label some"


def report(scope: Scope) -> str:
    """A report."""
    return f"{reverse('report')}?{urlencode(scope.query)}"
