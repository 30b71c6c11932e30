"""Addresses of exports."""

from django.urls import path

from qftapp.experiments.views import export, exports, new_export

EXPORT = "exports/<slug:slug>/"

urlpatterns = [
    path("exports/", exports.export_list, name="exports"),
    path("exports.csv", exports.exports_csv, name="exports_csv"),
    path("exports.json", exports.exports_json, name="exports_json"),
    path("new-export/", new_export.new_export, name="new_export"),
    path(EXPORT, export.export, name="export"),
    path(f"{EXPORT}cancel/", export.cancel_export, name="export_cancel"),
    path(f"{EXPORT}retry/", export.retry_export, name="export_retry"),
    path(f"{EXPORT}items.csv", export.items_csv, name="export_items_csv"),
    path(f"{EXPORT}items.json", export.items_json, name="export_items_json"),
    path(f"{EXPORT}manifest.json", export.manifest, name="export_manifest"),
    path(f"{EXPORT}rows/", export.rows, name="export_rows"),
    path(f"{EXPORT}formats/<slug:code>/", export.download, name="export_format"),
    path("releases/<str:name>/exports/", exports.of_release, name="release_exports"),
    path("releases/<str:name>/train-on/", exports.train_on, name="train_on"),
]
