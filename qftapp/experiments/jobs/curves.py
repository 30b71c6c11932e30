"""The metrics of jobs as curves: a few hundred points each, of which none is an average."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from qftapp.actors import latex
from qftapp.experiments.models import TrainingJob
from qftapp.templatetags.qft import pretty

BUCKETS = 100
"""Parts into which the steps of a job are cut; each keeps its first, last, lowest and highest value, and a gap."""

THINNED = """
SELECT job_id, name, step, value, of_all FROM (
    SELECT job_id, name, step, value, count(*) OVER curve AS of_all,
        row_number() OVER (part ORDER BY step) AS first,
        row_number() OVER (part ORDER BY step DESC) AS last,
        row_number() OVER (part ORDER BY value, step) AS lowest,
        row_number() OVER (part ORDER BY nullif(value, 'NaN') DESC NULLS LAST, step) AS highest,
        row_number() OVER (part ORDER BY value <> 'NaN', step) AS gap
    FROM (
        SELECT job_id, name, step, value,
            ((step - min(step) OVER curve)::bigint * %s) / (max(step) OVER curve - min(step) OVER curve + 1) AS part_of
        FROM qftapp_metric WHERE job_id = ANY(%s)
        WINDOW curve AS (PARTITION BY job_id, name)
    ) AS parts
    WINDOW curve AS (PARTITION BY job_id, name), part AS (PARTITION BY job_id, name, part_of)
) AS ranked
WHERE 1 IN (first, last, lowest, highest) OR (gap = 1 AND value = 'NaN')
ORDER BY job_id, name, step
"""


@dataclass(frozen=True)
class Figure:
    """A figure of the page, and the metrics that stand in it; what ends in / takes all names that begin so."""

    key: str
    title: str
    unit: str
    names: tuple[str, ...]
    is_share: bool = False
    """Whether its values are from 0 to 1."""

    def holds(self, name: str) -> bool:
        """Whether a metric stands in this figure."""
        return name in self.names or any(each.endswith("/") and name.startswith(each) for each in self.names)


_LENGTHS = ("completions/min", "completions/mean", "completions/max")

FIGURES = (
    Figure("loss", "Loss", "per token", ("loss", "eval_loss")),
    Figure("reward", "Reward", "mean of a step", ("reward",)),
    Figure("accuracy", "Accuracy of tokens", "share of the rows’ tokens", ("mean_token_accuracy",), is_share=True),
    Figure("kl", "KL divergence from the base", "nats", ("kl",)),
    Figure("length", "Length of answers", "tokens", tuple(f"{each}_length" for each in _LENGTHS)),
    Figure("entropy", "Entropy", "nats per token", ("entropy",)),
    Figure("outcomes", "Outcomes", "share of answers", ("outcome/",), is_share=True),
    Figure("diagnoses", "Kinds of wrong answers", "share of answers", ("diagnosis/",), is_share=True),
    Figure("cut", "Answers cut off", "share", ("completions/clipped_ratio",), is_share=True),
    Figure("equal", "Groups of equal rewards", "share", ("frac_reward_zero_std",), is_share=True),
    Figure("spread", "Spread of rewards", "standard deviation", ("reward_std",)),
    Figure("functions", "Rewards by function", "mean, deviation", ("rewards/",)),
    Figure("ended", "Length of answers that ended", "tokens", tuple(f"{each}_terminated_length" for each in _LENGTHS)),
    Figure("clipped", "Clipped probabilities", "share of tokens", ("clip_ratio/",), is_share=True),
    Figure("engines", "vLLM beside the trainer", "ratio", ("sampling/importance_sampling_ratio/",)),
    Figure("engine-gap", "vLLM off the trainer", "nats", ("sampling/sampling_logp_difference/",)),
    Figure("gradient", "Length of the gradient", "before it is cut", ("grad_norm",)),
    Figure("rate", "Learning rate", "", ("learning_rate",)),
    Figure("seconds", "Time of a step, and of its reward", "seconds", ("step_time", "reward_time")),
    Figure("tokens", "Tokens read and written", "since the start", ("num_tokens",)),
    Figure("epoch", "Passes over the rows", "", ("epoch",)),
)


@dataclass(frozen=True)
class Curve:
    """One metric of one job, thinned; where a value was no number there is a gap."""

    job: str
    name: str
    steps: list[int]
    values: list[float | None]
    points: int
    """How many values there are in all."""

    @property
    def numbers(self) -> list[float]:
        """The values without the gaps."""
        return [value for value in self.values if value is not None]

    @property
    def gaps(self) -> int:
        """Values shown that were no number."""
        return len(self.values) - len(self.numbers)

    @property
    def first(self) -> float | None:
        """The value at the first step."""
        return self.values[0]

    @property
    def last(self) -> float | None:
        """The value at the last step."""
        return self.values[-1]

    @property
    def lowest(self) -> float | None:
        """The least value of all."""
        return min(self.numbers, default=None)

    @property
    def highest(self) -> float | None:
        """The greatest value of all."""
        return max(self.numbers, default=None)


def thinned(jobs: Sequence[TrainingJob]) -> list[Curve]:
    """Every metric of these jobs as a curve of at most 5 × BUCKETS of its own points."""
    slugs = {job.pk: job.slug for job in jobs}
    found: dict[tuple[int, str], list[tuple[int, float, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(THINNED, [BUCKETS, list(slugs)])
        for job_id, name, step, value, of_all in cursor.fetchall():
            found[job_id, name].append((step, value, of_all))
    return [_curve(slugs[job_id], name, points) for (job_id, name), points in found.items()]


def _curve(job: str, name: str, points: list[tuple[int, float, int]]) -> Curve:
    values = [value if math.isfinite(value) else None for _, value, _ in points]
    return Curve(job, name, [step for step, _, _ in points], values, points[0][2])


def by_figure(curves: Iterable[Curve]) -> Iterator[tuple[Figure, list[Curve]]]:
    """The figures that have curves, each with them; what belongs to none has one of its own under its name."""
    left = list(curves)
    for figure in FIGURES:
        if own := [curve for curve in left if figure.holds(curve.name)]:
            left = [curve for curve in left if curve not in own]
            yield figure, own
    for name in sorted({curve.name for curve in left}):
        yield Figure(f"other-{name}", name, "", (name,)), [curve for curve in left if curve.name == name]


def curves_of(jobs: Sequence[TrainingJob]) -> dict[str, Any]:
    """The curves as the page's script reads them."""
    return {
        "jobs": [job.slug for job in jobs],
        "is_live": any(not job.has_ended for job in jobs),
        "heard": heard(jobs),
        "figures": [_figure_json(figure, curves) for figure, curves in by_figure(thinned(jobs))],
    }


def latex_of(jobs: Sequence[TrainingJob]) -> str:
    """The tables of the figures as one, for a paper; of several jobs each row says of which."""
    are_several = len(jobs) > 1
    rows = [
        [*([curve.job] if are_several else []), curve.name, pretty(curve.points), *_shown(curve)]
        for _, curves in by_figure(thinned(jobs))
        for curve in curves
    ]
    columns = (*(("Job",) if are_several else ()), "Metric", "Points", "First", "Last", "Lowest", "Highest")
    caption = " ".join(f"Training job {job.slug}: {_about(job)}." for job in jobs)
    return latex.table(columns, f"{'l' * are_several}lrrrrr", rows, caption)


def _shown(curve: Curve) -> list[str]:
    return [pretty(value, 4) for value in (curve.first, curve.last, curve.lowest, curve.highest)]


def _about(job: TrainingJob) -> str:
    made = f"{job.get_method_display()} of {job.base.slug} on {job.export.slug}"
    return f"{made}, {job.progress} of {job.steps} steps"


def heard(jobs: Sequence[TrainingJob]) -> str:
    """What changes when there may be something new: state and last sign of life of each job."""
    return "|".join(f"{job.state} {job.heard_at and job.heard_at.isoformat()}" for job in jobs)


def _figure_json(figure: Figure, curves: list[Curve]) -> dict[str, Any]:
    facts = ("job", "name", "steps", "values", "points", "first", "last", "lowest", "highest")
    drawn = [{fact: getattr(curve, fact) for fact in facts} for curve in curves]
    return {
        "key": figure.key,
        "title": figure.title,
        "unit": figure.unit,
        "is_share": figure.is_share,
        "curves": drawn,
    }
