"""Calling a candidate's function: how it is found and called, what comes back, what is said when it fails."""

import math
import signal
from fractions import Fraction

import pytest

from qftapp.verification.sandbox import Array, Call, Complex, Execution, Job, Limits, Real, Set, run, run_many
from qftapp.verification.sandbox.report import Remains, executions

DEFAULT = Limits()
QUICK = Limits(seconds=1.0)


def outcome(source: str, *arguments: object, names: tuple[str, ...] = (), limits: Limits = DEFAULT) -> Execution:
    return run(source, "f", [Call(arguments, names)], limits=limits)


def value(body: str, *arguments: object) -> object:
    execution = outcome(body, *arguments)
    assert (execution.status, execution.results[0].error) == ("ok", None)
    return execution.results[0].value


def test_function_is_called_at_every_point():
    source = "import math\ndef width(m, g):\n    return g**2 / (16 * math.pi * m)"
    execution = run(source, "width", [Call((float(m), 2.0), ("m", "g")) for m in range(1, 13)])
    assert execution.status == "ok"
    assert [result.value for result in execution.results] == [4 / (16 * math.pi * m) for m in range(1, 13)]
    assert [result.error for result in execution.results] == [None] * 12


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("7", 7),
        ("10**500", 10**500),
        ("0.1", 0.1),
        ("float('-inf')", -math.inf),
        ("1 + 2j", 1 + 2j),
        ("True", True),
        ("None", None),
        ("'timelike'", "timelike"),
        ("Fraction(1, 3)", Fraction(1, 3)),
        ("(1, [2.0, 'x'])", (1, [2.0, "x"])),
        ("{3}", Set((3,))),
        ("np.float64(0.5)", 0.5),
        ("np.int32(4)", 4),
        ("np.bool_(True)", True),
        ("np.complex64(1j)", 1j),
        ("np.longdouble(0.5)", 0.5),
        ("np.array([[1.0, 2.0], [3.0, 4.0]])", Array((2, 2), (1.0, 2.0, 3.0, 4.0))),
        ("np.array(2.5)", 2.5),
        ("sp.Integer(3)", 3),
        ("sp.Rational(2, 7)", Fraction(2, 7)),
        ("sp.oo", math.inf),
        ("sp.true", True),
        ("sp.Matrix([[1, 2], [3, sp.Rational(1, 2)]])", Array((2, 2), (1, 2, 3, Fraction(1, 2)))),
        ("sp.Array([1, 2])", Array((2,), (1, 2))),
        ("sp.FiniteSet(1, 2)", Set((1, 2))),
        ("sp.Tuple(1, 2)", (1, 2)),
        ("mp.matrix([[1, 2]])", Array((1, 2), (Real(1, 0, 53), Real(1, 1, 53)))),
        ("mp.inf", math.inf),
    ],
)
def test_value_comes_back_exactly(body, expected):
    libraries = "import numpy as np, sympy as sp, mpmath as mp\nfrom fractions import Fraction\n"
    found = value(f"{libraries}def f():\n    return {body}")
    assert found == expected
    assert type(found) is type(expected)


def test_nan_comes_back_as_nan():
    assert math.isnan(value("def f():\n    return float('nan')"))


def test_symbolic_constant_is_evaluated_to_forty_digits():
    root = value("import sympy\ndef f():\n    return sympy.sqrt(2)")
    assert isinstance(root, Real)
    assert float(root) == math.sqrt(2)
    square = Fraction(root.mantissa) ** 2 * Fraction(2) ** (2 * root.exponent)
    assert abs(square - 2) < Fraction(1, 10**38)


def test_complex_symbolic_constant_keeps_both_parts():
    number = value("import sympy\ndef f():\n    return sympy.log(-2)")
    assert isinstance(number, Complex)
    assert (float(number.real), float(number.imag)) == (math.log(2), math.pi)


def test_mpmath_number_keeps_the_precision_it_was_computed_with():
    number = value("import mpmath\ndef f():\n    mpmath.mp.dps = 50\n    return mpmath.pi * 1")
    assert isinstance(number, Real)
    assert (number.precision, float(number)) == (169, math.pi)


def test_precision_set_by_one_job_is_forgotten_by_the_next():
    source = "import mpmath\ndef f():\n    return mpmath.mp.prec"
    changed = Job("import mpmath\nmpmath.mp.dps = 50\ndef f():\n    return 0", "f", [Call(())])
    assert [e.results[0].value for e in run_many([changed, Job(source, "f", [Call(())])])] == [0, 53]


def test_arguments_arrive_as_what_physicists_expect():
    source = "def f(*a):\n    return [type(x).__name__ for x in a] + [a[4].dtype.name, a[5].dtype.name, a[6] == 2**70]"
    vector, complex_vector = Array((4,), (5, 0.0, 3, 4.0)), Array((2,), (1j, 2.0))
    names = value(source, 1, 2.0, 3j, Fraction(1, 2), vector, complex_vector, 2**70, Real(1, -2, 100))
    assert names == [
        *("int", "float", "complex", "Fraction", "ndarray", "ndarray", "int", "mpf"),
        *("float64", "complex128", True),
    ]


def test_parameters_in_another_order_are_passed_by_name():
    assert outcome("def f(g, m):\n    return (g, m)", 1.0, 2.0, names=("m", "g")).results[0].value == (2.0, 1.0)


def test_parameters_under_other_names_are_passed_by_position():
    assert outcome("def f(a, b):\n    return (a, b)", 1.0, 2.0, names=("m", "g")).results[0].value == (1.0, 2.0)


def test_parameters_with_defaults_may_be_left_out():
    assert outcome("def f(mu=7, m=0):\n    return (mu, m)", 1.0, names=("m",)).results[0].value == (7, 1.0)


def test_last_definition_wins():
    assert value("def f():\n    return 1\ndef f():\n    return 2") == 2


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def width(m, g):\n    return m", "the answer must define f(m, g); found: width"),
        ("from math import sin\nx = 1", "the answer must define f(m, g); found: no function"),
        ("def f(m):\n    return m", "f must take 2 arguments (m, g); it takes 1 (m)"),
        ("def f(m, g, s):\n    return m", "f must take 2 arguments (m, g); it takes 3 (m, g, s)"),
        ("x = 1\ndef f(m, g:\n    return m", "syntax error in line 2: '(' was never closed"),
        ("x = 1\ny = x / 0", "ZeroDivisionError: division by zero (line 2)"),
        ("import torch", "ModuleNotFoundError: No module named 'torch' (line 1)"),
        ("raise SystemExit(0)", "SystemExit: 0 (line 1)"),
        ("x = '\ud800'", "UnicodeEncodeError"),
        ("(" * 5000, "syntax error in line 1: too many nested parentheses"),
        ("def f(m, g):\n    import os\n    os._exit(0)", "the process ended before it had answered"),
    ],
)
def test_source_that_cannot_be_called_is_an_error_that_says_why(source, message):
    execution = outcome(source, 1.0, 2.0, names=("m", "g"))
    assert execution.status == "error"
    assert execution.message[: len(message)] == message
    assert execution.results[0].error == execution.message


def test_failing_point_does_not_lose_the_others():
    source = "def f(x):\n    if x == 2:\n        raise ValueError('at threshold')\n    return 1 / x"
    execution = run(source, "f", [Call((x,)) for x in (1, 2, 0, 4)])
    assert execution.status == "ok"
    assert [result.value for result in execution.results] == [1.0, None, None, 0.25]
    assert [result.error for result in execution.results] == [
        None,
        "ValueError: at threshold (line 3)",
        "ZeroDivisionError: division by zero (line 4)",
        None,
    ]


def test_points_before_the_deadline_are_kept():
    execution = run("def f(x):\n    while x:\n        pass\n    return 5", "f", [Call((0,)), Call((1,))], limits=QUICK)
    assert execution.status == "timeout"
    assert [result.value for result in execution.results] == [5, None]
    assert [result.error for result in execution.results] == [None, "did not finish within 1 s"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("sympy.Symbol('m') * 2", "f returned an expression with the free symbols m, not a number"),
        ("(lambda x: x)", "f returned a value of type function"),
        ("{'a': 1}", "f returned a value of type dict"),
        ("[0] * 20000", "f returned a value of more than 10000 entries"),
        ("numpy.zeros(10**7)", "f returned a value of more than 10000 entries"),
        ("'x' * 20000", "f returned a text longer than 10000 characters"),
        ("1 << (1 << 20)", "f returned an integer of more than 262144 bits"),
        ("nest(1, 20)", "f returned a value nested deeper than 8 levels"),
    ],
)
def test_what_is_no_value_is_named(body, message):
    nest = "import sympy, numpy\ndef nest(x, n):\n    return [nest(x, n - 1)] if n else x\n"
    execution = outcome(f"{nest}def f():\n    return {body}")
    assert (execution.status, execution.results[0].error) == ("ok", message)


def test_print_is_captured_and_cut():
    execution = outcome("def f():\n    print('checked', end='')\n    return 1")
    assert (execution.status, execution.stdout) == ("ok", "checked")
    execution = outcome("def f():\n    for _ in range(10**5): print('x' * 100)\n    return 1")
    assert (execution.status, len(execution.stdout)) == ("ok", Limits().stdout_characters)


def test_much_printing_in_many_jobs_loses_no_result():
    job = Job("def f():\n    print('\\1' * 9999)\n    return 1", "f", [Call(())])
    executions = run_many([job] * 60, limits=Limits(result_bytes=1024 * 1024))
    assert [(execution.status, execution.results[0].value) for execution in executions] == [("ok", 1)] * 60


def test_text_of_a_candidate_can_be_stored():
    execution = outcome("def f():\n    print('a\\0\\ud800')\n    return 'b\\0\\udc00'")
    assert execution.results[0].value == "b\N{REPLACEMENT CHARACTER}?"
    assert execution.stdout == "a\N{REPLACEMENT CHARACTER}?\n"


def test_several_sources_run_in_one_process():
    jobs = [Job(f"import os\ndef f():\n    return ({n}, os.getpid())", "f", [Call(())]) for n in range(3)]
    values = [execution.results[0].value for execution in run_many(jobs)]
    assert [number for number, _ in values] == [0, 1, 2]
    assert len({process for _, process in values}) == 1


def test_a_job_that_takes_all_the_time_leaves_those_before_it_untouched():
    jobs = [Job(f"def f():\n    while {n}: pass\n    return {n}", "f", [Call(())]) for n in range(3)]
    executions = run_many(jobs, limits=QUICK)
    assert [execution.status for execution in executions] == ["ok", "timeout", "timeout"]
    assert executions[0].results[0].value == 0


def test_no_time_left_is_a_timeout():
    assert outcome("def f():\n    return 1", limits=Limits(seconds=0.0)).status == "timeout"


def test_source_of_excessive_length_is_not_run():
    assert outcome("#" * 100_001).message == "the source is longer than 100000 characters"


@pytest.mark.parametrize(
    "body",
    [
        "import sympy as s; x = s.Symbol('x'); return s.integrate(s.exp(-x**2) * s.cos(x), (x, -s.oo, s.oo))",
        "import sympy as s; e = s.Symbol('e'); return s.series(s.gamma(e), e, 0, 1).removeO().coeff(e, -1)",
        "import scipy.integrate as i; return i.quad(lambda x: x**2, 0, 3)[0]",
        "import scipy.special as s; return float(s.spence(0.5))",
        "import scipy.stats as s; return float(s.norm.cdf(0.0))",
        "import scipy.optimize as o; return o.brentq(lambda x: x**2 - 2, 0, 2)",
        "import numpy as n; return n.linalg.eigvalsh(n.diag([1.0, 2.0]))",
        "import numpy as n; return n.random.default_rng(1).normal()",
        "import mpmath as m; return m.polylog(2, m.mpf(1) / 3)",
        "from dataclasses import dataclass\n    @dataclass\n    class P:\n        m: 'float'\n    return P(1.0).m",
        "import scipy.signal; return float(scipy.signal.windows.hann(3)[1])",
        "import datetime, time; time.sleep(0.001); return datetime.date(2000, 1, 1).year",
    ],
)
def test_libraries_of_the_trade_work_inside(body):
    execution = outcome(f"def f():\n    {body}", limits=Limits(seconds=20))
    assert (execution.status, execution.results[0].error) == ("ok", None)


def test_process_killed_by_the_system_lacked_memory():
    remains = Remains(exit_code=-signal.SIGKILL, timed_out=False, data=b"", seconds=0.1)
    (execution,) = executions(remains, [Job("def f():\n    return 1", "f", [Call(())])], Limits())
    assert (execution.status, execution.message) == ("memory", "was killed by the system, which was short of memory")


def test_zero_may_be_read_without_its_sign():
    source = (
        "import cmath, numpy\n"
        "def f(z):\n"
        "    a = numpy.array([-z, 1.0])\n"
        "    numpy.negative(a, out=a)\n"
        "    return (cmath.log(-z), (-z) ** 0.5, numpy.log(-numpy.complex128(z)), a[0], max([1, 2]), f.__name__)\n"
    )
    signed, unsigned = (run_many([Job(source, "f", [Call((2 + 0j,))], flag)])[0].results[0] for flag in (False, True))
    assert (signed.error, unsigned.error) == (None, None)
    assert [value.imag for value in signed.value[:3]] == pytest.approx([-math.pi, -math.sqrt(2), -math.pi])
    assert [value.imag for value in unsigned.value[:3]] == pytest.approx([math.pi, math.sqrt(2), math.pi])
    assert signed.value[3:] == unsigned.value[3:] == (2, 2, "f")
