"""Figures of how models answer against independent counts: differences, samples, lengths, kinds of wrong."""

import itertools
import math
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from qftapp.charts.figure import Lacking, Table
from qftapp.charts.figures import KINDS
from qftapp.charts.stats.means import mean_share, rate
from qftapp.charts.stats.means import share as ratio
from qftapp.charts.stats.paired import holm, mcnemar
from qftapp.charts.stats.power import items_needed
from qftapp.items.models import Batch
from qftapp.runs import words
from qftapp.runs.models import Grade, Trace
from tests import factories
from tests.charts.world import evaluated, results, share
from tests.runs.judged import judged

pytestmark = pytest.mark.django_db


@pytest.fixture
def tuned():
    return factories.LanguageModelFactory(slug="tuned")


def row(table: Table, *first: object):
    """The only row that begins so."""
    found = [one for one in table.rows if tuple(one.cells[: len(first)]) == first]
    assert len(found) == 1, [one.cells for one in table.rows]
    return found[0]


def cells(table: Table, *first: object) -> dict[str, object]:
    """The cells of that row by the names of their columns."""
    return dict(zip(table.columns, row(table, *first).cells, strict=True))


def table_of(key: str, *models, **scope) -> Table:
    return KINDS[key].build(results(*models, **scope)).table


def versions(count: int, **item):
    return [factories.approved(**item) for _ in range(count)]


def test_accuracy_has_average_and_best_of_the_common_number(base):
    many, few = versions(6, operational_level="easy"), versions(2, operational_level="hard")
    evaluated(base, {**{one: share(place, 5) for place, one in enumerate(many)}, **{one: share(2, 2) for one in few}})
    found = cells(table_of("accuracy", base), "All items", "base")
    assert found["Accuracy"].value == pytest.approx((0 + 0.2 + 0.4 + 0.6 + 0.8 + 1 + 1 + 1) / 8)
    assert found["Average of 5"].value == pytest.approx(0.5)
    assert found["Best of 5"].value == pytest.approx(5 / 6)
    assert (found["Items"], found["Best of 5"].items) == (8, 6)
    hard = cells(table_of("accuracy", base), "Hard", "base")
    assert (hard["Accuracy"].low, hard["Best of 5"]) == (None, None)


def test_sets_of_several_origins_are_shown_by_origin(base):
    batch = Batch.objects.create(slug="made", format="items", payload=b"", requested_by=factories.person("farah"))
    synthetic = versions(1, origin="synthetic", operational_level="easy", batch=batch)
    evaluated(base, {one: share(1, 1) for one in [*synthetic, *versions(1)]})
    sets = [one.cells[0] for one in table_of("accuracy", base).rows]
    assert sets == ["All items", "Easy", "Medium", "Original", "Synthetic", "Synthetic, easy"]
    assert "origin=synthetic&operational_level=easy" in row(table_of("accuracy", base), "Synthetic, easy").href


def test_differences_are_paired_and_adjusted(base, tuned):
    easy, hard = versions(6, operational_level="easy"), versions(5, operational_level="hard")
    lone = factories.approved()
    evaluated(base, {**{one: share(1, 4) for one in easy}, **{one: share(2, 4) for one in hard}, lone: share(4, 4)})
    evaluated(tuned, {**{one: share(2, 4) for one in easy}, **{one: share(1, 4) for one in hard}})
    built = KINDS["differences"].build(results(base, tuned))
    found = [cells(built.table, title, "tuned") for title in ("All items", "Easy", "Hard")]
    assert [one["Difference"].value for one in found] == pytest.approx([0.25 / 11, 0.25, -0.25])
    gains = np.array([1] * 6 + [-1] * 5)
    flips = np.array(list(itertools.product((-1, 1), repeat=11)))
    chance = np.mean(np.abs(flips @ gains) >= 1)
    ps = [chance, 2 / 2**6, 2 / 2**5]
    assert [one["p"] for one in found] == pytest.approx(ps)
    assert [one["p, Holm"] for one in found] == pytest.approx(holm(ps))
    assert [(one["Better on"], one["Worse on"], one["Items"]) for one in found] == [(6, 5, 11), (6, 0, 6), (0, 5, 5)]
    assert "McNemar’s p" not in built.table.columns
    assert "11 of 12" in built.notes[0]
    assert "over 3 tests" in built.caption


def test_single_answers_have_mcnemars_p(base, tuned):
    asked = versions(12)
    evaluated(base, {one: share(int(place < 2), 1) for place, one in enumerate(asked)})
    evaluated(tuned, {one: share(int(place > 3), 1) for place, one in enumerate(asked)})
    assert cells(table_of("differences", base, tuned), "All items", "tuned")["McNemar’s p"] == mcnemar(2, 8)


def test_few_common_items_have_no_interval_and_no_p(base, tuned):
    asked = versions(3)
    for model in (base, tuned):
        evaluated(model, {one: share(1, 2) for one in asked})
    found = cells(table_of("differences", base, tuned), "All items", "tuned")
    assert (found["Difference"].low, found["p"], found["p, Holm"]) == (None, None, None)


def test_items_needed_follow_from_the_scatter(base, tuned):
    gains = [0, 1, 0, -1, 1, 0, 1, 0]
    asked = versions(8)
    evaluated(base, {one: share(1, 2) for one in asked})
    evaluated(tuned, {one: share(1 + gain, 2) for one, gain in zip(asked, gains, strict=True)})
    scatter = np.std(np.array(gains) / 2, ddof=1)
    found = cells(table_of("power", base, tuned), "tuned", 3)
    assert found["Items for power 0.8"] == items_needed(0.03, scatter)
    assert (found["Deviation"], found["Items here"]) == (pytest.approx(scatter), 8)


def test_models_that_never_differ_have_no_power(base, tuned):
    asked = versions(6)
    for model in (base, tuned):
        evaluated(model, {one: share(1, 2) for one in asked})
    with pytest.raises(Lacking, match="differ on no item"):
        KINDS["power"].build(results(base, tuned))


@pytest.mark.parametrize("key", ["differences", "power"])
def test_one_model_alone_differs_from_none(key, base):
    evaluated(base, {factories.approved(): share(1, 2)})
    with pytest.raises(Lacking, match="second one"):
        KINDS[key].build(results(base))


def test_pass_at_k_and_majority_meet_all_draws(base):
    """Groups of each item: the right answers, and wrong ones that are the same by their letters."""
    told = ["rraa", "rabc", "aabb", "rrrr", "ra--", "rrab"]
    run = factories.RunFactory(model=base, purpose="evaluate")
    for letters in told:
        version, firsts = factories.approved(), {}
        for sample, letter in enumerate(letters):
            outcome = {"r": "correct", "-": "unreadable"}.get(letter, "wrong")
            trace = judged(run, version, sample, outcome)
            Grade.objects.filter(trace=trace).update(answer_group=firsts.setdefault(letter, trace.pk))
    table = table_of("pass-at-k", base)
    for k in (1, 2, 4):
        found = cells(table, "base", k)
        assert found["pass@k"].value == pytest.approx(np.mean([_drawn(letters, k, _passes) for letters in told]))
        assert found["cons@k"].value == pytest.approx(np.mean([_drawn(letters, k, _leads) for letters in told]))
    assert cells(table, "base", 1)["Average"].value == pytest.approx(cells(table, "base", 1)["pass@k"].value)


def _drawn(letters: str, k: int, judge) -> float:
    draws = list(itertools.combinations(letters, k))
    return sum(map(judge, draws)) / len(draws)


def _passes(draw: tuple[str, ...]) -> float:
    return float("r" in draw)


def _leads(draw: tuple[str, ...]) -> float:
    answers = [letter for letter in draw if letter != "-"]
    most = max(map(answers.count, answers), default=0)
    leading = {letter for letter in answers if answers.count(letter) == most}
    return 1 / len(leading) if "r" in leading else 0


def test_large_k_is_said_to_hang_on_single_samples(base):
    evaluated(base, {one: share(place % 5, 4) for place, one in enumerate(versions(6))})
    built = KINDS["pass-at-k"].build(results(base))
    assert "k = 4" in built.notes[0]
    assert [symbol.endswith("-open") for symbol in built.traces[0]["marker"]["symbol"]] == [False, False, True]
    assert [line["line"]["dash"] for line in built.traces] == ["solid", "dot"]


def test_one_sample_has_no_curve(base):
    evaluated(base, {factories.approved(): share(1, 1)})
    with pytest.raises(Lacking, match="more samples"):
        KINDS["pass-at-k"].build(results(base))


def test_majority_of_several_runs_is_their_mean(base):
    version = factories.approved()
    for right in (2, 0):
        evaluated(base, {version: share(right, 2)})
    built = KINDS["pass-at-k"].build(results(base))
    assert cells(built.table, "base", 2)["cons@k"].value == pytest.approx(0.5)
    assert any("several runs" in note for note in built.notes)


def judged_lengths(model):
    """Six items of two answers each, whose tokens and backtracks are known."""
    run = factories.RunFactory(model=model, purpose="evaluate")
    for place, version in enumerate(versions(6)):
        said = {"text": "Wait.\n" * place, "output_tokens": 100 * (place + 1)}
        judged(run, version, 0, "correct", trace=said)
        outcome = "broken_item" if place == 5 else ("wrong", "unreadable")[place % 2]
        judged(run, version, 1, outcome, trace={"text": "Hmm.\n" * 3, "output_tokens": 50})
    return run


def test_lengths_are_means_of_traces(base):
    judged_lengths(base)
    table = table_of("lengths", base)
    assert cells(table, "Correct", "base")["Mean tokens"] == rate([100, 200, 300, 400, 500, 600], [1] * 6)
    assert cells(table, "Incorrect", "base")["Mean tokens"].value == 50
    everything = cells(table, "All", "base")
    assert everything["Mean tokens"] == rate([150, 250, 350, 450, 550, 600], [2, 2, 2, 2, 2, 1])
    assert (everything["Traces"], everything["Items"]) == (11, 6)


def test_lengths_are_in_characters_where_tokens_are_not_known(base, tuned):
    judged_lengths(base)
    run = factories.RunFactory(model=tuned, purpose="evaluate")
    judged(run, factories.approved(), trace={"text": "x" * 70, "output_tokens": None})
    built = KINDS["lengths"].build(results(base, tuned))
    assert cells(built.table, "Correct", "tuned")["Mean characters"].value == 70
    assert "tokens of tuned are not known" in built.notes[0]


def test_backtracks_are_means_once_they_are_counted(base):
    run = judged_lengths(base)
    with pytest.raises(Lacking, match="background"):
        KINDS["backtracks"].build(results(base))
    words.make_words()
    judged(run, factories.approved(), trace={"text": "Wait."})
    built = KINDS["backtracks"].build(results(base))
    assert cells(built.table, "Correct", "base")["Mean backtracks"] == rate(range(6), [1] * 6)
    assert cells(built.table, "Incorrect", "base")["Mean backtracks"].value == 3
    assert built.notes == ["1 trace not counted yet; the background does."]
    assert "pattern 1" in built.caption


def test_kinds_of_wrong_are_shares_of_wrong_answers(base, tuned):
    run = factories.RunFactory(model=base, purpose="evaluate")
    signs = [2, 1, 0, 2, 0, 1]
    for place, version in enumerate(versions(6)):
        for sample in range(4):
            code = "sign" if sample < signs[place] else "dropped_term" if sample == 3 and place == 0 else ""
            judged(run, version, sample, "correct" if sample == 2 else "wrong", diagnosis=code if sample != 2 else "")
    evaluated(tuned, {factories.approved(): share(1, 1)})
    built = KINDS["kinds-of-wrong"].build(results(base, tuned))
    assert list(dict.fromkeys(one.cells[0] for one in built.table.rows)) == [
        "nothing certain to say",
        "overall sign",
        "missing term",
    ]
    found = cells(built.table, "overall sign", "base")
    assert (found["Answers"], found["Wrong answers"]) == (6, 18)
    assert found["Of wrong answers"] == ratio(signs, [3] * 6)
    assert found["Of all answers"].value == 6 / 24
    assert cells(built.table, "overall sign", "tuned")["Of wrong answers"] is None


def test_unjudged_answers_are_shares_of_all(base):
    run = factories.RunFactory(model=base, purpose="evaluate")
    for version in versions(6):
        for sample, outcome in enumerate(("correct", "unreadable", "no_answer", "timeout", "broken_item")):
            end = "length" if outcome in ("correct", "no_answer", "broken_item") else "stop"
            judged(run, version, sample, outcome, trace={"finish_reason": end})
    table = table_of("unjudged", base)
    shares = {one.cells[0]: (one.cells[2].value, one.cells[3], one.cells[4]) for one in table.rows}
    assert shares == {
        "Cut off at the limit": (0.5, 12, 24),
        "No answer": (0.25, 6, 24),
        "Unreadable": (0.25, 6, 24),
        "Timeout": (0.25, 6, 24),
    }


@pytest.mark.parametrize(("key", "first", "column"), [
    ("unjudged", "Cut off at the limit", "Of all answers"),
    ("kinds-of-wrong", "overall sign", "Of all answers"),
])  # fmt: skip
def test_shares_are_of_the_answers_that_were_counted_with_them(base, key, first, column):
    run, version = factories.RunFactory(model=base, purpose="evaluate"), factories.approved()
    judged(run, version, 0, "correct")
    known = results(base)
    for sample in (1, 2):
        judged(run, version, sample, "wrong", diagnosis="sign", trace={"finish_reason": "length"})
    judged(run, version, 3, "unreadable")
    found = cells(KINDS[key].build(known).table, first, "base")
    assert (found[column].value, found[column].items) == (2 / 4, 1)


def behind(client, href: str) -> list[int]:
    """The traces that an address of a point leads to."""
    client.force_login(factories.person("farah"))
    answer = client.get(href)
    assert answer.status_code == 200
    if href.startswith("/traces/"):
        return sorted(one.trace.pk for one in answer.context["page"].rows)
    found = [behind(client, one.href) for one in answer.context["page"]]
    assert sum(one.answers for one in answer.context["page"]) == sum(map(len, found))
    return sorted(itertools.chain(*found))


@pytest.mark.parametrize(
    ("key", "first", "filters"),
    [
        ("kinds-of-wrong", "overall sign", {"grades__diagnosis": "sign"}),
        ("unjudged", "Unreadable", {"grades__outcome": "unreadable"}),
        ("lengths", "Correct", {"grades__outcome": "correct"}),
    ],
)
@pytest.mark.parametrize("scope", [{}, {"items": {"topic": "scalar-qed"}}])
def test_rows_lead_to_their_traces(client, base, tuned, key, first, filters, scope):
    for model in (base, tuned):
        for topic in ("scalar-qed", "gamma-traces"):
            version = factories.approved(topic=topic)
            run = factories.RunFactory(model=model, purpose="evaluate")
            for sample, (outcome, code) in enumerate(
                [("correct", ""), ("wrong", "sign"), ("wrong", ""), ("unreadable", ""), ("wrong", "sign")]
            ):
                judged(run, version, sample, outcome, diagnosis=code)
    href = row(table_of(key, base, tuned, **scope), first, "tuned").href
    expected = Trace.objects.filter(run__model=tuned, **filters)
    if scope:
        expected = expected.filter(item_version__item__topic="scalar-qed")
    assert behind(client, href) == sorted(expected.values_list("pk", flat=True))


def test_all_answers_are_found_and_those_without_a_diagnosis_by_no_list(client, base):
    run = factories.RunFactory(model=base, purpose="evaluate")
    version = factories.approved(topic="scalar-qed")
    for sample in range(2):
        judged(run, version, sample, "wrong", diagnosis="")
    assert len(behind(client, row(table_of("lengths", base), "All", "base").href)) == 2
    href = row(table_of("lengths", base, items={"topic": "scalar-qed"}), "All", "base").href
    assert [found.counted for found in client.get(href).context["page"]] == [2]
    assert row(table_of("kinds-of-wrong", base), "nothing certain to say", "base").href == ""


def test_incorrect_answers_are_found_by_item(client, base):
    one, other = factories.approved("a"), factories.approved("b")
    evaluated(base, {one: ["correct", "wrong", "timeout", "broken_item"], other: ["correct"]})
    href = row(table_of("lengths", base), "Incorrect", "base").href
    assert parse_qs(urlsplit(href).query)["outcome"] == ["incorrect"]
    client.force_login(factories.person("farah"))
    page = client.get(href).context["page"]
    assert [(found.item.slug, found.answers, found.counted) for found in page] == [("a", 2, 3)]


def test_answers_that_were_cut_off_are_found_by_item(client, base):
    run = factories.RunFactory(model=base, purpose="evaluate")
    for slug, end in (("a", "length"), ("b", "stop")):
        judged(run, factories.approved(slug), 0, "no_answer", trace={"finish_reason": end})
    href = row(table_of("unjudged", base), "Cut off at the limit", "base").href
    client.force_login(factories.person("farah"))
    assert [(found.item.slug, found.answers) for found in client.get(href).context["page"]] == [("a", 1)]


def test_intervals_widen_where_items_share_a_problem(base, tuned):
    problems = [factories.SourceProblemFactory() for _ in range(6)]
    asked = [factories.approved(source_problem=problem) for problem in problems for _ in range(4)]
    right = [place // 4 % 3 for place in range(24)]
    evaluated(base, {one: share(k, 2) for one, k in zip(asked, right, strict=True)})
    by_family = cells(table_of("accuracy", base), "All items", "base")["Accuracy"]
    by_item = cells(table_of("accuracy", base, cluster="item"), "All items", "base")["Accuracy"]
    assert by_family == mean_share(np.array(right) / 2, np.repeat(np.arange(6), 4))
    assert math.isclose(by_family.value, by_item.value)
    assert by_family.low < by_item.low
