"""What workers and programs do with training jobs over HTTP."""

from uuid import uuid4

import pytest

from qftapp.experiments.models import Metric, TrainingJob
from tests.api.test_acting import Program
from tests.experiments.jobs import done_export, requested
from tests.factories import LanguageModelFactory, approved, default_prompt, frozen_release

pytestmark = pytest.mark.django_db
A = "a" * 64


@pytest.fixture(autouse=True)
def files_folder(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def farah(client):
    return Program(client, "farah")


def claimed(farah: Program, **given) -> dict:
    return farah.post("jobs/claim/", {"worker": "gpu-1", "methods": ["sft", "grpo"]} | given).json()


def report(farah: Program, job: dict, **given):
    return farah.post(f"jobs/{job['slug']}/report/", {"claim": job["claim"], "progress": 1, "steps": 9} | given)


def test_job_is_asked_for(farah):
    base, export = LanguageModelFactory(slug="qwen"), done_export()
    release = frozen_release(approved(), split="test", name="first")
    wish = {"method": "sft", "base": base.slug, "export": export.slug, "config": {"epochs": 2, "lora": {"rank": 8}}}
    answer = farah.post("jobs/", wish | {"evaluation": {"release": release.name, "split": "test"}})
    assert answer.status_code == 201
    job = answer.json()
    assert (job["slug"], job["state"], job["config"]["lora"], job["evaluation"]["samples"]) == (
        "sft-qwen", "queued", {"rank": 8}, 4
    )  # fmt: skip
    assert farah.get("jobs/").json()["results"] == [job]
    assert farah.get("jobs/sft-qwen/").json() == job


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"method": "dpo"}, "method"), ({"base": "none"}, "base"), ({"export": "none"}, "export"),
        ({"config": {"kl": 1}}, "kl"), ({"config": {"epochs": "many"}}, "epochs"), ({"slug": "no good"}, "slug"),
        ({"evaluation": {"release": "none", "split": "test"}}, "detail"), ({"method": "grpo"}, "export"),
    ],
)  # fmt: skip
def test_unsound_job_is_refused_by_its_field(farah, fault, field):
    wish = {"method": "sft", "base": LanguageModelFactory().slug, "export": done_export().slug}
    answer = farah.post("jobs/", wish | fault)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not TrainingJob.objects.exists()


def test_claim_says_all_that_a_worker_needs(farah):
    job = requested("grpo")
    said = claimed(farah)
    assert said.keys() == {
        "slug", "claim", "method", "config", "base", "export", "steps", "progress", "rollouts", "checkpoint"
    }  # fmt: skip
    assert said["base"] == {"slug": job.base.slug, "locator": job.base.locator}
    export = job.export
    assert said["export"] == {"slug": export.slug, "kind": "rl", "sha256": export.sha256, "rows": export.rows}
    assert (said["rollouts"], said["checkpoint"]) == (f"{job.slug}-rollouts", None)


def test_nothing_waits_is_204(farah):
    assert farah.post("jobs/claim/", {"worker": "gpu-1"}).status_code == 204


def test_claim_is_told_to_its_worker_alone(farah):
    requested()
    claim = claimed(farah)["claim"]
    assert claim not in farah.get("jobs/").content.decode()


def test_same_report_again_changes_nothing(farah):
    requested()
    job = claimed(farah)
    metrics = [{"name": "loss", "step": 1, "value": 2.5}, {"name": "loss", "step": 2, "value": None}]
    for _ in range(2):
        answer = report(farah, job, metrics=metrics, log_tail="one\ntwo\n")
        assert (answer.status_code, answer.json()) == (200, {"state": "running"})
    assert Metric.objects.count() == 2
    assert TrainingJob.objects.get().log_tail == "one\ntwo\n"


def test_lost_claim_is_409_and_changes_nothing(farah):
    requested()
    job = claimed(farah) | {"claim": str(uuid4())}
    said = {"claim": job["claim"]}
    metrics = [{"name": "loss", "step": 1, "value": 2.5}]
    assert report(farah, job, metrics=metrics).status_code == 409
    checkpoint = said | {"step": 1, "locator": "/c", "sha256": A}
    assert farah.post(f"jobs/{job['slug']}/checkpoints/", checkpoint).status_code == 409
    assert farah.post(f"jobs/{job['slug']}/end/", said).status_code == 409
    assert farah.post(f"jobs/{job['slug']}/leave/", said).status_code == 409
    assert not Metric.objects.exists()
    assert TrainingJob.objects.get().state == "running"


@pytest.mark.parametrize(
    "fault",
    [
        {"claim": "mine"}, {"progress": -1}, {"progress": 2**31}, {"metrics": [{"name": "loss"}]},
        {"metrics": [{"name": "a b", "step": 1, "value": 1}]}, {"metrics": [{"name": "loss", "step": 1, "value": "x"}]},
        {"metrics": [{"name": "loss", "step": 1, "value": 1}] * 5_001},
    ],
)  # fmt: skip
def test_report_that_is_none_is_refused(farah, fault):
    requested()
    assert report(farah, claimed(farah), **fault).status_code == 400


def test_last_checkpoint_is_answered_with_its_evaluation(farah):
    default_prompt()
    item = approved("width")
    release = frozen_release(item, split="test", name="first")
    farah.post(
        "jobs/",
        {"method": "sft", "base": LanguageModelFactory(slug="qwen").slug, "export": done_export().slug}
        | {"evaluation": {"release": release.name, "split": "test", "samples": 2}},
    )
    job = claimed(farah)
    said = {"claim": job["claim"], "step": 9, "locator": "/c/9", "sha256": A}
    first = farah.post("jobs/sft-qwen/checkpoints/", said).json()
    last = farah.post("jobs/sft-qwen/checkpoints/", said | {"is_last": True}).json()

    assert first == {"model": "sft-qwen-9", "evaluation": None}
    assert last["evaluation"] == {
        "run": "sft-qwen-9-first-test", "release": "first", "split": "test", "samples": 2,
        "sampling": {"temperature": 1.0, "max_tokens": 16_384, "seed": 0},
    }  # fmt: skip
    [row] = b"".join(farah.get("runs/sft-qwen-9-first-test/prompts/").streaming_content).splitlines()
    assert b'"slug": "width", "version": 1, "split": "test", "prompt": "A real scalar' in row
    assert b"gold" not in row
    shown = farah.get("jobs/sft-qwen/checkpoints/").json()
    assert [(one["step"], one["is_last"]) for one in shown] == [(9, True)]


def test_run_without_a_prompt_has_no_prompts(farah):
    requested("grpo")
    run = claimed(farah)["rollouts"]
    assert farah.get(f"runs/{run}/prompts/").status_code == 400


def test_job_is_cancelled_resumed_and_ended(farah):
    requested()
    job = claimed(farah)
    assert farah.post(f"jobs/{job['slug']}/cancel/").json()["state"] == "cancelled"
    assert report(farah, job).json() == {"state": "cancelled"}
    assert farah.post(f"jobs/{job['slug']}/resume/").json()["state"] == "queued"
    again = claimed(farah)
    ended = {"claim": again["claim"], "error": "out of memory"}
    assert farah.post(f"jobs/{job['slug']}/end/", ended).json() == {"state": "failed"}
    assert farah.post(f"jobs/{job['slug']}/cancel/").status_code == 409


def test_curves_and_lineage_can_be_read(farah):
    requested()
    job = claimed(farah)
    report(farah, job, metrics=[{"name": "loss", "step": step, "value": 1 / step} for step in range(1, 4)])
    [figure] = farah.get(f"jobs/{job['slug']}/curves/").json()["figures"]
    assert figure["curves"][0]["steps"] == [1, 2, 3]
    assert farah.get(f"models/{job['base']['slug']}/lineage/").json()["stages"] == []
    item = TrainingJob.objects.get().export.items.get().item_version.item.slug
    assert [one["slug"] for one in farah.get(f"items/{item}/lineage/").json()["exports"]] == [job["export"]["slug"]]


@pytest.mark.parametrize("act", ["claim/", "{}/report/", "{}/end/", "{}/leave/", "{}/cancel/", "{}/resume/", ""])
def test_only_tokens_of_engineers_act(client, act):
    job = requested()
    said = {
        "worker": "w", "claim": str(uuid4()), "progress": 1, "method": "sft", "base": job.base.slug,
        "export": job.export.slug,
    }  # fmt: skip
    assert Program(client, "alice").post(f"jobs/{act.format(job.slug)}", said).status_code == 403
    assert client.post(f"/api/jobs/{act.format(job.slug)}", said).status_code in (401, 403)
    assert TrainingJob.objects.get().state == "queued"
