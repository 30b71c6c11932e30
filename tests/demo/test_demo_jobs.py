"""The training jobs of the demo world: marked as made by hand, and made once."""

import pytest

from qftapp.demo import jobs
from qftapp.experiments import lineage
from qftapp.experiments.models import Metric, TrainingJob
from tests.experiments.jobs import done_export
from tests.factories import approved, default_prompt, frozen_release, person

pytestmark = pytest.mark.django_db


def test_jobs_are_made_once_and_say_that_nobody_trained_them(settings, tmp_path, client):
    settings.MEDIA_ROOT = tmp_path
    default_prompt()
    release = frozen_release(approved("width"), approved("other"), split="train")
    done_export("sft", slug="first-traces", release=release)
    done_export("rl", slug="first-prompts", release=release)
    for _ in range(2):
        jobs.seed_jobs(person("farah"))

    assert jobs.are_seeded()
    assert set(TrainingJob.objects.values_list("slug", "state")) == {("demo-sft", "done"), ("demo-grpo", "done")}
    assert Metric.objects.filter(job__slug="demo-grpo", name="reward").count() == 300
    model = TrainingJob.objects.get(slug="demo-grpo").checkpoints.get().model
    assert [stage.job.slug for stage in lineage.stages(model)] == ["demo-grpo", "demo-sft"]
    client.force_login(person("farah"))
    assert "made by hand for the demo" in client.get("/jobs/demo-grpo/").content.decode()
