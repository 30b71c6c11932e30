"""Figures of a report against counts by hand: values, intervals, what they lead to, what they lack."""

import numpy as np
import pytest

from qftapp.charts.figure import Lacking, Table
from qftapp.charts.figures import KINDS
from qftapp.charts.figures.bank import coverage, funnel
from qftapp.charts.figures.curves import training
from qftapp.charts.figures.generalisation import generalisation, specialists
from qftapp.charts.figures.places import places
from qftapp.charts.figures.topics import topics
from qftapp.experiments.models import Metric
from qftapp.items.models import Review
from qftapp.items.topics import TOPICS
from tests import factories
from tests.charts.world import evaluated, results, share, trained

pytestmark = pytest.mark.django_db

SPINORS, GAUGE = "gamma-traces", "scalar-qed"


def row(table: Table, *first: str):
    """The only row that begins so."""
    found = [one for one in table.rows if tuple(one.cells[: len(first)]) == first]
    assert len(found) == 1, [one.cells for one in table.rows]
    return found[0]


@pytest.mark.parametrize("key", [key for key in KINDS if key != "coverage"])
def test_without_anything_a_figure_says_what_it_needs(key):
    with pytest.raises(Lacking) as lack:
        KINDS[key].build(results())
    assert str(lack.value).endswith(".")


def test_topics_by_level_with_items_counted(base):
    right, wrong = factories.approved(operational_level="easy"), factories.approved(operational_level="easy")
    evaluated(base, {right: share(2, 2), wrong: share(0, 2)})
    built = topics(results(base))
    assert row(built.table, "Cross sections and decay rates", "Easy", "base").cells[3].value == 0.5
    easy = row(built.table, "Cross sections and decay rates", "Easy", "base")
    assert easy.cells[3].low is None
    assert "topic=cross-sections-decays" in easy.href
    assert "operational_level=easy" in easy.href
    assert built.traces[0]["z"] == [[0.5, 0.5]]


def test_many_topics_are_shown_by_category(base):
    codes = list(TOPICS)[:25]
    evaluated(base, {factories.approved(topic=code): share(1, 1) for code in codes})
    built = topics(results(base))
    assert len(built.traces[0]["y"]) == len({TOPICS[code].category for code in codes})


def test_places_are_domains_and_sources(base):
    problem = factories.SourceProblemFactory(source__slug="srednicki")
    evaluated(
        base,
        {
            factories.approved(source_problem=problem): share(1, 1),
            factories.approved(topic="cosmology"): share(0, 1),
        },
    )
    table = places(results(base)).table
    assert row(table, "Quantum field theory").cells[2].value == 1
    assert row(table, "Cosmology").cells[2].value == 0
    assert row(table, "srednicki").cells[3] == 1


def test_gain_and_forgetting_of_a_specialist(base):
    own = [factories.approved(topic=SPINORS) for _ in range(6)]
    others = [factories.approved(topic=GAUGE) for _ in range(6)]
    model = trained(base, "spinors", *own[:2])
    evaluated(base, {**{one: share(1, 4) for one in own}, **{one: share(2, 4) for one in others}})
    evaluated(model, {**{one: share(3, 4) for one in own}, **{one: share(1, 4) for one in others}})
    found = results(base, model)
    label = "spinors (Fermions and spinor structure)"
    table = specialists(found).table
    gain = row(table, label, "base", "trained on").cells
    loss = row(table, label, "base", "everything else").cells
    assert (gain[3].value, loss[3].value) == (0.5, -0.25)
    # Six equal differences: 2 of 2⁶ sign flips are as far from zero; Holm doubles it over two rows.
    assert gain[4] == pytest.approx(2 * 2 / 2**6)
    matrix = generalisation(found).table
    assert row(matrix, label, "Fermions and spinor structure").cells[2:4] == ("yes", gain[3])
    assert row(matrix, label, "Gauge fields and symmetry").cells[2] == "no"


def test_gain_counts_the_same_items_only(base):
    shared, alone = factories.approved(topic=SPINORS), factories.approved(topic=SPINORS)
    model = trained(base, "spinors", shared)
    evaluated(base, {shared: share(0, 2), alone: share(2, 2)})
    evaluated(model, {shared: share(1, 2)})
    assert row(specialists(results(base, model)).table, "spinors (Fermions and spinor structure)", "base", "trained on"
               ).cells[3].value == 0.5  # fmt: skip


def test_training_shows_loss_and_reward_apart(base):
    version = factories.approved()
    taught, rewarded = trained(base, "taught", version), trained(base, "rewarded", version, method="grpo")
    for model, name in ((taught, "loss"), (rewarded, "reward")):
        for step in (1, 2):
            Metric.objects.create(job=model.checkpoint.job, name=name, step=step, value=step / 4)
        evaluated(model, {version: share(1, 1)})
    built = training(results(taught, rewarded))
    assert [trace["yaxis"] for trace in built.traces] == ["y2", "y"]
    assert row(built.table, "rewarded").cells[2:6] == ("reward", 2, 0.25, 0.5)
    assert built.layout["yaxis"]["domain"][0] > built.layout["yaxis2"]["domain"][1]


def test_funnel_counts_items_by_the_farthest_they_came(base):
    factories.ItemVersionFactory(item__operational_level="easy")
    sent_back = factories.ItemVersionFactory(item__operational_level="easy", gate={"checks": []})
    Review.objects.create(version=sent_back, reviewer=factories.person("chandra"), verdict="request_changes",
                          content_hash="x", content={})  # fmt: skip
    released = factories.approved(operational_level="easy")
    factories.frozen_release(released)
    factories.approved(operational_level="easy")
    evaluated(base, {released: share(1, 3)})
    assert row(funnel(results(base)).table, "Original, easy").cells[1:] == (4, 3, 2, 1, 1)


@pytest.mark.parametrize(("figure", "items"), [(funnel, {}), (coverage, {"category": "fermions"})])
def test_counts_of_items_lead_to_the_items_counted(client, figure, items):
    inside, _, elsewhere = (factories.approved(topic=topic) for topic in (SPINORS, SPINORS, GAUGE))
    release = factories.frozen_release(inside, elsewhere)
    client.force_login(factories.person("alice"))
    table = figure(results(release=release, split="test", items=items)).table
    leading = [one for one in table.rows if one.href.startswith("/items/")]
    assert leading
    for one in leading:
        count = next(cell for cell in one.cells if isinstance(cell, int))
        found = client.get(one.href)
        assert found.context["page"].paginator.count == count
        assert f"Only items of release {release.name}, test." in found.text


def test_coverage_counts_what_is_approved_now(client):
    approved, retired = (factories.approved(topic=SPINORS) for _ in range(2))
    retired.state = "retired"
    retired.save()
    factories.ItemVersionFactory(item__topic=SPINORS)
    client.force_login(factories.person("alice"))
    table = coverage(results(items={"category": "fermions"})).table
    (line,) = (one for one in table.rows if one.cells[2])
    assert line.cells[2] == 1
    assert [found.item for found in client.get(line.href).context["page"]] == [approved.item]


def test_coverage_leads_to_a_new_item_where_there_is_none():
    factories.approved(topic=SPINORS, domain_level="graduate")
    factories.ItemVersionFactory(item__topic=SPINORS, item__domain_level="postgraduate")
    table = coverage(results()).table
    covered = row(table, "Fermions and spinor structure", "Graduate")
    missing = row(table, "Fermions and spinor structure", "Postgraduate")
    assert (covered.cells[2], missing.cells[2]) == (1, 0)
    assert "category=fermions" in covered.href
    assert missing.href.startswith("/new-item/?")
    assert "domain_level=postgraduate" in missing.href


def test_intervals_stand_where_there_are_enough_clusters(base):
    evaluated(base, {factories.approved(): share(place % 3, 2) for place in range(6)})
    estimate = row(KINDS["accuracy"].build(results(base)).table, "All items", "base").cells[2]
    assert estimate.value == pytest.approx(np.mean([0, 0.5, 1, 0, 0.5, 1]))
    assert 0 < estimate.low < estimate.value < estimate.high < 1
