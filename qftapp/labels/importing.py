"""Annotations that come from elsewhere: our own lines, and rows in the shape of PRM800K.

A line comes whole or is refused with its reason; one that is there already, word by word, is passed over, so that a
file may be brought twice. People are found by their user names; for labelers nobody knows robots are made.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from qftapp.actors.errors import Conflict
from qftapp.actors.http import reasons
from qftapp.actors.models import User
from qftapp.actors.text import storable
from qftapp.labels import annotating, recognizing
from qftapp.labels.exporting import PRM_ENDS, Row
from qftapp.labels.models import Annotation, ErrorCategory, SpanLabel, Taxonomy
from qftapp.runs.models import Run, Trace
from qftapp.runs.steps import STEPS_VERSION, split_steps

VERDICT_OF_END = {end: verdict for verdict, end in PRM_ENDS.items()}


class Refused(Exception):
    """A line that cannot come; its words say why."""


class NoLabels(Exception):
    """A file that holds something else; its words say what, and what comes in."""


@dataclass(slots=True)
class Report:
    """How many lines came and how many were there already; the refused ones with line number and reason."""

    arrived: int = 0
    present: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Into:
    """Where lines go: the run whose traces they speak of, their taxonomy, the category of what PRM800K calls wrong."""

    run: Run
    taxonomy: Taxonomy
    category: ErrorCategory | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says, in our words."""

    trace: Trace
    labeler: str
    kind: str
    state: dict[str, Any]
    submitted_at: datetime


def bring(lines: Iterable[bytes], into: Into) -> Report:
    """Bring lines of either shape, each in a transaction of its own; raises NoLabels where the first is of another."""
    report = Report()
    is_first = True
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if is_first and (other := recognizing.stranger(line)):
            raise NoLabels(f"This is {other}. {recognizing.COMES_IN}")
        is_first = False
        try:
            is_new = _bring(line, into)
        except Refused as refusal:
            report.refused.append((number, str(refusal)))
        except (ValidationError, Conflict) as error:
            report.refused.append((number, " ".join(reasons(error))))
        else:
            report.arrived += is_new
            report.present += not is_new
    return report


@transaction.atomic
def _bring(line: bytes, into: Into) -> bool:
    """Store one line; returns whether it was new."""
    said = _read(line, into)
    annotator = _labeler(said.labeler)
    same = Annotation.objects.filter(trace=said.trace, taxonomy=into.taxonomy, kind=said.kind)
    if said.kind == Annotation.Kind.SUGGESTED and not annotator.is_robot:
        raise Refused(f"{annotator.get_username()} is a person, and suggestions are a language model's")
    if said.kind != Annotation.Kind.ADJUDICATED:
        same = same.filter(annotator=annotator)
    if found := same.first():
        if annotating.state_of(found) | {"revision": 0} == said.state | {"revision": 0}:
            return False
        raise Refused(f"{found.annotator.get_username()} has said something else of this trace already")
    named = {"trace": said.trace, "taxonomy": into.taxonomy, "annotator": annotator, "kind": said.kind}
    made = Annotation.objects.create(assigned_at=said.submitted_at, **named)
    annotating.save(made.pk, by=annotator, steps_version=str(STEPS_VERSION), **said.state)
    annotating.submit(made.pk, by=annotator, revision=1, at=said.submitted_at)
    return True


def _read(line: bytes, into: Into) -> Said:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Refused("it is no JSON") from error
    if not isinstance(row, dict):
        raise Refused("it is no object")
    try:
        return _prm800k(row, into) if "question" in row else _ours(row, into)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise Refused(f"a field is missing or of another type: {error}") from error


def _labeler(name: str) -> User:
    """The person of that name, or a robot that stands for them; a robot never logs in."""
    if not isinstance(name, str) or not 0 < len(name) <= 150 or storable(name) != name:
        raise Refused("it does not say who labelled")
    found = User.objects.filter(username=name).first()
    return found or User.objects.create_user(name, is_robot=True, password=None)


def _when(text: str | None) -> datetime:
    """When it was given; a time without a zone is taken as UTC."""
    found = parse_datetime(text) if text else timezone.now()
    if found is None:
        raise Refused(f"“{text}” is no time")
    return found if timezone.is_aware(found) else timezone.make_aware(found, timezone.get_fixed_timezone(0))


def _ours(row: Row, into: Into) -> Said:
    named = {"item_version__item__slug": row["item"], "item_version__number": row["version"]}
    trace = into.run.traces.filter(sample_index=row["sample"], **named).first()
    if trace is None:
        raise Refused(f"the run has no sample {row['sample']} of {row['item']} version {row['version']}")
    if hashlib.sha256(trace.text.encode()).hexdigest() != row["text_sha256"]:
        raise Refused("the trace has another text here")
    if row["kind"] not in Annotation.Kind.values:
        raise Refused(f"there is no kind {row['kind']}")
    state = {"verdict": row["verdict"], "comment": row["comment"], "seconds": row["seconds"], "revision": 0}
    categories = {category.code: category.pk for category in into.taxonomy.categories.all()}
    if unknown := [mark["category"] for mark in row["marks"] if mark["category"] not in categories]:
        raise Refused(f"the taxonomy has no category {unknown[0]}")
    marks = [
        {name: mark[name] for name in annotating.MARK_FIELDS if name != "category_id"}
        | {"category_id": categories[mark["category"]]}
        for mark in row["marks"]
    ]
    return Said(trace, row["annotator"], row["kind"], state | {"marks": marks}, _when(row["submitted_at"]))


def _prm800k(row: Row, into: Into) -> Said:
    """A row of PRM800K: the first step rated −1 becomes a major mark over the whole step."""
    wanted, label = row["question"]["pre_generated_steps"], row["label"]
    for trace in into.run.traces.filter(item_version__statement=row["question"]["problem"]).order_by("pk"):
        steps = split_steps(trace.text)
        if [trace.text[start:end] for start, end in steps] == wanted:
            break
    else:
        raise Refused("no trace of the run has this problem and these steps")
    if label["finish_reason"] not in VERDICT_OF_END:
        raise Refused(f"there is no finish reason {label['finish_reason']}")
    marks = []
    for (start, end), text, rated in zip(steps, wanted, label["steps"], strict=False):
        if any(each["text"] == text and each["rating"] == -1 for each in rated["completions"]):
            if into.category is None:
                raise Refused("it rates a step wrong; say with which category to mark it")
            empty = {"propagates": False, "claim": "", "correction": "", "note": ""}
            span = {"category_id": into.category.pk, "start": start, "end": end}
            marks.append({**span, "severity": SpanLabel.Severity.MAJOR.value, **empty})
            break
    verdict = VERDICT_OF_END[label["finish_reason"]].value
    seconds = min(max(round((label.get("total_time") or 0) / 1_000), 0), annotating.MOST_SECONDS)
    state = {"verdict": verdict, "comment": "", "seconds": seconds, "revision": 0, "marks": marks}
    return Said(trace, row["labeler"], Annotation.Kind.INDEPENDENT, state, _when(row.get("timestamp")))
