"""Asking for everything a work lacks: many requests in flight, each answer written the moment it has come."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from typing import Generic

from qftapp.runs.asking.client import Answer, Client, Hopeless, RequestFailed, Trouble
from qftapp.runs.asking.keeping import Asked, Keeper

LOOK_SECONDS = 0.5
"""How often it is looked whether somebody cancelled."""

LONGEST_PAUSE = 30
STRIKES = 20
"""Requests that fail one after the other, without an answer in between, end the run: they have one cause."""

WRITTEN_AT_ONCE = 100
READ_AT_ONCE = 200


class Stopped(Exception):
    """Somebody cancelled the work, or the worker is told to leave."""


class Session(Generic[Asked]):
    """One go at a work: what is missing is asked for until it has come, somebody cancels, or nothing comes any more."""

    def __init__(
        self, keeper: Keeper[Asked], client: Client, *, in_flight: int, patience: float, must_leave: Callable[[], bool]
    ) -> None:
        self.keeper = keeper
        self.client = client
        self.in_flight = in_flight
        self.patience = patience
        self.must_leave = must_leave
        self._turn = asyncio.Lock()
        self._requests: deque[Asked] = deque()
        self._came: asyncio.Queue[tuple[tuple[Asked, Answer | str], asyncio.Future[None]]] = asyncio.Queue()
        self._in_hand: list[tuple[Asked, Answer | str]] = []
        self._strikes = 0
        self._answered_at = float("-inf")

    async def ask_all(self) -> None:
        """Ask for what is missing and write what comes; raises Stopped or Hopeless once that is written."""
        try:
            async with asyncio.TaskGroup() as group:
                helpers = [group.create_task(self._write()), group.create_task(self._watch())]
                await asyncio.wait([group.create_task(self._ask()) for _ in range(self.in_flight)])
                for helper in helpers:
                    helper.cancel()
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        finally:
            await self._write_the_rest()

    async def _ask(self) -> None:
        """Ask one request after the other, each when the answer before it is written.

        So a worker that is killed takes no more answers with it than requests were in flight.
        """
        while (request := await self._next()) is not None:
            outcome = request.fault or await self._outcome(request)
            written = asyncio.get_running_loop().create_future()
            self._came.put_nowait(((request, outcome), written))
            if isinstance(outcome, Answer):
                self._strikes, self._answered_at = 0, time.monotonic()
            else:
                self._strikes += 1
            if self._strikes >= STRIKES:
                raise Hopeless(f"{STRIKES} requests failed one after the other, the last one so: {outcome}")
            await written

    async def _next(self) -> Asked | None:
        async with self._turn:
            if not self._requests:
                self._requests.extend(await self.keeper.more(READ_AT_ONCE))
            return self._requests.popleft() if self._requests else None

    async def _outcome(self, request: Asked) -> Answer | str:
        """The answer, or why there is none; where the endpoint is in trouble it is waited for."""
        waited, pause = 0.0, 1.0
        while True:
            try:
                return await self.client.ask(request)
            except RequestFailed as failure:
                return str(failure)
            except Trouble as trouble:
                if waited >= self.patience:
                    return self._given_up(trouble)
            # Each waits a little differently, so that an endpoint that comes back is not met by all at once.
            pause_now = min(pause, self.patience - waited) * random.uniform(0.75, 1.25)
            await asyncio.sleep(pause_now)
            waited, pause = waited + pause_now, min(2 * pause, LONGEST_PAUSE)

    def _given_up(self, trouble: Trouble) -> str:
        """The reason to give a request up, while others are answered; raises Hopeless where none is."""
        name, waited = self.client.endpoint.name, f"{self.patience:g} s"
        if time.monotonic() - self._answered_at > self.patience:
            raise Hopeless(
                f"{name} took no request for {waited}: {trouble}. See that the server runs and that its address in "
                "ENDPOINTS is right; then try again."
            )
        return f"{name} took this request for {waited} not: {trouble}"

    async def _write(self) -> None:
        """Write what has come, as much as there is at a time."""
        while True:
            came = [await self._came.get()]
            while not self._came.empty() and len(came) < WRITTEN_AT_ONCE:
                came.append(self._came.get_nowait())
            self._in_hand = [each for each, _ in came]
            await self.keeper.write(self._in_hand)
            for _, written in came:
                written.set_result(None)

    async def _write_the_rest(self) -> None:
        """Write what came while everything stopped; what was in hand may be written already, which does no harm."""
        rest = list(self._in_hand)
        while not self._came.empty():
            rest.append(self._came.get_nowait()[0])
        await self.keeper.write(rest)

    async def _watch(self) -> None:
        """Stop everything when the work is cancelled or the worker has to leave."""
        while True:
            if self.must_leave() or not await self.keeper.goes_on():
                raise Stopped
            await asyncio.sleep(LOOK_SECONDS)
