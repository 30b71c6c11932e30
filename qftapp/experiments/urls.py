"""Addresses of exports, training jobs and lineage."""

from django.urls import include, path

urlpatterns = [
    path("", include("qftapp.experiments.jobs.urls")),
]
