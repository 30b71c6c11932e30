"""How names and formulas are spelled: Python names as LaTeX, LaTeX as tokens, and both as one skeleton to compare."""

import ast
import re
from collections.abc import Iterable, Iterator

GREEK = frozenset(
    """alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega""".split()
)
_SHORTENED = {"lam": "lambda", "lamb": "lambda", "lambda_": "lambda", "eps": "epsilon", "sig": "sigma", "omg": "omega"}
_ACCENTS = frozenset({"bar", "hat", "tilde", "dot"})
_DIFFERENCES = frozenset({r"\delta", r"\Delta"})

_STYLE = re.compile(
    r"\\(?:mathrm|mathbf|mathsf|mathit|boldsymbol|bm|textrm|text|operatorname|rm|bf|vec|left|right|[bB]ig+[lr]?)(?![A-Za-z])"
    r"|\\[,;:! ]"
)
_WORDS = re.compile(r"\\(?:text|textrm|mathrm|mbox)\{[^{}]*\s[^{}]*\}")
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[^\s{}]")
_RELATION = re.compile(
    r"=|\\(?:approx|simeq|equiv|sim|propto|to|rightarrow|implies|Rightarrow|q?quad)(?![A-Za-z])|(?<!\\)[,;&]|\\\\"
)
_FRACTION = re.compile(r"\\[dtc]?frac\s*(?:\{([^{}]*)\}|(\w))\s*(?:\{([^{}]*)\}|(\w))")
_GROUP = re.compile(r"([\^_]|\\sqrt)\s*\{([^{}]*)\}")
_MODULE = re.compile(r"\b(?:np|numpy|math|cmath|mpmath|sympy|sp|mp)\.")


def latex_of(name: str) -> str:
    """A guess of the LaTeX of a Python name: `m_phi` is `m_{\\phi}`, `bar_eta` is `\\bar{\\eta}`, `m1` is `m_{1}`."""
    parts = [_letter(part) for part in re.sub(r"(?<=[A-Za-z])(?=\d+$)", "_", name).split("_") if part]
    if len(parts) > 1 and parts[0] in _ACCENTS:
        parts = [f"\\{parts[0]}{{{parts[1]}}}", *parts[2:]]
    if not parts:
        return name
    if parts[0] in _DIFFERENCES and len(parts) == 2:
        return " ".join(parts)
    return parts[0] if len(parts) == 1 else f"{parts[0]}_{{{' '.join(parts[1:])}}}"


def _letter(part: str) -> str:
    letter = _SHORTENED.get(part, part)
    return f"\\{letter}" if letter in GREEK else part


def tokens(latex: str) -> tuple[str, ...]:
    """The commands and characters of a formula without braces, spaces, fonts, arrows and words."""
    return tuple(_TOKEN.findall(_STYLE.sub(" ", _WORDS.sub(" ", latex))))


def contains(formula: tuple[str, ...], symbol: tuple[str, ...]) -> bool:
    """Whether a symbol stands in a formula, both as tokens, and not as the stem of a longer one with an index."""
    length = len(symbol)
    return any(
        formula[start : start + length] == symbol and formula[start + length : start + length + 1] != ("_",)
        for start in range(len(formula) - length + 1)
    )


def sides(formula: str) -> list[str]:
    """The parts of a formula between its relation signs, commas and line ends."""
    return [part for part in _RELATION.split(formula) if part.strip()]


def skeleton(formula: str, names: Iterable[tuple[str, str]]) -> str:
    """A formula, in LaTeX or Python, without brackets, spaces and signs of multiplication.

    `names` pairs the LaTeX of each symbol with its Python name, which takes its place.
    """
    text = _MODULE.sub("", formula)
    for latex, name in sorted(names, key=lambda pair: -len(pair[0])):
        if latex and latex != name:
            text = re.sub(re.escape(latex) + r"(?![A-Za-z])", f" {name} ", text)
    before = ""
    while before != text:
        before = text
        text = _FRACTION.sub(_quotient, _GROUP.sub(r"\1(\2)", text))
    text = _STYLE.sub("", text).replace("**", "^")
    text = re.sub(r"\\(?:cdot|times)(?![A-Za-z])|\\[dt]?frac", "", text)
    return re.sub(r"[\s{}()\[\]*\\]", "", text).strip(".")


def _quotient(fraction: re.Match[str]) -> str:
    return "/".join(part for part in fraction.groups() if part)


def answers(source: str, *, is_python: bool) -> Iterator[str]:
    """The formulas, in Python, that gold gives: the expression itself, or what a function returns."""
    if not is_python:
        yield source.strip()
        return
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return
    assigned = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value is not None:
            for part in node.value.elts if isinstance(node.value, ast.Tuple | ast.List) else [node.value]:
                value = assigned.get(part.id) if isinstance(part, ast.Name) else part
                if isinstance(value, ast.BinOp | ast.Call):
                    yield ast.unparse(value)


def in_python(text: str, formula: str) -> bool:
    """Whether a text holds a formula as Python writes it, whatever its spaces, brackets around it and module names."""
    wanted = re.findall(r"\*\*|[A-Za-z_]\w*|\d+(?:\.\d+)?|\S", _MODULE.sub("", formula))
    pattern = r"\s*".join(map(re.escape, wanted))
    return bool(re.search(rf"(?<![\w.]){pattern}(?!\w)", _MODULE.sub("", text)))
