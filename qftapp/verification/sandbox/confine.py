"""Everything a process does to lock itself in before it runs a candidate, and the trial that it works."""

import math
import os
import resource
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from . import landlock, linux, seccomp

OPEN_FILES = 64


@dataclass(frozen=True)
class Confinement:
    """Prepared once in the zygote, entered by each of its children.

    Without Landlock no file may be opened at all; without seccomp (`program` empty) there is no confinement worth the
    name and only the unsafe mode goes on.
    """

    machine: str
    landlock_version: int
    ruleset: int | None
    program: bytes
    occupied_bytes: int

    @property
    def layers(self) -> tuple[str, ...]:
        """What protects, in words."""
        names = ["resource limits"]
        if not self.program:
            return tuple(names)
        names += ["no new privileges", "no capabilities"]
        if self.ruleset is None:
            return (*names, "seccomp allow-list: no file may be opened")
        also = ", TCP" * (self.landlock_version >= 4) + ", signals" * (self.landlock_version >= 6)
        return (*names, f"Landlock {self.landlock_version}: files{also}", "seccomp allow-list")

    def enter(self, keep: int, *, seconds: float, memory_bytes: int, result_bytes: int) -> None:
        """Lock this process in for good, with `keep` its only descriptor above 2; raises OSError."""
        if self.program:
            linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
            linux.drop_capabilities()
        if self.ruleset is not None:
            landlock.enter(self.ruleset)
        last = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        os.closerange(3, keep)
        os.closerange(keep + 1, last if last > 0 else 1 << 20)
        _limit(resource.RLIMIT_CPU, math.ceil(seconds) + 1)
        _limit(resource.RLIMIT_AS, self.occupied_bytes + memory_bytes)
        _limit(resource.RLIMIT_FSIZE, result_bytes)
        _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
        _limit(resource.RLIMIT_NPROC, 0)
        _limit(resource.RLIMIT_CORE, 0)
        if self.program:
            seccomp.install(self.machine, self.program)


def prepare(readable: Iterable[str]) -> Confinement:
    """Return what the children of this process will enter; `readable` folders are the only ones they may read."""
    machine = linux.machine()
    version = landlock.version() if machine else 0
    ruleset = landlock.prepare(readable, version) if version else None
    program = seccomp.compile_filter(machine, may_open=ruleset is not None) if machine else b""
    return Confinement(machine, version, ruleset, program, _occupied_bytes())


def without_protection(confinement: Confinement) -> Confinement:
    """Return the confinement of the unsafe mode: resource limits and nothing else."""
    return Confinement(confinement.machine, 0, None, b"", confinement.occupied_bytes)


def trial(confinement: Confinement) -> str:
    """Return why a child of this process cannot be confined, "" if it can: it must fail to open a file and a socket."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, (_first_breach(confinement, writer) or "ok").encode())
        finally:
            os._exit(0)
    os.close(writer)
    message = os.read(reader, 1000).decode()
    os.close(reader)
    os.waitpid(child, 0)
    if message == "ok":
        return ""
    return message or "a confined process died at once"


def _first_breach(confinement: Confinement, keep: int) -> str:
    try:
        confinement.enter(keep, seconds=5, memory_bytes=1 << 28, result_bytes=1 << 20)
    except OSError as error:
        return f"this kernel refuses the confinement: {error}"
    if not confinement.program:
        return ""
    for attempt in (lambda: os.open("/proc/self/environ", os.O_RDONLY), socket.socket):
        try:
            attempt()
        except PermissionError:
            continue
        return "the confinement does not hold"
    return ""


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def _occupied_bytes() -> int:
    pages = Path("/proc/self/statm").read_text().split()[0]
    return int(pages) * resource.getpagesize()
