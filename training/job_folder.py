"""The folder of one job on the machine that trains: what it was told, what came out, what has been sent."""

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, cast

import yaml

Json = dict[str, Any]

GZIP = b"\x1f\x8b"


class Spoiled(Exception):
    """What was downloaded is not what the application promised."""


@dataclass
class Sent:
    """How much of a job's output the application has confirmed; the rest of the output waits to be sent."""

    offset: int = 0
    """Bytes of progress.jsonl."""
    step: int = 0
    steps: int = 0
    rollouts: list[str] = field(default_factory=list)
    checkpoint: Json = field(default_factory=dict)
    """The newest checkpoint as it was registered."""
    is_finished: bool = False
    """Whether the trainer's last word was that it took every step."""
    has_ended: bool = False
    """Whether the trainer's last word was an end, all steps taken or not."""


class JobFolder:
    """A folder with the files of one job; whoever opens it after a crash knows where to go on."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.config = self.path / "config.yaml"
        self.rows = self.path / "rows.jsonl"
        self.output = self.path / "output"
        self.progress = self.output / "progress.jsonl"
        self.rollouts = self.output / "rollouts"
        self.log = self.path / "trainer.log"
        self.evaluation = self.path / "evaluation"
        self._job = self.path / "job.json"
        self._sent = self.path / "sent.json"
        self._closed = self.path / "closed"

    @property
    def job(self) -> Json:
        """The job as it was claimed."""
        claimed: Json = json.loads(self._job.read_text(encoding="utf-8"))
        return claimed

    @property
    def is_open(self) -> bool:
        """Whether a job was claimed into this folder that nobody has ended, left or lost."""
        return self._job.exists() and not self._closed.exists()

    def open(self, job: Json) -> None:
        """Keep a claimed job; what an earlier attempt left in the folder stays."""
        self.output.mkdir(parents=True, exist_ok=True)
        write(self._job, json.dumps(job, indent=1))
        self._closed.unlink(missing_ok=True)

    def close(self) -> None:
        """Remember that the job is no longer ours; its files stay."""
        write(self._closed, "")

    @property
    def sent(self) -> Sent:
        """What the application has confirmed."""
        return Sent(**json.loads(self._sent.read_text(encoding="utf-8"))) if self._sent.exists() else Sent()

    @sent.setter
    def sent(self, sent: Sent) -> None:
        write(self._sent, json.dumps(asdict(sent)))

    def keep_rows(self, downloaded: Path) -> None:
        """Unpack the rows of the export. Raises Spoiled where they have not the hash that the job says."""
        digest = hashlib.sha256()
        part = self.rows.with_suffix(".part")
        with _opened(downloaded) as source, part.open("wb") as target:
            for chunk in iter(lambda: source.read(2**20), b""):
                digest.update(chunk)
                target.write(chunk)
        promised = self.job["export"]["sha256"]
        if digest.hexdigest() != promised:
            part.unlink()
            raise Spoiled(f"The rows have the hash {digest.hexdigest()}, not {promised}.")
        part.replace(self.rows)

    def write_config(self, own: Json) -> None:
        """Write the trainer's file: the job's config, `own` of this machine over it, model, rows and output."""
        job = self.job
        places = {"model": job["base"]["locator"], "data": str(self.rows), "output": str(self.output)}
        config = merged(merged(job["config"], own), places)
        write(self.config, yaml.safe_dump(config, allow_unicode=True, sort_keys=False))

    def bring_checkpoint(self) -> None:
        """Copy the newest weights of an earlier attempt elsewhere, where this machine can reach them."""
        newest = self.job.get("checkpoint")
        if not newest or any(self.output.glob("checkpoint-*")):
            return
        source = Path(newest["locator"])
        if source.is_dir() and hash_of(source) == newest["sha256"]:
            part = self.output / "copied.part"
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(source, part)
            part.replace(self.output / f"checkpoint-{newest['step']}")

    def log_tail(self, characters: int = 8_000) -> str:
        """Return the end of the trainer's log in whole lines, each as it looks at last where it was written over."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 8 * characters))
            text = file.read().decode("utf-8", "replace")
        tail = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
        cut, tail = tail[:-characters], tail[-characters:]
        whole = tail if not cut or cut.endswith("\n") else tail.partition("\n")[2]
        return whole or tail


def merged(under: Json, over: Json) -> Json:
    """Return a config with the values of another over it, part by part."""
    both = dict(under)
    for name, value in over.items():
        below = both.get(name)
        both[name] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return both


def write(path: Path, text: str) -> None:
    """Write a small file that is there whole or as it was before, also after a loss of power."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        is_zipped = file.read(2) == GZIP
    return cast(IO[bytes], gzip.open(path)) if is_zipped else path.open("rb")


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder in the order of their names."""
    yield from sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.as_posix())


def hash_of(folder: Path) -> str:
    """Return the SHA-256 of a folder's files, names and contents, in the order of their names."""
    digest = hashlib.sha256()
    for path in files_of(folder):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            for chunk in iter(lambda: file.read(2**22), b""):
                digest.update(chunk)
    return digest.hexdigest()
