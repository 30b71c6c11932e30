"""What the worker does with a run: ask for what it lacks, and end it as done, failed, cancelled or to be continued."""

import asyncio
from collections.abc import Callable

from django.conf import settings

from qftapp.runs.asking.client import Client, Hopeless
from qftapp.runs.asking.endpoints import NotConfigured, endpoint
from qftapp.runs.asking.keeping import Keeper
from qftapp.runs.asking.session import Session, Stopped
from qftapp.runs.models import Run

State = Run.State


def execute(run_id: int, *, must_leave: Callable[[], bool] = lambda: False) -> str:
    """Ask for what a run lacks; returns the state it is left in, "" where it had ended before.

    To be called again after a crash: what was written is not asked again. Told to leave, it leaves the run queued.
    Raises AskedElsewhere while another worker is at it.
    """
    return asyncio.run(_execute(run_id, must_leave))


async def _execute(run_id: int, must_leave: Callable[[], bool]) -> str:
    keeper = Keeper(run_id)
    try:
        run = await keeper.begin()
        if run is None:
            return ""
        state, error = await _outcome(run, keeper, must_leave)
        return state if await keeper.end(state, error) else State.CANCELLED
    finally:
        await keeper.close()


async def _outcome(run: Run, keeper: Keeper, must_leave: Callable[[], bool]) -> tuple[str, str]:
    """The state in which a run is left, and the reason of a failure."""
    try:
        await _ask(run, keeper, must_leave)
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


async def _ask(run: Run, keeper: Keeper, must_leave: Callable[[], bool]) -> None:
    client = Client(
        endpoint(run.endpoint), model=run.model.locator, sampling=run.sampling, request_seconds=run.request_seconds
    )
    session = Session(
        keeper, client, in_flight=run.in_flight, patience=settings.ENDPOINT_PATIENCE_SECONDS, must_leave=must_leave
    )
    try:
        # Once, as a rule: a database that went away while requests were read may have left some unread.
        while await keeper.lacks():
            await session.ask_all()
    finally:
        await client.close()
