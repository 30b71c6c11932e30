"""Every page in both schemes and at three widths: no accessibility finding, no sideways scrolling, no script error."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.forms.models import model_to_dict
from django.utils import timezone
from playwright.sync_api import Page, expect

from qftapp.actors import tokens
from qftapp.experiments.exporting.recipes import ProcessRecipe, RLRecipe, SFTRecipe
from qftapp.items import actions
from qftapp.items.models import ItemVersion
from qftapp.labels import annotating, taxonomies
from qftapp.labels.models import Annotation, CampaignTrace
from qftapp.labels.queue import take_next
from tests.e2e.desk import log_in
from tests.experiments.exports import answered, export_of, files_folder, release_of, teacher, version
from tests.factories import (
    GradeFactory,
    ItemFactory,
    ItemVersionFactory,
    RunFactory,
    SourceProblemFactory,
    TraceFactory,
    asked,
    contract,
    frozen_release,
    person,
)
from tests.labels.desk import campaign_of, taxonomy
from tests.labels.judged import judge

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    "/",
    "/items/",
    "/items/?q=nothing-like-it",
    "/items/width/",
    "/items/width/v/2/",
    "/items/width/diff/1/2/",
    "/items/drafted/edit/",
    f"/items/{'x' * 80}/",
    f"/items/{'x' * 80}/edit/",
    "/items/waiting/v/1/review/",
    "/new-item/",
    "/sources/",
    "/sources/notes/",
    "/sources/notes/edit/",
    "/sources/notes/problems/new/",
    "/import/",
    "/releases/",
    "/releases/first/",
    "/releases/first/card/",
    "/models/",
    "/models/asked-model/",
    "/models/asked-model/edit/",
    "/prompts/",
    "/prompts/default/?item=width",
    "/prompts/default/write/",
    "/new-run/",
    "/runs/asked/asking/",
    "/runs/",
    "/runs/written/",
    "/traces/",
    "/traces/?q=nothing-like-it",
    "/traces/1/",
    "/compare/?item=width&runs=written,tuned",
    "/campaigns/",
    "/campaigns/?state=closed",
    "/campaigns/led/",
    "/campaigns/led/?show=gold",
    "/new-campaign/",
    "/taxonomies/",
    "/taxonomies/reading/1/",
    "/taxonomies/reading/2/",
    "/taxonomies/reading/2/edit/",
    "/taxonomies/reading/2/publish/",
    "/campaigns/judged/agreement/",
    "/campaigns/judged/differences/?state=all",
    "/campaigns/judged/suggestions/",
    "/new-taxonomy/",
    "/adjudicate/1001/",
    "/adjudicate/1002/?names=1",
    "/label/1003/compared/",
    "/exports/",
    "/exports/?q=nothing-like-it",
    "/exports/prompts/",
    "/exports/traces/",
    "/exports/steps/",
    "/exports/again/",
    "/new-export/?kind=sft",
    "/new-export/?kind=rl",
    "/new-export/?kind=process",
    "/releases/trainable/",
    "/releases/trainable/exports/",
    "/help/answers/",
    "/password_change/",
    "/tokens/",
]
TESTS = [
    {"answer": r"\frac{g^2m}{8\pi}", "outcome": "correct", "name": ""},
    {"answer": r"\frac{g^2m}{4\pi}", "outcome": "wrong", "name": "identical particles"},
]
LONG_SUM = " + ".join(rf"\frac{{g^{{{n}}}m}}{{{n}\pi}}" for n in range(1, 40))
TRACE = f"<think>So $m>0$:\n\n$$\\Gamma={LONG_SUM}$$\n</think>\n## Code\n\n```python\nx = '{'x' * 300}'\n```\n"


@pytest.fixture
def world() -> None:
    """Something of everything, seen by an administrator, who may open every page."""
    admin = person("alice")
    admin.is_superuser = admin.is_staff = True
    admin.save()
    tokens.create(by=admin, name="node-7", days=3)
    problem = SourceProblemFactory(source__slug="notes")
    first = ItemVersionFactory(item=ItemFactory(slug="width", source_problem=problem), state="approved")
    second = actions.revise(first.item_id, by=admin)
    actions.save_draft(second.pk, by=admin, revision=0, content={"statement": first.statement + " Take $g\\ll1$."})
    ItemVersionFactory(item=ItemFactory(slug="drafted"), author=admin, contract=contract(tests=TESTS))
    tested = contract(tests=TESTS)
    ItemVersionFactory(item=ItemFactory(slug="waiting"), author=person("bruno"), state="review", contract=tested)
    actions.create_item(by=admin, slug="x" * 80, classification=model_to_dict(first.item))
    release = frozen_release(first, name="first")
    ended = {"state": "failed", "finished_at": timezone.now(), "error": "local refuses the key."}
    campaign = campaign_of(0, slug="led", taxonomy=taxonomy("reading"), instructions="Read $g$ *twice*.", overlap=1)
    asked(slug="asked", model__slug="asked-model", release=release, size=1, sampling={"temperature": 1.0}, **ended)
    for number, slug in enumerate(("written", "tuned"), 1):
        trace = TraceFactory(pk=number, run=RunFactory(slug=slug, origin="written"), item_version=first, text=TRACE)
        GradeFactory(trace=trace, outcome="wrong", diagnosis="factor", answer=r"\frac{g^2m}{4\pi}", answer_group=number)
        campaign.entries.create(trace=trace, position=number)
    annotation = take_next(campaign, by=person("dana"))
    assert annotation is not None
    annotating.skip(annotation.pk, by=person("dana"), reason="too_long")
    taxonomies.begin(by=admin, slug="reading", title="Errors")
    _judged()
    _exported()


def _exported() -> None:
    """Exports of all kinds, and one whose rows stand in another."""
    near = approved_like_first()
    each = version(0, topic="yukawa")
    run = teacher("t" * 40)
    (trace,) = answered(run, each, "correct", text=f"First.\n\n{'x' * 300}", pk=11)
    answered(run, each, "wrong", first=1, pk=12)
    campaign = campaign_of(0, slug="stepped")
    campaign.entries.create(trace=trace, position=0)
    judge(campaign, 0, "ana", "flawed", "x" * 30)
    release = release_of(each, near, name="trainable", is_private=True)
    out = {"leave_out_near_test": True}
    export_of(release, RLRecipe(**out), slug="prompts")
    export_of(release, SFTRecipe(**out), slug="traces")
    export_of(release, ProcessRecipe(taxonomy="small", **out), slug="steps")
    export_of(release, RLRecipe(at_most=1, **out), slug="again")


def approved_like_first() -> ItemVersion:
    """An item whose statement is that of the one under test."""
    tested = ItemVersion.objects.get(item__slug="width", number=1)
    return version(1, {"statement": tested.statement}, slug="near")


def _judged() -> None:
    """A campaign over the two traces: the first settled, the second being settled."""
    campaign = campaign_of(0, slug="judged", title="y" * 80)
    for position in (0, 1):
        CampaignTrace.objects.create(campaign=campaign, trace_id=position + 1, position=position, is_gold=not position)
        for name in ("ana", "ben"):
            judge(campaign, position, name, "flawed", ("So $m>0$:", "factual"), "## Code", comment="Not $m^2$?")
    judge(campaign, 0, "alice", "sound", pk=1003)
    judge(campaign, 0, "emil", "flawed", "## Code", kind="adjudicated", comment="A slip of $m$.", pk=1002)
    judge(campaign, 1, "alice", "flawed", "So $m>0$:", kind="adjudicated", pk=1001)
    Annotation.objects.filter(pk=1001).update(submitted_at=None)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_finding(page: Page, world: None, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    log_in(page, "alice")
    found = {}
    for address in PAGES:
        visit(page, address)
        violations = Axe().run(page).response["violations"]
        if violations:
            found[address] = [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in violations]
    assert found == {}


@pytest.mark.parametrize("width", [1440, 900, 400])
def test_no_page_scrolls_sideways_or_fails_in_its_scripts(page: Page, world: None, width: int) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    page.on("console", lambda said: errors.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    page.set_viewport_size({"width": width, "height": 900})
    log_in(page, "alice")
    too_wide = {}
    for address in PAGES:
        visit(page, address)
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            too_wide[address] = needed
    assert (too_wide, errors) == ({}, [])


def visit(page: Page, address: str) -> None:
    response = page.goto(address)
    assert response is not None
    assert response.status == 200, address
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
