"""Everything an examination computes: gold at points and ends, with arguments varied or exchanged, again, altered."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qftapp.verification.answers import Solution, gold_of
from qftapp.verification.contract import Contract
from qftapp.verification.cuts import read_again
from qftapp.verification.evaluation import BITS
from qftapp.verification.lorentz import Spacetime
from qftapp.verification.points import Region, sample
from qftapp.verification.sandbox import Execution, warm_up
from qftapp.verification.solutions import Values, evaluate_expression, run_python, values_of
from qftapp.verification.soundness.dropping import Dropped, dropped_from_expression, dropped_from_python
from qftapp.verification.soundness.ends import End, ends
from qftapp.verification.terms import Kind
from qftapp.verification.tree import Node
from qftapp.verification.values import Point, is_vague

POINTS = 10
PROBES = 4
"""Points at which each varied, exchanged or altered gold is computed."""
PROBES_OF_A_THRESHOLD = 40
"""Points at which a varied gold is computed that changes only where a threshold is crossed: a label, true or false."""
MOST_PAIRS = 10


@dataclass(frozen=True, slots=True)
class Changed:
    """Gold at altered arguments: `indices` are the points altered, `values` what gold gives instead."""

    names: tuple[str, ...]
    indices: tuple[int, ...]
    values: Values


@dataclass(frozen=True, slots=True)
class Experiment:
    """What was computed; `again`, `reread` and `second` are None where there is nothing of the sort.

    `again` is a second run of gold, `reread` its second reading at a branch cut (see `cuts`), `at_ends` gold at `ends`.
    """

    points: tuple[Point, ...]
    gold: Values
    varied: tuple[Changed, ...]
    exchanged: tuple[Changed, ...]
    stdout: str
    loading_seconds: float
    again: Values | None = None
    reread: Values | None = None
    second: Values | None = None
    dropped: tuple[tuple[Dropped, Values], ...] = ()
    ends: tuple[End, ...] = ()
    at_ends: Values | None = None


@dataclass(frozen=True, slots=True)
class _Probe:
    names: tuple[str, ...]
    indices: tuple[int, ...]
    points: tuple[Point, ...]


def conduct(contract: Contract, second: Solution | None, seed: int, deadline_seconds: float) -> Experiment:
    """Compute everything, what must not know of each other in runs of its own. Raises NoPoints, SandboxUnavailable."""
    if contract.gold.is_python:
        # What it takes to get ready is not to be missing for the second solution.
        warm_up(with_twin=True)
    started = time.monotonic()
    points = sample(contract, POINTS, seed)
    varied, exchanged = _variations(contract, points), _exchanges(contract, points)
    everything = [*points, *(point for probe in (*varied, *exchanged) for point in probe.points)]
    gold = gold_of(contract)
    execution = None
    if isinstance(gold.body, str):
        execution = run_python([(gold.body, everything)], contract.entry_point, deadline_seconds / 2)[0]
        values = values_of(execution)
    else:
        values = _accurate(gold.body, everything, started + deadline_seconds / 2, Spacetime.of(contract.conventions))
    parts, start = [], len(points)
    for probe in (*varied, *exchanged):
        stop = start + len(probe.points)
        parts.append(Changed(probe.names, probe.indices, values.part(start, stop)))
        start = stop
    first = Experiment(
        points=points,
        gold=_settled(values.part(0, len(points))),
        varied=tuple(parts[: len(varied)]),
        exchanged=tuple(parts[len(varied) :]),
        stdout=execution.stdout if execution else "",
        loading_seconds=_loading(execution),
    )
    if len(first.gold.defined()) == 0:
        return first
    return _repeat(contract, first, gold, second, started + deadline_seconds)


def _settled(values: Values) -> Values:
    """Return values at the points themselves as complete if only later calls ran out of time."""
    is_complete = values.status == "timeout" and not any(values.errors)
    return replace(values, status="ok", message="") if is_complete else values


def _loading(execution: Execution | None) -> float:
    if execution is None:
        return 0.0
    return max(0.0, execution.seconds - sum(result.seconds for result in execution.results))


def _accurate(node: Node, points: Sequence[Point], stop_at: float, spacetime: Spacetime) -> Values:
    """Return the values of an expression, computed more finely where few figures were left; an error where none are."""
    values = evaluate_expression(node, points, BITS[0], stop_at, spacetime=spacetime)
    found, errors = list(values.values), list(values.errors)
    for index, point in enumerate(points):
        bits = BITS[0]
        for finer in BITS[1:]:
            if is_vague(found[index], bits):
                again = evaluate_expression(node, [point], finer, stop_at, spacetime=spacetime)
                bits, found[index] = finer, again.values[0]
        if is_vague(found[index], bits):
            errors[index] = "it cannot be computed accurately; is it on a branch cut?"
    return replace(values, values=tuple(found), errors=tuple(errors))


def _repeat(
    contract: Contract, first: Experiment, gold: Solution, second: Solution | None, stop_at: float
) -> Experiment:
    """Add a second run of gold, its second reading, the second solution, and gold with terms dropped and at ends."""
    points, probes = first.points, first.points[:PROBES]
    again = None
    if isinstance(gold.body, str):
        # Backwards and in the twin, so that gold which remembers its calls or goes by hashes gives itself away.
        run = run_python([(gold.body, points[::-1])], contract.entry_point, stop_at - time.monotonic(), in_twin=True)
        again = values_of(run[0]).reversed()
    others = None
    if second is not None and isinstance(second.body, str):
        others = values_of(run_python([(second.body, points)], contract.entry_point, stop_at - time.monotonic())[0])
    elif second is not None and not isinstance(second.body, str):
        others = _accurate(second.body, points, stop_at, Spacetime.of(contract.conventions))
    altered = dropped_from_python(gold.body) if isinstance(gold.body, str) else dropped_from_expression(gold.body)
    at = ends(contract, [points[index] for index in first.gold.defined()])
    bodies = [(Solution(one.body), probes) for one in altered]
    # The ends come last: what never ends there takes no time from the rest.
    *dropped, at_ends = _computed(contract, [*bodies, (gold, [end.point for end in at])], stop_at)
    return replace(
        first,
        again=again,
        reread=read_again(contract, gold, points, stop_at - time.monotonic()),
        second=others,
        dropped=tuple(zip(altered, dropped, strict=True)),
        ends=tuple(at),
        at_ends=at_ends,
    )


def _computed(
    contract: Contract, solutions: Sequence[tuple[Solution, Sequence[Point]]], stop_at: float
) -> list[Values]:
    """Return the values of each solution at its points, all Python of them from one run."""
    python = [(solution.body, where) for solution, where in solutions if isinstance(solution.body, str)]
    executions = iter(run_python(python, contract.entry_point, stop_at - time.monotonic()) if python else [])
    return [
        values_of(next(executions))
        if isinstance(solution.body, str)
        else evaluate_expression(solution.body, where, BITS[0], stop_at, spacetime=Spacetime.of(contract.conventions))
        for solution, where in solutions
    ]


def _variations(contract: Contract, points: Sequence[Point]) -> list[_Probe]:
    """For each symbol, points that differ from sampled ones in that symbol alone."""
    region = Region.of(contract)
    most = PROBES_OF_A_THRESHOLD if contract.kind in (Kind.LABEL, Kind.BOOLEAN) else PROBES
    probes = []
    for name in contract.names:
        indices: list[int] = []
        changed: list[Point] = []
        for step in range(1, len(points)):
            for index in range(len(points)):
                other = points[(index + step) % len(points)]
                point = {**points[index], name: other[name]}
                if len(changed) < most and other[name] != points[index][name] and region.admits(point):
                    indices.append(index)
                    changed.append(point)
            if len(changed) == most:
                break
        probes.append(_Probe((name,), tuple(indices), tuple(changed)))
    return probes


def _exchanges(contract: Contract, points: Sequence[Point]) -> list[_Probe]:
    """For each pair of symbols of one domain, points with their values exchanged (assumptions may break)."""
    live = [symbol for symbol in contract.symbols if not symbol.decoy]
    pairs = [(a, b) for i, a in enumerate(live) for b in live[i + 1 :] if a.domain is b.domain]
    probes = []
    for a, b in pairs[:MOST_PAIRS]:
        indices = [i for i, point in enumerate(points) if point[a.name] != point[b.name]][:PROBES]
        changed = [{**points[i], a.name: points[i][b.name], b.name: points[i][a.name]} for i in indices]
        probes.append(_Probe((a.name, b.name), tuple(indices), tuple(changed)))
    return probes
