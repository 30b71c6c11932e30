"""Labelling at the desk: by keys alone, by mouse, by two people, over reloads, lost sessions and two tabs."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from qftapp.labels import queue
from qftapp.labels.models import Annotation, Campaign, CampaignTrace, ErrorCategory, SpanLabel, Taxonomy
from tests.e2e.desk import fill_login, log_in, wait_until_saved
from tests.factories import TraceFactory, UserFactory, person

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = r"""<think>
**Setup** 😀: at order 𝒪(g²) we recall that $(\gamma^5)^2 = -1$ in this 𝒪 basis.

The squared amplitude is
$$ \sum |\mathcal M|^2 = 2 g^2 m^2. $$
</think>

## Answer

Divide by `2*m`, then ▲

```python
print("𝒪")
```

So $\boxed{\Gamma = \frac{g^2 m}{4\pi}}$ 😀 is **it**."""


KINDS = {
    "factual": ("formula", "convention"),
    "mathematical": ("sign", "factor"),
    "logical": (),
    "executional": ("transcription",),
}


def taxonomy() -> Taxonomy:
    """Four categories by their keys, some with finer ones; published."""
    made = Taxonomy.objects.create(slug="errors", number=1, title="Errors")
    for key, (code, finer) in enumerate(KINDS.items(), 1):
        fields = {"taxonomy": made, "definition": f"What is {code}: $x$.", "example": "Such as $y$."}
        parent = ErrorCategory.objects.create(
            **fields, code=code, name=code.capitalize(), hotkey=str(key), position=10 * key
        )
        for place, below in enumerate(finer, 1):
            names = {"code": f"{code}-{below}", "name": below.capitalize()}
            ErrorCategory.objects.create(**fields, **names, parent=parent, position=10 * key + place)
    made.published_at = timezone.now()
    made.save()
    return made


@pytest.fixture
def campaign() -> Campaign:
    """A blind campaign over two traces, each for two people."""
    fields = {"slug": "pilot", "title": "Pilot", "created_by": person("emil"), "overlap": 2}
    campaign = Campaign.objects.create(taxonomy=taxonomy(), **fields)
    for position in range(2):
        CampaignTrace.objects.create(campaign=campaign, trace=TraceFactory(text=TEXT), position=position)
    return campaign


def open_desk(page: Page, campaign: Campaign, name: str = "dana") -> Annotation:
    """Log in and go to the desk with the first trace of the campaign."""
    annotation = queue.take_next(campaign, by=person(name))
    assert annotation is not None
    log_in(page, name)
    page.goto(f"/label/{annotation.pk}/")
    expect(page.locator(".step.is-current")).to_be_visible()
    return annotation


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def marks() -> list[tuple[str, str]]:
    """The text that each mark covers, and its category."""
    rows = SpanLabel.objects.select_related("annotation__trace", "category").order_by("start", "end", "pk")
    return [(row.annotation.trace.text[row.start : row.end], row.category.code) for row in rows]


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


def test_reload_in_the_middle_loses_nothing(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    keys(page, "1", "0", "u")
    wait_until_saved(page)
    page.keyboard.press("j")
    page.keyboard.press("2")
    page.reload()  # within the second before the save
    expect(page.locator("[data-mark-count]")).to_have_text("2")
    expect(page.get_by_role("radio", name="Unsure")).to_be_checked()
    wait_until_saved(page)
    assert [code for _, code in marks()] == ["factual", "mathematical"]


def test_killed_browser_gives_the_marks_back(page: Page, campaign: Campaign) -> None:
    annotation = open_desk(page, campaign)
    page.route("**/save/", lambda route: route.abort())
    keys(page, "1", "0")
    expect(page.locator("[data-autosave-status]")).to_have_attribute("data-state", "failed")
    again = page.context.new_page()
    page.close(run_before_unload=False)
    again.goto(f"/label/{annotation.pk}/")
    expect(again.locator("[data-mark-count]")).to_have_text("1")
    wait_until_saved(again)
    assert [code for _, code in marks()] == ["factual"]
    assert kept(again) == []


def test_lost_session_keeps_the_marks_and_sends_them_after_login(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    page.context.clear_cookies(name="sessionid")
    keys(page, "1", "0")
    expect(page.locator("[data-autosave-status]")).to_contain_text("you are logged out")
    assert marks() == []
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Log in in a new tab").click()
    fill_login(opened.value, "dana")
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("Good day")
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    wait_until_saved(page)
    assert [code for _, code in marks()] == ["factual"]


def test_login_on_the_same_page_finds_the_marks_again(page: Page, campaign: Campaign) -> None:
    annotation = open_desk(page, campaign)
    page.context.clear_cookies(name="sessionid")
    keys(page, "1", "0")
    expect(page.locator("[data-autosave-status]")).to_contain_text("you are logged out")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/label/{annotation.pk}/")
    fill_login(page, "dana")
    expect(page.locator("[data-mark-count]")).to_have_text("1")
    wait_until_saved(page)
    assert [code for _, code in marks()] == ["factual"]


@pytest.mark.parametrize(("choice", "stands"), [("Keep mine", "mathematical"), ("Take what is saved", "factual")])
def test_two_tabs_show_both_and_let_choose(page: Page, campaign: Campaign, choice: str, stands: str) -> None:
    annotation = open_desk(page, campaign)
    other = page.context.new_page()
    other.goto(f"/label/{annotation.pk}/")
    expect(other.locator(".step.is-current")).to_be_visible()
    keys(page, "1", "0", "f")
    wait_until_saved(page)
    keys(other, "j", "2", "0", "u")
    both = other.get_by_role("alert")
    expect(both).to_contain_text("saved from another tab")
    expect(both.locator("[data-theirs]")).to_contain_text("Flawed")
    expect(both.locator("[data-theirs]")).to_contain_text("Step 1: Factual")
    expect(both.locator("[data-mine]")).to_contain_text("Step 2: Mathematical")
    other.get_by_role("button", name=choice).click()
    wait_until_saved(other)
    assert [code for _, code in marks()] == [stands]
    if choice != "Keep mine":
        other.keyboard.press("z")
        expect(other.locator("[data-first-error]")).to_contain_text("step 2")


def test_two_people_label_the_same_trace_and_see_nothing_of_each_other(
    page: Page, browser: Browser, campaign: Campaign
) -> None:
    campaign.entries.filter(position=1).delete()
    UserFactory(username="rosalind", roles=("annotator",))
    first = open_desk(page, campaign)
    context = browser.new_context(base_url=page.url.split("/label/")[0])
    other = context.new_page()
    second = open_desk(other, campaign, "rosalind")
    assert first.trace_id == second.trace_id
    keys(page, "1", "0", "f", "n")
    expect(page.locator("#messages")).to_contain_text("Nothing is left for you")
    other.reload()
    expect(other.locator("[data-mark-count]")).to_have_text("0")
    assert "model-" not in other.content()
    keys(other, "s", "n")
    expect(other.locator("#messages")).to_contain_text("Nothing is left for you")
    context.close()
    assert sorted(Annotation.objects.values_list("verdict", flat=True)) == ["flawed", "sound"]


def test_refusal_says_why_and_nothing_is_lost(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    keys(page, "f", "n")
    expect(page.get_by_role("alert")).to_contain_text("Mark at least one step")
    keys(page, "1", "0", "Control+Enter")
    expect(page.locator("#messages")).to_contain_text("Submitted.")


def test_given_annotation_is_taken_back(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    keys(page, "1", "0", "f", "n")
    expect(page.locator("#messages")).to_contain_text("Submitted.")
    page.goto("/label/")
    page.get_by_role("button", name="Take back").click()
    expect(page.locator("[data-mark-count]")).to_have_text("1")
    page.keyboard.press("m")
    wait_until_saved(page)
    assert SpanLabel.objects.get().severity == "minor"


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
    page.locator("section:has(#given) tbody a").click()
    expect(page.get_by_role("button", name="Take back")).to_be_visible()
    found["given"] = findings(page)
    assert found == {400: [], 1440: [], "work": [], "given": []}


def findings(page: Page) -> list[tuple[str, str]]:
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in Axe().run(page).response["violations"]]


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('qft:draft'))")
