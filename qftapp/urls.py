"""Every address of the site."""

from django.urls import include, path

from qftapp.health import health

urlpatterns = [
    path("", include("django.contrib.auth.urls")),
    path("health/", health, name="health"),
]
