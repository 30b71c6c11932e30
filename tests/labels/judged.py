"""Campaigns whose traces several people have judged, for tests of what is said of them together."""

from django.utils import timezone

from qftapp.actors.models import User
from qftapp.labels.models import Annotation, Campaign, CampaignTrace, SpanLabel
from tests.factories import CAST, TraceFactory, UserFactory, person
from tests.labels.desk import campaign_of

TEXT = "First we expand.\n\nThen the sign flips.\n\nSo the width is 2.\n\nHence it vanishes.\n"
STEPS = ["First we expand.", "Then the sign flips.", "So the width is 2.", "Hence it vanishes."]


def annotator(name: str) -> User:
    """The annotator of that name."""
    return User.objects.filter(username=name).first() or UserFactory(username=name, roles=["annotator"])


def campaign_on(traces: int, text: str = TEXT, **given) -> Campaign:
    """A campaign over so many traces of the same text."""
    campaign = campaign_of(0, **given)
    for position in range(traces):
        CampaignTrace.objects.create(campaign=campaign, trace=TraceFactory(text=text), position=position)
    return campaign


def judge(campaign: Campaign, position: int, name: str, verdict: str, *marks, **given) -> Annotation:
    """What somebody says of the trace at a position; a mark is a quote, or a quote with category and severity."""
    trace = campaign.entries.get(position=position).trace
    by = person(name) if name in CAST else annotator(name)
    fields = {"trace": trace, "taxonomy": campaign.taxonomy, "campaign": campaign, "annotator": by, "verdict": verdict}
    annotation = Annotation.objects.create(assigned_at=timezone.now(), **(fields | given))
    for each in marks:
        mark(annotation, *((each,) if isinstance(each, str) else each))
    annotation.submitted_at = timezone.now()
    annotation.save()
    return annotation


def mark(annotation: Annotation, quote: str, code: str = "mathematical", severity: str = "major", **given) -> SpanLabel:
    """A mark on the first place of a quote."""
    start = annotation.trace.text.index(quote)
    category = annotation.taxonomy.categories.get(code=code)
    fields = {"category": category, "start": start, "end": start + len(quote), "severity": severity}
    return SpanLabel.objects.create(annotation=annotation, **(fields | given))
