"""Points at which one term of gold outweighs the others: there an error in it cannot hide behind a larger term.

Only an answer that is near gold without being equal to it is looked at again. For each term of each sum in gold the
point is taken, of many, where its share |t_i|/Σ|t_j| is greatest while the terms do not cancel.
"""

import time
from collections.abc import Iterator, Sequence

from qftapp.verification import tree
from qftapp.verification.contract import Contract
from qftapp.verification.evaluation import Evaluator, TooSlow, evaluator
from qftapp.verification.kinds import leaves
from qftapp.verification.lorentz import Spacetime
from qftapp.verification.points import NoPoints, sample
from qftapp.verification.second_look import seed_after
from qftapp.verification.tree import Node
from qftapp.verification.values import Point, Scalar, Value

CANDIDATES = 40
"""Points of which those are taken where a term matters."""
MOST_TERMS = 16
SECONDS = 0.5
FLOATING = 1e-11
"""A relative difference that rounding in floating arithmetic may make: such an answer is equal to gold."""
UNCANCELLED = 0.2
"""What must be left of the sum of all sizes where terms have different signs."""


def is_only_near(gold: Sequence[Value], answer: Sequence[Value]) -> bool:
    """Whether an answer that agrees with gold does so by the tolerance alone, at some point."""
    return any(_apart(*pair) > FLOATING for pair in zip(gold, answer, strict=True))


def _apart(gold: Value, answer: Value) -> float:
    """Return the greatest relative difference of two values of one shape, 0 for others."""
    pairs = list(zip(leaves(gold), leaves(answer), strict=False))
    return max((_relative(g, a) for g, a in pairs if isinstance(g, Scalar) and isinstance(a, Scalar)), default=0.0)


def _relative(gold: Scalar, answer: Scalar) -> float:
    size = abs(gold.ball)
    return 0.0 if size.contains(0) else float((abs(answer.ball - gold.ball) / size).mid())


def telling_points(contract: Contract, gold: Node, points: Sequence[Point], seconds: float) -> tuple[Point, ...]:
    """Return further points, one for each term of a sum in gold, that the points of the verdict decide."""
    stop_at = time.monotonic() + min(seconds, SECONDS)
    spacetime = Spacetime.of(contract.conventions)
    sums = [
        [evaluator(term, spacetime=spacetime) for term in terms] for terms in _sums(gold, frozenset(contract.names))
    ]
    if not sums:
        return ()
    try:
        candidates = sample(contract, CANDIDATES, seed_after(points))
        return tuple(_chosen(sums, candidates, stop_at))
    except (NoPoints, TooSlow):
        return ()


def _sums(node: Node, names: frozenset[str]) -> Iterator[tuple[Node, ...]]:
    """Yield the terms of every sum that stands in no integral and depends on symbols."""
    count = 0
    waiting = [node]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, tree.Integral | tree.Series | tree.Derivative):
            continue
        if isinstance(part, tree.Sum) and tree.variables(part) and tree.variables(part) <= names:
            count += len(part.terms)
            if count > MOST_TERMS:
                return
            yield part.terms
        waiting.extend(tree.children(part))


def _chosen(sums: Sequence[Sequence[Evaluator]], candidates: Sequence[Point], stop_at: float) -> Iterator[Point]:
    for terms in sums:
        sizes = [(point, _sizes(terms, point, stop_at)) for point in candidates]
        for place in range(len(terms)):
            weighed = [(shares[place], number) for number, (_, shares) in enumerate(sizes) if shares]
            if weighed:
                yield sizes[max(weighed)[1]][0]


def _sizes(terms: Sequence[Evaluator], point: Point, stop_at: float) -> list[float]:
    """Return the share of each term at a point; none where they cancel or have no values."""
    values = [term(point, stop_at) for term in terms]
    if not all(isinstance(value, Scalar) and value.is_finite for value in values):
        return []
    balls = [value.ball for value in values if isinstance(value, Scalar)]
    sizes = [float(abs(ball).mid()) for ball in balls]
    total = sum(sizes)
    if not total or total == float("inf") or float(abs(sum(balls[1:], balls[0])).mid()) < UNCANCELLED * total:
        return []
    return [size / total for size in sizes]
