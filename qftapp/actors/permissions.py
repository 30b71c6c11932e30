"""Who may do what: plain predicates that pages, actions, commands and tests all ask."""

from typing import Protocol

from qftapp.actors.models import User


class Version(Protocol):
    """What a permission needs to know of an item version."""

    state: str
    author_id: int


class Added(Protocol):
    """What a permission needs to know of a source."""

    added_by_id: int | None


AUTHOR = "author"
REVIEWER = "reviewer"
ANNOTATOR = "annotator"
ADJUDICATOR = "adjudicator"
ENGINEER = "engineer"
ROLES = (AUTHOR, REVIEWER, ANNOTATOR, ADJUDICATOR, ENGINEER)


def has_role(user: User, role: str) -> bool:
    """Whether the user belongs to the group of that role; administrators have every role."""
    if not user.is_authenticated or not user.is_active:
        return False
    return user.is_superuser or role in roles_of(user)


def roles_of(user: User) -> frozenset[str]:
    """The user's roles; read once for a loaded user, since a page asks many times."""
    known: frozenset[str] | None = user.__dict__.get("_roles")
    if known is None:
        known = frozenset(user.groups.filter(name__in=ROLES).values_list("name", flat=True))
        user.__dict__["_roles"] = known
    return known


def can_write_items(user: User) -> bool:
    """May add sources and items, and import them."""
    return has_role(user, AUTHOR)


def can_change_source(user: User, source: Added) -> bool:
    """May rewrite this source: the author who added it, and reviewers, since others' items cite it and depend on it."""
    return has_role(user, REVIEWER) or (can_write_items(user) and source.added_by_id == user.pk)


def can_edit(user: User, version: Version) -> bool:
    """May change this draft: its author alone, so that the author named is the one who wrote it."""
    return version.state == "draft" and version.author_id == user.pk


def can_submit(user: User, version: Version) -> bool:
    """May send this draft to review."""
    return can_edit(user, version)


def can_discard(user: User, version: Version) -> bool:
    """May give this draft up: its author, or an administrator who clears the way for a new one."""
    return version.state == "draft" and (version.author_id == user.pk or user.is_superuser)


def can_withdraw(user: User, version: Version) -> bool:
    """May take this version back from review into a draft."""
    return version.state == "review" and (version.author_id == user.pk or user.is_superuser)


def can_review(user: User, version: Version) -> bool:
    """May judge this version: a reviewer who did not write it. Administrators are no exception."""
    return version.state == "review" and has_role(user, REVIEWER) and version.author_id != user.pk


def can_retire(user: User) -> bool:
    """May take approved items out of circulation."""
    return has_role(user, REVIEWER)


def can_release(user: User) -> bool:
    """May compose and freeze releases."""
    return has_role(user, ENGINEER)


def can_run(user: User) -> bool:
    """May register language models, write prompts, start, cancel and import runs, and grade them."""
    return has_role(user, ENGINEER)


def can_contest(user: User) -> bool:
    """May say that a grade is wrong: whoever has a role."""
    return any(has_role(user, role) for role in ROLES)


def can_settle(user: User) -> bool:
    """May decide what becomes of a contested grade."""
    return has_role(user, REVIEWER) or has_role(user, ADJUDICATOR)


def can_annotate(user: User) -> bool:
    """May label traces."""
    return has_role(user, ANNOTATOR) or has_role(user, ADJUDICATOR)


def can_adjudicate(user: User) -> bool:
    """May write taxonomies, lead campaigns, see everybody's annotations and settle their differences."""
    return has_role(user, ADJUDICATOR)


def can_export_labels(user: User) -> bool:
    """May take everybody's annotations out as a file: adjudicators, and engineers, who train on them."""
    return can_adjudicate(user) or has_role(user, ENGINEER)


def can_train(user: User) -> bool:
    """May make exports and ask for training jobs; a worker's token is an engineer's."""
    return has_role(user, ENGINEER)
