"""Who may do what, asked for the whole cast."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from qftapp.actors import permissions
from qftapp.actors.models import User
from tests.factories import CAST, UserFactory, person

pytestmark = pytest.mark.django_db

ADMINISTRATOR = "adam"


def everybody():
    """The cast and an administrator, by name."""
    people = {name: person(name) for name in CAST}
    administrator = User.objects.filter(username=ADMINISTRATOR).first()
    people[ADMINISTRATOR] = administrator or UserFactory(username=ADMINISTRATOR, is_superuser=True)
    return people


def allowed(predicate, *, state=None, author="alice"):
    """The names of those whom a predicate lets pass; with a state, of a version by that author."""
    people = everybody()
    version = SimpleNamespace(state=state, author_id=people[author].pk) if state else None
    arguments = (version,) if version else ()
    return {name for name, user in people.items() if predicate(user, *arguments)}


@pytest.mark.parametrize(
    ("predicate", "names"),
    [
        (permissions.can_write_items, {"alice", "bruno", ADMINISTRATOR}),
        (permissions.can_retire, {"bruno", "chandra", ADMINISTRATOR}),
        (permissions.can_release, {"farah", ADMINISTRATOR}),
    ],
)
def test_roles_decide_who_may_write_retire_and_release(predicate, names):
    assert allowed(predicate) == names


@pytest.mark.parametrize(("adder", "names"), [("alice", {"alice"}), (None, set())])
def test_source_is_changed_by_its_adder_and_by_reviewers(adder, names):
    source = SimpleNamespace(added_by_id=person(adder).pk if adder else None)

    allowed = {name for name, user in everybody().items() if permissions.can_change_source(user, source)}

    assert allowed == names | {"bruno", "chandra", ADMINISTRATOR}


@pytest.mark.parametrize(
    ("predicate", "state", "names"),
    [
        (permissions.can_edit, "draft", {"alice"}),
        (permissions.can_submit, "draft", {"alice"}),
        (permissions.can_discard, "draft", {"alice", ADMINISTRATOR}),
        (permissions.can_withdraw, "review", {"alice", ADMINISTRATOR}),
        (permissions.can_review, "review", {"bruno", "chandra", ADMINISTRATOR}),
    ],
)
def test_state_and_authorship_decide_what_may_be_done_to_a_version(predicate, state, names):
    assert allowed(predicate, state=state) == names
    for other in {"draft", "review", "approved", "retired"} - {state}:
        assert allowed(predicate, state=other) == set()


def test_reviewer_may_not_review_own_version():
    assert allowed(permissions.can_review, state="review", author="bruno") == {"chandra", ADMINISTRATOR}


def test_administrator_may_not_review_own_version_either():
    assert allowed(permissions.can_review, state="review", author=ADMINISTRATOR) == {"bruno", "chandra"}


def test_inactive_person_has_no_role():
    person("chandra")
    left = UserFactory(roles=(permissions.REVIEWER,), is_active=False)

    assert not permissions.has_role(left, permissions.REVIEWER)


def test_nobody_who_is_not_logged_in_has_a_role():
    assert not permissions.has_role(AnonymousUser(), permissions.AUTHOR)


def test_roles_are_read_once_for_a_page(django_assert_num_queries):
    bruno = person("bruno")

    with django_assert_num_queries(1):
        assert permissions.can_write_items(bruno)
        assert permissions.can_retire(bruno)
        assert not permissions.can_release(bruno)
