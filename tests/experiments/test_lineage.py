"""From a model back to people and sources, and from an item to every model that has seen it."""

import pytest

from qftapp.experiments import lineage
from qftapp.experiments.jobs import reporting
from qftapp.experiments.models import Checkpoint
from qftapp.items.models import Review
from tests.experiments.jobs import claim_of, claimed, done_export
from tests.factories import LanguageModelFactory, SourceProblemFactory, approved, frozen_release, person

pytestmark = pytest.mark.django_db


def checkpoint(export, method="sft", base=None, step=5) -> Checkpoint:
    job = claimed(method=method, export=export, base=base)
    told = {"locator": f"/c/{step}", "sha256": f"{step:064x}", "is_last": True}
    made, _ = reporting.register(job.slug, claim_of(job), by=person("farah"), step=step, **told)
    reporting.end(job.slug, claim_of(job), by=person("farah"))
    return made


@pytest.fixture
def adapted():
    version = approved("width", source_problem=SourceProblemFactory(locator="Problem 4.2"))
    verdict = {"verdict": "approve", "content_hash": version.content_hash}
    Review.objects.create(version=version, reviewer=person("chandra"), **verdict)
    return version


def test_checkpoint_leads_back_to_people_and_sources_through_every_training(adapted):
    original = approved("other")
    base = LanguageModelFactory(slug="qwen")
    first = checkpoint(done_export("sft", release=frozen_release(adapted, split="train", name="one")), base=base)
    release = frozen_release(original, split="train", name="two")
    second = checkpoint(done_export("rl", release=release), "grpo", base=first.model)

    told = lineage.as_json(second.model)

    assert (told["model"], told["begins_with"]) == (second.model.slug, "qwen")
    assert [(stage["job"]["method"], stage["release"]["name"]) for stage in told["stages"]] == [
        ("grpo", "two"),
        ("sft", "one"),
    ]
    source = adapted.item.source_problem.source
    assert told["stages"][1]["versions"] == [
        {
            "item": "width", "version": 1, "rows": 1, "origin": "adapted", "author": "alice", "reviewers": ["chandra"],
            "source": {
                "slug": source.slug, "title": source.title, "problem": "Problem 4.2", "licence": "CC BY 4.0",
                "may_redistribute": True,
            },
        }
    ]  # fmt: skip
    assert told["stages"][0]["versions"][0]["source"] is None


def test_item_leads_forward_to_every_model_also_through_a_base(adapted):
    first_export = done_export("sft", release=frozen_release(adapted, split="train"))
    first = checkpoint(first_export)
    other = done_export("rl", release=frozen_release(approved("other"), split="train"))
    second = checkpoint(other, "grpo", base=first.model)

    assert [(one.checkpoint, one.is_direct) for one in lineage.trained_on(adapted.item)] == [
        (first, True),
        (second, False),
    ]
    told = lineage.item_as_json(adapted.item)
    assert [one["slug"] for one in told["exports"]] == [first_export.slug]
    assert [one["model"] for one in told["models"]] == [first.model.slug, second.model.slug]
    assert lineage.item_as_json(approved("unused").item) == {"item": "unused", "exports": [], "models": []}


def test_model_that_nobody_here_trained_has_no_lineage():
    model = LanguageModelFactory()
    assert lineage.stages(model) == []
    assert lineage.origin_of(model) == model


def test_export_is_counted(adapted):
    export = done_export("sft", release=frozen_release(adapted, approved("other"), split="train"))
    sums = lineage.sums(export)
    assert (sums.versions, sums.rows, sums.original) == (2, 2, 1)
    assert (sums.authors, sums.reviewers) == ([("alice", 2)], [("chandra", 1)])
    assert [(source["licence"], source["versions"]) for source in sums.sources] == [("CC BY 4.0", 1)]


@pytest.mark.parametrize("count", [1, 3])
def test_lineage_asks_as_often_for_many_items_as_for_one(django_assert_num_queries, count):
    versions = [approved(source_problem=SourceProblemFactory()) for _ in range(count)]
    made = checkpoint(done_export("sft", release=frozen_release(*versions, split="train")))
    with django_assert_num_queries(6):
        lineage.as_json(made.model)
