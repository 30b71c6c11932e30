"""The page on which a person makes and revokes tokens for programs."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from qftapp.actors import tokens
from qftapp.actors.http import Request, posted_from, reasons, takes_posts


class TokenForm(forms.Form):
    """What a new token is called and how long it lives."""

    name = forms.CharField(max_length=80, help_text="Where it is used, such as gpu-node-3.")
    days = forms.IntegerField(
        required=False, min_value=1, max_value=tokens.MOST_DAYS, help_text="Days until it expires; empty: never."
    )


@takes_posts
def api_tokens(request: Request) -> HttpResponse:
    """The person's tokens, and a form for a new one; its secret is shown in the answer to the form alone."""
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _, secret = tokens.create(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, reasons(error))
        else:
            form = TokenForm()
    context = {"form": form, "secret": secret, "tokens": request.user.api_tokens.all()}
    response = render(request, "api/tokens.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@posted_from("api_tokens")
def revoke_token(request: Request, token_id: int) -> HttpResponse:
    """Revoke a token."""
    tokens.revoke(token_id, by=request.user)
    messages.success(request, "The token is revoked.")
    return redirect("api_tokens")
