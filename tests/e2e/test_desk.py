"""Labelling at the desk: by keys alone and by mouse, undone and done again, searched, judged for accessibility."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from qftapp.labels.models import Annotation, Campaign, SpanLabel
from tests.e2e.desk import log_in, wait_until_saved
from tests.e2e.labelling import TEXT, keys, marks, open_desk
from tests.factories import person

pytestmark = pytest.mark.django_db(transaction=True)


def test_trace_is_labelled_by_keys_alone(page: Page, campaign: Campaign) -> None:
    person("dana")
    log_in(page, "dana")
    page.goto("/label/")
    page.keyboard.press("n")
    expect(page.locator(".step.is-current")).to_be_visible()
    keys(page, "1", "2", "m", "j", "v", "ArrowRight", "Shift+ArrowRight", "2", "0", "p", "e")
    page.keyboard.type("half of it")
    keys(page, "Escape", "f", "c")
    page.keyboard.type("A comment.")
    page.keyboard.press("Escape")
    wait_until_saved(page)
    page.keyboard.press("n")
    expect(page.locator("#messages")).to_contain_text("Submitted.")
    first, second = Annotation.objects.order_by("pk")
    assert (first.verdict, first.comment, first.is_submitted) == ("flawed", "A comment.", True)
    assert [(mark.severity, mark.propagates, mark.correction) for mark in first.marks.order_by("start")] == [
        ("minor", False, ""),
        ("major", True, "half of it"),
    ]
    assert [code for _, code in marks()] == ["factual-convention", "mathematical"]
    assert marks()[1][0] == "squared amplitude"
    expect(page).to_have_url(f"{page.url.split('/label/')[0]}/label/{second.pk}/")
    expect(page.locator(".step.is-current")).to_be_visible()
    page.keyboard.press("x")
    expect(page.get_by_role("button", name="Too long")).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator("#messages")).to_contain_text("Nothing is left for you")
    assert Annotation.objects.get(pk=second.pk).skip == "not_my_field"


TEXTS = """
const textsOf = (body) => {
    const isOurs = (text) => !text.parentElement.closest('.math, code:not(pre code)');
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) if (isOurs(walker.currentNode)) found.push(walker.currentNode);
    return found;
};
const bodies = [...document.querySelectorAll('.step-text')];
"""


WORDS = f"""() => {{ {TEXTS}
    return bodies.flatMap((body, step) => textsOf(body).flatMap((text, node) =>
        [...text.data.matchAll(/\\S+/g)].map((word) => [step, node, word.index, word.index + word[0].length])));
}}"""


SELECT = f"""async ([step, node, from, to]) => {{ {TEXTS}
    const text = textsOf(bodies[step])[node];
    getSelection().setBaseAndExtent(text, from, text, to);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return getSelection().toString();
}}"""


def test_every_mark_covers_exactly_the_words_that_were_selected(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    selected = []
    for place in page.evaluate(WORDS):
        selected.append(page.evaluate(SELECT, place))
        keys(page, "4", "0")
    wait_until_saved(page)
    assert len(selected) > 25
    assert [text for text, _ in marks()] == selected
    assert [mark.claim for mark in SpanLabel.objects.order_by("start")] == selected


def test_formula_is_marked_whole_however_little_of_it_is_selected(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    expect(page.locator(".step-text .math.is-set")).to_have_count(3)
    for formula in page.locator(".step-text .math").all():
        formula.scroll_into_view_if_needed()
        box = formula.locator(".katex-base").first.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=4)
        page.mouse.up()
        keys(page, "4", "0")
    wait_until_saved(page)
    assert [text for text, _ in marks()] == [
        r"$(\gamma^5)^2 = -1$",
        "$$ \\sum |\\mathcal M|^2 = 2 g^2 m^2. $$",
        r"$\boxed{\Gamma = \frac{g^2 m}{4\pi}}$",
    ]


def test_arrows_go_by_word_and_formula(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    page.keyboard.press("v")
    seen = []
    for _ in range(14):
        seen.append(page.locator("[data-quote]").text_content())
        page.keyboard.press("ArrowRight")
    assert seen == [
        "Setup", "😀:", "at", "order", "𝒪(g²)", "we", "recall", "that", r"$(\gamma^5)^2 = -1$", "in", "this", "𝒪",
        "basis.", "basis.",
    ]  # fmt: skip
    keys(page, *["Shift+ArrowLeft"] * 4, "1", "0")
    wait_until_saved(page)
    assert marks() == [("$(\\gamma^5)^2 = -1$ in this 𝒪 basis.", "factual")]


def test_whole_step_is_marked_where_no_span_is_chosen(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    keys(page, "j", "v", "Escape", "1", "0")
    wait_until_saved(page)
    assert [text for text, _ in marks()] == ["The squared amplitude is\n$$ \\sum |\\mathcal M|^2 = 2 g^2 m^2. $$"]


def test_several_marks_lie_on_one_step_and_over_each_other(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    keys(
        page,
        "1",
        "0",
        "v",
        "Shift+ArrowRight",
        "Shift+ArrowRight",
        "2",
        "0",
        "v",
        "ArrowRight",
        "Shift+ArrowRight",
        "3",
    )
    wait_until_saved(page)
    first_step = TEXT.split("\n")[1]
    assert marks() == [(first_step, "factual"), ("Setup** 😀: at", "mathematical"), ("😀: at", "logical")]


def test_every_change_is_undone_and_done_again(page: Page, campaign: Campaign) -> None:
    annotation = open_desk(page, campaign)
    keys(page, "1", "2", "m", "p", "e")
    page.keyboard.type("no")
    keys(page, "Escape", "s", "f", "Delete")
    expect(page.locator("[data-mark-count]")).to_have_text("0")
    expected = ["1", "1", "1", "1", "1", "1", "1", "0"]
    seen = []
    for _ in expected:
        page.keyboard.press("z")
        seen.append(page.locator("[data-mark-count]").text_content())
    assert seen == expected
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    keys(page, *["y"] * 7)
    wait_until_saved(page)
    mark = SpanLabel.objects.get(annotation=annotation)
    assert (mark.category.code, mark.severity, mark.propagates, mark.correction) == (
        "factual-convention",
        "minor",
        True,
        "no",
    )
    assert Annotation.objects.get(pk=annotation.pk).verdict == "flawed"


def test_mark_gets_another_category(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    keys(page, "1", "1", "r", "2", "1")
    wait_until_saved(page)
    assert [code for _, code in marks()] == ["mathematical-sign"]


def test_search_goes_from_place_to_place(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    page.keyboard.press("/")
    page.keyboard.type("g^2 m")
    page.keyboard.press("Enter")
    expect(page.locator("[data-found]")).to_have_text("1 of 2")
    expect(page.locator("[data-at]")).to_contain_text("Step 2 ")
    page.keyboard.press("Enter")
    expect(page.locator("[data-found]")).to_have_text("2 of 2")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_desk_has_no_accessibility_finding(page: Page, campaign: Campaign, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    open_desk(page, campaign)
    keys(page, "1", "2", "j", "v", "ArrowRight", "2", "j", "v")
    wait_until_saved(page)
    found = {}
    for width in (1440, 400):
        page.set_viewport_size({"width": width, "height": 900})
        found[width] = findings(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    keys(page, "f", "n")
    expect(page.locator("#messages")).to_contain_text("Submitted.")
    page.goto("/label/")
    found["work"] = findings(page)
    page.locator("section:has(#given) tbody th a").click()
    expect(page.get_by_role("button", name="Take back")).to_be_visible()
    found["given"] = findings(page)
    assert found == {400: [], 1440: [], "work": [], "given": []}


def findings(page: Page) -> list[tuple[str, str]]:
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in Axe().run(page).response["violations"]]
