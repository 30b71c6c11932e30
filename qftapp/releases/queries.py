"""Reads of releases: their entries, what filters would add, what stands against freezing, who holds an item."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.text import get_text_list

from qftapp.items.models import Item, ItemVersion, Source, SourceProblem
from qftapp.items.queries import find
from qftapp.items.topics import TOPICS
from qftapp.releases.models import Release, ReleaseEntry

Split = ReleaseEntry.Split
_ITEM = "item_version__item"
_PROBLEM = f"{_ITEM}__source_problem"
_HEAVY = tuple(f"item_version__{field}" for field in (*ItemVersion.CONTENT, "gate"))
NAMED = 5
"""Slugs that a sentence names before it counts the rest."""


def releases() -> QuerySet[Release]:
    """All releases, newest first, without their archives, each with its `size` and the count of each split."""
    counted = {split: Count("entries", filter=Q(entries__split=split)) for split in Split.values}
    found = Release.objects.defer("archive").select_related("created_by")
    return found.annotate(size=Count("entries"), **counted).order_by("-created_at", "-pk")


def entries(release: Release) -> QuerySet[ReleaseEntry]:
    """The entries by slug, each with version, item and source."""
    related = release.entries.select_related(f"{_PROBLEM}__source", "item_version__author")
    return related.order_by(f"{_ITEM}__slug", "item_version__number")


def find_entries(release: Release, filters: Mapping[str, str]) -> QuerySet[ReleaseEntry]:
    """The entries that match the filters `q`, `split`, `topic` and `blocking`, without the texts of their versions."""
    found = entries(release).defer(*_HEAVY)
    if words := filters.get("q"):
        found = found.filter(
            Q(**{f"{_ITEM}__slug__icontains": words})
            | Q(**{f"{_PROBLEM}__source__title__icontains": words})
            | Q(item_version__statement__icontains=words)
        )
    if split := filters.get("split"):
        found = found.filter(split=split)
    if topic := filters.get("topic"):
        found = found.filter(**{f"{_ITEM}__topic": topic})
    if filters.get("blocking"):
        found = found.filter(_blocking(release))
    return found


def _blocking(release: Release) -> Q:
    """Entries that on their own stand against freezing."""
    unusable = ~Q(item_version__state=ItemVersion.State.APPROVED)
    return unusable if release.is_private else unusable | _BOUND


_BOUND = Q(**{f"{_PROBLEM}__source__may_redistribute": False})


def counts_by_split(release: Release) -> dict[str, int]:
    """How many entries each split holds, zeros included."""
    counts = dict(release.entries.order_by().values_list("split").annotate(Count("pk")))
    return {split: counts.get(split, 0) for split in Split.values}


def splits_by_source_problem(release: Release) -> dict[int, str]:
    """The split in which each source problem already stands, by its id."""
    pairs = release.entries.order_by().filter(**{f"{_PROBLEM}__isnull": False})
    return dict(pairs.values_list(_PROBLEM, "split"))


def not_redistributable(release: Release) -> list[str]:
    """Slugs of entries whose source may not be redistributed."""
    return _slugs(release.entries.filter(_BOUND))


def _slugs(found: QuerySet[ReleaseEntry]) -> list[str]:
    return list(found.order_by(f"{_ITEM}__slug").values_list(f"{_ITEM}__slug", flat=True))


@dataclass(frozen=True)
class Candidate:
    """An approved version that would enter a release, and the split it would enter."""

    version_id: int
    slug: str
    topic: str
    origin: str
    split: str

    @property
    def topic_title(self) -> str:
        """The topic in words."""
        return TOPICS[self.topic].title


@dataclass(frozen=True)
class Candidates:
    """What filters find for a release: versions to add, how many stand in it, the others' slugs with reasons."""

    addable: tuple[Candidate, ...]
    present: int
    refused: tuple[tuple[str, str], ...]


def candidates(release: Release, filters: Mapping[str, str], only: Collection[int] | None = None) -> Candidates:
    """The approved version of every item that the filters of the item list find, sorted by what adding would do.

    Human-adapted items enter as *test*, or where their source problem stands already; the others as *train*. With
    `only`, nothing but the versions of these ids is looked at.
    """
    items = find(filters).order_by().values("item")
    found = ItemVersion.objects.filter(item__in=items, state=ItemVersion.State.APPROVED).order_by("item__slug")
    if only is not None:
        found = found.filter(pk__in=only)
    source = "item__source_problem__source"
    rows = found.values_list(
        "pk", "item", "item__slug", "item__topic", "item__origin", "item__source_problem",
        f"{source}__title", f"{source}__may_redistribute",
    )  # fmt: skip
    held = dict(release.entries.order_by().values_list(_ITEM, "item_version"))
    problem_splits = splits_by_source_problem(release)
    addable, refused, present = [], [], 0
    for pk, item, slug, topic, origin, problem, title, may_redistribute in rows:
        if held.get(item) == pk:
            present += 1
        elif item in held:
            refused.append((slug, "another version of it is in the release"))
        elif may_redistribute is False and not release.is_private:
            refused.append((slug, f"{title} may not be redistributed; mark the release private to hold it"))
        else:
            own = Split.TEST if origin == Item.Origin.ADAPTED else Split.TRAIN
            addable.append(Candidate(pk, slug, topic, origin, problem_splits.get(problem, own)))
    return Candidates(tuple(addable), present, tuple(refused))


@dataclass(frozen=True)
class FreezeCheck:
    """One thing that freezing asks of a release; a `fail` stands against it, a `note` does not."""

    code: str
    title: str
    status: str
    message: str


def freeze_checks(release: Release) -> list[FreezeCheck]:
    """Everything that freezing asks, each with how it stands."""
    counts = counts_by_split(release)
    size = sum(counts.values())
    if not size:
        return [FreezeCheck("entries", "It holds entries", "fail", "Add approved items first.")]
    gone = _slugs(release.entries.exclude(item_version__state=ItemVersion.State.APPROVED))
    twice = _repeated(release, _ITEM, "pk")
    torn = _repeated(release, _PROBLEM, "split")
    bound = [] if release.is_private else not_redistributable(release)
    sources = "Private, so any source will do" if release.is_private else "Every source may be redistributed"
    return [
        FreezeCheck("entries", "It holds entries", "pass", f"{size:,} of them."),
        _check("approved", "Every version is approved", "No longer approved", gone, "Bring up to date or remove."),
        _check("versions", "One version of each item", "More than one version", twice, "Remove all but one."),
        _check("problems", "Each source problem in one split", "Same problem, two splits", torn, "Move together."),
        _check("sources", sources, "Not redistributable", bound, "Mark the release private or remove."),
        _empty_splits(counts),
    ]


def _check(code: str, title: str, fault: str, slugs: list[str], remedy: str) -> FreezeCheck:
    if not slugs:
        return FreezeCheck(code, title, "pass", "")
    return FreezeCheck(code, title, "fail", f"{fault}: {name_some(slugs)}. {remedy}")


def _empty_splits(counts: Mapping[str, int]) -> FreezeCheck:
    empty = [split.label.lower() for split in Split if not counts[split]]
    message = f"Nothing is in {get_text_list(empty, 'or')}." if empty else ""
    return FreezeCheck("splits", "Every split holds entries", "note" if empty else "pass", message)


def name_some(slugs: Iterable[str]) -> str:
    """The first few of some slugs, and how many more there are."""
    listed = list(dict.fromkeys(slugs))
    more = len(listed) - NAMED
    return ", ".join(listed[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _repeated(release: Release, group: str, counted: str) -> list[str]:
    """Slugs of the entries in groups that hold more than one distinct value."""
    grouped = release.entries.order_by().filter(**{f"{group}__isnull": False}).values(group)
    groups = grouped.annotate(distinct=Count(counted, distinct=True)).filter(distinct__gt=1).values(group)
    return _slugs(release.entries.filter(**{f"{group}__in": groups}))


def reasons_not_to_freeze(release: Release) -> list[str]:
    """Sentences that each name something to mend before the release can be frozen."""
    return [check.message for check in freeze_checks(release) if check.status == "fail"]


def holding(slug: str) -> QuerySet[ReleaseEntry]:
    """The entries that hold a version of that item, newest release first, each with its version and release."""
    found = ReleaseEntry.objects.filter(**{f"{_ITEM}__slug": slug}).select_related("release", "item_version")
    return found.defer("release__archive", *_HEAVY).order_by("-release__created_at", "-release__pk")


def hold_sources(release: Release) -> None:
    """Lock the sources of a release, so that none changes its terms until the transaction ends."""
    problems = release.entries.values("item_version__item__source_problem")
    sources = SourceProblem.objects.filter(pk__in=problems).values("source")
    list(Source.objects.select_for_update(no_key=True).filter(pk__in=sources).order_by("pk").values_list("pk"))
