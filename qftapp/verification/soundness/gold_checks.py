"""Gold by itself: it runs, has a value everywhere, of the declared kind, twice the same, fast, and in silence."""

from collections.abc import Iterator, Sequence

from qftapp.verification.closeness import Match
from qftapp.verification.compare import compare
from qftapp.verification.contract import Contract
from qftapp.verification.kinds import kind_fault
from qftapp.verification.soundness.checks import Check
from qftapp.verification.soundness.experiment import Experiment
from qftapp.verification.soundness.mutants import tightened
from qftapp.verification.values import Coordinate, Point, shown, shown_coordinate, shown_point, undefined

SECONDS_LIMIT = 1.0
"""Gold may take this long for all points of one verdict, loading included."""
FEWEST_POINTS = 3
POINTS_TITLE = "The contract leaves points to compare at"


def run(contract: Contract, experiment: Experiment) -> Iterator[Check]:
    """Yield the checks of gold itself; after one that makes the rest meaningless, no more follow."""
    yield _points(contract, experiment)
    gold = experiment.gold
    if gold.status != "ok" and (gold.status != "timeout" or not gold.defined()):
        advice = {
            "timeout": "Make it faster, for example by a closed form.",
            "memory": "Make it use less memory.",
            "refused": "It may only compute: no files, network or other programs.",
        }.get(gold.status, "Run it once by hand.")
        yield Check("runs", "Gold runs", "fail", f"Gold does not run: {gold.message}. {advice}")
        return
    yield _finite(experiment)
    if not gold.defined():
        return
    yield _kind(contract, experiment)
    yield _deterministic(contract, experiment)
    yield _speed(contract, experiment)
    yield _silence(experiment)


def _points(contract: Contract, experiment: Experiment) -> Check:
    count = len(experiment.points)
    if contract.is_constant:
        return Check("points", POINTS_TITLE, "pass", "The answer is constant; one point is enough.")
    if count >= FEWEST_POINTS:
        return Check("points", POINTS_TITLE, "pass", f"{count} points satisfy every domain and assumption.")
    message = (
        f"Only {count} point{'s' if count > 1 else ''} satisfy the domains and assumptions, so an answer may be right "
        "by luck; widen a domain if the problem permits."
    )
    return Check("points", POINTS_TITLE, "note" if count > 1 else "fail", message)


def _finite(experiment: Experiment) -> Check:
    title = "Gold has a value at every point"
    gold, points = experiment.gold, experiment.points
    kept = gold.defined()
    bad = [index for index in range(len(points)) if index not in kept]
    if not bad:
        where = f"at all {len(points)} points" if len(points) > 1 else "where it is computed"
        return Check("finite", title, "pass", f"Gold is finite {where}.")
    first = bad[0]
    why = gold.errors[first] or f"it {undefined(gold.values[first])}"
    hint = _hint(points, kept, bad)
    message = f"Gold has no value at {len(bad)} of {len(points)} points. At {shown_point(points[first])}: {why}. {hint}"
    return Check("finite", title, "fail", message, {"points": [shown_point(points[index]) for index in bad]})


def _hint(points: Sequence[Point], kept: Sequence[int], bad: Sequence[int]) -> str:
    """Say which restriction of a domain would keep the good points and lose the bad ones."""
    if not kept:
        return "Mend gold first; nothing else can be checked."
    for name in points[0]:
        good = [points[index][name] for index in kept]
        poor = [points[index][name] for index in bad]
        if len(set(poor)) == 1 and poor[0] not in good and isinstance(poor[0], int):
            return f"Exclude {shown_coordinate(poor[0])} from the domain of {name}, or give gold a value there."
        if _have_sign(-1, poor) and _have_sign(1, good):
            return f"Declare {name} positive, or give gold a value for negative {name}."
        if _have_sign(1, poor) and _have_sign(-1, good):
            return f"Declare {name} negative, or give gold a value for positive {name}."
    return "Add an assumption (such as s > 4*m**2), narrow a domain, or give gold a value there."


def _have_sign(sign: int, values: Sequence[Coordinate]) -> bool:
    """Whether all of them are real numbers of this sign."""
    return all(isinstance(value, int | float) and value * sign > 0 for value in values)


def has_declared_kind(contract: Contract, experiment: Experiment) -> bool:
    """Whether gold returns what the contract declares, wherever it has a value."""
    gold = experiment.gold
    return not any(kind_fault(contract, gold.values[index]) for index in gold.defined())


def _kind(contract: Contract, experiment: Experiment) -> Check:
    title = "Gold returns what the contract declares"
    gold = experiment.gold
    for index in gold.defined():
        if fault := kind_fault(contract, gold.values[index]):
            where = f"At {shown_point(experiment.points[index])}: " if contract.symbols else ""
            return Check("kind", title, "fail", f"{where}{fault}. Change the kind or what gold returns.")
    return Check("kind", title, "pass", f"The kind is {contract.kind}.")


def _deterministic(contract: Contract, experiment: Experiment) -> Check:
    title = "Two runs of gold agree"
    gold, again = experiment.gold, experiment.again
    if again is None:
        return Check("deterministic", title, "pass", "An expression has one value only.")
    kept = gold.defined()
    if not set(kept) <= set(again.defined()):
        index = next(i for i in kept if i not in again.defined())
        why = again.errors[index] or again.message or f"it {undefined(again.values[index])}"
        return Check("deterministic", title, "fail", f"The second run has no value at {_at(experiment, index)}: {why}.")
    values, repeated = [gold.values[i] for i in kept], [again.values[i] for i in kept]
    found = compare(tightened(contract), values, repeated)
    if found.match is Match.EQUAL:
        return Check("deterministic", title, "pass", "Two runs in separate processes give the same values.")
    index = kept[found.index or 0]
    message = (
        f"At {_at(experiment, index)} one run gives {shown(gold.values[index])}, another {shown(again.values[index])}. "
        "Gold must not use random numbers, the time, or the order of a set."
    )
    return Check("deterministic", title, "fail", message)


def _at(experiment: Experiment, index: int) -> str:
    return shown_point(experiment.points[index])


def _speed(contract: Contract, experiment: Experiment) -> Check:
    title = "Gold is fast"
    seconds = experiment.loading_seconds + sum(experiment.gold.seconds)
    detail = {"seconds": round(seconds, 4), "limit_seconds": SECONDS_LIMIT}
    what = f"Gold takes {seconds:.2g} s for {len(experiment.points)} point{'s' if len(experiment.points) > 1 else ''}"
    if not contract.gold.is_python:
        return Check("speed", title, "pass", "An expression takes milliseconds.")
    if experiment.gold.status == "ok" and seconds <= SECONDS_LIMIT:
        return Check("speed", title, "pass", f"{what}; the limit is {SECONDS_LIMIT:g} s.", detail)
    message = f"{what}, more than {SECONDS_LIMIT:g} s: use a closed form, a series or a coarser quadrature."
    return Check("speed", title, "fail", message, detail)


def _silence(experiment: Experiment) -> Check:
    title = "Gold only computes"
    if not experiment.stdout:
        return Check("output", title, "pass", "It prints nothing and touches nothing.")
    message = "Gold prints; remove the print calls, which only slow it down."
    return Check("output", title, "note", message, {"stdout": experiment.stdout[:1000]})
