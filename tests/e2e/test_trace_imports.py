"""A file of traces in the browser: sent with a bar, its columns chosen on its first rows, its report read."""

from pathlib import Path

import orjson
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from qftapp.runs.models import Trace, TraceImport
from tests.e2e.desk import log_in
from tests.factories import LanguageModelFactory, approved, person
from tests.runs.files import files_folder, work

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(tmp_path) -> Path:
    """Rows under names that do not tell which text is the answer; one names no item of ours."""
    person("farah")
    approved("width")
    LanguageModelFactory(slug="qwen")
    path = tmp_path / "answers.jsonl"
    texts = [("width", "The width is $g^2m/8\\pi$. " * 2_000), ("width", "Twice that."), ("nothing", "<b>x</b>")]
    rows = [{"question": slug, "said": text, "response": "…", "n_out": 40} for slug, text in texts]
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return path


def check(page: Page) -> None:
    """Nothing for axe to find, and nothing wider than the page, at both widths."""
    for width in (400, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert [rule["id"] for rule in Axe().run(page).response["violations"]] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_is_sent_its_columns_chosen_and_its_report_read(page: Page, file: Path, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    log_in(page, "farah")
    send(page, file)
    choose_columns(page)
    page.get_by_role("button", name="Begin the import").click()
    expect(page.get_by_text("The import has begun.")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    work()
    expect(page.get_by_role("link", name="all of them as CSV")).to_be_visible()
    expect(page.get_by_role("cell", name="no item is called so")).to_be_visible()
    check(page)
    assert list(Trace.objects.order_by("sample_index").values_list("sample_index", "output_tokens")) == [
        (0, 40),
        (1, 40),
    ]
    page.get_by_role("link", name="Add another file").click()
    expect(page.locator("#id_run")).to_have_value("base")
    expect(page.locator("#id_slug")).to_be_hidden()


def send(page: Page, file: Path) -> None:
    page.goto("/trace-imports/")
    page.locator("#id_file").set_input_files(file)
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_text("A new run needs this.").first).to_be_visible()
    check(page)
    page.locator("#id_file").set_input_files(file)
    page.locator("#id_slug").fill("base")
    page.locator("#id_model").select_option("qwen")
    seen = "form => new MutationObserver(() => { window.bar ||= !form.querySelector('[data-upload-progress]').hidden })"
    page.locator("#upload").evaluate(f"form => ({seen})(form).observe(form, {{attributes: true, subtree: true}})")
    sent = "addEventListener('htmx:xhr:progress', () => sessionStorage.setItem('bar', String(Boolean(window.bar))))"
    page.evaluate(sent)
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("answers.jsonl")
    assert page.evaluate("sessionStorage.getItem('bar')") == "true"


def choose_columns(page: Page) -> None:
    expect(page.locator("#id_text")).to_have_value("response")
    page.locator("#id_item").select_option("question")
    expect(page.get_by_role("cell", name="no item is called so")).to_have_count(1)
    page.locator("#id_text").select_option("said")
    expect(page.get_by_role("cell", name="Twice that.")).to_be_visible()
    page.locator("#id_output_tokens").select_option("n_out")
    expect(page.get_by_role("columnheader", name="output_tokens")).to_be_visible()
    expect(page.get_by_role("cell", name="<b>x</b>")).to_be_visible()
    check(page)
    assert TraceImport.objects.get().columns == {}


def test_a_column_chosen_the_moment_rows_arrive_is_seen(page: Page, file: Path) -> None:
    log_in(page, "farah")
    send(page, file)
    choice = """() => {
        const select = document.getElementById('id_output_tokens');
        select.value = 'n_out';
        select.dispatchEvent(new Event('change', {bubbles: true}));
    }"""
    page.evaluate(f"document.body.addEventListener('htmx:afterSwap', {choice}, {{once: true}})")
    page.locator("#id_text").select_option("said")
    expect(page.get_by_role("columnheader", name="output_tokens")).to_be_visible()


def test_without_scripts_everything_goes_too(browser, live_server, file: Path) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    log_in(page, "farah")
    page.goto("/trace-imports/")
    page.locator("#id_file").set_input_files(file)
    page.locator("#id_slug").fill("base")
    page.locator("#id_model").select_option("qwen")
    page.get_by_role("button", name="Send the file").click()
    page.locator("#id_item").select_option("question")
    page.get_by_role("button", name="Show the rows so").click()
    expect(page.get_by_role("cell", name="no item is called so")).to_have_count(1)
    page.get_by_role("button", name="Begin the import").click()
    expect(page.get_by_text("queued")).to_be_visible()
    context.close()
