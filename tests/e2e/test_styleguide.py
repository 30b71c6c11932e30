"""The style guide in a browser: every component, both schemes, three widths."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)


def open_guide(page: Page, scheme: str = "light", width: int = 1440) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto("/styleguide/")
    expect(page.locator(".cm-editor")).to_have_count(2)


@pytest.mark.parametrize("width", [1440, 900, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, scheme: str, width: int):
    open_guide(page, scheme, width)
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("width", [1440, 900, 400])
def test_page_does_not_scroll_sideways(page: Page, width: int):
    open_guide(page, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
