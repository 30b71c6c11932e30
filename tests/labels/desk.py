"""What tests of labelling begin with: a published taxonomy, a campaign with some traces."""

from datetime import timedelta

from django.utils import timezone

from qftapp.labels.models import Annotation, Campaign, CampaignTrace, ErrorCategory, Taxonomy
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


def judge(campaign, place, annotator, *, days_ago=0.0, **given):
    """An annotation of the trace at that place, submitted so many days ago unless told otherwise."""
    at = timezone.now() - timedelta(days=days_ago)
    fields = {"verdict": "sound", "seconds": 60, "assigned_at": at, "submitted_at": at}
    entry = campaign.entries.get(position=place)
    whose = {"campaign": campaign, "taxonomy": campaign.taxonomy, "trace": entry.trace, "annotator": annotator}
    return Annotation.objects.create(**(whose | fields | given))
