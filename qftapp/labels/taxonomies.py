"""Writing taxonomies: a draft, its categories, its publication; what became of a category in a later number."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import User
from qftapp.actors.saving import check_and_save
from qftapp.labels.models import ErrorCategory, Taxonomy

MOST_CATEGORIES = 200


@dataclass(frozen=True, slots=True)
class Described:
    """A category as it is written: `parent` is the code of the one above it, `replaces` codes of the number before."""

    code: str
    name: str
    definition: str
    example: str = ""
    hotkey: str = ""
    parent: str = ""
    replaces: tuple[str, ...] = ()


@transaction.atomic
def begin(*, by: User, slug: str, title: str) -> Taxonomy:
    """Start the next number of a taxonomy as a copy of the last one, or the first of a new one, as a draft.

    Raises Conflict where a draft of it is being written already.
    """
    _require_adjudicator(by)
    last = Taxonomy.objects.filter(slug=slug).order_by("-number").first()
    if last and not last.is_published:
        raise Conflict(f"Number {last.number} is still a draft; publish or change that one.")
    draft = Taxonomy(
        slug=slug,
        number=last.number + 1 if last else 1,
        title=title,
        guide=last.guide if last else "",
        previous=last,
        created_by=by,
    )
    check_and_save(draft)
    if last:
        _write(draft, [replace(each, replaces=(each.code,)) for each in described(last)])
    log(by, "taxonomy.begun", draft)
    return draft


def described(taxonomy: Taxonomy) -> list[Described]:
    """Return the categories of a number as they are written, in their order."""
    return [
        Described(
            category.code,
            category.name,
            category.definition,
            category.example,
            category.hotkey,
            category.parent.code if category.parent else "",
            tuple(before.code for before in category.replaces.all()),
        )
        for category in taxonomy.categories.select_related("parent").prefetch_related("replaces")
    ]


def text_of(title: str, guide: str, categories: Sequence[Described]) -> str:
    """Return a number as one text, by which two wordings are told apart and compared."""
    lines = [title, "", guide, ""]
    for each in categories:
        facts = (f"key {each.hotkey}", f"below {each.parent}", f"replaces {', '.join(each.replaces)}")
        given = [fact for fact, value in zip(facts, (each.hotkey, each.parent, each.replaces), strict=True) if value]
        lines += [f"{each.name} ({'; '.join([each.code, *given])})", each.definition, each.example, ""]
    return "\n".join(lines)


def fingerprint(taxonomy: Taxonomy) -> str:
    """Return what changes whenever a number is written anew."""
    text = text_of(taxonomy.title, taxonomy.guide, described(taxonomy))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def save(
    taxonomy_id: int, *, by: User, title: str, guide: str, categories: Sequence[Described], seen: str = ""
) -> Taxonomy:
    """Rewrite a draft with its categories, in this order.

    Raises ValidationError naming the category at fault, and Conflict once it is published, or where somebody has
    written it since it had the fingerprint `seen`.
    """
    draft = _draft(taxonomy_id, by)
    if seen and seen != fingerprint(draft):
        raise Conflict("Somebody else has saved this draft since you opened it.")
    draft.title, draft.guide = title, guide
    draft.full_clean(validate_constraints=False)
    draft.save()
    _write(draft, categories)
    return draft


@transaction.atomic
def publish(taxonomy_id: int, *, by: User) -> Taxonomy:
    """Make a draft the number that campaigns take; it never changes from now on.

    Raises ValidationError where it has no category, or where one of the number before that people have used would lead
    nowhere.
    """
    draft = _draft(taxonomy_id, by)
    if not draft.categories.exists():
        raise ValidationError("A taxonomy needs a category.")
    if lost := lost_codes(draft):
        raise ValidationError(f"Say which category replaces {', '.join(lost)}: marks of that kind exist.")
    draft.published_at = timezone.now()
    draft.save()
    log(by, "taxonomy.published", draft)
    return draft


def lost_codes(draft: Taxonomy) -> list[str]:
    """Return the codes of the number before that have marks and that nothing replaces."""
    if draft.previous is None:
        return []
    replaced = draft.categories.filter(replaces__isnull=False).values("replaces")
    used = draft.previous.categories.filter(marks__isnull=False).exclude(pk__in=replaced).distinct()
    return list(used.values_list("code", flat=True))


def _require_adjudicator(by: User) -> None:
    if not permissions.can_adjudicate(by):
        raise PermissionDenied("Only adjudicators write taxonomies.")


def _draft(taxonomy_id: int, by: User) -> Taxonomy:
    _require_adjudicator(by)
    draft = Taxonomy.objects.select_for_update().get(pk=taxonomy_id)
    if draft.is_published:
        raise Conflict("This number is published and stands; write the next one.")
    return draft


def _write(draft: Taxonomy, categories: Sequence[Described]) -> None:
    """Put these categories in place of those of a draft; raises ValidationError."""
    if len(categories) > MOST_CATEGORIES:
        raise ValidationError(f"A taxonomy takes at most {MOST_CATEGORIES} categories.")
    before = {each.code: each for each in draft.previous.categories.all()} if draft.previous else {}
    draft.categories.all().delete()
    written: dict[str, ErrorCategory] = {}
    for position, described in enumerate(categories):
        try:
            written[described.code] = _category(draft, described, position, written, before)
        except ValidationError as error:
            name = described.name or described.code or f"Category {position + 1}"
            raise ValidationError(f"{name}: {' '.join(error.messages)}") from None


def _category(
    draft: Taxonomy,
    described: Described,
    position: int,
    written: Mapping[str, ErrorCategory],
    before: Mapping[str, ErrorCategory],
) -> ErrorCategory:
    if described.parent and described.parent not in written:
        raise ValidationError(f"Put “{described.parent}” before what is below it.")
    parent = written.get(described.parent)
    if parent and parent.parent_id:
        raise ValidationError("Categories have two levels, no more.")
    if unknown := [code for code in described.replaces if code not in before]:
        raise ValidationError(f"The number before has no “{unknown[0]}”.")
    category = ErrorCategory(
        taxonomy=draft,
        parent=parent,
        code=described.code,
        name=described.name,
        definition=described.definition,
        example=described.example,
        hotkey=described.hotkey,
        position=position,
    )
    category.full_clean()
    category.save()
    category.replaces.set([before[code] for code in described.replaces])
    return category


def translation(old: Taxonomy, new: Taxonomy) -> dict[int, int]:
    """Return, for the categories of an older number by id, the ids of those that replace them in a later one.

    A category that nothing replaces on the way is left out; of several the first by position counts.
    Raises ValueError where `new` does not follow from `old`.
    """
    if old.slug != new.slug or old.number > new.number:
        raise ValueError(f"{new} does not follow from {old}")
    found = replacements(new)
    return {pk: found[pk] for pk in old.categories.values_list("pk", flat=True) if pk in found}


def replacements(new: Taxonomy) -> dict[int, int]:
    """Return such ids for the categories of all numbers up to this one, whose own stand for themselves."""
    categories = ErrorCategory.objects.filter(taxonomy__slug=new.slug, taxonomy__number__lte=new.number)
    rows = categories.order_by("-taxonomy__number", "position").values_list("pk", "taxonomy", "replaces")
    found = {pk: pk for pk, taxonomy, _ in rows if taxonomy == new.pk}
    for after, _, before in rows:
        if before and after in found:
            found.setdefault(before, found[after])
    return found
