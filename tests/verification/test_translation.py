"""Straight-line Python as a program: the same values as when it is run, and a run wherever they could differ."""

import functools
import math
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qftapp.demo
from qftapp.verification import Contract, Outcome, solutions, tree, verify
from qftapp.verification.closeness import Match
from qftapp.verification.compare import compare
from qftapp.verification.expressions import parse
from qftapp.verification.points import sample
from qftapp.verification.programs import libraries
from qftapp.verification.solutions import run_python, values_of
from qftapp.verification.translation import translate
from qftapp.verification.values import Scalar
from tests.verification.builders import code, contract, expression, python, symbol

HEAD = "import math, cmath\nimport numpy as np\nimport sympy as sp\nimport mpmath as mp\nfrom scipy import special\n"


@functools.cache
def item(*domains: str) -> Contract:
    names = "xyzuvw"[: len(domains)]
    symbols = [symbol(name, domain) for name, domain in zip(names, domains, strict=True)]
    gold = expression("x[0]" if domains[0] == "four_vector" else "x")
    return contract(entry_point="f", symbols=symbols, gold=gold)


def run(source: str, points, entry_point="f"):
    """Return the values that a run gives, None where it raises."""
    found = values_of(run_python([(source, points)], entry_point, 20)[0])
    assert found.status == "ok", found.message
    return [None if error else value for value, error in zip(found.values, found.errors, strict=True)]


def same(left, right) -> bool:
    """Whether two numbers agree to nine figures and are known to the same precision."""
    assert isinstance(left, Scalar)
    assert isinstance(right, Scalar)
    is_near = bool(abs(left.ball - right.ball) <= abs(right.ball) * 1e-9 + 1e-290)
    return is_near and left.bits == right.bits


POINTS = [{"x": 0.7, "y": 2.5}, {"x": 1.9, "y": 0.3}]


@pytest.mark.parametrize(
    ("body", "formula"),
    [
        ("def f(x, y):\n    return x**2/(16*math.pi*y)\n", "x**2/(16*pi*y)"),
        ("def f(x, y):\n    a, b = x + y, 3\n    a *= b\n    return a - 1\n", "(x + y)*3 - 1"),
        ("K = 2*math.pi\nf = lambda x, y: K*x\n", "2*pi*x"),
        ("def g(q):\n    return q + 1\ndef f(x, y):\n    return g(q=g(x))\n", "x + 1 + 1"),
        ("def f(x, y):\n    def g(q):\n        return q*c\n    c = y\n    return g(x)\n", "x*y"),
        ("def f(x, y):\n    if x > 1:\n        k = x\n    else:\n        k = y\n    return k\n", None),
        ("def f(x, y):\n    if x > 1: return y\n    elif y > x > 0.5: return x\n    return 1.0\n", None),
        ("def f(x: float, y: float) -> float:\n    '''A.'''\n    return x if not x < y else y\n", None),
        ("def f(y, x):\n    return x\n", "x"),
        ("def f(a, b):\n    return a\n", "x"),
        (
            "def pair(q):\n    t = q + 1\n    return t, q\ndef f(x, y):\n    a, b = pair(x)\n    return a*b\n",
            "(x + 1)*x",
        ),
        ("def f(x, y):\n    return 0.1*x\n", "0.1*x"),
        ("def f(x, y):\n    return sp.Rational(2, 3)*x + sp.pi.evalf()\n", None),
        ("def f(x, y):\n    return float(sp.sqrt(2)*y)\n", "sqrt(2)*y"),
        ("def f(x, y):\n    return mp.polylog(2, x/3) + mp.mpf(y)\n", None),
        ("def f(x, y):\n    return (cmath.sqrt(-x)*1j).real + abs(x - 3j)\n", None),
        ("def f(x, y):\n    return special.jv(1, x) + special.k0(y) + math.hypot(x, y)\n", None),
        ("def f(x, y):\n    return np.log(complex(x, y))*np.conj(1j*x)\n", None),
        ("def f(x, y):\n    return (-x)**0.5 + (-y)**3\n", "(-x)**0.5 + (-y)**3"),
        ("def f(x, y):\n    return min(x, y) + max(x, y, 1)\n", None),
        ("def f(x, y):\n    return x\n\nif __name__ == '__main__':\n    print(f(1, 2))\n", "x"),
    ],
)
def test_straight_line_code_has_the_values_of_its_run(body, formula):
    program = translate(HEAD + body, item("positive", "positive"))
    found, expected = program.values(POINTS), run(HEAD + body, POINTS)
    assert all(map(same, found, expected))
    if formula is not None:
        assert program.tree == parse(formula, ("x", "y"))


@pytest.mark.parametrize(
    "body",
    [
        "def f(x, y):\n    total = 0\n    for n in range(3):\n        total += x**n\n    return total\n",
        "def f(x, y):\n    return sum([x**n for n in range(3)])\n",
        "def f(x, y):\n    try:\n        return x\n    except ValueError:\n        return y\n",
        "def f(x, y):\n    assert x > 0\n    return x\n",
        "def f(x, y):\n    return x // y\n",
        "def f(x, y):\n    return x % y\n",
        "def f(x, y, z=1):\n    return x\n",
        "def f(*args):\n    return args[0]\n",
        "def f(x, y):\n    print(x)\n    return x\n",
        "def f(x, y):\n    return f'{x}'\n",
        "def f(x, y):\n    return (z := x) + z\n",
        "def f(x, y):\n    return {x, y}\n",
        "def f(x, y):\n    global K\n    return x\n",
        "def f(x, y):\n    math.pi = 3\n    return x*math.pi\n",
        "def f(x, y):\n    return f(x, y)\n",
        "def f(x, y):\n    return x if x else y\n",
        "def f(x, y):\n    return (x > 1)*y\n",
        "def f(x, y):\n    return round(x)\n",
        "def f(x, y):\n    return mp.quad(lambda t: t, [0, x])\n",
        "def f(x, y):\n    return sp.Symbol('x')\n",
        "def f(x, y):\n    return math.zeta(x)\n",
        "def f(x, y):\n    return special.polylog(2, x)\n",
        "def f(x, y):\n    return math.inf*x\n",
        "def f(x, y):\n    return x*undefined\n",
        "def f(x, y):\n    k = k + x\n    return k\n",
        "pi = 3\ndef f(x, y):\n    a = pi\n    pi = 4\n    return a\n",
        "def f(x, y):\n    if x > 1:\n        return x\n",
        "def f(x, y):\n    x + y\n",
        "def f(x):\n    return x\n",
        "def f(x, x):\n    return x\n",
        "import os\ndef f(x, y):\n    return x\n",
        "from math import missing\ndef f(x, y):\n    return x\n",
        "def f(x, y) -> Undefined:\n    return x\n",
        "@staticmethod\ndef f(x, y):\n    return x\n",
        "def f(x, y):\n    return x\nf = 3\n",
        "def f(x, y):\n    return 1e400*x\n",
        "def f(x, y):\n    return x + 0j\n",
        "def f(x, y):\n    return [1, 2]*2\n",
        "def f(x, y):\n    return " + "-" * 90 + "x" + "+1" * 60 + "\n",
        "def f(x, y):\n" + "    x = x*y + x\n" * 3000 + "    return x\n",
    ],
)
def test_other_code_is_run(body):
    assert translate(HEAD + body, item("positive", "positive")) is None


@pytest.mark.parametrize(
    "body",
    [
        "return math.sqrt(1 - x)",  # raises at the second point
        "return np.sqrt(1 - x)",
        "return np.log(x - 1)",
        "return math.acos(x)",
        "return math.acosh(x)",
        "return np.float64(1 - x)**0.5",
        "return math.sqrt(-cmath.sqrt(x))",  # a complex argument
        "return 1/(x - 0.7)",
        "return 1/(0.1*3 - 0.3 + 0*x)",  # in floating arithmetic 1.8e16
        "return math.exp(1000*x)*0",
        "return 1/(1e200*x*1e200)",
        "return (1e-200*x)*(1e-200*x)",
        "unused = math.sqrt(x - 5)\n    return x",
        "return x if x == 0.7 else y",
        "return x if 0.1 + 0.2 > 0.3 else y",
        "return x if 0.3 - 0.1*3 > 1e-20 else y",
        "return x if x < 1j else y",
        "return cmath.log(-complex(x))",  # the sign of a zero
        "return cmath.log(complex(-x, -0.0))",
        "return complex(-x, 0)**0.5",
        "return math.atan2(-0.0, -x)",
        "return cmath.asin(x + 2)",
        "return mp.acosh(-x)",
        "return special.zeta(x/2)",
        "return special.ellipk(x + 1)",
        "return mp.polylog(2, x + 1)",
        "return mp.sqrt(np.float64(x))",
        "return sp.sqrt(mp.mpf(x))",
        "return math.factorial(x)",
        "return x + math.sin(1e30*math.pi)*1e30",
        "return math.tan(math.pi) - x*0",  # exactly 0, or 1e-16
    ],
)
def test_what_floating_arithmetic_decides_is_run(body):
    program = translate(f"{HEAD}def f(x, y):\n    {body}\n", item("positive", "positive"))
    assert program is not None
    assert program.values(POINTS) is None


def test_code_is_run_where_its_program_has_no_values(monkeypatch):
    runs = []
    monkeypatch.setattr(solutions, "run_python", lambda *given, **named: runs.append(1) or run_python(*given, **named))
    answer = "import math\ndef width(m, g):\n    {}return g**2/(16*math.pi*m)\n"
    assert verify(contract(), code(answer.format("")), seed=1).outcome is Outcome.CORRECT
    assert runs == []
    verdict = verify(contract(), code(answer.format("math.sqrt(g); ")), seed=1)
    assert verdict.outcome is Outcome.WRONG
    assert "the answer has no value: ValueError" in verdict.reason
    assert len(runs) >= 1


def test_wrong_code_is_diagnosed_term_by_term():
    gold = python("import math\ndef width(m, g):\n    k = m**2\n    return math.sqrt(k + g**2) + k*g/3\n")
    answer = "import math\ndef width(m, g):\n    k = m**2\n    return math.sqrt(k - 0.1*g**2/10) + k*g/3\n"
    verdict = verify(
        contract(gold=gold, symbols=[symbol("m", "positive"), symbol("g", low=0.1, high=0.5)]), code(answer)
    )
    assert verdict.outcome is Outcome.WRONG
    assert verdict.diagnosis is not None
    assert verdict.evidence["answer"] == {"form": "code", "text": answer + "\n"}


def test_a_four_vector_has_components():
    source = "def f(p, q):\n    E, *_ = p\n    return E\n"
    assert translate(source, item("four_vector", "four_vector")) is None
    source = (
        "def f(p, q):\n    def dot(a, b):\n        return a[0]*b[0] - a[1]*b[1] - a[2]*b[2] - a[-1]*b[-1]\n"
        "    E, x, y, z = p\n    return dot(p, q) + E*z\n"
    )
    points = [{"x": (1.0, 0.2, 0.3, 0.4), "y": (2.0, 0.5, -0.6, 0.7)}]
    program = translate(source, item("four_vector", "four_vector"))
    assert all(map(same, program.values(points), run(source, points)))
    assert tree.Variable("y", 3) in tree.walk(program.tree)


@pytest.mark.parametrize("point", [{"x": 3, "y": 0.5}, {"x": -2, "y": 1.5}])
@pytest.mark.parametrize(
    "body",
    [
        "return 2**x",
        "return (-1)**abs(x)*math.factorial(abs(x))",
        "return Fraction(x + 7, 3) - 1",
        "return x/2",
        "return 10**20*x + 1",
        "return 7 if x == 3 else 8",
        "return Fraction(1, 3)*y",
        "return sp.Integer(x)**2",
    ],
)
def test_whole_numbers_stay_exact(body, point):
    source = f"{HEAD}from fractions import Fraction\ndef f(x, y):\n    {body}\n"
    program = translate(source, item("integer", "real"))
    assert all(map(same, program.values([point]), run(source, [point])))


def test_collections_are_returned_as_they_are():
    body = "def f(x, y):\n    c, s = np.cos(x), np.sin(x)\n    return {}\n"
    for text in ("(c, [1, s])", "np.array([[c, s], [-s, 0]])", "list((c, s))", "'a' if c > 2 else 'b'", "x > 1", "()"):
        source = HEAD + body.format(text)
        assert _shape(translate(source, item("positive", "positive")).values(POINTS)[0]) == _shape(
            run(source, POINTS)[0]
        )


def _shape(value):
    if isinstance(value, Scalar):
        return value.bits
    return value if isinstance(value, bool | str) else (value.form, *map(_shape, value.items))


def test_an_exact_answer_gets_no_figures_from_sympy():
    exact = contract(entry_point="f", symbols=[symbol("x")], gold=expression("x"), tolerance={"kind": "exact"})
    program = translate("import sympy\ndef f(x):\n    return sympy.pi*x\n", exact)
    assert program.values([{"x": 2.0}]) is None


numbers = st.sampled_from(["x", "y", "n", "z", "2", "0.5", "3", "1.25", "math.pi", "1j", "np.pi"])
operators = st.sampled_from(["+", "-", "*", "/", "**"])
calls = st.sampled_from(
    "math.sqrt math.log math.exp math.atan np.sqrt np.tanh np.arcsin cmath.sqrt cmath.log cmath.exp abs np.abs sp.sqrt "
    "sp.log sp.cos mp.sqrt mp.log mp.gamma special.gamma special.spence np.real np.conj math.asin cmath.atan float "
    "complex helper special.erf np.angle".split()
)


def _larger(inner):
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        st.tuples(calls, inner).map(lambda parts: f"{parts[0]}({parts[1]})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} if abs({parts[1]}) > 0.8 else {parts[2]})"),
    )


formulas = st.recursive(numbers, _larger, max_leaves=6)
statements = st.one_of(
    formulas.map(lambda text: f"x = {text}"),
    st.tuples(formulas, formulas).map(lambda pair: f"x, y = {pair[0]}, {pair[1]}"),
    st.tuples(st.sampled_from("xyz"), st.sampled_from("+-*/"), formulas).map(lambda p: f"{p[0]} {p[1]}= {p[2]}"),
    formulas.map(lambda text: f"if n > 1:\n        z = {text}\n    else:\n        y = 2*x"),
)
sources = st.tuples(st.lists(statements, max_size=3), formulas).map(
    lambda parts: (
        f"{HEAD}def helper(t):\n    s = t*t\n    return s - 1\n\ndef f(x, y, z, n):\n    "
        + "\n    ".join([*parts[0], f"return {parts[1]}"])
        + "\n"
    )
)
QUARTET = [
    {"x": 0.37, "y": 2.1, "z": 0.4 - 0.8j, "n": 3},
    {"x": 1.6, "y": -0.45, "z": -1.2 + 0.3j, "n": -1},
]


@given(sources)
@settings(max_examples=80, deadline=None)
def test_any_program_has_the_values_of_its_run_or_none(source):
    symbols = [
        symbol(name, domain) for name, domain in zip("xyzn", ("positive", "real", "complex", "integer"), strict=True)
    ]
    program = translate(source, contract(entry_point="f", symbols=symbols, gold=expression("x")))
    assert program is not None
    for point in QUARTET:
        found = program.values([point])
        if found is not None:
            [expected] = run(source, [point])
            assert abs(found[0].ball - expected.ball) <= abs(expected.ball) * 1e-9 + 1e-12


def demo_items():
    for path in sorted((Path(qftapp.demo.__file__).parent / "items").glob("*.toml")):
        yield from tomllib.loads(path.read_text())["items"]


def test_demo_golds_have_the_values_of_their_runs():
    translated = 0
    for entry in demo_items():
        given = Contract.from_json({"schema": 1, **entry["contract"]})
        program = translate(given.gold.source, given) if given.gold.is_python else None
        points = sample(given, 6, seed=1)
        if program and (found := program.values(points)) is not None:
            translated += 1
            expected = run(given.gold.source, points, given.entry_point)
            assert compare(given, expected, found).match is Match.EQUAL, entry["slug"]
    assert translated >= 40


ARGUMENTS = {
    "real": [0.3, 1.7, -0.6, 2.9],
    "complex": [0.4 - 0.9j, -1.3 + 0.2j, 1.1 + 2j, -0.7 - 0.1j],
    "integer": [2, 3, -1, 1],
}
MODULES = {name: name for name in ("math", "cmath", "numpy", "sympy", "mpmath")} | {"scipy": "scipy.special"}


@pytest.mark.parametrize("library", MODULES)
def test_every_function_is_that_of_its_library(library):
    jobs, found = [], []
    for name in sorted(libraries.names_of(library)):
        function = libraries.function(library, name)
        for count in range(function.fewest, min(function.most, 4) + 1):
            for kinds in {
                ("real",) * count,
                ("complex",) * count,
                ("integer",) * count,
                ("integer", *("real",) * (count - 1)),
            }:
                given = item(*kinds)
                call = f"q.{name}({', '.join(given.names)})"
                source = f"import {MODULES[library]} as q\ndef f({', '.join(given.names)}):\n    return {call}\n"
                for turn in range(4):
                    point = {
                        key: ARGUMENTS[kind][(turn + place) % 4]
                        for place, (key, kind) in enumerate(zip(given.names, kinds, strict=True))
                    }
                    values = translate(source, given).values([point])
                    if values is not None:
                        jobs.append((source, [point]))
                        found.append((call, point, values[0]))
    executions = [values_of(execution) for execution in run_python(jobs, "f", 100)]
    for (call, point, value), execution in zip(found, executions, strict=True):
        assert execution.values[0].ball.overlaps(value.ball) or bool(
            abs(execution.values[0].ball - value.ball) <= abs(value.ball) * 1e-9
        ), (call, point)
    assert len(found) > 20


@pytest.mark.parametrize("doubling", ["x = x + x", "x = x*x", "x = (x, x)[0] - x/x"])
def test_what_doubles_at_every_step_takes_no_room(doubling):
    source = "def f(x):\n" + f"    {doubling}\n" * 30 + "    return x\n"
    program = translate(source, item("positive"))
    assert program.tree is None
    assert program.values([{"x": 1.0}]) is None or same(program.values([{"x": 1.0}])[0], run(source, [{"x": 1.0}])[0])


def test_values_are_those_of_the_exact_formula():
    source = "import math\ndef f(x):\n    return (1 - math.cos(x))/x**2\n"
    [value] = translate(source, item("positive")).values([{"x": 1e-7}])
    assert math.isclose(float(value.ball.real.mid()), 0.5, rel_tol=1e-12)
    assert value.bits == 53
