"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from qftapp.actors.login import LoginView
from qftapp.health import health
from qftapp.styleguide import styleguide

urlpatterns = [
    path("", include("qftapp.items.urls")),
    path("", include("qftapp.releases.urls")),
    path("", include("qftapp.labels.urls")),
    path("", include("qftapp.api.urls")),
    path("", include("qftapp.runs.urls")),
    path("", include("qftapp.experiments.urls")),
    path("", include("qftapp.charts.urls")),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("password_change/", auth.PasswordChangeView.as_view(), name="password_change"),
    path("password_change/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("admin/", admin.site.urls),
    path("health/", health, name="health"),
    path("styleguide/", styleguide, name="styleguide"),
]

handler400 = "qftapp.api.views.failures.bad_request"
handler404 = "qftapp.api.views.failures.not_found"
handler500 = "qftapp.api.views.failures.server_error"
