"""Addresses of runs, traces and what brings them."""

from django.urls import include, path

from qftapp.runs.views import broken, compare, contests, grades, gradings, imports, listing, run, traces

RUN = "runs/<slug:slug>/"
GRADING = "gradings/<int:grading_id>/"
CONTEST = "contests/<int:contest_id>/"
TRACE_IMPORT = "trace-imports/<int:import_id>/"

urlpatterns = [
    path("", include("qftapp.runs.asking.urls")),
    path("runs/", listing.run_list, name="runs"),
    path("runs.csv", listing.runs_csv, name="runs_csv"),
    path("runs.json", listing.runs_json, name="runs_json"),
    path(RUN, run.run, name="run"),
    path(f"{RUN}items.csv", run.run_items_csv, name="run_items_csv"),
    path(f"{RUN}items.json", run.run_items_json, name="run_items_json"),
    path("traces/", traces.trace_list, name="traces"),
    path("traces.csv", traces.traces_csv, name="traces_csv"),
    path("traces.json", traces.traces_json, name="traces_json"),
    path("traces/<int:pk>/", traces.trace, name="trace"),
    path("compare/", compare.compare, name="compare"),
    path("items/<slug:slug>/runs/", run.item_runs, name="item_runs"),
    path("trace-imports/", imports.trace_imports, name="trace_imports"),
    path(TRACE_IMPORT, imports.trace_import, name="trace_import"),
    path(f"{TRACE_IMPORT}begin/", imports.begin, name="trace_import_begin"),
    path(f"{TRACE_IMPORT}cancel/", imports.cancel, name="trace_import_cancel"),
    path(f"{TRACE_IMPORT}retry/", imports.retry, name="trace_import_retry"),
    path(f"{TRACE_IMPORT}refused.csv", imports.refused_csv, name="trace_import_refused"),
    path(f"{RUN}gradings/", gradings.run_gradings, name="run_gradings"),
    path(f"{RUN}grade/", gradings.grade_run, name="run_grade"),
    path(GRADING, gradings.grading, name="grading"),
    path(f"{GRADING}changes.csv", gradings.changes_csv, name="grading_changes_csv"),
    path(f"{GRADING}changes.json", gradings.changes_json, name="grading_changes_json"),
    path(f"{GRADING}cancel/", gradings.cancel_grading, name="grading_cancel"),
    path(f"{GRADING}accept/", gradings.accept_grading, name="grading_accept"),
    path(f"{GRADING}reject/", gradings.reject_grading, name="grading_reject"),
    path("traces/<int:trace_id>/grade/", grades.trace_grade, name="trace_grade"),
    path("grades/<int:grade_id>/", grades.grade, name="grade"),
    path("grades/<int:grade_id>/contest/", grades.contest_grade, name="grade_contest"),
    path("contests/", contests.contest_list, name="contests"),
    path("contests.csv", contests.contests_csv, name="contests_csv"),
    path("contests.json", contests.contests_json, name="contests_json"),
    path("contests.jsonl", contests.contests_jsonl, name="contests_jsonl"),
    path(CONTEST, contests.contest, name="contest"),
    path(f"{CONTEST}settle/", contests.settle_contest, name="contest_settle"),
    path("broken-items/", broken.broken_list, name="broken_items"),
    path("broken-items.csv", broken.broken_csv, name="broken_items_csv"),
    path("broken-items.json", broken.broken_json, name="broken_items_json"),
    path("items/<slug:slug>/broken/", broken.item_broken, name="item_broken"),
]
