"""What the gate reads off the text of an item: tasks that give the answer away, hints, symbols, LaTeX that fails."""

import ast
import re
from collections.abc import Iterator

from qftapp.items.models import ItemVersion
from qftapp.prose.katex_check import KatexUnavailable
from qftapp.prose.katex_check import problems as unset_formulas
from qftapp.prose.render import formulas
from qftapp.verification import Contract
from qftapp.verification.conventions import sentence
from qftapp.verification.soundness import Check

MIN_LEAK = 6
"""Characters a gold formula must have, brackets aside, before finding it in the statement counts as a leak."""

_ASKS_FOR_PROOF = re.compile(r"\b(show|prove|verify|demonstrate|confirm)\s+(explicitly\s+)?that\b", re.IGNORECASE)
_HINT = re.compile(
    r"\b(hint|recall that|note that|use the fact|start (from|by|with)|first (compute|find|show)|expand in|"
    r"integrate by parts|apply the|the trick|it helps|remember)\b",
    re.IGNORECASE,
)
_IN_TERMS_OF = re.compile(r"\b(?:in terms of|as a function of)\b([^.?!]*)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w])")


def check_text(version: ItemVersion, contract: Contract | None) -> Iterator[Check]:
    """The checks of the statement, the conventions and the solution, in the order of a reader."""
    yield _asks_a_question(version.statement)
    yield _formulas_set(version, contract)
    if contract is not None:
        yield _symbols_are_introduced(version.statement, contract)
        yield _keeps_the_answer(version.statement, contract)
        yield _conventions_do_not_hint(contract)
    yield _has_solution(version.solution)


def _asks_a_question(statement: str) -> Check:
    title = "The statement asks for something to be found"
    if not statement.strip():
        return Check("statement", title, "fail", "The statement is empty; write the problem.", {})
    found = _ASKS_FOR_PROOF.search(statement)
    if found:
        return Check(
            "statement",
            title,
            "fail",
            f"“{found.group(0)}” asks for a proof and gives the answer away; ask to determine, find or identify it.",
            {"found": found.group(0)},
        )
    return Check("statement", title, "pass", "No proof is asked for.", {})


def _formulas_set(version: ItemVersion, contract: Contract | None) -> Check:
    title = "Every formula can be set"
    texts = [("statement", version.statement), ("solution", version.solution)]
    if contract is not None:
        texts.append(("conventions", sentence(contract.conventions)))
        texts += [("symbols", f"${symbol.latex}$") for symbol in contract.symbols if symbol.latex]
    try:
        problems = [
            {"field": field, "source": problem.source, "reason": problem.reason}
            for field, text in texts
            for problem in unset_formulas(text)
        ]
    except KatexUnavailable as error:
        return Check("latex", title, "fail", f"The formulas could not be tried: {error}", {})
    if not problems:
        return Check("latex", title, "pass", "KaTeX sets all of them.", {})
    first = problems[0]
    return Check(
        "latex",
        title,
        "fail",
        f"In the {first['field']}, “{_shorten(first['source'])}” does not set: {first['reason']}",
        {"formulas": problems},
    )


def _symbols_are_introduced(statement: str, contract: Contract) -> Check:
    title = "The statement and the contract name the same symbols"
    compact = _compact(" ".join(formula.source for formula in formulas(statement)))
    missing = [
        symbol.name
        for symbol in contract.symbols
        if _compact(symbol.latex or symbol.name) not in compact and _compact(symbol.name) not in compact
    ]
    if missing:
        names = ", ".join(missing)
        return Check(
            "symbols", title, "fail", f"The statement never shows {names}; introduce it in a formula.", {"missing": missing}
        )
    known = {_compact(name) for symbol in contract.symbols for name in (symbol.name, symbol.latex) if name}
    undeclared = [name for name in _requested_symbols(statement) if _compact(name) not in known]
    if undeclared:
        return Check(
            "symbols",
            title,
            "fail",
            f"The statement wants the answer in terms of {', '.join(undeclared)}, which the contract does not declare.",
            {"undeclared": undeclared},
        )
    return Check("symbols", title, "pass", "Every declared symbol stands in the statement.", {})


def _requested_symbols(statement: str) -> Iterator[str]:
    """The symbols of clauses such as “in terms of $g$, $m$ and $s$”; formulas that are more than a symbol are left."""
    for clause in _IN_TERMS_OF.finditer(statement):
        for formula in formulas(clause.group(1)):
            for part in formula.source.split(","):
                name = part.strip()
                if re.fullmatch(r"\\?[A-Za-z]+(_(\{[^{}]*\}|\\?\w+))?", name):
                    yield name


def _keeps_the_answer(statement: str, contract: Contract) -> Check:
    title = "The statement keeps the answer to itself"
    for formula in _gold_formulas(contract):
        wanted = _skeleton(formula, contract)
        if len(wanted) >= MIN_LEAK and any(wanted in _skeleton(shown.source, contract) for shown in formulas(statement)):
            return Check(
                "leak", title, "fail", f"The statement already contains the answer, {formula}; take it out.", {"formula": formula}
            )
    value = _constant_value(contract)
    if value is not None:
        for shown in _NUMBER.findall(statement):
            if abs(float(shown) - value) <= 1e-3 * abs(value):
                return Check(
                    "leak", title, "fail", f"The statement already contains the value of the answer, {shown}.", {"value": shown}
                )
    return Check("leak", title, "pass", "Neither the answer nor its value stands in the statement.", {})


def _gold_formulas(contract: Contract) -> Iterator[str]:
    """Gold's formula where it is one: the expression, or what a Python function returns."""
    if contract.gold.language == "expression":
        yield contract.gold.source
        return
    try:
        tree = ast.parse(contract.gold.source)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.BinOp | ast.Call):
            yield ast.unparse(node.value)


def _constant_value(contract: Contract) -> float | None:
    """The value of a constant gold that is written as one irrational-looking number; small integers prove nothing."""
    if contract.kind != "number":
        return None
    text = contract.gold.source.strip().rsplit("return", 1)[-1].strip()
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value != int(value) or abs(value) > 1000 else None


def _conventions_do_not_hint(contract: Contract) -> Check:
    title = "The conventions fix the answer without a hint"
    found = _HINT.search(contract.conventions.other)
    if found:
        return Check(
            "hint",
            title,
            "fail",
            f"“{found.group(0)}” tells the solver how to proceed; conventions only make the answer unique.",
            {"found": found.group(0)},
        )
    return Check("hint", title, "pass", "No strategy is given away.", {})


def _has_solution(solution: str) -> Check:
    title = "A solution is written"
    if solution.strip():
        return Check("solution", title, "pass", "A reviewer can follow it.", {})
    return Check("solution", title, "fail", "Write the solution that a reviewer will follow.", {})


def _compact(latex: str) -> str:
    return re.sub(r"[\s{}]|\\(?:,|;|!|:|mathrm|mathbf|text|boldsymbol|vec|left|right)", "", latex)


def _skeleton(formula: str, contract: Contract) -> str:
    """A formula without brackets, spaces and multiplication signs, symbols by name, so that LaTeX meets Python."""
    text = formula
    for symbol in sorted(contract.symbols, key=lambda symbol: -len(symbol.latex)):
        if symbol.latex:
            text = text.replace(symbol.latex, symbol.name)
    text = re.sub(r"\b(?:np|numpy|math|cmath|mpmath|sympy|sp|mp)\.", "", text)
    text = re.sub(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"\1/\2", text)
    text = text.replace("**", "^").replace("\\cdot", "").replace("\\times", "")
    return re.sub(r"\\(?:left|right|,|;|!|:)|[\s{}()\[\]*\\]", "", text)


def _shorten(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
