"""Files of traces for tests, and their way in."""

import io
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from procrastinate.contrib.django import app

from qftapp.runs.importing import actions, working
from qftapp.runs.importing.preview import first_rows, guessed
from qftapp.runs.models import Run, Trace, TraceImport
from tests.factories import LanguageModelFactory, person


@pytest.fixture(autouse=True)
def files_folder(settings, tmp_path) -> None:
    """A folder for files of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"


def row(item: str = "width", **given: Any) -> dict[str, Any]:
    """A row in our own columns, as a model answered."""
    return {"item": item, "text": "The width is $g^2m/8\\pi$.", "finish_reason": "stop"} | given


def lines(*rows: Mapping[str, Any] | bytes) -> bytes:
    """Rows as JSON lines; bytes are lines as they are."""
    return b"".join((one if isinstance(one, bytes) else orjson.dumps(one)) + b"\n" for one in rows)


def new_run(slug: str = "base", **given: Any) -> Run:
    """A run that farah makes for files."""
    run = Run(slug=slug, model=given.pop("model", None) or LanguageModelFactory(), purpose="teach", **given)
    return actions.make_run(run, by=person("farah"))


def hand_in(content: bytes, run: Run | None = None, filename: str = "traces.jsonl", format: str = "") -> TraceImport:
    """The file, handed in for the run by farah."""
    run = run or Run.objects.filter(slug="base").first() or new_run()
    return actions.hand_in(io.BytesIO(content), run=run, by=person("farah"), filename=filename, format=format)


def begun(content: bytes, *, columns: Mapping[str, str] | None = None, **given: Any) -> TraceImport:
    """The file, handed in and begun with the columns that are guessed, or these."""
    found = hand_in(content, **given)
    chosen = columns or guessed(first_rows(found.file.path, found.format), found.format)
    return actions.begin(found.pk, by=person("farah"), columns=chosen)


def imported(content: bytes, **given: Any) -> TraceImport:
    """The file, brought in by the act that the worker does."""
    return working.execute(begun(content, **given).pk)


def work() -> None:
    """Let a worker do all that waits, in a thread of its own: a browser of other tests keeps a loop running in this."""
    with app.replace_connector(app.connector.get_worker_connector()), ThreadPoolExecutor(1) as thread:
        thread.submit(app.run_worker, wait=False, install_signal_handlers=False, listen_notify=False).result()


def counts(found: TraceImport) -> tuple[int, int, int]:
    """How many rows arrived, were present, were refused."""
    return found.report["arrived"], found.report["present"], found.report["refused"]


def reasons(found: TraceImport) -> dict[int, str]:
    """The reasons of the refused rows by line."""
    return {one["line"]: one["reason"] for one in found.report["first_refused"]}


def stored() -> list[tuple[str, int, str]]:
    """Item, sample and text of all traces."""
    traces = Trace.objects.order_by("item_version__item__slug", "sample_index")
    return list(traces.values_list("item_version__item__slug", "sample_index", "text"))
