"""What people have typed outlives the session, a refusal and a closed tab, until the server has it."""

import pytest
from playwright.sync_api import Page, expect

from qftapp.actors.models import Event
from qftapp.items import reviewing
from qftapp.items.models import ItemVersion, Review
from tests.e2e.desk import fill_login, log_in, write
from tests.factories import ItemVersionFactory, ReleaseEntryFactory, ReleaseFactory, SourceFactory, approved, person

pytestmark = pytest.mark.django_db(transaction=True)

COMMENT = "I find $\\Gamma$ the same, by cutting rules."


@pytest.fixture
def waiting(page: Page) -> ItemVersion:
    """A version in review, open before Chandra, who has solved it and written a comment."""
    version = ItemVersionFactory(author=person("alice"), state="review")
    person("chandra")
    log_in(page, "chandra")
    page.goto(f"{version.get_absolute_url()}review/")
    page.get_by_label("Your answer").fill("g**2*m/(8*pi)")
    page.get_by_label("Comment").fill(COMMENT)
    return version


def test_comment_of_a_review_outlives_the_session(page: Page, waiting: ItemVersion) -> None:
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Approve").click()
    fill_login(page, "chandra")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Review")
    expect(page.locator("#messages")).to_contain_text("not done yet")
    expect(page.locator("#judge")).to_contain_text("is back")
    expect(page.get_by_label("Comment")).to_have_value(COMMENT)
    expect(page.get_by_label("Your answer")).to_have_value("g**2*m/(8*pi)")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#messages")).to_contain_text("Approved.")
    assert Review.objects.get().comment == COMMENT
    assert kept(page) == []


def test_answer_outlives_a_refused_request_for_changes(page: Page, waiting: ItemVersion) -> None:
    page.get_by_label("Comment").fill("")
    page.get_by_role("button", name="Request changes").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what the author should change.")
    expect(page.get_by_label("Your answer")).to_have_value("g**2*m/(8*pi)")


def test_comment_on_a_version_taken_back_meanwhile_is_offered_as_a_comment(page: Page, waiting: ItemVersion) -> None:
    reviewing.withdraw(waiting.pk, by=waiting.author)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#messages")).to_contain_text("is draft by now")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value(COMMENT)
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#history")).to_contain_text("by cutting rules")
    assert Event.objects.get(verb="item_version.commented").data["comment"] == COMMENT


def test_kept_comment_is_another_persons_secret(page: Page, waiting: ItemVersion) -> None:
    person("bruno")
    log_in(page, "bruno")
    page.goto(f"{waiting.get_absolute_url()}review/")
    expect(page.get_by_label("Comment")).to_have_value("")


def test_discarded_comment_does_not_come_back(page: Page, waiting: ItemVersion) -> None:
    page.reload()
    page.locator("#judge").get_by_role("button", name="Discard it").click()
    expect(page.get_by_label("Comment")).to_have_value("")
    page.reload()
    expect(page.get_by_label("Comment")).to_have_value("")


def test_comment_on_an_item_outlives_the_session_and_is_forgotten_once_sent(page: Page, waiting: ItemVersion) -> None:
    page.goto(waiting.get_absolute_url())
    page.get_by_role("textbox", name="Comment").fill("Which gauge?")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Comment").click()
    fill_login(page, "chandra")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Which gauge?")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#history .comment")).to_contain_text("Which gauge?")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("")


def test_problem_typed_in_a_lost_session_is_back_until_it_is_saved(page: Page) -> None:
    source = SourceFactory(added_by=person("alice"))
    log_in(page, "alice")
    page.goto(f"{source.get_absolute_url()}problems/new/")
    page.get_by_label("Locator").fill("Problem 3.1")
    write(page, "statement", "Find the width of $\\phi$.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save").click()
    fill_login(page, "alice")
    expect(page.get_by_role("status").first).to_contain_text("is back")
    expect(page.get_by_label("Locator")).to_have_value("Problem 3.1")
    expect(page.get_by_role("textbox", name="Statement")).to_have_text("Find the width of $\\phi$.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("Problem 3.1 is saved.")
    assert source.problems.get().statement == "Find the width of $\\phi$."
    assert kept(page) == []


def test_shares_of_a_lost_session_are_back_and_one_is_told_that_nothing_was_dealt(page: Page) -> None:
    release = ReleaseFactory(name="first")
    ReleaseEntryFactory(release=release)
    log_in(page, "farah")
    page.goto("/releases/first/?split=train")
    page.get_by_role("spinbutton", name="Train").fill("70")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Assign splits").click()
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    fill_login(page, "farah")
    page.wait_for_url("**/releases/first/?split=train")
    expect(page.locator("#messages")).to_contain_text("not done yet")
    expect(page.get_by_role("spinbutton", name="Train")).to_have_value("70")


def test_ticks_of_a_lost_session_are_back_until_the_items_are_added(page: Page) -> None:
    release = ReleaseFactory(name="first")
    approved("width-scalar"), approved("width-ratio"), approved("noether-charge")
    person("farah")
    log_in(page, "farah")
    page.goto("/releases/first/add/")
    page.get_by_label("Tick this page").check()
    page.get_by_label("Tick noether-charge").uncheck()
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Add the ticked ones").click()
    fill_login(page, "farah")
    expect(page.locator("#messages")).to_contain_text("not done yet")
    expect(page.get_by_text("is back")).to_be_visible()
    expect(page.get_by_label("Tick width-ratio")).to_be_checked()
    expect(page.get_by_label("Tick noether-charge")).not_to_be_checked()
    page.get_by_role("button", name="Add the ticked ones").click()
    expect(page.locator("#messages")).to_contain_text("Added 2 to first.")
    assert set(release.entries.values_list("item_version__item__slug", flat=True)) == {"width-scalar", "width-ratio"}
    assert kept(page) == []


def test_ticks_of_items_that_a_filter_hides_are_not_called_back(page: Page) -> None:
    ReleaseFactory(name="first")
    approved("width-scalar"), approved("noether-charge")
    person("farah")
    log_in(page, "farah")
    page.goto("/releases/first/add/")
    page.get_by_label("Tick width-scalar").check()
    page.goto("/releases/first/add/?q=noether")
    expect(page.get_by_label("Tick noether-charge")).not_to_be_checked()
    expect(page.get_by_text("is back")).to_have_count(0)


def test_release_that_a_lost_session_did_not_freeze_says_so(page: Page) -> None:
    release = ReleaseFactory(name="first")
    ReleaseEntryFactory(release=release)
    log_in(page, "farah")
    page.goto("/releases/first/freeze/")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Freeze").click()
    fill_login(page, "farah")
    page.wait_for_url("**/releases/first/freeze/")
    expect(page.locator("#messages")).to_contain_text("not done yet")


@pytest.mark.parametrize(
    ("name", "address", "label"),
    [
        ("alice", "/sources/new/", "Title"),
        ("alice", "/new-item/", "Slug"),
        ("farah", "/new-release/", "Name"),
    ],
)
def test_form_gives_back_what_was_typed_until_it_is_discarded(page: Page, name: str, address: str, label: str) -> None:
    person(name)
    log_in(page, name)
    page.goto(address)
    page.get_by_label(label).fill("kept-words")
    page.reload()
    expect(page.get_by_label(label)).to_have_value("kept-words")
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_label(label)).to_have_value("")
    assert kept(page) == []


def test_cancelled_form_gives_nothing_back(page: Page) -> None:
    person("farah")
    log_in(page, "farah")
    page.goto("/new-release/")
    page.get_by_label("Notes").fill("To be thought over.")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Releases")
    assert kept(page) == []


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('qft:draft'))")


def test_submission_of_a_lost_session_returns_to_the_editor_with_the_text(page: Page) -> None:
    draft = ItemVersionFactory(author=person("alice"))
    log_in(page, "alice")
    page.goto(f"/items/{draft.item.slug}/edit/")
    page.locator(".field:has(#id_statement) .cm-content").click()
    page.keyboard.press("Control+Home")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.insert_text("Assume weak coupling. ")
    page.keyboard.press("Control+Enter")
    fill_login(page, "alice")
    expect(page.locator("#messages")).to_contain_text("not done yet")
    page.get_by_role("button", name="Restore it").click()
    expect(page.locator("#id_statement")).to_have_value(f"Assume weak coupling. {draft.statement}")
