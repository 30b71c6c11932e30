"""Items that stand for the paper's, which are not here: retired from the beginning, in releases of their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from qftapp.actors.models import User
from qftapp.demo.paper.aggregates import FILE, EvaluationSet, Paper
from qftapp.items.content import hash_content
from qftapp.items.models import Batch, Item, ItemVersion, Source, SourceProblem
from qftapp.releases import actions
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.verification import VERIFIER_VERSION

SOURCE = "paper-2604-18936"
TOPIC = "cross-sections-decays"
UNKNOWN = "Its topic, level and kind of task are not known either: those given here mean nothing."
CONTRACT: dict[str, Any] = {
    "schema": 1,
    "kind": "number",
    "entry_point": "placeholder",
    "symbols": [],
    "assumptions": [],
    "constant": True,
    "gold": {"language": "expression", "source": "0"},
    "labels": [],
    "equality": "value",
    "tolerance": {"kind": "exact", "value": None},
    "conventions": {},
}


@dataclass(frozen=True, slots=True)
class Placeholders:
    """A set of items that are not here: how many, of which kind."""

    slug: str
    title: str
    items: int
    level: str = ""
    is_adapted: bool = False
    stages: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, one: EvaluationSet) -> "Placeholders":
        """Those of an evaluation set."""
        return cls(one.slug, one.title, one.items, one.level, one.is_adapted, tuple(one.stages.items()))


def make(wanted: Placeholders, paper: Paper, by: User) -> list[ItemVersion]:
    """The versions of a set, approved as yet, in the order of their numbers."""
    batch = _batch(wanted, by)
    problems: list[SourceProblem | None] = [None] * wanted.items
    if wanted.is_adapted:
        source = _source(wanted, paper, by)
        problems = list(
            SourceProblem.objects.bulk_create(
                SourceProblem(
                    source=source, locator=f"Placeholder {number}", statement=_statement(wanted, number, paper)
                )
                for number in range(1, wanted.items + 1)
            )
        )
    items = Item.objects.bulk_create(
        Item(
            slug=f"paper-{wanted.slug}-{number:02d}",
            origin=Item.Origin.ADAPTED if wanted.is_adapted else Item.Origin.SYNTHETIC,
            domain="qft",
            topic=TOPIC,
            domain_level=Item.DomainLevel.GRADUATE,
            operational_level=wanted.level or Item.OperationalLevel.MEDIUM,
            task_type=Item.TaskType.DIRECT_CALCULATION,
            source_problem=problem,
            batch=batch,
        )
        for number, problem in enumerate(problems, 1)
    )
    return ItemVersion.objects.bulk_create(
        _version(item, _statement(wanted, number, paper), by) for number, item in enumerate(items, 1)
    )


def release(name: str, versions: Iterable[ItemVersion], notes: str, by: User) -> Release:
    """A frozen private release of these versions, all of them test; then they are retired."""
    listed = list(versions)
    opened = actions.create(by=by, name=name, notes=notes, is_private=True)
    ReleaseEntry.objects.bulk_create(
        ReleaseEntry(release=opened, item_version=version, split=ReleaseEntry.Split.TEST) for version in listed
    )
    frozen = actions.freeze(opened.pk, by=by)
    ItemVersion.objects.filter(pk__in=[version.pk for version in listed]).update(state=ItemVersion.State.RETIRED)
    return frozen


def _batch(wanted: Placeholders, by: User) -> Batch:
    now = timezone.now()
    return Batch.objects.create(
        slug=f"paper-{wanted.slug}",
        format=Batch.Format.AGGREGATES,
        filename=f"{FILE.name} ({wanted.title}, reconstructed)",
        payload=FILE.read_bytes(),
        size=wanted.items,
        progress=wanted.items,
        report={"arrived": [], "present": 0, "refused": [], "stages": [list(stage) for stage in wanted.stages]},
        state=Batch.State.DONE,
        started_at=now,
        finished_at=now,
        requested_by=by,
    )


def _source(wanted: Placeholders, paper: Paper, by: User) -> Source:
    return Source.objects.create(
        slug=f"{SOURCE}-{wanted.slug}",
        kind=Source.Kind.DATA_SET,
        title=f"{paper.title}: {wanted.title}",
        authors=paper.authors,
        year=2026,
        url=paper.url,
        licence=paper.licence,
        added_by=by,
    )


def _statement(wanted: Placeholders, number: int, paper: Paper) -> str:
    return (
        f"Placeholder {number} of {wanted.items} for the items of “{wanted.title}” in {paper.paper}. The item itself "
        f"is not here, and nobody can answer this one: it carries the aggregates that the paper prints. {UNKNOWN}\n"
    )


def _version(item: Item, statement: str, by: User) -> ItemVersion:
    content = {"statement": statement, "contract": CONTRACT, "solution": "None: this is a placeholder.\n"}
    content["second_solution"] = ""
    return ItemVersion(
        item=item,
        number=1,
        state=ItemVersion.State.APPROVED,
        author=by,
        content_hash=hash_content(content),
        gate={"verifier_version": VERIFIER_VERSION, "checks": [], "points": []},
        **content,
    )
