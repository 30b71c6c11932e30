"""What may be trained on what, with which options, by whom."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qftapp.actors.errors import Conflict
from qftapp.actors.models import Event
from qftapp.experiments.jobs import claiming, options, requesting
from qftapp.experiments.jobs.evaluation import Recipe
from qftapp.experiments.models import TrainingJob
from tests.experiments.jobs import claimed, done_export, requested, wish
from tests.factories import ExportFactory, LanguageModelFactory, approved, frozen_release, person

pytestmark = pytest.mark.django_db


def refusal(**given) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        requesting.request(wish(**given), by=person("farah"))
    assert not TrainingJob.objects.exists()
    return refused.value.message_dict if hasattr(refused.value, "error_dict") else {"": refused.value.messages}


def test_job_waits_with_every_default_of_its_method():
    job = requested("grpo", config={"learning_rate": 2e-6, "epochs": 3, "lora": {"rank": 8}})

    assert (job.state, job.slug) == ("queued", f"grpo-{job.base.slug}")
    assert job.config == options.defaults("grpo") | {"learning_rate": 2e-6, "epochs": 3.0, "lora": {"rank": 8}}
    assert Event.objects.filter(verb="training_job.requested", actor__username="farah").count() == 1


def test_second_job_of_a_base_has_the_next_number():
    base = LanguageModelFactory(slug="qwen")
    export = done_export()
    slugs = [requested(base=base, export=export).slug for _ in range(3)]
    assert slugs == ["sft-qwen", "sft-qwen-2", "sft-qwen-3"]


@pytest.mark.parametrize("method", ["sft", "grpo"])
def test_every_default_is_sound(method):
    assert options.checked(method, options.defaults(method)) == options.defaults(method)


def test_only_engineers_ask_cancel_and_resume():
    job = requested()
    for act in (
        lambda by: requesting.request(wish(), by=by),
        lambda by: requesting.cancel(job.pk, by=by),
        lambda by: requesting.resume(job.pk, by=by),
        lambda by: claiming.claim(by=by, worker="w", methods=["sft"]),
    ):
        with pytest.raises(PermissionDenied):
            act(person("alice"))


def test_model_behind_an_api_has_no_weights():
    assert refusal(base=LanguageModelFactory(kind="api")).keys() == {"base"}


def test_export_must_be_done():
    assert "not done" in refusal(export=ExportFactory())["export"][0]


@pytest.mark.parametrize(("method", "kind"), [("sft", "rl"), ("grpo", "sft"), ("sft", "process"), ("grpo", "process")])
def test_kind_of_the_export_fits_the_method(method, kind):
    assert "trains on exports for" in refusal(method=method, export=done_export(kind))["export"][0]


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        ({"kl": 0.1}, "SFT has no such option"),
        ({"__import__": "os"}, "no such option"),
        ({"epochs": "3"}, "must be a number"),
        ({"gradient_checkpointing": 1}, "true or false"),
        ({"lora": 8}, "no such option"),
        ({"lora.alpha": 8}, "needs lora.rank"),
        ({"seed": 1.5}, "whole number"),
        ({"seed": True}, "whole number"),
        ({"epochs": float("nan")}, "at least"),
        ({"learning_rate": 5}, "at most 1"),
        ({"max_length": 0}, "at least 2"),
    ],
)
def test_unsound_option_is_refused_by_its_name(config, fault):
    assert fault in refusal(config=config)[next(iter(config))][0]


def test_choice_that_is_none_is_refused():
    assert "one of grpo" in refusal(method="grpo", config={"loss": "$(rm -rf /)"})["loss"][0]


def test_group_divides_the_answers_of_a_step():
    faults = refusal(method="grpo", config={"generations": 7})
    assert faults == {"generations": ["It must divide batch × accumulation × devices, which is 64."]}


@pytest.mark.parametrize("slug", ["new", "--"])
def test_name_that_is_none_is_refused(slug):
    assert "slug" in refusal(slug=slug)


def test_evaluation_needs_a_frozen_release_with_that_split():
    release = frozen_release(approved(), split="test", name="first")
    assert requested(evaluation=Recipe("first", "test", samples=2)).evaluation["samples"] == 2
    for wrong in (
        {"release": "none", "split": "test"},
        {"release": release.name, "split": "validation"},
        {"release": release.name, "split": "test", "samples": 0},
        {"release": release.name, "split": "test", "samples": "4"},
        {"release": release.name, "split": "test", "colour": 1},
        {"release": release.name},
        [],
    ):
        with pytest.raises(ValidationError):
            Recipe.from_json(wrong)


def test_cancelled_and_failed_jobs_go_on_and_others_do_not():
    job = requested()
    with pytest.raises(Conflict, match="queued"):
        requesting.resume(job.pk, by=person("farah"))
    requesting.cancel(job.pk, by=person("farah"))
    with pytest.raises(Conflict, match="cancelled already"):
        requesting.cancel(job.pk, by=person("farah"))

    resumed = requesting.resume(job.pk, by=person("farah"))

    assert (resumed.state, resumed.finished_at) == ("queued", None)
    assert claimed(resumed).state == "running"
    with pytest.raises(Conflict, match="running"):
        requesting.resume(job.pk, by=person("farah"))
