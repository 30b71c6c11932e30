"""The items behind a point: how many answers of one model to each are of the kind that the point counts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qftapp.charts import links
from qftapp.charts.answers import COUNTED, kinds_of_wrong, sizes, sums
from qftapp.charts.results import OUTCOME_CODES, Counts, ItemFacts, Results
from qftapp.runs.models import OUTCOMES
from qftapp.verification.diagnosis import CODES


@dataclass(frozen=True)
class ItemBehind:
    """An item with the answers to it: those of the kind, of those that count, and where they can be read."""

    item: ItemFacts
    answers: int
    counted: int
    href: str


def kind_title(asked: Mapping[str, str]) -> str:
    """What is counted, in a word: right answers, unless the address names an outcome or a diagnosis."""
    if (code := asked.get("diagnosis", "")) in CODES:
        return CODES[code][0].capitalize()
    titles = {**dict(OUTCOMES), links.INCORRECT: "Incorrect", links.CUT: "Cut off"}
    return titles.get(asked.get("outcome", ""), "Right")


@dataclass(frozen=True)
class _Asked:
    """The answers of a kind and those that count, of the first model by item; `filters` find them among traces."""

    answers: Counts
    counted: Counts
    filters: dict[str, str]
    is_everything: bool = False
    """Whether items without such an answer are shown too."""


def items_behind(results: Results, asked: Mapping[str, str]) -> list[ItemBehind]:
    """The items that the first model of the report answered so, or for right answers all that it answered."""
    if not results.models:
        return []
    found = _found(results, asked)
    shown = found.counted if found.is_everything else found.answers
    slug = results.models[0].slug
    return [
        ItemBehind(item, int(found.answers[place]), int(found.counted[place]),
                   links.traces(model=slug, item=item.slug, **found.filters))
        for place, item in enumerate(results.items)
        if shown[place] > 0
    ]  # fmt: skip


def _found(results: Results, asked: Mapping[str, str]) -> _Asked:
    diagnosis, outcome = asked.get("diagnosis", ""), asked.get("outcome", "")
    counted = results.counted[0]
    if diagnosis in CODES:
        kinds = kinds_of_wrong(results)
        answers = kinds[diagnosis][0] if diagnosis in kinds else np.zeros_like(counted)
        return _Asked(answers, sizes(sums(results), COUNTED).traces[0], {"diagnosis": diagnosis})
    if outcome == links.CUT:
        everything = sizes(sums(results), COUNTED)
        return _Asked(everything.cut[0], everything.traces[0], {})
    if outcome == links.INCORRECT:
        return _Asked(counted - results.right[0], counted, {})
    if outcome in OUTCOME_CODES:
        return _Asked(results.outcomes[0, :, OUTCOME_CODES.index(outcome)], counted, {"outcome": outcome})
    return _Asked(results.right[0], counted, {}, is_everything=True)
