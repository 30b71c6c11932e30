"""GRPO whose completions vLLM writes, in the same process: they end where answers end, and come of the new weights."""

import json
from pathlib import Path

from tests.training.trainers import metric, progress, rollouts, run
from tests.vllm.engine import ENVIRONMENT, PYTHON, REPLACING_WEIGHTS
from training.lookups import NAMES, rl_row, sft_rows, write

STEPS, PROMPTS, GENERATIONS, LIMIT = 6, 4, 4, 24


def test_colocated_vllm_writes_completions_of_the_newest_weights(tiny, tmp_path):
    end_with_something_else(tiny, tmp_path / "base")
    sft = write(tmp_path / "sft.jsonl", sft_rows())
    plain = ["--gradient_checkpointing", "false", "--schedule", "constant", "--warmup", "0"]
    given = ["--model", str(tmp_path / "base"), "--data", sft, "--output", str(tmp_path / "sft"), "--max_length", "256"]
    given += ["--batch", "32", "--steps", "60", "--learning_rate", "3e-3", "--save_every", "60", *plain]
    assert run("sft", *given).returncode == 0
    start = tmp_path / "sft" / "checkpoint-60"
    end_with_something_else(start, start)  # as a base model of a hub does that was never trained to chat

    output = tmp_path / "grpo"
    given = ["--model", str(start), "--data", write(tmp_path / "rl.jsonl", [rl_row(name) for name in NAMES])]
    given += ["--output", str(output), "--steps", str(STEPS), "--batch", str(PROMPTS * GENERATIONS), *plain]
    given += ["--generations", str(GENERATIONS), "--max_completion_length", str(LIMIT), "--learning_rate", "1e-3"]
    given += ["--vllm.mode", "colocate", "--vllm.sleep", "false", "--vllm.max_length", "512", "--save_every", "3"]
    ended = run("grpo", *given, python=[str(PYTHON)], environment=ENVIRONMENT | REPLACING_WEIGHTS)

    assert ended.returncode == 0, ended.stdout[-3000:]
    assert progress(output, "end") == [{"kind": "end", "step": STEPS, "finished": True}]
    kept = rollouts(output)
    assert {step: len(rows) for step, rows in kept.items()} == dict.fromkeys(range(1, STEPS + 1), PROMPTS * GENERATIONS)
    ended = [row["output_tokens"] for rows in kept.values() for row in rows if row["finish_reason"] == "stop"]
    assert len(ended) > STEPS * PROMPTS * GENERATIONS / 2
    assert max(ended) < LIMIT  # and did not go on, one end after the other
    assert max(metric(output, "grad_norm")) > 0.1
    assert max(metric(output, "sampling/sampling_logp_difference/mean")) < 0.05


def end_with_something_else(model: Path, into: Path) -> None:
    """Copy a model whose own settings name another token than the one with which its template closes answers."""
    for path in list(model.iterdir()):
        found = path.read_bytes()
        if path.name in ("config.json", "generation_config.json"):
            found = json.dumps(json.loads(found) | {"eos_token_id": 1}).encode()
        if path.name == "tokenizer_config.json":
            found = json.dumps(json.loads(found) | {"eos_token": "<|im_start|>"}).encode()
        into.mkdir(exist_ok=True)
        (into / path.name).write_bytes(found)
