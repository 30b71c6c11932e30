"""Models, runs, traces and grades that carry the paper's aggregates; every text says that it is nobody's."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from qftapp.actors.models import LanguageModel, User
from qftapp.demo.paper import dealing
from qftapp.demo.paper.aggregates import SAMPLES, EvaluationSet, Lengths, Paper, count_of
from qftapp.items.models import ItemVersion
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.runs.models import Run, RunItem
from qftapp.verification.verdict import Outcome

VERIFIER = "reconstructed"
"""What stands in grades for a version of the verifier, which never saw these answers."""

# Ten thousand rows, which as objects of Django's would take ten times as long.
_TRACES = """
INSERT INTO qftapp_trace (run_id, item_version_id, sample_index, text, finish_reason, output_tokens)
SELECT %(run)s, version, sample, text, '', tokens
FROM unnest(%(versions)s::bigint[], %(samples)s::int[], %(texts)s::text[], %(tokens)s::int[])
    AS given (version, sample, text, tokens)
"""
_GRADES = """
INSERT INTO qftapp_grade (trace_id, run_id, verifier_version, outcome, reason, diagnosis, answer, detail, is_current)
SELECT trace.id, trace.run_id, %(verifier)s, outcome, '', '', '', '{}', true
FROM unnest(%(versions)s::bigint[], %(samples)s::int[], %(outcomes)s::text[]) AS given (version, sample, outcome)
JOIN qftapp_trace AS trace
    ON trace.run_id = %(run)s AND trace.item_version_id = version AND trace.sample_index = sample
WHERE outcome <> ''
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A trace to be made; without an outcome nobody graded it."""

    version: ItemVersion
    sample: int
    text: str
    outcome: Outcome | None = None
    tokens: int | None = None


def models(paper: Paper, by: User) -> dict[str, LanguageModel]:
    """The paper's models by their names in the file, those that were trained as children of the base."""
    made: dict[str, LanguageModel] = {}
    for name, title in paper.models.items():
        made[name] = LanguageModel.objects.create(
            slug=f"paper-{name}",
            kind=LanguageModel.Kind.OPEN_WEIGHTS,
            locator="nowhere: reconstructed aggregates",
            parent=made.get("base"),
            notes=f"{title}, as far as {paper.paper} tells. Reconstructed aggregates, not anyone's answers.",
            added_by=by,
        )
    return made


def head(paper: Paper) -> str:
    """The first line of every trace."""
    return f"Reconstructed aggregate of {paper.paper}: no model wrote this, and it is not anyone's trace.\n"


def run(model: LanguageModel, release: Release, answers: Iterable[Answer], about: str, by: User) -> Run:
    """A run of these answers, graded where they have an outcome."""
    listed = list(answers)
    versions = {answer.version.pk: answer.version for answer in listed}
    made = Run.objects.create(
        slug=f"{model.slug}-{release.name.removeprefix('paper-')}",
        model=model,
        purpose=Run.Purpose.EVALUATE,
        origin=Run.Origin.RECONSTRUCTED,
        release=release,
        split=ReleaseEntry.Split.TEST,
        state=Run.State.DONE,
        finished_at=timezone.now(),
        requested_by=by,
        size=len(listed),
        progress=len(listed),
        samples_per_item=max(answer.sample for answer in listed) + 1,
        notes=about,
    )
    RunItem.objects.bulk_create(RunItem(run=made, item_version=version) for version in versions.values())
    _write(made, listed)
    return made


def _write(run: Run, answers: Sequence[Answer]) -> None:
    rows: dict[str, Any] = {
        "run": run.pk,
        "verifier": VERIFIER,
        "versions": [answer.version.pk for answer in answers],
        "samples": [answer.sample for answer in answers],
        "texts": [answer.text for answer in answers],
        "tokens": [answer.tokens for answer in answers],
        "outcomes": [answer.outcome.value if answer.outcome else "" for answer in answers],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TRACES, rows)
        cursor.execute(_GRADES, rows)


def of_set(
    one: EvaluationSet, versions: Sequence[ItemVersion], model: str, paper: Paper, samples: int = SAMPLES
) -> list[Answer]:
    """A model's answers to an evaluation set, as many right and as many items solved as the paper's figures say."""
    average = one.average.get(model, paper.students.average.get(model, 0.0))
    right = count_of(average, len(versions) * samples)
    solved = count_of(one.best[model], len(versions)) if model in one.best else None
    counts = dealing.right_answers(len(versions), samples, right, solved)
    back = paper.lengths[model].backtracks if model in paper.lengths else {"correct": 0.0, "incorrect": 0.0}
    answers = []
    for place, (version, count) in enumerate(zip(versions, counts, strict=True)):
        for sample in range(samples):
            is_right = (sample + place) % samples < count
            waits = round(back["correct" if is_right else "incorrect"])
            answers.append(_answer(version, sample, is_right, waits, None, paper))
    return answers


def of_lengths(lengths: Lengths, versions: Sequence[ItemVersion], model: str, paper: Paper) -> list[Answer]:
    """A model's answers whose means of tokens and backtracks are the paper's."""
    is_right = dealing.chosen(lengths.answers, lengths.right, f"{model} lengths")
    tokens: list[Iterator[int]] = []
    waits: list[Iterator[int]] = []
    for numbers, means in ((tokens, lengths.tokens), (waits, lengths.backtracks)):
        over_right, over_others = dealing.totals(lengths, means)
        numbers.append(iter(dealing.spread(over_others, lengths.answers - lengths.right)))
        numbers.append(iter(dealing.spread(over_right, lengths.right)))
    return [
        _answer(
            versions[place % len(versions)],
            place // len(versions),
            place in is_right,
            next(waits[place in is_right]),
            next(tokens[place in is_right]),
            paper,
        )
        for place in range(lengths.answers)
    ]


def _answer(version: ItemVersion, sample: int, is_right: bool, waits: int, tokens: int | None, paper: Paper) -> Answer:
    word = "right" if is_right else "wrong"
    said = f"It is counted as {word}" + (f", with {tokens:,} tokens" if tokens is not None else "")
    backtracks = f"; as many backtracks as follow: {' '.join(['Wait.'] * waits)}\n" if waits else ".\n"
    text = head(paper) + said + backtracks
    return Answer(version, sample, text, Outcome.CORRECT if is_right else Outcome.WRONG, tokens)
