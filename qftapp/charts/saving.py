"""Reports kept under a title, and given up again."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db import transaction

from qftapp.actors.events import log
from qftapp.actors.models import User
from qftapp.actors.saving import check_and_save
from qftapp.actors.text import plain
from qftapp.charts.models import SavedReport
from qftapp.charts.scope import Scope


@transaction.atomic
def save_report(scope: Scope, *, by: User, title: str) -> SavedReport:
    """Keep a report under a title; one's own of the same title is replaced. Raises ValidationError on a bad title."""
    title = plain(title.strip())
    kept = SavedReport.objects.select_for_update().filter(saved_by=by, title=title).first()
    report = kept or SavedReport(saved_by=by, title=title)
    report.query = urlencode(scope.query)
    check_and_save(report)
    log(by, "report.saved", report, title=report.title, query=report.query)
    return report


@transaction.atomic
def forget_report(report: SavedReport, *, by: User) -> None:
    """Take a saved report away; only who saved it may."""
    if report.saved_by != by:
        raise PermissionDenied("Only who saved a report may take it away.")
    log(by, "report.forgotten", report, title=report.title, query=report.query)
    report.delete()
