"""The pages of an item, its versions, its review, and of sources and their problems."""

import html

import pytest

from qftapp.items import actions, reviewing
from qftapp.items.models import ItemVersion
from tests.factories import GOLD, STATEMENT, ItemVersionFactory, SourceProblemFactory, UserFactory, approved, person

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def reviewer(client):
    client.force_login(person("chandra"))
    return client


@pytest.fixture
def author(client):
    client.force_login(person("alice"))
    return client


@pytest.mark.parametrize("state", ItemVersion.State.values)
@pytest.mark.parametrize("name", ["alice", "bruno", "dana"])
def test_everybody_reads_an_item_in_every_state(client, state, name):
    version = ItemVersionFactory(state=state, statement="A statement to read.")
    client.force_login(person(name))

    for address in (version.get_absolute_url(), version.item.get_absolute_url()):
        assert "A statement to read." in text_of(client.get(address))


def test_page_of_an_item_shows_the_approved_version_while_a_draft_is_written(reviewer):
    old = approved("live")
    ItemVersionFactory(item=old.item, number=2, statement="Not yet.")

    assert reviewer.get("/items/live/").context["version"] == old
    assert reviewer.get("/items/live/v/2/").context["version"].statement == "Not yet."


def test_item_that_is_not_there_is_not_found(reviewer):
    assert reviewer.get("/items/nothing/").status_code == 404


def test_text_of_an_item_is_never_html(reviewer):
    evil = "<script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) $<b>$"
    version = ItemVersionFactory(state="review", statement=evil, solution=evil, second_solution=evil)
    reviewing.comment_on(version.pk, by=person("dana"), text=evil)

    for address in (version.get_absolute_url(), f"{version.get_absolute_url()}review/"):
        page = reviewer.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page


def test_differences_are_shown_as_they_read_and_in_the_source(reviewer):
    old = approved("live")
    new = ItemVersionFactory(item=old.item, number=2, statement=old.statement.replace("width", "rate"))

    page = text_of(reviewer.get("/items/live/diff/1/2/"))

    assert "rate" in page
    assert (reviewer.get("/items/live/diff/2/1/").status_code, new.number) == (200, 2)
    assert reviewer.get("/items/live/diff/1/3/").status_code == 404


def test_review_page_shows_checks_and_the_wording_to_judge(reviewer):
    version = ItemVersionFactory()
    version = reviewing.submit(version.pk, by=version.author)

    page = text_of(reviewer.get(f"{version.get_absolute_url()}review/"))

    assert version.content_hash in page
    assert "Two runs of gold agree" in page


@pytest.mark.parametrize(
    ("name", "state", "reason"),
    [
        ("alice", "review", "You wrote this version; another reviewer must judge it."),
        ("dana", "review", "Only reviewers judge versions."),
        ("chandra", "approved", "This version is approved, so there is nothing to review."),
        ("chandra", "draft", "This version is draft, so there is nothing to review."),
    ],
)
def test_review_page_says_to_whom_it_is_closed(client, name, state, reason):
    version = ItemVersionFactory(state=state)
    client.force_login(person(name))

    assert reason in text_of(client.get(f"{version.get_absolute_url()}review/", follow=True))


def test_verdict_panel_runs_the_checks_afresh(reviewer):
    version = ItemVersionFactory(state="review", solution="")

    page = text_of(reviewer.get(f"{version.get_absolute_url()}review/verdict/"))

    assert "Write the solution that a reviewer will follow." in page
    assert "<html" not in page


def test_reviewer_approves_on_the_page(reviewer):
    version = ItemVersionFactory(state="review")

    response = reviewer.post(
        f"{version.get_absolute_url()}judge/", {"verdict": "approve", "content_hash": version.content_hash}
    )

    assert response["Location"] == version.get_absolute_url()
    assert ItemVersion.objects.get().state == "approved"


def test_changes_without_a_comment_are_refused_on_the_page(reviewer):
    version = ItemVersionFactory(state="review")

    response = reviewer.post(
        f"{version.get_absolute_url()}judge/", {"verdict": "request_changes", "content_hash": version.content_hash}
    )

    assert response.status_code == 422
    assert "Say what the author should change." in text_of(response)


def test_comment_on_a_wording_that_changed_is_not_lost(reviewer):
    version = ItemVersionFactory(state="review")

    response = reviewer.post(
        f"{version.get_absolute_url()}judge/", {"verdict": "approve", "content_hash": "0" * 64, "comment": "Well done."}
    )

    assert response.status_code == 409
    assert "changed this version" in text_of(response)
    assert "Well done." in text_of(response)


@pytest.mark.parametrize("state", ["approved", "draft"])
def test_reviewer_who_comes_too_late_is_told_and_keeps_the_comment(reviewer, state):
    version = ItemVersionFactory(state=state)

    response = reviewer.post(
        f"{version.get_absolute_url()}judge/", {"verdict": "approve", "content_hash": "0", "comment": "Well done."}
    )

    assert response.status_code == 409
    assert f"Version 1 is {state} by now" in text_of(response)
    assert "Your comment is in the comment field below" in text_of(response)
    assert ">Well done.</textarea>" in text_of(response)


def test_own_version_is_not_judged_by_a_forged_request(client):
    version = ItemVersionFactory(state="review", author=person("bruno"))
    client.force_login(person("bruno"))

    response = client.post(
        f"{version.get_absolute_url()}judge/", {"verdict": "approve", "content_hash": version.content_hash}
    )

    assert response.status_code == 403
    assert ItemVersion.objects.get().state == "review"


def test_own_version_of_an_administrator_is_not_judged_either(client):
    administrator = UserFactory(is_superuser=True)
    version = ItemVersionFactory(state="review", author=administrator)
    client.force_login(administrator)

    response = client.post(
        f"{version.get_absolute_url()}judge/", {"verdict": "approve", "content_hash": version.content_hash}
    )

    assert response.status_code == 403


@pytest.mark.parametrize(
    ("answer", "status", "phrase"),
    [
        (f"```python\n{GOLD}```", 200, "orrect"),
        ("g**2*m/(4*pi)", 200, "rong"),
        ("", 422, "Write an answer first."),
        ("\0", 200, ""),
    ],
)
def test_own_answer_is_judged_on_the_page(reviewer, answer, status, phrase):
    version = ItemVersionFactory(state="review")

    response = reviewer.post(f"{version.get_absolute_url()}review/answer/", {"answer": answer})

    assert response.status_code == status
    assert phrase in text_of(response)


def test_own_answer_to_an_unfinished_contract_is_refused_on_the_page(reviewer):
    version = ItemVersionFactory(contract={})

    response = reviewer.post(f"{version.get_absolute_url()}try/", {"answer": "1"})

    assert response.status_code == 422
    assert "not complete yet" in text_of(response)


@pytest.mark.parametrize(
    ("comment", "phrase"),
    [
        ("Compare problem 5.", "Compare problem 5."),
        ("", "Write a comment first."),
        ("a\0b", "invisible character U+0000 in line 1 after “a”"),
    ],
)
def test_comment_appears_in_the_history(reviewer, comment, phrase):
    version = approved("live")

    page = reviewer.post(f"{version.get_absolute_url()}comment/", {"comment": comment}, follow=True)

    assert phrase in text_of(page)


def test_home_shows_each_person_what_waits(client):
    draft = ItemVersionFactory()
    waiting = ItemVersionFactory(state="review", author=person("bruno"))

    def names(name: str) -> dict[str, list[ItemVersion]]:
        client.force_login(person(name))
        context = client.get("/").context
        return {part: list(context[part]) for part in ("drafts", "submitted", "to_review")}

    assert names("alice") == {"drafts": [draft], "submitted": [], "to_review": []}
    assert names("bruno") == {"drafts": [], "submitted": [waiting], "to_review": []}
    assert names("chandra") == {"drafts": [], "submitted": [], "to_review": [waiting]}


def test_only_authors_write_sources_and_items(reviewer):
    problem = SourceProblemFactory(source__slug="lectures")

    for address in ("/sources/new/", "/new-item/", f"{problem.get_absolute_url()}adapt/"):
        assert reviewer.get(address).status_code == 403
    assert reviewer.post("/sources/lectures/problems/new/", {"locator": "1"}).status_code == 403


def test_draft_that_was_given_back_is_marked_at_home(client):
    version = ItemVersionFactory(state="review")
    ItemVersionFactory(item__slug="untouched")
    given = {"content_hash": version.content_hash, "comment": "Say which mass."}
    reviewing.request_changes(version.pk, by=person("chandra"), **given)
    client.force_login(person("alice"))

    page = client.get("/")

    assert [draft.is_sent_back for draft in page.context["drafts"]] == [True, False]
    assert text_of(page).count("changes requested") == 1


@pytest.mark.parametrize(("name", "is_shown"), [("farah", True), ("alice", False)])
def test_engineer_finds_the_releases_at_home(client, name, is_shown):
    client.force_login(person(name))

    assert ('hx-get="/releases/"' in text_of(client.get("/"))) is is_shown
    assert 'id="releases-list"' in text_of(client.get("/releases/"))


@pytest.mark.parametrize(("name", "is_shown"), [("alice", True), ("chandra", False), ("farah", False)])
def test_import_stands_in_the_menu_of_those_who_may(client, name, is_shown):
    client.force_login(person(name))

    assert ('href="/import/"' in text_of(client.get("/items/"))) is is_shown


def test_second_review_shows_what_changed_since_the_first(client):
    version = ItemVersionFactory(state="review", statement="Find the width of the scalar at leading order.")
    given = {"content_hash": version.content_hash, "comment": "Say which scalar."}
    reviewing.request_changes(version.pk, by=person("chandra"), **given)
    content = {"statement": STATEMENT % 1}
    actions.save_draft(version.pk, by=person("alice"), revision=1, content=content)
    reviewing.submit(version.pk, by=person("alice"))
    client.force_login(person("chandra"))

    page = client.get(f"{version.get_absolute_url()}review/")

    changed = [section.title for section in page.context["sections"] if section.differs]
    assert changed == ["Statement"]
    assert "What changed since Chandra requested changes" in text_of(page)
