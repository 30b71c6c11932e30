"""Files of traces into a run of the application, followed until they have arrived.

The application knows what it has: a file sent twice changes nothing, so whatever is in doubt is sent again.
"""

import time
from pathlib import Path
from typing import Any, Self

import httpx

ENDED = ("done", "failed", "cancelled")
ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 1.0
LOOK_SECONDS = 1.0


class UploadFailed(RuntimeError):
    """A file that the application did not take; the message says why."""


class Uploader:
    """A run of the application at `url`, spoken to with somebody's token."""

    def __init__(self, url: str, run: str, token: str) -> None:
        self._run = run
        self._client = httpx.Client(
            base_url=f"{url.rstrip('/')}/", headers={"Authorization": f"Bearer {token}"}, timeout=120
        )

    def __enter__(self) -> Self:
        """Return itself; connections are kept."""
        return self

    def __exit__(self, *error: object) -> None:
        """End the connections."""
        self._client.close()

    def send(self, shard: Path) -> dict[str, Any]:
        """Bring a file in; returns the application's report. Raises UploadFailed."""
        begun = self._asked(
            "POST", f"api/runs/{self._run}/traces/", params={"filename": shard.name}, content=shard.read_bytes()
        )
        while begun["state"] not in ENDED:
            time.sleep(LOOK_SECONDS)
            begun = self._asked("GET", f"api/trace-imports/{begun['id']}/")
        if begun["state"] != "done":
            raise UploadFailed(f"{shard.name}: {begun['error'] or begun['state']}")
        return dict(begun["report"])

    def _asked(self, method: str, address: str, **given: Any) -> dict[str, Any]:
        """Return the answer; what is the network's fault is tried again."""
        pause = FIRST_PAUSE_SECONDS
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._client.request(method, address, **given)
                if answer.status_code < 500:
                    break
                problem = f"status {answer.status_code}"
            except httpx.TransportError as error:
                problem = str(error)
            if attempt == ATTEMPTS:
                raise UploadFailed(f"{self._client.base_url}: {problem}")
            time.sleep(pause)
            pause *= 2
        if answer.is_error:
            raise UploadFailed(f"{method} {address}: status {answer.status_code}: {answer.text[:500]}")
        return dict(answer.json())
