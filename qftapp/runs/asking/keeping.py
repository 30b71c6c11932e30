"""A run's one thread at the database: it holds the run's lock, reads what to ask, writes what has come."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from qftapp.actors.text import storable
from qftapp.runs.asking.client import Answer
from qftapp.runs.asking.requests import Request, missing
from qftapp.runs.models import FailedRequest, Run, Trace

LOCKS = 0x52554E
"""The first of the two numbers of an advisory lock; the second one is the run's."""

PAUSES = (1, 2, 4, 8, 15, 30)
"""Seconds between the tries to reach a database that is gone; answers in hand are kept that long."""

Came = tuple[Request, Answer | str]
"""A request with its answer, or with the reason why it has none."""

Result = TypeVar("Result")


class AskedElsewhere(Exception):
    """Another worker asks for this run at the moment."""


class Keeper:
    """The database side of a run that is being asked; its methods with an underscore run in its thread."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"run-{run_id}")
        self._locked_on: object = None
        self._requests: Iterator[Request] = iter(())

    async def begin(self) -> Run | None:
        """The run, locked and running; nothing where it has ended. Raises AskedElsewhere."""
        return await self._call(self._begin)

    async def lacks(self) -> bool:
        """Whether anything is to be asked; `more` then begins with it. To be called while nothing is in flight."""
        return await self._call(self._lacks)

    async def more(self, count: int) -> list[Request]:
        """The next requests without an answer; none when all of them were handed out."""
        return await self._call(lambda: list(islice(self._requests, count)))

    async def write(self, came: Sequence[Came]) -> None:
        """Write answers and failures; what is there already stays as it is."""
        await self._call(lambda: self._write(came))

    async def goes_on(self) -> bool:
        """Whether nobody has cancelled the run."""
        return await self._call(lambda: Run.objects.filter(pk=self.run_id, state=Run.State.RUNNING).exists())

    async def end(self, state: str, error: str = "") -> bool:
        """End the run unless it ended meanwhile; returns whether this was the end."""
        ended = {"state": state, "error": storable(error), "finished_at": timezone.now()}
        if state == Run.State.QUEUED:
            ended["finished_at"] = None
        running = Run.objects.filter(pk=self.run_id, state=Run.State.RUNNING)
        return bool(await self._call(lambda: running.update(**ended)))

    async def has_answers(self) -> bool:
        """Whether any answer of the run has come, now or earlier."""
        return await self._call(lambda: Trace.objects.filter(run=self.run_id).exists())

    async def close(self) -> None:
        """Give the lock and the connection back."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._release)
        self._thread.shutdown()

    async def _call(self, act: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._surely, act)

    def _surely(self, act: Callable[[], Result]) -> Result:
        """Do an act at the database, again where it was gone for a while: an answer that came is not to be lost."""
        for pause in (*PAUSES, None):
            try:
                self._hold()
                return act()
            except (OperationalError, InterfaceError, AskedElsewhere) as error:
                was_never_ours = self._locked_on is None and isinstance(error, AskedElsewhere)
                _drop_connection()
                if pause is None or was_never_ours:
                    raise
                time.sleep(pause)
        raise AssertionError

    def _hold(self) -> None:
        """Take the run's lock on this connection, which holds it as long as it lives."""
        connection.ensure_connection()
        if self._locked_on is connection.connection:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, self.run_id])
            if not cursor.fetchone()[0]:
                raise AskedElsewhere(f"Another worker asks for run {self.run_id}.")
        self._locked_on = connection.connection

    def _release(self) -> None:
        try:
            if self._locked_on is not None and self._locked_on is connection.connection:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, self.run_id])
        finally:
            connection.close()

    def _lacks(self) -> bool:
        self._requests = missing(Run.objects.select_related("prompt").get(pk=self.run_id))
        first = next(self._requests, None)
        if first is not None:
            self._requests = chain([first], self._requests)
        return first is not None

    def _begin(self) -> Run | None:
        open_states = (Run.State.QUEUED, Run.State.RUNNING)
        started = Coalesce(F("started_at"), timezone.now())
        waiting = Run.objects.filter(pk=self.run_id, state__in=open_states)
        if not waiting.update(state=Run.State.RUNNING, started_at=started, error=""):
            return None
        return Run.objects.select_related("model").get(pk=self.run_id)

    @transaction.atomic
    def _write(self, came: Sequence[Came]) -> None:
        own = [(self._own(request), outcome) for request, outcome in came]
        traces = [
            Trace(
                **ids,
                text=storable(answer.text),
                finish_reason=storable(answer.finish_reason),
                input_tokens=answer.input_tokens,
                output_tokens=answer.output_tokens,
                seconds=answer.seconds,
            )
            for ids, answer in own
            if isinstance(answer, Answer)
        ]
        failed = [FailedRequest(**ids, reason=storable(reason)) for ids, reason in own if isinstance(reason, str)]
        Trace.objects.bulk_create(traces, ignore_conflicts=True)
        FailedRequest.objects.bulk_create(failed, ignore_conflicts=True)

    def _own(self, request: Request) -> dict[str, int]:
        return {"run_id": self.run_id, "item_version_id": request.version_id, "sample_index": request.sample_index}


def _drop_connection() -> None:
    """Close the connection for good: back in a pool it would go on holding the lock."""
    if connection.connection is not None:
        connection.connection.close()
    connection.close()
