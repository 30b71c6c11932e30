"""What a trainer is about to do, found out from configuration, data and tokenizer before anything is done."""

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training import memory, models
from training.chat import Chat
from training.config import Common, Grpo
from training.faults import CannotStart
from training.lengths import Lengths


@dataclass(frozen=True, slots=True)
class Plan:
    """The examples, how long they are, how many steps they make."""

    chat: Chat
    examples: list[dict[str, Any]]
    lengths: dict[str, Lengths]
    steps: int
    epoch_steps: int
    dropped: int = 0
    truncated: int = 0


def steps_of(config: Common, epoch_steps: int) -> int:
    """Return how many steps are to be made, those of one epoch being known."""
    return config.steps or max(1, math.ceil(config.epochs * epoch_steps))


def last_checkpoint(config: Common) -> Path | None:
    """Return the last complete checkpoint in the output; its state is what is written last."""
    found = [path.parent for path in Path(config.output).glob("checkpoint-*/trainer_state.json")]
    numbered = [path for path in found if path.name.removeprefix("checkpoint-").isdecimal()]
    return max(numbered, key=step_of, default=None) if config.resume else None


def step_of(checkpoint: Path) -> int:
    """Return the step of a checkpoint."""
    return int(checkpoint.name.removeprefix("checkpoint-"))


def check_devices(config: Common) -> None:
    """Refuse another number of processes than the configuration is for. Raises CannotStart."""
    started = int(os.environ.get("WORLD_SIZE", "1"))
    if started != config.devices:
        raise CannotStart(
            f"devices: the configuration is for {config.devices} processes, {started} started; "
            f"use torchrun --nproc_per_node, or --devices {started} with batch and accumulation to match"
        )


def described(config: Common, plan: Plan) -> list[str]:
    """Return what would happen, in lines for people."""
    shape = models.shape_of(config)
    is_bf16 = config.precision == "bf16" or (config.precision == "auto" and models.has_bf16(config))
    needed = memory.estimate(config, shape, is_bf16=is_bf16)
    share = "all" if shape.trained == shape.parameters else f"{shape.trained / 1e6:,.1f} M"
    vllm = config.vllm if isinstance(config, Grpo) else None
    rollouts = f"; vLLM ({vllm.mode}) takes {vllm.memory:.0%} of each GPU" if vllm and vllm.mode == "colocate" else ""
    checkpoint = last_checkpoint(config)
    return [
        f"model    {config.model}: {shape.parameters / 1e6:,.1f} M parameters, {share} trained",
        f"data     {config.data}: {len(plan.examples):,} rows{_cut(plan)}",
        *(f"{name:8} {lengths}" for name, lengths in plan.lengths.items()),
        f"template an answer ends with {plan.chat.closing!r}"
        + (f"; prompts open the reasoning with {plan.chat.prefill!r}" if plan.chat.prefill else ""),
        f"steps    {plan.steps:,}, {plan.epoch_steps:,} to an epoch; {_step(config)}",
        f"memory   {needed}{rollouts}",
        f"         {memory.FORMULA}",
        f"output   {config.output}: a checkpoint every {config.save_every:,} steps, "
        f"the last {config.keep_checkpoints} kept; "
        + (f"goes on from {checkpoint.name}" if checkpoint else "starts from the model"),
    ]


def _cut(plan: Plan) -> str:
    said = [f"{plan.dropped:,} too long and dropped"] if plan.dropped else []
    said += [f"{plan.truncated:,} truncated"] if plan.truncated else []
    return f" ({', '.join(said)})" if said else ""


def _step(config: Common) -> str:
    sequences = config.batch * config.accumulation * config.devices
    passes = f"{config.batch} × {config.accumulation} passes × {config.devices} devices"
    if isinstance(config, Grpo):
        return f"each {config.prompts} prompts × {config.generations} completions ({passes})"
    return f"each {sequences} sequences ({passes})"
