"""Addresses of labelling."""

from django.urls import path

from qftapp.labels.views import desk, work

DESK = "label/<int:pk>/"

urlpatterns = [
    path("label/", work.work, name="labels"),
    path("label.csv", work.work_csv, name="labels_csv"),
    path("label.json", work.work_json, name="labels_json"),
    path(DESK, desk.desk, name="desk"),
    path(f"{DESK}save/", desk.save, name="desk_save"),
    path(f"{DESK}submit/", desk.submit, name="desk_submit"),
    path(f"{DESK}skip/", desk.skip, name="desk_skip"),
    path(f"{DESK}take-back/", desk.take_back, name="desk_take_back"),
    path("campaigns/<slug:slug>/next/", desk.next_trace, name="campaign_next"),
]
