"""Graders side by side, each in a process of its own that is killed when it hangs."""

import importlib.metadata
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import NamedTuple

from qftapp.verification import ContractError, Outcome, verify
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.inference import contract_of
from tests.benchmarks.pairs import Pair

PATIENCE = 60.0
"""Seconds after which a grader counts as hanging; each has shorter deadlines of its own."""
WARM_UP = Pair("warm-up", "", r"\frac{1}{2}", r"$\frac{2}{4}$", True)


class Judgement(NamedTuple):
    """What a grader says, why, and what it took."""

    is_accepted: bool
    outcome: str
    reason: str
    seconds: float


def ours(pair: Pair) -> tuple[bool, str, str]:
    """Judge by a contract guessed from gold; an unreadable gold accepts nothing."""
    try:
        contract = contract_of(pair.gold, pair.domains, beside=pair.answer, **pair.given)
    except (ExpressionError, ContractError) as error:
        return False, "unreadable gold", str(error)
    verdict = verify(contract, pair.answer, in_prose=True)
    return verdict.outcome is Outcome.CORRECT, verdict.outcome.value, verdict.reason


def math_verify(pair: Pair) -> tuple[bool, str, str]:
    """Judge as Math-Verify's documentation says, with the timeouts it has unless told otherwise."""
    from math_verify import parse, verify  # slow to load, and not wanted beside ours

    gold, answer = parse(f"${pair.gold}$"), parse(pair.answer)
    is_accepted = verify(gold, answer)
    return is_accepted, "accepted" if is_accepted else "refused", f"{gold} and {answer}"


GRADERS: dict[str, Callable[[Pair], tuple[bool, str, str]]] = {"ours": ours, "Math-Verify": math_verify}


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
        return Judgement(False, outcome, f"the process {outcome}", seconds)

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
        started = time.perf_counter()
        try:
            answer = grader(pair)
        except Exception as error:
            answer = (False, "raises", repr(error))
        connection.send(Judgement(*answer, time.perf_counter() - started))
