"""Unknown functions as random analytic ones, unknown matrices as random ones.

A function is a sum of sines of a combination of its arguments: entire, real where it is real, every derivative exact.
There are more of them than arguments, so that no derivatives up to the third are related. Matrices are 3×3 at some
points and 4×4 at others: what holds for one size alone is no identity.
"""

import math
import operator
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce

from flint import acb, acb_mat, ctx

from qftapp.verification import tree
from qftapp.verification.differentiation import derivative
from qftapp.verification.drawn import Drawn
from qftapp.verification.functions import NAN, Ball
from qftapp.verification.lorentz import Tensor, Term, Unfit
from qftapp.verification.lorentz.tensors import DIMENSIONS, WHOLE, from_dense
from qftapp.verification.scope import Compile, Run, Scope
from qftapp.verification.symbols import Domain
from qftapp.verification.tree import Index, Node, Variable

MORE_WAVES = 3
_MARGIN = 1.2
"""How far a bounded function keeps from its bound, as a share of its swing."""


@dataclass(frozen=True, slots=True)
class _Wave:
    """amplitude · sin(Σ number·argument + phase)."""

    amplitude: complex
    numbers: tuple[float, ...]
    phase: float


@lru_cache(maxsize=4096)
def _waves(drawn: Drawn, count: int, component: int) -> tuple[_Wave, ...]:
    """Return the waves of a function of `count` numbers, of one component of a vector function."""
    source = random.Random(f"waves {drawn.seed} {component}")
    waves = []
    for _ in range(count + MORE_WAVES):
        size = source.uniform(0.4, 1.5)
        turn = source.uniform(0, 2 * math.pi) if drawn.domain is Domain.COMPLEX_FUNCTION else 0.0
        numbers = tuple(source.choice((-1, 1)) * source.uniform(0.3, 1.6) for _ in range(count))
        waves.append(_Wave(complex(size * math.cos(turn), size * math.sin(turn)), numbers, source.uniform(0, 6)))
    return tuple(waves)


_Swing = tuple[Ball, Ball]
"""Sine and cosine of the angle of a wave."""


def _swings(waves: Sequence[_Wave], arguments: Sequence[Ball]) -> list[_Swing]:
    found = []
    for wave in waves:
        angle = acb(wave.phase)
        for number, argument in zip(wave.numbers, arguments, strict=True):
            angle = angle + number * argument
        found.append((angle.sin(), angle.cos()))
    return found


@lru_cache(maxsize=256)
def _swings_at(drawn: Drawn, component: int, coordinates: tuple[float, ...], bits: int) -> list[_Swing]:
    """Return the swings at a point, to the present precision of `bits`: a wave operator asks for them many times."""
    return _swings(_waves(drawn, len(coordinates), component), [acb(part) for part in coordinates])


def _value(drawn: Drawn, swings: Sequence[_Swing], by: Sequence[int], component: int) -> Ball:
    """Return the partial derivative of a function by its arguments at the places `by`."""
    waves = _waves(drawn, len(swings) - MORE_WAVES, component)
    total = acb(0)
    for wave, (sine, cosine) in zip(waves, swings, strict=True):
        factor = wave.amplitude * (-1) ** (len(by) // 2)
        for place in by:
            factor *= wave.numbers[place]
        total = total + acb(factor.real, factor.imag) * (cosine if len(by) % 2 else sine)
    return _bounded(drawn, total, acb(sum(abs(wave.amplitude) for wave in waves)), is_derived=bool(by))


def _bounded(drawn: Drawn, value: Ball, swing: Ball, *, is_derived: bool) -> Ball:
    """Return a value between −swing and swing, moved within the bounds of the function."""
    low, high = drawn.low, drawn.high
    if low is not None and high is not None:
        value = value * (high - low) / (2 * _MARGIN) / swing
        return value if is_derived else value + (low + high) / 2
    if is_derived or (low is None and high is None):
        return value
    return value + low + _MARGIN * swing if low is not None else value + (high or 0) - _MARGIN * swing


def applied(node: tree.Applied, compile: Compile) -> Run:
    """Return what gives the value of an unknown function, a four-vector of a vector function."""
    arguments = [compile(argument) for argument in node.arguments]

    def run(scope: Scope) -> Term:
        drawn = scope.point[node.name]
        if not isinstance(drawn, Drawn):
            return NAN
        components = DIMENSIONS if drawn.domain is Domain.VECTOR_FUNCTION else (0,)
        starts, coordinates = _coordinates(node, scope)
        if coordinates:
            swings = [_swings_at(drawn, component, coordinates, ctx.prec) for component in components]
        else:
            starts, numbers = _numbers([argument(scope) for argument in arguments])
            swings = [_swings(_waves(drawn, len(numbers), component), numbers) for component in components]
        by = [starts[place] + max(part, 0) for place, part in node.by]
        balls = [_value(drawn, part, by, component) for component, part in zip(components, swings, strict=True)]
        if drawn.domain is Domain.VECTOR_FUNCTION:
            return Tensor((WHOLE,), False, {(n,): ball for n, ball in enumerate(balls)})
        return balls[0]

    return run


def _coordinates(node: tree.Applied, scope: Scope) -> tuple[list[int], tuple[float, ...]]:
    """Return where each argument begins among the coordinates, and these; none where an argument is no coordinate."""
    starts: list[int] = []
    found: list[float] = []
    for argument in node.arguments:
        value = scope.point.get(argument.name) if isinstance(argument, Variable) else None
        if isinstance(value, tuple) and isinstance(argument, Variable) and argument.index is None:
            starts.append(len(found))
            found.extend(value)
        elif isinstance(value, float):
            starts.append(len(found))
            found.append(value)
        else:
            return [], ()
    return starts, tuple(found)


def _numbers(values: Sequence[Term]) -> tuple[list[int], list[Ball]]:
    starts: list[int] = []
    numbers: list[Ball] = []
    for value in values:
        starts.append(len(numbers))
        numbers.extend(_parts(value) if isinstance(value, Tensor) else [value])
    return starts, numbers


def _parts(vector: Tensor) -> list[Ball]:
    if vector.indices != (WHOLE,):
        raise Unfit("an argument of a function is a tensor")
    return [vector.entries.get((n,), acb(0)) for n in DIMENSIONS]


def derived(node: tree.Derivative, compile: Compile) -> Run:
    """Return what gives the value of a derivative; with an index, of all its components."""
    index = node.index
    if index is None:
        return compile(derivative(node.body, Variable(node.by)))
    if index in (tree.DALEMBERT, tree.LAPLACE):
        return _second(node, compile)
    if index.is_number:
        return _component(node, index, int(index.name), compile)
    carried = {found for part in tree.walk(node.body) for found in tree.indices(part) if found.name == index.name}
    if carried:
        return _divergence(node, index, carried, compile)
    return _gradient(node, index, compile)


def _component(node: tree.Derivative, index: Index, n: int, compile: Compile) -> Run:
    part = compile(derivative(node.body, Variable(node.by, n)))
    return lambda scope: _signed(part(scope), is_kept=not index.is_upper or scope.spacetime.signature[n] > 0)


def _signed(part: Term, *, is_kept: bool) -> Term:
    if is_kept:
        return part
    return part.times(acb(-1)) if isinstance(part, Tensor) else -part


def _gradient(node: tree.Derivative, index: Index, compile: Compile) -> Run:
    parts = [_component(node, index, n, compile) for n in DIMENSIONS]

    def run(scope: Scope) -> Term:
        found = [part(scope) for part in parts]
        entries = {
            (n, *place): ball
            for n, part in enumerate(found)
            for place, ball in (part.entries if isinstance(part, Tensor) else {(): part}).items()
        }
        own = Index(index.name, index.is_upper or scope.spacetime.is_euclidean)
        like = next((part for part in found if isinstance(part, Tensor)), None)
        if like is None:
            return Tensor((own,), False, entries)
        return Tensor((own, *like.indices), like.is_matrix, entries, like.size)

    return run


def _divergence(node: tree.Derivative, index: Index, carried: set[Index], compile: Compile) -> Run:
    """Return the sum over an index that the body carries too, without the components that are not summed."""
    picked = [tree.Derivative(_picked(node.body, index.name, n), node.by, index) for n in DIMENSIONS]
    parts = [_component(one, index, n, compile) for n, one in enumerate(picked)]

    def run(scope: Scope) -> Term:
        if index in carried and not scope.spacetime.is_euclidean:
            raise Unfit("two equal indices stand at one height")
        return reduce(operator.add, [part(scope) for part in parts])

    return run


@lru_cache(maxsize=1024)
def _picked(node: Node, name: str, n: int) -> Node:
    """Return a tree with a number in place of an index."""
    changed = tree.rebuilt(node, tuple(_picked(part, name, n) for part in tree.children(node)))
    match changed:
        case tree.Indexed(tensor, indices):
            return tree.Indexed(tensor, tuple(Index(str(n), i.is_upper) if i.name == name else i for i in indices))
        case tree.Derivative(body, by, Index(found, is_upper)) if found == name:
            return tree.Derivative(body, by, Index(str(n), is_upper))
    return changed


def _second(node: tree.Derivative, compile: Compile) -> Run:
    """Return the sum of the second derivatives by components of a four-vector, with the signs of the metric or not."""
    is_wave = node.index == tree.DALEMBERT
    components = DIMENSIONS if is_wave else DIMENSIONS[1:]
    bys = [Variable(node.by, n) for n in components]
    parts = [compile(derivative(derivative(node.body, by), by)) for by in bys]

    def run(scope: Scope) -> Term:
        signs = [not is_wave or scope.spacetime.signature[n] > 0 for n in components]
        terms = [_signed(part(scope), is_kept=kept) for part, kept in zip(parts, signs, strict=True)]
        return reduce(operator.add, terms)

    return run


def matrix(node: tree.Matrix) -> Run:
    """Return what gives a declared matrix; all of a point have one size."""

    def run(scope: Scope) -> Term:
        drawn = scope.point[node.name]
        if not isinstance(drawn, Drawn):
            return NAN
        others = [other for other in scope.point.values() if isinstance(other, Drawn) and other.domain.is_matrix]
        return _matrix(drawn, 3 + sum(other.seed for other in others) % 2, ctx.prec)

    return run


@lru_cache(maxsize=1024)
def _matrix(drawn: Drawn, size: int, bits: int) -> Tensor:
    source = random.Random(f"matrix {drawn.seed}")
    any_one = acb_mat([[acb(source.uniform(-1, 1), source.uniform(-1, 1)) for _ in range(size)] for _ in range(size)])
    adjoint = any_one.transpose().conjugate()
    hermitian = (any_one + adjoint) * (acb(1) / 2)
    match drawn.domain:
        case Domain.HERMITIAN_MATRIX:
            return from_dense(hermitian)
        case Domain.ANTIHERMITIAN_MATRIX:
            return from_dense(hermitian * acb(0, 1))
        case Domain.UNITARY_MATRIX:  # Cayley
            one = acb_mat(size, size, [int(n % (size + 1) == 0) for n in range(size * size)])
            return from_dense((one - hermitian * acb(0, 1)) * (one + hermitian * acb(0, 1)).inv())
    return from_dense(any_one)
