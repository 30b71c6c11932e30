"""The application over HTTP, as a worker needs it: what the network loses is sent again, what is refused is not."""

import email.utils
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

Json = dict[str, Any]

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before the second attempt, doubled for each further one, and where that ends."""

LATER = frozenset({429, 500, 502, 503, 504})
"""Answers after which the same request may succeed."""

TIMEOUT = httpx.Timeout(60.0, connect=10.0)


class Lost(Exception):
    """The claim is somebody else's by now: whatever we say of the job is not wanted."""


class Refused(Exception):
    """The application understood, and said no; asking again will not help."""


class Unreachable(Exception):
    """Nothing came back in the time that was given; nobody knows whether what was said has arrived."""


class Client:
    """What a worker says and asks. Every call may be repeated: what is said twice counts once."""

    def __init__(
        self, url: str, token: str, *, patience: float = 120.0, stopping: threading.Event | None = None
    ) -> None:
        """`patience` is how many seconds a call tries; once we are to stop, it tries no second time."""
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=url.rstrip("/") + "/api/", headers=headers, timeout=TIMEOUT)
        self.patience = patience
        self._stopping = stopping or threading.Event()

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def claim(self, worker: str, methods: list[str], claim: str) -> Json | None:
        """Return the job that waits longest, claimed; nothing where none waits."""
        answer = self._send("POST", "jobs/claim/", json={"worker": worker, "methods": methods, "claim": claim})
        return None if answer.status_code == 204 else answer.json()

    def report(self, job: str, claim: str, said: Json) -> str:
        """Send progress and metrics; return the state of the job, which says whether to go on."""
        return str(self._said(job, "report", {"claim": claim, **said})["state"])

    def checkpoint(self, job: str, claim: str, said: Json) -> Json:
        """Register weights; return the model they are and the evaluation that is wanted of them."""
        return self._said(job, "checkpoints", {"claim": claim, **said})

    def end(self, job: str, claim: str, error: str = "") -> str:
        """Say that the job is done, or why it failed."""
        return str(self._said(job, "end", {"claim": claim, "error": error})["state"])

    def leave(self, job: str, claim: str) -> str:
        """Give the job back to the queue."""
        return str(self._said(job, "leave", {"claim": claim})["state"])

    def download(self, path: str, to: Path) -> None:
        """Write what stands at a path of the API into a file, which is there whole or not at all."""
        part = to.with_name(to.name + ".part")

        def fetch() -> httpx.Response:
            with self._http.stream("GET", path) as answer, part.open("wb") as file:
                for chunk in answer.iter_bytes() if answer.is_success else ():
                    file.write(chunk)
                if not answer.is_success:
                    answer.read()
            return answer

        self._attempt(fetch)
        part.replace(to)

    def send_traces(self, run: str, path: Path) -> Json:
        """Hand a file of traces in for a run; the same file again changes nothing."""

        def send() -> httpx.Response:
            with path.open("rb") as file:
                chunks: Iterator[bytes] = iter(lambda: file.read(2**20), b"")
                length = {"Content-Length": str(path.stat().st_size), "Content-Type": "application/octet-stream"}
                address, named = f"runs/{run}/traces/", {"filename": path.name}
                return self._http.post(address, params=named, content=chunks, headers=length)

        said: Json = self._attempt(send).json()
        return said

    def _said(self, job: str, what: str, said: Json) -> Json:
        answer: Json = self._send("POST", f"jobs/{job}/{what}/", json=said).json()
        return answer

    def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        return self._attempt(lambda: self._http.request(method, path, **given))

    def _attempt(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Return a good answer, asking again as long as there is patience. Raises Lost, Refused, Unreachable."""
        deadline = time.monotonic() + self.patience
        backoff = FIRST_PAUSE
        while True:
            try:
                answer = send()
            except httpx.TransportError as error:
                reason, wait = f"{type(error).__name__}: {error}", None
            else:
                if answer.is_success:
                    return answer
                if answer.status_code not in LATER:
                    raise _refusal(answer)
                reason, wait = f"status {answer.status_code}", retry_after(answer.headers.get("Retry-After", ""))
            seconds = backoff * random.uniform(0.5, 1.0) if wait is None else wait
            if time.monotonic() + seconds > deadline or self._stopping.wait(seconds):
                raise Unreachable(reason)
            backoff = min(2 * backoff, LONGEST_PAUSE)


def _refusal(answer: httpx.Response) -> Lost | Refused:
    said = f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:500]}"
    return Lost(said) if answer.status_code == 409 else Refused(said)


def retry_after(header: str) -> float | None:
    """Return the seconds that a server asks us to wait, said as a number or as a date; nothing where it says none."""
    if header.strip().isdecimal():
        return float(header)
    try:
        at = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, at.timestamp() - time.time())


def token_from(path: str = "") -> str:
    """Return the token: the first line of the file at `path`, of that named by QFT_TOKEN_FILE, or QFT_TOKEN itself."""
    file = path or os.environ.get("QFT_TOKEN_FILE", "")
    token = Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get("QFT_TOKEN", "")
    if not token or "\n" in token:
        raise SystemExit("No token: set QFT_TOKEN, or QFT_TOKEN_FILE to a file that holds it and nothing else.")
    return token
