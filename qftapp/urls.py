"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from qftapp.health import health
from qftapp.styleguide import styleguide

urlpatterns = [
    path("", include("qftapp.items.urls")),
    path("", include("django.contrib.auth.urls")),
    path("admin/", admin.site.urls),
    path("health/", health, name="health"),
    path("styleguide/", styleguide, name="styleguide"),
]
