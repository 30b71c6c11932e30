"""Frozen releases of items that differ, with traces, for tests of exports; the items are those of the demo world."""

import gzip
from typing import Any

import orjson
import pytest

from qftapp.demo import content
from qftapp.experiments.exporting import actions, building
from qftapp.experiments.exporting.recipes import AnyRecipe, RLRecipe, SFTRecipe
from qftapp.experiments.models import Export
from qftapp.items.models import ItemVersion
from qftapp.releases import actions as release_actions
from qftapp.releases.models import Release
from qftapp.runs.models import Run, Trace
from tests.factories import (
    GradeFactory,
    ItemFactory,
    ItemVersionFactory,
    ReleaseEntryFactory,
    ReleaseFactory,
    RunFactory,
    TraceFactory,
    default_prompt,
    person,
)

RIGHT = "<think>Two-body phase space.</think>\n\nIt is $\\boxed{1}$, sample %d."
DESCRIBED = [item for item in content.items() if item.state == "approved"]


@pytest.fixture(autouse=True)
def files_folder(settings, tmp_path) -> None:
    """A folder for files of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"


def version(place: int, content: dict[str, Any] | None = None, **item: Any) -> ItemVersion:
    """The demo world's item at a place as an approved version, with that content in place of its own.

    Items of other places differ from it in all they say.
    """
    described = DESCRIBED[place]
    fields = {"slug": described.slug, **described.classification} | item
    return ItemVersionFactory(item=ItemFactory(**fields), state="approved", **(described.content | (content or {})))


def release_of(*train: ItemVersion, test: tuple[ItemVersion, ...] = (), name: str = "", **given: Any) -> Release:
    """A frozen release with these versions in train and those in test."""
    opened = ReleaseFactory(**({"name": name} if name else {}), **given)
    for split, versions in (("train", train), ("test", test)):
        for each in versions:
            ReleaseEntryFactory(release=opened, item_version=each, split=split)
    return release_actions.freeze(opened.pk, by=person("farah"))


def answered(
    run: Run, each: ItemVersion, *outcomes: str, text: str = RIGHT, first: int = 0, **given: Any
) -> list[Trace]:
    """Graded traces of a version in a run, one for each outcome; no outcome leaves one ungraded."""
    made = []
    for sample, outcome in enumerate(outcomes, first):
        said = text % sample if "%d" in text else text
        trace = TraceFactory(run=run, item_version=each, sample_index=sample, text=said, **given)
        if outcome:
            GradeFactory(trace=trace, outcome=outcome)
        made.append(trace)
    return made


def teacher(slug: str = "teacher", **model: Any) -> Run:
    """A run that teaches, of a model of the same name."""
    return RunFactory(slug=slug, model__slug=slug, purpose="teach", **{f"model__{k}": v for k, v in model.items()})


def ask(release: Release, recipe: AnyRecipe, **given: Any) -> Export:
    """An export that farah asks for and nobody makes yet."""
    default_prompt()
    return actions.ask(by=person("farah"), release=release, recipe=recipe, in_background=False, **given)


def export_of(release: Release, recipe: AnyRecipe, **given: Any) -> Export:
    """An export as it stands once the worker has been at it."""
    asked = ask(release, recipe, **given)
    building.execute(asked.pk)
    return Export.objects.get(pk=asked.pk)


def rows_of(export: Export) -> list[dict[str, Any]]:
    """The rows of an export that is done."""
    with export.file.open("rb") as file:
        return [orjson.loads(line) for line in gzip.decompress(file.read()).splitlines()]


def left_out(export: Export) -> dict[str, int]:
    """How many were left out for each reason."""
    return {each["reason"]: each["count"] for each in export.report["left_out"]}


def rl_export(**given: Any) -> Export:
    """An export of two prompts with contracts."""
    return export_of(release_of(version(0), version(1)), RLRecipe(), **given)


def sft_export(**given: Any) -> Export:
    """An export of three traces of two items."""
    first, second = version(0), version(1)
    run = teacher()
    answered(run, first, "correct", "wrong", "correct")
    answered(run, second, "correct")
    return export_of(release_of(first, second), SFTRecipe(), **given)
