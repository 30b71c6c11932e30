"""Hands on the keyboard: stepping through a list, finding a topic, from a failed check to its field."""

import pytest
from playwright.sync_api import Page, expect

from qftapp.items.models import Item
from tests.e2e.desk import log_in
from tests.factories import ItemFactory, ItemVersionFactory, person

pytestmark = pytest.mark.django_db(transaction=True)


def test_rows_of_a_list_are_stepped_through(page: Page) -> None:
    for slug in ("first", "second", "third"):
        ItemVersionFactory(item=ItemFactory(slug=slug), author=person("alice"))
    log_in(page, "alice")
    page.goto("/items/?sort=slug")
    for key in "jjjjkk":
        page.keyboard.press(key)
    expect(page.get_by_role("link", name="first")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("second")


def test_topic_is_found_by_its_words(page: Page) -> None:
    person("alice")
    log_in(page, "alice")
    page.goto("/new-item/")
    page.get_by_label("Slug").fill("muon-width")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Find a topic")).to_be_focused()
    page.keyboard.type("decay cross")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Topic", exact=True)).to_have_value("cross-sections-decays")
    page.get_by_label("Level").select_option("graduate")
    page.get_by_label("Difficulty").select_option("easy")
    page.get_by_label("Task type").select_option("derivation")
    page.get_by_role("button", name="Go on to the editor").click()
    expect(page.locator("#draft")).to_be_visible()
    assert Item.objects.get().topic == "cross-sections-decays"


def test_new_draft_is_quiet_until_somebody_writes(page: Page) -> None:
    test_topic_is_found_by_its_words(page)
    page.wait_for_load_state("networkidle")
    expect(page.locator("#check-contract")).to_be_attached()
    expect(page.locator("#draft .errorlist")).to_have_count(0)


def test_failed_check_leads_to_its_field(page: Page) -> None:
    version = ItemVersionFactory(author=person("alice"), solution="")
    log_in(page, "alice")
    page.goto(f"/items/{version.item.slug}/edit/")
    expect(page.locator("#check-solution a")).to_be_attached(timeout=20_000)
    page.keyboard.press("2")
    page.locator("#check-solution a").press("Enter")
    expect(page.locator(".field:has(#id_solution) .cm-content")).to_be_focused()
