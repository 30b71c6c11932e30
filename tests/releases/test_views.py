"""The pages of releases: who sees what, the frozen one, fragments, twins, numbers of queries."""

import csv
import io
import json
import zipfile

import pytest
from django.urls import reverse

from qftapp.releases.models import Release
from tests.factories import (
    ReleaseEntryFactory,
    ReleaseFactory,
    SourceProblemFactory,
    approved,
    frozen_release,
    person,
    replace,
)
from tests.releases.pages import SHARES, body, entry, url

READ = ["release", "release_entries_csv", "release_entries_json", "release_card"]


COMPOSE = ["release_add", "release_freeze"]


ACTS = ["release_remove", "release_move", "release_deal", "release_renew", "release_mark", "release_discard"]


ADDRESSES = [
    *(reverse(name) for name in ("releases", "releases_csv", "releases_json", "release_new")),
    *(url(name) for name in (*READ, *COMPOSE, *ACTS, "release_download")),
    *(url(name, "qft-1", "qft-1") for name in ("release_compare", "release_compare_csv", "release_compare_json")),
    url("item_releases", "a"),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_needs_a_login(client, release, address):
    response = client.get(address)
    assert (response.status_code, response["Location"].split("?")[0]) == (302, reverse("login"))


@pytest.mark.parametrize("name", READ)
def test_everybody_who_is_logged_in_reads(reader, release, name):
    entry(release, "a")
    assert reader.get(url(name)).status_code == 200


@pytest.mark.parametrize("name", COMPOSE)
def test_only_engineers_see_the_pages_that_compose(reader, release, name):
    assert reader.get(url(name)).status_code == 403
    assert reader.post(url(name)).status_code == 403


def test_only_engineers_start_a_release(reader):
    assert reader.get(reverse("release_new")).status_code == 403
    assert reader.post(reverse("release_new"), {"name": "mine"}).status_code == 403
    assert not Release.objects.exists()


@pytest.mark.parametrize("name", ACTS)
def test_a_forged_act_of_a_reader_is_forbidden(reader, release, name):
    kept = entry(release, "a")
    response = reader.post(url(name), {"entry": kept.pk, "split": "test", "private": "yes", **SHARES})
    assert response.status_code == 403
    kept.refresh_from_db()
    release.refresh_from_db()
    assert (kept.split, release.is_private) == ("train", False)


@pytest.mark.parametrize("name", ACTS)
def test_a_get_of_an_act_leads_to_the_release_with_its_filters(engineer, release, name):
    response = engineer.get(url(name) + "?split=test&page=2")
    assert (response.status_code, response["Location"]) == (302, "/releases/qft-1/?split=test&page=2")


@pytest.mark.parametrize("name", [*READ, *COMPOSE, *ACTS, "release_download"])
def test_an_unknown_release_is_not_found(engineer, name):
    assert engineer.get(url(name, "nothing")).status_code == 404


def test_readers_are_offered_no_acts(reader, release):
    entry(release, "a")
    page = body(reader.get(url("release")))
    assert "/items/a/v/1/" in page
    assert [name for name in (*COMPOSE, *ACTS) if url(name) in page] == []
    assert reverse("release_new") not in body(reader.get(reverse("releases")))


def test_a_frozen_release_offers_its_archive_and_no_acts(engineer):
    frozen = frozen_release(name="qft-1")
    page = body(engineer.get(url("release")))
    assert url("release_download") in page
    assert frozen.sha256 in page
    assert [name for name in (*COMPOSE, *ACTS) if url(name) in page] == []
    assert 'name="entry"' not in page


def test_the_download_is_the_stored_archive_with_its_hash_as_tag(reader):
    frozen = frozen_release(name="qft-1")
    response = reader.get(url("release_download"))
    content = b"".join(response.streaming_content)
    assert content == bytes(Release.objects.get().archive)
    assert response["ETag"] == f'"{frozen.sha256}"'
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Length"] == str(len(content))
    assert response["Content-Disposition"] == 'attachment; filename="qft-1.zip"'
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    again = reader.get(url("release_download"), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_private_download_says_so_in_its_name_and_on_the_page(reader):
    frozen_release(name="qft-1", is_private=True)
    response = reader.get(url("release_download"))
    assert response["Content-Disposition"] == 'attachment; filename="qft-1-private.zip"'
    page = body(reader.get(url("release")))
    assert "Download (private)" in page
    assert "do not pass it on" in page


def test_an_open_release_has_nothing_to_download(reader, release):
    assert reader.get(url("release_download")).status_code == 404


def test_the_card_page_shows_the_stored_card(reader):
    frozen_release(name="qft-1", notes="For *everybody*.")
    page = body(reader.get(url("release_card")))
    assert "<em>everybody</em>" in page
    assert "<td>Graduate</td>" in page


def test_a_comparison_links_to_the_difference_of_the_item(reader, farah):
    first = approved("a")
    frozen_release(first, approved("b"), name="qft-0")
    newer = replace(first)
    ReleaseEntryFactory(release=ReleaseFactory(name="qft-1", created_by=farah), item_version=newer, split="train")
    response = reader.get(url("release_compare", "qft-1", "qft-0"))
    assert reverse("item_diff", args=["a", 1, 2]) in body(response)
    assert [change.slug for change in response.context["page"]] == ["a", "b"]
    only = reader.get(url("release_compare", "qft-1", "qft-0") + "?change=removed")
    assert [change.slug for change in only.context["page"]] == ["b"]


def test_an_items_page_learns_which_releases_hold_it(reader):
    version = approved("a")
    frozen_release(version, name="qft-1")
    frozen_release(replace(version), name="qft-2", split="validation")
    frozen_release(name="other")
    found = reader.get(url("item_releases", "a")).context["entries"]
    assert [(each.release.name, each.item_version.number, each.split) for each in found] == [
        ("qft-2", 2, "validation"),
        ("qft-1", 1, "test"),
    ]
    assert reader.get(url("item_releases", "nothing")).status_code == 404


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", ["a", "b", "c"]),
        ("split=test", ["b"]),
        ("q=book of", ["b"]),
        ("topic=noether-currents", ["a"]),
        ("blocking=yes", ["c"]),
        ("split=exam&topic=nonsense", ["a", "b", "c"]),
    ],
)
def test_entries_are_filtered_in_page_and_twins_alike(reader, release, query, slugs):
    entry(release, "a", topic="noether-currents")
    entry(release, "b", "test", source_problem=SourceProblemFactory(source__title="Book of B"))
    entry(release, "c", source_problem=SourceProblemFactory(source__may_redistribute=False), split="validation")
    page = reader.get(f"{url('release')}?{query}").context["page"]
    assert [each.item_version.item.slug for each in page] == slugs
    rows = json.loads(body(reader.get(f"{url('release_entries_json')}?{query}")))
    assert [row["slug"] for row in rows] == slugs
    table = list(csv.DictReader(io.StringIO(body(reader.get(f"{url('release_entries_csv')}?{query}")))))
    assert table == [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]


def test_filtering_by_htmx_answers_with_the_entries_alone(reader, release):
    entry(release, "a")
    page = body(reader.get(url("release") + "?q=a", headers={"HX-Request": "true", "HX-Target": "entries"}))
    assert page.strip().startswith('<div id="entries"')
    assert '<div id="composer"' not in page


def test_the_list_and_its_twins_hold_the_same_rows(reader, farah):
    frozen = frozen_release(approved(), approved(), name="qft-1", is_private=True)
    ReleaseFactory(name="qft-2", created_by=farah)
    rows = json.loads(body(reader.get(reverse("releases_json"))))
    assert [row["name"] for row in rows] == ["qft-2", "qft-1"]
    assert rows[1] == {
        "name": "qft-1",
        "frozen_at": frozen.frozen_at.isoformat(timespec="seconds"),
        "private": True,
        "items": 2,
        "train": 0,
        "validation": 0,
        "test": 2,
        "created_by": "farah",
        "created_at": frozen.created_at.isoformat(timespec="seconds"),
        "sha256": frozen.sha256,
    }
    table = list(csv.DictReader(io.StringIO(body(reader.get(reverse("releases_csv"))))))
    assert [(row["name"], row["items"], row["sha256"]) for row in table] == [
        ("qft-2", "0", ""),
        ("qft-1", "2", frozen.sha256),
    ]
    assert [release.name for release in reader.get(reverse("releases")).context["page"]] == ["qft-2", "qft-1"]


def test_long_lists_are_paged(engineer, release):
    for _ in range(51):
        ReleaseEntryFactory(release=release)
    assert len(engineer.get(url("release")).context["page"].object_list) == 50
    assert len(engineer.get(url("release") + "?page=2").context["page"].object_list) == 1


QUERIES = {
    "releases": 5,
    "releases_csv": 3,
    "releases_json": 3,
    "release": 14,
    "release_entries_csv": 4,
    "release_entries_json": 4,
    "release_add": 9,
    "release_freeze": 9,
    "release_card": 5,
    "release_compare": 7,
    "item_releases": 4,
}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", QUERIES)
def test_the_number_of_queries_does_not_grow(engineer, release, farah, name, count, django_assert_num_queries):
    for number in range(count):
        entry(release, f"a-{number}", source_problem=SourceProblemFactory())
        approved(f"new-{number}")
        ReleaseEntryFactory(
            release=ReleaseFactory(name=f"more-{number}", created_by=person(["farah", "alice", "bruno"][number])),
            item_version=release.entries.get(item_version__item__slug="a-0").item_version,
        )
    args = {"releases": [], "item_releases": ["a-0"], "release_compare": ["qft-1", "more-0"]}
    if name.startswith("releases"):
        args[name] = []
    with django_assert_num_queries(QUERIES[name]):
        body(engineer.get(reverse(name, args=args.get(name, ["qft-1"]))))
