"""Training jobs on a cluster: claimed and followed from a login node, trained by Slurm in a folder that both see.

python -m training.slurm --url https://qft.example.org --name cluster --folder /shared/jobs --sbatch='--gres=gpu:4'

The folder of a job holds all that it needs: config, rows, this package with the verifier, the script that was handed to
sbatch. Only the login node knows the token. Stopped, we leave the Slurm job alone and find it again at the next start.
"""

import argparse
import json
import logging
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from training.job_folder import JobFolder, write
from training.programs import CannotRun
from training.worker import Launch, arguments, worker_of

log = logging.getLogger("training.slurm")

HOME = Path(__file__).resolve().parent.parent
PACKAGES = ("training", "qftapp/verification")
"""What a job imports of ours."""

SCRIPT = """\
#!/bin/sh
#SBATCH --job-name={name}
#SBATCH --output={log}
#SBATCH --chdir={folder}
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:TERM@{seconds}
{options}
export PYTHONPATH={source}
exec {command}
"""
# B: the signal goes to the batch script, whose place the trainer takes by exec; job steps there are none.

WAITING = frozenset({"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT"})
STOPPED = frozenset({"CANCELLED", "BOOT_FAIL", "DEADLINE"})
"""Ends after which nobody but a person should begin again."""


class SlurmProgram:
    """A command as a batch job, in the folder of a training job."""

    outlives_worker: ClassVar[bool] = True

    def __init__(
        self, folder: Path, name: str, options: Sequence[str], *, seconds: int = 120, fresh: float = 5.0
    ) -> None:
        """`options` are of sbatch; `seconds` before the time limit the trainer is told to end; what Slurm says of the
        job is asked again once it is older than `fresh` seconds."""
        self._folder, self._name, self._options = folder, name, list(options)
        self._seconds, self._fresh = seconds, fresh
        self._note = folder / f"{name}.slurm"
        self._facts = {"JobState": "PENDING"}
        self._asked = 0.0

    def start(self, command: Sequence[str]) -> None:
        """Write the script and hand it to sbatch."""
        source = self._folder / "source"
        if not source.exists():
            copy_source(source)
        script = SCRIPT.format(
            name=shlex.quote(f"qft-{self._folder.name}"),
            log=shlex.quote(str(self._folder / f"{self._name}.log")),
            folder=shlex.quote(str(self._folder)),
            seconds=self._seconds,
            options="\n".join(f"#SBATCH {option}" for option in self._options),
            source=shlex.quote(str(source)),
            command=shlex.join(command),
        )
        path = self._folder / f"{self._name}.sh"
        write(path, script)
        answer = _slurm("sbatch", "--parsable", str(path))
        self._asked = 0.0
        write(self._note, json.dumps({"id": answer.partition(";")[0].strip()}))
        log.info("%s is Slurm job %s", path, answer.strip())

    @property
    def is_running(self) -> bool:
        """Whether Slurm has the job still, waiting or running."""
        return self._state in ("RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "RESIZING", "SIGNALING") or (
            self._state in WAITING
        )

    @property
    def exit_code(self) -> int | None:
        """The code with which the command ended by itself, as long as Slurm remembers."""
        if self._state not in ("COMPLETED", "FAILED"):
            return None
        return int(self._facts["ExitCode"].partition(":")[0])

    @property
    def begins_again(self) -> bool:
        """Whether it ended by the cluster's doing: its time was up, its node failed, another job came first."""
        return self._state not in STOPPED

    def terminate(self) -> None:
        """Tell the trainer to end; take the job out of the queue where it has not begun."""
        if self._state in WAITING:
            self.kill()
        elif self.is_running:
            _slurm("scancel", "--batch", "--signal=TERM", self._id)

    def kill(self) -> None:
        """Take the job away."""
        if self.is_running:
            _slurm("scancel", self._id)
            self._asked = 0.0

    @property
    def _id(self) -> str:
        return str(json.loads(self._note.read_text(encoding="utf-8"))["id"])

    @property
    def _state(self) -> str:
        """What Slurm calls the state of the job; nothing where it knows none."""
        if not self._note.exists():
            return ""
        if not self._asked or time.monotonic() - self._asked > self._fresh:
            self._asked = time.monotonic()
            try:
                told = _slurm("scontrol", "--oneliner", "show", "job", self._id, unknown="Invalid job id")
            except CannotRun as error:  # the controller is away for a moment: what it said last holds
                log.warning("%s", error)
            else:
                self._facts = dict(part.split("=", 1) for part in told.split() if "=" in part)
        return self._facts.get("JobState", "")


def copy_source(target: Path) -> None:
    """Copy what a job imports of ours, so that a later version of it changes nothing for a job that runs."""
    part = target.with_name("source.part")
    shutil.rmtree(part, ignore_errors=True)
    for package in PACKAGES:
        shutil.copytree(HOME / package, part / package, ignore=shutil.ignore_patterns("__pycache__"))
    (part / "qftapp" / "__init__.py").touch()
    part.replace(target)


def _slurm(*command: str, unknown: str = "") -> str:
    """Return what a command of Slurm says; nothing where it says `unknown`. Raises CannotRun."""
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotRun(f"{command[0]}: {error}") from None
    if said.returncode == 0:
        return said.stdout
    if unknown and unknown in said.stderr:
        return ""
    raise CannotRun(f"{shlex.join(command)}: {said.stderr.strip()}")


def launched_by(options: Sequence[str], seconds: int) -> Launch:
    """Return what hands programs to Slurm with these options of sbatch."""

    def launch(folder: JobFolder, name: str) -> SlurmProgram:
        return SlurmProgram(folder.path, name, options, seconds=seconds)

    return launch


def main(given: Sequence[str] | None = None) -> int:
    """Work until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    parser = arguments(argparse.ArgumentParser(description="Claims training jobs, hands them to Slurm, reports."))
    parser.add_argument("--sbatch", action="append", default=[], help="an option of sbatch; may be given many times")
    parser.add_argument("--signal-seconds", type=int, default=120, help="how long before its time limit a job is told")
    asked = parser.parse_args(given)
    worker_of(asked, launched_by(asked.sbatch, asked.signal_seconds)).run(once=asked.once, poll=asked.poll)
    return 0


if __name__ == "__main__":
    sys.exit(main())
