"""Reading a trace in a browser: keys from step to step, links to steps, folds, formulas set as they come near."""

import pytest
from playwright.sync_api import Page, expect

from qftapp.items.models import ItemVersion
from tests.e2e.desk import log_in
from tests.factories import GradeFactory, RunFactory, TraceFactory, approved, person
from tests.runs.judged import judged

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "\n\n".join(f"Line {n} of the derivation has $x_{{{n}}}^2=\\frac{{{n}}}{{y}}$ in it." for n in range(1, 401))


@pytest.fixture
def desk(page: Page) -> Page:
    """A reader at a trace of three samples, the first with a thought."""
    person("alice")
    run, version = RunFactory(slug="first"), approved("width")
    judged(run, version, 0, trace={"pk": 1, "text": "<think>One.\n\nTwo.</think>\n\nThree $x^2$.\n\nFour."})
    judged(run, version, 1, "wrong", trace={"pk": 2, "text": "Other."})
    judged(run, version, 2, "wrong", trace={"pk": 3, "text": LONG})
    log_in(page, "alice")
    page.goto("/traces/1/")
    return page


def focused_step(page: Page) -> str:
    return page.evaluate("document.activeElement.closest('.step')?.id ?? ''")


def test_j_and_k_go_from_step_to_step_and_the_address_follows(desk: Page):
    for _ in range(2):
        desk.keyboard.press("j")
    assert (focused_step(desk), desk.url.split("#")[1]) == ("step-2", "step-2")
    desk.keyboard.press("k")
    assert focused_step(desk) == "step-1"
    desk.keyboard.press("k")
    assert focused_step(desk) == "step-1"
    for _ in range(6):
        desk.keyboard.press("j")
    assert focused_step(desk) == "step-4"


def test_a_link_to_a_step_leads_there_and_keys_go_on_from_it(desk: Page):
    desk.goto("/traces/3/#step-200")
    expect(desk.locator("#step-200")).to_be_in_viewport()
    expect(desk.locator("#step-200 .katex").first).to_be_visible()
    desk.keyboard.press("j")
    assert focused_step(desk) == "step-201"
    expect(desk.locator("#step-201")).to_be_in_viewport()


def test_formulas_are_set_where_one_looks_and_then_everywhere(desk: Page):
    desk.goto("/traces/3/")
    expect(desk.locator("#step-1 .katex").first).to_be_visible()
    desk.locator("#step-400").scroll_into_view_if_needed()
    expect(desk.locator("#step-400 .katex").first).to_be_visible()
    # The rest follows in idle time, so that scrolling finds it ready.
    expect(desk.locator("#step-150 .katex").first).to_be_attached(timeout=30_000)


def test_n_and_p_go_to_the_samples_beside_it(desk: Page):
    desk.keyboard.press("n")
    expect(desk).to_have_url("/traces/2/")
    desk.keyboard.press("p")
    expect(desk).to_have_url("/traces/1/")


def test_n_goes_on_in_the_list_one_came_from(desk: Page):
    desk.goto("/traces/?outcome=wrong")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url("/traces/3/?outcome=wrong")
    desk.keyboard.press("n")
    expect(desk).to_have_url("/traces/2/?outcome=wrong")


def test_problem_and_gold_are_folded_until_one_asks(desk: Page):
    problem = desk.locator("details", has_text="Problem").first
    expect(problem.locator(".prose").first).to_be_hidden()
    desk.keyboard.press("q")
    expect(problem.locator(".prose .katex").first).to_be_visible()
    expect(desk.get_by_label("Gold answer")).to_be_hidden()
    desk.keyboard.press("g")
    expect(desk.get_by_label("Gold answer")).to_be_visible()


def test_filters_of_the_list_refine_it_in_place(desk: Page):
    desk.goto("/traces/")
    desk.get_by_label("Outcome").select_option("correct")
    expect(desk.locator(".traces-table tbody tr")).to_have_count(1)
    expect(desk).to_have_url("/traces/?q=&item=&run=&model=&outcome=correct&diagnosis=&length=&labels=")


def test_two_runs_stand_side_by_side_and_below_one_another_on_a_narrow_page(desk: Page):
    trace = TraceFactory(pk=4, run=RunFactory(slug="second"), item_version=ItemVersion.objects.get(), text="Short.")
    GradeFactory(trace=trace, outcome="wrong")
    desk.goto("/compare/?item=width&runs=first,second")
    answers = [desk.locator(f".compared-run:nth-child({place}) .answer") for place in (1, 2)]
    wide = [answer.bounding_box() for answer in answers]
    assert wide[0]["y"] == wide[1]["y"]
    assert wide[0]["x"] + wide[0]["width"] <= wide[1]["x"]
    desk.set_viewport_size({"width": 400, "height": 900})
    narrow = [answer.bounding_box() for answer in answers]
    assert narrow[0]["y"] + narrow[0]["height"] <= narrow[1]["y"]


def test_the_item_page_loads_how_each_run_did(desk: Page):
    desk.goto("/items/width/")
    expect(desk.get_by_role("link", name="1 of 3")).to_be_visible()
