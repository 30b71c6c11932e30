"""The demo world is finished by the next seeding, wherever the last one was interrupted."""

import pytest

from qftapp.demo import content, seeding
from qftapp.items.models import ItemVersion
from qftapp.items.reviewing import submit
from tests.factories import person

pytestmark = pytest.mark.django_db


def test_interrupted_item_is_led_to_its_state():
    described = next(item for item in content.items() if item.state == "approved" and item.source is None)
    people = {name: person(name) for name in ("alice", "bruno", "chandra")}
    seeding._draft(described, {}, people)

    seeding._item(described, {}, people)

    assert ItemVersion.objects.get().state == "approved"


def test_interrupted_review_is_approved_and_nothing_is_made_twice():
    described = next(item for item in content.items() if item.state == "approved" and item.source is None)
    people = {name: person(name) for name in ("alice", "bruno", "chandra")}
    submit(seeding._draft(described, {}, people).pk, by=people[described.author])

    seeding._item(described, {}, people)
    seeding._item(described, {}, people)

    assert [version.state for version in ItemVersion.objects.all()] == ["approved"]
