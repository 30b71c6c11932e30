"""A campaign of the demo world over its handwritten runs, with what dana and emil say of some traces."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from qftapp.actors.models import User
from qftapp.demo import runs
from qftapp.labels import annotating, campaigns
from qftapp.labels.models import Annotation, Campaign, Taxonomy
from qftapp.labels.sampling import Recipe
from qftapp.runs.models import Trace
from qftapp.runs.steps import STEPS_VERSION

CAMPAIGN = "first-reading"
TAXONOMY = "reasoning-errors"
INSTRUCTIONS = """\
Two people read each trace. They were written by hand, some with care and some in a hurry: say of each whether every
step holds, and where the first one fails.
"""
_FILE = Path(__file__).parent / "annotations.toml"


def described() -> list[dict[str, Any]]:
    """The annotations as the file describes them: by whom, of which trace, the verdict, marks by what they quote."""
    annotations: list[dict[str, Any]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))["annotations"]
    return annotations


@transaction.atomic
def seed_labels(people: Mapping[str, User]) -> None:
    """Make the campaign where it is not there yet and there are traces for it."""
    if are_seeded():
        return
    taxonomy = Taxonomy.objects.get(slug=TAXONOMY, number=1)
    slugs = tuple(runs.evaluations())
    campaign = campaigns.start(
        by=people["emil"],
        slug=CAMPAIGN,
        title="First reading of the handwritten answers",
        taxonomy=taxonomy,
        recipe=Recipe(size=_traces().count(), runs=slugs),
        instructions=INSTRUCTIONS,
    )
    for annotation in described():
        _give(annotation, campaign, people[annotation["by"]])


def are_seeded() -> bool:
    """Whether the campaign is there, or nothing that it could be made of."""
    if Campaign.objects.filter(slug=CAMPAIGN).exists():
        return True
    return not (_traces().exists() and Taxonomy.objects.filter(slug=TAXONOMY, number=1).exists())


def _traces() -> QuerySet[Trace]:
    return Trace.objects.filter(run__slug__in=runs.evaluations())


def _give(described: dict[str, Any], campaign: Campaign, by: User) -> None:
    """Submit one annotation; left out where its trace is not in the campaign."""
    entry = campaign.entries.filter(
        trace__run__slug=described["run"],
        trace__item_version__item__slug=described["item"],
        trace__sample_index=described["sample"],
    ).first()
    if entry is None:
        return
    annotation = Annotation.objects.create(
        trace=entry.trace, taxonomy=campaign.taxonomy, campaign=campaign, annotator=by, assigned_at=timezone.now()
    )
    saved = annotating.save(
        annotation.pk,
        by=by,
        revision=0,
        verdict=described["verdict"],
        comment=described.get("comment", ""),
        seconds=described["seconds"],
        marks=[_mark(mark, entry.trace, campaign.taxonomy) for mark in described.get("marks", ())],
        steps_version=str(STEPS_VERSION),
    )
    annotating.submit(annotation.pk, by=by, revision=saved.revision)


def _mark(described: dict[str, Any], trace: Trace, taxonomy: Taxonomy) -> dict[str, Any]:
    """The mark with its place in the trace and its category in the taxonomy."""
    start = trace.text.index(described["quote"])
    said: dict[str, Any] = {name: described[name] for name in ("correction", "note", "propagates") if name in described}
    return {
        "category_id": taxonomy.categories.get(code=described["category"]).pk,
        "start": start,
        "end": start + len(described["quote"]),
        "claim": described["quote"],
        **said,
    }
