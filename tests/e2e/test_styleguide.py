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


def test_keys_are_listed_and_never_fire_while_typing(page: Page):
    open_guide(page)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    page.keyboard.type("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys of this page")).to_contain_text("Ctrl+Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_tabs_and_divider_follow_the_arrow_keys(page: Page):
    open_guide(page)
    page.get_by_role("tab", name="Rendered").press("ArrowRight")
    expect(page.get_by_role("tab", name="Checks")).to_be_focused()
    expect(page.get_by_role("tabpanel")).to_have_text("What the computer says.")
    page.get_by_role("separator").press("ArrowRight")
    expect(page.get_by_role("separator")).to_have_attribute("aria-valuenow", "47")


def test_editor_fills_its_textarea_and_lets_the_keyboard_out(page: Page):
    open_guide(page)
    editor = page.get_by_role("textbox", name="Gold")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Tab")
    page.keyboard.type("# end")
    assert page.input_value("#id_gold").endswith("\n    # end")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save")).to_be_focused()


def test_rows_are_added_moved_and_removed_with_the_counters_right(page: Page):
    open_guide(page)
    page.get_by_role("button", name="Add a symbol").click()
    page.keyboard.type("k")
    page.locator("[data-row-up]").last.click()
    page.locator("[data-row-remove]").first.click()
    fields = page.locator("form[data-formset]").evaluate("form => Object.fromEntries(new FormData(form))")
    assert {name: value for name, value in fields.items() if not name.endswith("latex")} == {
        "symbols-TOTAL_FORMS": "3",
        "symbols-INITIAL_FORMS": "2",
        "symbols-MIN_NUM_FORMS": "0",
        "symbols-MAX_NUM_FORMS": "1000",
        "symbols-0-name": "m",
        "symbols-0-ORDER": "1",
        "symbols-0-DELETE": "on",
        "symbols-1-name": "g",
        "symbols-1-ORDER": "2",
        "symbols-2-name": "k",
        "symbols-2-ORDER": "1",
    }


def test_colour_scheme_is_remembered(page: Page):
    open_guide(page)
    page.get_by_role("radio", name="Dark").check(force=True)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(22, 24, 27)"


def test_formula_that_does_not_set_shows_its_source_and_the_reason(page: Page):
    open_guide(page)
    expect(page.locator(".math.is-unset")).to_have_text(r"\frac{1}{\foo}Undefined control sequence: \foo")
    expect(page.locator(".prose").first).to_contain_text("A beam costs $5 to $6 per hour")
