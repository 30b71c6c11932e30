"""The pages of training jobs and lineage: who sees what, what is refused with which words."""

import pytest
from django.urls import reverse

from qftapp.experiments.jobs import reporting
from qftapp.experiments.jobs.reporting import Number
from qftapp.experiments.models import TrainingJob
from tests.experiments.jobs import claim_of, claimed, done_export, requested
from tests.factories import LanguageModelFactory, approved, frozen_release, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def farah(client):
    client.force_login(person("farah"))
    return client


def trained(method: str = "sft", **given) -> TrainingJob:
    """A job that is done, with a few numbers and a checkpoint."""
    job = claimed(method=method, **given)
    said = {"by": person("farah")}
    numbers = [Number(name, step, step / 10) for name in ("loss", "reward") for step in (1, 2, 3)]
    reporting.report(job.slug, claim_of(job), **said, progress=3, steps=3, metrics=numbers, log_tail="Epoch <1>")
    reporting.register(job.slug, claim_of(job), **said, step=3, locator="/c/3", sha256="a" * 64, is_last=True)
    return reporting.end(job.slug, claim_of(job), **said)


def sent(job_form: dict[str, object] | None = None, **given) -> dict[str, object]:
    """What the form sends where only what must be chosen is chosen."""
    chosen = {"base": LanguageModelFactory(slug="qwen").slug, "export": done_export().slug}
    evaluation = {"split": "test", "samples": "4", "sampling_temperature": "1", "max_tokens": "100"}
    options = {"schedule": "cosine", "precision": "auto", "too_long": "refuse"}
    return chosen | evaluation | options | given


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_as_often_for_many_jobs_as_for_one(farah, django_assert_num_queries, count):
    for _ in range(count):
        trained()
    farah.get(reverse("training_jobs"))
    with django_assert_num_queries(7):
        page = farah.get(reverse("training_jobs"))
    assert page.content.decode().count("0.3") >= count


def test_list_is_narrowed_by_its_filters_and_has_twins(farah):
    sft, grpo = trained(), requested("grpo")
    page = farah.get(reverse("training_jobs"), {"method": "grpo"}).content.decode()
    assert grpo.slug in page
    assert f">{sft.slug}<" not in page
    rows = farah.get(reverse("training_jobs_json"), {"state": "done"}).getvalue()
    assert sft.slug.encode() in rows
    assert grpo.slug.encode() not in rows
    assert b"best_reward" in farah.get(reverse("training_jobs_csv")).getvalue()


def test_form_explains_every_option_of_the_method_from_the_schema(farah):
    from django.utils.html import escape

    from qftapp.experiments.jobs import options

    done_export()
    for method in ("sft", "grpo"):
        page = farah.get(reverse("new_training_job"), {"method": method}).content.decode()
        assert all(escape(option.help) in page for option in options.options_of(method))
    assert "Answers to a prompt" not in farah.get(reverse("new_training_job"), {"method": "sft"}).content.decode()


def test_job_is_asked_for_in_the_page(farah):
    address = reverse("new_training_job")
    release = frozen_release(approved(), split="test")
    answer = farah.post(f"{address}?method=sft", sent(epochs="2", **{"lora.rank": "16", "release": release.name}))
    assert (answer.status_code, answer["Location"]) == (302, "/jobs/sft-qwen/")
    job = TrainingJob.objects.get()
    assert (job.config["epochs"], job.config["lora"]) == (2.0, {"rank": 16})
    assert job.config["gradient_checkpointing"] is False
    assert job.evaluation["release"] == release.name


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"epochs": "0"}, "greater than or equal"),
        ({"base": "none"}, "Select a valid choice"),
        ({"lora.alpha": "8"}, "This needs lora.rank."),
        ({"slug": "new"}, "is a word of the site"),
    ],
)
def test_unsound_form_is_422_with_the_reason_at_its_field(farah, fault, said):
    answer = farah.post(f"{reverse('new_training_job')}?method=sft", sent(**fault))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not TrainingJob.objects.exists()


def test_page_of_a_job_shows_what_it_was_told_and_what_came_of_it(farah):
    job = trained()
    page = farah.get(job.get_absolute_url()).content.decode()
    for said in (
        job.base.slug,
        job.export.slug,
        "Epoch &lt;1&gt;",
        f"{job.slug}-3",
        "Learning rate",
        "best reward 0.3",
    ):
        assert said in page
    assert "Cancel" not in page


def test_fragment_of_a_job_asks_for_itself_until_the_end(farah):
    running, done = claimed(), trained()
    htmx = {"headers": {"HX-Request": "true"}}
    fragment = farah.get(reverse("training_job_state", args=[running.slug]), **htmx)
    assert 'hx-trigger="every 3s"' in fragment.content.decode()
    assert "HX-Refresh" not in fragment
    assert farah.get(reverse("training_job_state", args=[done.slug]), **htmx)["HX-Refresh"] == "true"


def test_curves_are_sent_only_where_something_is_new(farah):
    job = trained()
    address = reverse("training_job_curves", args=[job.slug])
    data = farah.get(address).json()
    assert [figure["key"] for figure in data["figures"]] == ["loss", "reward"]
    assert farah.get(address, {"heard": data["heard"]}).status_code == 204


def test_jobs_are_compared_where_they_differ(farah):
    first, second = trained(config={"epochs": 2}), trained(config={"epochs": 3})
    page = farah.get(reverse("compare_jobs"), {"job": [first.slug, second.slug, "none"]}).content.decode()
    assert "<td>2</td><td>3</td>" in page
    assert "Weight decay" not in page
    data = farah.get(reverse("compare_jobs_curves"), {"job": [first.slug, second.slug]}).json()
    assert data["jobs"] == [first.slug, second.slug]


def test_nothing_to_compare_is_said(farah):
    assert "No job is chosen" in farah.get(reverse("compare_jobs")).content.decode()


def test_job_is_cancelled_and_goes_on_in_the_page(farah):
    job = claimed()
    farah.post(reverse("training_job_cancel", args=[job.slug]))
    assert TrainingJob.objects.get().state == "cancelled"
    assert "Go on" in farah.get(job.get_absolute_url()).content.decode()
    farah.post(reverse("training_job_resume", args=[job.slug]))
    assert TrainingJob.objects.get().state == "queued"


def test_others_read_and_do_not_act(client):
    job = requested()
    client.force_login(person("alice"))
    page = client.get(job.get_absolute_url()).content.decode()
    assert "Cancel" not in page
    assert client.get(reverse("new_training_job")).status_code == 403
    assert client.post(reverse("training_job_cancel", args=[job.slug])).status_code == 403


def test_metrics_leave_whole(farah):
    job = trained()
    rows = farah.get(reverse("training_job_metrics_csv", args=[job.slug])).getvalue().decode().splitlines()
    assert rows[:2] == ["name,step,value", "loss,1,0.1"]
    assert len(rows) == 7


def test_curves_are_a_table_for_a_paper(farah):
    job = trained()
    answer = farah.get(reverse("training_job_curves_latex", args=[job.slug]))
    assert answer["Content-Disposition"] == f'attachment; filename="{job.slug}-curves.tex"'
    text = answer.content.decode()
    assert r"reward & 3 & 0.1 & 0.3 & 0.1 & 0.3 \\" in text
    assert f"Training job {job.slug}: " in text
    assert f"on {job.export.slug}, 3 of 3 steps" in text
    assert reverse("training_job_curves_latex", args=[job.slug]) in farah.get(job.get_absolute_url()).content.decode()


def test_numbers_of_several_jobs_leave_in_one_file(farah):
    jobs = [trained(), trained()]
    query = "&".join(f"job={job.slug}" for job in jobs)
    rows = farah.get(f"{reverse('compare_jobs_csv')}?{query}").getvalue().decode().splitlines()
    assert rows[:2] == ["job,name,step,value", f"{jobs[0].slug},loss,1,0.1"]
    assert [row.split(",")[0] for row in rows[1:]] == [jobs[0].slug] * 6 + [jobs[1].slug] * 6
    table = farah.get(f"{reverse('compare_jobs_latex')}?{query}").content.decode()
    for job in jobs:
        assert rf"{job.slug} & reward & 3 & 0.1 & 0.3 & 0.1 & 0.3 \\" in table
        assert f"Training job {job.slug}: " in table
    page = farah.get(f"{reverse('compare_jobs')}?{query}").content.decode()
    for name in ("compare_jobs_csv", "compare_jobs_json", "compare_jobs_latex"):
        assert f'href="{reverse(name)}?{query.replace("&", "&amp;")}"' in page


def test_lineage_is_shown_on_its_page_and_beside_items_and_models(farah):
    job = trained()
    model = job.checkpoints.get().model
    item = job.export.items.get().item_version.item
    page = farah.get(reverse("model_lineage", args=[model.slug])).content.decode()
    for said in (job.slug, job.base.slug, job.export.slug, job.export.release.name, item.slug, "alice"):
        assert said in page
    assert model.slug in farah.get(reverse("item_training", args=[item.slug])).content.decode()
    assert job.slug in farah.get(reverse("model_training", args=[model.slug])).content.decode()
    assert job.slug in farah.get(reverse("model_training", args=[job.base.slug])).content.decode()
    assert farah.get(reverse("model_lineage_json", args=[model.slug])).json()["begins_with"] == job.base.slug
    assert "No job of ours" in farah.get(reverse("model_lineage", args=[job.base.slug])).content.decode()
