"""What the gate reads off the text of an item: tasks that give the answer away, hints, symbols, LaTeX that fails."""

import re
from collections.abc import Iterator

from qftapp.items.models import ItemVersion
from qftapp.items.spelling import answers, contains, in_python, latex_of, sides, skeleton, tokens
from qftapp.prose.katex_check import KatexUnavailable
from qftapp.prose.katex_check import problems as unset_formulas
from qftapp.prose.render import formulas
from qftapp.verification import Contract
from qftapp.verification.conventions import sentence
from qftapp.verification.soundness import Check
from qftapp.verification.symbols import Symbol
from qftapp.verification.terms import Kind

MIN_LEAK = 6
"""Characters a gold formula must have, brackets aside, before finding it in the statement counts as a leak."""

CONSTANTS = frozenset({(r"\pi",), (r"\hbar",), (r"\gamma", "_", "E")})
"""What an answer may be “in terms of” without an argument of its own."""

_ASKS_FOR_PROOF = re.compile(
    r"(?<!can )(?<!could )(?<!may )(?<!might )(?<!to )(?<!you )"
    r"\b(?:(?:show|prove|verify|demonstrate|confirm)(?:,[^.?!]{0,80},|\s+(?:explicitly|by|using|from|with)\b[^.?!]{0,80}?)?"
    r"\s+that|prove\s+(?:the|this)|give\s+a\s+proof)\b",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"\b(?:hint|recall that|remember (?:that|to)|use the (?:fact|identity|trick|method|theorem|relation)|"
    r"start (?:from|by|with)|(?:first|then) (?:compute|find|show|expand|integrate)|integrate by parts|"
    r"complete the square|expand (?:in|around|to)|wick[- ]rotate|introduce (?:a )?feynman param|"
    r"apply (?:the )?[\w’'-]+(?: [\w’'-]+)? (?:theorem|identity|trick|formula|method|lemma)|the trick|it helps|"
    r"it is (?:useful|convenient|easiest))\b",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\bnote that\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+|\n\s*\n")
_ASKS = re.compile(
    r"\b(?:find|determine|compute|calculate|evaluate|identify|give|express|derive|obtain|state|write down|what|which)\b"
    r"|\banswer\b",
    re.IGNORECASE,
)
_IN_TERMS_OF = re.compile(r"\b(?:in terms of|as a function of)\b(.*)", re.IGNORECASE | re.DOTALL)
_FORMULA_OR_END = re.compile(
    r"\$[^$]*\$|\b(for|at|in|of|to|where|when|with|if|by|on|as|which|that|assuming|near|using|from|is|are)\b",
    re.IGNORECASE,
)
_SINGLE = re.compile(r"(?:\\[A-Za-z]+|[A-Za-z])(?:_(?:\{[^{}]*\}|\\[A-Za-z]+|\w))?")
_NUMBER = re.compile(r"(?<![\w.])(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?(?!\w)")


def check_text(version: ItemVersion, contract: Contract | None, value: float | None = None) -> Iterator[Check]:
    """The checks of the statement, the conventions and the solution, in the order of a reader.

    `value` is what a constant gold was computed to be.
    """
    yield _asks_a_question(version.statement)
    yield _formulas_set(version, contract)
    if contract is not None:
        yield _symbols_are_introduced(version.statement, contract)
        yield _keeps_the_answer(version.statement, contract, value)
        yield _conventions_do_not_hint(contract)
    yield _has_solution(version.solution)


def _asks_a_question(statement: str) -> Check:
    title = "The statement asks for something to be found"
    if not statement.strip():
        return Check("statement", title, "fail", "The statement is empty; write the problem.", {})
    found = _ASKS_FOR_PROOF.search(statement)
    if found:
        words = _shorten(" ".join(found.group(0).split()))
        message = f"“{words}” asks for a proof and gives the answer away; ask to determine, find or identify it."
        return Check("statement", title, "fail", message, {"found": words})
    return Check("statement", title, "pass", "No proof is asked for.", {})


def _formulas_set(version: ItemVersion, contract: Contract | None) -> Check:
    title = "Every formula can be set"
    texts = [("statement", version.statement), ("solution", version.solution)]
    if contract is not None:
        texts.append(("conventions", sentence(contract.conventions)))
        texts += [("symbols", f"${symbol.latex}$") for symbol in contract.symbols if symbol.latex]
    try:
        problems = [
            {"field": field, "source": problem.source, "reason": problem.reason, "position": problem.position}
            for field, text in texts
            for problem in unset_formulas(text)
        ]
    except KatexUnavailable as error:
        return Check("latex", title, "fail", f"The formulas could not be tried: {error}", {"unavailable": True})
    if not problems:
        return Check("latex", title, "pass", "KaTeX sets all of them.", {})
    first = problems[0]
    message = f"In the {first['field']}, “{_shorten(str(first['source']))}” does not set: {first['reason']}"
    return Check("latex", title, "fail", message, {"formulas": problems})


def _symbols_are_introduced(statement: str, contract: Contract) -> Check:
    title = "The statement and the contract name the same symbols"
    shown = [tokens(formula.source) for formula in formulas(statement)]
    spellings = {symbol.name: _spellings(symbol) for symbol in contract.symbols}
    missing = [
        name
        for name, spelled in spellings.items()
        if not any(contains(formula, spelling) for formula in shown for spelling in spelled)
    ]
    if missing:
        message = f"The statement never shows {', '.join(missing)}; introduce it in a formula."
        return Check("introduced", title, "fail", message, {"missing": missing})
    known = CONSTANTS.union(*spellings.values())
    undeclared = [name for name in _requested_symbols(statement) if tokens(name) not in known]
    if undeclared:
        names = ", ".join(f"${name}$" for name in undeclared)
        message = f"The statement wants the answer in terms of {names}, which the contract does not declare."
        return Check("introduced", title, "fail", message, {"undeclared": undeclared})
    return Check("introduced", title, "pass", "Every declared symbol stands in the statement.", {})


def _spellings(symbol: Symbol) -> set[tuple[str, ...]]:
    """How the symbol may stand in a formula, as tokens."""
    return {tokens(text) for text in (symbol.latex, symbol.name, latex_of(symbol.name)) if text}


def _requested_symbols(statement: str) -> Iterator[str]:
    """The symbols listed after “in terms of” in a sentence that asks; formulas that are more than a symbol are left."""
    for asked in _SENTENCE_END.split(statement):
        clause = _IN_TERMS_OF.search(asked) if _ASKS.search(asked) else None
        if clause is None:
            continue
        listed = clause.group(1)
        end = next((found.start() for found in _FORMULA_OR_END.finditer(listed) if found.group(1)), len(listed))
        for formula in formulas(listed[:end]):
            for part in formula.source.split(","):
                if _SINGLE.fullmatch(part.strip()):
                    yield part.strip()


def _keeps_the_answer(statement: str, contract: Contract, value: float | None) -> Check:
    title = "The statement keeps the answer to itself"
    names = [(symbol.latex or latex_of(symbol.name), symbol.name) for symbol in contract.symbols]
    shown = {skeleton(side, names) for formula in formulas(statement) for side in sides(formula.source)}
    for answer in answers(contract.gold.source, is_python=contract.gold.is_python):
        wanted = skeleton(answer, names)
        if len(wanted) >= MIN_LEAK and (wanted in shown or in_python(statement, answer)):
            message = f"The statement already contains the answer, {_shorten(answer)}; take it out."
            return Check("leak", title, "fail", message, {"formula": answer})
    number = _number_shown(statement, value) if contract.kind is Kind.NUMBER and value is not None else ""
    if number:
        message = f"The statement already contains the value of the answer, {number}."
        return Check("leak", title, "fail", message, {"value": number})
    return Check("leak", title, "pass", "Neither the answer nor its value stands in the statement.", {})


def _number_shown(statement: str, value: float) -> str:
    """The number of the statement that is the value rounded; small whole values and under 3 figures prove nothing."""
    if value == int(value) and abs(value) < 1000:
        return ""
    for found in _NUMBER.finditer(statement):
        whole, decimals, exponent = found.group(1), found.group(2) or "", int(found.group(3) or 0)
        figures = len((whole + decimals).lstrip("0"))
        half_unit = 0.5 * 10.0 ** (exponent - len(decimals))
        if figures >= 3 and abs(float(found.group(0)) - abs(value)) <= half_unit * (1 + 1e-9):
            return found.group(0)
    return ""


def _conventions_do_not_hint(contract: Contract) -> Check:
    title = "The conventions fix the answer without a hint"
    found = _HINT.search(contract.conventions.other)
    if found:
        message = f"“{found.group(0)}” tells the solver how to proceed; conventions only make the answer unique."
        return Check("hint", title, "fail", message, {"found": found.group(0)})
    if _REMARK.search(contract.conventions.other):
        message = "“Note that” often begins a hint; make sure that this only makes the answer unique."
        return Check("hint", title, "note", message, {})
    return Check("hint", title, "pass", "None of the usual phrases of a hint stands there.", {})


def _has_solution(solution: str) -> Check:
    title = "A solution is written"
    if solution.strip():
        return Check("solution", title, "pass", "A reviewer can follow it.", {})
    return Check("solution", title, "fail", "Write the solution that a reviewer will follow.", {})


def _shorten(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
