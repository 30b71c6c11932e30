"""The wire format: what is written is read back, and nothing a candidate writes gets past the reader."""

import json
import math
from fractions import Fraction

import pytest

from qftapp.verification.sandbox import Array, Call, Complex, Job, Limits, Real, Set, WireError
from qftapp.verification.sandbox.report import Remains, executions
from qftapp.verification.sandbox.wire import from_json, to_json

JOBS = [Job("", "f", [Call(()), Call(())])]
LINE = {"job": 0, "call": 0, "status": "ok", "value": 1.5, "error": None, "seconds": 0.1}
END = {"job": 0, "end": "ok", "message": "", "stdout": "", "seconds": 0.1}


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, "text", 0.1, -0.0, math.inf, -math.inf, 1 + 2j, complex(math.inf, 0), 0, -(2**200)),
        *(Fraction(-1, 3), Real(-5, -300, 120), Complex(Real(1, 2, 60), Fraction(1, 3)), Complex(1, 0.5)),
        *((), (1, (2.0, "a")), [1, [None]], Set((1, 1)), Array((2, 2), (1.0, 2j, 3, Fraction(1, 2))), Array((0,), ())),
    ],
)
def test_value_survives_the_wire(value):
    read = from_json(json.loads(json.dumps(to_json(value))))
    assert read == value
    assert repr(read) == repr(value)


def test_integer_longer_than_python_prints_survives_the_wire():
    assert from_json(to_json(10**5000)) == 10**5000


@pytest.mark.parametrize(
    "value",
    [object(), {"a": 1}, "x" * 10_001, 1 << 300_000, [0] * 10_001, Real(1, 1 << 50, 53), b"bytes"],
    ids=lambda value: type(value).__name__,
)
def test_value_that_is_none_or_too_large_is_refused(value):
    with pytest.raises(WireError):
        to_json(value)


@pytest.mark.parametrize(
    "data",
    [
        *(1, {}, {"int": 5}, {"int": "5"}, {"int": "0x"}, {"int": "0x1", "float": "nan"}, {"float": "1.0"}),
        *({"fraction": ["0x1", "0x0"]}, {"fraction": ["0x1", "-0x1"]}, {"fraction": ["0x1"]}, {"fraction": 3}),
        *({"real": ["0x1", 1.5, 53]}, {"real": ["0x1", True, 53]}, {"real": ["0x1", 1 << 60, 53]}),
        *({"real": ["0x1", 1, 0]}, {"complex": [1.0, "i"]}, {"complex": [1.0, {"int": "0x1"}]}),
        *({"parts": [{"complex": [1.0, 1.0]}, 1.0]}, {"parts": [True, 1.0]}, {"tuple": "ab"}, {"set": {"int": "0x1"}}),
        *({"array": [[2], [1.0]]}, {"array": [[-1, -1], [1.0]]}, {"array": [[True], [1.0]]}, {"array": [1.0]}),
        *({"array": [[10**9, 0], []]}, {"list": [0.0] * 10_001}, {"unknown": 1}, "x" * 10_001),
    ],
    ids=lambda data: str(data)[:40],
)
def test_malformed_data_is_refused(data):
    with pytest.raises(WireError):
        from_json(data)


def test_depth_is_limited():
    data: object = 1.0
    for _ in range(500):
        data = {"list": [data]}
    with pytest.raises(WireError):
        from_json(data)


def test_long_real_becomes_the_nearest_float():
    assert float(Real(-3, -1, 53)) == -1.5
    assert float(Real(10**400, -1300, 2000)) == pytest.approx(10**400 / 2**1300, rel=1e-15)
    assert (float(Real(-1, 1 << 39, 53)), float(Real(1, -(1 << 39), 53))) == (-math.inf, 0.0)


def read(*lines: object, exit_code: int = 0, timed_out: bool = False):
    data = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    return executions(Remains(exit_code, timed_out, data, 0.5), JOBS, Limits())[0]


def test_complete_report_is_read():
    execution = read(LINE, {**LINE, "call": 1, "value": None, "status": "error", "error": "bad"}, END)
    assert (execution.status, execution.message) == ("ok", "")
    assert [(result.value, result.error) for result in execution.results] == [(1.5, None), (None, "bad")]


@pytest.mark.parametrize(
    "line",
    [
        *(b"garbage", b"\xff\xfe", b"[" * 100_000, b"1" * 10_000, b"NaN", b'{"job": NaN}', {}, [], 1, None),
        *({**LINE, "job": 1}, {**LINE, "job": -1}, {**LINE, "call": 2}, {**LINE, "call": -1}, {**LINE, "job": "0"}),
        *({**LINE, "status": "timeout"}, {**LINE, "status": []}, {**LINE, "value": 7}, {**LINE, "seconds": -1.0}),
        *({**LINE, "seconds": 1}, {**LINE, "status": "error", "error": None}, {**END, "end": "unavailable"}),
        *({**END, "message": 5}, {**END, "stdout": None}, {**END, "job": 7}, {**END, "seconds": "long"}),
    ],
    ids=lambda line: str(line)[:40],
)
def test_forged_or_broken_line_makes_the_run_an_error(line):
    execution = read(LINE, line, END)
    assert (execution.status, execution.message) == ("error", "the process wrote an unreadable result")
    assert [result.value for result in execution.results] == [None, None]


def test_more_bytes_than_allowed_make_the_run_an_error():
    assert read(b"x" * (Limits().result_bytes + 1)).status == "error"


def test_unfinished_line_is_not_read():
    data = json.dumps(LINE).encode() + b'\n{"job": 0, "ca'
    execution = executions(Remains(-9, True, data, 1.0), JOBS, Limits())[0]
    assert execution.status == "timeout"
    assert [result.value for result in execution.results] == [1.5, None]


def test_end_without_every_outcome_is_an_error():
    execution = read(LINE, END)
    assert (execution.status, execution.message) == ("error", "the process left calls without an outcome")


@pytest.mark.parametrize(
    ("exit_code", "status"),
    [
        (0, "error"),
        (71, "unavailable"),
        (72, "memory"),
        (-9, "memory"),
        (-11, "error"),
        (-24, "timeout"),
        (-31, "refused"),
    ],
)
def test_death_of_a_process_is_told_apart(exit_code, status):
    assert read(exit_code=exit_code).status == status


def test_long_messages_are_cut():
    assert len(read(LINE, {**LINE, "call": 1}, {**END, "end": "error", "message": "x" * 5000}).message) == 600
