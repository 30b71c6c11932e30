"""Campaigns: what a recipe chooses, how gold is mixed in, who may lead."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from qftapp.actors.errors import Conflict
from qftapp.labels import campaigns
from qftapp.labels.models import Annotation, Taxonomy
from qftapp.labels.sampling import Recipe, sample
from qftapp.runs.models import Trace
from tests.factories import GradeFactory, TraceFactory, approved, person
from tests.labels.desk import taxonomy

pytestmark = pytest.mark.django_db

TOPICS = ("cross-sections-decays", "anomalous-dimensions")


def graded(outcome, count, topic=TOPICS[0], **grade):
    return [
        GradeFactory(outcome=outcome, trace=TraceFactory(item_version=approved(topic=topic)), **grade).trace_id
        for _ in range(count)
    ]


def chosen(**recipe):
    return [choice.trace_id for choice in sample(Recipe(**recipe), taxonomy())]


def judged(trace_id, verdict, **given):
    fields = {"annotator": person("dana"), "taxonomy": taxonomy(), "trace_id": trace_id, "verdict": verdict}
    now = timezone.now()
    return Annotation.objects.create(assigned_at=now, submitted_at=now, **(fields | given))


def start(**given):
    plain = {"by": person("emil"), "slug": "first", "title": "First", "taxonomy": taxonomy(), "recipe": Recipe(size=4)}
    return campaigns.start(**(plain | given))


def test_recipe_survives_its_storage():
    recipe = Recipe(size=5, strategy="random", runs=("a",), topics=TOPICS, outcomes=("wrong",), gold_share=0.1, seed=3)
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_same_recipe_gives_the_same_traces_and_another_seed_others():
    graded("wrong", 12)
    first = chosen(size=6, strategy="random", seed=1)
    assert first == chosen(size=6, strategy="random", seed=1)
    assert first != chosen(size=6, strategy="random", seed=2)


def test_even_takes_from_every_stratum_before_it_takes_twice():
    strata = {"wrong": graded("wrong", 9), "correct": graded("correct", 2), "timeout": graded("timeout", 1)}
    outcome_of = {trace: outcome for outcome, traces in strata.items() for trace in traces}
    # One run each, so models differ too; the strata of a model and topic are its outcomes.
    assert Counter(outcome_of[trace] for trace in chosen(size=12)) == {"wrong": 9, "correct": 2, "timeout": 1}


def test_even_is_even_over_topics():
    model = TraceFactory().run
    for topic, count in zip(TOPICS, (9, 3), strict=True):
        for _ in range(count):
            TraceFactory(run=model, item_version=approved(topic=topic))
    found = chosen(size=6, topics=TOPICS, runs=(model.slug,))
    topics = Counter(Trace.objects.filter(pk__in=found).values_list("item_version__item__topic", flat=True))
    assert topics == {TOPICS[0]: 3, TOPICS[1]: 3}


def test_filters_restrict():
    wrong = graded("wrong", 3)
    graded("correct", 3)
    assert sorted(chosen(size=10, outcomes=("wrong",))) == wrong
    other = graded("wrong", 2, topic=TOPICS[1])
    assert sorted(chosen(size=10, topics=(TOPICS[1],))) == other


def test_diagnosed_is_even_over_kinds():
    many, one = graded("wrong", 6, diagnosis="factor"), graded("wrong", 1, diagnosis="sign")
    graded("wrong", 3)
    found = chosen(size=2, strategy="diagnosed")
    assert len(set(found) & set(many)) == 1
    assert len(set(found) & set(one)) == 1


def test_least_covered_topics_come_first():
    covered, bare = graded("wrong", 4), graded("wrong", 2, topic=TOPICS[1])
    for trace in covered[:3]:
        judged(trace, "flawed")
    assert set(chosen(size=2, strategy="least_covered")) == set(bare)


def test_disagreement_comes_first_and_nothing_else():
    apart, together, _ = graded("wrong", 3)
    for trace, second in ((apart, "sound"), (together, "flawed")):
        judged(trace, "flawed")
        judged(trace, second, annotator=person("emil"))
    assert chosen(size=9, strategy="disagreement") == [apart]


def test_gold_traces_are_spread_among_the_others():
    traces = graded("wrong", 20)
    for trace in traces[:5]:
        judged(trace, "flawed", kind="adjudicated", annotator=person("emil"))
    choices = sample(Recipe(size=10, gold_share=0.2), taxonomy())
    assert [choice.is_gold for choice in choices] == [n in (2, 7) for n in range(10)]
    assert not {choice.trace_id for choice in choices if not choice.is_gold} & set(traces[:5])


@pytest.mark.parametrize(
    "fault",
    [
        {"size": 0}, {"size": 10**6}, {"strategy": "best"}, {"runs": ("none",)}, {"topics": ("none",)},
        {"outcomes": ("none",)}, {"gold_share": 0.9}, {"gold_share": -0.1},
    ],
)  # fmt: skip
def test_unsound_recipe_is_refused(fault):
    graded("wrong", 1)
    with pytest.raises(ValidationError) as refused:
        start(recipe=Recipe(**{"size": 4, **fault}))
    assert list(refused.value.message_dict) == list(fault)


def test_campaign_keeps_its_recipe_and_queue():
    traces = graded("wrong", 3)
    campaign = start()
    assert Recipe.from_json(campaign.selection) == Recipe(size=4)
    assert sorted(campaign.entries.values_list("trace", flat=True)) == traces
    assert list(campaign.entries.values_list("position", flat=True)) == [0, 1, 2]


def test_campaign_needs_traces_and_a_published_taxonomy():
    with pytest.raises(ValidationError, match="No trace"):
        start()
    graded("wrong", 1)
    with pytest.raises(ValidationError, match="Publish"):
        start(taxonomy=Taxonomy.objects.create(slug="draft", number=1, title="Draft"))


def test_only_adjudicators_lead():
    graded("wrong", 1)
    with pytest.raises(PermissionDenied):
        start(by=person("dana"))
    campaign = start()
    with pytest.raises(PermissionDenied):
        campaigns.close(campaign.pk, by=person("farah"))


def test_campaign_is_closed_once():
    graded("wrong", 1)
    campaign = start()
    assert campaigns.close(campaign.pk, by=person("emil")).closed_at
    with pytest.raises(Conflict):
        campaigns.close(campaign.pk, by=person("emil"))


def test_day_that_is_over_is_refused_as_due():
    graded("wrong", 1)
    today = timezone.localdate()
    with pytest.raises(ValidationError, match="This day is over"):
        start(due=today - timedelta(days=1))
    assert start(due=today).due == today
