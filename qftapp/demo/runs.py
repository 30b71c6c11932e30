"""Runs of the demo world: answers written by hand, marked as such, and graded by the real verifier."""

import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from qftapp.actors.errors import Conflict
from qftapp.actors.models import LanguageModel, User
from qftapp.items.models import ItemVersion
from qftapp.releases.models import Release
from qftapp.runs.grading.actions import request
from qftapp.runs.grading.execution import execute
from qftapp.runs.models import Run, RunItem, Trace
from qftapp.runs.words import ask_for_words

_FOLDER = Path(__file__).parent / "traces"


def described() -> list[dict[str, Any]]:
    """The runs as the files describe them: slug, notes, purpose, and traces with item, text and what ended it."""
    return [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(_FOLDER.glob("*.toml"))]


def evaluations() -> list[str]:
    """The slugs of the runs that evaluate, whose answers people read."""
    return sorted(run["slug"] for run in described() if "purpose" not in run)


def seed_runs(release: Release, by: User) -> None:
    """Make each run that is not there yet, of the approved versions that the release holds."""
    versions = {version.item.slug: version for version in _versions(release)}
    for run in described():
        if not Run.objects.filter(slug=run["slug"]).exists():
            _run(run, release, versions, by)
        _grade(run["slug"], by)


def are_seeded() -> bool:
    """Whether every run is there and graded."""
    slugs = {run["slug"] for run in described()}
    ungraded = Trace.objects.filter(run=OuterRef("pk"), grades__isnull=True)
    return Run.objects.filter(~Exists(ungraded), slug__in=slugs).count() == len(slugs)


def _grade(slug: str, by: User) -> None:
    """Grade a run, or what an interruption left ungraded of it."""
    run = Run.objects.get(slug=slug)
    with suppress(Conflict):
        execute(request(run.pk, by=by, in_background=False).pk)


def _versions(release: Release) -> list[ItemVersion]:
    return list(ItemVersion.objects.filter(release_entries__release=release).select_related("item"))


@transaction.atomic
def _run(described: dict[str, Any], release: Release, versions: dict[str, ItemVersion], by: User) -> None:
    model = LanguageModel.objects.create(
        slug=described["slug"],
        kind=LanguageModel.Kind.OPEN_WEIGHTS,
        locator="nowhere: written by hand",
        notes=described["notes"],
        added_by=by,
    )
    listed = [entry for entry in described["traces"] if entry["item"] in versions]
    counts: dict[str, int] = {}
    run = Run.objects.create(
        slug=described["slug"],
        model=model,
        purpose=described.get("purpose", Run.Purpose.EVALUATE),
        origin=Run.Origin.WRITTEN,
        release=release,
        split="train" if described.get("purpose") == Run.Purpose.TEACH else "test",
        state=Run.State.DONE,
        finished_at=timezone.now(),
        requested_by=by,
        size=len(listed),
        progress=len(listed),
        notes=described["notes"],
    )
    for entry in listed:
        sample = counts.get(entry["item"], 0)
        counts[entry["item"]] = sample + 1
        _trace(run, versions[entry["item"]], sample, entry)
    RunItem.objects.bulk_create([RunItem(run=run, item_version=versions[slug]) for slug in counts])
    Run.objects.filter(pk=run.pk).update(samples_per_item=max(counts.values(), default=1))
    ask_for_words()


def _trace(run: Run, version: ItemVersion, sample: int, entry: dict[str, Any]) -> None:
    Trace.objects.create(
        run=run,
        item_version=version,
        sample_index=sample,
        text=entry["text"].strip() + "\n",
        finish_reason=entry.get("finish_reason", "stop"),
    )
