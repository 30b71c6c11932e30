"""Saved reports: keeping one, the list, giving one up."""

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from qftapp.actors.http import Request, attempt, posted_from
from qftapp.charts import links, saving
from qftapp.charts.forms import ScopeForm
from qftapp.charts.models import SavedReport

PAGE_SIZE = 50


@posted_from("report")
def save(request: Request) -> HttpResponse:
    """Keep the report that `query` names under `title`."""
    scope = ScopeForm(QueryDict(request.POST.get("query", ""))).scope
    title = request.POST.get("title", "")
    attempt(request, saving.save_report, scope, by=request.user, title=title, done=f"Saved as “{title.strip()}”.")
    return redirect(links.report(scope))


def saved_reports(request: Request) -> HttpResponse:
    """All saved reports, the newest first."""
    found = SavedReport.objects.select_related("saved_by")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "charts/saved.html", {"page": page})


@posted_from("saved_reports")
def forget(request: Request, report_id: int) -> HttpResponse:
    """Give up one of one's own."""
    report = get_object_or_404(SavedReport, pk=report_id)
    attempt(request, saving.forget_report, report, by=request.user, done=f"“{report.title}” is no longer saved.")
    return redirect("saved_reports")
