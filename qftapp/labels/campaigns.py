"""What those who lead do: start and close campaigns."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import User
from qftapp.actors.saving import check_and_save
from qftapp.labels.models import Campaign, CampaignTrace, Taxonomy
from qftapp.labels.sampling import Recipe, sample


@transaction.atomic
def start(
    *,
    by: User,
    slug: str,
    title: str,
    taxonomy: Taxonomy,
    recipe: Recipe,
    overlap: int = 2,
    is_blind: bool = True,
    suggestions: str = Campaign.Suggestions.NEVER,
    instructions: str = "",
    due: date | None = None,
) -> Campaign:
    """Choose the traces of a campaign and open it. Raises ValidationError where nothing can be chosen."""
    if not permissions.can_adjudicate(by):
        raise PermissionDenied("Only adjudicators lead campaigns.")
    if not taxonomy.is_published:
        raise ValidationError({"taxonomy": "Publish the taxonomy first."})
    if due and due < timezone.localdate():
        raise ValidationError({"due": "This day is over."})
    choices = sample(recipe, taxonomy)
    if not choices:
        raise ValidationError({"strategy": "No trace is like that."})
    campaign = Campaign(
        slug=slug,
        title=title,
        taxonomy=taxonomy,
        selection=recipe.to_json(),
        overlap=overlap,
        is_blind=is_blind,
        suggestions=suggestions,
        instructions=instructions,
        due=due,
        created_by=by,
    )
    check_and_save(campaign)
    CampaignTrace.objects.bulk_create(
        CampaignTrace(campaign=campaign, trace_id=choice.trace_id, is_gold=choice.is_gold, position=position)
        for position, choice in enumerate(choices)
    )
    log(by, "campaign.started", campaign, traces=len(choices), gold=sum(choice.is_gold for choice in choices))
    return campaign


@transaction.atomic
def close(campaign_id: int, *, by: User) -> Campaign:
    """End a campaign: what was begun may still be given, nothing new is dealt out."""
    if not permissions.can_adjudicate(by):
        raise PermissionDenied("Only adjudicators lead campaigns.")
    campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
    if campaign.closed_at:
        raise Conflict("The campaign is closed already.")
    campaign.closed_at = timezone.now()
    campaign.save(update_fields=["closed_at"])
    log(by, "campaign.closed", campaign)
    return campaign
