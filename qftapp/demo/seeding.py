"""Makes the demo world by the same acts that people perform: written, checked by the gate, reviewed, released."""

from collections.abc import Callable, Iterable

from django.contrib.auth.models import Group
from django.db import transaction

from qftapp.actors.models import User
from qftapp.demo import content, exports, jobs, labels, runs
from qftapp.demo.paper import loading as paper
from qftapp.demo.people import CAST, PASSWORD, Person
from qftapp.items import actions, reviewing
from qftapp.items.models import ItemVersion, Source, SourceProblem
from qftapp.releases import actions as release_actions
from qftapp.releases.models import Release

RELEASE = "qft-demo-1"
NEXT_RELEASE = "qft-demo-2"
State = ItemVersion.State


def seed(say: Callable[[str], None] = lambda line: None) -> None:
    """Make whatever of the demo world is not there yet; `say` is told what is being done, one line a step."""
    say("people")
    people = {person.username: _user(person) for person in CAST}
    say("a paper's tables")  # before what people wrote here, which lists show first
    paper.load(people["farah"])
    say("sources")
    sources = {source.slug: _source(source, people["alice"]) for source in content.sources()}
    items = content.items()
    for number, item in enumerate(items, 1):
        say(f"item {number} of {len(items)}: {item.slug}")
        _item(item, sources, people)
    _revision(people)
    _releases(people["farah"])
    say("runs, written by hand")
    runs.seed_runs(Release.objects.get(name=RELEASE), people["farah"])
    say("labels")
    labels.seed_labels(people)
    say("exports")
    exports.seed_exports(Release.objects.get(name=RELEASE), people["farah"])
    say("training jobs, made by hand")
    jobs.seed_jobs(people["farah"])


def is_complete() -> bool:
    """Whether the last things that `seed` makes are there."""
    return (
        Release.objects.filter(name=NEXT_RELEASE).exists()
        and paper.is_loaded()
        and runs.are_seeded()
        and labels.are_seeded()
        and exports.are_seeded()
        and jobs.are_seeded()
    )


@transaction.atomic
def _user(person: Person) -> User:
    """The person's account, made with the demo password where there is none."""
    user, is_new = User.objects.get_or_create(
        username=person.username,
        defaults={
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": f"{person.username}@example.org",
            "is_staff": person.is_admin,
            "is_superuser": person.is_admin,
        },
    )
    if is_new:
        user.set_password(PASSWORD)
        user.save()
        user.groups.set(Group.objects.filter(name__in=person.roles))
    return user


def _source(described: content.DemoSource, by: User) -> Source:
    return Source.objects.filter(slug=described.slug).first() or actions.save_source(Source(**described.fields), by=by)


def _item(described: content.DemoItem, sources: dict[str, Source], people: dict[str, User]) -> None:
    """Lead one item to the state it has in the demo world, from wherever an interruption left it."""
    author = people[described.author]
    version = ItemVersion.objects.filter(item__slug=described.slug, number=1).first() or _draft(
        described, sources, people
    )
    if described.state == State.DRAFT:
        return
    if version.state == State.DRAFT:
        version = reviewing.submit(version.pk, by=author)
    if described.state == State.REVIEW:
        return
    reviewer = people[described.reviewer]
    if version.state == State.REVIEW:
        version = reviewing.approve(version.pk, by=reviewer, content_hash=version.content_hash)
    if described.state == State.RETIRED and version.state == State.APPROVED:
        reviewing.retire([version.item_id], by=reviewer, reason="too close to a standard exercise")


@transaction.atomic
def _draft(described: content.DemoItem, sources: dict[str, Source], people: dict[str, User]) -> ItemVersion:
    """The item's first draft; where the gate will refuse it, a comment says why."""
    author = people[described.author]
    version = actions.create_item(
        by=author,
        slug=described.slug,
        classification=described.classification,
        source_problem=_problem(described, sources, author),
        content=described.content,
    )
    if described.flaw:
        reviewing.comment_on(version.pk, by=people["bruno"], text=f"The gate refuses this one: {described.flaw}")
    return version


def _problem(described: content.DemoItem, sources: dict[str, Source], by: User) -> SourceProblem | None:
    if described.source is None:
        return None
    source = sources[described.source]
    found = SourceProblem.objects.filter(source=source, locator=described.locator).first()
    return found or actions.save_source_problem(
        SourceProblem(source=source, locator=described.locator, statement=described.source_statement), by=by
    )


@transaction.atomic
def _revision(people: dict[str, User]) -> None:
    """One approved item gets a second version in review, so that a reviewer has something to compare."""
    approved = ItemVersion.objects.filter(state=State.APPROVED, author=people["alice"]).order_by("item")
    base = approved.first()
    if base is None or base.item.versions.count() > 1:
        return
    draft = actions.revise(base.item_id, by=people["alice"])
    better = base.statement.rstrip() + "\n\nGive the exact result, not an expansion.\n"
    actions.save_draft(draft.pk, by=people["alice"], revision=draft.revision, content={"statement": better})
    reviewing.submit(draft.pk, by=people["alice"])


@transaction.atomic
def _releases(engineer: User) -> None:
    """One frozen private release with everything approved, and an open public one to go on with."""
    if not Release.objects.filter(name=RELEASE).exists():
        first = release_actions.create(
            by=engineer, name=RELEASE, notes="Everything approved so far, for use in the house.", is_private=True
        )
        release_actions.add_approved(first.pk, by=engineer, filters={})
        release_actions.assign_splits(first.pk, by=engineer, shares={"train": 0.7, "validation": 0.1, "test": 0.2})
        release_actions.freeze(first.pk, by=engineer)
    if not Release.objects.filter(name=NEXT_RELEASE).exists():
        second = release_actions.create(by=engineer, name=NEXT_RELEASE, notes="What may leave the house.")
        release_actions.add_approved(second.pk, by=engineer, filters={"domain": "qft"})


def logins() -> Iterable[tuple[str, str]]:
    """Each demo user that exists, with the roles to show beside the name."""
    here = set(
        User.objects.filter(username__in=[person.username for person in CAST]).values_list("username", flat=True)
    )
    for person in CAST:
        if person.username in here:
            yield person.username, "everything" if person.is_admin else ", ".join(person.roles)
