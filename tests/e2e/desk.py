"""What people do at the desk, for journeys: log in, write in an editor, wait until it is saved."""

from playwright.sync_api import Page, expect

from tests.factories import PASSWORD


def log_in(page: Page, username: str) -> None:
    """Log in through the page, as the one and only user of this browser."""
    page.context.clear_cookies()
    page.goto("/login/")
    fill_login(page, username)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good day")


def fill_login(page: Page, username: str) -> None:
    """Send the login form that the page shows, by keys alone."""
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def write(page: Page, field: str, text: str) -> None:
    """Replace the text of a code editor by typing over it."""
    page.locator(f".field:has(#id_{field}) .cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def wait_until_saved(page: Page) -> None:
    """Wait until the draft's last change is stored."""
    expect(page.locator("[data-autosave-status]")).to_have_attribute("data-state", "saved", timeout=10_000)
