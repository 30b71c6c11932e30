"""Addresses of the API and of the tokens that open it."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from qftapp.api.views import (
    exports,
    grades,
    jobs,
    language_models,
    lineage,
    prompts_of_run,
    reports,
    runs,
    tokens,
    trace_imports,
    traces,
)

# A person who is not logged in is led to the form, a program is told 401.
docs = login_required(SpectacularSwaggerSplitView.as_view(url_name="api_schema"))

router = SimpleRouter()
router.register("models", language_models.LanguageModels, basename="api-model")
router.register("prompts", language_models.Prompts, basename="api-prompt")
router.register("runs", runs.Runs, basename="api-run")
router.register("traces", traces.Traces, basename="api-trace")
router.register("trace-imports", trace_imports.TraceImports, basename="api-trace-import")
router.register("gradings", grades.Gradings, basename="api-grading")
router.register("exports", exports.Exports, basename="api-export")
router.register("jobs", jobs.Jobs, basename="api-job")
router.register("contests", grades.Contests, basename="api-contest")

urlpatterns = [
    path("tokens/", tokens.api_tokens, name="api_tokens"),
    path("tokens/<int:token_id>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("api/", include(router.urls)),
    path("api/runs/<slug:slug>/traces/", trace_imports.TracesOfRun.as_view(), name="api-run-traces"),
    path("api/runs/<slug:slug>/prompts/", prompts_of_run.PromptsOfRun.as_view(), name="api-run-prompts"),
    path("api/models/<slug:slug>/lineage/", lineage.LineageOfModel.as_view(), name="api-model-lineage"),
    path("api/items/<slug:slug>/lineage/", lineage.LineageOfItem.as_view(), name="api-item-lineage"),
    path("api/traces/<int:pk>/contest/", grades.ContestOfTrace.as_view(), name="api-trace-contest"),
    path("api/reports/<slug:key>/", reports.FigureOfReport.as_view(), name="api-report-figure"),
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("api/docs/", docs, name="api_docs"),
]
