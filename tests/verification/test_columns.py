"""Values at all points at once are those at each point, ball for ball."""

import math
from collections.abc import Mapping

import pytest
from flint import acb

from qftapp.verification import columns
from qftapp.verification.closures import compiled
from qftapp.verification.evaluation import USUAL, evaluate, working_precision
from qftapp.verification.expressions import parse
from qftapp.verification.scope import Scope, Work
from qftapp.verification.solutions import evaluate_expression
from qftapp.verification.values import UNDECIDED, Collection, Coordinate, Scalar

POINTS: list[Mapping[str, Coordinate]] = [
    {"x": 1.37, "n": 3, "z": complex(0.3, -1.2), "p": (2.5, 0.1, -0.7, 1.9)},
    {"x": -0.21, "n": -2, "z": complex(-2.5, 0.4), "p": (-1.1, 0.6, 3.2, 0.8)},
    {"x": 12.0, "n": 7, "z": complex(0.01, 5.0), "p": (0.4, -2.0, 0.3, -0.9)},
]
NAMES = ("x", "n", "z", "p")


@pytest.mark.parametrize(
    "text",
    [
        "x**2/(16*pi) - 3*n + z",
        "sqrt(x) + x**(3/2) + x**(-1) + z**n + 2**x",
        "log(x)*exp(-z) + atan2(x, n) + log(z, 10)",
        "jv(n, 2*z) + gamma(z) + heaviside(x) + abs(z)",
        "p[0]**2 - p[1]**2 - p[2]**2 - p[3]**2",
        "1/(n - 3)",
        "E**(I*pi) + EulerGamma + 0.1",
        "asin(z)*7 + 5/3",
    ],
)
@pytest.mark.parametrize("bits", [128, 512])
def test_all_points_at_once_and_each_alone_give_the_same_balls(text: str, bits: int) -> None:
    node = parse(text, NAMES, ("p",))
    with working_precision(bits):
        found = columns.values(node, POINTS, math.inf)
        run = compiled(node)
        alone = [run(Scope(point, math.inf, USUAL, Work(bits))) for point in POINTS]
    assert found is not None
    for value, ball in zip(found, alone, strict=True):
        assert isinstance(value, Scalar)
        assert str(value.ball.mid()) == str(ball.mid())
        assert str(value.ball.rad()) == str(ball.rad())


def test_collections_and_labels_have_columns_too() -> None:
    values = columns.values(parse("(x, {1, n}, 'up')", NAMES), POINTS, math.inf)
    assert values is not None
    first = values[0]
    assert isinstance(first, Collection)
    assert first.items[2] == "up"
    assert first.items[1] == Collection("set", (Scalar(acb(1)), Scalar(acb(3))))
    assert columns.values(parse("()", NAMES), POINTS, math.inf) == [Collection("tuple", ())] * 3


@pytest.mark.parametrize("text", ["gamma(x*10**6)", "x if x > 0 else -x", "x > 0"])
def test_what_must_be_found_point_by_point_has_no_column(text: str) -> None:
    assert columns.values(parse(text, NAMES), POINTS, math.inf) is None


def test_points_behind_an_undecided_one_are_given_up() -> None:
    node = parse("gamma(x*10**6)", NAMES)
    values = evaluate_expression(node, POINTS, 128, gives_up=True).values
    assert values == (UNDECIDED,) * 3
    assert evaluate(node, POINTS[0]) == UNDECIDED


def test_column_past_its_time_is_not_finished() -> None:
    node = parse("gamma(x) + z", NAMES)
    assert columns.values(node, POINTS, stop_at=0.0) is None
    assert evaluate_expression(node, POINTS, 128, stop_at=0.0).status == "timeout"


def test_one_variable_goes_along_many_numbers() -> None:
    with working_precision(128):
        balls = [acb(n) / 4 for n in range(5)]
        found = columns.along(parse("x*n + 1", NAMES), {"n": 3}, "x", balls, math.inf)
        assert found == [ball * acb(3) + acb(1) for ball in balls]
        assert columns.along(parse("n", NAMES), {"n": 3}, "x", balls, math.inf) == [acb(3)] * 5
