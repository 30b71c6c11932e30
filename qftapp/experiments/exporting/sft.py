"""Rows for supervised fine-tuning: traces whose answer the verifier finds right."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from qftapp.actors.models import LanguageModel
from qftapp.experiments.exporting.entries import Entry, LeftOut
from qftapp.experiments.exporting.picks import Pick, Source, drawn, texts
from qftapp.experiments.exporting.recipes import SFTRecipe
from qftapp.experiments.exporting.soundness import verdicts
from qftapp.runs.models import Contest, Grade, Run, Trace
from qftapp.verification import Outcome

FORBIDDEN = LanguageModel.Terms.FORBIDDEN

_FIELDS = (
    "trace",
    "run__slug",
    "run__model__slug",
    "trace__sample_index",
    "trace__characters",
    "verifier_version",
    "trace__item_version",
    "trace__finish_reason",
)


def runs_of(recipe: SFTRecipe) -> QuerySet[Run]:
    """Return the runs whose traces the recipe looks at."""
    found = Run.objects.filter(slug__in=recipe.runs) if recipe.runs else Run.objects.filter(purpose=Run.Purpose.TEACH)
    return found.filter(model__slug__in=recipe.teachers) if recipe.teachers else found


def choose(recipe: SFTRecipe, entries: list[Entry], left_out: LeftOut, *, exactly: bool) -> tuple[list[Pick], int]:
    """Return the traces that the recipe takes, and how many it looked at; not `exactly`, duplicates are among them."""
    by_version = {entry.version_id: entry for entry in entries}
    looked_at = Trace.objects.filter(run__in=runs_of(recipe), item_version__in=by_version, characters__gt=0)
    size = looked_at.count()
    may_teach = looked_at.exclude(run__model__training_on_outputs=FORBIDDEN)
    taught = may_teach.count()
    left_out.add("terms", count=size - taught)
    grades = Grade.objects.filter(is_current=True, trace__in=may_teach)
    outcomes = dict(grades.order_by().values_list("outcome").annotate(Count("pk")))
    left_out.add("ungraded", count=taught - sum(outcomes.values()))
    left_out.add("not_correct", count=sum(outcomes.values()) - outcomes.get(Outcome.CORRECT, 0))
    found: dict[int, list[Source]] = defaultdict(list)
    for version, source in _usable(recipe, grades.filter(outcome=Outcome.CORRECT), by_version, left_out):
        found[version].append(source)
    picks = []
    for entry in entries:  # which are in the order of the rows
        ordered = _ordered(recipe, entry, found[entry.version_id])
        if exactly:
            ordered = list(_without_duplicates(entry, ordered, left_out))
        taken = ordered[: recipe.per_item] if recipe.per_item else ordered
        left_out.add("over_cap", entry.slug, len(ordered) - len(taken))
        picks += [Pick(entry, source) for source in sorted(taken, key=lambda each: (each.run, each.sample))]
    return picks, size


def _usable(
    recipe: SFTRecipe, correct: QuerySet[Grade], by_version: dict[int, Entry], left_out: LeftOut
) -> Iterator[tuple[int, Source]]:
    """The correct traces that nothing speaks against, each with its version."""
    doubts = Contest.objects.filter(grade=OuterRef("pk")).exclude(decision=Contest.Decision.GRADE_STANDS)
    judged = verdicts(correct.values("trace")) if recipe.soundness != "any" else {}
    rows = correct.annotate(is_contested=Exists(doubts)).order_by().values_list(*_FIELDS, "is_contested")
    for *fields, version, finish_reason, is_contested in rows.iterator(chunk_size=5_000):
        source = Source(*fields)
        reason = _reason(recipe, source, finish_reason, is_contested, judged.get(source.trace_id, ""))
        if reason:
            left_out.add(reason, by_version[version].slug)
        else:
            yield version, source


def _reason(recipe: SFTRecipe, source: Source, finish_reason: str, is_contested: bool, verdict: str) -> str:
    """Why a correct trace is left out, empty if it is not."""
    if is_contested:
        return "contested"
    if finish_reason == "length":
        return "cut_off"
    if recipe.longest and source.characters > recipe.longest:
        return "too_long"
    if recipe.soundness == "sound" and verdict != "sound":
        return "not_judged_sound"
    return "flawed" if recipe.soundness == "not_flawed" and verdict == "flawed" else ""


def _ordered(recipe: SFTRecipe, entry: Entry, sources: Iterable[Source]) -> list[Source]:
    """The traces of an item, those to take first in front."""
    drawn_by = {source.trace_id: drawn(recipe.seed, source.name(entry)) for source in sources}
    shuffled = sorted(sources, key=lambda source: drawn_by[source.trace_id])
    if recipe.prefer == "shortest":
        return sorted(shuffled, key=lambda source: source.characters)
    if recipe.prefer == "random":
        return shuffled
    turns: dict[str, int] = defaultdict(int)
    turn = {}
    for source in shuffled:
        turn[source.trace_id] = turns[source.teacher]
        turns[source.teacher] += 1
    return sorted(shuffled, key=lambda source: turn[source.trace_id])


def _without_duplicates(entry: Entry, ordered: list[Source], left_out: LeftOut) -> Iterator[Source]:
    """The traces of an item without those that say again, but for spaces and capitals, what one before them says."""
    if len(ordered) < 2:
        yield from ordered
        return
    seen = set()
    said = texts([source.trace_id for source in ordered])
    for source, (_, text) in zip(ordered, said, strict=True):
        digest = hashlib.sha256(" ".join(text.casefold().split()).encode()).digest()
        if digest in seen:
            left_out.add("duplicate", entry.slug)
        else:
            seen.add(digest)
            yield source


def rows(picks: list[Pick]) -> Iterator[dict[str, Any]]:
    """Yield the rows of some picks: the prompt, and the whole trace as its completion."""
    sources = [pick.source for pick in picks if pick.source]
    said = texts([source.trace_id for source in sources])
    for pick, source, (_, text) in zip(picks, sources, said, strict=True):
        yield {
            **pick.entry.facts,
            "trace": source.name(pick.entry),
            "sample": source.sample,
            "teacher": source.teacher,
            "prompt": list(pick.entry.messages),
            "completion": [{"role": "assistant", "content": text.strip()}],
        }
