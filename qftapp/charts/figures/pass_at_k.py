"""What k samples reach: pass@k, majority@k and the average, (c) of a report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qftapp.actors.models import LanguageModel
from qftapp.charts import answers, links, palette, plots
from qftapp.charts.answers import Votes
from qftapp.charts.figure import NO_ANSWERS, Figure, Lacking, Row, Table
from qftapp.charts.figures.sets import common_samples
from qftapp.charts.palette import Look
from qftapp.charts.results import Results, Shares
from qftapp.charts.stats.majorities import majority_at_k
from qftapp.charts.stats.means import Mean, mean_share
from qftapp.charts.stats.samples import pass_at_k
from qftapp.charts.writing import counted

ASIDE = 1.03
"""How far beside each other models stand at one k, as a factor: intervals shall not hide each other."""


@dataclass(frozen=True)
class _Curves:
    """What a model reaches at each k, and its average."""

    model: LanguageModel
    href: str
    sizes: Sequence[int]
    passed: Sequence[Mean | None]
    agreed: Sequence[Mean | None]
    average: Mean | None

    def rows(self) -> Iterator[Row]:
        """A row of the table for each k."""
        for k, passes, agrees in zip(self.sizes, self.passed, self.agreed, strict=True):
            counts = (passes.items, passes.clusters) if passes else (0, 0)
            yield Row((self.model.slug, k, passes, agrees, self.average, *counts), self.href)

    def lines(self, look: Look, samples: int, aside: float) -> Iterator[dict[str, Any]]:
        """The two lines, a little beside k; open markers where k is more than half of the samples."""
        name, places, hrefs = self.model.slug, [k * aside for k in self.sizes], [self.href] * len(self.sizes)
        symbols = [look.symbol if 2 * k <= samples else f"{look.symbol}-open" for k in self.sizes]
        for kind, estimates, dash in (("pass", self.passed, "solid"), ("cons", self.agreed, "dot")):
            line = plots.line(name, look, places, estimates, hrefs)
            line["line"] |= {"dash": dash}
            line["marker"] |= {"symbol": symbols}
            yield line | {
                "text": [f"{kind}@{k}" for k in self.sizes],
                "hovertemplate": "%{text} %{y:.3f}<extra>" + name + "</extra>",
                "legendgroup": name,
                "showlegend": kind == "pass",
            }


def pass_curves(results: Results) -> Figure:
    """Each model's pass@k and cons@k over k, beside its average."""
    samples = common_samples(results)
    if not samples:
        raise Lacking(NO_ANSWERS)
    if samples == 1:
        raise Lacking("Some model has one answer to most items: what several would reach needs runs with more samples.")
    sizes = sorted({*(2**power for power in range(samples.bit_length())), samples})
    votes = answers.votes(results)
    curves = [
        _curves(results, row, sizes, [one for one in votes if one.model == row]) for row in range(len(results.models))
    ]
    looks, middle = palette.looks(results.models), (len(curves) - 1) / 2
    return Figure(
        traces=[
            line
            for row, one in enumerate(curves)
            for line in one.lines(looks[one.model.pk], samples, ASIDE ** (row - middle))
        ],
        table=Table(
            ("Model", "k", "pass@k", "cons@k", "Average", "Items", "Clusters"),
            [row for one in curves for row in one.rows()],
        ),
        caption="Mean over items. Full lines: pass@k, the chance that one of k samples is right, without bias. Dotted: "
        "cons@k, the chance that the most frequent of k answers is; ties are split, and what cannot be read never "
        "wins. At k = 1 both are the average.",
        layout={
            "xaxis": {"type": "log", "title": {"text": "k"}, "tickvals": sizes, "ticktext": [str(k) for k in sizes]},
            "yaxis": plots.SHARE_AXIS | {"title": {"text": "share of items"}},
        },
        notes=list(_notes(results, samples, sizes)),
        height=360,
    )


def _curves(results: Results, row: int, sizes: Sequence[int], votes: Sequence[Votes]) -> _Curves:
    model = results.models[row]
    return _Curves(
        model=model,
        href=links.items(results.scope, model),
        sizes=sizes,
        passed=[mean_share(pass_at_k(results.counted[row], results.right[row], k), results.clusters) for k in sizes],
        agreed=[mean_share(_majorities(results, votes, k), results.clusters) for k in sizes],
        average=mean_share(results.shares[row], results.clusters),
    )


def _majorities(results: Results, votes: Sequence[Votes], k: int) -> Shares:
    """cons@k of each item, the runs and versions with k answers by their numbers; nan where there is none."""
    weights, sums = np.zeros(len(results.items)), np.zeros(len(results.items))
    for one in votes:
        chances = majority_at_k(one.right, one.groups, one.void, k)
        known = ~np.isnan(chances)
        np.add.at(weights, one.places[known], one.answers[known])
        np.add.at(sums, one.places[known], (one.answers * chances)[known])
    with np.errstate(invalid="ignore"):
        return np.asarray(sums / weights)


def _notes(results: Results, samples: int, sizes: Sequence[int]) -> Iterator[str]:
    half = [k for k in sizes if 2 * k > samples]
    yield (
        f"Open markers (k = {', '.join(map(str, half))}): k is more than half of the {samples} samples, so that pass@k "
        "hangs on single ones; twice as many samples are advised."
    )
    fewer = int(np.sum(np.any((results.counted > 0) & (results.counted < samples), axis=0)))
    if fewer:
        yield (
            f"{fewer} of {counted(len(results.items), 'item')} have fewer than {samples} answers of some model; "
            "where k is larger than that, they are left out."
        )
    several = {
        run.model_id for run in results.runs if sum(other.model_id == run.model_id for other in results.runs) > 1
    }
    names = [model.slug for model in results.models if model.pk in several]
    if names:
        yield f"{', '.join(names)}: several runs; answers are known to agree within a run only, cons@k is their mean."
