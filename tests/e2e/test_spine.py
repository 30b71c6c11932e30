"""From a textbook problem to a downloaded release, entirely in the browser."""

import io
import zipfile

import orjson
import pytest
from playwright.sync_api import Page, expect

from qftapp.items.models import Item, ItemVersion
from tests.e2e.desk import log_in, wait_until_saved, write
from tests.factories import SourceFactory, SourceProblemFactory, person

pytestmark = pytest.mark.django_db(transaction=True)

PROOF = r"""A scalar $\phi$ of mass $M$ couples to a Dirac fermion of mass $m$ by $-g\,\phi\bar\psi\psi$.

Show that the decay width of $\phi\to\psi\bar\psi$ at tree level depends on $g$, $M$ and $m$ only."""
QUESTION = r"""A scalar $\phi$ of mass $M$ couples to a Dirac fermion of mass $m$ by $-g\,\phi\bar\psi\psi$.

Determine the decay width of $\phi\to\psi\bar\psi$ at tree level in terms of $g$, $M$ and $m$."""
SOLUTION = r"""The squared amplitude summed over spins is $4g^2(p\cdot k - m^2) = 2g^2(M^2-4m^2)$; two-body phase space
is $\frac{1}{8\pi}\sqrt{1-4m^2/M^2}$, and the flux factor is $\frac{1}{2M}$."""
GOLD = """import math

def width(g, M, m):
    return g**2 * M / (8 * math.pi) * (1 - 4 * m**2 / M**2) ** 1.5
"""
SECOND = """import numpy as np

def width(g, M, m):
    # Explicit two-body kinematics: trace of the two spin sums times phase space.
    E = M / 2
    k = np.sqrt(E**2 - m**2)
    squared = 4 * g**2 * (E**2 + k**2 - m**2)
    return squared * k / (8 * np.pi * M**2)
"""


def test_textbook_problem_becomes_a_downloaded_item(page: Page, tmp_path) -> None:
    for name in ("alice", "chandra", "farah"):
        person(name)
    source = SourceFactory(title="Notes on Decays", may_redistribute=True)
    SourceProblemFactory(source=source, locator="Problem 3.1", statement=PROOF)

    adapt(page)
    be_refused_for_asking_for_a_proof(page)
    mend_and_submit(page)
    review_and_approve(page)
    archive = release_and_download(page)

    with zipfile.ZipFile(io.BytesIO(archive)) as package:
        rows = [orjson.loads(line) for line in package.read("decays-1/items.jsonl").splitlines()]
    assert [(row["slug"], row["split"], row["statement"]) for row in rows] == [("scalar-to-fermions", "test", QUESTION)]


def adapt(page: Page) -> None:
    log_in(page, "alice")
    page.get_by_role("link", name="Adapt a problem").click()
    page.get_by_role("link", name="Notes on Decays").click()
    page.get_by_role("link", name="Adapt", exact=True).click()
    page.get_by_label("Slug").fill("scalar-to-fermions")
    page.get_by_label("Topic", exact=True).select_option("cross-sections-decays")
    page.get_by_label("Level").select_option("graduate")
    page.get_by_label("Difficulty").select_option("medium")
    page.get_by_label("Task type").select_option("direct_calculation")
    page.get_by_role("button", name="Go on to the editor").click()
    expect(page.locator("#rendered .katex").first).to_be_visible()
    for number, (name, meaning) in enumerate((("g", "Yukawa coupling"), ("M", "scalar mass"), ("m", "fermion mass"))):
        page.get_by_role("button", name="Add a symbol").click()
        page.locator(f"#id_symbols-{number}-name").fill(name)
        page.locator(f"#id_symbols-{number}-latex").fill(name)
        page.locator(f"#id_symbols-{number}-meaning").fill(meaning)
    page.get_by_label("Assumptions").fill("M > 2*m")
    page.get_by_label("The answer is", exact=True).select_option("expression")
    page.get_by_label("Function name").fill("width")
    write(page, "gold_source", GOLD)
    page.get_by_label("Units").select_option("natural")
    write(page, "solution", SOLUTION)
    write(page, "second_solution", SECOND)
    wait_until_saved(page)


def be_refused_for_asking_for_a_proof(page: Page) -> None:
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_role("alert").first).to_contain_text("Not submitted", timeout=20_000)
    expect(page.locator("#check-statement")).to_contain_text("asks for a proof")
    assert ItemVersion.objects.get().state == "draft"
    assert ItemVersion.objects.get().contract["gold"]["source"] == GOLD


def mend_and_submit(page: Page) -> None:
    write(page, "statement", QUESTION)
    wait_until_saved(page)
    page.get_by_role("tab", name="Checks").click()
    expect(page.locator("#checks")).to_contain_text("ready for review")
    page.get_by_role("tab", name="Prompt").click()
    expect(page.locator("#prompt")).to_contain_text("Use natural units ħ = c = 1.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("in review")


def review_and_approve(page: Page) -> None:
    log_in(page, "chandra")
    page.get_by_role("link", name="scalar-to-fermions").first.click()
    answer = page.get_by_label("Your answer")
    answer.fill("g**2*M/(4*pi)*(1-4*m**2/M**2)**(3/2)")
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("#verdict-of-answer")).to_contain_text("wrong")
    answer.fill("g**2*M/(8*pi)*(1-4*m**2/M**2)**(3/2)")
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("#verdict-of-answer")).to_contain_text("correct")
    page.get_by_label("Comment").fill("I find $\\Gamma$ the same.")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("approved")
    assert Item.objects.get().versions.get().state == "approved"


def release_and_download(page: Page) -> bytes:
    log_in(page, "farah")
    page.get_by_role("link", name="Releases").click()
    page.get_by_role("link", name="New release").click()
    page.get_by_label("Name").fill("decays-1")
    page.get_by_role("button", name="Start the release").click()
    page.get_by_role("link", name="Add items").first.click()
    page.get_by_role("button", name="Add 1 item").click()
    page.get_by_role("link", name="Freeze").click()
    page.get_by_role("button", name="Freeze for good").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "decays-1.zip"
    return download.value.path().read_bytes()
