"""Addresses of language models, prompts and runs that ask."""

from django.urls import path

from qftapp.runs.views import asking, language_models, prompts

RUN = "runs/<slug:slug>/asking/"

urlpatterns = [
    path("models/", language_models.model_list, name="models"),
    path("models.csv", language_models.models_csv, name="models_csv"),
    path("models.json", language_models.models_json, name="models_json"),
    path("models/new/", language_models.new_model, name="model_new"),
    path("models/<slug:slug>/", language_models.model, name="language_model"),
    path("models/<slug:slug>/edit/", language_models.edit_model, name="model_edit"),
    path("prompts/", prompts.prompt_list, name="prompts"),
    path("prompts/new/", prompts.new_prompt, name="prompt_new"),
    path("prompts/<slug:name>/", prompts.prompt, name="prompt"),
    path("prompts/<slug:name>/write/", prompts.write, name="prompt_write"),
    path("new-run/", asking.new_run, name="new_run"),
    path(RUN, asking.run_asking, name="run_asking"),
    path(f"{RUN}cancel/", asking.cancel_run, name="run_cancel"),
    path(f"{RUN}continue/", asking.continue_run, name="run_continue"),
    path(f"{RUN}failed.csv", asking.failures_csv, name="run_failures_csv"),
    path(f"{RUN}failed.json", asking.failures_json, name="run_failures_json"),
]
