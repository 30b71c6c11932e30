"""How answers are checked, in plain words."""

from django.http import HttpResponse
from django.shortcuts import render

from qftapp.actors.http import Request
from qftapp.verification import VERIFIER_VERSION
from qftapp.verification.truth_table import rules


def how_answers_are_checked(request: Request) -> HttpResponse:
    """The way of an answer from response to verdict, the outcomes, and the rules of the house with examples."""
    context = {"rules": rules(), "verifier_version": VERIFIER_VERSION}
    return render(request, "items/how_answers_are_checked.html", context)
