"""The whole way on a CPU: a tiny model learns charges from exports, and which of two signs from the verifier.

SFT is stopped in the middle and goes on; its checkpoint is served, asked by the application and graded; GRPO goes on
from it until the reward has risen; its checkpoint answers better. Programs, verifier, server and application are real.
"""

import json
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from qftapp.items.presenting import contract_of, prompt_of
from qftapp.runs.asking.executing import execute
from qftapp.runs.asking.selecting import Selection
from qftapp.runs.models import Grade
from tests import factories
from tests.runs.asking import started
from tests.runs.grading_of import graded
from tests.servers import model_server
from tests.training.trainers import metric, progress, run
from training.lookups import NAMES, answer, contract, rl_row, sft_rows, statement, value_of, write

SFT_STEPS, STOPPED_AT = 90, 10
GRPO_STEPS = 15


@pytest.fixture(scope="module")
def sft(tiny, tmp_path_factory):
    """SFT, stopped by SIGTERM and begun again: its folder and what was said both times."""
    folder = tmp_path_factory.mktemp("sft")
    data = write(folder / "sft.jsonl", sft_rows())
    given = ["--model", str(tiny), "--data", data, "--output", str(folder / "out"), "--steps", str(SFT_STEPS)]
    given += [
        "--batch",
        str(2 * len(NAMES)),
        "--learning_rate",
        "3e-3",
        "--schedule",
        "constant",
        "--max_length",
        "256",
    ]
    given += ["--gradient_checkpointing", "false", "--save_every", str(SFT_STEPS)]
    return folder / "out", run("sft", *given, stop_at=STOPPED_AT), run("sft", *given)


@pytest.fixture(scope="module")
def grpo(sft, tmp_path_factory):
    """GRPO from the end of SFT: its folder and what was said."""
    folder = tmp_path_factory.mktemp("grpo")
    data = write(folder / "rl.jsonl", [rl_row(name) for name in NAMES])
    given = ["--model", str(sft[0] / f"checkpoint-{SFT_STEPS}"), "--data", data, "--output", str(folder / "out")]
    given += ["--steps", str(GRPO_STEPS), "--batch", str(8 * len(NAMES)), "--learning_rate", "1e-3"]
    given += ["--schedule", "constant", "--warmup", "0", "--max_prompt_length", "256", "--max_completion_length", "24"]
    given += ["--mask_truncated", "false", "--gradient_checkpointing", "false", "--save_every", str(GRPO_STEPS)]
    return folder / "out", run("grpo", *given)


def test_sft_stops_with_a_checkpoint_and_goes_on(sft):
    output, first, second = sft
    assert (first.returncode, second.returncode) == (0, 0), first.stdout[-3000:] + second.stdout[-3000:]
    stopped, ended = progress(output, "end")
    assert (stopped["finished"], ended) == (False, {"kind": "end", "step": SFT_STEPS, "finished": True})
    assert STOPPED_AT <= stopped["step"] < SFT_STEPS
    saved = [{"kind": "checkpoint", "step": n, "path": f"checkpoint-{n}"} for n in (stopped["step"], SFT_STEPS)]
    assert progress(output, "checkpoint") == saved
    assert f"goes on from checkpoint-{stopped['step']}" in second.stdout
    steps = [line["step"] for line in progress(output, "metrics")]
    assert steps == list(range(1, SFT_STEPS + 1))  # none twice, none left out
    losses = metric(output, "loss")
    assert losses[-1] < losses[0] / 4


def test_checkpoint_is_a_folder_that_anybody_can_load(sft, tiny):
    checkpoint = sft[0] / f"checkpoint-{SFT_STEPS}"
    template = AutoTokenizer.from_pretrained(tiny).chat_template
    assert AutoTokenizer.from_pretrained(checkpoint).chat_template == template
    assert (checkpoint / "model.safetensors").is_file()


def test_reward_rises(grpo):
    output, told = grpo
    assert told.returncode == 0, told.stdout[-3000:]
    rewards = metric(output, "reward")
    assert len(rewards) == GRPO_STEPS
    assert sum(rewards[-3:]) / 3 > sum(rewards[:3]) / 3 + 0.2
    assert progress(output, "end") == [{"kind": "end", "step": GRPO_STEPS, "finished": True}]


def test_every_completion_is_kept_with_its_grade(grpo):
    output, _ = grpo
    kept = {}
    for step in range(1, GRPO_STEPS + 1):
        rows = [json.loads(line) for line in (output / f"rollouts/step-{step}.jsonl").read_text().splitlines()]
        correct = sum(row["grade"] == "correct" for row in rows) / len(rows)
        assert metric(output, "outcome/correct")[step - 1] == pytest.approx(correct, abs=1e-6)
        kept |= {(row["item"], row["sample_index"]): row for row in rows}
    assert len(kept) == GRPO_STEPS * 8 * len(NAMES)
    ends = {row["finish_reason"] for row in kept.values()}
    assert ends <= {"stop", "length"}
    assert "stop" in ends


@pytest.mark.django_db(transaction=True)
def test_checkpoints_are_asked_and_graded_by_the_application(sft, grpo, settings, tmp_path):
    versions = [look_up(name) for name in NAMES]
    assert [prompt_of(one.statement, contract_of(one)) for one in versions] == [
        rl_row(name)["prompt"][0]["content"] for name in NAMES
    ]
    release = factories.frozen_release(*versions, split="train")

    before = accuracy(sft[0] / f"checkpoint-{SFT_STEPS}", release, settings, tmp_path)
    after = accuracy(grpo[0] / f"checkpoint-{GRPO_STEPS}", release, settings, tmp_path)

    assert after > before + 0.2


def look_up(name: str):
    """An approved version of the item."""
    said = contract(value_of(name))
    item = factories.ItemFactory(slug=f"charge-{name}")
    return factories.ItemVersionFactory(
        item=item, number=2, state="approved", statement=statement(name), contract=said, solution=answer(value_of(name))
    )


def accuracy(checkpoint: Path, release, settings, folder: Path) -> float:
    """The share of correct answers that the application counts, asking a server of the checkpoint."""
    with model_server(checkpoint, folder / "server.log") as server:
        settings.ENDPOINTS = {"local": server.address}
        model = factories.LanguageModelFactory(locator=server.model)
        sampling = {"temperature": 1.0, "top_p": 1.0, "max_tokens": 24, "seed": 1}
        selection = Selection(release=release, split="train")
        asked = started(model=model, samples_per_item=8, sampling=sampling, selection=selection)
        assert execute(asked.pk) == "done"
    graded(asked)
    outcomes = list(Grade.objects.filter(run=asked).values_list("outcome", flat=True))
    assert len(outcomes) == 8 * len(NAMES)
    return outcomes.count("correct") / len(outcomes)
