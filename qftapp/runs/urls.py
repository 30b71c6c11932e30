"""Addresses of runs, traces and what brings them."""

from django.urls import include, path

from qftapp.runs.views import imports

TRACE_IMPORT = "trace-imports/<int:import_id>/"

urlpatterns = [
    path("", include("qftapp.runs.asking.urls")),
    path("trace-imports/", imports.trace_imports, name="trace_imports"),
    path(TRACE_IMPORT, imports.trace_import, name="trace_import"),
    path(f"{TRACE_IMPORT}begin/", imports.begin, name="trace_import_begin"),
    path(f"{TRACE_IMPORT}cancel/", imports.cancel, name="trace_import_cancel"),
    path(f"{TRACE_IMPORT}retry/", imports.retry, name="trace_import_retry"),
    path(f"{TRACE_IMPORT}refused.csv", imports.refused_csv, name="trace_import_refused"),
]
