"""Addresses of exports, training jobs and lineage."""

from django.urls import include, path

urlpatterns = [
    path("", include("qftapp.experiments.exporting.urls")),
    path("", include("qftapp.experiments.jobs.urls")),
]
