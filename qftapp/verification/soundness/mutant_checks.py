"""Near misses must be refused by the same comparison that judges answers."""

from collections.abc import Iterator

from qftapp.verification.contract import Contract
from qftapp.verification.soundness.checks import Check
from qftapp.verification.soundness.experiment import Experiment
from qftapp.verification.soundness.mutants import Mutant, from_values, is_same_answer, survives
from qftapp.verification.terms import Equality, Precision

TITLE = "Near misses are refused"


def run(contract: Contract, experiment: Experiment) -> Iterator[Check]:
    """Yield a summary, then one check for each altered answer that was accepted."""
    refused: list[str] = []
    accepted: list[Check] = []
    titles: list[str] = []
    for mutant in _mutants(contract, experiment):
        gold = [experiment.gold.values[index] for index in mutant.indices]
        if not mutant.indices or not survives(contract, gold, mutant):
            refused.append(mutant.title)
        else:
            accepted.append(_accepted(contract, mutant, is_same_answer(contract, gold, mutant)))
            titles.append(mutant.title)
    failed = sum(check.status == "fail" for check in accepted)
    lost = [dropped.term for dropped, values in experiment.dropped if values.status == "timeout"]
    detail = {"refused": refused, "accepted": titles, "not_tried": lost}
    if failed:
        message = f"{failed} altered answer{'s are' if failed > 1 else ' is'} accepted; see below."
        yield Check("mutants", TITLE, "fail", message, detail)
    elif refused:
        yield Check("mutants", TITLE, "pass", f"All {len(refused)} altered answers are refused.", detail)
    else:
        yield Check("mutants", TITLE, "note", "There is nothing in this answer to alter.", detail)
    yield from accepted


def _mutants(contract: Contract, experiment: Experiment) -> Iterator[Mutant]:
    kept = experiment.gold.defined()
    yield from from_values(contract, kept, [experiment.gold.values[index] for index in kept])
    for changed in experiment.exchanged:
        a, b = changed.names
        usable = [position for position, index in enumerate(changed.indices) if index in kept]
        if any(changed.values.errors[position] for position in usable):
            continue
        yield Mutant(
            f"exchange_{a}_{b}",
            f"with {a} and {b} exchanged",
            tuple(changed.indices[position] for position in usable),
            tuple(changed.values.values[position] for position in usable),
            f"it is symmetric in {a} and {b}",
        )
    for number, (dropped, values) in enumerate(experiment.dropped):
        usable = [index for index in range(len(values.values)) if index in kept]
        if values.status == "timeout" or any(values.errors[index] for index in usable):
            continue
        yield Mutant(
            f"dropped_{number + 1}",
            f"without the term {dropped.term}",
            tuple(usable),
            tuple(values.values[index] for index in usable),
            _why_droppable(contract),
        )


def _why_droppable(contract: Contract) -> str:
    if contract.equality is Equality.UP_TO_CONSTANT:
        return "a constant makes no difference here"
    return "the term contributes nothing at the points tried; if it should, widen the domains"


def _accepted(contract: Contract, mutant: Mutant, is_same: bool) -> Check:
    code = f"mutant_{mutant.code}"
    if mutant.code == "constant":
        message = (
            "The answer is the same at all points tried: declare it constant, or choose domains (both sides of a "
            "threshold, for example) in which it changes."
        )
        return Check(code, TITLE, "fail", message)
    if is_same and mutant.harmless:
        return Check(code, TITLE, "note", f"The answer {mutant.title} is accepted, rightly: {mutant.harmless}.")
    return Check(code, TITLE, "fail", f"The answer {mutant.title} is accepted too. {_advice(contract, mutant)}")


def _advice(contract: Contract, mutant: Mutant) -> str:
    if contract.equality is Equality.UP_TO_CONSTANT and mutant.code.startswith("dropped"):
        return "Up to a constant, that term does not matter: leave it out of gold, or compare by value."
    if contract.tolerance.kind is Precision.EXACT:
        return "Choose domains in which the difference shows."
    kind = "fewer figures than needed" if contract.tolerance.kind is Precision.SIGNIFICANT_FIGURES else "too loose"
    return f"The tolerance is {kind}, or the domains leave the difference too small: tighten one of them."
