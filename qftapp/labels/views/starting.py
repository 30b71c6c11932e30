"""Starting a campaign: what it takes stands below while it is chosen."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from qftapp.actors import permissions
from qftapp.actors.http import Request, confirm, takes_posts, whole_number
from qftapp.labels import campaigns
from qftapp.labels.forecast import Forecast, forecast
from qftapp.labels.forms import CampaignForm, RecipeForm, published_taxonomies


@takes_posts
def new_campaign(request: Request) -> HttpResponse:
    """The forms of a campaign and its recipe; sent, they start it."""
    if not permissions.can_adjudicate(request.user):
        raise PermissionDenied("Only adjudicators lead campaigns.")
    is_sent = request.method == "POST"
    chosen = request.POST if is_sent else request.GET
    # What an address or the forecast's question holds fills the form; nobody is told off before sending it.
    campaign = CampaignForm(request.POST) if is_sent else CampaignForm(initial=request.GET.dict())
    recipe = RecipeForm(request.POST) if is_sent else RecipeForm(initial=_filled(request.GET))
    if is_sent and all([campaign.is_valid(), recipe.is_valid()]):
        try:
            started = campaigns.start(by=request.user, recipe=recipe.recipe, **campaign.cleaned_data)
        except ValidationError as error:
            _tell(error, campaign, recipe)
        else:
            confirm(request, f"{started} is open.")
            return redirect(started)
    context = {"campaign": campaign, "recipe": recipe, "forecast": _forecast(chosen)}
    part = "#forecast" if request.htmx and request.htmx.target == "forecast" else ""
    return render(request, f"labels/new_campaign.html{part}", context, status=422 if is_sent else 200)


def _filled(query: QueryDict) -> dict[str, Any]:
    """What the recipe starts with: fields of several values keep all of them."""
    return {name: query.getlist(name) if name in ("runs", "topics", "outcomes") else query[name] for name in query}


def _tell(error: ValidationError, campaign: CampaignForm, recipe: RecipeForm) -> None:
    """Put what the action refuses at the fields it means."""
    for name, errors in (error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}).items():
        form = recipe if name in recipe.fields else campaign
        form.add_error(name if name in form.fields else None, errors)


def _forecast(chosen: QueryDict) -> Forecast | None:
    """What the recipe takes as far as it is chosen, with the form's own values where nothing is said."""
    form = RecipeForm()
    data = QueryDict(mutable=True)
    for name, field in form.fields.items():
        if name in chosen:
            data.setlist(name, chosen.getlist(name))
        elif field.initial is not None:
            data[name] = field.initial
    form = RecipeForm(data)
    taxonomies = published_taxonomies()
    number = whole_number(chosen.get("taxonomy", ""))
    taxonomy = taxonomies.filter(pk=number).first() if number else taxonomies.first()
    return forecast(form.recipe, taxonomy) if taxonomy and form.is_valid() else None
