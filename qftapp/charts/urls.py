"""Addresses of reports."""

from django.urls import path

from qftapp.charts.views import errors, report, saved

FIGURE = "report/figures/<slug:key>"

urlpatterns = [
    path("report/", report.report, name="report"),
    path("report/items/", report.report_items, name="report_items"),
    path("report/save/", saved.save, name="report_save"),
    path("saved-reports/", saved.saved_reports, name="saved_reports"),
    path("saved-reports/<int:report_id>/forget/", saved.forget, name="saved_report_forget"),
    path("report/errors/", errors.report_errors, name="report_errors"),
    path(f"{FIGURE}/", report.figure, name="report_figure"),
    path(f"{FIGURE}.csv", report.figure_csv, name="report_figure_csv"),
    path(f"{FIGURE}.json", report.figure_json, name="report_figure_json"),
    path(f"{FIGURE}.tex", report.figure_latex, name="report_figure_latex"),
]
