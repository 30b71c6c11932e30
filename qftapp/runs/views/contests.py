"""Contested grades: the list with its twins and golden rows, and one contest to settle."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from qftapp.actors import permissions, twins
from qftapp.actors.errors import Conflict
from qftapp.actors.http import Request, confirm, posted_from, whole_number
from qftapp.runs.grading import contesting, golden, queries
from qftapp.runs.grading.forms import SettleForm
from qftapp.runs.grading.paging import key_page
from qftapp.runs.grading.reading import readings_of
from qftapp.runs.models import Contest

COLUMNS = (
    "id", "trace", "item", "version", "verifier_version", "outcome", "expected", "reason", "answer", "by", "created_at",
    "decision", "decided_by", "remark",
)  # fmt: skip


def contest_list(request: Request) -> HttpResponse:
    """What is contested and not settled, newest first; the filter shows the rest."""
    decision = request.GET.get("decision", "")
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "page": key_page(
            queries.contests(request.GET.dict()).defer("grade__trace__text"),
            whole_number(request.GET.get("before", "")),
        ),
        "choices": [("", "Open"), *Contest.Decision.choices[1:], ("any", "All")],
        "decision": decision,
        "item": request.GET.get("item", ""),
        "query": query.urlencode(),
        "twins": [(name, reverse(f"contests_{name}")) for name in ("csv", "json", "jsonl")],
    }
    return render(request, "contests/list.html", context)


def contests_csv(request: Request) -> StreamingHttpResponse:
    """All matching contests as CSV."""
    return twins.csv_file("contests", COLUMNS, _summaries(request))


def contests_json(request: Request) -> StreamingHttpResponse:
    """All matching contests as a JSON array."""
    return twins.json_file("contests", _summaries(request))


def contests_jsonl(request: Request) -> StreamingHttpResponse:
    """All matching contests as golden rows of the verifier's tests."""
    found = queries.contests(request.GET.dict()).iterator(chunk_size=100)
    return twins.stream(golden.rows(found), "application/x-ndjson", "contests.jsonl")


def _summaries(request: Request) -> Iterator[dict[str, Any]]:
    for contest in queries.contests(request.GET.dict()).defer("grade__trace__text").iterator(chunk_size=500):
        grade, version = contest.grade, contest.grade.trace.item_version
        graded = (grade.trace_id, version.item.slug, version.number, grade.verifier_version, grade.outcome)
        said = (contest.expected, contest.reason, grade.answer, contest.by.username)
        when = contest.created_at.isoformat(timespec="seconds")
        settled = (contest.decision, contest.decided_by and contest.decided_by.username, contest.remark)
        yield dict(zip(COLUMNS, (contest.pk, *graded, *said, when, *settled), strict=True))


def contest(request: Request, contest_id: int) -> HttpResponse:
    """One contest: the grade, the objection, and the decision or the form for it."""
    return _page(request, contest_id)


def _page(request: Request, contest_id: int, form: SettleForm | None = None, status: int = 200) -> HttpResponse:
    related = ("grade__trace__item_version__item", "grade__trace__run", "by", "decided_by")
    found = get_object_or_404(Contest.objects.select_related(*related), pk=contest_id)
    context = {
        "contest": found,
        "grade": found.grade,
        "trace": found.grade.trace,
        "readings": readings_of(found.grade, found.grade.trace.item_version.contract),
        "can_settle": permissions.can_settle(request.user) and not found.decision,
        "form": form or SettleForm(),
    }
    return render(request, "contests/contest.html", context, status=status)


@posted_from("contest", "contest_id")
def settle_contest(request: Request, contest_id: int) -> HttpResponse:
    """Decide what becomes of a contest."""
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _page(request, contest_id, form, status=422)
    try:
        contesting.settle(get_object_or_404(Contest, pk=contest_id).pk, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, contest_id, form, status=422)
    except Conflict as conflict:
        form.add_error(None, str(conflict))
        return _page(request, contest_id, form, status=409)
    confirm(request, "Settled.")
    return redirect("contest", contest_id)
