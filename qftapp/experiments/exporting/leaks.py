"""Whether a prompt holds what it asks for: no row of an export may give its expected value away."""

from qftapp.items.lint import MIN_LEAK
from qftapp.items.spelling import answers, in_python, latex_of, sides, skeleton
from qftapp.prose.render import formulas
from qftapp.verification import Contract
from qftapp.verification.terms import Kind

_LISTED = (Kind.LABEL, Kind.BOOLEAN)
"""Kinds whose answer is one of those that the prompt itself lists."""


def leaked(prompt: str, contract: Contract) -> str:
    """Return the part of gold that stands in a prompt, as Python, as LaTeX or word by word; empty where none does.

    What is shorter than a formula, such as 2 or m, stands in many prompts and says nothing.
    """
    if contract.kind in _LISTED:
        return ""
    source = contract.gold.source.strip()
    if len("".join(source.split())) >= MIN_LEAK and source in prompt:
        return source
    names = [(symbol.latex or latex_of(symbol.name), symbol.name) for symbol in contract.symbols]
    shown = {skeleton(side, names) for formula in formulas(prompt) for side in sides(formula.source)}
    for answer in answers(source, is_python=contract.gold.is_python):
        wanted = skeleton(answer, names)
        if len(wanted) >= MIN_LEAK and (wanted in shown or in_python(prompt, answer)):
            return answer
    return ""
