"""What suggestions have been asked for, what came, what is missing; counted, never stored."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from qftapp.actors.models import LanguageModel
from qftapp.labels.models import Annotation, Campaign, CampaignTrace, Suggesting


def suggested() -> QuerySet[Annotation]:
    """The annotations of language models."""
    return Annotation.objects.filter(kind=Annotation.Kind.SUGGESTED, submitted_at__isnull=False)


def suggestions_for(annotation: Annotation) -> QuerySet[Annotation]:
    """What models say of the trace that somebody labels, with their marks."""
    same = suggested().filter(trace=annotation.trace_id, taxonomy=annotation.taxonomy_id)
    with_marks = same.select_related("annotator__language_model").prefetch_related("marks__category__parent")
    return with_marks.order_by("annotator")


def without_suggestion(campaign: Campaign, model: LanguageModel) -> QuerySet[CampaignTrace]:
    """The traces of a campaign that a model has not annotated with its taxonomy."""
    said = suggested().filter(taxonomy=campaign.taxonomy_id, annotator__language_model=model, trace=OuterRef("trace"))
    return CampaignTrace.objects.filter(~Exists(said), campaign=campaign)


def lacking(suggesting: Suggesting) -> QuerySet[CampaignTrace]:
    """The traces about which a suggesting has still to ask: without a suggestion, and not failed."""
    failed = suggesting.failed.filter(trace=OuterRef("trace"))
    return without_suggestion(suggesting.campaign, suggesting.model).filter(~Exists(failed))


@dataclass(frozen=True)
class Progress:
    """How far a suggesting has come."""

    size: int
    missing: int
    unreadable: int
    failed: int

    @property
    def came(self) -> int:
        """Traces about which something came, readable or not."""
        return max(0, self.size - self.missing)

    @property
    def answered(self) -> int:
        """Traces with a suggestion."""
        return max(0, self.came - self.unreadable - self.failed)

    @property
    def without(self) -> int:
        """Traces about which going on would ask."""
        return self.missing + self.unreadable + self.failed


def progress_of(suggesting: Suggesting) -> Progress:
    """How far it has come now; `failed` counts those that got no answer at all."""
    failed = suggesting.failed.count()
    silent = suggesting.failed.filter(reply="").count()
    return Progress(suggesting.size, lacking(suggesting).count(), failed - silent, silent)
