"""Labels outlive reloads, killed browsers, lost sessions, other tabs and refusals."""

import pytest
from playwright.sync_api import Browser, Page, expect

from qftapp.labels.models import Annotation, Campaign, SpanLabel
from tests.e2e.desk import fill_login, wait_until_saved
from tests.e2e.labelling import keys, marks, open_desk
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_reload_in_the_middle_loses_nothing(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    keys(page, "1", "0", "u")
    wait_until_saved(page)
    page.keyboard.press("j")
    page.keyboard.press("2")
    page.reload()  # within the second before the save
    expect(page.locator("[data-mark-count]")).to_have_text("2")
    expect(page.get_by_role("radio", name="Unsure")).to_be_checked()
    wait_until_saved(page)
    assert [code for _, code in marks()] == ["factual", "mathematical"]


def test_killed_browser_gives_the_marks_back(page: Page, campaign: Campaign) -> None:
    annotation = open_desk(page, campaign)
    page.route("**/save/", lambda route: route.abort())
    keys(page, "1", "0")
    expect(page.locator("[data-autosave-status]")).to_have_attribute("data-state", "failed")
    again = page.context.new_page()
    page.close(run_before_unload=False)
    again.goto(f"/label/{annotation.pk}/")
    expect(again.locator("[data-mark-count]")).to_have_text("1")
    wait_until_saved(again)
    assert [code for _, code in marks()] == ["factual"]
    assert kept(again) == []


def test_lost_session_keeps_the_marks_and_sends_them_after_login(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    page.context.clear_cookies(name="sessionid")
    keys(page, "1", "0")
    expect(page.locator("[data-autosave-status]")).to_contain_text("you are logged out")
    assert marks() == []
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Log in in a new tab").click()
    fill_login(opened.value, "dana")
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("Good day")
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    wait_until_saved(page)
    assert [code for _, code in marks()] == ["factual"]


def test_login_on_the_same_page_finds_the_marks_again(page: Page, campaign: Campaign) -> None:
    annotation = open_desk(page, campaign)
    page.context.clear_cookies(name="sessionid")
    keys(page, "1", "0")
    expect(page.locator("[data-autosave-status]")).to_contain_text("you are logged out")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/label/{annotation.pk}/")
    fill_login(page, "dana")
    expect(page.locator("[data-mark-count]")).to_have_text("1")
    wait_until_saved(page)
    assert [code for _, code in marks()] == ["factual"]


@pytest.mark.parametrize(("choice", "stands"), [("Keep mine", "mathematical"), ("Take what is saved", "factual")])
def test_two_tabs_show_both_and_let_choose(page: Page, campaign: Campaign, choice: str, stands: str) -> None:
    annotation = open_desk(page, campaign)
    other = page.context.new_page()
    other.goto(f"/label/{annotation.pk}/")
    expect(other.locator(".step.is-current")).to_be_visible()
    keys(page, "1", "0", "f")
    wait_until_saved(page)
    keys(other, "j", "2", "0", "u")
    both = other.get_by_role("alert")
    expect(both).to_contain_text("saved from another tab")
    expect(both.locator("[data-theirs]")).to_contain_text("Flawed")
    expect(both.locator("[data-theirs]")).to_contain_text("Step 1: Factual")
    expect(both.locator("[data-mine]")).to_contain_text("Step 2: Mathematical")
    other.get_by_role("button", name=choice).click()
    wait_until_saved(other)
    assert [code for _, code in marks()] == [stands]
    if choice != "Keep mine":
        other.keyboard.press("z")
        expect(other.locator("[data-first-error]")).to_contain_text("step 2")


def test_two_people_label_the_same_trace_and_see_nothing_of_each_other(
    page: Page, browser: Browser, campaign: Campaign
) -> None:
    campaign.entries.filter(position=1).delete()
    UserFactory(username="rosalind", roles=("annotator",))
    first = open_desk(page, campaign)
    context = browser.new_context(base_url=page.url.split("/label/")[0])
    other = context.new_page()
    second = open_desk(other, campaign, "rosalind")
    assert first.trace_id == second.trace_id
    keys(page, "1", "0", "f", "n")
    expect(page.locator("#messages")).to_contain_text("Nothing is left for you")
    other.reload()
    expect(other.locator("[data-mark-count]")).to_have_text("0")
    assert "model-" not in other.content()
    keys(other, "s", "n")
    expect(other.locator("#messages")).to_contain_text("Nothing is left for you")
    context.close()
    assert sorted(Annotation.objects.values_list("verdict", flat=True)) == ["flawed", "sound"]


def test_refusal_says_why_and_nothing_is_lost(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    keys(page, "f", "n")
    expect(page.get_by_role("alert")).to_contain_text("Mark at least one step")
    keys(page, "1", "0", "Control+Enter")
    expect(page.locator("#messages")).to_contain_text("Submitted.")


def test_given_annotation_is_taken_back(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    keys(page, "1", "0", "f", "n")
    expect(page.locator("#messages")).to_contain_text("Submitted.")
    page.goto("/label/")
    page.get_by_role("button", name="Take back").click()
    expect(page.locator("[data-mark-count]")).to_have_text("1")
    page.keyboard.press("m")
    wait_until_saved(page)
    assert SpanLabel.objects.get().severity == "minor"


def test_going_back_to_what_was_submitted_shows_it_as_given(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    keys(page, "1", "f")
    wait_until_saved(page)
    page.keyboard.press("n")
    expect(page.get_by_text("No step is marked.")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Take back")).to_be_visible()


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('qft:draft'))")
