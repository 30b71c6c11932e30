"""A formula stays where it stands: it is laid over nothing else, and widens no page."""

import pytest
from playwright.sync_api import Page

from tests.e2e.desk import log_in
from tests.factories import ItemVersionFactory, person

pytestmark = pytest.mark.django_db(transaction=True)

HOSTILE = [
    r"\raisebox{-9999em}{x}",
    r"\raisebox{29em}{x}",
    r"\rule{30em}{30em}",
    r"\rule[-29em]{30em}{30em}",
    r"\kern-29em\kern-29em \rule{30em}{2em}",
    r"\hspace{-29em}\text{Approved by Chandra}",
    r"\llap{\text{" + "Approved by Chandra " * 20 + "}}",
    r"\rlap{\text{" + "Approved by Chandra " * 20 + "}}",
    r"\clap{\text{" + "Approved by Chandra " * 20 + "}}",
    r"\smash{\begin{matrix}" + r"a\\" * 90 + r"a\end{matrix}}",
    r"\smash{\rule[-15em]{1em}{30em}}",
    r"x" + r"\!" * 900 + r"\text{Approved}",
    r"\begin{matrix}a\\[-29em]b\end{matrix}",
    r"\Huge\Huge\text{" + "Approved " * 30 + "}",
    r"\boxed{\text{" + "Approved " * 60 + "}}",
]
# What of the page is under a formula although it stands outside the text that the formula belongs to.
COVERED = """() => {
  const covered = [];
  const others = '.topbar a, h1, .breadcrumb a, aside dd, aside h2, .section h2, .fold > summary';
  for (const other of document.querySelectorAll(others)) {
    if (!other.checkVisibility({ contentVisibilityAuto: true })) continue;
    const { x, y, width, height } = other.getBoundingClientRect();
    for (const [at, down] of [[2, 2], [width / 2, height / 2], [width - 2, height - 2]]) {
      if (document.elementFromPoint(x + at, y + down)?.closest('.math')) covered.push(other.textContent);
    }
  }
  return covered;
}"""


@pytest.mark.parametrize("display", ["$", "$$"], ids=["inline", "displayed"])
def test_no_formula_leaves_its_place(page: Page, display: str) -> None:
    person("alice")
    log_in(page, "alice")
    page.set_viewport_size({"width": 1000, "height": 4000})
    found = {}
    for formula in HOSTILE:
        text = f"The mass is {display}{formula}{display} here."
        version = ItemVersionFactory(statement=text, solution=text)
        page.goto(version.get_absolute_url())
        page.wait_for_selector(".math:is(.is-set, .is-unset)", state="attached")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        covered, width = page.evaluate(COVERED), page.evaluate("document.documentElement.scrollWidth")
        if covered or width > 1000:
            found[formula[:40]] = (covered, width)
    assert found == {}
