"""Inside a confined child: load each job's source, call its function, write down what came of it."""

import contextlib
import inspect
import io
import json
import os
import sys
import time
import types
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from .confine import Confinement
from .convert import argument, returned
from .explain import FILE_NAME, explain, forget_events, remember_events
from .report import NOT_CONFINED, OUT_OF_MEMORY
from .wire import WireError, from_json, to_json
from .zeros import NAME, unsigned, without_signs

_RESERVE = 256 * 1024  # of the result file: for lines without values when there is no room for values
_MESSAGE_CHARACTERS = 600


def serve_request(request: int, result: int, confinement: Confinement) -> NoReturn:
    """Read the request, lock this process in, run the jobs one after the other and leave."""
    data = json.loads(os.pread(request, os.fstat(request).st_size, 0))
    limits = data["limits"]
    try:
        confinement.enter(
            result,
            seconds=limits["seconds"],
            memory_bytes=limits["memory_bytes"],
            result_bytes=limits["result_bytes"],
        )
    except OSError:
        os._exit(NOT_CONFINED)
    sys.modules["numpy"].random.seed()  # or every child would draw the numbers that the zygote would have drawn
    remember_events()
    record = _Record(result, limits["result_bytes"])
    try:
        for number, job in enumerate(data["jobs"]):
            _run_job(number, job, limits["stdout_characters"], record)
    except MemoryError:  # not even the words for it found room
        os._exit(OUT_OF_MEMORY)
    os._exit(0)


class _Record:
    """The result file, one JSON line for each call and each end of a job."""

    def __init__(self, descriptor: int, limit: int) -> None:
        self._descriptor = descriptor
        self._left = limit - _RESERVE

    def call(self, line: dict[str, Any]) -> None:
        no_room = {"value": None, "status": "error", "error": "the results take more room than allowed"}
        self._write(line, line | no_room)

    def end(self, line: dict[str, Any]) -> None:
        self._write(line, line | {"stdout": ""})

    def _write(self, line: dict[str, Any], short: dict[str, Any]) -> None:
        data = json.dumps(line).encode() + b"\n"
        if len(data) > self._left:
            data = json.dumps(short).encode() + b"\n"
        self._left -= len(data)
        os.write(self._descriptor, data)


class _Printed(io.TextIOBase):
    """A text stream that keeps the first characters and forgets the others."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._parts: list[str] = []

    def write(self, text: str) -> int:
        if self._left > 0:
            self._parts.append(text[: self._left])
            self._left -= len(text)
        return len(text)

    @property
    def text(self) -> str:
        return "".join(self._parts)


@contextlib.contextmanager
def _captured(limit: int) -> Iterator[_Printed]:
    printed = _Printed(limit)
    sys.stdout, sys.stderr = printed, _Printed(0)
    try:
        yield printed
    finally:
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__


def _run_job(number: int, job: dict[str, Any], stdout_characters: int, record: _Record) -> None:
    start = time.perf_counter()
    status, message = "ok", ""
    with _captured(stdout_characters) as printed:
        try:
            function = _load(job)
        except BaseException as error:
            status, message = explain(error)
        else:
            for index, call in enumerate(job["calls"]):
                outcome = _call(function, job["entry_point"], call)
                record.call({"job": number, "call": index, **outcome})
                if outcome["status"] in ("memory", "refused"):
                    status, message = outcome["status"], outcome["error"]
    seconds = time.perf_counter() - start
    record.end({"job": number, "end": status, "message": message, "stdout": printed.text, "seconds": seconds})


def _load(job: dict[str, Any]) -> Callable[..., object]:
    """Execute the source in a fresh module and return the function it must define."""
    sys.modules["mpmath"].mp.prec = 53
    module = types.ModuleType("answer")
    sys.modules["answer"] = module  # dataclasses and pickles look there
    source = job["source"]
    if job["unsigned_zeros"]:
        source = without_signs(source)
        module.__dict__[NAME] = unsigned
    exec(compile(source, FILE_NAME, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 (what this is for)
    function: Callable[..., object] | None = module.__dict__.get(job["entry_point"])
    names = job["calls"][0]["names"] if job["calls"] else []
    if callable(function):
        if job["calls"]:
            _bind(function, job["entry_point"], names, job["calls"][0]["arguments"])
        return function
    defined = [name for name, value in module.__dict__.items() if inspect.isfunction(value) and _is_own(value)]
    found = ", ".join(defined) or "no function"
    raise MissingEntryPoint(f"the answer must define {job['entry_point']}({', '.join(names)}); found: {found}")


def _is_own(function: types.FunctionType) -> bool:
    return function.__code__.co_filename == FILE_NAME


class MissingEntryPoint(Exception):
    """The function to be called is missing or takes other parameters; the message is a sentence for people."""

    explains_itself = True


def _call(function: Callable[..., object], entry_point: str, call: dict[str, Any]) -> dict[str, Any]:
    start = time.perf_counter()
    value, error, status = None, None, "ok"
    forget_events()
    try:
        arguments = [argument(from_json(item)) for item in call["arguments"]]
        positional, keyword = _bind(function, entry_point, call["names"], arguments)
        value = to_json(returned(function(*positional, **keyword)))
    except WireError as problem:
        error, status = f"{entry_point} returned {problem}"[:_MESSAGE_CHARACTERS], "error"
    except BaseException as problem:
        status, error = explain(problem)
    return {"value": value, "error": error, "status": status, "seconds": time.perf_counter() - start}


def _bind(
    function: Callable[..., object], entry_point: str, names: list[str], arguments: list[object]
) -> tuple[list[object], dict[str, object]]:
    """Pass by name if the function knows every name, by position otherwise."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # a built-in function that does not tell
        return arguments, {}
    parameters = signature.parameters
    with contextlib.suppress(TypeError):
        if names and set(names) <= set(parameters):
            keyword = dict(zip(names, arguments, strict=True))
            signature.bind(**keyword)
            return [], keyword
    with contextlib.suppress(TypeError):
        signature.bind(*arguments)
        return arguments, {}
    wanted = f"{len(arguments)} argument{'s' * (len(arguments) != 1)} ({', '.join(names)})"
    taken = ", ".join(str(parameter).partition(":")[0] for parameter in parameters.values())
    raise MissingEntryPoint(f"{entry_point} must take {wanted}; it takes {len(parameters)} ({taken})")
