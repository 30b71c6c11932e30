"""A training job from the request to the lineage of its checkpoint, with a real worker; its pages in both schemes."""

import math
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from qftapp.experiments.jobs import reporting
from qftapp.experiments.jobs.reporting import Number
from qftapp.experiments.models import TrainingJob
from tests.e2e.desk import log_in
from tests.experiments.jobs import claim_of, claimed, done_export
from tests.experiments.working import machine, worker
from tests.factories import LanguageModelFactory, approved, default_prompt, frozen_release, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def files_folder(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def test_job_is_asked_for_watched_and_traced_back(page: Page, live_server, tmp_path: Path) -> None:
    person("farah")
    default_prompt()
    LanguageModelFactory(slug="qwen")
    done_export("rl", slug="rl-first", release=frozen_release(approved("width"), split="train", name="first"))
    frozen_release(approved(), split="test", name="second")
    log_in(page, "farah")

    page.get_by_role("link", name="Training", exact=True).click()
    page.get_by_role("link", name="New job").click()
    page.get_by_role("link", name="GRPO: learn from the verifier’s reward").click()
    page.get_by_label("Base").select_option("qwen")
    page.get_by_label("Export").select_option("rl-first")
    page.get_by_label("Steps", exact=False).first.fill("120")
    page.get_by_label("LoRA alpha").fill("16")
    page.get_by_label("Evaluated on").select_option("second")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("This needs lora.rank.")).to_be_visible()
    page.get_by_label("LoRA rank").fill("8")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#job-state .badge")).to_have_text("queued")
    expect(page.get_by_text("No number has come yet.")).to_be_visible()

    folder = tmp_path / "worker" / "jobs"
    with worker(live_server.url, folder, "--once", "--config", machine(folder, seconds=0.2)) as process:
        expect(page.locator("#job-state .badge")).to_have_text("running", timeout=30_000)
        expect(page.locator("#job-state")).to_contain_text("of 120")
        reward = page.locator("figure[data-key=reward]")
        expect(reward.locator(".scatterlayer .trace")).to_have_count(1, timeout=30_000)
        expect(page.locator("figure[data-key=outcomes] figcaption")).to_contain_text("Outcomes")
        expect(page.get_by_text("1 rows, 120 steps, from step 0 on")).to_be_visible()
        expect(page.locator("#job-state .badge")).to_have_text("done", timeout=90_000)
        assert process.wait(60) == 0

    reward.get_by_text("As a table").click()
    expect(reward.get_by_role("row")).to_have_count(2)
    expect(reward.get_by_role("row").last).to_contain_text("120")
    expect(page.get_by_role("link", name="grpo-qwen-120-second-test")).to_be_visible()
    page.get_by_role("link", name="grpo-qwen-120", exact=True).click()
    page.get_by_role("link", name="Lineage").click()
    expect(page.get_by_role("list", name="From the checkpoint back")).to_contain_text("rl-first")
    page.get_by_text("Items", exact=False).last.click()
    page.get_by_role("link", name="width").click()
    expect(page.get_by_role("link", name="grpo-qwen-120")).to_be_visible()


def world() -> list[str]:
    """Two jobs with curves, one with a gap; returns the addresses of all pages of training."""
    person("farah")
    for method in ("sft", "grpo"):
        job = claimed(method=method, slug=f"{method}-{'x' * 60}")
        names = ("loss", "outcome/correct", "outcome/wrong", "grad_norm")
        numbers = [
            Number(name, step, math.sin(step) if step != 9 else math.nan) for name in names for step in range(60)
        ]
        told = {"by": person("farah"), "progress": 60, "steps": 90, "metrics": numbers, "log_tail": "x" * 400}
        reporting.report(job.slug, claim_of(job), **told)
        said = {"step": 60, "locator": "/" + "c" * 200, "sha256": "a" * 64, "is_last": True}
        reporting.register(job.slug, claim_of(job), by=person("farah"), **said)
        if method == "sft":
            reporting.end(job.slug, claim_of(job), by=person("farah"), error="CUDA out of memory " * 20)
    slugs = list(TrainingJob.objects.values_list("slug", flat=True))
    model = TrainingJob.objects.get(method="sft").checkpoints.get().model.slug
    compared = f"/compare-jobs/?{'&'.join(f'job={slug}' for slug in slugs)}"
    pages = ["/jobs/", "/jobs/?state=cancelled", "/new-job/?method=sft", "/new-job/?method=grpo", compared]
    return [*pages, *(f"/jobs/{slug}/" for slug in slugs), f"/models/{model}/lineage/", f"/models/{model}/"]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 400)])
def test_pages_have_no_accessibility_finding_scroll_no_way_and_fail_in_no_script(
    page: Page, scheme: str, width: int
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    page.on("console", lambda said: errors.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    addresses = world()
    log_in(page, "farah")
    found = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        page.wait_for_load_state("load")
        if "/jobs/sft" in address or "compare" in address:
            expect(page.locator("figure .scatterlayer .trace").first).to_be_visible()
        for summary in page.locator("figure summary").all():
            summary.click()
        violations = Axe().run(page).response["violations"]
        needed = page.evaluate("document.documentElement.scrollWidth")
        if violations or needed > width:
            found[address] = [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in violations], needed
    assert (found, errors) == ({}, [])


def test_curves_stand_in_the_colours_of_the_scheme(page: Page) -> None:
    addresses = world()
    log_in(page, "farah")
    page.goto(next(address for address in addresses if address.startswith("/jobs/sft")))
    line = page.locator("figure[data-key=loss] .scatterlayer .js-line").first
    expect(line).to_have_css("stroke", "rgb(0, 114, 178)")
    page.emulate_media(color_scheme="dark")
    expect(line).to_have_css("stroke", "rgb(86, 180, 233)")
