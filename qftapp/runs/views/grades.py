"""The grade of a trace: outcome, diagnosis, the answer as it was read, older grades, and the form to contest it."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.http import Request, confirm, posted_from
from qftapp.runs.grading import contesting
from qftapp.runs.grading.forms import ContestForm
from qftapp.runs.grading.reading import readings_of
from qftapp.runs.models import Contest, Grade, Trace


def trace_grade(request: Request, trace_id: int) -> HttpResponse:
    """The grades of a trace; a fragment for the trace's page, a page of its own without JavaScript."""
    return _page(request, trace_id)


def _page(request: Request, trace_id: int, form: ContestForm | None = None, status: int = 200) -> HttpResponse:
    trace = get_object_or_404(Trace.objects.select_related("run", "item_version__item").defer("text"), pk=trace_id)
    grades = list(trace.grades.order_by("-pk"))
    grade = next((each for each in grades if each.is_current), None)
    contests = Contest.objects.filter(grade__in=grades).select_related("by", "decided_by", "grade")
    context = {
        "trace": trace,
        "grade": grade,
        "grades": grades,
        "readings": readings_of(grade, trace.item_version.contract) if grade else (),
        "contests": contests,
        "is_contested": any(not each.decision and each.grade.is_current for each in contests),
        "can_contest": permissions.can_contest(request.user),
        "form": form or ContestForm(),
    }
    is_fragment = request.htmx and not request.htmx.boosted
    template = "traces/parts/grade.html" if is_fragment else "traces/grade.html"
    return render(request, template, context, status=status)


@posted_from("grade", "grade_id")
def contest_grade(request: Request, grade_id: int) -> HttpResponse:
    """Say that a grade is wrong, what it should be, and why."""
    grade = get_object_or_404(Grade, pk=grade_id)
    form = ContestForm(request.POST)
    if not form.is_valid():
        return _page(request, grade.trace_id, form, status=422)
    try:
        contesting.contest(grade.pk, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, grade.trace_id, form, status=422)
    except Conflict as conflict:
        form.add_error(None, str(conflict))
        return _page(request, grade.trace_id, form, status=409)
    confirm(request, "The grade is contested; whoever settles it reads your reason.")
    return _page(request, grade.trace_id) if request.htmx else redirect("trace_grade", grade.trace_id)


def grade(request: Request, grade_id: int) -> HttpResponse:
    """Where a grade stands: with its trace."""
    return redirect("trace_grade", get_object_or_404(Grade, pk=grade_id).trace_id)
