"""The integrals of an expression tree, nested ones too, over numbers, tensors and γ-matrices."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from flint import acb, arb, ctx

from qftapp.verification import columns, functions, quadrature, tree
from qftapp.verification.functions import NAN, Ball, Undecided
from qftapp.verification.integrands import integrand_of
from qftapp.verification.lazily import lazily
from qftapp.verification.lorentz import Tensor, Term
from qftapp.verification.scope import EXACTLY, Compile, Run, Scope
from qftapp.verification.tree import Node

_GENERIC = 0.2113
_SPARE_BITS = 8
_STRETCHES = tuple(acb(arb((n + 0.5) / 8, 1 / 16)) for n in range(8))
"""Every place from 0 to 1."""


def integrals_deep(node: Node) -> int:
    """Return how many integrals stand inside one another."""
    deepest = max(map(integrals_deep, tree.children(node)), default=0)
    return deepest + isinstance(node, tree.Integral)


class _Parts:
    """An integral made ready by `compiled`, with its numbers to the precision of the moment when they are needed.

    What `columns` can do of it needs no function of its integrand.
    """

    def __init__(self, node: tree.Integral, compiled: Compile) -> None:
        integrand = integrand_of(node)
        self.node, self.compiled, self.integrand = node, compiled, integrand
        self.inner = tuple(_Parts(inner, compiled) for inner in _outermost(integrand.body))
        self.low, self.high = compiled(node.low), compiled(node.high)
        self.fixed = tuple((name, compiled(part)) for name, part in integrand.fixed)

    @lazily
    def body(self) -> Run:
        """The integrand."""
        return self.compiled(self.integrand.body)

    @lazily
    def switches(self) -> tuple[Run, ...]:
        """The switches of the integrand."""
        return tuple(map(self.compiled, self.integrand.switches))

    def anew(self) -> "_Parts":
        """Return the same parts, with numbers to the present precision."""
        return _Parts(self.node, self.compiled)


def _outermost(node: Node) -> Iterator[tree.Integral]:
    """Yield the integrals in a tree that stand in no other."""
    if isinstance(node, tree.Integral):
        yield node
    else:
        for part in tree.children(node):
            yield from _outermost(part)


def compiled_integral(node: tree.Integral, compiled: Compile) -> Run:
    """Return the function that gives an integral, not finite where its bounds are not real.

    It raises Undecided if the integral cannot be computed.
    """
    parts = _Parts(node, compiled)
    return lambda scope: _integral(parts, scope)


def _integral(parts: _Parts, scope: Scope) -> Term:
    scope.check()
    if parts.inner:
        # Fewer bits of nested ones: each takes the work of the inner one as often as it looks at its integrand.
        scope.work.goal, scope.work.is_estimate = min(scope.work.goal, ctx.prec // 4 + 12), True
    low, high = _number(parts.low(scope)), _number(parts.high(scope))
    if scope.on_path is None and not (functions.is_real(low) and functions.is_real(high)):
        return NAN
    if low.is_finite() and high.is_finite():
        return _along(_Path(parts, scope))
    if scope.on_path is not None:
        return NAN
    middle = low if low.is_finite() else high if high.is_finite() else acb(0)
    ways = [
        direction for direction, bound, end in ((1, high, arb.pos_inf()), (-1, low, arb.neg_inf())) if bound.real == end
    ]
    if len(ways) != 2 - low.is_finite() - high.is_finite():
        return NAN
    halves = [_along(_Path(parts, scope, middle, direction)) for direction in ways]
    halves = [_times(half, acb(direction)) for half, direction in zip(halves, ways, strict=True)]
    return halves[0] if len(halves) == 1 else halves[0] + halves[1]


def _number(term: Term) -> Ball:
    return NAN if isinstance(term, Tensor) else term


def _times(term: Term, factor: Ball) -> Term:
    return term.times(factor) if isinstance(term, Tensor) else term * factor


class _Path:
    """The way of the variable of an integral, as it is seen from a scope.

    From the lower to the upper bound, or from a `start` to infinity, where `direction` is 1 or −1.
    """

    def __init__(self, parts: _Parts, scope: Scope, start: Ball | None = None, direction: int = 1) -> None:
        self.parts, self.scope = parts, scope
        self.start, self.direction = start, direction
        if start is None:
            self.low = _number(parts.low(scope))
            self.step = _number(parts.high(scope)) - self.low
        else:
            self.low, self.step = start, acb(direction)
        self.point = {**scope.point, **{name: part(scope) for name, part in parts.fixed}}

    def at(self, place: Ball, *, is_analytic: bool = False) -> Scope:
        """Return the scope at a place between 0 and 1, or 0 and infinity."""
        scope = self.scope
        scope.check()
        scope.work.take_places(1)
        point = {**self.point, self.parts.integrand.variable: self.low + self.step * place}
        on_path = None
        if is_analytic or scope.on_path is not None:
            on_path = partial(self._on_path, place)
        bits = min(scope.bits, _bits(place)) if self.parts.inner else scope.bits
        return Scope(point, scope.stop_at, scope.spacetime, scope.work, bits, on_path)

    def _on_path(self, place: Ball) -> Scope:
        return self._proper.at(acb(place.real))

    @lazily
    def _proper(self) -> "_Path":
        """The path with the variables of the integrals around this one on their own paths."""
        if self.scope.on_path is None:
            return self
        return _Path(self.parts, self.scope.on_path(), self.start, self.direction)

    def again(self) -> "_Path":
        """Return the path computed anew, at the present precision."""
        return _Path(self.parts.anew(), self.scope, self.start, self.direction)

    def value(self, place: Ball, *, is_analytic: bool = False) -> Term:
        """Return the integrand, as it is to be integrated over the place."""
        return _times(self.parts.body(self.at(place, is_analytic=is_analytic)), self.step)

    def values(self, places: Sequence[Ball]) -> Sequence[Term]:
        """Return the integrand at many places, all at once where it is plain."""
        found = None if self.parts.inner else self._columns(self.parts.integrand.body, places)
        if found is None:
            return [self.value(place) for place in places]
        return [value * self.step for value in found]

    def _columns(self, node: Node, places: Sequence[Ball]) -> list[Ball] | None:
        """Return a part of the integrand at many places where it is plain, else None."""
        scope = self.scope
        if scope.on_path is not None:
            return None
        scope.check()
        balls = [self.low + self.step * place for place in places]
        found = columns.along(node, self.point, self.parts.integrand.variable, balls, scope.stop_at)
        if found is not None:
            scope.work.take_places(len(places))
        return found

    def switches(self, place: Ball) -> Sequence[Ball]:
        """Return the numbers whose zeros are singularities or kinks."""
        if not self.parts.integrand.switches:
            return ()
        scope = self.at(place)
        return [_number(run(scope)) for run in self.parts.switches]

    def is_smooth(self) -> bool:
        """Whether the path is finite and certainly free of kinks and branch points, inside inner integrals too."""
        integrand = self.parts.integrand
        if self.start is not None or not integrand.is_covered:
            return False
        if not self.parts.inner:
            seen = [self._columns(switch, _STRETCHES) for switch in integrand.switches]
            if None not in seen:
                return all(_keeps_side(ball) for balls in seen for ball in balls or ())
        return all(map(self._is_clear, _STRETCHES))

    def _is_clear(self, stretch: Ball) -> bool:
        try:
            scope = self.at(stretch)
            if not all(_keeps_side(run(scope)) for run in self.parts.switches):
                return False
            return all(_Path(inner, scope).is_smooth() for inner in self.parts.inner)
        except Undecided:
            return False


def _keeps_side(switch: Term) -> bool:
    """Whether a ball keeps clear of 0 and of the negative axis, or lies on that."""
    if isinstance(switch, Tensor):
        return False
    return bool(switch.real > 0 or (switch.real < 0 and (switch.imag == 0 or not switch.imag.contains(0))))


def _bits(place: Ball) -> int:
    radius = float(place.rad())
    return -math.frexp(radius)[1] if radius else EXACTLY


def _along(path: _Path) -> Term:
    """Return the integral along a path, of a tensor component by component."""
    (sample,) = path.values([acb(_GENERIC)])
    if not isinstance(sample, Tensor):
        return _integrated(path, _number, sample.abs_upper())

    def component(key: tuple[int, ...]) -> Ball:
        def pick(term: Term) -> Ball:
            return term.entries.get(key, acb(0)) if isinstance(term, Tensor) else NAN

        return _integrated(path, pick, sample.entries[key].abs_upper())

    return Tensor(sample.indices, sample.is_matrix, {key: component(key) for key in sample.entries})


def _integrated(path: _Path, pick: Callable[[Term], Ball], size: arb) -> Ball:
    """Return the integral of a number that is picked from the integrand, which is about as large as `size`."""
    goal = path.scope.work.goal
    # Within a ball that surrounds a part of an outer path, or an interval of it, the width of that is all that matters.
    is_exact = path.scope.bits > goal
    if path.scope.work.is_estimate and is_exact and path.is_smooth():
        total = quadrature.smooth(lambda places: [*map(pick, path.values(places))], goal)
        if total.is_finite():
            return total
    elif path.start is None and not (is_exact and path.parts.integrand.switches and quadrature.changes(path.switches)):
        bits = goal if is_exact else max(path.scope.bits, 0) + _SPARE_BITS
        total = quadrature.proven(lambda place, flag: pick(path.value(place, is_analytic=flag)), bits, size, is_exact)
        if total.is_finite():
            return total
    if path.scope.on_path is not None or not is_exact:
        return NAN
    with ctx.workprec(max(ctx.prec, 4 * goal)):
        finer = path.again()
        return quadrature.estimated(
            lambda place: pick(finer.value(place)), finer.switches, goal, is_half_line=path.start is not None
        )
