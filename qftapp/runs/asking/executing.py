"""What the worker does with a work that asks: ask for what it lacks; end it as done, failed, cancelled or to go on."""

import asyncio
from collections.abc import Callable
from typing import Any

from django.conf import settings

from qftapp.actors.models import Work
from qftapp.runs.asking.client import Client, Hopeless
from qftapp.runs.asking.endpoints import NotConfigured, endpoint
from qftapp.runs.asking.keeping import Keeper
from qftapp.runs.asking.session import Session, Stopped
from qftapp.runs.asking.traces import RunKeeper

State = Work.State


def execute(run_id: int, *, must_leave: Callable[[], bool] = lambda: False) -> str:
    """Ask for what a run lacks, see `ask_for`."""
    return ask_for(RunKeeper(run_id), must_leave)


def ask_for(keeper: Keeper[Any], must_leave: Callable[[], bool]) -> str:
    """Ask for what a work lacks; returns the state it is left in, "" where it had ended before.

    The work says whom to ask and how: `model`, `endpoint`, `sampling`, `request_seconds`, `in_flight`.
    To be called again after a crash: what was written is not asked again. Told to leave, it leaves the work queued.
    Raises AskedElsewhere while another worker is at it.
    """
    return asyncio.run(_ask_for(keeper, must_leave))


async def _ask_for(keeper: Keeper[Any], must_leave: Callable[[], bool]) -> str:
    try:
        work = await keeper.begin()
        if work is None:
            return ""
        state, error = await _outcome(work, keeper, must_leave)
        return state if await keeper.end(state, error) else State.CANCELLED
    finally:
        await keeper.close()


async def _outcome(work: Any, keeper: Keeper[Any], must_leave: Callable[[], bool]) -> tuple[str, str]:
    """The state in which a work is left, and the reason of a failure."""
    try:
        await _ask(work, keeper, must_leave)
    except (NotConfigured, Hopeless) as error:
        return State.FAILED, str(error)
    except Stopped:
        return (State.QUEUED, "") if must_leave() else (State.CANCELLED, "")
    except Exception as error:
        why = next(iter(str(error).splitlines()), type(error).__name__)
        await keeper.end(State.FAILED, f"Stopped ({why}). What came stays; try again to ask for the rest.")
        raise
    if not await keeper.has_answers():
        return State.FAILED, "Every request failed; the reasons stand below."
    return State.DONE, ""


async def _ask(work: Any, keeper: Keeper[Any], must_leave: Callable[[], bool]) -> None:
    client = Client(
        endpoint(work.endpoint), model=work.model.locator, sampling=work.sampling, request_seconds=work.request_seconds
    )
    session = Session(
        keeper, client, in_flight=work.in_flight, patience=settings.ENDPOINT_PATIENCE_SECONDS, must_leave=must_leave
    )
    try:
        # Once, as a rule: a database that went away while requests were read may have left some unread.
        while await keeper.lacks():
            await session.ask_all()
    finally:
        await client.close()
