"""A campaign is composed and started, and a taxonomy's next number written and published, in the browser."""

import pytest
from playwright.sync_api import Page, expect

from qftapp.labels.models import Campaign, Taxonomy
from tests.e2e.desk import log_in
from tests.factories import GradeFactory, person
from tests.labels.desk import taxonomy

pytestmark = pytest.mark.django_db(transaction=True)


def test_campaign_is_composed_with_its_forecast_and_started(page: Page) -> None:
    person("emil")
    taxonomy()
    for outcome in ("wrong", "wrong", "correct"):
        GradeFactory(outcome=outcome)
    log_in(page, "emil")
    page.goto("/campaigns/")
    page.keyboard.press("c")
    page.get_by_label("Title").fill("First look")
    expect(page.get_by_role("status")).to_have_text("3 traces match; 3 would be taken.")
    page.get_by_label("Wrong", exact=True).check()
    expect(page.get_by_role("status")).to_have_text("2 traces match; 2 would be taken.")
    page.get_by_label("Traces", exact=True).fill("1")
    expect(page.get_by_role("status")).to_have_text("2 traces match; 1 would be taken.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("First look")
    expect(page.get_by_role("progressbar", name="Annotations given")).to_have_text("0 of 2")
    assert Campaign.objects.get().entries.count() == 1


def test_next_number_is_written_by_rows_and_published(page: Page) -> None:
    person("emil")
    taxonomy()
    log_in(page, "emil")
    page.goto("/taxonomies/small/1/")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", level=1)).to_have_text("Write Errors 2")
    page.get_by_role("button", name="Add a category").click()
    page.keyboard.insert_text("Circular")
    added = page.locator("[data-formset-row]:visible").last
    added.get_by_label("Definition").fill("What is sought is assumed.")
    added.get_by_role("button", name="Move up").click()
    page.get_by_role("button", name="Remove this category").first.click()
    page.get_by_role("button", name="Save and publish…").click()
    expect(page.locator(".category-changes")).to_contain_text("Factual gone")
    expect(page.locator(".category-changes")).to_contain_text("Circular new")
    page.get_by_role("button", name="Publish for good").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Errors 2")
    published = Taxonomy.objects.get(slug="small", number=2)
    assert published.is_published
    assert [each.code for each in published.categories.all()] == ["circular", "mathematical"]
