"""Addresses of agreement, of differences and their adjudication, of labels as a file."""

from django.urls import path

from qftapp.labels.views import adjudicate, agreement, compared, differences, export

CAMPAIGN = "campaigns/<slug:slug>/"
ADJUDICATE = "adjudicate/<int:pk>/"

urlpatterns = [
    path(f"{CAMPAIGN}agreement/", agreement.agreement, name="agreement"),
    path(f"{CAMPAIGN}agreement.csv", agreement.agreement_csv, name="agreement_csv"),
    path(f"{CAMPAIGN}agreement.json", agreement.agreement_json, name="agreement_json"),
    path(f"{CAMPAIGN}differences/", differences.differences, name="differences"),
    path(f"{CAMPAIGN}differences/<int:trace_id>/", differences.adjudicate, name="difference_adjudicate"),
    path("label/<int:pk>/compared/", compared.compared, name="compared"),
    path("labels/export/", export.export, name="labels_export"),
    path(ADJUDICATE, adjudicate.adjudicate, name="adjudicate"),
    path(f"{ADJUDICATE}take/", adjudicate.take, name="adjudicate_take"),
    path(f"{ADJUDICATE}drop/", adjudicate.drop, name="adjudicate_drop"),
    path(f"{ADJUDICATE}take-all/", adjudicate.take_all, name="adjudicate_take_all"),
    path(f"{ADJUDICATE}submit/", adjudicate.submit, name="adjudicate_submit"),
]
