"""The main menu: who sees which links, and the one that stands for the page."""

import re

import pytest

from qftapp.navigation import MENU
from tests.factories import UserFactory, person

pytestmark = pytest.mark.django_db

LINK = re.compile(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)</a>')


def menu(client, user, path: str = "/") -> dict[str, bool]:
    """The labels of the menu on a page, and whether each is the current one."""
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200
    shown = answer.content.decode().split('<nav aria-label="Main"')[1].split("</nav>")[0]
    return {label: bool(current) for _, current, label in LINK.findall(shown)}


def test_links_are_those_that_a_person_may_follow(client):
    everybodys = ["Items", "Sources", "Releases", "Runs", "Models", "Training", "Report"]
    assert list(menu(client, UserFactory())) == everybodys
    assert list(menu(client, person("dana"))) == [*everybodys, "Labels"]
    assert list(menu(client, person("alice"))) == [*everybodys, "Import"]


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/items/", "Items"),
        ("/traces/", "Runs"),
        ("/broken-items/", "Runs"),
        ("/prompts/", "Models"),
        ("/exports/", "Training"),
        ("/saved-reports/", "Report"),
        ("/campaigns/", "Labels"),
    ],
)
def test_page_belongs_to_one_link(client, path, label):
    found = menu(client, person("emil"), path)
    assert [name for name, is_current in found.items() if is_current] == [label]


def test_no_page_belongs_to_two_links():
    begun = [(entry.label, section) for entry in MENU for section in entry.sections]
    assert [
        (label, section)
        for label, section in begun
        for other, longer in begun
        if other != label and longer.startswith(section)
    ] == []
