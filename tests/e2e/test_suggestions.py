"""What a language model suggests, at the desk: asked for, then taken or left mark by mark, by keys alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from qftapp.labels.models import Annotation
from qftapp.labels.suggesting import actions
from tests.e2e.desk import log_in, wait_until_saved
from tests.e2e.labelling import TEXT, open_desk, taxonomy
from tests.factories import LanguageModelFactory, person
from tests.labels.judged import campaign_on
from tests.labels.suggesting import judging

pytestmark = pytest.mark.django_db(transaction=True)

REPLY = r"""<think>Two things.</think> {"verdict": "flawed", "comment": "Two slips.", "marks": [
{"step": 1, "category": "factual", "claim": "(\gamma^5)^2 = -1", "correction": "It is $+1$."},
{"step": 2, "category": "mathematical", "severity": "minor", "claim": "The squared amplitude", "note": "A factor."}]}"""


def test_lead_asks_and_annotator_takes_and_leaves_by_keys(page: Page) -> None:
    campaign = campaign_on(2, TEXT, taxonomy=taxonomy(), suggestions="before", slug="pilot")
    LanguageModelFactory(slug="judge")
    with judging(REPLY):
        log_in(page, person("emil").username)
        page.goto("/campaigns/pilot/")
        page.keyboard.press("s")
        page.get_by_label("Language model").select_option("judge")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("0 of 2 judged")).to_be_visible()
        with ThreadPoolExecutor(1) as worker:
            assert worker.submit(actions.execute, campaign.suggestings.get().pk).result() == "done"
    expect(page.get_by_text("2 of 2 judged")).to_be_visible()

    annotation = open_desk(page, campaign)
    region = page.get_by_role("region", name="Suggested by judge")
    expect(region).to_contain_text("Two slips.")
    assert Axe().run(page).response["violations"] == []
    for key in ("o", "t", "o", "i"):
        page.keyboard.press(key)
    expect(region.locator(".suggestion").nth(0)).to_contain_text("taken")
    expect(region.locator(".suggestion").nth(1)).to_contain_text("left")
    page.keyboard.press("f")
    wait_until_saved(page)

    mark = annotation.marks.get()
    assert annotation.trace.text[mark.start : mark.end] == mark.claim == r"$(\gamma^5)^2 = -1$"
    assert (mark.category.code, mark.correction) == ("factual", "It is $+1$.")
    page.keyboard.press("n")
    expect(page).not_to_have_url(f"/label/{annotation.pk}/")
    assert Annotation.objects.get(pk=annotation.pk).verdict == "flawed"
