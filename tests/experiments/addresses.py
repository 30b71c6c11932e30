"""The site's addresses with that of an export's rows."""

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path

from qftapp.experiments.models import Export
from qftapp.urls import urlpatterns as of_the_site


def rows(request: HttpRequest, slug: str) -> FileResponse:
    """The stored rows."""
    return FileResponse(get_object_or_404(Export, slug=slug).file.open(), content_type="application/gzip")


rows.login_required = False
urlpatterns = [path("api/exports/<slug:slug>/rows/", rows), *of_the_site]
