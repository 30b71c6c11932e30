"""An author tries answers beside the draft, keeps them as tests, and sees at each test what the verifier says of it."""

import pytest
from playwright.sync_api import Page, expect

from qftapp.actors.models import Event
from qftapp.items.models import ItemVersion
from tests.e2e.desk import log_in, wait_until_saved
from tests.factories import ItemVersionFactory, contract, person

pytestmark = pytest.mark.django_db(transaction=True)

RIGHT = {"answer": r"\frac{g^2m}{8\pi}", "outcome": "correct", "name": ""}
TOO_LARGE = {"answer": r"\frac{g^2m}{4\pi}", "outcome": "wrong", "name": "too large by 2"}


def open_draft(page: Page, **given) -> ItemVersion:
    """A sound draft of Alice's, its checks open in her browser."""
    version = ItemVersionFactory(author=person("alice"), contract=contract(**given))
    log_in(page, "alice")
    page.goto(f"/items/{version.item.slug}/edit/")
    page.get_by_role("tab", name="Checks").click()
    expect(page.locator("#checks-content")).to_contain_text("ready for review", timeout=20_000)
    return version


def stored_tests(version: ItemVersion) -> list[dict[str, str]]:
    version.refresh_from_db()
    return version.contract.get("tests", [])


def test_answer_that_was_tried_becomes_a_test(page: Page) -> None:
    draft = open_draft(page)
    page.get_by_label("Your answer").fill(TOO_LARGE["answer"])
    page.get_by_role("button", name="Check it").click()
    verdict = page.locator("#verdict-of-answer")
    expect(verdict).to_contain_text("too large by 2")
    expect(verdict.locator(".reading .math.is-set")).to_have_count(1)
    verdict.get_by_text("Gold and this answer at 10 points").click()
    expect(verdict.get_by_role("columnheader", name="answer")).to_be_visible()

    page.get_by_role("button", name="Add as a test").click()
    expect(page.locator("#id_tests-0-answer")).to_be_focused()
    wait_until_saved(page)
    assert stored_tests(draft) == [TOO_LARGE]
    checked = page.locator("#check-tests")
    expect(checked).to_contain_text("All 1 come out as they must. Add 2 forms")
    assert not Event.objects.filter(verb="item_version.answered").exists()


def test_tests_are_written_by_keyboard_alone(page: Page) -> None:
    draft = open_draft(page)
    page.get_by_role("button", name="Add a test").focus()
    page.keyboard.press("Enter")
    page.keyboard.type(RIGHT["answer"])
    page.get_by_role("button", name="Add a test").focus()
    page.keyboard.press("Enter")
    page.keyboard.type(TOO_LARGE["answer"])
    page.keyboard.press("Tab")
    page.keyboard.type("Must be ref")
    page.keyboard.press("Tab")
    page.keyboard.type(TOO_LARGE["name"])
    wait_until_saved(page)

    assert stored_tests(draft) == [RIGHT, TOO_LARGE]
    expect(page.locator("#check-tests")).to_contain_text("All 2 come out as they must.")


def test_test_that_fails_is_told_at_its_row_and_in_the_checks(page: Page) -> None:
    draft = open_draft(page, tests=[RIGHT, TOO_LARGE])
    outcome = page.get_by_label("It", exact=True).nth(1)
    outcome.select_option("Must be accepted")
    row = page.locator('[data-formset="tests"] [data-formset-row]').nth(1)
    expect(row.locator(".errorlist")).to_contain_text("It must be accepted, but is wrong", timeout=10_000)
    failing = page.locator("#check-test_2")
    expect(failing).to_contain_text("(too large by 2)")
    expect(page.locator(".tests-table")).to_contain_text("too large by 2")
    failing.get_by_role("link").click()
    expect(page.locator("#id_tests-1-answer")).to_be_focused()

    outcome.select_option("Must be refused")
    expect(row.locator(".errorlist")).to_have_count(0, timeout=10_000)
    assert stored_tests(draft) == [RIGHT, TOO_LARGE]


def test_altered_answers_are_listed_by_name(page: Page) -> None:
    open_draft(page)
    page.get_by_text("The altered answers by name").click()
    expect(page.locator("#checks-content")).to_contain_text("The answer with m and g exchanged: refused.")


def test_unreadable_answer_says_what_to_do_and_leads_to_the_rules(page: Page) -> None:
    open_draft(page)
    page.get_by_label("Your answer").fill(r"g^2m/8\pi")
    page.get_by_role("button", name="Check it").click()
    verdict = page.locator("#verdict-of-answer")
    expect(verdict).to_contain_text("Brackets settle what can be read in two ways.")
    expect(verdict.locator(".reading .math.is-set")).to_have_count(2)
    verdict.get_by_role("link", name="How answers are checked").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How answers are checked")
    expect(page.locator(".math.is-unset")).to_have_count(0)


def test_rules_are_found_from_every_page(page: Page) -> None:
    person("alice")
    log_in(page, "alice")
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_role("link", name="How answers are checked").click()
    expect(page.get_by_role("heading", name="Brackets that are not written")).to_be_visible()
