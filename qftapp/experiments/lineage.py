"""Where a model comes from, down to the people and sources of its items; and which models an item has trained."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum

from qftapp.actors.models import LanguageModel
from qftapp.experiments.models import Checkpoint, Export, ExportItem, TrainingJob
from qftapp.items.models import Item, Review


@dataclass(frozen=True)
class Stage:
    """One training on the way to a model: the checkpoint, with the job that wrote it."""

    checkpoint: Checkpoint

    @property
    def job(self) -> TrainingJob:
        """The job that wrote the checkpoint."""
        return self.checkpoint.job

    @property
    def export(self) -> Export:
        """What it was trained on."""
        return self.job.export


@dataclass(frozen=True)
class Part:
    """One version in an export: how many rows it has there, who wrote and approved it, where it comes from."""

    entry: ExportItem
    reviewers: tuple[str, ...]

    @property
    def json(self) -> dict[str, Any]:
        """The part as a program reads it."""
        version, item = self.entry.item_version, self.entry.item_version.item
        problem = item.source_problem
        return {
            "item": item.slug,
            "version": version.number,
            "rows": self.entry.rows,
            "origin": item.origin,
            "author": version.author.username,
            "reviewers": list(self.reviewers),
            "source": problem and {
                "slug": problem.source.slug,
                "title": problem.source.title,
                "problem": problem.locator,
                "licence": problem.source.licence,
                "may_redistribute": problem.source.may_redistribute,
            },
        }  # fmt: skip


@dataclass(frozen=True)
class Sums:
    """An export in numbers: versions and rows, people, and sources with their licences."""

    versions: int
    rows: int
    authors: list[tuple[str, int]]
    reviewers: list[tuple[str, int]]
    sources: list[dict[str, Any]]
    """Each with slug, title, licence, may_redistribute and how many versions come from it."""
    original: int
    """Versions of items that come from no source."""


def stages(model: LanguageModel) -> list[Stage]:
    """The trainings that led to a model, the last one first; none where no job of ours made it."""
    found, current = [], model
    while checkpoint := _checkpoint_of(current):
        found.append(Stage(checkpoint))
        current = checkpoint.job.base
    return found


def _checkpoint_of(model: LanguageModel) -> Checkpoint | None:
    related = Checkpoint.objects.select_related("model", "job__base", "job__export__release", "job__requested_by")
    return related.defer("job__export__release__archive").filter(model=model).first()


def origin_of(model: LanguageModel) -> LanguageModel:
    """The model at the beginning, which no job of ours made."""
    found = stages(model)
    return found[-1].job.base if found else model


def entries_of(export: Export) -> Any:
    """The versions of an export by slug, with their items, authors and sources."""
    related = export.items.select_related("item_version__item__source_problem__source", "item_version__author")
    unread = ("statement", "contract", "solution", "second_solution", "gate")
    return related.defer(*(f"item_version__{name}" for name in unread)).order_by("item_version__item__slug")


def parts(entries: list[ExportItem]) -> list[Part]:
    """These versions with who approved them."""
    reviewers: dict[int, list[str]] = defaultdict(list)
    approved = Review.objects.filter(
        version__in=[entry.item_version_id for entry in entries], verdict=Review.Verdict.APPROVE
    )
    for version, name in approved.order_by("pk").values_list("version", "reviewer__username"):
        if name not in reviewers[version]:
            reviewers[version].append(name)
    return [Part(entry, tuple(reviewers[entry.item_version_id])) for entry in entries]


def sums(export: Export) -> Sums:
    """An export in numbers, counted in the database."""
    entries = export.items.order_by()
    counted = entries.aggregate(versions=Count("pk"), rows=Sum("rows", default=0))
    approving = Review.objects.filter(verdict=Review.Verdict.APPROVE, version__export_items__export=export).order_by()
    source = "item_version__item__source_problem__source"
    names = ("slug", "title", "licence", "may_redistribute")
    rows = entries.filter(**{f"{source}__isnull": False}).values_list(*(f"{source}__{name}" for name in names))
    sources = [
        dict(zip((*names, "versions"), row, strict=True))
        for row in rows.annotate(versions=Count("pk")).order_by("-versions", f"{source}__slug")
    ]
    return Sums(
        **counted,
        authors=_most_first(entries.values_list("item_version__author__username", flat=True)),
        reviewers=_most_first(approving.values_list("reviewer__username", flat=True)),
        sources=sources,
        original=counted["versions"] - sum(row["versions"] for row in sources),
    )


def _most_first(names: Any) -> list[tuple[str, int]]:
    return Counter(names).most_common()


def as_json(model: LanguageModel) -> dict[str, Any]:
    """All of a model's lineage, version by version, as a program reads it."""
    return {
        "model": model.slug,
        "begins_with": origin_of(model).slug,
        "stages": [_stage_json(stage) for stage in stages(model)],
    }


def _stage_json(stage: Stage) -> dict[str, Any]:
    job, export = stage.job, stage.export
    return {
        "checkpoint": {
            "model": stage.checkpoint.model.slug,
            "step": stage.checkpoint.step,
            "locator": stage.checkpoint.model.locator,
            "sha256": stage.checkpoint.sha256,
        },
        "job": {"slug": job.slug, "method": job.method, "config": job.config, "base": job.base.slug},
        "export": {"slug": export.slug, "kind": export.kind, "sha256": export.sha256, "recipe": export.recipe},
        "release": {"name": export.release.name, "sha256": export.release.sha256},
        "versions": [part.json for part in parts(list(entries_of(export)))],
    }


@dataclass(frozen=True)
class Trained:
    """A model that was trained on an item, in the last training or in one before it."""

    checkpoint: Checkpoint
    entry: ExportItem
    is_direct: bool

    @property
    def json(self) -> dict[str, Any]:
        """The fact as a program reads it."""
        return {
            "model": self.checkpoint.model.slug,
            "job": self.checkpoint.job.slug,
            "step": self.checkpoint.step,
            "export": self.entry.export.slug,
            "version": self.entry.item_version.number,
            "rows": self.entry.rows,
            "is_direct": self.is_direct,
        }


def trained_on(item: Item) -> list[Trained]:
    """Every checkpoint that has seen an item, in its own training or in its base's, in the order they were made."""
    entries = ExportItem.objects.filter(item_version__item=item).select_related("export", "item_version")
    found: dict[tuple[int, int], Trained] = {}
    for entry in entries.order_by("export", "item_version__number"):
        for checkpoint, is_direct in _descendants(entry.export):
            found.setdefault((checkpoint.pk, entry.pk), Trained(checkpoint, entry, is_direct))
    return sorted(found.values(), key=lambda trained: (trained.checkpoint.pk, trained.entry.pk))


def _descendants(export: Export) -> Iterator[tuple[Checkpoint, bool]]:
    """The checkpoints of jobs on an export, then of jobs that went on from them, and so on."""
    related = Checkpoint.objects.select_related("model", "job")
    of_export = list(related.filter(job__export=export))
    level, is_direct = of_export, True
    while level:
        yield from ((checkpoint, is_direct) for checkpoint in level)
        level, is_direct = list(related.filter(job__base__in=[checkpoint.model_id for checkpoint in level])), False


def exports_with(item: Item) -> list[ExportItem]:
    """The done exports that hold the item, newest first."""
    entries = ExportItem.objects.filter(item_version__item=item, export__state=Export.State.DONE)
    return list(entries.select_related("export", "item_version").order_by("-export__requested_at", "-pk"))


def item_as_json(item: Item) -> dict[str, Any]:
    """Every export and model that an item stands in, as a program reads it."""
    exports = [
        {"slug": entry.export.slug, "kind": entry.export.kind, "version": entry.item_version.number, "rows": entry.rows}
        for entry in exports_with(item)
    ]
    return {"item": item.slug, "exports": exports, "models": [trained.json for trained in trained_on(item)]}
