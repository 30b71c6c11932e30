"""Addresses of the API and of the tokens that open it."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from qftapp.api.views import language_models, runs, tokens, traces

# A person who is not logged in is led to the form, a program is told 401.
docs = login_required(SpectacularSwaggerSplitView.as_view(url_name="api_schema"))

router = SimpleRouter()
router.register("models", language_models.LanguageModels, basename="api-model")
router.register("prompts", language_models.Prompts, basename="api-prompt")
router.register("runs", runs.Runs, basename="api-run")
router.register("traces", traces.Traces, basename="api-trace")

urlpatterns = [
    path("tokens/", tokens.api_tokens, name="api_tokens"),
    path("tokens/<int:token_id>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("api/", include(router.urls)),
    path("api/runs/<slug:slug>/traces/", traces.RunTraces.as_view(), name="api-run-traces"),
    path("api/schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("api/docs/", docs, name="api_docs"),
]
