"""How a trainer runs: configuration, plan, steps, checkpoints, end.

Exit codes: 0 ended or stopped, 1 failed, 2 refused.
"""

import dataclasses
import json
import math
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from training import models, planning, reading
from training.config import Common
from training.faults import CannotStart
from training.planning import Plan
from training.progress import Progress
from training.stopping import Stopped, Stopping

Config = TypeVar("Config", bound=Common)


class Method(Protocol[Config]):
    """A way to train."""

    @property
    def kind(self) -> type[Config]:
        """Its configuration."""

    def plan(self, config: Config) -> Plan:
        """Return what is to be done. Raises CannotStart."""

    def trainer(self, config: Config, plan: Plan, resumed_from: int) -> AbstractContextManager[Any]:
        """Return TRL's trainer, within whatever must be ended after it."""


def main(method: Method[Any], arguments: Sequence[str] | None = None) -> int:
    """Run a trainer with its command line; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        is_dry = "--dry-run" in given
        config = _read(method, [argument for argument in given if argument != "--dry-run"])
        models.quiet(offline=config.offline)
        with Stopping() as stopping:
            return _dry(method, config) if is_dry else _train(method, config, stopping)
    except CannotStart as error:
        sys.stderr.writelines(f"{problem}\n" for problem in error.problems)
        return 2


def _read(method: Method[Config], arguments: list[str]) -> Config:
    path = None
    if "--config" in arguments:
        place = arguments.index("--config")
        if place + 1 == len(arguments):
            raise CannotStart("--config: its file is missing")
        path = Path(arguments[place + 1])
        del arguments[place : place + 2]
    return reading.read(method.kind, path, arguments)


def _dry(method: Method[Config], config: Config) -> int:
    for line in planning.described(config, method.plan(config)):
        print(line)
    print("Nothing was written: this was a dry run.")
    return 0


def _train(method: Method[Config], config: Config, stopping: Stopping) -> int:
    planning.check_devices(config)
    is_first = int(os.environ.get("RANK", "0")) == 0
    output = Path(config.output)
    progress = Progress(output, writes=is_first)
    checkpoint = planning.last_checkpoint(config)
    progress.step = planning.step_of(checkpoint) if checkpoint else 0
    try:
        plan = method.plan(config)
        if is_first:
            (output / "config.json").write_text(json.dumps(dataclasses.asdict(config), indent=2) + "\n")
            print("\n".join(planning.described(config, plan)), flush=True)
        if progress.step < plan.steps:
            _steps(method, config, plan, checkpoint, progress, stopping)
        progress.end(finished=progress.step >= plan.steps)
    except Stopped:
        progress.end(finished=False)
    return 0


def _steps(
    method: Method[Config], config: Config, plan: Plan, checkpoint: Path | None, progress: Progress, stopping: Stopping
) -> None:
    import torch
    from transformers import PrinterCallback

    from training.callbacks import EndingOnTerm, Telling

    if not torch.cuda.is_available():  # several processes would each call it cpu:0, which no checkpoint is read to
        os.environ.setdefault("ACCELERATE_TORCH_DEVICE", "cpu")
    with method.trainer(config, plan, progress.step) as trainer:
        trainer.remove_callback(PrinterCallback)  # a kilobyte a step, of what the progress file has
        trainer.add_callback(Telling(progress))
        trainer.add_callback(EndingOnTerm(stopping))
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        progress.step = trainer.state.global_step


def arguments_of(config: Common, plan: Plan) -> dict[str, Any]:
    """Return what both methods say to transformers, under its names."""
    import torch

    has_gpu = torch.cuda.is_available()
    return {
        "output_dir": config.output,
        "seed": config.seed,
        "max_steps": plan.steps,
        "per_device_train_batch_size": config.batch,
        "gradient_accumulation_steps": config.accumulation,
        "learning_rate": config.learning_rate,
        "lr_scheduler_type": config.schedule,
        "warmup_steps": math.ceil(config.warmup * plan.steps),
        "weight_decay": config.weight_decay,
        "max_grad_norm": config.max_gradient_norm,
        "bf16": models.has_bf16(config),
        "gradient_checkpointing": config.gradient_checkpointing,
        "logging_steps": config.log_every,
        "logging_first_step": True,
        "save_strategy": "steps",
        "save_steps": config.save_every,
        "save_total_limit": config.keep_checkpoints,
        "report_to": "none",
        "disable_tqdm": True,
        "use_cpu": not has_gpu,
        "dataloader_pin_memory": has_gpu,
        "deepspeed": _deepspeed(config.zero_stage) if config.zero_stage else None,
    }


def _deepspeed(stage: int) -> dict[str, Any]:
    """Return DeepSpeed's configuration; transformers fills in what is auto."""
    names = ("train_batch_size", "train_micro_batch_size_per_gpu", "gradient_accumulation_steps", "gradient_clipping")
    zero = {"stage": stage, "overlap_comm": True, "contiguous_gradients": True}
    if stage == 3:
        zero["stage3_gather_16bit_weights_on_model_save"] = True
    return {**dict.fromkeys(names, "auto"), "bf16": {"enabled": True}, "zero_optimization": zero}
