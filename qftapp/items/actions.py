"""What an author does to sources, items and drafts; each act is one transaction and one event."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import User
from qftapp.actors.saving import check_and_save, save_and_log
from qftapp.items.content import content_of, hash_content
from qftapp.items.models import Batch, Item, ItemVersion, Source, SourceProblem
from qftapp.items.topics import TOPICS

CLASSIFICATION = ("topic", "domain_level", "operational_level", "task_type")
State = ItemVersion.State


class StaleDraft(Conflict):
    """The draft was saved elsewhere since the page was loaded; `current` is what stands there now."""

    def __init__(self, current: ItemVersion) -> None:
        super().__init__("This draft was saved elsewhere since you opened it.")
        self.current = current


def require(allowed: bool, message: str) -> None:
    """Raise PermissionDenied with the message unless allowed."""
    if not allowed:
        raise PermissionDenied(message)


def move(version: ItemVersion, to: str) -> None:
    """Set the next state, refusing a step that the life of a version does not have."""
    if to not in ItemVersion.NEXT_STATES[State(version.state)]:
        raise Conflict(f"Version {version.number} is {version.get_state_display().lower()} by now.")
    version.state = to


def require_state(version: ItemVersion, state: State) -> None:
    """Raise Conflict unless the version is in this state: asked before any permission, so that a lost race says so."""
    if version.state != state:
        is_now, needed = version.get_state_display().lower(), state.label.lower()
        raise Conflict(f"Version {version.number} is {is_now} by now, no longer {needed}.")


def lock_version(version_id: int) -> ItemVersion:
    """The version with its item, both locked until the transaction ends."""
    return ItemVersion.objects.select_for_update().select_related("item").get(pk=version_id)


@transaction.atomic
def save_source(source: Source, *, by: User) -> Source:
    """Add or change a source; raises ValidationError on unusable fields."""
    if source.pk is None:
        require(permissions.can_write_items(by), "Only authors may add sources.")
        source.added_by = by
    else:
        stored = Source.objects.select_for_update().get(pk=source.pk)
        allowed = permissions.can_change_source(by, stored)
        require(allowed, "Only the author who added a source, and reviewers, may change it.")
    save_and_log(source, by=by, verb="source")
    return source


@transaction.atomic
def save_source_problem(problem: SourceProblem, *, by: User) -> SourceProblem:
    """Add or change a problem of a source; raises ValidationError on unusable fields."""
    require(permissions.can_write_items(by), "Only authors may add source problems.")
    save_and_log(problem, by=by, verb="source_problem", locator=problem.locator)
    return problem


@transaction.atomic
def create_item(
    *,
    by: User,
    slug: str,
    classification: Mapping[str, str],
    source_problem: SourceProblem | None = None,
    content: Mapping[str, Any] | None = None,
    batch: Batch | None = None,
    is_synthetic: bool = False,
    trace: int | None = None,
) -> ItemVersion:
    """Start an item and return its first draft; it is adapted exactly if there is a source problem.

    `classification` holds the fields named in CLASSIFICATION; the domain follows from the topic. `trace` is the id of
    the trace whose reader had the idea; the log keeps it.
    Raises ValidationError on unusable fields and PermissionDenied for non-authors.
    """
    require(permissions.can_write_items(by), "Only authors may write items.")
    own = Item.Origin.SYNTHETIC if is_synthetic else Item.Origin.ORIGINAL
    origin = Item.Origin.ADAPTED if source_problem else own
    item = Item(slug=slug, origin=origin, source_problem=source_problem, batch=batch)
    _classify(item, classification)
    check_and_save(item)
    version = ItemVersion(item=item, number=1, author=by, **dict(content or {}))
    version.clean_fields()
    version.save()
    about = {"trace": trace} if trace is not None else {}
    log(by, "item.adapted" if source_problem else "item.written", item, version=version.pk, **about)
    return version


def _classify(item: Item, classification: Mapping[str, str]) -> None:
    for field in CLASSIFICATION:
        setattr(item, field, classification.get(field, ""))
    topic = TOPICS.get(item.topic)
    if topic is None:
        raise ValidationError({"topic": "Choose a topic of the list."})
    item.domain = topic.domain


@transaction.atomic
def revise(item_id: int, *, by: User) -> ItemVersion:
    """Open a new draft that starts from the approved version, or from the newest where none is approved.

    Raises Conflict while another version is open.
    """
    require(permissions.can_write_items(by), "Only authors may revise items.")
    item = Item.objects.select_for_update().get(pk=item_id)
    versions = item.versions.all()
    if versions.filter(state__in=ItemVersion.OPEN).exists():
        raise Conflict("A version of this item is open already; finish or discard that one first.")
    base = versions.filter(state=State.APPROVED).first() or versions.order_by("-number").first()
    if base is None:
        raise Conflict("This item has no version to start from.")
    number = versions.aggregate(newest=Max("number"))["newest"] + 1
    draft = ItemVersion.objects.create(item=item, number=number, author=by, **content_of(base))
    log(by, "item_version.opened", draft, base=base.number)
    return draft


@transaction.atomic
def save_draft(
    version_id: int,
    *,
    by: User,
    revision: int,
    content: Mapping[str, Any],
    classification: Mapping[str, str] | None = None,
    overwrite: bool = False,
) -> ItemVersion:
    """Store what the editor holds, whether or not it is sound yet, and count the revision up.

    Raises StaleDraft when the stored revision is another one than the editor started from, unless `overwrite` says
    that the writer has seen both texts; the text written over stays readable in the item's history.
    """
    version = lock_version(version_id)
    require_state(version, State.DRAFT)
    require(permissions.can_edit(by, version), "Only its author may change a draft.")
    if version.revision != revision:
        if not overwrite:
            raise StaleDraft(version)
        log(by, "item_version.overwritten", version, revision=version.revision, content=content_of(version))
    for field in ItemVersion.CONTENT:
        if field in content:
            setattr(version, field, content[field])
    version.revision += 1
    version.clean_fields(exclude=["contract"])
    version.save()
    if classification is not None:
        _reclassify(version.item, classification, by=by)
    return version


def _reclassify(item: Item, classification: Mapping[str, str], *, by: User) -> None:
    before = {field: getattr(item, field) for field in CLASSIFICATION}
    _classify(item, classification)
    after = {field: getattr(item, field) for field in CLASSIFICATION}
    if before != after:
        item.full_clean()
        item.save()
        log(by, "item.classified", item, before=before, after=after)


@transaction.atomic
def discard(version_id: int, *, by: User) -> ItemVersion:
    """Retire a draft that will not be finished; its text stays readable."""
    version = lock_version(version_id)
    require_state(version, State.DRAFT)
    require(permissions.can_discard(by, version), "Only its author or an administrator may discard a draft.")
    version.content_hash = hash_content(content_of(version))
    move(version, State.RETIRED)
    version.save()
    log(by, "item_version.discarded", version)
    return version
