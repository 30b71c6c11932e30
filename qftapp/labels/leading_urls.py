"""Addresses of campaigns and taxonomies."""

from django.urls import path

from qftapp.labels.views import campaigns, starting, taxonomies, writing

CAMPAIGN = "campaigns/<slug:slug>/"
TAXONOMY = "taxonomies/<slug:slug>/<int:number>"

urlpatterns = [
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns.csv", campaigns.campaigns_csv, name="campaigns_csv"),
    path("campaigns.json", campaigns.campaigns_json, name="campaigns_json"),
    path("new-campaign/", starting.new_campaign, name="new_campaign"),
    path(CAMPAIGN, campaigns.campaign, name="campaign"),
    path(f"{CAMPAIGN}queue.csv", campaigns.queue_csv, name="campaign_queue_csv"),
    path(f"{CAMPAIGN}queue.json", campaigns.queue_json, name="campaign_queue_json"),
    path(f"{CAMPAIGN}close/", campaigns.close_campaign, name="campaign_close"),
    path("taxonomies/", taxonomies.taxonomy_list, name="taxonomies"),
    path("taxonomies.csv", taxonomies.taxonomies_csv, name="taxonomies_csv"),
    path("taxonomies.json", taxonomies.taxonomies_json, name="taxonomies_json"),
    path(f"{TAXONOMY}/", taxonomies.taxonomy, name="taxonomy"),
    path(f"{TAXONOMY}.json", taxonomies.taxonomy_json, name="taxonomy_json"),
    path(f"{TAXONOMY}/next/", writing.write_next, name="taxonomy_next"),
    path(f"{TAXONOMY}/edit/", writing.edit, name="taxonomy_edit"),
    path(f"{TAXONOMY}/publish/", writing.publish, name="taxonomy_publish"),
]
