r"""What the text of a bare gold says of its symbols: which are four-vectors, functions of others, or whole numbers.

| gold | said |
|---|---|
| `p\cdot q`, `\not p`, `p^\mu` | p and q are four-vectors |
| `\frac{d}{dx}f(x)`, `f'(x)` | f is a function of x |
| `\sum_{k=0}^{n}x^k` | n is a whole number |
"""

import re

_VECTORS = (
    re.compile(r"\\(?:not|slashed)\s*\{?\s*([a-zA-Z])"),
    re.compile(r"(?<![a-zA-Z\\])([pqklxPQ](?:_[0-9])?)\s*\\cdot\s*[pqklxPQ](?![a-zA-Z])"),
    re.compile(r"(?<![a-zA-Z\\])[pqklxPQ](?:_[0-9])?\s*\\cdot\s*([pqklxPQ](?:_[0-9])?)(?![a-zA-Z])"),
    re.compile(
        r"(?<![a-zA-Z\\{])([pqklxuvA](?:_[0-9])?)(?=[\^_]\{?\\(?:mu|nu|rho|sigma|alpha|beta|lambda)\b\}?(?!\s*[+-]))"
    ),
)
_DERIVED_BY = re.compile(r"\}\s*\{\s*(?:d|\\partial|\\mathrm\{d\})\s*(\\?[a-zA-Z]+)\s*(?:\^\{?[0-9]\}?)?\s*\}")
_APPLIED = re.compile(
    r"(?<![a-zA-Z\\])([a-zA-Z]|\\[a-zA-Z]+)\s*('*)\s*\{?\s*(?:\\left)?\(\s*(\\?[a-zA-Z]+)\s*(?:\\right)?\)"
)
_KNOWN = re.compile(r"\\(?:left|right|[a-z]*(?:sin|cos|tan|cot|sinh|cosh|tanh)|ln|log|exp|sqrt|frac|Gamma|cdot|times)")
_SCRIPT = r"([_^]\s*(?:\{[^{}]*\}|[^{}]))"
_SUMMED = re.compile(rf"\\(?:sum|prod)\s*(?:\\limits\s*)?{_SCRIPT}\s*{_SCRIPT}")
_LETTER = re.compile(r"\\[a-zA-Z]+|[a-zA-Z]")


def vectors(gold: str) -> list[str]:
    """Return the letters that are used as four-vectors."""
    return sorted({found for pattern in _VECTORS for found in pattern.findall(gold)})


def functions(gold: str) -> dict[str, str]:
    """Return the letters that are used as functions of what gold derives by, each with the name of its argument."""
    places = set(_DERIVED_BY.findall(gold))
    return {
        name: argument
        for name, primes, argument in _APPLIED.findall(gold)
        if (primes or argument in places) and not _KNOWN.fullmatch(name)
    }


def whole_numbers(gold: str) -> list[str]:
    """Return the letters that bound sums and products, but for the variables of those."""
    found: set[str] = set()
    variables: set[str] = set()
    for scripts in _SUMMED.findall(gold):
        for script in scripts:
            variable, _, bound = script.rpartition("=")
            variables.update(_LETTER.findall(variable))
            found.update(_LETTER.findall(bound))
    return sorted(found - variables - {"\\infty"})
