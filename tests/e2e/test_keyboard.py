"""From log-in to a downloaded release without a mouse: Tab, Enter, the keys of the page, and typing."""

import io
import zipfile

import orjson
import pytest
from playwright.sync_api import Download, Locator, Page, expect

from qftapp.items.models import ItemVersion
from tests.e2e.desk import wait_until_saved
from tests.factories import GOLD, PASSWORD, SECOND_SOLUTION, SOLUTION, STATEMENT, SourceProblemFactory, person

pytestmark = pytest.mark.django_db(transaction=True)

TWICE_TOO_LARGE = GOLD.replace("8 * math.pi", "4 * math.pi")
MOST_TABS = 90


def test_textbook_problem_becomes_a_release_by_keyboard_alone(page: Page) -> None:
    for name in ("alice", "chandra", "farah"):
        person(name)
    SourceProblemFactory(source__title="Notes on Decays", locator="Problem 3.1")

    page.goto("/login/")
    log_in(page, "alice")
    adapt(page)
    write_the_item(page)
    be_refused_and_mend_gold(page)
    log_out(page)
    log_in(page, "chandra")
    solve_and_approve(page)
    log_out(page)
    log_in(page, "farah")
    archive = release(page).path().read_bytes()

    with zipfile.ZipFile(io.BytesIO(archive)) as package:
        rows = [orjson.loads(line) for line in package.read("decays-1/items.jsonl").splitlines()]
    assert [(row["slug"], row["contract"]["gold"]["source"]) for row in rows] == [("scalar-width", GOLD)]


def reach(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus; in an editor, where Tab may indent, Escape comes first."""
    expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        if page.evaluate("Boolean(document.activeElement.closest('.cm-editor'))"):
            page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{MOST_TABS} times Tab do not lead to {target}")


def press(page: Page, role: str, name: str) -> None:
    """Reach a button or link, and press it."""
    reach(page, page.get_by_role(role, name=name, exact=True))
    page.keyboard.press("Enter")


def fill(page: Page, label: str, text: str) -> None:
    """Reach a field, and type; a list goes to the choice that begins so."""
    reach(page, page.get_by_label(label))
    page.keyboard.type(text)


def write(page: Page, field: str, text: str) -> None:
    """Reach a code editor, and replace its text."""
    reach(page, page.locator(f".field:has(#id_{field}) .cm-content"))
    overwrite(page, text)


def overwrite(page: Page, text: str) -> None:
    """Type over the text of the editor that has the focus, in one go, since Python's would be indented anew."""
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def log_in(page: Page, username: str) -> None:
    fill(page, "Username", username)
    fill(page, "Password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good day")


def log_out(page: Page) -> None:
    reach(page, page.locator("details.menu > summary"))
    page.keyboard.press("Enter")
    press(page, "button", "Log out")


def adapt(page: Page) -> None:
    press(page, "link", "Adapt a problem")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sources")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    press(page, "link", "Adapt")
    fill(page, "Slug", "scalar-width")
    fill(page, "Find a topic", "decays")
    page.keyboard.press("Enter")
    fill(page, "Level", "grad")
    fill(page, "Difficulty", "med")
    fill(page, "Task type", "direct")
    press(page, "button", "Go on to the editor")
    expect(page.locator("#draft")).to_be_visible()


def write_the_item(page: Page) -> None:
    write(page, "statement", STATEMENT % 1)
    for name, meaning in (("m", "mass of the scalar"), ("g", "Yukawa coupling")):
        press(page, "button", "Add a symbol")
        page.keyboard.type(name)
        fill_symbol(page, "LaTeX", name)
        fill_symbol(page, "Meaning", meaning)
    fill(page, "Function name", "decay_width")
    write(page, "gold_source", TWICE_TOO_LARGE)
    fill(page, "Units", "natural")
    write(page, "solution", SOLUTION)
    write(page, "second_solution", SECOND_SOLUTION)
    wait_until_saved(page)


def fill_symbol(page: Page, label: str, text: str) -> None:
    """Go on to a field of the symbol that was added last."""
    reach(page, page.locator(".formset-row.symbol").last.get_by_label(label))
    page.keyboard.type(text)


def be_refused_and_mend_gold(page: Page) -> None:
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Not submitted", timeout=20_000)
    assert ItemVersion.objects.get().state == "draft"
    page.keyboard.press("2")
    reach(page, page.locator("#check-second_solution").get_by_role("link").first)
    page.keyboard.press("Enter")
    expect(page.locator(".field:has(#id_second_solution) .cm-content")).to_be_focused()
    page.keyboard.press("Escape")
    write(page, "gold_source", GOLD)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("in review", timeout=20_000)


def solve_and_approve(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    fill(page, "Your answer", r"\frac{g^2 m}{8\pi}")
    press(page, "button", "Check it")
    expect(page.locator("#verdict-of-answer")).to_contain_text("correct", timeout=20_000)
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_contain_text("approved")


def release(page: Page) -> Download:
    press(page, "link", "Releases")
    press(page, "link", "New release")
    fill(page, "Name", "decays-1")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("decays-1")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_have_text("Add items")
    page.keyboard.press("Control+Enter")
    press(page, "link", "Freeze…")
    press(page, "button", "Freeze for good")
    expect(page.get_by_role("link", name="Download")).to_be_visible()
    with page.expect_download() as download:
        page.keyboard.press("d")
    return download.value
