"""An export is made by keyboard, watched, downloaded and opened, in the browser."""

import gzip
import json
import zipfile

import pytest
from playwright.sync_api import Page, expect

from qftapp.experiments.models import Export
from tests.e2e.desk import log_in
from tests.experiments.exports import answered, files_folder, release_of, rows_of, teacher, version
from tests.factories import default_prompt, person
from tests.runs.files import work

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_export_is_made_by_keyboard_and_opened(page: Page, tmp_path) -> None:
    person("farah")
    default_prompt()
    first, second = version(0), version(1)
    answered(teacher(), first, "correct", "correct", "wrong")
    answered(teacher("other"), second, "correct")
    release_of(first, second, name="small")
    log_in(page, "farah")
    page.goto("/exports/")
    page.keyboard.press("c")
    status = page.get_by_role("status")
    expect(status).to_have_text("3 rows of 2 items, less what says the same again.")
    page.get_by_label("Traces of an item at most").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("1")
    expect(status).to_have_text("2 rows of 2 items, less what says the same again.")
    page.get_by_label("Name optional").focus()
    page.keyboard.type("mine")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("mine")
    expect(page.locator("#progress")).to_contain_text("queued")
    work()
    expect(page.get_by_role("heading", name="First rows")).to_be_visible()
    with page.expect_download() as downloading:
        page.keyboard.press("d")
    downloading.value.save_as(tmp_path / "rows.gz")
    rows = [json.loads(line) for line in gzip.decompress((tmp_path / "rows.gz").read_bytes()).splitlines()]
    assert rows == rows_of(Export.objects.get())
    with page.expect_download() as downloading:
        page.get_by_role("link", name="mine-trl.zip").click()
    downloading.value.save_as(tmp_path / "trl.zip")
    with zipfile.ZipFile(tmp_path / "trl.zip") as archive:
        assert [json.loads(line) for line in archive.read("mine-trl/train.jsonl").splitlines()] == rows


def test_specialist_export_is_one_click_from_the_release(page: Page) -> None:
    person("farah")
    default_prompt()
    release_of(version(0, topic="yukawa"), version(1, topic="casimir"), name="small")
    log_in(page, "farah")
    page.goto("/releases/small/")
    page.get_by_role("button", name="RL on Fermions and spinor structure").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("small-rl-fermions-1")
    work()
    expect(page.get_by_role("table").filter(has_text="Yukawa interactions").first).to_be_visible()
    expect(page.get_by_text("on Fermions and spinor structure")).to_be_visible()
    page.goto("/releases/small/")
    expect(page.get_by_role("heading", level=1)).to_have_text("small")
    expect(page.get_by_role("link", name="small-rl-fermions-1")).to_be_visible()


def test_refused_export_keeps_the_form_and_names_the_pairs(page: Page) -> None:
    person("farah")
    default_prompt()
    each = version(0)
    release_of(test=(each,), name="older")
    release_of(each, version(1), name="small")
    log_in(page, "farah")
    page.goto("/new-export/?kind=rl&release=small")
    page.get_by_label("Name optional").fill("mine")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("in older (the same item)").first).to_be_visible()
    expect(page.get_by_label("Name optional")).to_have_value("mine")
    page.get_by_label("Leave out items that give a test entry away").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("mine")
