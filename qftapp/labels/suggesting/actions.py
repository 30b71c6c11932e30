"""What those who lead a campaign do with suggestions: ask a language model for them, cancel, let it go on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from qftapp.actors import jobs, permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.jobs import defer
from qftapp.actors.models import LanguageModel, User
from qftapp.actors.saving import check_and_save
from qftapp.labels.models import Campaign, Suggesting
from qftapp.labels.suggesting.asked import lacking, without_suggestion
from qftapp.labels.suggesting.keeping import SuggestionKeeper
from qftapp.labels.suggesting.prompting import WORDING
from qftapp.runs.asking import endpoints
from qftapp.runs.asking.executing import ask_for

State = Suggesting.State


@dataclass(frozen=True)
class Plan:
    """Whom to ask, where, and how."""

    model: LanguageModel
    endpoint: str
    sampling: dict[str, Any] = field(default_factory=dict)
    in_flight: int = 8
    request_seconds: int = 600


@transaction.atomic
def ask(campaign_id: int, plan: Plan, *, by: User) -> Suggesting:
    """Have a model suggest annotations of the traces of a campaign that it has not annotated yet."""
    campaign = _led(campaign_id, by)
    if plan.endpoint not in endpoints.names():
        raise ValidationError({"endpoint": "Choose an endpoint that the settings name."})
    if campaign.suggestings.filter(model=plan.model).exclude(state__in=Suggesting.ENDED).exists():
        raise Conflict(f"{plan.model} is being asked already.")
    size = without_suggestion(campaign, plan.model).count()
    if not size:
        raise ValidationError({"model": "It has annotated every trace of this campaign."})
    suggesting = Suggesting(campaign=campaign, requested_by=by, size=size, **vars(plan))
    robot_of(plan.model)
    check_and_save(suggesting)
    log(by, "suggestions.asked", campaign, model=plan.model.slug, traces=size, wording=WORDING)
    _defer(suggesting)
    return suggesting


def robot_of(model: LanguageModel) -> User:
    """The robot in whose name a model annotates; it never logs in."""
    found = User.objects.filter(language_model=model).first()
    return found or User.objects.create_user(
        f"model/{model.slug}", is_robot=True, password=None, language_model=model, last_name=model.slug
    )


@transaction.atomic
def cancel(suggesting_id: int, *, by: User) -> Suggesting:
    """Stop asking: what came stays."""
    suggesting = _lock(suggesting_id, by)
    if suggesting.has_ended:
        raise Conflict(f"This is {suggesting.get_state_display().lower()} already.")
    suggesting.state, suggesting.finished_at = State.CANCELLED, timezone.now()
    suggesting.save(update_fields=["state", "finished_at"])
    log(by, "suggestions.cancelled", suggesting.campaign, model=suggesting.model.slug)
    return suggesting


@transaction.atomic
def go_on(suggesting_id: int, *, by: User) -> Suggesting:
    """Ask again about what failed or could not be read, and about what is missing; what came stays."""
    suggesting = _lock(suggesting_id, by)
    open_ones = suggesting.campaign.suggestings.filter(model=suggesting.model).exclude(state__in=Suggesting.ENDED)
    if open_ones.exists():
        raise Conflict(f"{suggesting.model} is being asked already.")
    failed, _ = suggesting.failed.all().delete()
    if not lacking(suggesting).exists():
        raise Conflict("Nothing is missing.")
    suggesting.state, suggesting.finished_at, suggesting.error = State.QUEUED, None, ""
    suggesting.save(update_fields=["state", "finished_at", "error"])
    log(by, "suggestions.continued", suggesting.campaign, model=suggesting.model.slug, failed=failed)
    _defer(suggesting)
    return suggesting


def execute(suggesting_id: int, *, must_leave: Callable[[], bool] = lambda: False) -> str:
    """Ask for what a suggesting lacks; see `ask_for`."""
    return ask_for(SuggestionKeeper(suggesting_id), must_leave)


def fail_forsaken() -> None:
    """End those whose job is gone: it was given up after it had taken its workers with it time after time."""
    forsaken = Suggesting.objects.filter(~jobs.is_in_hand("suggest_labels", "suggesting_id"))
    forsaken = forsaken.exclude(state__in=Suggesting.ENDED)
    reason = "The background worker gave this up. What came stays; try again to ask for the rest."
    forsaken.update(state=State.FAILED, finished_at=timezone.now(), error=reason)


def _led(campaign_id: int, by: User) -> Campaign:
    """The campaign, locked, for those who lead; raises Conflict once it is closed."""
    if not permissions.can_adjudicate(by):
        raise PermissionDenied("Only adjudicators lead campaigns.")
    campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
    if campaign.closed_at:
        raise Conflict("The campaign is closed.")
    return campaign


def _lock(suggesting_id: int, by: User) -> Suggesting:
    if not permissions.can_adjudicate(by):
        raise PermissionDenied("Only adjudicators lead campaigns.")
    return Suggesting.objects.select_for_update(of=("self",)).select_related("campaign", "model").get(pk=suggesting_id)


def _defer(suggesting: Suggesting) -> None:
    from qftapp.labels.tasks import suggest_labels

    defer(suggest_labels, suggesting_id=suggesting.pk)
