"""How balls pass through the functions of an expression."""

import pytest
from flint import acb

from qftapp.verification.functions import LARGE, Undecided, call

FAR = acb(3e5, 1e9)


@pytest.mark.parametrize(
    ("name", "arguments", "value"),
    [
        ("legendre", [2], (3 * FAR**2 - 1) / 2),
        ("hermite", [2], 4 * FAR**2 - 2),
        ("laguerre", [2], (FAR**2 - 4 * FAR + 2) / 2),
        ("associated_laguerre", [1, 3], 4 - FAR),
        ("gegenbauer", [2, 1], 4 * FAR**2 - 1),
        ("chebyshev_t", [2], 2 * FAR**2 - 1),
        ("chebyshev_u", [2], 4 * FAR**2 - 1),
    ],
)
def test_polynomials_of_a_whole_degree_have_values_at_any_size(name: str, arguments: list[int], value: acb) -> None:
    found = call(name, [*map(acb, arguments), FAR])

    assert found.overlaps(value)
    assert found.rel_accuracy_bits() > 40


def test_functions_of_a_degree_that_is_not_whole_stop_at_their_limit() -> None:
    with pytest.raises(Undecided):
        call("legendre", [acb(1) / 2, acb(2 * LARGE)])


def test_lost_error_bound_of_a_polynomial_is_not_taken_for_a_pole() -> None:
    with pytest.raises(Undecided):
        call("legendre", [acb(500), FAR])
