"""Integrals over a real variable: with a proven error bound where the integrand permits it, else with an estimate."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

from flint import acb, arb, ctx

from qftapp.verification.functions import NAN, Ball, Undecided

Integrand = Callable[[Ball, bool], Ball]
"""The value at a place of the path; with True, of a function that is analytic in the whole ball, else not finite."""
Node = tuple[float, arb, arb]
"""A step from the middle, the place there, and its weight."""
Switch = Callable[[Ball], Sequence[Ball]]
"""Numbers whose sign changes where the integrand may have a singularity or a kink."""

MOST_EVALUATIONS = 400
"""Evaluations that the proven quadrature may take to reach 80 bits."""
_SLACK = 2**12
_GRID, _COARSE_GRID = 37, 9
_FEWEST, _FINEST = 3, 7
_SHORTEST, _LONGEST = 3.0, 7.5
_ORDERS = (12, 24, 48, 96, 192)
"""Places at which a smooth integrand is looked at."""
_PLACE_BITS = 1_200
"""Bits of a place: enough to tell the last node from the end of the path."""
_NEAR_ENDS = (acb(arb(2.0**-41, 2.0**-41)), acb(1 - arb(2.0**-41, 2.0**-41)))
"""An interval at each end, in which a singularity there lies."""


def proven(integrand: Integrand, bits: int, size: arb, is_exact: bool) -> Ball:
    """Return the integral from 0 to 1 to about `bits`, with a rigorous error bound; not finite if that fails.

    Adaptive Gauß-Legendre quadrature of Arb; it cannot succeed where the integrand is singular on the path. The
    integrand is about as large as `size`; where it is not `is_exact` itself, no accuracy can be asked for.
    """
    failures: list[Exception] = []

    def guarded(place: Ball, is_analytic: bool) -> Ball:
        # An exception must not pass through the library.
        if failures:
            return NAN
        try:
            return integrand(place, bool(is_analytic))
        except Undecided:
            return NAN
        except Exception as error:
            failures.append(error)
            return NAN

    total = NAN
    if not (is_exact and any(not guarded(end, False).is_finite() for end in _NEAR_ENDS)):
        share = arb(2) ** -bits
        smallest = (size if 0 < size < arb.pos_inf() else arb(1)) * share
        total = acb.integral(
            guarded, 0, 1, rel_tol=share, abs_tol=smallest, eval_limit=MOST_EVALUATIONS * (bits + 80) // 160
        )
        if is_exact and not total.rad() <= smallest.max(total.abs_upper() * share) * _SLACK:
            total = NAN
    if failures:
        raise failures[0]
    return total


def smooth(integrand: Callable[[Sequence[Ball]], Sequence[Ball]], bits: int) -> Ball:
    """Return the integral from 0 to 1 to about `bits`, not finite where the integrand does not look smooth.

    Gauß-Legendre quadrature of ever higher orders, each of which doubles the digits while singularities keep away from
    the path. The error bound is estimated as that of `estimated`.
    """
    before = NAN
    for order in _ORDERS:
        places, weights = _gauss(order)
        terms = [value * weight for value, weight in zip(integrand(places), weights, strict=True)]
        total, size = sum(terms, acb(0)), sum(map(abs, terms), arb(0))
        if not total.is_finite():
            return NAN
        change = total - before
        error = _error(change, size)
        if error <= size * arb(2) ** -bits:
            return _within(total, error)
        if order > _ORDERS[0] and not change.abs_upper() <= size * arb(2) ** -(order // 4):
            return NAN
        before = total
    return NAN


@lru_cache(maxsize=len(_ORDERS))
def _gauss(order: int) -> tuple[tuple[Ball, ...], tuple[arb, ...]]:
    """Return the places of an order in (0, 1), the outermost first, and their weights."""
    with ctx.workprec(_PLACE_BITS):
        nodes = [arb.legendre_p_root(order, n, weight=True) for n in range(order)]
        return tuple(acb(((1 + root) / 2).mid()) for root, _ in nodes), tuple(weight / 2 for _, weight in nodes)


def estimated(integrand: Callable[[Ball], Ball], switch: Switch, bits: int, *, is_half_line: bool = False) -> Ball:
    """Return the integral from 0 to 1, or to infinity, to about `bits`. Raises Undecided if it does not converge.

    Double exponential quadrature between the zeros of the switches, where singularities do no harm. The error bound is
    an estimate: with relative differences d of the last two refinements, each of which doubles the digits, d^(3/2).
    """
    places = _crossings(switch, is_half_line)
    total = acb(0)
    low = arb(0)
    for high in places if is_half_line else [*places, arb(1)]:
        total = total + _summed(_on_piece(integrand, low, high - low), False, bits)
        low = high
    return total + _summed(_on_piece(integrand, low, arb(1)), True, bits) if is_half_line else total


def _on_piece(integrand: Callable[[Ball], Ball], low: arb, width: arb) -> Callable[[arb], Ball]:
    def at(place: arb) -> Ball:
        with ctx.workprec(_PLACE_BITS):
            shifted = acb((low + width * place).mid())
        return integrand(shifted) * width

    return at


def _summed(integrand: Callable[[arb], Ball], is_half_line: bool, bits: int) -> Ball:
    """Return the sum over ever finer nodes, as soon as two of them agree."""
    _, place, weight = _centre(is_half_line)
    total = integrand(place) * weight
    size = abs(total)
    reach = []
    for sign in (1, -1):
        part, part_size, end = _to_the_end(integrand, _nodes(0, sign, is_half_line), size, bits)
        total, size = total + part, size + part_size
        reach.append((sign, end))
    before = total / 2
    for level in range(1, _FINEST):
        for sign, end in reach:
            for step, place, weight in _nodes(level, sign, is_half_line):
                if step > end:
                    break
                term = integrand(place) * weight
                total, size = total + term, size + abs(term)
        result = total * arb(0.5) ** (level + 1)
        error = _error(result - before, size * arb(0.5) ** (level + 1))
        if level >= _FEWEST and error <= size * arb(2) ** -bits:
            return _within(result, error)
        before = result
    raise Undecided


def _to_the_end(
    integrand: Callable[[arb], Ball], nodes: Sequence[Node], size: arb, bits: int
) -> tuple[Ball, arb, float]:
    """Return the sum on one side as far as its terms count, that of their moduli, and how far that is."""
    total, sizes, quiet = acb(0), arb(0), 0
    for step, place, weight in nodes:
        term = integrand(place) * weight
        if not term.is_finite() and quiet and step >= _SHORTEST:
            return total, sizes, step - nodes[0][0]
        total, sizes = total + term, sizes + abs(term)
        quiet = quiet + 1 if abs(term) <= (size + sizes) * arb(2) ** -(bits + 10) else 0
        if quiet >= 2 and step >= _SHORTEST:
            return total, sizes, step
    raise Undecided


def _error(change: Ball, size: arb) -> arb:
    """Return the estimated error after a refinement that changed the result; not finite without a result."""
    if size == 0:
        return abs(change)
    share = change.abs_upper() / size
    return size * (share * share.sqrt()).upper()


def _within(result: Ball, error: arb) -> Ball:
    return acb(_widened(result.real, error), result.imag if result.imag == 0 else _widened(result.imag, error))


def _widened(part: arb, error: arb) -> arb:
    return part + arb(0, error.abs_upper())


@lru_cache(maxsize=256)
def _nodes(level: int, sign: int, is_half_line: bool) -> tuple[Node, ...]:
    """Return the nodes that a level adds on one side, from the middle outwards."""
    width = 0.5 ** (level + 1)
    first, stride = (1, 1) if level == 0 else (1, 2)
    return tuple(_node(n * width, sign, is_half_line) for n in range(first, int(_LONGEST / width), stride))


@lru_cache(maxsize=2)
def _centre(is_half_line: bool) -> Node:
    return _node(0.0, 1, is_half_line)


def _node(step: float, sign: int, is_half_line: bool) -> Node:
    """Return where a node lies in (0, 1), or in (0, ∞), and its weight."""
    with ctx.workprec(_PLACE_BITS):
        t = arb(step) * sign
        if is_half_line:
            place = (t.sinh() * arb.pi() / 2).exp()
            return step, place.mid(), (place * t.cosh() * arb.pi() / 2).mid()
        rest = (-t.sinh() * arb.pi()).exp()
        return step, (1 / (1 + rest)).mid(), (rest / (1 + rest) ** 2 * t.cosh() * arb.pi()).mid()


def changes(switch: Switch) -> bool:
    """Whether a switch is seen to change its sign between 0 and 1."""
    rows = ([_sign(ball) for ball in switch(acb((n + 0.391) / _COARSE_GRID))] for n in range(_COARSE_GRID))
    return any(
        before * after < 0 for row, following in pairwise(rows) for before, after in zip(row, following, strict=True)
    )


def _crossings(switch: Switch, is_half_line: bool) -> list[arb]:
    """Return the places where a switch changes its sign, in order."""
    grid = [arb(n + 0.391) / _GRID for n in range(_GRID)]
    if is_half_line:
        grid = [place / (1 - place) for place in grid]
    rows = [[_sign(ball) for ball in switch(acb(place))] for place in grid]
    found: list[arb] = []
    for n, (row, following) in enumerate(pairwise(rows)):
        for k, (before, after) in enumerate(zip(row, following, strict=True)):
            if before * after < 0:
                found.append(_crossing(_part(switch, k), grid[n], grid[n + 1]))
    return sorted(set(found))


def _part(switch: Switch, number: int) -> Callable[[arb], arb]:
    return lambda place: switch(acb(place))[number].real.mid()


def _sign(ball: Ball) -> int:
    return 1 if ball.real > 0 else -1 if ball.real < 0 else 0


def _crossing(function: Callable[[arb], arb], low: arb, high: arb) -> arb:
    """Return the zero between two places at which a function has opposite signs (Illinois method)."""
    left, right = function(low), function(high)
    smallest = arb(2) ** (16 - int(ctx.prec))
    for _ in range(80):
        place = ((low * right - high * left) / (right - left)).mid()
        value = function(place)
        if not value.is_finite() or value == 0 or abs(place - high) <= smallest * abs(place):
            return place
        if value * right < 0:
            low, left = high, right
        else:
            left = left / 2
        high, right = place, value
    return high
