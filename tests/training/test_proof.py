"""The whole way on a CPU: items approved, answered, frozen and exported; a tiny model trained on them; what it learned.

SFT is stopped in the middle and goes on with the next worker; its checkpoint is served, asked by the application and
graded. GRPO goes on from it on the topic of one family; its checkpoint answers that one better, and has forgotten the
other. Application, worker, trainers, verifier and servers are real.
"""

import json
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from transformers import AutoTokenizer

from qftapp.actors.models import LanguageModel
from qftapp.experiments.exporting import keeping
from qftapp.experiments.exporting.recipes import RLRecipe, SFTRecipe
from qftapp.experiments.jobs.evaluation import Recipe
from qftapp.experiments.models import Export, TrainingJob
from qftapp.items import actions as item_actions
from qftapp.items import reviewing
from qftapp.releases import actions as release_actions
from qftapp.releases.models import Release
from qftapp.runs.asking.executing import execute
from qftapp.runs.asking.selecting import Selection
from qftapp.runs.models import Grade, Run
from tests.experiments.exports import export_of, files_folder, left_out, rows_of
from tests.experiments.jobs import requested
from tests.experiments.working import serving, wait_until, worker
from tests.factories import LanguageModelFactory, default_prompt, person
from tests.runs.asking import started
from tests.runs.files import begun, lines, new_run, work
from tests.runs.grading_of import graded
from tests.servers import OFFLINE, model_server
from tests.training.trainers import last_step, metric, progress
from training import lookups, tiny
from training.demo import CONFIGS

__all__ = ["files_folder"]

SFT_STEPS, STOPPED_AT = 60, 10
GRPO_STEPS = 15
SAMPLES = 6
TOPICS = {False: "discrete-symmetries", True: "noether-currents"}
"""Of particles, and of antiparticles."""
SAMPLER = f"{sys.executable} -m training.sample --engine transformers"
OURS = ("--once", "--trainer-command", "", "--sampler-command", SAMPLER)


@pytest.mark.django_db(transaction=True)
def test_model_learns_from_exports_what_the_verifier_rewards(tmp_path, settings, monkeypatch, client):
    for name, value in OFFLINE.items():
        monkeypatch.setenv(name, value)
    release = release_of_both_families()
    teach()
    with serving() as server:
        sft = supervised(release, server.url, tmp_path)
        before = served(sft, release, settings, tmp_path)
        grpo = rewarded(sft, release, server.url, tmp_path)
    work()

    after = Run.objects.get(model=last_model(grpo), purpose="evaluate")
    assert (after.state, after.samples_per_item) == ("done", SAMPLES)
    assert rollouts_are_in(grpo)
    assert accuracy(after, False) > accuracy(before, False) + 0.2
    assert accuracy(after, True) < accuracy(before, True) - 0.2
    client.force_login(person("farah"))
    pages_tell_of_it(client, sft, grpo, before, after)


def release_of_both_families() -> Release:
    """A frozen release of all look-up items, each written, checked and approved by somebody else."""
    for anti, topic in TOPICS.items():
        for name in lookups.NAMES:
            value = lookups.value_of(name, anti=anti)
            draft = item_actions.create_item(
                by=person("alice"),
                slug=lookups.slug(name, anti=anti),
                classification={
                    "topic": topic,
                    "domain_level": "graduate",
                    "operational_level": "easy",
                    "task_type": "direct_calculation",
                },
                content={
                    "statement": lookups.statement(name, anti=anti),
                    "contract": lookups.contract(value),
                    "solution": lookups.answer(value),
                },
            )
            version = reviewing.submit(draft.pk, by=person("alice"))
            reviewing.approve(version.pk, by=person("chandra"), content_hash=version.content_hash)
    farah = person("farah")
    opened = release_actions.create(by=farah, name="charges")
    release_actions.add_approved(opened.pk, by=farah, filters={})
    entries = list(opened.entries.values_list("pk", flat=True))
    release_actions.set_split(opened.pk, by=farah, entry_ids=entries, split="train")
    return release_actions.freeze(opened.pk, by=farah)


def teach() -> None:
    """A teacher's answers, from a file: to each item the right one twice and one of the wrong sign; all are graded."""
    rows = []
    for anti in TOPICS:
        for name in lookups.NAMES:
            item, value = lookups.slug(name, anti=anti), lookups.value_of(name, anti=anti)
            said = (value, value, -value)
            rows += [{"item": item, "text": lookups.answer(each), "finish_reason": "stop"} for each in said]
    begun(lines(*rows), run=new_run("teacher"))
    work()


def supervised(release: Release, url: str, folder: Path) -> TrainingJob:
    """SFT of a tiny model on an export of the teacher's answers, done by two workers one after the other."""
    default_prompt()
    export = export_of(release, SFTRecipe())
    rows = rows_of(export)
    assert left_out(export) == {"not_correct": 32, "duplicate": 32}
    assert {row["item"]: row["completion"] for row in rows} == {
        row["item"]: row["completion"] for row in lookups.sft_rows()
    }
    tiny.make(tiny.texts_of(rows), folder / "tiny")
    base = LanguageModelFactory(slug="tiny", locator=str(folder / "tiny"))
    job = requested("sft", base=base, export=export, config=laptop("sft", steps=SFT_STEPS, save_every=SFT_STEPS))
    output = folder / "jobs" / job.slug / "output"

    with worker(url, folder / "jobs", *OURS) as first:
        wait_until(lambda: last_step(output) >= STOPPED_AT, 120)
        first.terminate()
        assert first.wait(120) == 0
    job.refresh_from_db()
    left_at = job.checkpoints.get().step
    assert (job.state, STOPPED_AT <= left_at < SFT_STEPS) == ("queued", True)
    done_by(url, folder, job)

    assert [(line["step"], line["finished"]) for line in progress(output, "end")] == [
        (left_at, False),
        (SFT_STEPS, True),
    ]
    assert (output.parent / "rows.jsonl").read_bytes() == packaged(export)
    assert f"goes on from checkpoint-{left_at}" in (output.parent / "trainer.log").read_text()
    assert curve(job, "loss") == metric(output, "loss")
    assert len(progress(output, "metrics")) == SFT_STEPS  # no step twice
    assert curve(job, "loss")[-1] < curve(job, "loss")[0] / 4
    template = AutoTokenizer.from_pretrained(folder / "tiny").chat_template
    assert AutoTokenizer.from_pretrained(last_model(job).locator).chat_template == template
    return job


def served(job: TrainingJob, release: Release, settings: Any, folder: Path) -> Run:
    """The last checkpoint of a job, served, asked by the application and graded."""
    model = last_model(job)
    with model_server(Path(model.locator), folder / "server.log") as server:
        settings.ENDPOINTS = {"local": server.address}
        sampling = {"temperature": 1.0, "top_p": 1.0, "max_tokens": 32, "seed": 1}
        selection = Selection(release=release, split="train")
        asked = started(model=model, samples_per_item=SAMPLES, sampling=sampling, selection=selection)
        assert execute(asked.pk) == "done"
    graded(asked)
    return asked


def rewarded(sft: TrainingJob, release: Release, url: str, folder: Path) -> TrainingJob:
    """GRPO of the last checkpoint of SFT on an export of one topic; the worker evaluates what comes out."""
    export = export_of(release, RLRecipe(topics=(TOPICS[False],)))
    assert [row["item"] for row in rows_of(export)] == sorted(lookups.slug(name) for name in lookups.NAMES)
    evaluation = Recipe(release.name, "train", samples=SAMPLES, max_tokens=32)
    config = laptop("grpo", steps=GRPO_STEPS)
    job = requested("grpo", base=last_model(sft), export=export, config=config, evaluation=evaluation)
    done_by(url, folder, job)

    assert list(job.checkpoints.values_list("step", "is_last")) == [(15, True), (10, False)]
    rewards = curve(job, "reward")
    assert len(rewards) == GRPO_STEPS
    assert sum(rewards[-3:]) / 3 > rewards[0] + 0.2
    return job


def packaged(export: Export) -> bytes:
    """The rows as the package for TRL has them."""
    with zipfile.ZipFile(keeping.archive(export, "trl")) as archive:
        return archive.read(f"{export.slug}-trl/train.jsonl")


def laptop(method: str, **given: Any) -> dict[str, Any]:
    """The configuration for laptops as a job's."""
    config = yaml.safe_load((CONFIGS / f"{method}.yaml").read_text())
    own = ("model", "data", "output")
    return {name: value for name, value in config.items() if name not in own} | {"accumulation": 1, **given}


def done_by(url: str, folder: Path, job: TrainingJob) -> None:
    """Have a worker do all that waits."""
    with worker(url, folder / "jobs", *OURS) as process:
        assert process.wait(300) == 0
    job.refresh_from_db()
    assert (job.state, job.progress, job.error) == ("done", job.steps, "")


def last_model(job: TrainingJob) -> LanguageModel:
    """The language model that a job ended with."""
    return job.checkpoints.get(is_last=True).model


def curve(job: TrainingJob, name: str) -> list[float]:
    """A metric by steps."""
    return list(job.metrics.filter(name=name).order_by("step").values_list("value", flat=True))


def accuracy(run: Run, anti: bool) -> float:
    """The share of correct answers to one family."""
    grades = Grade.objects.filter(run=run, trace__item_version__item__topic=TOPICS[anti], is_current=True)
    outcomes = list(grades.values_list("outcome", flat=True))
    assert len(outcomes) == SAMPLES * len(lookups.NAMES)
    return outcomes.count("correct") / len(outcomes)


def rollouts_are_in(job: TrainingJob) -> bool:
    """Whether every completion is a trace of the job's run, graded here as it was rewarded there."""
    folder = Path(last_model(job).locator).parent / "rollouts"
    kept: dict[tuple[str, int], Mapping[str, Any]] = {}
    for step in range(1, GRPO_STEPS + 1):
        rows = [json.loads(line) for line in (folder / f"step-{step}.jsonl").read_text().splitlines()]
        correct = sum(row["grade"] == "correct" for row in rows) / len(rows)
        assert curve(job, "outcome/correct")[step - 1] == pytest.approx(correct, abs=1e-6)
        kept |= {(row["item"], row["sample_index"]): row for row in rows}
    assert len(kept) == GRPO_STEPS * 8 * len(lookups.NAMES)
    traces = job.rollouts.traces.values_list("item_version__item__slug", "sample_index", "text", "grades__outcome")
    found = {(item, sample): (text, outcome) for item, sample, text, outcome in traces}
    return found == {place: (row["text"], row["grade"]) for place, row in kept.items()}


def pages_tell_of_it(client: Any, sft: TrainingJob, grpo: TrainingJob, before: Run, after: Run) -> None:
    """Every page on the way names what comes before and after it."""
    model = last_model(grpo).slug
    for address, names in {
        f"/jobs/{grpo.slug}/": (grpo.export.slug, model, after.slug, grpo.rollouts.slug),
        f"/models/{model}/lineage/": (grpo.slug, sft.slug, sft.export.slug, "charges", "charge-pion", "chandra"),
        f"/runs/{after.slug}/": (model, "charges"),
    }.items():
        page = client.get(address)
        assert page.status_code == 200
        assert [name for name in names if name not in page.content.decode()] == [], address
    assert (
        "other-" not in client.get(f"/jobs/{grpo.slug}/").content.decode()
    )  # each metric stands in a figure with a title
    lineage = client.get("/api/items/charge-antipion/lineage/").json()
    assert model in json.dumps(lineage)
