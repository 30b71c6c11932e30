"""Traces are found by every filter, a page at a time, and each page leads to the next and back."""

import itertools

import pytest

from qftapp.runs import queries
from qftapp.runs.finding import trace_ids
from qftapp.runs.models import Grade, Trace
from qftapp.runs.words import make_words
from tests import factories
from tests.runs.judged import judged

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """48 traces: two models, three runs, three items one of which has two versions, every outcome, two lengths."""
    models = [factories.LanguageModelFactory(slug=slug) for slug in ("base", "tuned")]
    runs = [factories.RunFactory(slug=f"run-{n}", model=models[n % 2]) for n in range(3)]
    first = factories.approved("a")
    versions = [first, factories.replace(first), factories.approved("b"), factories.approved("c")]
    outcomes = itertools.cycle(["correct", "wrong", "wrong", "no_answer", "unreadable"])
    codes = itertools.cycle(["factor", "sign", ""])
    for run, version, sample in itertools.product(runs, versions, range(4)):
        outcome = next(outcomes)
        grade = {"diagnosis": next(codes)} if outcome == "wrong" else {}
        words = "loop integral" if sample % 2 else "phase space"
        text = words * (200 if sample == 3 else 1)
        judged(run, version, sample, outcome, trace={"text": text}, **grade)
    ungraded = factories.TraceFactory(run=runs[0], item_version=versions[0], sample_index=9, text="nothing yet")
    assert ungraded
    make_words()
    return runs


def all_facts() -> list[dict[str, str]]:
    """What a plain reading of all rows knows of each trace, newest first."""
    grades = {grade.trace_id: grade for grade in Grade.objects.filter(is_current=True)}
    rows = Trace.objects.select_related("run__model", "item_version__item").order_by("-pk")
    return [
        {
            "pk": row.pk,
            "run": row.run.slug,
            "model": row.run.model.slug,
            "item": row.item_version.item.slug,
            "outcome": grades[row.pk].outcome if row.pk in grades else "",
            "diagnosis": grades[row.pk].diagnosis if row.pk in grades else "",
            "length": "1" if len(row.text) >= 1000 else "0",
            "q": "phase" if "phase" in row.text else "loop",
        }
        for row in rows
    ]


def expected(filters: dict[str, str], facts: list[dict[str, str]] | None = None) -> list[int]:
    """The ids that match by a plain reading."""
    matching = [each for each in facts or all_facts() if filters.items() <= each.items()]
    return [each["pk"] for each in matching]


CHOICES = {
    "run": ("", "run-1"),
    "model": ("", "base"),
    "item": ("", "a"),
    "outcome": ("", "wrong"),
    "diagnosis": ("", "factor"),
    "length": ("", "1"),
    "q": ("", "phase"),
}


def test_every_combination_of_filters_finds_what_it_says(world):
    facts = all_facts()
    for values in itertools.product(*CHOICES.values()):
        filters = {name: value for name, value in zip(CHOICES, values, strict=True) if value}
        found = expected(filters, facts)
        assert trace_ids(filters, limit=100) == found, filters
        if len(found) > 4:
            middle = found[len(found) // 2]
            assert trace_ids(filters, before=middle, limit=2) == [pk for pk in found if pk < middle][:2], filters
            assert trace_ids(filters, after=middle, limit=2) == [pk for pk in found if pk > middle][-2:], filters


def test_a_filter_for_what_does_not_exist_finds_nothing(world):
    assert trace_ids({"item": "nothing"}, limit=9) == []
    assert trace_ids({"run": "nothing"}, limit=9) == []
    assert trace_ids({"run": "run-0", "model": "tuned"}, limit=9) == []


def test_answer_group_is_a_filter(world):
    first = judged(world[0], factories.approved("d"), outcome="wrong", answer_group=7)
    assert trace_ids({"group": "7"}, limit=9) == [first.pk]


def test_pages_lead_on_and_back(world, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 20)
    first = queries.trace_page({})
    second = queries.trace_page({}, before=first.oldest)
    third = queries.trace_page({}, before=second.oldest)
    ids = [row.trace.pk for page in (first, second, third) for row in page.rows]
    assert ids == expected({})
    assert [(page.has_newer, page.has_older) for page in (first, second, third)] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    back = queries.trace_page({}, after=third.newest)
    assert ([row.trace.pk for row in back.rows], back.has_newer, back.has_older) == (ids[20:40], True, True)
    assert queries.trace_page({}, after=second.newest).has_newer is False


def test_neighbours_are_those_of_the_list(world):
    listed = expected({"outcome": "wrong"})
    trace = Trace.objects.get(pk=listed[3])
    assert queries.neighbours(trace, {"outcome": "wrong"}) == (listed[2], listed[4])
    assert queries.neighbours(Trace.objects.get(pk=listed[0]), {"outcome": "wrong"}) == (None, listed[1])


def test_all_rows_come_in_chunks(world):
    assert [row.trace.pk for row in queries.all_rows({}, chunk=7)] == expected({})
