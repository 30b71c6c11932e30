"""Annotations that carry the paper's counts of major errors, of responses that are not here."""

from collections.abc import Sequence
from random import Random

from django.utils import timezone

from qftapp.actors.models import User
from qftapp.demo.paper import answers, dealing
from qftapp.demo.paper.aggregates import CATEGORIES, Errors, Paper
from qftapp.items.models import ItemVersion
from qftapp.labels.models import Annotation, SpanLabel, Taxonomy
from qftapp.runs.models import Run
from qftapp.runs.steps import STEPS_VERSION

TAXONOMY = "reasoning-errors"
LABELER = "paper-aggregates"
_FOUND = "Major errors that were counted for this response: "


def of_errors(errors: Errors, versions: Sequence[ItemVersion], model: str, paper: Paper) -> list[answers.Answer]:
    """A model's responses, each naming the errors that are dealt to it; whether they are right is not known."""
    dealt = {category: _dealt(errors, model, category) for category in CATEGORIES}
    found = []
    for place in range(errors.responses):
        named = [category for category in CATEGORIES if place in dealt[category]]
        Random(f"{model} {place}").shuffle(named)  # which error came first is not known either
        text = answers.head(paper) + _FOUND + (", ".join(named) or "none") + ".\n"
        found.append(answers.Answer(versions[place % len(versions)], place // len(versions), text))
    return found


def annotate(run: Run, errors: Errors, model: str) -> None:
    """Give each trace of a run of responses an annotation with its errors, submitted by a robot."""
    labeler = User.objects.filter(username=LABELER).first() or User.objects.create_user(
        LABELER, first_name="Reconstructed", last_name="aggregates", is_robot=True, password=None
    )
    taxonomy = Taxonomy.objects.get(slug=TAXONOMY, number=1)
    codes = {category.code: category for category in taxonomy.categories.filter(code__in=CATEGORIES)}
    traces = {(trace.sample_index, trace.item_version_id): trace for trace in run.traces.order_by()}
    in_order = [traces[key] for key in sorted(traces)]  # as they were dealt: a sample of each item, then the next
    dealt = {category: _dealt(errors, model, category) for category in CATEGORIES}
    now = timezone.now()
    annotations = Annotation.objects.bulk_create(
        Annotation(
            trace=trace,
            taxonomy=taxonomy,
            annotator=labeler,
            verdict=_verdict(any(place in dealt[category] for category in CATEGORIES)),
            comment="Reconstructed aggregate: nobody read this.",
            steps_version=str(STEPS_VERSION),
            assigned_at=now,
        )
        for place, trace in enumerate(in_order)
    )
    SpanLabel.objects.bulk_create(
        SpanLabel(
            annotation=annotation,
            category=codes[category],
            start=(start := trace.text.index(category, trace.text.index(_FOUND))),
            end=start + len(category),
            severity=SpanLabel.Severity.MAJOR,
            claim=category,
        )
        for place, (annotation, trace) in enumerate(zip(annotations, in_order, strict=True))
        for category in CATEGORIES
        if place in dealt[category]
    )
    Annotation.objects.filter(pk__in=[annotation.pk for annotation in annotations]).update(submitted_at=now)


def _verdict(is_flawed: bool) -> str:
    return Annotation.Verdict.FLAWED if is_flawed else Annotation.Verdict.SOUND


def _dealt(errors: Errors, model: str, category: str) -> set[int]:
    return dealing.chosen(errors.responses, errors.counts[category], f"{model} {category}")
