"""GRPO stopped in the middle: it goes on from a checkpoint, and no step is told, rewarded or kept twice."""

from tests.training.trainers import metric, progress, rollouts, run
from training.lookups import rl_row, write

STEPS, STOPPED_AT = 20, 2
PROMPTS, GENERATIONS = 2, 4


def test_grpo_stops_with_a_checkpoint_and_goes_on(tiny, tmp_path):
    data = write(tmp_path / "rl.jsonl", [rl_row("pion"), rl_row("kaon")])
    output = tmp_path / "out"
    given = ["--model", str(tiny), "--data", data, "--output", str(output), "--steps", str(STEPS)]
    given += ["--batch", str(PROMPTS * GENERATIONS), "--generations", str(GENERATIONS)]
    given += ["--max_completion_length", "8", "--gradient_checkpointing", "false", "--save_every", str(STEPS)]

    first = run("grpo", *given, stop_at=STOPPED_AT)
    kept_then = rollouts(output)
    second = run("grpo", *given)

    assert (first.returncode, second.returncode) == (0, 0), first.stdout[-3000:] + second.stdout[-3000:]
    (stopped, ended) = progress(output, "end")
    left_at = stopped["step"]
    assert (stopped["finished"], STOPPED_AT <= left_at < STEPS) == (False, True)
    assert ended == {"kind": "end", "step": STEPS, "finished": True}
    assert f"goes on from checkpoint-{left_at}" in second.stdout
    assert [line["step"] for line in progress(output, "metrics")] == list(range(1, STEPS + 1))
    assert len(metric(output, "reward")) == STEPS
    kept = rollouts(output)
    assert {step: kept[step] for step in range(1, left_at + 1)} == kept_then
    assert {step: len(rows) for step, rows in kept.items()} == dict.fromkeys(range(1, STEPS + 1), PROMPTS * GENERATIONS)
    places = [(row["item"], row["sample_index"]) for step in sorted(kept) for row in kept[step]]
    assert len(set(places)) == STEPS * PROMPTS * GENERATIONS
    assert {sample for _, sample in places} == set(range(STEPS * GENERATIONS))
