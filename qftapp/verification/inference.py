r"""A contract guessed from a gold answer in LaTeX: for collections of problems that state no more than that.

| gold | guessed |
|---|---|
| `\frac{g^2}{8\pi}M` | an expression in positive g and M |
| `\theta(t)e^{-\gamma t}`, `\|x\|` | t and x are real: gold asks for their sign |
| `p\cdot q`, `\not p`, `p^\mu` | p and q are four-vectors |
| `g^{\mu\nu}`, `i(\not p + m)` | a tensor |
| `\frac{d}{dx}f(x)` | f is a function of x |
| `\partial_\mu\phi` | nothing: that φ is a function of x is said beside it |
| `\sum_{k=0}^{n}x^k` | n is a whole number |
| `\{-m, m\}`, `\pm m` | a set |
| `\infty` | a label |
| `x > 2`, `x^2 < y` | an interval; a relation |
| `0.389\,\mathrm{mb}` | a number, in mb |
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from qftapp.verification import evidence, latex, tree
from qftapp.verification.contract import SCHEMA, Contract
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.extract import Answer, extract
from qftapp.verification.latex import relations
from qftapp.verification.latex.colour import add_casimirs
from qftapp.verification.latex.cursor import Cursor, split
from qftapp.verification.latex.parts import is_remark, joined_words
from qftapp.verification.latex.spelling import GREEK, folded, key, key_of, latex_of, name_of
from qftapp.verification.latex.statements import is_name
from qftapp.verification.latex.tokens import Token, tokenize
from qftapp.verification.symbols import Domain
from qftapp.verification.terms import Equality, Kind
from qftapp.verification.tree import Node

DOMAINS = {"pos": "positive", "nonneg": "nonnegative", "neg": "negative", "int": "integer"}
_DERIVED = frozenset(("e", "h", "\\hbar ", "\\alpha "))
_SIGNED = frozenset(("heaviside", "abs", "sign", "re", "im", "conjugate"))
_SET_MARKS = (
    *(r"\ldots", r"\dots", r"\mathbb{N}", r"\mathbb{Z}"),
    *(r"\cup", r"\cap", r"\setminus", r"\emptyset", r"\varnothing", "∪", "∩", "∖", "∅"),
)
_INFINITE = re.compile(r"-?\s*\\infty")


@dataclass(frozen=True, slots=True)
class _Query:
    """What the LaTeX reader asks of a contract, before there is one."""

    kind: Kind
    equality: Equality


def contract_of(gold: str, domains: Mapping[str, Any] | None = None, *, beside: str = "", **given: Any) -> Contract:
    """Return a contract for a gold answer in LaTeX.

    Symbols of a response `beside` it that gold does not hold are declared as decoys, as far as they can be read.

    `domains` gives, by LaTeX spelling or plain name, a domain ("positive", "four_vector", "function of x" …) or
    [low, high]; `given` are further fields of the contract's JSON. Raises ExpressionError where gold cannot be read,
    ContractError where the guess is no sound contract.
    """
    is_condition = _is_condition(gold)
    if "kind" not in given and _relates(gold, beside):
        given["kind"] = Kind.EQUATION.value
    kind = Kind(given.get("kind") or (Kind.TUPLE if is_condition else _kind(gold)))
    if "kind" not in given and _INFINITE.fullmatch(gold.strip(" $")):
        return contract_of(gold.strip(" $"), kind=Kind.LABEL.value, labels=[r"\infty", r"-\infty"])
    if kind in (Kind.LABEL, Kind.BOOLEAN):
        chosen = {"language": "expression", "source": gold}
        return Contract.from_json({"schema": SCHEMA, "entry_point": "answer", "gold": chosen, **given})
    asked = {_spelled(name): domain for name, domain in (domains or {}).items()}
    domain_of = {**_evident(gold), **asked}
    discovery = _discovery(domain_of, kind, given.get("conventions", {}).get("gauge_group", ""))
    parts = latex.read(gold, _Query(kind, Equality(given.get("equality", "value"))), discovery)[0].parts
    node = parts[-1]
    if "kind" not in given and (other := _other_kind(parts, kind)):
        return contract_of(gold, domains, beside=beside, **given, kind=other.value)
    # An interval keeps no name: another symbol beside a condition is another condition.
    names = {
        **({} if is_condition else _foreign(beside, discovery)),
        **discovery.found,
        **{spelled: name_of(spelled) for spelled in asked},
    }
    signed = _signed(node)
    used = tree.variables(node)
    symbols = [
        _symbol(name, spelled, domain_of.get(spelled, "real" if is_condition or name in signed else "positive"), used)
        for spelled, name in names.items()
    ]
    if "kind" not in given:
        kind = _refined(kind, node, has_symbols=any(not symbol["decoy"] for symbol in symbols))
    return Contract.from_json(
        {
            "schema": SCHEMA,
            "entry_point": "answer",
            "gold": {"language": "latex", "source": gold},
            "symbols": symbols,
            "constant": all(symbol["decoy"] for symbol in symbols),
            "unit": _unit(node),
            "tolerance": {"kind": "exact", "value": None} if _is_count(gold) else {},
            **given,
            "kind": kind.value,
        }
    )


def _evident(gold: str) -> dict[str, str]:
    """Return the domains that the text of gold shows, by key."""
    return {
        **dict.fromkeys(map(key_of, evidence.vectors(gold)), "four_vector"),
        **{key_of(name): f"function of {argument}" for name, argument in evidence.functions(gold).items()},
        **dict.fromkeys(map(key_of, evidence.whole_numbers(gold)), "natural"),
    }


def _is_condition(gold: str) -> bool:
    """Whether gold is a relation other than an equation, and not only an expression with a remark behind it."""
    try:
        tokens = tokenize(gold)
    except ExpressionError:
        return False
    return relations.are_condition(tokens) and len(split(tokens, ",", ";")) == 1


def _text_of(response: str) -> str | None:
    """Return the answer of a response where it is text."""
    found = extract(response, "answer", in_prose=True)
    return found.source if isinstance(found, Answer) and found.form != "code" else None


def _relates(gold: str, response: str) -> bool:
    """Whether gold and a response are equations that relate symbols, rather than names and what they equal."""
    found = _text_of(response)
    if found is None:
        return False
    try:
        sides = [split(tokenize(text), "=") for text in (gold, found)]
    except ExpressionError:
        return False
    if any(len(parts) != 2 or not all(parts) for parts in sides):
        return False
    (name, value), (left, right) = sides
    if _is_rate(name) and _is_rate(left):
        return False
    if not is_name(name):
        return _has_letters(name) and _has_letters(value)
    return (
        name != left
        and (key(name) in map(key, ([token] for token in right)) or not is_name(left))
        and (_has_letters(left))
    )


def _is_rate(tokens: Sequence[Token]) -> bool:
    r"""Whether tokens are a quotient of differentials and nothing else: \frac{d\sigma}{d\Omega} names a quantity."""
    cursor = Cursor(tokens[1:])
    try:
        halves = [cursor.group(), cursor.group()] if tokens[0].text == "frac" else []
    except ExpressionError:
        return False
    return (
        bool(halves)
        and cursor.is_done
        and all(half and half[0].text in ("d", "partial") and len(half) > 1 for half in halves)
    )


def _has_letters(tokens: Sequence[Token]) -> bool:
    return any(token.kind == "letter" or token.text in GREEK for token in tokens)


def _other_kind(parts: Sequence[Node], kind: Kind) -> Kind | None:
    """Return the kind that gold turns out to have once it is read, nothing where it is the one it was read as."""
    if len(parts) == 2 or isinstance(parts[-1], tree.Comparison):
        return Kind.EQUATION
    match kind, parts[-1]:
        case Kind.TUPLE, tree.Group("set"):
            return Kind.SET
        case Kind.SET, tree.Group("set", (tree.Group("tuple", (tree.Text(), *_)),)):
            return Kind.TUPLE
    return None


def _foreign(response: str, discovery: latex.Discovery) -> dict[str, str]:
    """Return the symbols of a response by key, but for those that follow from others: e by α, h by ħ."""
    found = _text_of(response)
    if found is None:
        return {}
    other = replace(discovery, found=dict(discovery.found))
    is_condition = _is_condition(found)
    try:
        query = _Query(Kind.TUPLE if is_condition else Kind.EXPRESSION, Equality.VALUE)
        node = latex.read(found, query, other)[0].parts[-1]
    except ExpressionError:
        return {}
    used = other.found.values() if is_condition else tree.variables(node)
    return {key: name for key, name in other.found.items() if name in used and key not in _DERIVED}


def _spelled(name: str) -> str:
    plain = name.replace("eps", "epsilon") if name == "eps" else name
    return folded(key_of(plain if "\\" in plain or "{" in plain else latex_of(plain)))


def _discovery(domain_of: Mapping[str, Any], kind: Kind, group: str) -> latex.Discovery:
    known: dict[str, Node] = {spelled: _declared(name_of(spelled), domain) for spelled, domain in domain_of.items()}
    functions = {name_of(spelled): _arguments(domain) for spelled, domain in domain_of.items() if _arguments(domain)}
    has_operators = any(isinstance(node, tree.Matrix) for node in known.values())
    add_casimirs(group, known)
    return latex.Discovery(
        known,
        {},
        vectors=frozenset(name_of(spelled) for spelled, domain in domain_of.items() if _domain(domain).is_vector),
        infinitesimal=known.get(r"\epsilon "),
        is_scalar=kind in (Kind.NUMBER, Kind.EXPRESSION),
        has_matrices=kind is Kind.TENSOR or has_operators or bool(group),
        group=group,
        functions=functions,
        complexes=frozenset(
            name_of(spelled) for spelled, domain in domain_of.items() if _domain(domain) is Domain.COMPLEX
        ),
        has_operators=has_operators,
        integers=frozenset(name_of(spelled) for spelled, domain in domain_of.items() if _domain(domain).is_whole),
        found={spelled: name_of(spelled) for spelled in domain_of},
    )


def _declared(name: str, domain: Any) -> Node:
    found = _domain(domain)
    is_operator = found.is_matrix or found is Domain.LADDER_OPERATOR
    return tree.Matrix(name) if is_operator else tree.Variable(name)


def _domain(domain: Any) -> Domain:
    """Return the domain that a text such as "complex function of t, x" begins with; of a range, the real numbers."""
    if not isinstance(domain, str):
        return Domain.REAL
    return Domain(DOMAINS.get(domain, domain.partition(" of ")[0].replace(" ", "_")))


def _arguments(domain: Any) -> tuple[str, ...]:
    """Return the names of what a function is a function of."""
    listed = domain.partition(" of ")[2] if isinstance(domain, str) else ""
    return tuple(name_of(_spelled(part.strip())) for part in listed.split(",") if part.strip())


def _kind(gold: str) -> Kind:
    """Return what must be known before gold can be read: whether a list or ± is one answer or several."""
    is_listed = re.search(r"^(?:[^=]*=|[^=,;]*\\in)?\s*(?:\\left\s*)?\\\{", gold)
    if is_listed or any(mark in gold for mark in (*_SET_MARKS, r"\pm")) or _is_list(gold):
        return Kind.SET
    return Kind.TUPLE if re.match(r"[^=,;]*\\in\b", gold) else Kind.EXPRESSION


def _is_list(gold: str) -> bool:
    """Whether gold holds values side by side, “1, 2 and 3”: they may come in any order. 1,234 is one number."""
    try:
        parts = split(joined_words(tokenize(gold)), ",", ";", "vee")
    except ExpressionError:
        return False
    is_number = re.fullmatch(r"[-0-9.,]+", gold.strip()) is not None
    return len(parts) > 1 and all(parts) and not is_number and not any(map(is_remark, parts))


def _refined(kind: Kind, node: Node, *, has_symbols: bool) -> Kind:
    if kind is Kind.SET:
        return kind
    if isinstance(node, tree.Group):
        return Kind.MATRIX if all(isinstance(item, tree.Group) for item in node.items) else Kind.TUPLE
    if any(map(_is_tensor, tree.walk(node))):
        return Kind.TENSOR
    if has_symbols:
        return Kind.EXPRESSION
    return Kind.COMPLEX


def _is_tensor(part: Node) -> bool:
    match part:
        case tree.Indexed() | tree.Constant("gamma_5") | tree.Call("slash"):
            return True
    return False


def _is_count(gold: str) -> bool:
    """Whether gold is a whole number, written out: then no other number is near enough."""
    return re.fullmatch(r"[-+]?[0-9]+(?:(?:,|\{,\}|\\,)[0-9]{3})*", gold.strip(" $")) is not None


def _signed(node: Node) -> frozenset[str]:
    """Return the symbols whose sign matters to gold."""
    calls = [part for part in tree.walk(node) if isinstance(part, tree.Call) and part.function in _SIGNED]
    return frozenset().union(*(tree.variables(call) for call in calls))


def _symbol(name: str, spelled: str, domain: Any, used: frozenset[str]) -> dict[str, Any]:
    low, high = domain if isinstance(domain, list | tuple) else (None, None)
    word = _domain(domain).value
    if low is not None and low > 0:
        word = "positive"
    shown = re.sub(r"_(.+)$", r"_{\1}", spelled.strip())
    symbol = {"name": name, "latex": shown, "domain": word, "low": low, "high": high, "decoy": name not in used}
    return {**symbol, "arguments": list(arguments)} if (arguments := _arguments(domain)) else symbol


def _unit(node: Node) -> str:
    """Return the unit behind gold as the contract writes it: mb, GeV^-2."""
    return " ".join(name if power == 1 else f"{name}^{{{power}}}" for name, power in _units(node))


def _units(node: Node) -> list[tuple[str, Fraction]]:
    match node:
        case tree.Unit(name):
            return [(name, Fraction(1))]
        case tree.Product(factors):
            return [unit for factor in factors for unit in _units(factor)]
        case tree.Power(base, tree.Number(exponent)):
            return [(name, power * exponent) for name, power in _units(base)]
    return []
