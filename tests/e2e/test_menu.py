"""On a narrow screen the navigation is a menu, which needs no script."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk import log_in
from tests.factories import person

pytestmark = pytest.mark.django_db(transaction=True)


def test_menu_of_a_narrow_screen_opens_leads_and_closes(page: Page) -> None:
    log_in(page, person("emil").username)
    nav = page.get_by_role("navigation", name="Main")
    expect(nav.get_by_role("link", name="Runs")).to_be_visible()
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()

    page.set_viewport_size({"width": 400, "height": 800})
    expect(nav).to_be_hidden()
    button = page.get_by_role("button", name="Menu")
    button.focus()
    page.keyboard.press("Enter")
    expect(nav.get_by_role("link", name="Labels")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(nav).to_be_hidden()
    button.click()
    nav.get_by_role("link", name="Labels").click()
    expect(page).to_have_url("/label/")


def test_menu_works_without_scripts(page: Page) -> None:
    person("emil")
    log_in(page, "emil")
    bare = page.context.browser.new_context(
        java_script_enabled=False,
        storage_state=page.context.storage_state(),
        viewport={"width": 400, "height": 800},
    )
    plain = bare.new_page()
    plain.goto(page.url)
    plain.get_by_role("button", name="Menu").click()
    plain.get_by_role("navigation", name="Main").get_by_role("link", name="Labels").click()
    expect(plain.get_by_role("heading", level=1)).to_be_visible()
    assert plain.url.endswith("/label/")
    bare.close()
