"""Which answers were wrong in which way, (l) of a report, and what kept others from being judged at all."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qftapp.charts import links, palette, plots
from qftapp.charts.answers import COUNTED, kinds_of_wrong, only, sizes, sums
from qftapp.charts.figure import NO_ANSWERS, Figure, Lacking, Row, Table
from qftapp.charts.results import Counts, Results
from qftapp.charts.stats.means import Mean, share
from qftapp.charts.writing import counted
from qftapp.verification.diagnosis import CODES
from qftapp.verification.verdict import Outcome

MOST_SHOWN = 12
"""Kinds that the plot has room for; the table has all."""
LONGEST_LINE = 18
UNCERTAIN = "nothing certain to say"


@dataclass(frozen=True)
class _Kind:
    """Answers of one kind by model and item."""

    title: str
    filters: dict[str, str] | None
    counts: Counts


def kinds(results: Results) -> Figure:
    """The share of each diagnosis among a model's wrong answers, the most frequent first."""
    found = kinds_of_wrong(results)
    if not found:
        raise Lacking("No answer of this report is wrong.")
    listed = [
        _Kind(CODES[code][0] if code in CODES else code.replace("_", " ") or UNCERTAIN, _filters(code), counts)
        for code, counts in sorted(found.items(), key=lambda pair: (-int(pair[1].sum()), pair[0]))
    ]
    wrong = sum((kind.counts for kind in listed[1:]), start=listed[0].counts)
    shares = {row: [_share(results, kind.counts, wrong, row) for kind in listed] for row in range(len(results.models))}
    answers = sizes(sums(results), COUNTED).traces
    rows = [
        Row(
            (kind.title, model.slug, shares[row][place], _share(results, kind.counts, answers, row),
             int(kind.counts[row].sum()), int(wrong[row].sum())),
            links.answers(results.scope, model, kind.filters),
        )
        for place, kind in enumerate(listed)
        for row, model in enumerate(results.models)
    ]  # fmt: skip
    more = len(listed) - MOST_SHOWN
    return Figure(
        traces=_traces(results, listed[:MOST_SHOWN], list(shares.values())),
        table=Table(("Kind", "Model", "Of wrong answers", "Of all answers", "Answers", "Wrong answers"), rows),
        caption="Share of a model’s wrong answers that differ from gold in this way, as far as the verifier can tell "
        "for certain; the most frequent of all models first.",
        layout=_layout("share of wrong answers", listed[:MOST_SHOWN]),
        notes=[f"{counted(more, 'rarer kind')} in the table alone."] if more > 0 else [],
        height=plots.height(min(len(listed), MOST_SHOWN), len(results.models)),
    )


def _filters(code: str) -> dict[str, str] | None:
    """The traces of a diagnosis; of those without one, no list knows."""
    return {"diagnosis": code} if code else None


def unjudged(results: Results) -> Figure:
    """The shares of answers that gave nothing to judge, by the reason."""
    if not results.items:
        raise Lacking(NO_ANSWERS)
    reasons = {"No answer": Outcome.NO_ANSWER, "Unreadable": Outcome.UNREADABLE, "Timeout": Outcome.TIMEOUT}
    found = sums(results)
    everything = sizes(found, COUNTED)
    answers = everything.traces
    listed = [_Kind("Cut off at the limit", {"outcome": links.CUT}, everything.cut)] + [
        _Kind(title, {"outcome": reason.value}, sizes(found, only(reason)).traces) for title, reason in reasons.items()
    ]
    shares = [[_share(results, kind.counts, answers, row) for kind in listed] for row in range(len(results.models))]
    rows = [
        Row(
            (kind.title, model.slug, shares[row][place], int(kind.counts[row].sum()), int(answers[row].sum())),
            links.answers(results.scope, model, kind.filters),
        )
        for place, kind in enumerate(listed)
        for row, model in enumerate(results.models)
    ]
    return Figure(
        traces=_traces(results, listed, shares),
        table=Table(("Reason", "Model", "Of all answers", "Answers of this kind", "Answers"), rows),
        caption="Share of a model’s graded answers; the last three count as not right. An answer cut off at the limit "
        "of tokens may have been judged nevertheless, or stand under another reason too.",
        layout=_layout("share of answers", listed),
        height=plots.height(len(listed), len(results.models)),
    )


def _share(results: Results, events: Counts, exposure: Counts, row: int) -> Mean | None:
    return share(events[row], exposure[row], results.clusters)


def _traces(results: Results, kinds: Sequence[_Kind], shares: Sequence[Sequence[Mean | None]]) -> list[dict[str, Any]]:
    looks, titles = palette.looks(results.models), [kind.title for kind in kinds]
    return [
        plots.dots(
            model.slug,
            looks[model.pk],
            titles,
            shares[row][: len(kinds)],
            [links.answers(results.scope, model, kind.filters) for kind in kinds],
        )
        for row, model in enumerate(results.models)
    ]


def _layout(title: str, kinds: Sequence[_Kind]) -> dict[str, Any]:
    """Kinds below each other, their titles in short lines: on a narrow screen the plot needs the room."""
    titles = [kind.title for kind in kinds]
    lines = ["<br>".join(textwrap.wrap(kind.title, LONGEST_LINE)) for kind in kinds]
    return plots.dots_layout(
        {"rangemode": "tozero", "tickformat": ".2~f", "title": {"text": title}},
        {"tickvals": titles, "ticktext": lines},
    )
