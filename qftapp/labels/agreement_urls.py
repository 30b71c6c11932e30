"""Addresses of agreement, of differences and their adjudication, of labels as files."""

from django.urls import path

from qftapp.labels.views import agreement

CAMPAIGN = "campaigns/<slug:slug>/"

urlpatterns = [
    path(f"{CAMPAIGN}agreement/", agreement.agreement, name="agreement"),
    path(f"{CAMPAIGN}agreement.csv", agreement.agreement_csv, name="agreement_csv"),
    path(f"{CAMPAIGN}agreement.json", agreement.agreement_json, name="agreement_json"),
]
