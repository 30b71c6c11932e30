"""What engineers do on the pages of releases: start, add, move, deal, mark, freeze, discard, and what is refused."""

import pytest
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from qftapp.releases import actions
from qftapp.releases.models import Release
from tests.factories import (
    ReleaseEntryFactory,
    SourceFactory,
    SourceProblemFactory,
    approved,
    frozen_release,
    replace,
)
from tests.releases.pages import SHARES, body, entry, url

HTMX = {"HX-Request": "true", "HX-Target": "composer"}


def messages_of(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_a_release_is_started(engineer):
    response = engineer.post(reverse("release_new"), {"name": "qft-2", "notes": "First.", "is_private": "on"})
    assert response["Location"] == "/releases/qft-2/"
    made = Release.objects.get()
    assert (made.name, made.notes, made.is_private) == ("qft-2", "First.", True)


@pytest.mark.parametrize(
    ("name", "message"), [("Not Good", "Use lower-case letters"), ("qft-1", "already exists"), ("", "required")]
)
def test_a_name_is_refused_at_its_field_and_nothing_typed_is_lost(engineer, release, name, message):
    response = engineer.post(reverse("release_new"), {"name": name, "notes": "Keep me."})
    assert response.status_code == 422
    assert message in str(response.context["form"].errors["name"])
    assert "Keep me." in body(response)


def test_adding_shows_what_would_come_and_why_some_stay_out(engineer, release):
    approved("a", topic="noether-currents")
    bound = SourceProblemFactory(source=SourceFactory(title="A Textbook", may_redistribute=False))
    approved("b", topic="noether-currents", source_problem=bound)
    approved("c")
    response = engineer.get(url("release_add") + "?topic=noether-currents")
    assert [each.slug for each in response.context["page"]] == ["a"]
    assert "1 to add, 1 kept out" in body(response)
    assert "A Textbook may not be redistributed" in body(response)
    assert "Add 1 item<" in body(response)
    assert release.entries.count() == 0


def test_the_live_count_is_a_fragment(engineer, release):
    approved("a")
    page = body(engineer.get(url("release_add"), headers={"HX-Request": "true", "HX-Target": "found"}))
    assert page.strip().startswith('<div id="found"')
    assert "1 to add" in page


def test_adding_follows_the_query_string(engineer, release):
    approved("a", topic="noether-currents")
    approved("c")
    response = engineer.post(url("release_add") + "?topic=noether-currents", follow=True)
    assert response.redirect_chain == [("/releases/qft-1/", 302)]
    assert messages_of(response) == ["Added 1 to qft-1."]
    assert release.entries.get().item_version.item.slug == "a"


def test_only_the_ticked_items_are_added(engineer, release):
    versions = [approved(slug) for slug in ("first", "second", "third")]
    ticked = {"which": "ticked", "version": [versions[0].pk, versions[2].pk]}

    engineer.post(url("release_add"), ticked)

    assert set(release.entries.values_list("item_version__item__slug", flat=True)) == {"first", "third"}


def test_adding_the_ticked_items_asks_for_a_tick(engineer, release):
    approved("first")

    response = engineer.post(url("release_add"), {"which": "ticked"}, follow=True)

    assert "Tick items first." in body(response)
    assert not release.entries.exists()


def test_adding_says_what_was_kept_out(engineer, release):
    approved("b", source_problem=SourceProblemFactory(source__may_redistribute=False))
    response = engineer.post(url("release_add"), follow=True)
    assert messages_of(response) == ["Added 0 to qft-1.", "Kept out: b."]


def test_ticked_entries_move_and_the_filters_stay(engineer, release):
    chosen, other = entry(release, "a"), entry(release, "b")
    response = engineer.post(url("release_move") + "?split=train", {"entry": chosen.pk, "split": "test"})
    assert response["Location"] == "/releases/qft-1/?split=train"
    assert dict(release.entries.values_list("pk", "split")) == {chosen.pk: "test", other.pk: "train"}


def test_all_matching_entries_move_whatever_page_they_are_on(engineer, release):
    for number in range(3):
        entry(release, f"a-{number}")
    entry(release, "b")
    engineer.post(url("release_move") + "?q=a-", {"all_matching": "yes", "split": "test"})
    assert release.entries.filter(split="test").count() == 3


def test_an_unknown_split_is_refused_beside_the_entries(engineer, release):
    chosen = entry(release, "a")
    response = engineer.post(url("release_move"), {"entry": chosen.pk, "split": "exam"})
    assert response.status_code == 422
    assert response.context["refused"] == {"entries": "Split: Choose train, validation or test."}
    assert "Choose train, validation or test." in body(response)


@pytest.mark.parametrize("forged", ["", "x", "-1", "9" * 30, "1.5"])
def test_no_entry_or_a_forged_one_is_refused_beside_the_entries(engineer, release, forged):
    entry(release, "a")
    response = engineer.post(url("release_remove"), {"entry": forged})
    assert (response.status_code, response.context["refused"]) == (422, {"entries": "Tick entries first."})
    assert release.entries.count() == 1


def test_ticked_entries_are_removed(engineer, release):
    gone, kept = entry(release, "a"), entry(release, "b")
    response = engineer.post(url("release_remove"), {"entry": gone.pk}, follow=True)
    assert messages_of(response) == ["Removed 1."]
    assert release.entries.get() == kept


def test_splits_are_assigned_by_shares(engineer, release):
    for _ in range(10):
        ReleaseEntryFactory(release=release)
    response = engineer.post(url("release_deal"), SHARES, follow=True)
    assert messages_of(response) == ["The splits hold train 8, validation 1, test 1."]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [("train", "many", "Enter a number."), ("test", "-1", "greater than or equal to 0"), ("seed", "", "required")],
)
def test_a_bad_share_is_refused_at_its_field(engineer, release, field, value, message):
    entry(release, "a")
    response = engineer.post(url("release_deal"), {**SHARES, field: value}, headers=HTMX)
    assert response.status_code == 422
    assert message in str(response.context["shares"].errors[field])
    assert body(response).strip().startswith('<div id="composer"')


def test_shares_that_are_all_zero_are_refused_beside_them(engineer, release):
    entry(release, "a")
    response = engineer.post(url("release_deal"), {**SHARES, "train": 0, "validation": 0, "test": 0})
    assert (response.status_code, list(response.context["refused"])) == (422, ["splits"])


def test_outdated_versions_are_replaced(engineer, release):
    newer = replace(entry(release, "a").item_version)
    assert "Bring up to date" in body(engineer.get(url("release")))
    response = engineer.post(url("release_renew"), follow=True)
    assert messages_of(response) == ["Replaced 1 by the approved version, removed 0 without one."]
    assert release.entries.get().item_version == newer


def test_a_release_is_marked_private_and_public(engineer, release):
    assert "qft-1 is private now." in body(engineer.post(url("release_mark"), {"private": "yes"}, follow=True))
    assert "qft-1 is public now." in body(engineer.post(url("release_mark"), {"private": "no"}, follow=True))


def test_turning_public_is_refused_where_it_was_asked_for(engineer, release, farah):
    actions.set_private(release.pk, by=farah, is_private=True)
    entry(release, "a", source_problem=SourceProblemFactory(source__may_redistribute=False))
    response = engineer.post(url("release_mark"), {"private": "no"})
    assert response.status_code == 409
    assert response.context["refused"] == {"privacy": "These may not be redistributed: a. Remove them first."}


@pytest.mark.parametrize("name", ["release_remove", "release_move", "release_deal", "release_renew", "release_mark"])
def test_an_act_that_comes_after_the_freeze_is_answered_with_the_frozen_release(engineer, name):
    frozen = frozen_release(name="qft-1")
    data = {**SHARES, "split": "train", "entry": frozen.entries.get().pk}
    response = engineer.post(url(name), data, headers=HTMX)
    assert response.status_code == 409
    assert "is frozen and cannot change" in " ".join(response.context["refused"].values())
    assert frozen.entries.get().split == "test"
    assert response.context["may_compose"] is False


def test_an_empty_release_cannot_be_frozen(engineer, release):
    response = engineer.post(url("release_freeze"))
    assert response.status_code == 409
    assert "Add approved items first." in body(response)
    assert "disabled" in body(engineer.get(url("release_freeze")))


def test_a_release_is_frozen_after_a_question(engineer, release):
    entry(release, "a")
    asked = engineer.get(url("release_freeze"))
    assert "Freezing cannot be undone." in body(asked)
    assert not Release.objects.get().is_frozen
    response = engineer.post(url("release_freeze"), follow=True)
    assert messages_of(response) == ["qft-1 is frozen."]
    assert Release.objects.get().is_frozen
    assert engineer.get(url("release_freeze"))["Location"] == "/releases/qft-1/"
    assert engineer.get(url("release_add"))["Location"] == "/releases/qft-1/"


def test_a_release_is_discarded(engineer, release):
    response = engineer.post(url("release_discard"), follow=True)
    assert messages_of(response) == ["qft-1 is discarded."]
    assert not Release.objects.exists()


def test_a_frozen_release_cannot_be_discarded(engineer):
    frozen_release(name="qft-1")
    response = engineer.post(url("release_discard"), follow=True)
    assert response.redirect_chain == [("/releases/qft-1/", 302)]
    assert "is frozen and cannot change" in messages_of(response)[0]
    assert Release.objects.exists()


def test_an_act_by_htmx_keeps_the_filters_of_the_address_bar(engineer, release):
    entry(release, "a")
    where = {**HTMX, "HX-Current-URL": "http://testserver/releases/qft-1/?q=a"}
    response = engineer.post(url("release_mark"), {"private": "yes"}, headers=where)
    assert response["Location"] == "/releases/qft-1/?q=a"
    assert not isinstance(response, HttpResponseClientRedirect)
