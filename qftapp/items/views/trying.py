"""Trying an answer: in the editor and on an item's page for oneself, in a review for the record."""

import json
from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from qftapp.actors.errors import Conflict
from qftapp.actors.http import Request, posted_from
from qftapp.items import queries, reviewing, trying
from qftapp.items.contract_form import sentences
from qftapp.items.models import ItemVersion
from qftapp.verification import ContractError, SandboxUnavailable


@posted_from("item_version", "slug", "number")
def try_answer(request: Request, slug: str, number: int) -> HttpResponse:
    """What the verifier says of an answer that somebody typed; nothing is stored."""
    return _told(
        request, slug, number, lambda version, answer: trying.try_answer(version, by=request.user, answer=answer)
    )


@posted_from("item_review", "slug", "number")
def answer(request: Request, slug: str, number: int) -> HttpResponse:
    """The same for a reviewer who solves the item before reading its solution; remembered for the verdict."""
    return _told(
        request, slug, number, lambda version, answer: reviewing.solve(version.pk, by=request.user, answer=answer)
    )


def _told(request: Request, slug: str, number: int, act: Callable[[ItemVersion, str], trying.Trial]) -> HttpResponse:
    version = get_object_or_404(queries.version_of(slug, number))
    given = request.POST.get("answer", "")
    if not given.strip():
        return _refused(request, "Write an answer first.", 422)
    try:
        trial = act(version, given)
    except ContractError as error:
        return _refused(request, f"The contract is not complete yet. {sentences(error, version.contract)}", 422)
    except Conflict as busy:
        return _refused(request, f"{busy} Ask again.", 409)
    except SandboxUnavailable as error:
        return _refused(request, str(error), 422)
    context: dict[str, object] = {"trial": trial, "verdict": trial.verdict}
    if request.POST.get("in_editor") == "yes" and trial.as_test:
        context["as_test"] = json.dumps(trial.as_test)
    return render(request, "items/partials/verdict.html", context)


def _refused(request: Request, reason: str, status: int) -> HttpResponse:
    return render(request, "items/partials/verdict.html", {"refusal": reason}, status=status)
