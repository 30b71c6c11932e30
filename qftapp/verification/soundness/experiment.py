"""Everything an examination computes: gold at points, at varied and exchanged arguments, again, and altered."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qftapp.verification.contract import Contract
from qftapp.verification.evaluation import BITS
from qftapp.verification.points import Region, sample
from qftapp.verification.sandbox import Execution
from qftapp.verification.solutions import Solution, Values, evaluate_expression, gold_of, run_python, values_of
from qftapp.verification.soundness.dropping import Dropped, dropped_from_expression, dropped_from_python
from qftapp.verification.terms import Kind
from qftapp.verification.values import Point

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
    """What was computed. `again` and `second` are empty where there is nothing to run twice or no second solution."""

    points: tuple[Point, ...]
    gold: Values
    varied: tuple[Changed, ...]
    exchanged: tuple[Changed, ...]
    again: Values | None
    second: Values | None
    dropped: tuple[tuple[Dropped, Values], ...]
    stdout: str
    loading_seconds: float


@dataclass(frozen=True, slots=True)
class _Probe:
    names: tuple[str, ...]
    indices: tuple[int, ...]
    points: tuple[Point, ...]


def conduct(contract: Contract, second: Solution | None, seed: int, deadline_seconds: float) -> Experiment:
    """Compute everything in at most two runs of the sandbox. Raises NoPoints and SandboxUnavailable."""
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
        values = evaluate_expression(gold.body, everything, BITS[0], started + deadline_seconds / 2)
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
        again=None,
        second=None,
        dropped=(),
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


def _repeat(
    contract: Contract, first: Experiment, gold: Solution, second: Solution | None, stop_at: float
) -> Experiment:
    """Add a second run of gold, the second solution, and gold with terms dropped, all in one process."""
    points, probes = first.points, first.points[:PROBES]
    altered = dropped_from_python(gold.body) if isinstance(gold.body, str) else dropped_from_expression(gold.body)
    # Backwards, so that gold which remembers its calls gives itself away.
    again = [(gold, points[::-1])] if gold.is_python else []
    others = [(second, points)] if second is not None else []
    found = _computed(contract, [*again, *others, *((Solution(one.body), probes) for one in altered)], stop_at)
    whole, dropped = found[: len(again) + len(others)], found[len(again) + len(others) :]
    return replace(
        first,
        again=whole[0].reversed() if again else None,
        second=whole[-1] if others else None,
        dropped=tuple(zip(altered, dropped, strict=True)),
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
        else evaluate_expression(solution.body, where, BITS[0], stop_at)
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
