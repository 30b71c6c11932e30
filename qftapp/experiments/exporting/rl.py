"""Rows for reinforcement learning: prompts with contracts, by how often some runs solved them."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Count

from qftapp.experiments.exporting.entries import Entry, LeftOut
from qftapp.experiments.exporting.picks import Pick
from qftapp.experiments.exporting.recipes import RLRecipe
from qftapp.runs.models import Grade
from qftapp.verification import Outcome


def choose(recipe: RLRecipe, entries: list[Entry], left_out: LeftOut) -> list[Pick]:
    """Return the entries in the recipe's band of pass rates; all of them where it names no run."""
    if not recipe.runs:
        return [Pick(entry) for entry in entries]
    rates = pass_rates(recipe.runs, [entry.version_id for entry in entries])
    picks = []
    for entry in entries:
        right, judged = rates.get(entry.version_id, (0, 0))
        if reason := _reason(recipe, right, judged):
            left_out.add(reason, entry.slug)
        else:
            picks.append(Pick(entry))
    return picks


def _reason(recipe: RLRecipe, right: int, judged: int) -> str:
    if judged < recipe.fewest_samples:
        return "no_pass_rate"
    if right / judged <= recipe.above:
        return "too_hard"
    return "too_easy" if right / judged > recipe.at_most else ""


def pass_rates(runs: tuple[str, ...], version_ids: list[int]) -> dict[int, tuple[int, int]]:
    """Return how many of a version's samples in these runs are right and how many were judged, by version.

    A broken item is judged neither right nor wrong.
    """
    graded = Grade.objects.filter(run__slug__in=runs, is_current=True, trace__item_version__in=version_ids)
    counted = graded.order_by().values_list("trace__item_version", "outcome").annotate(Count("pk"))
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for version, outcome, count in counted:
        if outcome != Outcome.BROKEN_ITEM:
            found[version][0] += count if outcome == Outcome.CORRECT else 0
            found[version][1] += count
    return {version: (right, judged) for version, (right, judged) in found.items()}


def rows(picks: list[Pick]) -> Iterator[dict[str, Any]]:
    """Yield the rows of some picks."""
    for pick in picks:
        entry = pick.entry
        yield {**entry.facts, "prompt": list(entry.messages), "contract": entry.contract_text}
