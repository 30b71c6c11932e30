"""The colour and marker of a model, the same in every figure and, as far as eight colours reach, in every report."""

from collections.abc import Sequence
from dataclasses import dataclass

from qftapp.actors.models import LanguageModel

SERIES = 8
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "triangle-down", "star", "cross")


@dataclass(frozen=True, slots=True)
class Look:
    """How a model is drawn."""

    colour: str
    symbol: str


def looks(models: Sequence[LanguageModel]) -> dict[int, Look]:
    """The look of each model by its id: its own place among eight, or the next free one where two would share it."""
    taken: dict[int, int] = {}
    for model in sorted(models, key=lambda model: model.pk):
        place = model.pk % SERIES
        while place in taken.values() and len(taken) < SERIES:
            place = (place + 1) % SERIES
        taken[model.pk] = place
    return {pk: Look(f"@series-{place + 1}", SYMBOLS[place]) for pk, place in taken.items()}
