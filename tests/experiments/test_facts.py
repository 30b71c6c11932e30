"""What the database itself keeps of exports, training jobs and checkpoints."""

import pytest
from django.db import Error, transaction
from django.utils import timezone

from qftapp.experiments.models import Checkpoint, Export, ExportItem, Metric, TrainingJob
from tests.factories import ExportFactory, LanguageModelFactory, TrainingJobFactory, person

pytestmark = pytest.mark.django_db


def done_export(**given) -> Export:
    now = timezone.now()
    return ExportFactory(state="done", finished_at=now, sha256="a" * 64, file="exports/a.jsonl.gz", **given)


@pytest.mark.parametrize("lacking", [{"sha256": ""}, {"file": ""}])
def test_done_export_has_hash_and_file(lacking) -> None:
    export = ExportFactory(state="running")
    ended = {"state": "done", "finished_at": timezone.now(), "sha256": "a" * 64, "file": "exports/a.jsonl.gz"}
    with pytest.raises(Error, match="export_is_done_iff_hashed"), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(**(ended | lacking))


def test_done_export_never_changes() -> None:
    export = done_export()
    with pytest.raises(Error, match="an export stands"), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(recipe={"cap": 3})


def test_the_same_rows_are_one_export() -> None:
    done_export()
    with pytest.raises(Error, match="one_export_of_these_rows"), transaction.atomic():
        done_export()


def test_rows_of_an_item_in_an_export_never_change() -> None:
    export = ExportFactory()
    entry = ExportItem.objects.create(export=export, item_version=export.release.entries.get().item_version, rows=2)
    with pytest.raises(Error, match="an export stands"), transaction.atomic():
        ExportItem.objects.filter(pk=entry.pk).update(rows=3)


def test_job_runs_only_with_a_claim() -> None:
    job = TrainingJobFactory()
    with pytest.raises(Error, match="training_job_runs_claimed_and_waits_unclaimed"), transaction.atomic():
        TrainingJob.objects.filter(pk=job.pk).update(state="running")


def test_metric_stands_once_for_each_step() -> None:
    job = TrainingJobFactory()
    Metric.objects.create(job=job, name="loss", step=1, value=2.5)
    with pytest.raises(Error, match="one_metric_per_job_name_and_step"), transaction.atomic():
        Metric.objects.create(job=job, name="loss", step=1, value=2.4)


def test_checkpoint_keeps_its_weights() -> None:
    job = TrainingJobFactory()
    model = LanguageModelFactory(kind="checkpoint", parent=job.base)
    made = Checkpoint.objects.create(job=job, step=8, model=model, sha256="b" * 64, created_by=person("farah"))
    Checkpoint.objects.filter(pk=made.pk).update(is_last=True)
    with pytest.raises(Error, match="a checkpoint stands"), transaction.atomic():
        Checkpoint.objects.filter(pk=made.pk).update(sha256="c" * 64)


def test_job_ends_with_one_checkpoint() -> None:
    job = TrainingJobFactory()
    for step in (8, 16):
        model = LanguageModelFactory(kind="checkpoint", parent=job.base)
        made = Checkpoint(job=job, step=step, model=model, sha256="b" * 64, is_last=True, created_by=person("farah"))
        if step == 8:
            made.save()
    with pytest.raises(Error, match="one_last_checkpoint_per_job"), transaction.atomic():
        made.save()
