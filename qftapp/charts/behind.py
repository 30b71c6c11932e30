"""The items behind a point: how many answers of one model to each are of the kind that the point counts."""

from collections.abc import Mapping
from dataclasses import dataclass

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


def items_behind(results: Results, asked: Mapping[str, str]) -> list[ItemBehind]:
    """The items that the first model of the report answered so, or for right answers all that it answered."""
    if not results.models:
        return []
    counts, filters = _counts(results, asked)
    shown = counts[0] > 0 if filters else results.counted[0] > 0
    slug = results.models[0].slug
    kept = {} if filters.get("outcome") in (links.INCORRECT, links.CUT) else filters
    return [
        ItemBehind(item, int(counts[0, place]), int(results.counted[0, place]),
                   links.traces(model=slug, item=item.slug, **kept))
        for place, item in enumerate(results.items)
        if shown[place]
    ]  # fmt: skip


def _counts(results: Results, asked: Mapping[str, str]) -> tuple[Counts, dict[str, str]]:
    """Answers by model and item, and the filters under which lists of traces show them."""
    diagnosis, outcome = asked.get("diagnosis", ""), asked.get("outcome", "")
    if diagnosis in CODES:
        return kinds_of_wrong(results).get(diagnosis, results.counted * 0), {"diagnosis": diagnosis}
    if outcome == links.INCORRECT:
        return results.counted - results.right, {"outcome": outcome}
    if outcome == links.CUT:
        return sizes(sums(results), COUNTED).cut, {"outcome": outcome}
    if outcome in OUTCOME_CODES:
        return results.outcomes[:, :, OUTCOME_CODES.index(outcome)], {"outcome": outcome}
    return results.right, {}
