"""Annotations as lines for other programs: ours with everything, and the shapes of ProcessBench and PRM800K.

Both other shapes know steps and no spans: a step is wrong if a major mark begins in it. PRM800K rates the steps up to
the first wrong one and stops there; ProcessBench keeps its index alone, −1 where there is none.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from django.db.models import Prefetch, QuerySet, Subquery

from qftapp.items.presenting import contract_of
from qftapp.labels.models import Annotation, SpanLabel
from qftapp.runs.queries import current_grade
from qftapp.runs.steps import STEPS_VERSION, split_steps

CHUNK = 200
"""Annotations that an export holds in memory."""

PRM_ENDS = {
    Annotation.Verdict.SOUND: "solution",
    Annotation.Verdict.FLAWED: "found_error",
    Annotation.Verdict.BAD_ITEM: "bad_problem",
    Annotation.Verdict.UNSURE: "give_up",
}
"""What PRM800K calls the end of a rating, by our verdict."""

Row = dict[str, Any]


def submitted() -> QuerySet[Annotation]:
    """Return the annotations that count, with all that a line needs, oldest first."""
    current = current_grade("trace")
    found = Annotation.objects.filter(submitted_at__isnull=False, skip="")
    marks = Prefetch("marks", SpanLabel.objects.select_related("category"))
    related = found.select_related(
        "trace__run__model", "trace__item_version__item", "taxonomy", "campaign", "annotator"
    )
    return related.annotate(outcome=Subquery(current.values("outcome")[:1])).prefetch_related(marks).order_by("pk")


def chosen(campaign: str = "", taxonomy: str = "", number: int | None = None, kind: str = "") -> QuerySet[Annotation]:
    """Return the annotations that count, of a campaign, a taxonomy or one number of it, a kind; empty means all.

    What language models suggest comes only where that kind is asked for: the shapes of others cannot tell it apart.
    """
    narrowed = {"campaign__slug": campaign, "taxonomy__slug": taxonomy, "taxonomy__number": number, "kind": kind}
    found = submitted().filter(**{name: value for name, value in narrowed.items() if value})
    return found if kind else found.exclude(kind=Annotation.Kind.SUGGESTED)


def lines(shape: str, annotations: QuerySet[Annotation]) -> Iterator[bytes]:
    """Yield the annotations in a shape of SHAPES, one JSON object a line."""
    for row in SHAPES[shape](annotations):
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def step_of(steps: list[tuple[int, int]], offset: int) -> int:
    """Return the index of the step in which an offset lies, or of the last one before it."""
    return max(bisect_right(steps, offset, key=lambda step: step[0]) - 1, 0)


def first_error(annotation: Annotation, steps: list[tuple[int, int]]) -> int | None:
    """Return the index of the first step in which a major mark begins."""
    starts = [mark.start for mark in annotation.marks.all() if mark.severity == SpanLabel.Severity.MAJOR]
    return step_of(steps, min(starts)) if starts else None


def ours(annotations: QuerySet[Annotation]) -> Iterator[Row]:
    """Yield every annotation with its trace, steps and marks; offsets count characters of the text."""
    for annotation in annotations.iterator(chunk_size=CHUNK):
        trace, steps = annotation.trace, split_steps(annotation.trace.text)
        yield {
            "trace": trace.pk,
            "run": trace.run.slug,
            "model": trace.run.model.slug,
            "item": trace.item_version.item.slug,
            "version": trace.item_version.number,
            "sample": trace.sample_index,
            "text": trace.text,
            "text_sha256": hashlib.sha256(trace.text.encode()).hexdigest(),
            "steps_version": STEPS_VERSION,
            "steps": [list(step) for step in steps],
            "taxonomy": annotation.taxonomy.slug,
            "taxonomy_number": annotation.taxonomy.number,
            "campaign": annotation.campaign.slug if annotation.campaign else None,
            "annotator": annotation.annotator.get_username(),
            "kind": annotation.kind,
            "verdict": annotation.verdict,
            "comment": annotation.comment,
            "seconds": annotation.seconds,
            "submitted_at": annotation.submitted_at.isoformat() if annotation.submitted_at else None,
            "first_error_step": first_error(annotation, steps),
            "marks": [_mark(mark, trace.text, steps) for mark in annotation.marks.all()],
        }


def _mark(mark: SpanLabel, text: str, steps: list[tuple[int, int]]) -> Row:
    return {
        "start": mark.start,
        "end": mark.end,
        "quote": text[mark.start : mark.end],
        "step": step_of(steps, mark.start),
        "category": mark.category.code,
        "severity": mark.severity,
        "propagates": mark.propagates,
        "claim": mark.claim,
        "correction": mark.correction,
        "note": mark.note,
    }


def process_bench(annotations: QuerySet[Annotation]) -> Iterator[Row]:
    """Yield one row for each annotation that says sound or flawed, in the columns of ProcessBench."""
    judged = annotations.filter(verdict__in=(Annotation.Verdict.SOUND, Annotation.Verdict.FLAWED))
    for annotation in judged.iterator(chunk_size=CHUNK):
        trace = annotation.trace
        steps = split_steps(trace.text)
        error = first_error(annotation, steps)
        yield {
            "id": f"{trace.run.slug}-{trace.item_version.item.slug}-{trace.sample_index}",
            "generator": trace.run.model.slug,
            "problem": trace.item_version.statement,
            "steps": [trace.text[start:end] for start, end in steps],
            "final_answer_correct": _is_correct(annotation),
            "label": -1 if error is None else error,
        }


def prm800k(annotations: QuerySet[Annotation]) -> Iterator[Row]:
    """Yield one row for each annotation in the columns of PRM800K, with one completion for each step."""
    for annotation in annotations.iterator(chunk_size=CHUNK):
        trace, version = annotation.trace, annotation.trace.item_version
        steps = split_steps(trace.text)
        error = first_error(annotation, steps)
        rated = steps if error is None else steps[: error + 1]
        contract = contract_of(version)
        yield {
            "labeler": annotation.annotator.get_username(),
            "timestamp": annotation.submitted_at.isoformat() if annotation.submitted_at else None,
            "generation": None,
            "is_quality_control_question": False,
            "is_initial_screening_question": False,
            "question": {
                "problem": version.statement,
                "ground_truth_answer": contract.gold.source if contract else None,
                "pre_generated_steps": [trace.text[start:end] for start, end in steps],
                "pre_generated_verifier_score": None,
            },
            "label": {
                "steps": [
                    _prm_step(trace.text[start:end], -1 if index == error else 1)
                    for index, (start, end) in enumerate(rated)
                ],
                "total_time": annotation.seconds * 1_000,
                "finish_reason": PRM_ENDS[Annotation.Verdict(annotation.verdict)],
            },
        }


def _prm_step(text: str, rating: int) -> Row:
    completion = {"text": text, "rating": rating, "flagged": False}
    return {"completions": [completion], "human_completion": None, "chosen_completion": None if rating < 0 else 0}


def _is_correct(annotation: Annotation) -> bool | None:
    """Whether the final answer is right by the grade that counts; None where there is no verdict on it."""
    outcome = getattr(annotation, "outcome", None)
    return {"correct": True, "wrong": False}.get(outcome or "")


SHAPES: dict[str, Callable[[QuerySet[Annotation]], Iterator[Row]]] = {
    "jsonl": ours,
    "processbench": process_bench,
    "prm800k": prm800k,
}
"""The shapes in which annotations leave, by the name in addresses and commands."""
