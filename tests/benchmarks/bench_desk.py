"""What labelling costs: CPU of a page, a save and the next trace, and the time until a long trace can be read.

`pytest -o addopts= -s tests/benchmarks/bench_desk.py`; the browser's part needs Chromium.
"""

import statistics
import time
from collections.abc import Callable

import orjson
import pytest
from django.db import connection
from django.template.base import Template
from playwright.sync_api import CDPSession, Page, expect

from qftapp.labels import annotating, queue
from qftapp.labels.models import Annotation, Campaign, CampaignTrace, ErrorCategory
from qftapp.runs.models import Trace
from tests.e2e.desk import log_in
from tests.factories import ItemFactory, ItemVersionFactory, RunFactory, TraceFactory, person
from tests.labels.desk import taxonomy

SAVES = 1_000
TRACES = 2_000
SENTENCE = (
    r"With $\int_0^\infty \frac{x^{%d}\,dx}{e^x-1} = \Gamma(%d)\zeta(%d)$ and the amplitude "
    r"$\mathcal{M}_{%d} = \frac{g^4}{16\pi^2}\log\frac{\Lambda^2}{m^2}$ we find "
    r"$p_\mu p_\nu \to \frac1d p^2 g_{\mu\nu}$ after the shift, up to terms of order $\epsilon^{%d}$; "
    "what remains cancels between the two diagrams once the counterterm is included, and the answer no longer depends "
    "on the scale.\n\n"
)


def text_of(sentences: int) -> str:
    """A trace of so many steps of four formulas, about 480 characters each."""
    return "".join(SENTENCE % ((number,) * 5) for number in range(sentences))


@pytest.fixture
def campaign(transactional_db) -> Campaign:
    """A campaign over 2,000 traces of 8 KB, each for three people."""
    made = Campaign.objects.create(
        slug="bench", title="Bench", taxonomy=taxonomy(), created_by=person("emil"), overlap=3
    )
    version, run = ItemVersionFactory(item=ItemFactory(slug="width"), state="approved"), RunFactory()
    text = text_of(17)
    traces = Trace.objects.bulk_create(
        Trace(run=run, item_version=version, sample_index=number, text=text) for number in range(TRACES)
    )
    CampaignTrace.objects.bulk_create(
        CampaignTrace(campaign=made, trace=trace, position=position) for position, trace in enumerate(traces)
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return made


def clock(name: str, act: Callable[[], object], runs: int, before: Callable[[], object] = lambda: None) -> None:
    """Print the medians of the time and of the CPU time of this process over some runs; `before` is not counted."""
    wall, cpu = [], []
    for _ in range(5):
        before()
        act()
    for _ in range(runs):
        before()
        start, begun = time.perf_counter(), time.process_time()
        act()
        wall.append(1000 * (time.perf_counter() - start))
        cpu.append(1000 * (time.process_time() - begun))
    shown = statistics.median(wall), statistics.quantiles(wall, n=20)[-1], statistics.median(cpu)
    print(f"{name:<44} p50 {shown[0]:7.1f} ms   p95 {shown[1]:7.1f} ms   CPU {shown[2]:6.1f} ms")


def state(revision: int) -> bytes:
    """An annotation of five marks with a verdict, as the page sends it."""
    category = ErrorCategory.objects.filter(taxonomy=taxonomy()).values_list("pk", flat=True)[0]
    claim = SENTENCE[:60]
    marks = [
        {
            "category_id": category,
            "start": 500 * n,
            "end": 500 * n + 60,
            "severity": "major",
            "claim": claim,
            "note": "So.",
        }
        for n in range(5)
    ]
    return orjson.dumps({"revision": revision, "verdict": "flawed", "comment": "", "seconds": 60, "marks": marks})


def test_save_next_and_desk(campaign: Campaign, client, monkeypatch) -> None:
    # As a server renders, without the copies of every context that tests ask for.
    monkeypatch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))
    client.force_login(person("dana"))
    annotation = queue.take_next(campaign, by=person("dana"))
    assert annotation is not None
    bodies = iter([state(revision) for revision in range(SAVES + 100)])

    def save() -> None:
        answer = client.post(f"/label/{annotation.pk}/save/", next(bodies), content_type="application/json")
        assert answer.status_code == 200, answer.content

    def submit_and_next() -> None:
        open_one = Annotation.objects.get(annotator=person("dana"), submitted_at=None)
        answer = client.post(f"/label/{open_one.pk}/submit/", state(open_one.revision), content_type="application/json")
        assert "/label/" in answer.json()["next"]

    def skip() -> None:
        for begun in Annotation.objects.filter(annotator=person("dana"), submitted_at=None):
            annotating.skip(begun.pk, by=person("dana"), reason="other")

    print()
    clock("desk of 8 KB", lambda: client.get(f"/label/{annotation.pk}/"), 100)
    clock("save, the first 100", save, 100)
    for _ in range(SAVES - 300):
        save()
    clock("save, the last 100", save, 100)
    clock("next, going on", lambda: client.post(f"/campaigns/{campaign.slug}/next/"), 100)
    clock("next, a fresh trace", lambda: client.post(f"/campaigns/{campaign.slug}/next/"), 100, skip)
    clock("submit and next", submit_and_next, 100)
    clock("own work", lambda: client.get("/label/"), 20)


@pytest.mark.parametrize(("sentences", "name"), [(17, "8 KB"), (200, "32,000 tokens, 800 formulas")])
def test_long_trace_in_a_browser(transactional_db, page: Page, sentences: int, name: str) -> None:
    campaign = Campaign.objects.create(slug="long", title="Long", taxonomy=taxonomy(), created_by=person("emil"))
    trace = TraceFactory(text=text_of(sentences))
    CampaignTrace.objects.create(campaign=campaign, trace=trace, position=0)
    annotation = queue.take_next(campaign, by=person("dana"))
    assert annotation is not None
    page.set_default_timeout(60_000)  # the machine may be busy with other work
    log_in(page, "dana")
    seen, ready, busy = [], [], []
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    for _ in range(6):
        page.goto("/label/")
        begun = worked(devtools)
        start = time.perf_counter()
        page.goto(f"/label/{annotation.pk}/", wait_until="commit")
        page.wait_for_selector("#step-1 .math.is-set")
        seen.append(time.perf_counter() - start)
        page.wait_for_selector("[data-act=undo]:disabled")
        ready.append(time.perf_counter() - start)
        busy.append(worked(devtools) - begun)
    warm = [1000 * statistics.median(times[1:]) for times in (seen, ready, busy)]
    print(f"\n{name}: {len(trace.text):,} characters, {page.locator('.step-text .math').count()} formulas")
    print(f"set and visible {warm[0]:,.0f} ms, ready to mark {warm[1]:,.0f} ms, cold {1000 * ready[0]:,.0f} ms")
    print(f"CPU of the page's thread {warm[2]:,.0f} ms of it")
    for pixels in (WHEEL, FLING):
        page.reload()
        page.wait_for_selector("[data-act=undo]:disabled")
        scroll("at once", pixels, page, devtools)
        expect(page.locator(".step-text .math:not(.is-set)")).to_have_count(0, timeout=60_000)
        scroll("once all is set", pixels, page, devtools)


def scroll(when: str, pixels: int, page: Page, devtools: CDPSession) -> None:
    """Go down by so many pixels a frame; print the frames by the clock, and the CPU of the page's thread in each."""
    before = metrics(devtools)
    frames = page.evaluate(SCROLL, pixels)
    spent = {name: 1000 * (value - before[name]) / frames["count"] for name, value in metrics(devtools).items()}
    print(f"scrolling {when}, {pixels} pixels a frame: {frames['said']}")
    print("  CPU a frame: " + ", ".join(f"{name.removesuffix('Duration')} {spent[name]:.1f} ms" for name in PARTS))


def worked(devtools: CDPSession) -> float:
    """Seconds of CPU that the page's thread has had; other work on the machine changes them less than the clock."""
    return metrics(devtools)["TaskDuration"]


PARTS = ("TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration")


def metrics(devtools: CDPSession) -> dict[str, float]:
    """What the browser counts of the page's thread, in seconds of its CPU."""
    found = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    return {name: found[name] for name in PARTS}


WHEEL, FLING = 40, 300
"""Pixels a frame: a quick wheel, 2,400 a second, and a whole long trace in a second."""

SCROLL = """async (pixels) => {
    const frames = [];
    scrollTo(0, 0);
    await new Promise(requestAnimationFrame);
    let before = performance.now();
    while (scrollY + innerHeight < document.documentElement.scrollHeight - 2 && frames.length < 300) {
        scrollBy(0, pixels);
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        frames.push(now - before);
        before = now;
    }
    frames.sort((a, b) => a - b);
    const unset = [...document.querySelectorAll('.step-text .math:not(.is-set)')].filter((formula) => {
        const { top, bottom } = formula.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
    }).length;
    const median = frames[frames.length >> 1].toFixed(0);
    return { count: frames.length, said: `${frames.length} frames, median ${median} ms, ` +
        `p95 ${frames[Math.floor(frames.length * 0.95)].toFixed(0)} ms, longest ${frames.at(-1).toFixed(0)} ms, ` +
        `${unset} formulas in view not set` };
}"""
