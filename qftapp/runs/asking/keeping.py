"""The one thread at the database of a work that asks: it holds its lock, reads what to ask, writes what came."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from typing import Any, ClassVar, Generic, TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from qftapp.actors.models import Work
from qftapp.actors.text import storable
from qftapp.runs.asking.client import Answer, Question

PAUSES = (1, 2, 4, 8, 15, 30)
"""Seconds between the tries to reach a database that is gone; answers in hand are kept that long."""

Result = TypeVar("Result")
Asked = TypeVar("Asked", bound=Question)


class AskedElsewhere(Exception):
    """Another worker is at this work at the moment."""


class Keeper(ABC, Generic[Asked]):
    """The database side of a work that asks; its methods with an underscore run in its thread."""

    LOCKS: ClassVar[int]
    """The first of the two numbers of an advisory lock; the second one is the work's."""

    def __init__(self, work_id: int) -> None:
        self.work_id = work_id
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{type(self).__name__}-{work_id}")
        self._locked_on: object = None
        self._requests: Iterator[Asked] = iter(())

    @abstractmethod
    def _works(self) -> QuerySet[Any]:
        """The table of the works, with the model that is asked."""

    @abstractmethod
    def _missing(self) -> Iterator[Asked]:
        """The requests without an answer."""

    @abstractmethod
    def _is_answered(self) -> bool:
        """Whether any answer has come, now or earlier."""

    @abstractmethod
    def _write(self, came: Sequence[tuple[Asked, Answer | str]]) -> None:
        """Write each request's answer, or the reason why it has none; what is there already stays as it is."""

    async def begin(self) -> Any:
        """The work, locked and running; nothing where it has ended. Raises AskedElsewhere."""
        return await self._call(self._begin)

    async def lacks(self) -> bool:
        """Whether anything is to be asked; `more` then begins with it. To be called while nothing is in flight."""
        return await self._call(self._lacks)

    async def more(self, count: int) -> list[Asked]:
        """The next requests without an answer; none when all of them were handed out."""
        return await self._call(lambda: list(islice(self._requests, count)))

    async def write(self, came: Sequence[tuple[Asked, Answer | str]]) -> None:
        """Write answers and failures; what is there already stays as it is."""
        await self._call(lambda: self._write(came))

    async def goes_on(self) -> bool:
        """Whether nobody has cancelled the work."""
        return await self._call(lambda: self._own(Work.State.RUNNING).exists())

    async def end(self, state: str, error: str = "") -> bool:
        """End the work unless it ended meanwhile; returns whether this was the end."""
        ended = {"state": state, "error": storable(error), "finished_at": timezone.now()}
        if state == Work.State.QUEUED:
            ended["finished_at"] = None
        return bool(await self._call(lambda: self._own(Work.State.RUNNING).update(**ended)))

    async def has_answers(self) -> bool:
        """Whether any answer has come, now or earlier."""
        return await self._call(self._is_answered)

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
        """Take the work's lock on this connection, which holds it as long as it lives."""
        connection.ensure_connection()
        if self._locked_on is connection.connection:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [self.LOCKS, self.work_id])
            if not cursor.fetchone()[0]:
                raise AskedElsewhere(f"Another worker is at {type(self).__name__} {self.work_id}.")
        self._locked_on = connection.connection

    def _release(self) -> None:
        try:
            if self._locked_on is not None and self._locked_on is connection.connection:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [self.LOCKS, self.work_id])
        finally:
            connection.close()

    def _lacks(self) -> bool:
        self._requests = self._missing()
        first = next(self._requests, None)
        if first is not None:
            self._requests = chain([first], self._requests)
        return first is not None

    def _begin(self) -> Any:
        started = Coalesce(F("started_at"), timezone.now())
        waiting = self._own(Work.State.QUEUED, Work.State.RUNNING)
        if not waiting.update(state=Work.State.RUNNING, started_at=started, error=""):
            return None
        return self._works().get(pk=self.work_id)

    def _own(self, *states: str) -> QuerySet[Any]:
        """The work, while it is in one of these states."""
        return self._works().filter(pk=self.work_id, state__in=states).order_by()


def _drop_connection() -> None:
    """Close the connection for good: back in a pool it would go on holding the lock."""
    if connection.connection is not None:
        connection.connection.close()
    connection.close()
