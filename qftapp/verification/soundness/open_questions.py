"""What the values of gold leave open: ends of domains without a value, sides of branch cuts, rounded zeros."""

from collections.abc import Iterator

from qftapp.verification.closeness import Match
from qftapp.verification.compare import compare, is_rounding, largest_size
from qftapp.verification.contract import Contract
from qftapp.verification.soundness.checks import Check
from qftapp.verification.soundness.experiment import Experiment
from qftapp.verification.soundness.mutants import tightened
from qftapp.verification.terms import Kind
from qftapp.verification.values import Collection, scalars, shown, shown_coordinate, shown_point, undefined


def run(contract: Contract, experiment: Experiment) -> Iterator[Check]:
    """Yield a check for each question that is open, none if gold leaves nothing to doubt."""
    yield from _ends(experiment)
    yield from _cut(contract, experiment)
    yield from _rounding(contract, experiment)


def _ends(experiment: Experiment) -> Iterator[Check]:
    values = experiment.at_ends
    if values is None or values.status == "timeout":
        return
    kept = values.defined()
    bad = [index for index in range(len(experiment.ends)) if index not in kept]
    if not bad:
        return
    places = [f"{experiment.ends[index].name} = {shown_coordinate(experiment.ends[index].at)}" for index in bad]
    why = values.errors[bad[0]] or f"it {undefined(values.values[bad[0]])}"
    message = (
        f"Gold has no value at {' and '.join(places)}, which the contract admits ({why}). No point is taken there, but "
        "a solver may ask: exclude it, bound the domain, or say in the statement what holds there."
    )
    yield Check("ends", "Gold has a value at the ends of its domains", "note", message, {"points": places})


def _cut(contract: Contract, experiment: Experiment) -> Iterator[Check]:
    gold, again = experiment.gold, experiment.reread
    kept = gold.defined()
    if again is None or not set(kept) <= set(again.defined()):
        return
    found = compare(tightened(contract), [gold.values[i] for i in kept], [again.values[i] for i in kept])
    if found.match is Match.EQUAL:
        return
    index = kept[found.index or 0]
    message = (
        f"At {shown_point(experiment.points[index])} gold is on a branch cut, and {shown(gold.values[index])} or "
        f"{shown(again.values[index])} by the sign of a zero alone. Write out the side that is meant, for example "
        "log(s) - i*pi for the logarithm of -s below its cut."
    )
    yield Check("cut", "Gold does not hang on the sign of a zero", "fail", message)


def _rounding(contract: Contract, experiment: Experiment) -> Iterator[Check]:
    """Elsewhere such entries are taken for 0; in a tuple they may be a quantity of their own."""
    if contract.kind is not Kind.TUPLE:
        return
    for index in experiment.gold.defined():
        value = experiment.gold.values[index]
        numbers = scalars(value) if isinstance(value, Collection) else []
        largest = largest_size(numbers)
        for entry, number in enumerate(numbers):
            if is_rounding(number, largest):
                where = shown_point(experiment.points[index])
                message = (
                    f"At {where} entry {entry + 1} is {shown(number)}, which looks like a rounded 0. If 0 is meant, "
                    "return exactly 0: as it stands, an answer of 0 is refused there."
                )
                yield Check("rounding", "Zero is exactly zero", "note", message)
                return
