"""A configuration out of a file and flags, and what is said of a bad one."""

from pathlib import Path

import pytest

from training import grpo, sft
from training.config import Grpo, Sft
from training.faults import CannotStart
from training.lookups import rl_row, sft_row, write
from training.reading import read

NEEDED = ["--model", "m", "--data", "d", "--output", "o"]


def problems(kind, *flags, file: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(CannotStart) as refused:
        read(kind, file, [*NEEDED, *flags])
    return refused.value.problems


def test_flags_stand_before_the_file(tmp_path):
    file = tmp_path / "sft.yaml"
    file.write_text("model: m\ndata: d\noutput: o\nlearning_rate: 1e-4\nbatch: 2\nlora: {rank: 8}\n")

    config = read(Sft, file, ["--batch", "4", "--lora.alpha=16", "--max-length", "99", "--resume", "false"])

    assert (config.learning_rate, config.batch, config.max_length, config.resume) == (1e-4, 4, 99, False)
    assert config.lora
    assert (config.lora.rank, config.lora.alpha) == (8, 16)


def test_lora_is_switched_off_by_null(tmp_path):
    file = tmp_path / "sft.yaml"
    file.write_text("lora: {rank: 8}\n")
    assert read(Sft, file, [*NEEDED, "--lora", "null"]).lora is None


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (["--learnig_rate", "1"], "learnig_rate: no such key; did you mean learning_rate?"),
        (["--zzz", "1"], "zzz: no such key"),
        (["--lora.rnk", "1"], "lora.rnk: no such key; did you mean lora.rank?"),
        (["--lora", "8"], "lora: keys with values are expected"),
        (["--lora.rank", "0"], "lora.rank: must be at least 1"),
        (["--batch", "many"], "batch: must be a whole number, not many"),
        (["--batch", "true"], "batch: must be a whole number, not True"),
        (["--resume", "1"], "resume: must be true or false, not 1"),
        (["--learning_rate", "fast"], "learning_rate: must be a number, not fast"),
        (["--schedule", "wild"], "schedule: must be one of constant, constant_with_warmup, linear, cosine, not wild"),
        (["--batch", "0"], "batch: must be at least 1"),
        (["--too_long", "hide"], "too_long: must be one of refuse, drop, truncate, not hide"),
        (["--packing", "true"],
         "packing: without attention: flash_attention_2 the rows of a sequence would see each other"),
    ],
)  # fmt: skip
def test_bad_key_is_named(flags, problem):
    assert problems(Sft, *flags) == (f"flags: {problem}",)


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (["--batch", "3"], "generations: 8 does not divide batch × accumulation × devices = 3 × 1 × 1"),
        (["--vllm.mode", "server"], "vllm.url: is the address of the server, and of mode: server only"),
        (["--vllm.memory", "1.5"], "vllm.memory: is a share of the GPU's memory, from 0 to 1"),
        (["--importance_sampling", "sequence"], "importance_sampling: sequence goes with loss: grpo"),
        (["--reward.seconds", "0"], "reward.seconds: must be positive"),
    ],
)
def test_what_does_not_go_together_is_named(flags, problem):
    given = flags if flags[0] == "--batch" else ["--batch", "8", *flags]
    assert problems(Grpo, *given) == (f"flags: {problem}",)


def test_every_problem_is_told_at_once(tmp_path):
    file = tmp_path / "sft.yaml"
    file.write_text("epoch: 3\nbatch: x\n")
    with pytest.raises(CannotStart) as refused:
        read(Sft, file, ["--model", "m", "--data", "d"])
    assert refused.value.problems == (
        f"{file}: epoch: no such key; did you mean epochs?",
        f"{file}: batch: must be a whole number, not x",
        f"{file}: output: is missing",
    )


@pytest.mark.parametrize("text", ["- a\n", "model: [\n"])
def test_file_that_is_no_configuration_is_refused(tmp_path, text):
    file = tmp_path / "sft.yaml"
    file.write_text(text)
    assert len(problems(Sft, file=file)) == 1


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([], "has no rows"),
        ([rl_row("photon")], "line 1: has a contract and no completion: this is an export for RL"),
        ([sft_row("photon"), sft_row("pion", prompt="?")], "line 2: prompt: must be a list of messages"),
        ([sft_row("photon", completion=[{"role": "user", "content": ""}])],
         "line 1: completion: its last message must be of the assistant"),
    ],
)  # fmt: skip
def test_sft_names_the_line_that_is_no_row(tmp_path, capsys, rows, problem):
    data = write(tmp_path / "rows.jsonl", rows)
    assert sft.main(["--model", "none", "--data", data, "--output", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == f"{data}: {problem}\n"


def test_grpo_names_the_item_whose_contract_is_unsound(tmp_path, capsys):
    data = write(tmp_path / "rows.jsonl", [rl_row("photon"), rl_row("pion", contract='{"schema": 1}')])
    given = ["--model", "none", "--data", data, "--output", str(tmp_path / "out"), "--batch", "8"]
    assert grpo.main(given) == 2
    assert capsys.readouterr().err.startswith(f"{data}: charge-pion: the contract is not sound: ")


def test_model_that_is_not_here_is_refused_with_the_remedy(tmp_path, capsys):
    data = write(tmp_path / "rows.jsonl", [sft_row("photon")])
    assert sft.main(["--model", "nobody/none", "--data", data, "--output", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("model: nobody/none cannot be loaded: ")
    assert "download it first" in said


def test_other_number_of_processes_is_refused(tmp_path, capsys):
    data = write(tmp_path / "rows.jsonl", [sft_row("photon")])
    given = ["--model", "none", "--data", data, "--output", str(tmp_path / "out"), "--devices", "4"]
    assert sft.main(given) == 2
    assert capsys.readouterr().err.startswith("devices: the configuration is for 4 processes, 1 started")
