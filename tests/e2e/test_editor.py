"""The editor keeps every word: two tabs, a lost session, a refused text; and says where something is wrong."""

import pytest
from playwright.sync_api import Page, expect

from qftapp.actors.models import Event
from qftapp.items.models import ItemVersion
from tests.e2e.desk import log_in, wait_until_saved, write
from tests.factories import ItemVersionFactory, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(page: Page) -> ItemVersion:
    """A sound draft of Alice's, open in her browser."""
    version = ItemVersionFactory(author=person("alice"))
    log_in(page, "alice")
    page.goto(f"/items/{version.item.slug}/edit/")
    expect(page.locator(".field:has(#id_statement) .cm-content")).to_be_visible()
    return version


def statement_of(page: Page) -> str:
    return page.locator("#id_statement").input_value()


def test_draft_saves_itself_and_survives_a_reload(page: Page, draft: ItemVersion) -> None:
    write(page, "statement", "Find the mass $m$ and the coupling $g$.")
    wait_until_saved(page)
    page.reload()
    assert statement_of(page) == "Find the mass $m$ and the coupling $g$."
    draft.refresh_from_db()
    assert draft.statement == "Find the mass $m$ and the coupling $g$."


def test_second_tab_sees_both_texts_and_loses_neither(page: Page, draft: ItemVersion) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    write(other, "statement", "The text of the other tab with $m$ and $g$.")
    wait_until_saved(other)

    write(page, "statement", "The text of this tab with $m$ and $g$.")
    conflict = page.locator("#draft .conflict")
    expect(conflict).to_contain_text("saved elsewhere")
    expect(conflict.locator("del").first).to_be_visible()
    assert statement_of(page) == "The text of this tab with $m$ and $g$."

    page.get_by_role("button", name="Keep mine").click()
    wait_until_saved(page)
    draft.refresh_from_db()
    assert draft.statement == "The text of this tab with $m$ and $g$."
    overwritten = Event.objects.get(verb="item_version.overwritten")
    assert overwritten.data["content"]["statement"] == "The text of the other tab with $m$ and $g$."


def test_lost_session_keeps_the_text_until_the_next_login(page: Page, draft: ItemVersion) -> None:
    page.context.clear_cookies()
    write(page, "statement", "Typed after the session had gone: $m$, $g$.")
    expect(page.locator("[data-autosave-status]")).to_contain_text("logged out", timeout=10_000)
    address = page.url
    page.on("dialog", lambda dialog: dialog.accept())
    log_in(page, "alice")
    page.goto(address)
    page.get_by_role("button", name="Restore it").click()
    wait_until_saved(page)
    draft.refresh_from_db()
    assert draft.statement == "Typed after the session had gone: $m$, $g$."


def test_text_that_is_too_long_is_refused_at_its_field(page: Page, draft: ItemVersion) -> None:
    before = draft.statement
    page.locator("#id_statement").evaluate(
        "(area, text) => { area.value = text; area.dispatchEvent(new Event('input', {bubbles: true})); }", "x" * 150_000
    )
    expect(page.locator(".field:has(#id_statement) .errorlist")).to_contain_text("at most 100000 characters")
    draft.refresh_from_db()
    assert draft.statement == before


def test_text_too_large_for_the_browser_is_not_promised_a_copy_and_its_refusal_is_told(
    page: Page, draft: ItemVersion
) -> None:
    page.locator("#id_statement").evaluate(
        "area => { area.value = 'x'.repeat(99).concat('\\n').repeat(60_000);"
        " area.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    expect(page.locator("[data-autosave-status]")).to_contain_text("no room for a copy", timeout=15_000)
    page.get_by_role("button", name="Submit for review").click()
    alert = page.get_by_role("alert").first
    expect(alert).to_contain_text("Not submitted, and not saved yet", timeout=20_000)
    expect(alert).to_contain_text("at most 100000 characters")
    assert page.locator("#id_statement").evaluate("area => area.value.length") == 6_000_000


def test_broken_formula_shows_its_source_and_the_reason(page: Page, draft: ItemVersion) -> None:
    write(page, "statement", r"Find $\frac{m}{g$ and $\unknownmacro$.")
    broken = page.locator("#rendered .math.is-unset")
    expect(broken.first).to_contain_text(r"\frac{m}{g")
    wait_until_saved(page)
    page.get_by_role("tab", name="Checks").click()
    expect(page.locator("#check-latex")).to_contain_text("does not set")


def test_contract_problem_is_told_at_its_field(page: Page, draft: ItemVersion) -> None:
    page.locator("#id_symbols-0-low").fill("five")
    field = page.locator(".field:has(#id_symbols-0-low)")
    expect(field.locator(".errorlist")).to_contain_text("number", timeout=10_000)
    page.locator("#id_symbols-0-low").fill("0.5")
    expect(field.locator(".errorlist")).to_have_count(0, timeout=10_000)


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        ("def decay_width(m, g):\n    while True: pass\n", "did not finish"),
        ("def decay_width(m, g):\n    return float('nan')\n", "no value"),
        ("def decay_width(m, g):\n    print(m)\n    return m*g\n", "print"),
        ("def decay_width(m, g):\n    open('/etc/passwd')\n    return m*g\n", "not allowed"),
        ("import socket\ndef decay_width(m, g):\n    socket.socket()\n    return m*g\n", "not allowed"),
    ],
    ids=["loops", "returns nan", "prints", "opens a file", "opens a socket"],
)
def test_gold_that_misbehaves_is_named_in_the_checks(page: Page, draft: ItemVersion, gold: str, said: str) -> None:
    write(page, "gold_source", gold)
    wait_until_saved(page)
    page.get_by_role("tab", name="Checks").click()
    expect(page.locator("#checks .check:not(.pass)").filter(has_text=said).first).to_be_visible(timeout=20_000)


def test_editor_is_written_by_keyboard_alone(page: Page, draft: ItemVersion) -> None:
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.field:has(#id_statement) .cm-content')"):
            break
    page.keyboard.press("Control+a")
    page.keyboard.type("By keyboard: $m$, $g$.")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('.cm-content')")
    wait_until_saved(page)
    draft.refresh_from_db()
    assert draft.statement == "By keyboard: $m$, $g$."


def test_submission_waits_for_the_save_under_way(page: Page, draft: ItemVersion) -> None:
    held = []
    page.route("**/save/", lambda route: held.append((route, route.fetch())))
    write(page, "statement", draft.statement + " Assume $g > 0$.")
    while not held:
        page.wait_for_timeout(50)
    page.get_by_role("button", name="Submit for review").click(no_wait_after=True)
    route, stored = held[0]
    route.fulfill(response=stored)
    expect(page.locator("#messages")).to_contain_text("In review", timeout=20_000)
    draft.refresh_from_db()
    assert draft.state == ItemVersion.State.REVIEW
    assert draft.statement.endswith("Assume $g > 0$.")


def test_text_typed_after_a_submission_that_led_nowhere_is_kept(page: Page, draft: ItemVersion) -> None:
    address = page.url
    page.route("**/submit/", lambda route: route.fulfill(status=204))
    with page.expect_response("**/submit/"):
        page.get_by_role("button", name="Submit for review").click(no_wait_after=True)
    write(page, "statement", "Typed while the server was silent: $m$, $g$.")
    expect(page.locator("[data-autosave-status]")).to_have_text("Unsaved")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    page.get_by_role("button", name="Restore it").click()
    wait_until_saved(page)
    draft.refresh_from_db()
    assert draft.statement == "Typed while the server was silent: $m$, $g$."


def test_removed_symbol_stays_removed_when_a_copy_is_restored(page: Page, draft: ItemVersion) -> None:
    address = page.url
    page.context.clear_cookies()
    page.locator("[data-formset-row]").first.locator("[data-row-remove]").click()
    expect(page.locator("[data-autosave-status]")).to_contain_text("logged out", timeout=10_000)
    page.on("dialog", lambda dialog: dialog.accept())
    log_in(page, "alice")
    page.goto(address)
    expect(page.locator("[data-formset-row]").first).to_be_visible()
    page.get_by_role("button", name="Restore it").click()
    expect(page.locator("[data-formset-row]").first).to_be_hidden()
    wait_until_saved(page)
    before = [symbol["name"] for symbol in draft.contract["symbols"]]
    draft.refresh_from_db()
    assert [symbol["name"] for symbol in draft.contract["symbols"]] == before[1:]
