"""Accepting what a new verifier says, and contesting a grade, with a browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from qftapp.runs.grading import contesting
from qftapp.runs.models import Contest, Grade
from tests import factories
from tests.e2e.desk import log_in
from tests.runs import grading_of

pytestmark = pytest.mark.django_db(transaction=True)

DETAIL = {
    "form": "text",
    "diagnosis": {"words": "too large by 2", "latex": "2", "category": "mathematical"},
    "point": {"arguments": {"m": "2", "g": "1"}, "gold": "0.0796", "answer": "0.159"},
}


def wrong_grade() -> Grade:
    answer = r"\frac{g^2 m}{4\pi}"
    return factories.GradeFactory(outcome="wrong", diagnosis="factor", answer=answer, detail=DETAIL, reason="twice")


def test_grade_is_contested_and_settled_with_the_keyboard(page: Page) -> None:
    grade = wrong_grade()
    for name in ("dana", "emil"):
        factories.person(name)
    log_in(page, "dana")
    page.goto(f"/traces/{grade.trace_id}/grade/")
    expect(page.locator(".reading .katex")).to_be_visible()
    page.locator(".contest-form summary").press("Enter")
    page.get_by_label("It should be").select_option("correct")
    page.get_by_label("Why").fill(r"The same as $\Gamma$.")
    page.get_by_role("button", name="Contest").press("Enter")
    expect(page.locator("#messages")).to_contain_text("The grade is contested")
    expect(page.locator("#grade")).to_contain_text("wrong should be correct")
    expect(page.locator(".contest-form")).to_have_count(0)

    log_in(page, "emil")
    expect(page.locator("#contests-list")).to_contain_text(grade.trace.item_version.item.slug)
    page.goto(Contest.objects.get().get_absolute_url())
    page.get_by_label("The verifier is wrong").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Settle")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("The verifier is wrong")
    assert Contest.objects.get().decided_by == factories.person("emil")


def test_new_grades_are_accepted_after_a_look_at_the_difference(page: Page) -> None:
    run = grading_of.run_of(grading_of.RIGHT, grading_of.TWICE)
    grading_of.graded_before(run, "wrong", "wrong")
    grading = grading_of.waiting(run, "correct", "wrong")
    log_in(page, "farah")
    page.goto(f"/runs/{run.slug}/gradings/")
    page.get_by_role("link", name="look at the differences").click()
    page.locator(".outcomes-table a").click()
    expect(page.locator(".changes-table tbody tr")).to_have_count(1)
    page.keyboard.press("a")
    expect(page.locator("#messages")).to_contain_text("count now")
    assert grading_of.outcomes(run, is_current=True) == ["correct", "wrong"]
    grading.refresh_from_db()
    assert grading.accepted_by == factories.person("farah")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 400)])
def test_pages_of_grades_have_no_accessibility_finding_and_fit(page: Page, scheme: str, width: int) -> None:
    run = grading_of.run_of(grading_of.RIGHT, grading_of.TWICE)
    grading_of.graded_before(run, "wrong", "wrong")
    grading = grading_of.waiting(run, "correct", "wrong")
    grade = wrong_grade()
    contest = contesting.contest(grade.pk, by=factories.person("dana"), expected="correct", reason="No.")
    broken = factories.GradeFactory(outcome="broken_item", reason="gold has no value")
    author = broken.trace.item_version.author
    author.is_superuser = True
    author.save()
    addresses = [
        f"/runs/{run.slug}/gradings/",
        f"/runs/{broken.run.slug}/gradings/",
        grading.get_absolute_url(),
        f"/traces/{broken.trace_id}/grade/",
        f"/traces/{grade.trace_id}/grade/",
        "/contests/",
        contest.get_absolute_url(),
        "/broken-items/",
    ]
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    log_in(page, author.username)
    found = {}
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        violations = [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in Axe().run(page).response["violations"]]
        needed = page.evaluate("document.documentElement.scrollWidth")
        if violations or needed > width:
            found[address] = (violations, needed)
    assert found == {}
