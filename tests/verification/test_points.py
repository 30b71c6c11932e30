"""Points lie where the contract says, spread over signs and magnitudes, the same for the same seed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qftapp.verification.points import NoPoints, sample
from tests.verification.builders import contract, expression, symbol


def points(symbols, assumptions=(), count=10, seed=1):
    gold = expression(" + ".join(f"{s['name']}[0]" if s["domain"] == "four_vector" else s["name"] for s in symbols))
    return sample(contract(symbols=symbols, assumptions=list(assumptions), gold=gold), count, seed)


def test_same_seed_gives_the_same_points_and_another_seed_others():
    symbols = [symbol("x"), symbol("z", "complex"), symbol("n", "integer")]
    assert points(symbols, seed=7) == points(symbols, seed=7)
    assert points(symbols, seed=7) != points(symbols, seed=8)


def test_points_differ_from_each_other():
    found = points([symbol("n", "natural", high=30)], count=10)
    assert len({point["n"] for point in found}) == 10


def test_real_symbol_takes_both_signs_and_several_magnitudes():
    values = [point["x"] for point in points([symbol("x")])]
    assert {value > 0 for value in values} == {True, False}
    assert min(map(abs, values)) < 0.35 < 2.5 < max(map(abs, values))


def test_complex_symbol_visits_every_quadrant_and_no_axis():
    values = [point["z"] for point in points([symbol("z", "complex")])]
    assert {(value.real > 0, value.imag > 0) for value in values} == {
        (a, b) for a in (True, False) for b in (True, False)
    }
    assert all(abs(value.real) > 0.1 * abs(value) < 10 * abs(value.imag) for value in values)


def test_four_vector_is_four_real_components():
    value = points([symbol("p", "four_vector")])[0]["p"]
    assert len(value) == 4
    assert all(isinstance(part, float) for part in value)


@pytest.mark.parametrize("domain", ["integer", "natural"])
def test_integer_is_an_integer(domain):
    assert all(type(point["n"]) is int for point in points([symbol("n", domain)]))


def test_small_integer_domain_is_exhausted():
    assert sorted(point["n"] for point in points([symbol("n", "natural", high=3, exclude=[2])])) == [1, 3]


@given(st.floats(-50, 50), st.floats(0.1, 50), st.integers(0, 1000))
def test_bounds_are_respected(low, width, seed):
    found = points([symbol("x", low=low, high=low + width)], seed=seed)
    assert len(found) == 10
    assert all(low <= point["x"] <= low + width for point in found)


def test_excluded_values_are_kept_clear_of():
    found = points([symbol("x", low=0.9, high=1.1, exclude=[1.0])], count=30)
    assert all(abs(point["x"] - 1) > 1e-3 for point in found)


@pytest.mark.parametrize(
    ("names", "assumption", "holds"),
    [
        ("sm", "s > 4*m**2", lambda p: p["s"] > 4 * p["m"] ** 2),
        ("sm", "4*m**2 < s", lambda p: p["s"] > 4 * p["m"] ** 2),
        ("abcdef", "a > b > c > d > e > f", lambda p: p["a"] > p["b"] > p["c"] > p["d"] > p["e"] > p["f"]),
        ("ab", "a > 1 and b < a/2", lambda p: p["a"] > 1 and p["b"] < p["a"] / 2),
        ("ab", "a**2 + b**2 < 1", lambda p: p["a"] ** 2 + p["b"] ** 2 < 1),
        ("ab", "a != b", lambda p: p["a"] != p["b"]),
    ],
)
def test_assumptions_hold_at_every_point(names, assumption, holds):
    found = points([symbol(name, "positive") for name in names], [assumption])
    assert len(found) == 10
    assert all(map(holds, found))


def test_contradictory_assumptions_are_named():
    with pytest.raises(NoPoints, match=r"no point satisfies the assumptions in 400 tries; most often “b > a” fails"):
        points([symbol("a", "positive"), symbol("b", "positive")], ["a > b", "b > a"])


def test_answer_without_symbols_has_one_empty_point():
    assert sample(contract(symbols=[], constant=True, gold=expression("pi")), 10, 1) == ({},)


def test_complex_symbol_takes_small_and_large_moduli():
    sizes = [abs(point["z"]) for point in points([symbol("z", "complex")])]
    assert min(sizes) < 0.35 < 2.5 < max(sizes)


@pytest.mark.parametrize("seed", range(20))
def test_four_vector_is_timelike_of_either_energy_and_spacelike(seed):
    found = [point["p"] for point in points([symbol("p", "four_vector")], seed=seed)]
    squares = [p[0] ** 2 - p[1] ** 2 - p[2] ** 2 - p[3] ** 2 for p in found]
    assert {p[0] > 0 for p, square in zip(found, squares, strict=True) if square > 0} == {True, False}
    assert min(squares) < 0


def test_bounds_of_a_four_vector_hold_for_every_component():
    found = points([symbol("p", "four_vector", low=-1, high=1)])
    assert all(-1 <= part <= 1 for point in found for part in point["p"])
