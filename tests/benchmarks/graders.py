"""Graders side by side, each in a process of its own that is killed when it hangs."""

import contextlib
import importlib.metadata
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import NamedTuple

from qftapp.verification import ContractError, Outcome, verify
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.gold import forget
from qftapp.verification.inference import contract_of
from tests.benchmarks.pairs import Pair

PATIENCE = 60.0
"""Seconds after which a grader counts as hanging; each has shorter deadlines of its own."""
WARM_UP = Pair("warm-up", "", r"\frac{1}{2}", r"$\frac{2}{4}$", True)


class Judgement(NamedTuple):
    """What a grader says, why, and what it took: seconds gone by, and those of its processor.

    `warm` and `again` are processor seconds too: of another answer to a known item, and of the same answer once more.
    """

    is_accepted: bool
    outcome: str
    reason: str
    seconds: float
    cpu: float
    warm: float
    again: float


Said = tuple[bool, str, str]
"""Whether an answer is accepted, the outcome, and why."""


def ours(pair: Pair) -> Callable[[str], Said]:
    """Judge by a contract guessed from gold; an unreadable gold accepts nothing."""
    try:
        contract = contract_of(pair.gold, pair.domains, beside=pair.answer, **pair.given)
    except (ExpressionError, ContractError) as error:
        fault = str(error)
        return lambda answer: (False, "unreadable gold", fault)

    def judge(answer: str) -> Said:
        verdict = verify(contract, answer, in_prose=True)
        return verdict.outcome is Outcome.CORRECT, verdict.outcome.value, verdict.reason

    return judge


def math_verify(pair: Pair) -> Callable[[str], Said]:
    """Judge as Math-Verify's documentation says, with the timeouts it has unless told otherwise."""
    from math_verify import parse, verify  # slow to load, and not wanted beside ours

    gold = parse(f"${pair.gold}$")

    def judge(text: str) -> Said:
        answer = parse(text)
        is_accepted = verify(gold, answer)
        return is_accepted, "accepted" if is_accepted else "refused", f"{gold} and {answer}"

    return judge


GRADERS: dict[str, Callable[[Pair], Callable[[str], Said]]] = {"ours": ours, "Math-Verify": math_verify}
"""What each grader makes of a pair before it sees the answer."""
OTHER_ANSWER = "$271828182$"
"""An answer to every item, so that it is known when the pair's own comes: no answer of the collections."""


def version(name: str) -> str:
    """Return a grader's name with its version, that of ours being the working tree."""
    return name if name == "ours" else f"{name} {importlib.metadata.version(name.lower())}"


def judgements(name: str, pairs: Iterable[Pair]) -> Iterator[tuple[Pair, Judgement]]:
    """Yield what a grader says of each pair, warmed up before the first."""
    process = _Process(name)
    try:
        for pair in pairs:
            yield pair, process.judge(pair)
    finally:
        process.end()


class _Process:
    """A grader's process, started again after it hung or died."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._start()

    def _start(self) -> None:
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._name), daemon=True)
        self._process.start()
        theirs.close()
        self._connection.send(WARM_UP)
        self._connection.recv()

    def judge(self, pair: Pair) -> Judgement:
        started = time.perf_counter()
        self._connection.send(pair)
        try:
            if self._connection.poll(PATIENCE):
                return self._connection.recv()
            outcome = "hangs"
        except EOFError:
            outcome = "dies"
        seconds = time.perf_counter() - started
        self.end()
        self._start()
        return Judgement(False, outcome, f"the process {outcome}", seconds, seconds, 0.0, 0.0)

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self._connection.close()


def _serve(connection: Connection, name: str) -> None:
    grader = GRADERS[name]
    logging.disable()  # Math-Verify writes each of its timeouts, with the whole answer
    while True:
        try:
            pair = connection.recv()
        except EOFError:
            return
        connection.send(_timed(grader, pair))


def _timed(grader: Callable[[Pair], Callable[[str], Said]], pair: Pair) -> Judgement:
    """Judge a pair cold, then its answer as one more to an item already known, then the same answer again."""
    started, at = time.perf_counter(), time.process_time()
    try:
        said = grader(pair)(pair.answer)
    except Exception as error:
        said = (False, "raises", repr(error))
    seconds, cold = time.perf_counter() - started, time.process_time() - at
    with contextlib.suppress(Exception):
        forget()
        judge = grader(pair)
        judge(OTHER_ANSWER)
        times = [time.process_time()]
        for _ in range(2):
            judge(pair.answer)
            times.append(time.process_time())
        return Judgement(*said, seconds, cold, times[1] - times[0], times[2] - times[1])
    return Judgement(*said, seconds, cold, cold, cold)
