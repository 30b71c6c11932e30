"""How the rows of an export are chosen and rendered: a recipe for each kind, read strictly from JSON."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from qftapp.experiments.models import Export
from qftapp.items.models import Item
from qftapp.items.topics import TOPICS
from qftapp.releases.models import ReleaseEntry
from qftapp.verification.reading import Problem, Reader

Kind = Export.Kind
SCHEMA = 1
MOST_NAMES = 500
"""Runs, teachers, topics or campaigns that a recipe may name."""

SPLITS = (ReleaseEntry.Split.TRAIN.value, ReleaseEntry.Split.VALIDATION.value)
PREFERENCES = {
    "even": "one teacher after the other, at random",
    "random": "at random",
    "shortest": "the shortest first",
}
SOUNDNESS = {
    "any": "whether or not people read them",
    "not_flawed": "unless people found them flawed",
    "sound": "only those that people found sound",
}


class RecipeError(ValueError):
    """A recipe that cannot be used; `problems` lists everything wrong with it, never empty."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{problem.path or 'recipe'}: {problem.message}" for problem in problems))


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the recipes of all kinds say. Empty tuples do not restrict; `prompt_number` 0 is the newest."""

    kind: ClassVar[str] = ""

    splits: tuple[str, ...] = ("train",)
    topics: tuple[str, ...] = ()
    domain_levels: tuple[str, ...] = ()
    operational_levels: tuple[str, ...] = ()
    prompt: str = "default"
    prompt_number: int = 0
    leave_out_near_test: bool = False
    """Whether items too near to a test entry are left out; else the export is refused because of them."""

    def to_json(self) -> dict[str, Any]:
        """Return every field as plain JSON."""
        plain = {name: list(given) if isinstance(given, tuple) else given for name, given in asdict(self).items()}
        return {"schema": SCHEMA, **plain}


@dataclass(frozen=True, slots=True)
class SFTRecipe(Recipe):
    """Verified-correct traces of some teachers or runs; without either, of all runs that teach."""

    kind: ClassVar[str] = Kind.SFT

    teachers: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    per_item: int = 4
    """Traces of one item at most; 0 takes all."""
    longest: int = 0
    """Characters of a trace at most; 0 takes any."""
    prefer: str = "even"
    soundness: str = "any"
    seed: int = 0


@dataclass(frozen=True, slots=True)
class RLRecipe(Recipe):
    """Prompts with contracts whose pass rate in some runs p is above < p ≤ at_most; without runs, all of them."""

    kind: ClassVar[str] = Kind.RL

    runs: tuple[str, ...] = ()
    above: float = 0.0
    at_most: float = 0.7
    fewest_samples: int = 1
    """Samples that an item must have before its pass rate counts."""


@dataclass(frozen=True, slots=True)
class ProcessRecipe(Recipe):
    """Steps of traces as people judged them with one taxonomy, in some campaigns or in all."""

    kind: ClassVar[str] = Kind.PROCESS

    taxonomy: str = "reasoning-errors"
    campaigns: tuple[str, ...] = ()
    fewest_people: int = 1
    until_first_error: bool = True
    """Whether a trace ends with its first wrong step; what follows from it was often not marked again."""


AnyRecipe = SFTRecipe | RLRecipe | ProcessRecipe


def read_recipe(kind: str, data: object) -> AnyRecipe:
    """Return the recipe in a JSON object; fields that are not given have their defaults.

    Raises RecipeError with every problem found; no other exception, whatever `data` is.
    """
    problems: list[Problem] = []
    reader = _StrictReader(data, "", problems)
    if reader.is_object and reader.raw("schema") not in (None, SCHEMA):
        reader.note("schema", f"must be {SCHEMA}")
    if kind not in _READERS:
        raise RecipeError([Problem("kind", f"must be one of {', '.join(_READERS)}")])
    recipe = _READERS[kind](reader)
    reader.finish()
    if problems:
        raise RecipeError(problems)
    return recipe


def _read_sft(reader: "_StrictReader") -> SFTRecipe:
    return SFTRecipe(
        **_common(reader),
        teachers=reader.names("teachers"),
        runs=reader.names("runs"),
        per_item=reader.whole("per_item", default=4, high=10_000),
        longest=reader.whole("longest", default=0, high=10**8),
        prefer=reader.choice("prefer", PREFERENCES, default="even"),
        soundness=reader.choice("soundness", SOUNDNESS, default="any"),
        seed=reader.whole("seed", default=0, high=2**31 - 1),
    )


def _read_rl(reader: "_StrictReader") -> RLRecipe:
    recipe = RLRecipe(
        **_common(reader),
        runs=reader.names("runs"),
        above=reader.share("above", default=0.0),
        at_most=reader.share("at_most", default=0.7),
        fewest_samples=reader.whole("fewest_samples", default=1, low=1, high=10_000),
    )
    if recipe.above >= recipe.at_most:
        reader.note("at_most", f"must be more than {recipe.above:g}, the rate that it begins above")
    return recipe


def _read_process(reader: "_StrictReader") -> ProcessRecipe:
    return ProcessRecipe(
        **_common(reader),
        taxonomy=reader.text("taxonomy", limit=80, lines=False) or "reasoning-errors",
        campaigns=reader.names("campaigns"),
        fewest_people=reader.whole("fewest_people", default=1, low=1, high=50),
        until_first_error=reader.flag_or("until_first_error", default=True),
    )


_READERS: dict[str, Callable[["_StrictReader"], AnyRecipe]] = {
    Kind.SFT: _read_sft,
    Kind.RL: _read_rl,
    Kind.PROCESS: _read_process,
}


def _common(reader: "_StrictReader") -> dict[str, Any]:
    """The fields of all kinds."""
    return {
        "splits": reader.several("splits", SPLITS, "a split to train on") or ("train",),
        "topics": reader.several("topics", TOPICS, "a topic"),
        "domain_levels": reader.several("domain_levels", Item.DomainLevel.values, "a level"),
        "operational_levels": reader.several("operational_levels", Item.OperationalLevel.values, "a difficulty"),
        "prompt": reader.text("prompt", limit=80, lines=False) or "default",
        "prompt_number": reader.whole("prompt_number", default=0, high=10**6),
        "leave_out_near_test": reader.flag("leave_out_near_test"),
    }


class _StrictReader(Reader):
    """Reads what recipes hold besides what contracts do; lists come out sorted, so that their order means nothing."""

    def whole(self, key: str, *, default: int, low: int = 0, high: int) -> int:
        """Return a whole number within bounds; a missing field is the default."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.note(key, f"must be a whole number from {low:,} to {high:,}")
            return default
        return value

    def share(self, key: str, *, default: float) -> float:
        """Return a number from 0 to 1; a missing field is the default."""
        value = self.number(key)
        if value is not None and not 0 <= value <= 1:
            self.note(key, "must be a share from 0 to 1")
            return default
        return default if value is None else value

    def flag_or(self, key: str, *, default: bool) -> bool:
        """Return true or false; a missing field is the default."""
        return self.flag(key) if self.raw(key) is not None else default

    def names(self, key: str) -> tuple[str, ...]:
        """Return slugs, each once."""
        return tuple(sorted(set(self.texts(key, count=MOST_NAMES, length=80))))

    def several(self, key: str, known: Any, what: str) -> tuple[str, ...]:
        """Return values of a list of known ones, each once."""
        given = self.texts(key, count=MOST_NAMES, length=80)
        for place, value in enumerate(given):
            if value not in known:
                self.note(f"{key}.{place}", f"“{value}” is not {what}")
        return tuple(sorted(set(given)))
