"""When a person sees what language models say of the trace they label: as the campaign has it, never before."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import User
from qftapp.labels.annotating import SEEN, has_seen_suggestions
from qftapp.labels.models import Annotation, Campaign
from qftapp.labels.suggesting.asked import suggestions_for

Policy = Campaign.Suggestions


@dataclass(frozen=True)
class Suggested:
    """The suggestions that a person sees; `may_ask` where there are some that they may see once they ask to."""

    shown: list[Annotation]
    may_ask: bool


def suggested_to(annotation: Annotation) -> Suggested:
    """What the annotator of this annotation sees of suggestions at this moment."""
    policy = annotation.campaign.suggestions if annotation.campaign else Policy.NEVER
    if policy == Policy.NEVER or annotation.kind != Annotation.Kind.INDEPENDENT or annotation.skip:
        return Suggested([], False)
    if policy == Policy.BEFORE or has_seen_suggestions(annotation):
        return Suggested(list(suggestions_for(annotation)), False)
    return Suggested([], annotation.is_submitted and suggestions_for(annotation).exists())


@transaction.atomic
def see(annotation_id: int, *, by: User) -> Annotation:
    """Show the suggestions to somebody who has submitted; from now on their annotation stands, for it is independent.

    Raises Conflict where they have not submitted, or the campaign shows none afterwards.
    """
    found = Annotation.objects.select_for_update(of=("self",)).select_related("campaign")
    annotation = found.get(pk=annotation_id)
    if annotation.annotator_id != by.pk:
        raise PermissionDenied("Only its annotator sees suggestions for an annotation.")
    if has_seen_suggestions(annotation):
        return annotation
    if not suggested_to(annotation).may_ask:
        raise Conflict("There are no suggestions to see here yet.")
    log(by, SEEN, annotation)
    return annotation
