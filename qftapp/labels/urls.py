"""Addresses of labelling."""

from django.urls import path

from qftapp.labels.views import (
    adjudicate,
    agreement,
    campaigns,
    compared,
    desk,
    differences,
    export,
    new_item,
    starting,
    suggestions,
    taxonomies,
    work,
    writing,
)

DESK = "label/<int:pk>/"
CAMPAIGN = "campaigns/<slug:slug>/"
SUGGESTIONS = f"{CAMPAIGN}suggestions/"
ADJUDICATE = "adjudicate/<int:pk>/"
TAXONOMY = "taxonomies/<slug:slug>/<int:number>"

urlpatterns = [
    path("label/", work.work, name="labels"),
    path("label.csv", work.work_csv, name="labels_csv"),
    path("label.json", work.work_json, name="labels_json"),
    path(DESK, desk.desk, name="desk"),
    path(f"{DESK}save/", desk.save, name="desk_save"),
    path(f"{DESK}submit/", desk.submit, name="desk_submit"),
    path(f"{DESK}skip/", desk.skip, name="desk_skip"),
    path(f"{DESK}new-item/", new_item.new_item, name="desk_new_item"),
    path(f"{DESK}take-back/", desk.take_back, name="desk_take_back"),
    path(f"{CAMPAIGN}next/", desk.next_trace, name="campaign_next"),
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns.csv", campaigns.campaigns_csv, name="campaigns_csv"),
    path("campaigns.json", campaigns.campaigns_json, name="campaigns_json"),
    path("new-campaign/", starting.new_campaign, name="new_campaign"),
    path(CAMPAIGN, campaigns.campaign, name="campaign"),
    path(f"{CAMPAIGN}queue.csv", campaigns.queue_csv, name="campaign_queue_csv"),
    path(f"{CAMPAIGN}queue.json", campaigns.queue_json, name="campaign_queue_json"),
    path(f"{CAMPAIGN}close/", campaigns.close_campaign, name="campaign_close"),
    path(f"{CAMPAIGN}agreement/", agreement.agreement, name="agreement"),
    path(f"{CAMPAIGN}agreement.csv", agreement.agreement_csv, name="agreement_csv"),
    path(f"{CAMPAIGN}agreement.json", agreement.agreement_json, name="agreement_json"),
    path(f"{CAMPAIGN}differences/", differences.differences, name="differences"),
    path(f"{CAMPAIGN}differences.csv", differences.differences_csv, name="differences_csv"),
    path(f"{CAMPAIGN}differences.json", differences.differences_json, name="differences_json"),
    path(f"{CAMPAIGN}differences/<int:trace_id>/", differences.adjudicate, name="difference_adjudicate"),
    path(SUGGESTIONS, suggestions.suggestions, name="suggestions"),
    path(f"{CAMPAIGN}suggestions.csv", suggestions.suggestions_csv, name="suggestions_csv"),
    path(f"{CAMPAIGN}suggestions.json", suggestions.suggestions_json, name="suggestions_json"),
    path(f"{SUGGESTIONS}<int:pk>/cancel/", suggestions.cancel, name="suggestions_cancel"),
    path(f"{SUGGESTIONS}<int:pk>/continue/", suggestions.go_on, name="suggestions_continue"),
    path(f"{DESK}suggestions/", desk.see_suggestions, name="desk_suggestions"),
    path(f"{DESK}compared/", compared.compared, name="compared"),
    path(ADJUDICATE, adjudicate.adjudicate, name="adjudicate"),
    path(f"{ADJUDICATE}take/", adjudicate.take, name="adjudicate_take"),
    path(f"{ADJUDICATE}drop/", adjudicate.drop, name="adjudicate_drop"),
    path(f"{ADJUDICATE}take-all/", adjudicate.take_all, name="adjudicate_take_all"),
    path(f"{ADJUDICATE}submit/", adjudicate.submit, name="adjudicate_submit"),
    path("labels/export/", export.export, name="labels_export"),
    path("taxonomies/", taxonomies.taxonomy_list, name="taxonomies"),
    path("taxonomies.csv", taxonomies.taxonomies_csv, name="taxonomies_csv"),
    path("taxonomies.json", taxonomies.taxonomies_json, name="taxonomies_json"),
    path("new-taxonomy/", writing.new_taxonomy, name="new_taxonomy"),
    path(f"{TAXONOMY}/", taxonomies.taxonomy, name="taxonomy"),
    path(f"{TAXONOMY}.json", taxonomies.taxonomy_json, name="taxonomy_json"),
    path(f"{TAXONOMY}/next/", writing.write_next, name="taxonomy_next"),
    path(f"{TAXONOMY}/edit/", writing.edit, name="taxonomy_edit"),
    path(f"{TAXONOMY}/publish/", writing.publish, name="taxonomy_publish"),
]
