"""Asking for an export: what it takes stands beside the form while it is chosen."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.http import Request, confirm, takes_posts
from qftapp.experiments.exporting import actions
from qftapp.experiments.exporting.forecast import Forecast, forecast
from qftapp.experiments.exporting.forms import FORMS, ExportForm, frozen_releases
from qftapp.experiments.models import Export


@takes_posts
def new_export(request: Request) -> HttpResponse:
    """The form of one kind; sent, it asks for the export."""
    if not permissions.can_train(request.user):
        raise PermissionDenied("Only engineers make exports.")
    kind = request.GET.get("kind", "") if request.GET.get("kind") in FORMS else Export.Kind.SFT.value
    is_sent = request.method == "POST"
    # What an address or the forecast's question holds fills the form; nobody is told off before sending it.
    form = FORMS[kind](request.POST) if is_sent else FORMS[kind](initial=_filled(request.GET, FORMS[kind]))
    status = 422 if is_sent else 200
    if is_sent and form.is_valid():
        try:
            named = {"release": form.cleaned_data["release"], "slug": form.cleaned_data["slug"]}
            found = actions.ask(by=request.user, recipe=form.recipe, **named)
        except ValidationError as error:
            form.tell(error)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
            status = 409
        else:
            confirm(request, f"{found.slug} is being made.")
            return redirect(found)
    context = {
        "form": form,
        "kind": kind,
        "kinds": Export.Kind.choices,
        "has_release": frozen_releases().exists(),
        "forecast": _forecast(kind, request.POST if is_sent else request.GET),
    }
    part = "#forecast" if request.htmx and request.htmx.target == "forecast" else ""
    return render(request, f"exports/new.html{part}", context, status=status)


def _filled(query: QueryDict, form: type[ExportForm]) -> dict[str, Any]:
    """What the form starts with: fields of several values keep all of them."""
    return {name: query.getlist(name) if name in form.LISTS else query[name] for name in query}


def _forecast(kind: str, chosen: QueryDict) -> Forecast | None:
    """What the recipe takes as far as it is chosen, with the form's own values where nothing is said."""
    blank = FORMS[kind]()
    data = QueryDict(mutable=True)
    is_form = "csrfmiddlewaretoken" in chosen  # the whole form, in which a box that is not ticked says no
    for name, field in blank.fields.items():
        if name in chosen:
            data.setlist(name, chosen.getlist(name))
        elif field.initial and not (is_form and name in ("splits", "until_first_error")):
            data.setlist(name, field.initial if isinstance(field.initial, list) else [str(field.initial)])
        elif field.initial == 0:
            data[name] = "0"
    if "release" not in data and (newest := frozen_releases().first()):
        data["release"] = newest.name
    form = FORMS[kind](data)
    return forecast(form.cleaned_data["release"], form.recipe) if form.is_valid() else None
