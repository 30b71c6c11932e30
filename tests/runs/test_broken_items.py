"""Items by which the verifier cannot judge are told to their authors, until they are mended."""

import json

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def broken(version=None, **run):
    version = version or factories.approved()
    trace = factories.TraceFactory(item_version=version, run=factories.RunFactory(**run))
    factories.GradeFactory(trace=trace, outcome="broken_item", reason="gold has no value")
    return version


def get(client, address, **given):
    return client.get(address, headers={"HX-Request": "true"}, **given).content.decode()


def test_author_finds_broken_items_on_the_first_page(client):
    mine, others = broken(), broken(factories.ItemVersionFactory(state="review", author=factories.person("bruno")))
    client.force_login(factories.person("alice"))

    assert 'hx-get="/broken-items/?mine=yes"' in client.get("/").content.decode()
    page = get(client, "/broken-items/?mine=yes")
    assert mine.item.slug in page
    assert others.item.slug not in page
    assert "gold has no value" in page


def test_item_and_run_pages_name_what_is_broken_and_its_author(client):
    version = broken(slug="qwen-1")
    client.force_login(factories.person("farah"))

    assert f'hx-get="/items/{version.item.slug}/broken/"' in client.get(version.get_absolute_url()).content.decode()
    assert "1 trace could not be judged" in get(client, f"/items/{version.item.slug}/broken/")
    run = get(client, "/runs/qwen-1/gradings/")
    assert "Broken items" in run
    assert "Alice" in run


def test_mended_item_is_broken_no_more(client):
    version = broken()
    client.force_login(factories.person("alice"))
    factories.replace(version)

    assert get(client, "/broken-items/?mine=yes").strip() == ""
    assert get(client, f"/items/{version.item.slug}/broken/").strip() == ""


def test_item_whose_newer_grade_counts_is_broken_no_more(client):
    version = broken()
    grade = version.traces.get().grades.get()
    type(grade).objects.update(is_current=False)
    factories.GradeFactory(trace=grade.trace, verifier_version="9")
    client.force_login(factories.person("alice"))

    assert get(client, "/broken-items/?mine=yes").strip() == ""


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_as_often_for_many_items_as_for_one(client, django_assert_num_queries, count):
    for _ in range(count):
        broken()
    client.force_login(factories.person("alice"))
    client.get("/broken-items/")
    with django_assert_num_queries(4):
        client.get("/broken-items/")


def test_broken_items_have_twins(client):
    version = broken()
    client.force_login(factories.person("alice"))
    (row,) = json.loads(b"".join(client.get("/broken-items.json").streaming_content))

    assert row == {
        "item": version.item.slug,
        "version": 1,
        "author": "alice",
        "traces": 1,
        "reason": "gold has no value",
    }
    assert b"".join(client.get("/broken-items.csv").streaming_content).startswith(b"item,version,author,traces,reason")
