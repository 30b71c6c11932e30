"""Sources and their problems: added, changed by whom, with what history, under which slug."""

import html

import pytest

from qftapp.actors.events import history
from qftapp.items.models import Source, SourceProblem
from tests.factories import SourceFactory, SourceProblemFactory, person

pytestmark = pytest.mark.django_db

SOURCE = {
    "slug": "lectures",
    "title": "Lectures",
    "kind": "lecture",
    "authors": "",
    "year": "",
    "url": "",
    "licence": "",
}


def text_of(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def author(client):
    client.force_login(person("alice"))
    return client


def test_author_adds_a_source_and_its_first_problem(author):
    assert author.post("/sources/new/", SOURCE)["Location"] == "/sources/lectures/"
    response = author.post("/sources/lectures/problems/new/", {"locator": "Sheet 1", "statement": "Find $x$."})

    problem = SourceProblem.objects.get()
    assert response["Location"] == problem.get_absolute_url()
    assert "Find" in text_of(author.get(response["Location"]))
    assert "Sheet 1" in text_of(author.get("/sources/lectures/"))


def test_source_and_problem_are_changed(author):
    problem = SourceProblemFactory(source__slug="lectures", source__added_by=person("alice"))

    author.post("/sources/lectures/edit/", SOURCE | {"title": "Lectures, revised"})
    author.post(f"/sources/lectures/problems/{problem.pk}/edit/", {"locator": "Sheet 2", "statement": "New."})

    problem.refresh_from_db()
    assert (Source.objects.get().title, problem.locator) == ("Lectures, revised", "Sheet 2")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"slug": "new"}, "slug"),
        ({"slug": "taken"}, "slug"),
        ({"slug": "-"}, "slug"),
        ({"slug": "", "title": "Физика", "authors": ""}, "slug"),
        ({"title": ""}, "title"),
        ({"year": "1066"}, "year"),
        ({"title": "\0"}, "title"),
    ],
)
def test_unusable_source_stays_on_its_form(author, given, field):
    SourceFactory(slug="taken")

    response = author.post("/sources/new/", SOURCE | given)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_locator_that_is_taken_stays_on_its_form(author):
    problem = SourceProblemFactory(source__slug="lectures", locator="Sheet 1")

    response = author.post("/sources/lectures/problems/new/", {"locator": "Sheet 1", "statement": "Mine."})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["locator"]
    assert author.post(f"{problem.get_absolute_url()}edit/", {"locator": "Sheet 1"}).status_code == 302


def test_sources_are_searched(author):
    SourceFactory(title="Gauge theories")
    SourceFactory(title="Cosmology")

    assert [source.title for source in author.get("/sources/?q=gauge").context["page"]] == ["Gauge theories"]
    assert author.get("/sources/?q=%00").status_code == 200


@pytest.mark.parametrize("name", ["alice", "bruno", "chandra"])
def test_source_is_changed_by_who_added_it_and_by_reviewers(client, name):
    SourceFactory(slug="lectures", added_by=person("alice"))
    client.force_login(person(name))

    assert client.post("/sources/lectures/edit/", SOURCE | {"title": "Revised"}).status_code == 302
    assert "changed" in text_of(client.get(Source.objects.get().get_absolute_url()))


def test_source_of_another_author_is_not_changed(author):
    SourceFactory(slug="lectures", added_by=person("bruno"), title="As it was")

    assert author.post("/sources/lectures/edit/", SOURCE).status_code == 403
    assert "/edit/" not in text_of(author.get("/sources/lectures/"))
    assert Source.objects.get().title == "As it was"


def test_every_change_of_a_source_stands_in_its_history(author):
    author.post("/sources/new/", SOURCE)
    source = Source.objects.get()
    author.post(f"{source.get_absolute_url()}edit/", SOURCE | {"title": "Revised", "year": "1999"})
    author.post(f"{source.get_absolute_url()}edit/", SOURCE | {"title": "Revised", "year": "1999"})

    events = list(history([source]))
    assert [event.verb for event in events] == ["source.changed", "source.added"]
    assert set(events[0].data["before"]) == {"title", "year"}
    assert "changed title, year" in text_of(author.get(source.get_absolute_url()))


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ({"authors": "M. E. Peskin and D. V. Schroeder", "year": "1995"}, "peskin-1995-an-introduction"),
        ({"authors": "Peskin, Michael", "year": ""}, "peskin-an-introduction"),
        ({"authors": ""}, "1995-an-introduction"),
        ({"authors": "Taken", "year": "", "title": "T"}, "taken-t-2"),
    ],
)
def test_slug_left_empty_follows_from_author_year_and_title(author, given, slug):
    SourceFactory(slug="taken-t")

    author.post("/sources/new/", {"title": "An introduction", "kind": "book", "year": "1995", "slug": ""} | given)

    assert Source.objects.filter(slug=slug).exists()


def test_terms_that_contradict_each_other_are_remarked(author):
    SourceFactory(slug="lectures", added_by=person("alice"), licence="All rights reserved", may_redistribute=True)

    for address in ("/sources/lectures/", "/sources/lectures/edit/"):
        assert "make sure that there is a permission" in text_of(author.get(address))


@pytest.mark.parametrize("field", ["title", "authors", "licence"])
def test_character_that_cannot_be_seen_is_refused_where_it_stands(author, field):
    response = author.post("/sources/new/", SOURCE | {field: "ab\u200bc"})

    (message,) = response.context["form"].errors[field]
    assert message == "Take out the invisible character U+200B ZERO WIDTH SPACE in line 1 after “ab”."


def test_text_areas_send_carriage_returns_and_none_is_kept(author):
    source = SourceFactory(slug="lectures")

    sent = {"locator": "1", "statement": "Find\r\nit.", "solution": "a\rb"}
    author.post("/sources/lectures/problems/new/", sent)

    problem = source.problems.get()
    assert (problem.statement, problem.solution) == ("Find\nit.", "a\nb")
