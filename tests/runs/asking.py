"""Runs that ask: what the tests of asking start with."""

from contextlib import contextmanager
from typing import Any

from django.conf import settings

from qftapp.runs.asking import actions
from qftapp.runs.asking.selecting import Selection
from qftapp.runs.models import Run
from tests import factories
from tests.servers import Reply, Vendor, vendor

SAMPLING = {"temperature": 1.0, "top_p": 0.9, "max_tokens": 8, "seed": 5}


def plan(items: int = 2, **given: Any) -> actions.Plan:
    """An evaluation of a frozen release of so many items, unless told otherwise."""
    selection = given.pop("selection", None) or Selection(
        release=factories.frozen_release(*(factories.approved() for _ in range(items))), split="test"
    )
    fields = {
        "model": factories.LanguageModelFactory(),
        "purpose": "evaluate",
        "endpoint": "local",
        "prompt": factories.default_prompt(),
        "samples_per_item": 2,
        "sampling": SAMPLING,
        "in_flight": 4,
        "request_seconds": 60,
    }
    return actions.Plan(selection=selection, **(fields | given))


def started(items: int = 2, **given: Any) -> Run:
    """A run that waits for the worker; the endpoint `local` must be there."""
    return actions.start(plan(items, **given), by=factories.person("farah"))


@contextmanager
def answering(reply: Any, name: str = "local"):
    """The endpoint of that name, answering what the function says of a request, or always the same."""
    kept = settings.ENDPOINTS
    with vendor(reply if callable(reply) else lambda body: reply) as server:
        settings.ENDPOINTS = {**kept, name: server.address}
        try:
            yield server
        finally:
            settings.ENDPOINTS = kept


def triples(run: Run) -> set[tuple[int, int]]:
    """Which samples of which versions were answered."""
    return set(run.traces.values_list("item_version", "sample_index"))


__all__ = ["Reply", "Vendor", "answering", "plan", "started", "triples"]
