"""Logging in."""

from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpResponse

from qftapp.actors.http import tell_not_done


class LoginView(views.LoginView):
    """The login form; it says what became of an act that the end of a session interrupted, `?undone=1`."""

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on to the page one came from."""
        answer = super().form_valid(form)
        if self.request.POST.get("undone"):
            tell_not_done(self.request)
        return answer
