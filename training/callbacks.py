"""What our trainers add to the loop of transformers: progress, the end on SIGTERM."""

from collections.abc import Mapping
from typing import Any

import torch
from transformers import TrainerCallback

from training.progress import Progress
from training.stopping import Stopping

SHOWN = {
    "loss": "loss",
    "reward": "reward",
    "kl": "kl",
    "entropy": "entropy",
    "mean_token_accuracy": "accuracy",
    "completions/mean_length": "length",
}
"""The metrics that people read in the log of a trainer, and what they are called there."""


class Telling(TrainerCallback):  # type: ignore[misc]  # an untyped class
    """Writes metrics and checkpoints to the progress file, and of each step a line to the log."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **rest: Any) -> None:
        """Write the metrics of a step; the summary at the end is none."""
        if logs and "train_runtime" not in logs:
            self.progress.metrics(state.global_step, state.max_steps, logs)
            if state.is_world_process_zero:
                print(_line(state.global_step, state.max_steps, logs), flush=True)

    def on_save(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """Write that the checkpoint is complete."""
        self.progress.checkpoint(state.global_step)


def _line(step: int, steps: int, logs: Mapping[str, Any]) -> str:
    numbers = [f"{title} {logs[name]:.4g}" for name, title in SHOWN.items() if isinstance(logs.get(name), int | float)]
    return f"step {step:,} of {steps:,}: {', '.join(numbers)}"


class EndingOnTerm(TrainerCallback):  # type: ignore[misc]  # an untyped class
    """Ends after the step in which any process was told to, with a checkpoint; all processes end at the same step."""

    def __init__(self, stopping: Stopping) -> None:
        self.stopping = stopping

    def on_train_begin(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """Let SIGTERM wait for the end of a step from now on."""
        self.stopping.is_training = True

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """Ask for a checkpoint and the end."""
        if self._is_wanted(args.device):
            control.should_save = True
            control.should_training_stop = True

    def _is_wanted(self, device: Any) -> bool:
        if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
            return self.stopping.is_wanted
        wanted = torch.tensor(int(self.stopping.is_wanted), device=device)
        torch.distributed.all_reduce(wanted, op=torch.distributed.ReduceOp.MAX)
        return bool(wanted.item())
