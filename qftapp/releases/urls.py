"""Addresses of releases."""

from django.urls import path

from qftapp.releases.views import composing, frozen, listing

RELEASE = "releases/<str:name>/"
COMPARE = f"{RELEASE}compare/<str:old>/"

urlpatterns = [
    path("releases/", listing.release_list, name="releases"),
    path("releases.csv", listing.releases_csv, name="releases_csv"),
    path("releases.json", listing.releases_json, name="releases_json"),
    path("new-release/", listing.release_new, name="release_new"),
    path("releases/of-item/<slug:slug>/", listing.item_releases, name="item_releases"),
    path(RELEASE, composing.release, name="release"),
    path(f"{RELEASE}entries.csv", composing.entries_csv, name="release_entries_csv"),
    path(f"{RELEASE}entries.json", composing.entries_json, name="release_entries_json"),
    path(f"{RELEASE}add/", composing.add, name="release_add"),
    path(f"{RELEASE}remove/", composing.remove, name="release_remove"),
    path(f"{RELEASE}move/", composing.move, name="release_move"),
    path(f"{RELEASE}deal/", composing.deal, name="release_deal"),
    path(f"{RELEASE}renew/", composing.renew, name="release_renew"),
    path(f"{RELEASE}mark/", composing.mark, name="release_mark"),
    path(f"{RELEASE}freeze/", composing.freeze, name="release_freeze"),
    path(f"{RELEASE}discard/", composing.discard, name="release_discard"),
    path(f"{RELEASE}download/", frozen.release_download, name="release_download"),
    path(f"{RELEASE}card/", frozen.release_card, name="release_card"),
    path(COMPARE, frozen.release_compare, name="release_compare"),
    path(f"{COMPARE}changes.csv", frozen.compare_csv, name="release_compare_csv"),
    path(f"{COMPARE}changes.json", frozen.compare_json, name="release_compare_json"),
]
