"""What tests of labelling begin with: a published taxonomy, a campaign with some traces."""

from django.utils import timezone

from qftapp.labels.models import Campaign, CampaignTrace, ErrorCategory, Taxonomy
from tests.factories import TraceFactory, person


def taxonomy(slug: str = "small", **given) -> Taxonomy:
    """A published taxonomy of two categories, `factual` and `mathematical`."""
    found = Taxonomy.objects.filter(slug=slug).first()
    if found:
        return found
    made = Taxonomy.objects.create(slug=slug, number=1, title="Errors", **given)
    for position, code in enumerate(("factual", "mathematical")):
        ErrorCategory.objects.create(
            taxonomy=made, code=code, name=code.capitalize(), definition=f"A {code} error.", hotkey=str(position + 1),
            position=position,
        )  # fmt: skip
    made.published_at = timezone.now()
    made.save()
    return made


def campaign_of(size: int, **given) -> Campaign:
    """A campaign of emil's over so many new traces."""
    fields = {"slug": f"campaign-{Campaign.objects.count()}", "title": "Campaign", "created_by": person("emil")}
    chosen = given.pop("taxonomy", None) or taxonomy()
    campaign = Campaign.objects.create(taxonomy=chosen, **(fields | given))
    for position in range(size):
        CampaignTrace.objects.create(campaign=campaign, trace=TraceFactory(), position=position)
    return campaign
