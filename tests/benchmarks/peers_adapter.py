"""Our pages beside those of other tools under one workload: 2,000 traces of 8 KB, five marks and a verdict each.

An adapter for a driver that stays outside of this repository and calls these methods; it needs `requests` alone. The
server must run on this machine, since people, items and the run are made in its database:

    manage.py serve --port 8124 --without-demo
    python FOLDER/bench_generic.py tests/benchmarks/peers_adapter.py VARIANT http://127.0.0.1:8124 PID,PID
"""

import itertools
import json
import os
import re
import subprocess
import time
import uuid
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
PYTHON = os.environ.get("QFT_PYTHON", str(ROOT / ".venv/bin/python"))
PASSWORD = "eta-mu-nu-is-diagonal"
PREFIX_OF_ITEMS = 20
IMPORT_SECONDS = 120
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_OLDER = re.compile(r'<a href="\?([^"]+)" rel="next"')


def good(answer: requests.Response) -> requests.Response:
    """The answer; raises where it is a refusal."""
    if not answer.ok:
        raise RuntimeError(f"{answer.status_code} {answer.text[:200]}")
    return answer


class Seat:
    """The annotation that somebody is at, and which save of it they have seen."""

    def __init__(self, address: str) -> None:
        found = re.search(r"/label/(\d+)/", address)
        assert found, f"no trace was dealt: {address}"
        self.annotation, self.revision = found[1], 0


class Adapter:
    """What the driver asks of a tool, over HTTP as a browser would."""

    name = "ours"
    version = "main"

    def __init__(self, base: str) -> None:
        self.base = base
        self.world = f"bench-{uuid.uuid4().hex[:6]}"
        self.numbers = itertools.count()
        self.older = ""
        self.categories: list[int] = []
        self.seats: dict[requests.Session, Seat] = {}

    def _log_in(self, username: str) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        page = good(session.get(f"{self.base}/login/"))
        found = _TOKEN.search(page.text)
        assert found
        fields = {"csrfmiddlewaretoken": found[1], "username": username, "password": PASSWORD}
        good(session.post(f"{self.base}/login/", fields, headers={"Referer": self.base}))
        session.headers.update({"X-CSRFToken": session.cookies["csrftoken"], "Referer": self.base})
        return session

    def session(self) -> requests.Session:
        """The lead's session first, then that of one annotator after the other."""
        if not hasattr(self, "lead"):
            command = f"from tests.benchmarks.peers_world import make; make('{self.world}')"
            shell = [PYTHON, "manage.py", "shell", "-v0", "-c", command]
            made = subprocess.run(shell, cwd=ROOT, check=True, capture_output=True, text=True)
            self.token = made.stdout.split()[-1]
            self.lead = self._log_in(f"{self.world}-lead")
            return self.lead
        return self._log_in(f"{self.world}-{next(self.numbers)}")

    def create_project(self, session: requests.Session) -> str:
        """The run that takes the traces; a campaign is started once they are there."""
        return good(session.get(f"{self.base}/runs/{self.world}/")) and self.world

    def import_all(self, session: requests.Session, project: str, rows: list[dict[str, Any]]) -> None:
        """Send a file of traces and wait until all of it is there."""
        lines = (
            json.dumps(
                {"item": f"{project}-{n % PREFIX_OF_ITEMS}", "text": row["text"], "sample": n // PREFIX_OF_ITEMS}
            )
            for n, row in enumerate(rows)
        )
        body = "\n".join(lines).encode()
        address = f"{self.base}/api/runs/{project}/traces/?filename=traces.jsonl"
        headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {self.token}"}
        handed = good(requests.post(address, body, headers=headers))
        end = time.monotonic() + IMPORT_SECONDS
        while time.monotonic() < end:
            state = good(session.get(handed.headers["Location"])).json()
            if state["state"] == "done":
                return
            if state["state"] in ("failed", "cancelled"):
                raise RuntimeError(str(state))
            time.sleep(0.05)
        raise RuntimeError("the import did not end")

    def ids(self, session: requests.Session, project: str, rows: list[dict[str, Any]]) -> list[int]:
        """The traces in the order of the rows, now in a campaign."""
        found: list[int] = []
        address = f"{self.base}/api/traces/?run={project}"
        while address:
            page = good(session.get(address)).json()
            found += [trace["id"] for trace in page["results"]]
            address = page["next"]
        self._start_campaign(session, project, len(rows))
        return sorted(found)

    def _start_campaign(self, session: requests.Session, project: str, size: int) -> None:
        page = good(session.get(f"{self.base}/new-campaign/")).text
        taxonomy = re.search(r'<option value="(\d+)"', page[page.index('name="taxonomy"') :])
        assert taxonomy
        recipe = {"size": size, "gold_share": 0, "seed": 0, "strategy": "random", "runs": project}
        fields = {"title": project, "slug": project, "taxonomy": taxonomy[1], "overlap": 50, "is_blind": "on"}
        good(session.post(f"{self.base}/new-campaign/", {**recipe, **fields}))
        desk = self.next(session, project).text
        self.categories = [int(number) for number in re.findall(r'data-category="(\d+)" data-top', desk)]

    def list_page(self, session: requests.Session, project: str, number: int) -> requests.Response:
        """The next page of the list, as `Older` leads to it; pages are found by keys, not by numbers."""
        query = f"run={project}" if number == 1 or not self.older else self.older
        page = good(session.get(f"{self.base}/traces/?{query}"))
        found = _OLDER.search(page.text)
        self.older = found[1].replace("&amp;", "&") if found else ""
        return page

    def detail(self, session: requests.Session, project: str, trace: int) -> requests.Response:
        """A trace by steps, as it is read."""
        return good(session.get(f"{self.base}/traces/{trace}/"))

    def search(self, session: requests.Session, project: str, text: str) -> requests.Response:
        """The first page of traces in which the text stands."""
        return good(session.get(f"{self.base}/traces/", params={"run": project, "q": text}))

    def next(self, session: requests.Session, project: str) -> requests.Response:
        """The desk with the trace that one goes on with."""
        return good(session.post(f"{self.base}/campaigns/{project}/next/"))

    def annotate(self, session: requests.Session, project: str, trace: int, row: Any, spans: Any) -> None:
        """Five marks and a verdict on the trace the queue has dealt; the answer names the next one, dealt with it."""
        seat = self._seat(session, project)
        said = self._said(spans, seat.revision)
        answer = good(session.post(f"{self.base}/label/{seat.annotation}/submit/", json=said)).json()
        self.seats[session] = Seat(answer["next"])

    def draft(self, session: requests.Session, project: str, trace: int, row: Any, spans: Any) -> None:
        """What the desk saves on its own while one works."""
        seat = self._seat(session, project)
        said = self._said(spans, seat.revision)
        seat.revision = good(session.post(f"{self.base}/label/{seat.annotation}/save/", json=said)).json()["revision"]

    def _seat(self, session: requests.Session, project: str) -> "Seat":
        if session not in self.seats:
            self.seats[session] = Seat(self.next(session, project).url)
        return self.seats[session]

    def _said(self, spans: Any, revision: int) -> dict[str, Any]:
        texts = {"claim": "", "correction": "", "note": ""}
        marks = [
            {"category_id": self.categories[n % len(self.categories)], "start": start, "end": end, **texts}
            | {"severity": "major", "propagates": False}
            for n, (start, end, _) in enumerate(spans)
        ]
        return {"revision": revision, "verdict": "flawed", "comment": "", "seconds": 60, "marks": marks}

    def export(self, session: requests.Session, project: str, labelled: bool) -> requests.Response:
        """All traces of the run, or the annotations with their traces, as JSON lines."""
        if labelled:
            return good(session.get(f"{self.base}/labels/export/?campaign={project}&shape=jsonl"))
        return good(session.get(f"{self.base}/api/runs/{project}/traces/"))

    def page(self, session: requests.Session, project: str) -> str:
        """Where the list stands."""
        return f"/traces/?run={project}"
