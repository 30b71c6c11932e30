"""Every symbol must change the answer, every decoy must not."""

from collections.abc import Iterator
from dataclasses import replace

from qftapp.verification.closeness import Match
from qftapp.verification.compare import compare
from qftapp.verification.contract import Contract
from qftapp.verification.soundness.checks import Check
from qftapp.verification.soundness.experiment import Changed, Experiment
from qftapp.verification.soundness.mutants import tightened
from qftapp.verification.terms import Equality, Kind
from qftapp.verification.values import shown_point


def run(contract: Contract, experiment: Experiment) -> Iterator[Check]:
    """Yield one check of the symbols and one of the decoys, as far as there are any."""
    decoys = {symbol.name for symbol in contract.symbols if symbol.decoy}
    live = [changed for changed in experiment.varied if changed.names[0] not in decoys]
    idle = [changed for changed in experiment.varied if changed.names[0] in decoys]
    if live:
        yield _symbols(contract, experiment, live)
    if idle:
        yield _decoys(contract, experiment, idle)


def _symbols(contract: Contract, experiment: Experiment, live: list[Changed]) -> Check:
    title = "Every symbol changes the answer"
    loose = _by_value(contract)
    fixed = [changed.names[0] for changed in live if not _usable(experiment, changed)]
    inert = [
        changed.names[0]
        for changed in live
        if changed.names[0] not in fixed and _effect(loose, experiment, changed) is None
    ]
    if inert:
        names = ", ".join(inert)
        message = (
            f"The answer does not change when {names} {'does' if len(inert) == 1 else 'do'}. If that is meant, mark "
            f"{'it as a decoy' if len(inert) == 1 else 'them as decoys'}; else gold forgets {names}, or the domain is "
            "too narrow for a difference beyond the tolerance."
        )
        return Check("symbols", title, "fail", message, {"symbols": inert})
    if fixed:
        message = f"Gold has no value, or the assumptions forbid it, where {', '.join(fixed)} alone is varied."
        return Check("symbols", title, "note", message, {"symbols": fixed})
    names = ", ".join(changed.names[0] for changed in live)
    return Check("symbols", title, "pass", f"The answer depends on {names}.")


def _decoys(contract: Contract, experiment: Experiment, idle: list[Changed]) -> Check:
    title = "Decoys change nothing"
    strict = tightened(_by_value(contract))
    for changed in idle:
        index = _effect(strict, experiment, changed)
        if index is not None:
            name = changed.names[0]
            declared = "the answer is declared constant" if contract.constant else f"{name} is declared a decoy"
            where = shown_point(experiment.points[index])
            message = f"Gold depends on {name} (starting from {where}), but {declared}. Change the contract or gold."
            return Check("decoys", title, "fail", message, {"symbol": name})
    return Check("decoys", title, "pass", f"The answer ignores {', '.join(changed.names[0] for changed in idle)}.")


def _by_value(contract: Contract) -> Contract:
    """Return the contract comparing single points: signs and constants count, order does not if declared so."""
    if contract.kind is Kind.EQUATION:
        return replace(contract, kind=Kind.EXPRESSION)
    keeps = contract.equality is Equality.AS_SET
    return contract if keeps else replace(contract, equality=Equality.VALUE)


def _effect(contract: Contract, experiment: Experiment, changed: Changed) -> int | None:
    """Return the first point at which altering the symbol alters gold, None if there is none."""
    for position, index in _usable(experiment, changed):
        before, after = experiment.gold.values[index], changed.values.values[position]
        if compare(contract, [before], [after]).match is not Match.EQUAL:
            return index
    return None


def _usable(experiment: Experiment, changed: Changed) -> list[tuple[int, int]]:
    """Return (position, point) of the alterations before and after which gold has a value."""
    before, after = experiment.gold.defined(), changed.values.defined()
    return [
        (position, index) for position, index in enumerate(changed.indices) if index in before and position in after
    ]
