"""Two people differ; a third settles it by keys alone, and sees the marks painted on the text they speak of."""

import pytest
from playwright.sync_api import Page, expect

from qftapp.labels.models import Annotation
from tests.e2e.desk import log_in
from tests.factories import person
from tests.labels.judged import campaign_on, judge

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "We expand $x$.\n\nThen the sign of $g^2$ flips.\n\nSo it is 2.\n"
PAINTED = "name => [...(CSS.highlights.get(name) ?? [])].map(String)"


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of that name has the focus."""
    button = page.get_by_role("button", name=name)
    for _ in range(60):
        if button.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {name}")


def test_difference_is_settled_by_keys_alone(page: Page) -> None:
    campaign = campaign_on(1, TEXT, slug="first")
    judge(campaign, 0, "ana", "flawed", "the sign of $g^2$")
    judge(campaign, 0, "ben", "sound")
    log_in(page, person("emil").username)
    page.goto("/campaigns/first/")
    page.keyboard.press("a")
    page.wait_for_url("**/agreement/")
    page.keyboard.press("d")
    page.wait_for_url("**/differences/**")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Judged by")).to_be_visible()
    assert page.evaluate(PAINTED, "voice-1") == ["the sign of "]
    expect(page.locator(".math.is-voice-1")).to_have_count(1)

    tab_to(page, "Take the mark of A in step 2")
    page.keyboard.press("Enter")
    expect(page.locator("#side-2 .settled")).to_be_visible()
    assert page.evaluate(PAINTED, "voice-settled") == ["the sign of "]
    expect(page.get_by_role("heading", name="Taken 1")).to_be_visible()
    expect(page.locator("#step-2 > .step-number")).to_be_focused()
    page.keyboard.press("f")
    page.keyboard.press("c")
    page.keyboard.type("The square has no sign to lose.")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("Nothing waits in")).to_be_visible()
    settled = Annotation.objects.get(kind="adjudicated")
    assert (settled.verdict, settled.comment) == ("flawed", "The square has no sign to lose.")
    assert settled.marks.count() == 1
