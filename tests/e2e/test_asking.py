"""A run is started and followed in the browser, from the first choice to the last answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from playwright.sync_api import Page, expect

from qftapp.runs.asking.executing import execute
from qftapp.runs.models import Run
from tests import factories
from tests.e2e.desk import log_in
from tests.runs.asking import answering
from tests.servers import completion

pytestmark = pytest.mark.django_db(transaction=True)


def test_run_is_started_and_followed(page: Page) -> None:
    factories.person("farah")
    factories.default_prompt()
    factories.LanguageModelFactory(slug="qwen")
    factories.frozen_release(factories.approved(), factories.approved(), name="first")
    first_half, may_go_on = [], Event()

    def slowly(body):
        first_half.append(body)
        if len(first_half) > 3:
            may_go_on.wait(60)
        return completion()

    with answering(slowly):
        log_in(page, "farah")
        page.goto("/models/qwen/")
        page.get_by_role("link", name="New run").click()
        page.get_by_label("Release").select_option("first")
        page.get_by_label("Split").select_option("test")
        page.get_by_label("Samples of each item").fill("3")
        expect(page.get_by_role("status")).to_contain_text("2 items × 3 samples = 6 requests")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("0 of 6", exact=True).first).to_be_visible()

        with ThreadPoolExecutor(1) as worker:
            done = worker.submit(execute, Run.objects.get().pk)
            expect(page.get_by_text("3 of 6 ·")).to_be_visible()
            expect(page.get_by_text("tokens/s")).to_be_visible()
            may_go_on.set()
            assert done.result() == "done"
        expect(page.locator("#asking .badge")).to_have_text("done")
        expect(page.get_by_role("progressbar")).to_have_count(0)
