"""What a dry run finds out: lengths, steps, memory; for every configuration that we give."""

from pathlib import Path

import pytest

import training
from training import grpo, sft
from training.config import Grpo, Sft
from training.faults import CannotStart
from training.lookups import NAMES, answer, rl_row, sft_row, write
from training.memory import GIB, Shape, estimate
from training.reading import read

CONFIGS = sorted(Path(training.__file__).parent.glob("configs/*/*.yaml"))
PROGRAMS = {"sft": sft, "grpo": grpo}


@pytest.fixture
def data(tmp_path):
    """Files of both kinds, their prompts many enough for the largest step."""
    return {
        "sft": write(tmp_path / "sft.jsonl", [sft_row(name) for name in NAMES]),
        "grpo": write(tmp_path / "grpo.jsonl", [rl_row(name) for name in NAMES * 8]),
    }


def sft_plan(tiny, data, *flags):
    config = read(Sft, None, ["--model", str(tiny), "--data", data["sft"], "--output", "none", *flags])
    return sft.Supervised().plan(config)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_configuration_is_sound(path, tiny, data, tmp_path, capsys):
    output = tmp_path / "out"
    given = ["--config", str(path), "--model", str(tiny), "--data", data[path.stem], "--output", str(output)]
    assert PROGRAMS[path.stem].main([*given, "--dry-run"]) == 0
    said = capsys.readouterr().out
    for word in ("p50", "p95", "max", "steps", "memory   about", "16 bytes for each trained number", "dry run"):
        assert word in said
    assert not output.exists()


def test_ten_configurations_are_given():
    assert len(CONFIGS) == 10


def test_rows_that_are_too_long_are_refused_dropped_or_truncated(tiny, data):
    long = sft_row("photon", completion=[{"role": "assistant", "content": answer(1) + " I am sure." * 50}])
    write(Path(data["sft"]), [sft_row("photon"), sft_row("pion"), long])
    longest = 120

    with pytest.raises(CannotStart, match="max_length: 1 of 3 rows are longer"):
        sft_plan(tiny, data, "--max_length", str(longest))
    dropped = sft_plan(tiny, data, "--max_length", str(longest), "--too_long", "drop")
    cut = sft_plan(tiny, data, "--max_length", str(longest), "--too_long", "truncate")

    assert (len(dropped.examples), dropped.dropped, dropped.truncated) == (2, 1, 0)
    assert (len(cut.examples), cut.dropped, cut.truncated) == (3, 0, 1)
    assert max(len(one["labels"]) for one in cut.examples) == longest


def test_limit_that_leaves_no_row_is_refused(tiny, data):
    with pytest.raises(CannotStart, match="no row is left"):
        sft_plan(tiny, data, "--max_length", "8", "--too_long", "truncate")


@pytest.mark.parametrize(
    ("flags", "steps"),
    [(["--batch", "5"], 4), (["--batch", "5", "--accumulation", "2"], 2), (["--epochs", "2.5", "--batch", "4"], 10),
     (["--steps", "7"], 7)],
)  # fmt: skip
def test_steps_follow_from_rows_and_batch(tiny, data, flags, steps):
    assert sft_plan(tiny, data, *flags).steps == steps


def test_too_few_prompts_for_a_step_are_refused(tiny, data):
    write(Path(data["grpo"]), [rl_row("photon")])
    flags = ["--model", str(tiny), "--data", data["grpo"], "--output", "none", "--batch", "16"]
    with pytest.raises(CannotStart, match="has 1 prompts, one step takes 2"):
        grpo.GroupRelative().plan(read(Grpo, None, flags))


def test_too_long_prompts_are_refused_or_dropped(tiny, data):
    prompt = [{"role": "user", "content": "What is the charge? " * 200}]
    write(Path(data["grpo"]), [rl_row("photon"), rl_row("pion", prompt=prompt)])
    flags = ["--model", str(tiny), "--data", data["grpo"], "--output", "none", "--batch", "8"]
    flags += ["--max_prompt_length", "300"]
    with pytest.raises(CannotStart, match="max_prompt_length: 1 of 2 prompts are longer"):
        grpo.GroupRelative().plan(read(Grpo, None, flags))
    kept = grpo.GroupRelative().plan(read(Grpo, None, [*flags, "--too_long", "drop"]))
    assert ([one["item"] for one in kept.examples], kept.dropped) == (["charge-photon"], 1)


@pytest.mark.parametrize(
    ("flags", "gib"),
    [
        ([], 16 * 7.6e9 / GIB),
        (["--lora.rank", "32"], (16 * 0.08e9 + 2 * 7.6e9) / GIB),
        (["--zero_stage", "3", "--devices", "4"], 4 * 7.6e9 / GIB),
        (["--zero_stage", "1", "--devices", "4"], (8 + 8 / 4) * 7.6e9 / GIB),
    ],
)
def test_memory_of_weights_follows_the_formula(flags, gib):
    config = read(Sft, None, ["--model", "m", "--data", "d", "--output", "o", *flags])
    shape = Shape(int(7.6e9), 28, 3584, 152_064, int(0.08e9 if config.lora else 7.6e9))
    assert estimate(config, shape, is_bf16=True).weights / GIB == pytest.approx(gib)
