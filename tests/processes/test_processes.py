"""Two processes under torchrun learn what one does, keep everything once, and stop and go on together."""

import sys

import pytest

from tests.training.trainers import metric, progress, rollouts, run
from training import sft
from training.lookups import rl_row, sft_rows, write

TORCHRUN = (
    sys.executable,
    "-m",
    "torch.distributed.run",
    "--standalone",
    "--nproc-per-node=2",
    "--shutdown-timeout=60",
)
STEPS, STOPPED_AT = 30, 2
PROMPTS, GENERATIONS = 4, 4


def test_two_processes_learn_what_one_does(tiny, tmp_path):
    data = write(tmp_path / "sft.jsonl", sft_rows())
    given = ["--model", str(tiny), "--data", data, "--steps", "4", "--learning_rate", "1e-3", "--save_every", "4"]
    given += ["--gradient_checkpointing", "false", "--max_length", "256"]
    one, two = tmp_path / "one", tmp_path / "two"

    ended = run("sft", *given, "--output", str(two), "--devices", "2", "--batch", "4", python=TORCHRUN)
    assert sft.main([*given, "--output", str(one), "--batch", "8"]) == 0

    assert ended.returncode == 0, ended.stdout[-3000:]
    assert metric(two, "loss") == pytest.approx(metric(one, "loss"), rel=1e-3)
    assert metric(one, "loss")[-1] < metric(one, "loss")[0] - 0.5
    assert [line["step"] for line in progress(two, "metrics")] == [1, 2, 3, 4]
    assert [line["step"] for line in progress(two, "checkpoint")] == [4]
    assert ended.stdout.count("step 4 of 4") == 1


def test_processes_stop_with_one_checkpoint_and_go_on(tiny, tmp_path):
    rows = [rl_row(name) for name in ("pion", "kaon", "muon", "axion")]
    output = tmp_path / "out"
    given = ["--model", str(tiny), "--data", write(tmp_path / "rl.jsonl", rows), "--output", str(output)]
    given += ["--steps", str(STEPS), "--devices", "2", "--batch", str(PROMPTS * GENERATIONS // 2)]
    given += ["--generations", str(GENERATIONS), "--max_completion_length", "8"]
    given += ["--gradient_checkpointing", "false", "--save_every", str(STEPS), "--reward.processes", "1"]

    first = run("grpo", *given, stop_at=STOPPED_AT, python=TORCHRUN)
    kept_then = rollouts(output)
    second = run("grpo", *given, python=TORCHRUN)

    (stopped, ended) = progress(output, "end")
    left_at = stopped["step"]
    assert (stopped["finished"], STOPPED_AT <= left_at < STEPS) == (False, True), first.stdout[-3000:]
    assert second.returncode == 0, second.stdout[-3000:]
    assert ended == {"kind": "end", "step": STEPS, "finished": True}
    assert [line["step"] for line in progress(output, "checkpoint")] == [left_at, STEPS]
    assert [line["step"] for line in progress(output, "metrics")] == list(range(1, STEPS + 1))
    kept = rollouts(output)
    assert {step: kept[step] for step in range(1, left_at + 1)} == kept_then
    assert {step: len(found) for step, found in kept.items()} == dict.fromkeys(
        range(1, STEPS + 1), PROMPTS * GENERATIONS
    )
    places = {(row["item"], row["sample_index"]) for found in kept.values() for row in found}
    assert len(places) == STEPS * PROMPTS * GENERATIONS
