"""A worker: claims training jobs, has them trained, reports. Only outgoing HTTP: it works behind a firewall.

python -m training.worker --url https://qft.example.org --name gpu-node-3 --folder /data/jobs
"""

import argparse
import contextlib
import logging
import shlex
import signal
import sys
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

from training.client import Client, Lost, Refused, Unreachable, token_from
from training.following import Follower
from training.job_folder import JobFolder, Spoiled, write
from training.programs import CannotRun, LocalProgram, Program, stop

Json = dict[str, Any]
Launch = Callable[[JobFolder, str], Program]

log = logging.getLogger("training.worker")

METHODS = ("sft", "grpo")
LOOK = 1.0
"""Seconds between looks at what the trainer wrote."""

MOST_IDLE = 3
"""Times that a trainer is begun again without having taken a step."""

BAD_CONFIGURATION = 2
"""The exit code of a trainer that its configuration keeps from starting."""


def launched_here(folder: JobFolder, name: str) -> Program:
    """Return a program of that name as a process of this machine."""
    return LocalProgram(folder.path, name)


class Worker:
    """Does one job after the other until it is told to stop."""

    def __init__(
        self,
        client: Client,
        folder: Path,
        *,
        name: str,
        methods: Sequence[str] = METHODS,
        launch: Launch = launched_here,
        trainer: Sequence[str] = (),
        sampler: Sequence[str] = (),
        own: Json | None = None,
        grace: float = 300.0,
        stopping: threading.Event | None = None,
    ) -> None:
        """`trainer` and `sampler` replace our commands; `own` is config of this machine; `grace` is how many seconds a
        trainer has for its last checkpoint."""
        self.client, self.folder, self.name, self.methods = client, folder.resolve(), name, list(methods)
        self._launch, self._trainer, self._sampler = launch, list(trainer), list(sampler)
        self._own, self._grace = own or {}, grace
        self.stopping = stopping or threading.Event()

    def run(self, *, once: bool = False, poll: float = 10.0) -> None:
        """Go on with what is open in the folder, then claim; `once` ends where no job waits."""
        self.folder.mkdir(parents=True, exist_ok=True)
        while not self.stopping.is_set():
            folder = self.open_folder() or self.claim()
            if folder is None and once:
                return
            if folder is None or not self.work(folder):
                self.stopping.wait(poll)

    def open_folder(self) -> JobFolder | None:
        """Return the folder of a job that we have still, from before a new start or a loss of the network."""
        folders = (JobFolder(path) for path in sorted(self.folder.iterdir()) if path.is_dir())
        return next((folder for folder in folders if folder.is_open), None)

    def claim(self) -> JobFolder | None:
        """Claim a job and keep it in a folder; nothing where none waits or nobody answers."""
        asking = self.folder / "claim"
        if not asking.exists():
            write(asking, str(uuid.uuid4()))
        try:
            job = self.client.claim(self.name, self.methods, asking.read_text(encoding="utf-8").strip())
        except Unreachable as error:
            log.warning("the application cannot be reached: %s", error)
            return None
        except Lost:
            asking.unlink()
            return None
        if job is None:
            return None
        folder = JobFolder(self.folder / str(job["slug"]))
        folder.path.mkdir(exist_ok=True)
        folder.open(job)
        asking.unlink()
        log.info("claimed %s", job["slug"])
        return folder

    def work(self, folder: JobFolder) -> bool:
        """Do a job, from where it stands, until it ends, is lost, or we are to stop; return whether it is closed."""
        follower = Follower(folder, self.client)
        trainer = self._launch(folder, "trainer")
        try:
            self._prepare(folder)
            self._train(folder, follower, trainer)
        except Lost as error:
            log.warning("%s is lost: %s", follower.slug, error)
            stop(trainer, self._grace, lambda: time.sleep(LOOK))
            folder.close()
        except Unreachable as error:
            log.warning("%s stays open, for the application cannot be reached: %s", follower.slug, error)
        except (Refused, Spoiled, CannotRun) as error:
            log.error("%s: %s", follower.slug, error)
            self._give_up(folder, follower, str(error))
        return not folder.is_open

    def _prepare(self, folder: JobFolder) -> None:
        """Bring rows, config and the newest checkpoint to where the trainer looks for them."""
        if not folder.rows.exists():
            downloaded = folder.path / "rows.download"
            self.client.download(f"exports/{folder.job['export']['slug']}/rows/", downloaded)
            folder.keep_rows(downloaded)
            downloaded.unlink()
        folder.bring_checkpoint()
        folder.write_config(self._own)

    def _train(self, folder: JobFolder, follower: Follower, trainer: Program) -> None:
        """Have the trainer take all its steps, or as many as it is given time for."""
        idle = 0
        while not follower.sent.is_finished:
            step = follower.sent.step
            if not trainer.is_running:
                # Only once it runs no more are its last words there.
                self._send(follower)
                if follower.sent.is_finished:
                    break
                follower.sent.has_ended = False
                trainer.start(self._command(folder))
            state = self._follow(follower, trainer)
            if self.stopping.is_set() and trainer.outlives_worker:
                return
            if state == "cancelled" or self.stopping.is_set():
                self._leave(folder, follower, trainer)
                return
            # torchrun ends with 1 where it is told to end, however well its processes did.
            if trainer.exit_code and not follower.sent.has_ended:
                self._end(folder, follower, _reason(folder, trainer.exit_code))
                return
            idle = idle + 1 if follower.sent.step == step else 0
            if not follower.sent.is_finished and (idle == MOST_IDLE or not trainer.begins_again):
                self._leave(folder, follower, trainer)
                return
        evaluation = follower.register_last()
        error = self._evaluate(folder, follower, evaluation) if evaluation else ""
        if error is not None:
            self._end(folder, follower, error)

    def _follow(self, follower: Follower, program: Program) -> str:
        """Send what comes until the program ends, the job is cancelled, or we are to stop; return the job's state."""
        state = "running"
        while program.is_running and state == "running" and not self.stopping.wait(LOOK):
            state = self._send(follower)
        return self._send(follower) if not program.is_running else state

    def _send(self, follower: Follower) -> str:
        """Send what is new; what the network does not take now is sent later."""
        try:
            state = follower.send()
            follower.send_rollouts()
        except Unreachable as error:
            log.warning("the application cannot be reached: %s", error)
            return "running"
        return state

    def _leave(self, folder: JobFolder, follower: Follower, trainer: Program) -> None:
        """Let the trainer write its last checkpoint, send it, and give the job back."""
        stop(trainer, self._grace, lambda: self._pause(follower))
        follower.send()
        follower.send_rollouts()
        self.client.leave(follower.slug, follower.claim)
        folder.close()
        log.info("left %s at step %d", follower.slug, follower.sent.step)

    def _pause(self, follower: Follower) -> None:
        time.sleep(LOOK)
        self._send(follower)

    def _evaluate(self, folder: JobFolder, follower: Follower, wanted: Json) -> str | None:
        """Sample the last checkpoint and hand its answers in; return what went wrong, or nothing if we are to stop."""
        folder.evaluation.mkdir(exist_ok=True)
        items = folder.evaluation / "prompts.jsonl"
        self.client.download(f"runs/{wanted['run']}/prompts/", items)
        sampler = self._launch(folder, "sampler")
        if not sampler.is_running:
            sampler.start(self._sampling(folder, follower, wanted, items))
        state = self._follow(follower, sampler)
        if self.stopping.is_set() and sampler.outlives_worker:
            return None
        if state == "cancelled" or self.stopping.is_set():
            self._leave(folder, follower, sampler)
            return None
        if sampler.exit_code:
            tail = (folder.path / "sampler.log").read_text(encoding="utf-8", errors="replace")[-2_000:]
            return f"The model is trained; its evaluation failed with code {sampler.exit_code}:\n{tail}"
        for shard in sorted((folder.evaluation / "traces").glob("*.jsonl*")):
            self.client.send_traces(str(wanted["run"]), shard)
        return ""

    def _end(self, folder: JobFolder, follower: Follower, error: str) -> None:
        self.client.end(follower.slug, follower.claim, error)
        folder.close()
        log.info("%s %s", follower.slug, f"failed: {error}" if error else "is done")

    def _give_up(self, folder: JobFolder, follower: Follower, error: str) -> None:
        """End a job with what keeps us from it, as far as we are heard."""
        with contextlib.suppress(Lost, Refused, Unreachable):
            self.client.end(follower.slug, follower.claim, error)
        folder.close()

    def _command(self, folder: JobFolder) -> list[str]:
        """Return the command that trains: ours, one process for each device, or the one we were given."""
        config = yaml.safe_load(folder.config.read_text(encoding="utf-8"))
        module = ["-m", f"training.{folder.job['method']}"]
        if (devices := int(config.get("devices", 1))) > 1:
            torchrun = ["-m", "torch.distributed.run", "--standalone", f"--shutdown-timeout={round(self._grace)}"]
            module = [*torchrun, f"--nproc_per_node={devices}", *module]
        return [*(self._trainer or [sys.executable, *module]), "--config", str(folder.config)]

    def _sampling(self, folder: JobFolder, follower: Follower, wanted: Json, items: Path) -> list[str]:
        said = {
            "model": follower.sent.checkpoint["locator"],
            "items": items,
            "samples": wanted["samples"],
            "output": folder.evaluation / "traces",
            **wanted["sampling"],
        }
        flags = [part for name, value in said.items() for part in (f"--{name.replace('_', '-')}", str(value))]
        return [*(self._sampler or [sys.executable, "-m", "training.sample"]), *flags]


def _reason(folder: JobFolder, code: int) -> str:
    said = "its configuration is refused" if code == BAD_CONFIGURATION else f"it ended with code {code}"
    return f"The trainer failed, {said}:\n{folder.log_tail(2_000)}"


def arguments(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add what every worker wants to know."""
    parser.add_argument("--url", required=True, help="address of the application, such as https://qft.example.org")
    parser.add_argument("--token-file", default="", help="file with the token; else QFT_TOKEN_FILE or QFT_TOKEN")
    parser.add_argument("--name", required=True, help="what this worker calls itself")
    parser.add_argument("--folder", type=Path, default=Path("jobs"), help="where the folders of jobs are (./jobs)")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--grace", type=float, default=300.0, help="seconds that a trainer has for its last checkpoint")
    parser.add_argument("--patience", type=float, default=120.0, help="seconds that a request is tried again")
    parser.add_argument("--config", type=Path, help="YAML of this machine, which goes over the config of every job")
    parser.add_argument("--trainer-command", default="", help="in place of python -m training.<method>")
    parser.add_argument("--sampler-command", default="", help="in place of python -m training.sample")
    parser.add_argument("--once", action="store_true", help="end where no job waits")
    parser.add_argument("--poll", type=float, default=10.0, help="seconds between questions for a job")
    return parser


def worker_of(given: argparse.Namespace, launch: Launch = launched_here) -> Worker:
    """Return the worker that a command line describes; SIGTERM and SIGINT tell it to stop."""
    stopping = threading.Event()

    def heard(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, heard)
    return Worker(
        Client(given.url, token_from(given.token_file), patience=given.patience, stopping=stopping),
        given.folder,
        name=given.name,
        methods=given.methods,
        launch=launch,
        trainer=shlex.split(given.trainer_command),
        sampler=shlex.split(given.sampler_command),
        own=yaml.safe_load(given.config.read_text(encoding="utf-8")) if given.config else None,
        grace=given.grace,
        stopping=stopping,
    )


def main(given: Sequence[str] | None = None) -> int:
    """Work until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    asked = arguments(argparse.ArgumentParser(description="Claims training jobs, trains, reports.")).parse_args(given)
    worker = worker_of(asked)
    worker.run(once=asked.once, poll=asked.poll)
    worker.client.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
