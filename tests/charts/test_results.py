"""What a report counts: its models' evaluations of its items, and nothing else."""

import numpy as np
import pytest
from django.http import QueryDict

from qftapp.charts.forms import ScopeForm
from qftapp.charts.results import OUTCOME_CODES, load
from qftapp.runs.models import Run
from tests import factories
from tests.charts.world import evaluated, results, share
from tests.runs.judged import judged

pytestmark = pytest.mark.django_db


@pytest.fixture
def model():
    return factories.LanguageModelFactory(slug="base")


def scope_of(query: str):
    return ScopeForm(QueryDict(query)).scope


def test_counts_are_by_model_item_and_outcome(model):
    other = factories.LanguageModelFactory()
    first, second = factories.approved("a"), factories.approved("b")
    evaluated(model, {first: ["correct", "wrong", "timeout"], second: ["broken_item", "correct"]})
    evaluated(other, {second: ["wrong"]})
    found = results(model, other)
    assert [item.slug for item in found.items] == ["a", "b"]
    assert found.right.tolist() == [[1, 1], [0, 0]]
    assert found.counted.tolist() == [[3, 1], [0, 1]]
    assert found.outcomes[0, 0, OUTCOME_CODES.index("timeout")] == 1
    assert np.isnan(found.shares[1, 0])


def test_several_evaluations_and_versions_of_an_item_count_together(model):
    version = factories.approved("a")
    evaluated(model, {version: share(1, 2)})
    evaluated(model, {factories.replace(version): share(2, 2)})
    found = results(model)
    assert (found.right.tolist(), found.counted.tolist(), len(found.runs)) == ([[3]], [[4]], 2)


def test_what_taught_or_checked_items_is_no_evaluation(model):
    judged(factories.RunFactory(model=model, purpose=Run.Purpose.TEACH), factories.approved("a"), outcome="correct")
    assert results(model).items == ()


def test_new_grades_are_seen_at_once(model):
    version = factories.approved("a")
    run = evaluated(model, {version: share(0, 1)})
    assert results(model).right.sum() == 0
    judged(run, version, 1, "correct")
    assert results(model).right.sum() == 1


def test_filters_and_the_split_of_a_release_choose_items(model):
    easy, hard = factories.approved("a", operational_level="easy"), factories.approved("b", operational_level="hard")
    trained, tested = factories.approved("c"), factories.approved("d")
    release = factories.frozen_release(tested, split="test", name="set-1")
    factories.frozen_release(trained, tested, split="train", name="set-2")
    evaluated(model, {version: share(1, 1) for version in (easy, hard, trained, tested)})
    assert slugs_of("operational_level=hard") == ["b"]
    assert slugs_of(f"release={release.name}&split=test") == ["d"]
    assert slugs_of("release=set-2&split=test") == []
    assert slugs_of("category=scattering&operational_level=medium") == ["c", "d"]
    assert slugs_of("category=anomalies-susy") == []


def slugs_of(query: str) -> list[str]:
    return [item.slug for item in load(scope_of(query)).items]


def test_clusters_are_source_problems_sources_or_items(model):
    source = factories.SourceFactory()
    problem = factories.SourceProblemFactory(source=source)
    versions = [
        factories.approved("a", source_problem=problem),
        factories.approved("b", source_problem=problem),
        factories.approved("c", source_problem=factories.SourceProblemFactory(source=source)),
        factories.approved("d"),
    ]
    evaluated(model, {version: share(1, 1) for version in versions})
    assert [len(set(results(model, cluster=by).clusters)) for by in ("family", "source", "item")] == [3, 2, 4]


def test_models_keep_the_order_of_the_address(model):
    other = factories.LanguageModelFactory(slug="other")
    for one in (model, other):
        evaluated(one, {factories.approved(): share(1, 1)})
    assert [one.slug for one in scope_of("model=other&model=base").models] == ["other", "base"]
    assert [one.slug for one in scope_of("").models] == ["base", "other"]
    assert [one.slug for one in scope_of("model=nobody").models] == ["base", "other"]


def test_too_many_models_are_refused_in_words():
    models = [factories.LanguageModelFactory() for _ in range(9)]
    version = factories.approved()
    for model in models:
        evaluated(model, {version: share(1, 1)})
    form = ScopeForm(QueryDict("&".join(f"model={model.slug}" for model in models)))
    assert not form.is_valid()
    assert "At most 8 models" in form.errors["model"][0]
