"""What our trainers add to the loop of transformers: progress, the end on SIGTERM."""

from typing import Any

import torch
from transformers import TrainerCallback

from training.progress import Progress
from training.stopping import Stopping


class Telling(TrainerCallback):  # type: ignore[misc]
    """Writes metrics and checkpoints to the progress file."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **rest: Any) -> None:
        """Write the metrics of a step; the summary at the end is none."""
        if logs and "train_runtime" not in logs:
            self.progress.metrics(state.global_step, state.max_steps, logs)

    def on_save(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """Write that the checkpoint is complete."""
        self.progress.checkpoint(state.global_step)


class EndingOnTerm(TrainerCallback):  # type: ignore[misc]
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
