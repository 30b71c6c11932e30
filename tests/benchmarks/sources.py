r"""What collections from elsewhere mean by their notation and options, in the words of a contract.

| source | says | means |
|---|---|---|
| ASCII, cut into letters | `f l o o r \left(x\right)` | `\operatorname{floor}\left(x\right)` |
| Maxima | `a = 1 o_{r} a = 2`, `-b \ne p_{m} \ne c` | `a = 1 \text{ or } a = 2`, `-b \pm c` |
| Maxima | `%union(oo(-inf,1),cc(2,3))` | `(-\infty,1)\cup[2,3]` |
| Maxima, with units | `12.3*m/s` | `12.3*\mathrm{m}/\mathrm{s}` |
| Fungrim | `\gamma`, `\phi`, K(m), E(m) | constants and elliptic integrals |
"""

import re
from collections.abc import Mapping
from typing import Any

from tests.benchmarks.numbers_off import relative_error

_FUNCTIONS = {
    "re": r"\operatorname{Re}",
    "im": r"\operatorname{Im}",
    "floor": r"\operatorname{floor}",
    "ceil": r"\operatorname{ceil}",
    "nCr": r"\operatorname{binom}",
    "binom": r"\operatorname{binom}",
}
_LETTERS = re.compile(r"(?<![A-Za-z\\])((?:[A-Za-z] )+[A-Za-z]) ?(?=\\left\()")
_HYPERBOLIC = re.compile(r"\\operatorname\{(arc(?:sec|csc|cot))\} h(?=\()")
_WORDS = {
    r"o_{r} \cdot ": r"\text{ or } ",
    r"o_{r}": r"\text{ or }",
    r"n_{ounor}": r"\text{ or }",
    r"a_{nd}": r"\text{ and }",
    r"n_{ounand}": r"\text{ and }",
    r"\ne p_{m} \ne": r"\pm",
    "m_{inf}": r"-\infty",
}
_INTERVAL = re.compile(r"\b([oc])([oc])\(([^(),]+),([^(),]+)\)")
_SHOWN_INTERVAL = re.compile(r"\\infty \\left\(([^()]+)\\right\)")
_NAME = re.compile(r"(?<![A-Za-z0-9.])[A-Za-z]+(?![A-Za-z(])")
_ELLIPTIC = {"K": "EllipticK", "E": "EllipticE"}
_GOLDEN = r"\left(\frac{1 + \sqrt{5}}{2}\right)"
_HALVES = {
    "im(NAME) > 0": lambda z: z.imag >= 0,
    "im(NAME) < 0": lambda z: z.imag <= 0,
    "re(NAME) > 0": lambda z: z.real > 0,
}
COMPLEX_SOURCES = frozenset(("doenet_math_expressions",))
"""Sources that compare expressions at complex values of all symbols."""
FLOATING = 1e-10
"""The relative error that such a source puts down to rounding."""
RELATIVE = 0.05
"""The relative tolerance of a source that states none."""


def written(row: Mapping[str, Any], side: str) -> str:
    """Return gold or the answer of a row in LaTeX, as its source means it."""
    options = row["opts"]
    if row["kind"] == "units" and row["fmt"] == "maxima":
        return _with_units(str(row[side]))
    text = str(row.get(f"{side}_tex") or row[side])
    match row["fmt"]:
        case "ascii-letters":
            text = _LETTERS.sub(_joined, text).replace(r"\arctan 2 \left(", r"\operatorname{atan2}\left(")
            return _HYPERBOLIC.sub(r"\\operatorname{\1h}", text)
        case "maxima":
            return _from_maxima(text)
    return _from_fungrim(text, options) if "heads" in options else text


def _joined(found: re.Match[str]) -> str:
    return _FUNCTIONS.get(found[1].replace(" ", ""), found[0])


def _from_maxima(text: str) -> str:
    for spelled, meant in _WORDS.items():
        text = text.replace(spelled, meant)
    text = _SHOWN_INTERVAL.sub(r"(\1)", text)
    if _INTERVAL.search(text):
        text = _INTERVAL.sub(_interval, text)
        for name, sign in (("%union", r" \cup "), ("%intersection", r" \cap ")):
            if text.startswith(f"{name}(") and text.endswith(")"):
                text = re.sub(r"(?<=[)\]]),(?=[(\[])", sign.replace("\\", r"\\"), text[len(name) + 1 : -1])
    return text


def _interval(found: re.Match[str]) -> str:
    low, high = (re.sub(r"\binf\b", r"\\infty", end).replace("minf", r"-\infty") for end in found.group(3, 4))
    return f"{'(' if found[1] == 'o' else '['}{low},{high}{')' if found[2] == 'o' else ']'}"


def _with_units(text: str) -> str:
    text = re.sub(r"stackunits\(([^,]+),(.+)\)$", r"(\1)*\2", text)
    return _NAME.sub(lambda name: r"\pi " if name[0] == "pi" else rf"\mathrm{{{name[0]}}}", text.replace("%", ""))


def _from_fungrim(text: str, options: Mapping[str, Any]) -> str:
    variables = options.get("variables") or ()
    if "gamma" not in variables:
        text = text.replace(r"\gamma", r"\gamma_E")
    if "phi" not in variables:
        text = text.replace(r"\phi", _GOLDEN)
    for letter, name in _ELLIPTIC.items():
        if name in options["heads"]:
            text = re.sub(rf"(?<![A-Za-z\\]){letter}(?=\\left\()", rf"\\operatorname{{{name}}}", text)
    return text


def tolerance(row: Mapping[str, Any], gold: str) -> dict[str, Any] | None:
    """Return the tolerance that the options of a row ask for, nothing where they ask for none or for what we lack."""
    options = row["opts"]
    if stated := re.search(r"rtol ([0-9.e-]+)", row["kind"]):
        return _relative(float(stated[1]))
    if "allowed_error_in_numbers" in options:
        value = relative_error(
            gold,
            options["allowed_error_in_numbers"],
            is_absolute=options["allowed_error_is_absolute"],
            in_exponents=options["include_error_in_number_exponents"],
        )
        return _relative(value)
    if row["kind"] == "expr":
        return _relative(FLOATING) if row.get("source") in COMPLEX_SOURCES else {"kind": "exact", "value": None}
    test, asked = str(options.get("test", "")), str(options.get("options", ""))
    if test.endswith("Relative"):
        return _relative(float(asked) if re.fullmatch(r"[0-9.]+", asked) else RELATIVE)
    if test in ("NumSigFigs", "Units", "UnitsStrict") and (figures := re.match(r"\[?(\d+)", asked)):
        return {"kind": "significant_figures", "value": int(figures[1])}
    return None


def _relative(value: float) -> dict[str, Any]:
    return {"kind": "relative", "value": value}


def is_bounded(options: Mapping[str, Any]) -> bool:
    """Whether a source compares within bounds only."""
    return any(word in str(options.get("assumptions")) for word in ("Less", "Greater", "Interval"))


def assumptions(options: Mapping[str, Any]) -> list[str]:
    """Return the half planes that hold all complex values at which a source compares, where it sets bounds."""
    found = []
    for name in options.get("variables", ()) if is_bounded(options) else ():
        values = [complex(*point[name]) for point in options["points"]]
        if any(value.imag for value in values):
            found += [text.replace("NAME", name) for text, holds in _HALVES.items() if all(map(holds, values))]
    return found
