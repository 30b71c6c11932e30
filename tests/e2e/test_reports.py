"""A report as a physicist reads it: figures as one scrolls, filters in place, traces behind a point, kept titles."""

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.charts.world import evaluated, share, trained
from tests.e2e.desk import log_in
from tests.factories import LanguageModelFactory, approved, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> None:
    person("farah")
    base = LanguageModelFactory(slug="base")
    levels = ("easy", "medium", "hard")
    versions = [approved(f"item-{n}", operational_level=levels[n % 3], topic="gamma-traces") for n in range(9)]
    tuned = trained(base, "tuned", *versions[:2])
    evaluated(base, {version: share(n % 3, 4) for n, version in enumerate(versions)})
    evaluated(tuned, {version: share(n % 3 + 2, 4) for n, version in enumerate(versions)})


def test_report_from_the_menu_to_the_traces_behind_a_point(
    page: Page, live_server, world: None, tmp_path: Path
) -> None:
    log_in(page, "farah")
    page.get_by_role("link", name="Report", exact=True).click()
    accuracy = page.locator("#figure-accuracy")
    expect(accuracy.locator(".scatterlayer .trace")).to_have_count(2)

    page.get_by_role("checkbox", name="tuned").check()
    expect(page).to_have_url(f"{live_server.url}/report/?model=tuned&release=&split=&category=&operational_level="
                             "&domain=&topic=&domain_level=&origin=&source=&cluster=family")  # fmt: skip
    expect(accuracy.locator(".scatterlayer .trace")).to_have_count(1)
    page.get_by_label("Operational level").select_option("hard")
    accuracy.get_by_text("As a table").click()
    expect(accuracy.locator("tbody tr")).to_have_count(2)

    with page.expect_download() as download:
        accuracy.get_by_role("button", name="as PNG").click()
    assert download.value.suggested_filename == "accuracy.png"
    with page.expect_download() as download:
        accuracy.get_by_role("link", name="as JSON").click()
    rows = json.loads(Path(download.value.path()).read_text())
    assert {row["Set"] for row in rows} == {"All items", "Hard"}

    accuracy.locator(".scatterlayer .point").first.scroll_into_view_if_needed()
    box = accuracy.locator(".scatterlayer .point").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("heading", name="Items behind a point")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_role("link", name="its traces").first.click()
    expect(page.get_by_role("heading", name="Traces")).to_be_visible()


def test_report_is_kept_under_a_title_by_keys_alone(page: Page, live_server, world: None) -> None:
    log_in(page, "farah")
    page.goto(f"{live_server.url}/report/?model=base")
    page.get_by_label("Title").focus()
    page.keyboard.type("Before training")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved as “Before training”.")).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Saved reports")).to_be_visible()
    page.get_by_role("link", name="Before training").press("Enter")
    expect(page).to_have_url(f"{live_server.url}/report/?model=base")


def test_paper_shows_figures_that_nobody_has_scrolled_to(page: Page, live_server, world: None) -> None:
    page.add_init_script("window.print = () => document.body.classList.add('printed')")
    log_in(page, "farah")
    page.goto(f"{live_server.url}/report/")
    page.keyboard.press("p")
    expect(page.locator("body.printed")).to_be_attached()
    assert page.locator(".report-figure[aria-busy]").count() == 0
    assert page.locator(".report-figure").count() == page.locator(".main-svg:first-child, .lacking").count()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 400)])
def test_every_figure_is_drawn_and_accessible(page: Page, live_server, world: None, scheme, width) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    log_in(page, "farah")
    page.goto(f"{live_server.url}/report/")
    figures = page.locator(".report-figure")
    for place in range(figures.count()):
        figures.nth(place).scroll_into_view_if_needed()
        expect(figures.nth(place).locator(".main-svg, .lacking").first).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
