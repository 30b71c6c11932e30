"""What a solver is told about the form of the answer."""

from qftapp.verification.contract import Contract
from qftapp.verification.sources import has_objects
from qftapp.verification.symbols import DOMAIN_TITLES, Domain, Symbol
from qftapp.verification.terms import Equality, Kind, Precision


def requirements(contract: Contract) -> str:
    """Return, in Markdown, what the solver must hand in: function, arguments, kind, labels and precision.

    Decoys, excluded values and the gold answer are not revealed.
    """
    if has_objects(contract):
        return _formula_requirements(contract)
    signature = ", ".join(contract.names)
    parts = [
        "Give your final answer as one Python code block that defines the function",
        f"```python\ndef {contract.entry_point}({signature}):\n    ...\n```",
    ]
    if contract.symbols:
        parts.append("with the arguments\n\n" + "\n".join(f"- {_argument(symbol)}" for symbol in contract.symbols))
    if contract.assumptions:
        parts.append("You may assume " + ", ".join(f"`{text}`" for text in contract.assumptions) + ".")
    unit = f"It is in {contract.unit}." if contract.unit else ""
    parts.append(" ".join(filter(None, (_returned(contract), unit, _equality(contract), _precision(contract)))))
    parts.append(
        "Use only Python's standard mathematics, NumPy, SciPy, SymPy or mpmath, and import what you use. "
        + "Print nothing and read no files. "
        + _short_form(contract)
    )
    return "\n\n".join(parts)


def _formula_requirements(contract: Contract) -> str:
    """Return what is asked where only a formula can be an answer: code cannot be handed functions or operators."""
    what = {
        Kind.TENSOR: "the tensor with its indices, or the expression in the operators",
        Kind.EQUATION: "the equation",
    }.get(contract.kind, "the answer")
    parts = [
        rf"Give {what} in `\boxed{{…}}`, as one formula in LaTeX; code cannot be the answer here.",
        "Use these symbols\n\n" + "\n".join(f"- {_argument(symbol)}" for symbol in contract.symbols),
    ]
    if contract.assumptions:
        parts.append("You may assume " + ", ".join(f"`{text}`" for text in contract.assumptions) + ".")
    unit = f"It is in {contract.unit}." if contract.unit else ""
    if closing := " ".join(filter(None, (unit, _equality(contract)))):
        parts.append(closing)
    return "\n\n".join(parts)


def _argument(symbol: Symbol) -> str:
    name = f"`{symbol.name}`" + (f" (${symbol.latex}$)" if symbol.latex else "")
    meaning = f": {symbol.meaning.rstrip('.')}" if symbol.meaning else ""
    unit = f", in {symbol.unit}" if symbol.unit else ""
    text = f"{name}{meaning}{unit}{',' if meaning or unit else ':'} {_article(DOMAIN_TITLES[symbol.domain])}"
    if symbol.arguments:
        text += f" of {', '.join(f'`{argument}`' for argument in symbol.arguments)}"
    return text + _bounds(symbol)


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _bounds(symbol: Symbol) -> str:
    if symbol.low is None and symbol.high is None:
        return ""
    prefixes = {Domain.COMPLEX: "of modulus ", Domain.FOUR_VECTOR: "each ", Domain.FUNCTION: "of values "}
    of = prefixes.get(symbol.domain, "")
    if symbol.low is None:
        return f", {of}at most {symbol.high:g}"
    if symbol.high is None:
        return f", {of}at least {symbol.low:g}"
    return f", {of}between {symbol.low:g} and {symbol.high:g}"


def _returned(contract: Contract) -> str:
    labels = ", ".join(f"`{label}`" for label in contract.labels)
    return {
        Kind.NUMBER: "It returns one real number.",
        Kind.COMPLEX: "It returns one complex number.",
        Kind.EXPRESSION: "It returns one number, real or complex.",
        Kind.TUPLE: "It returns a tuple, one entry for each quantity asked for, in that order.",
        Kind.VECTOR: "It returns a list of numbers, the components in order.",
        Kind.MATRIX: "It returns a list of rows, each a list of numbers.",
        Kind.TENSOR: "It returns the nested list of all components, free indices in alphabetical order.",
        Kind.EQUATION: "It returns left side − right side of the equation.",
        Kind.SET: "It returns a list of all the elements, in any order.",
        Kind.LABEL: f"It returns one of these labels as a string: {labels}.",
        Kind.BOOLEAN: "It returns True or False.",
    }[contract.kind] + (f" A label in it is one of {labels}." if contract.kind is Kind.TUPLE and labels else "")


def _equality(contract: Contract) -> str:
    return {
        Equality.VALUE: "",
        Equality.UP_TO_SIGN: "An overall sign does not matter.",
        Equality.UP_TO_PHASE: "A constant overall phase does not matter.",
        Equality.UP_TO_CONSTANT: "An additive constant does not matter.",
        Equality.AS_SET: "The order does not matter.",
    }[contract.equality]


def _precision(contract: Contract) -> str:
    if contract.kind in (Kind.LABEL, Kind.BOOLEAN):
        return ""
    tolerance = contract.tolerance
    if tolerance.kind is Precision.EXACT:
        return "The answer must be exact."
    if tolerance.kind is Precision.SIGNIFICANT_FIGURES:
        figures = int(tolerance.value or 0)
        return f"The answer must be right to {figures} significant figure{'s' if figures > 1 else ''}."
    return f"The answer must be right to a relative accuracy of {_plain(tolerance.value or 0)}."


def _plain(value: float) -> str:
    return f"{value:g}".replace("e-0", "e-")


def _short_form(contract: Contract) -> str:
    if contract.kind is Kind.LABEL:
        return r"Instead of the code you may write the label alone in `\boxed{…}`."
    names = " with the same symbols" if contract.symbols else ""
    unit = " and its unit" if contract.unit else ""
    what = {Kind.EQUATION: "the equation", Kind.TENSOR: "the tensor with its indices"}.get(contract.kind, "the answer")
    return rf"Instead of the code you may write {what} in `\boxed{{…}}`, in LaTeX{names}{unit}."
