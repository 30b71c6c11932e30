"""How long traces are and how often they turn back, right ones and others: (g) of a report."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qftapp.actors.models import LanguageModel
from qftapp.charts import links, palette, plots
from qftapp.charts.answers import COUNTED, RIGHT, Sizes, sizes, sums
from qftapp.charts.figure import NO_ANSWERS, Figure, Lacking, Row, Table
from qftapp.charts.results import Chosen, Counts, Results
from qftapp.charts.stats.means import Mean, rate
from qftapp.charts.writing import counted
from qftapp.runs.backtracks import PATTERN
from qftapp.verification.verdict import Outcome

Measure = Callable[[Sizes], tuple[Counts, Counts]]
"""The sums of what is measured and the traces of which it is known."""


@dataclass(frozen=True)
class _Answers:
    """Traces of one kind."""

    title: str
    outcomes: Chosen
    filters: dict[str, str]


ANSWERS = (
    _Answers("All", COUNTED, {}),
    _Answers("Correct", RIGHT, {"outcome": Outcome.CORRECT.value}),
    _Answers("Incorrect", COUNTED & ~RIGHT, {"outcome": links.INCORRECT}),
)


def lengths(results: Results) -> Figure:
    """Mean tokens of a trace, or characters where some model's tokens are not known."""
    found = _sums(results)
    everything = sizes(found, COUNTED)
    known, all_traces = everything.with_tokens.sum(axis=1), everything.traces.sum(axis=1)
    # What is known of a few traces only would stand for others.
    lacking = [model.slug for model, few in zip(results.models, 2 * known < all_traces, strict=True) if few]
    unit = "characters" if lacking else "tokens"
    notes = [f"In characters, since the tokens of {', '.join(lacking)} are not known."] if lacking else []
    without = int((all_traces - known).sum())
    if not lacking and without:
        notes.append(f"{counted(without, 'trace')} without a number of tokens left out.")
    measure: Measure = (
        (lambda size: (size.characters, size.traces)) if lacking else (lambda size: (size.tokens, size.with_tokens))
    )
    caption = (
        f"Mean {unit} of a graded trace, thoughts and answer. Incorrect is all that accuracy does not count as right."
    )
    return _figure(results, found, measure, f"mean {unit}", caption, notes)


def backtracks(results: Results) -> Figure:
    """Mean number of sentences in which a trace turns back."""
    found = _sums(results)
    everything = sizes(found, COUNTED)
    left = int((everything.traces - everything.with_backtracks).sum())
    if not everything.with_backtracks.any():
        raise Lacking("Backtracks are counted in the background, after traces have come; none of these are yet.")
    notes = [f"{counted(left, 'trace')} not counted yet; the background does."] if left else []
    caption = (
        "Mean number of sentences a trace in which it doubts itself (“wait”, “let me recheck”, “hmm, actually” …), "
        f"by pattern {PATTERN} of docs/backtracks.md. Incorrect is all that accuracy does not count as right."
    )
    return _figure(
        results, found, lambda size: (size.backtracks, size.with_backtracks), "mean backtracks", caption, notes
    )


def _sums(results: Results) -> Counts:
    if not results.items:
        raise Lacking(NO_ANSWERS)
    return sums(results)


def _figure(results: Results, found: Counts, measure: Measure, title: str, caption: str, notes: list[str]) -> Figure:
    looks = palette.looks(results.models)
    traces: list[dict[str, Any]] = []
    rows: list[Row] = []
    for row, model in enumerate(results.models):
        means, hrefs = [], []
        for kind in ANSWERS:
            events, exposure = (of_model[row] for of_model in measure(sizes(found, kind.outcomes)))
            means.append(_mean(results, events, exposure))
            hrefs.append(_href(results, model, kind))
            rows.append(Row((kind.title, model.slug, means[-1], int(exposure.sum()), *_counts(means[-1])), hrefs[-1]))
        titles = [kind.title for kind in ANSWERS]
        shown = plots.dots(model.slug, looks[model.pk], titles, means, hrefs)
        traces.append(shown | {"hovertemplate": "%{x:,.4~g}<extra>" + model.slug + "</extra>"})
    return Figure(
        traces=traces,
        table=Table(("Answers", "Model", title.capitalize(), "Traces", "Items", "Clusters"), rows),
        caption=caption,
        layout=plots.dots_layout(
            {"rangemode": "tozero", "tickformat": ",~g", "title": {"text": title}}, separators=plots.SEPARATORS
        ),
        notes=notes,
        height=plots.height(len(ANSWERS), len(results.models)),
    )


def _mean(results: Results, events: Counts, exposure: Counts) -> Mean | None:
    known = exposure > 0
    return rate(events[known], exposure[known], results.clusters[known]) if known.any() else None


def _counts(mean: Mean | None) -> tuple[int, int]:
    return (mean.items, mean.clusters) if mean else (0, 0)


def _href(results: Results, model: LanguageModel, kind: _Answers) -> str:
    return links.answers(results.scope, model, kind.filters)
