"""A release in the browser: composed, split, frozen, downloaded, compared with the one before."""

import io
import re
import zipfile

import orjson
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from qftapp.releases.models import Release
from tests.e2e.desk import log_in
from tests.factories import SourceFactory, SourceProblemFactory, approved, frozen_release, person, replace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank() -> None:
    """Items of one source problem, of a source that may not be redistributed, and original ones; an older release."""
    person("farah")
    decays = SourceProblemFactory(source=SourceFactory(title="Notes on Decays"), locator="Problem 3.1")
    bound = SourceProblemFactory(source=SourceFactory(title="A Textbook", may_redistribute=False))
    first = approved("width-scalar", source_problem=decays)
    approved("width-ratio", source_problem=decays)
    approved("bound-problem", source_problem=bound)
    currents = [approved(f"current-{number}", topic="noether-currents") for number in range(8)]
    frozen_release(first, currents[0], name="qft-1")
    replace(first)


def test_a_release_is_composed_split_frozen_downloaded_and_compared(page: Page, bank):
    log_in(page, "farah")
    start(page)
    add_by_filter(page)
    move_one_and_see_its_sibling_follow(page)
    assign_splits(page)
    mend_what_was_revised_meanwhile(page)
    archive = freeze_and_download(page)
    compare(page)

    with zipfile.ZipFile(io.BytesIO(archive)) as package:
        rows = [orjson.loads(line) for line in package.read("qft-2/items.jsonl").splitlines()]
    assert [row["slug"] for row in rows if row["split"] == "test"] == ["width-ratio", "width-scalar"]
    assert {row["slug"]: row["version"] for row in rows}["current-1"] == 2


def start(page: Page) -> None:
    page.get_by_role("link", name="Releases").click()
    page.get_by_role("link", name="New release").click()
    page.get_by_label("Name").fill("Second release")
    page.get_by_role("button", name="Start the release").click()
    expect(page.get_by_text("Use lower-case letters, digits, dots and hyphens.")).to_be_visible()
    page.get_by_label("Name").fill("qft-2")
    page.get_by_role("button", name="Start the release").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("qft-2")
    expect(page.get_by_text("Add approved items first.")).to_be_visible()


def add_by_filter(page: Page) -> None:
    page.get_by_role("link", name="Add items").first.click()
    count = page.get_by_role("status")
    expect(count).to_have_text("10 to add, 1 kept out")
    page.get_by_label("Topic").select_option("noether-currents")
    expect(count).to_have_text("8 to add")
    page.get_by_label("Topic").select_option("")
    expect(count).to_have_text("10 to add, 1 kept out")
    page.locator("summary", has_text="Kept out").click()
    expect(page.get_by_text("A Textbook may not be redistributed")).to_be_visible()
    page.get_by_role("button", name="Add 10 items").click()
    expect(page.get_by_text("Added 10 to qft-2.")).to_be_visible()
    expect(page.get_by_text("Nothing is in validation.")).to_be_visible()


def move_one_and_see_its_sibling_follow(page: Page) -> None:
    page.get_by_label("Search").fill("width-")
    expect(page.locator("#entries tbody tr")).to_have_count(2)
    page.get_by_label("Choose width-ratio").check()
    page.get_by_label("Move to").select_option("train")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("Moved 2 to train, counting those of the same source problem.")).to_be_visible()
    expect(page.locator("#entries tbody tr")).to_have_count(2)
    expect(page.get_by_role("cell", name="train", exact=True)).to_have_count(2)


def assign_splits(page: Page) -> None:
    shares = page.locator("form", has=page.get_by_role("button", name="Assign splits"))
    shares.get_by_label("Train").fill("-1")
    shares.get_by_role("button", name="Assign splits").click()
    expect(page.get_by_text("Ensure this value is greater than or equal to 0.")).to_be_visible()
    shares.get_by_label("Train").fill("75")
    shares.get_by_label("Validation").fill("25")
    shares.get_by_label("Test").fill("0")
    shares.get_by_role("button", name="Assign splits").click()
    expect(page.get_by_text("The splits hold train 6, validation 2, test 2.")).to_be_visible()
    expect(page.get_by_label("Search")).to_have_value("width-")


def mend_what_was_revised_meanwhile(page: Page) -> None:
    release = Release.objects.get(name="qft-2")
    replace(release.entries.get(item_version__item__slug="current-1").item_version)
    page.get_by_role("link", name="Freeze…").click()
    expect(page.get_by_text("No longer approved: current-1.")).to_be_visible()
    expect(page.get_by_role("button", name="Freeze for good")).to_be_disabled()
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Bring up to date").click()
    expect(page.get_by_text("Replaced 1 by the approved version")).to_be_visible()
    expect(page.get_by_role("button", name="Bring up to date")).to_have_count(0)


def freeze_and_download(page: Page) -> bytes:
    page.get_by_role("link", name="Freeze…").click()
    page.get_by_role("button", name="Freeze for good").click()
    expect(page.get_by_text("qft-2 is frozen.")).to_be_visible()
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download").click()
    assert saved.value.suggested_filename == "qft-2.zip"
    archive = saved.value.path().read_bytes()
    assert archive == bytes(Release.objects.get(name="qft-2").archive)
    return archive


def compare(page: Page) -> None:
    page.get_by_text("Compare with").click()
    page.get_by_role("link", name="qft-1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("qft-2 against qft-1")
    page.get_by_role("link", name="changed 1").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="v1 → v2").click()
    expect(page).to_have_url(re.compile(r"/items/width-scalar/diff/1/2/$"))


@pytest.mark.parametrize(
    "address",
    [
        "/releases/",
        "/new-release/",
        "/releases/open/",
        "/releases/open/add/",
        "/releases/open/freeze/",
        "/releases/open/card/",
        "/releases/qft-1/",
        "/releases/open/compare/qft-1/",
    ],
)
def test_a_page_is_accessible_and_does_not_scroll_sideways(page: Page, bank, address: str):
    release = Release.objects.create(name="open", created_by=person("farah"), is_private=True)
    release.entries.create(item_version=approved("alone"), split="train")
    log_in(page, "farah")
    for scheme, width in (("light", 1440), ("dark", 900), ("light", 400)):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
