"""The list of items: filters, search, sorting, pages, twins, retirement in bulk, and as many queries for any number."""

import csv
import io

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qftapp.items import queries
from qftapp.items.models import ItemVersion
from tests.factories import (
    ItemFactory,
    ItemVersionFactory,
    SourceFactory,
    SourceProblemFactory,
    UserFactory,
    approved,
    frozen_release,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    client.force_login(person("chandra"))
    return client


def found(**filters: str) -> set[str]:
    return {version.item.slug for version in queries.find(filters)}


def make(slug: str, *, state="draft", number=1, author="alice", statement=None, **item) -> ItemVersion:
    text = {"statement": statement} if statement else {}
    return ItemVersionFactory(
        item=ItemFactory(slug=slug, **item), state=state, number=number, author=person(author), **text
    )


def test_each_item_stands_once_with_its_newest_version():
    old = approved("muon-decay")
    ItemVersionFactory(item=old.item, number=2)

    version = queries.find({}).get()

    assert (version.number, version.state, version.approved_number) == (2, "draft", 1)


def test_filters_find_items_by_what_they_are():
    peskin = SourceProblemFactory(source=SourceFactory(slug="peskin"))
    make("first", topic="cosmology", domain_level="undergraduate", operational_level="easy", author="bruno")
    make("second", source_problem=peskin)

    assert found(domain="cosmology") == {"first"}
    assert found(topic="cross-sections-decays") == {"second"}
    assert found(domain_level="undergraduate") == {"first"}
    assert found(operational_level="medium") == {"second"}
    assert found(origin="adapted") == {"second"}
    assert found(author="bruno") == {"first"}
    assert found(source="peskin") == {"second"}
    assert found(source="peskin", author="bruno") == set()
    assert found(surprise="x", domain="") == {"first", "second"}


def test_items_of_a_category_and_of_a_release_are_found():
    old, other = approved("old", topic="gamma-traces"), approved("other")
    release = frozen_release(old, other)
    ItemVersionFactory(item=old.item, number=2)
    make("outside", topic="gamma-traces")

    assert found(category="fermions") == {"old", "outside"}
    assert found(release=release.name) == {"old", "other"}
    assert found(release=release.name, category="fermions") == {"old"}
    assert found(release=release.name, split="test") == {"old", "other"}
    assert found(release=release.name, split="train") == set()
    assert found(release="none", split="test") == set()


def test_state_finds_an_approved_item_under_its_newer_draft_too():
    live = approved("live")
    ItemVersionFactory(item=live.item, number=2)
    make("gone", state="retired")

    assert found(state="approved") == {"live"}
    assert found(state="draft") == {"live"}
    assert found(state="retired") == {"gone"}
    assert found(state="review") == set()


@pytest.mark.parametrize("words", ["PENGUIN", "enguin dia", "second-sl", "Peskin’s"])
def test_search_looks_into_statement_slug_and_source(words):
    make("first", statement="Draw the penguin diagram.")
    make("second-slug", source_problem=SourceProblemFactory(source=SourceFactory(title="Peskin’s book")))

    assert found(q=words) == ({"first"} if "enguin" in words.lower() else {"second-slug"})


@pytest.mark.parametrize("words", ["100%", "a_b", "back\\slash", "'quote\""])
def test_search_takes_words_literally(words):
    make("first", statement=f"Contains {words} here.")
    make("second", statement="Contains 100 and aXb here.")

    assert found(q=words) == {"first"}


def test_sorting_is_by_name_topic_or_time():
    make("b", topic="cosmology")
    make("c", topic="yukawa")
    make("a", topic="yukawa")

    def order(sort: str) -> list[str]:
        return [version.item.slug for version in queries.find({"sort": sort})]

    assert order("slug") == ["a", "b", "c"]
    assert order("-slug") == ["c", "b", "a"]
    assert order("topic") == ["b", "a", "c"]
    assert order("saved") == ["b", "c", "a"]
    assert order("nonsense") == order("-saved") == ["a", "c", "b"]


def test_page_shows_what_the_query_string_says(reader):
    make("cosmic", topic="cosmology")
    make("other")

    page = reader.get("/items/?domain=cosmology&sort=slug").content.decode()

    assert "/items/cosmic/" in page
    assert "/items/other/" not in page
    assert "items.csv?domain=cosmology&amp;sort=slug" in page


@pytest.mark.parametrize(
    "query",
    [
        "state=nonsense",
        "q=" + "x" * 300,
        "page=0",
        "page=x",
        "page=99999999999999999999",
        "sort=%00",
        "topic=&q=",
    ],
)
def test_nonsense_in_the_query_string_is_left_out(reader, query):
    make("other")

    for address in ("/items/", "/items.csv", "/items.json", "/items.jsonl"):
        response = reader.get(f"{address}?{query}")
        content = response.getvalue()
        assert (response.status_code, b"other" in content) == (200, True)


def test_htmx_gets_the_table_alone(reader):
    make("other")

    fragment = reader.get("/items/", headers={"HX-Request": "true"}).content.decode()

    assert "/items/other/" in fragment
    assert "<html" not in fragment


def test_second_page_follows_the_first(reader):
    for number in range(51):
        make(f"item-{number:02}")

    first, second = reader.get("/items/?sort=slug"), reader.get("/items/?sort=slug&page=2")

    assert "/items/item-49/" in first.content.decode()
    assert "/items/item-50/" not in first.content.decode()
    assert "/items/item-50/" in second.content.decode()


def test_empty_list_says_what_belongs_there(reader):
    assert reader.get("/items/").status_code == 200
    assert reader.get("/items/?q=nothing").status_code == 200


def test_csv_holds_every_match_and_no_formula(reader):
    source = SourceFactory(slug="book")
    for locator in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "Problem 1, “quoted”\nline"):
        make(f"item-{ord(locator[0])}", source_problem=SourceProblemFactory(source=source, locator=locator))

    response = reader.get("/items.csv?source=book&sort=slug")
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode(), newline="")))

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="items.csv"'
    locators = {row["locator"] for row in rows}
    assert locators == {"'=1+1", "'+1", "'-1", "'@x", "'\t=1", "'\r=1", "Problem 1, “quoted”\nline"}
    assert rows[0].keys() >= {"slug", "state", "version", "approved_version", "topic", "author", "saved_at"}


def test_json_holds_every_match(reader):
    approved("muon-decay")
    make("other")

    rows = orjson.loads(reader.get("/items.json?state=approved").getvalue())
    nothing = orjson.loads(reader.get("/items.json?q=nothing").getvalue())

    assert [(row["slug"], row["approved_version"], row["source"]) for row in rows] == [("muon-decay", 1, None)]
    assert nothing == []


def test_jsonl_holds_rows_that_the_import_reads(reader):
    make("other")

    (row,) = map(orjson.loads, reader.get("/items.jsonl").getvalue().splitlines())

    assert (row["schema"], row["slug"]) == (1, "other")


@pytest.mark.parametrize("address", ["/items.csv", "/items.json", "/items.jsonl", "/items/"])
def test_list_survives_a_bound_beyond_64_bits(reader, address):
    make("wide")
    ItemVersion.objects.update(contract={"symbols": [{"name": "m", "high": 10**40}]})

    response = reader.get(address)

    assert b"wide" in response.getvalue()


def add_rows(*numbers: int) -> None:
    """For each number an item in each state, and one that has a draft by another author after its approved version."""
    for number in numbers:
        for state in ItemVersion.State.values:
            make(f"{state}-{number}", state=state, source_problem=SourceProblemFactory())
        live = approved(f"live-{number}", source_problem=SourceProblemFactory())
        ItemVersionFactory(item=live.item, number=2, author=UserFactory())


@pytest.mark.parametrize("address", ["/items/", "/items.csv", "/items.json", "/items.jsonl", "/", "/sources/"])
@pytest.mark.parametrize("name", ["alice", "bruno"])
def test_list_takes_as_many_queries_for_three_rows_as_for_one(client, address, name):
    client.force_login(person(name))
    counts = []
    for numbers in ([1], [2, 3]):
        add_rows(*numbers)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
            response.getvalue()
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_pages_of_one_source_take_as_many_queries_for_three_problems_as_for_one(reader):
    source = SourceFactory(slug="book")
    counts = []
    for more in (1, 2):
        for _ in range(more):
            problem = SourceProblemFactory(source=source)
            ItemVersionFactory(item=ItemFactory(source_problem=problem))
        with CaptureQueriesContext(connection) as captured:
            reader.get("/sources/book/")
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_reviewer_retires_the_ticked_items_and_returns_to_the_same_list(reader):
    live, draft = approved("live"), make("other")

    response = reader.post(
        "/items/retire/", {"item": [live.item_id, draft.item_id], "back": "state=approved", "reason": "Too easy."}
    )

    assert response["Location"] == "/items/?state=approved"
    live.refresh_from_db()
    assert live.state == "retired"
    page = reader.get(response["Location"]).content.decode()
    assert "Retired live." in page
    assert "1 had no approved version" in page


@pytest.mark.parametrize("ids", [[], ["x"], ["-1"], ["9" * 30], ["9" * 5000], ["²"]])
def test_nonsense_among_the_ticked_items_is_left_out(reader, ids):
    approved("live")

    assert reader.post("/items/retire/", {"item": ids}).status_code == 302
    assert ItemVersion.objects.get().state == "approved"


def test_only_reviewers_retire(client):
    live = approved("live")
    client.force_login(person("alice"))

    assert client.post("/items/retire/", {"item": live.item_id}).status_code == 403
    assert client.post("/items/live/retire/").status_code == 403


def test_reason_with_an_invisible_character_is_refused_on_the_list(reader):
    live = approved("live")

    page = reader.post("/items/retire/", {"item": live.item_id, "reason": "Too\u200beasy"}, follow=True)

    live.refresh_from_db()
    assert live.state == "approved"
    assert "U+200B ZERO WIDTH SPACE" in page.content.decode()
