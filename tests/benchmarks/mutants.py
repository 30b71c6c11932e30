"""Wrong answers by the thousand: gold with something small changed, written as a response.

Trees are changed in one leaf or as a whole and written in Python notation, LaTeX in one token, Python code in one node
of its syntax. A few mutants equal gold all the same; `truth` tells them.
"""

import ast
import functools
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest

from qftapp.demo.content import items
from qftapp.verification import Contract, tree
from qftapp.verification.answers import gold_of
from qftapp.verification.inference import contract_of
from qftapp.verification.names import CONSTANT_NAMES, FUNCTION_NAMES
from qftapp.verification.soundness.dropping import dropped_from_expression, dropped_from_python
from qftapp.verification.terms import Kind
from qftapp.verification.tree import Node
from tests.benchmarks.bench_verify import GOLDEN
from tests.benchmarks.pairs import read_pairs

LATEX_TOKEN = re.compile(
    r"\\[a-zA-Z]+(?:_(?:\{[^{}]*\}|\w))?|\\.|[0-9]+(?:\.[0-9]+)?|[a-zA-Z](?:_(?:\{[^{}]*\}|\w))?|.", re.S
)
INDICES = (r"\mu", r"\nu", r"\rho", r"\sigma")
TRIES = 200
"""Changes in a row that bring nothing new, after which gold counts as exhausted."""
Change = Callable[[random.Random], str | None]


class Unwritable(ValueError):
    """A tree that has no form in Python notation."""


@dataclass(frozen=True)
class Source:
    """An item to be altered; `name` is for people."""

    name: str
    contract: Contract


@functools.cache
def sources() -> tuple[Source, ...]:
    """Return the items of the demo world that are sound, and those of the golden set, each once."""
    found = {item.slug: Contract.from_json(item.contract) for item in items() if not item.flaw}
    for pair in read_pairs(GOLDEN):
        found.setdefault(f"{pair.source}: {pair.gold} {pair.given}", contract_of(pair.gold, pair.domains, **pair.given))
    return tuple(Source(name, contract) for name, contract in found.items())


def mutants(contract: Contract, chance: random.Random) -> Iterator[str]:
    """Yield different responses, by turns changed as a whole and in one place, until none is new."""
    systematic = list(dict.fromkeys(_systematic(contract)))
    chance.shuffle(systematic)
    seen: set[str] = set()
    for response in _by_turns(iter(systematic), _random(contract, chance)):
        if response not in seen:
            seen.add(response)
            yield response


def _by_turns(*sources: Iterator[str]) -> Iterator[str]:
    for row in zip_longest(*sources):
        yield from (response for response in row if response is not None)


def _random(contract: Contract, chance: random.Random) -> Iterator[str]:
    """Yield responses with one thing changed at random, each once, until many in a row bring nothing new."""
    changes = _changes(contract)
    seen: set[str] = set()
    idle = 0
    while changes and idle < TRIES:
        response = chance.choice(changes)(chance)
        if response is None or response in seen:
            idle += 1
            continue
        idle = 0
        seen.add(response)
        yield response


def _systematic(contract: Contract) -> Iterator[str]:
    for word in (*contract.labels, *(("True", "False") if contract.kind is Kind.BOOLEAN else ())):
        yield _boxed(word)  # gold is among them
    gold = gold_of(contract).body
    if isinstance(gold, str):
        for dropped in dropped_from_python(gold):
            yield _code(str(dropped.body))
        return
    altered = [*_scaled(gold), *_exchanged(gold), *(dropped.body for dropped in dropped_from_expression(gold))]
    for node in altered:
        try:
            yield _boxed(in_python(node))
        except Unwritable:
            continue


def _changes(contract: Contract) -> list[Change]:
    """Return the ways in which one thing of gold can be changed at random."""
    gold = gold_of(contract).body
    if isinstance(gold, str):
        return [functools.partial(_python_changed, gold, contract.names)]
    changes: list[Change] = []
    try:
        in_python(gold)
        changes.append(lambda chance: _boxed(in_python(_leaf_changed(gold, contract.names, chance))))
    except Unwritable:
        pass
    if contract.gold.language == "latex":
        changes.append(functools.partial(_latex_changed, contract))
    return changes


def _boxed(text: str) -> str:
    return rf"\boxed{{{text}}}"


def _code(source: str) -> str:
    return f"```python\n{source}\n```"


def _scaled(gold: Node) -> Iterator[Node]:
    """Yield gold with a sign, a factor, a conjugation or a term too many, entry by entry in a collection."""
    if isinstance(gold, tree.Group):
        for place, item in enumerate(gold.items):
            for altered in _scaled(item):
                yield tree.Group(gold.form, (*gold.items[:place], altered, *gold.items[place + 1 :]))
        return
    pi, i = tree.Constant("pi"), tree.Constant("i")
    factors = [tree.number(f) for f in (-1, 2, Fraction(1, 2), 4, 3, Fraction(1001, 1000))]
    for factor in (*factors, pi, tree.Power(pi, tree.MINUS_ONE), i):
        yield tree.Product((factor, gold))
    yield tree.Call("conjugate", (gold,))
    yield tree.Power(gold, tree.MINUS_ONE)
    yield tree.Power(gold, tree.number(2))
    yield tree.Sum((gold, tree.ONE))
    for name in sorted(tree.variables(gold)):
        yield tree.Product((gold, tree.Variable(name)))
        yield tree.Sum((gold, tree.Variable(name)))


def _exchanged(gold: Node) -> Iterator[Node]:
    names = sorted(tree.variables(gold))
    for place, a in enumerate(names):
        for b in names[place + 1 :]:
            yield _renamed(gold, {a: b, b: a})


def _renamed(node: Node, names: dict[str, str]) -> Node:
    if isinstance(node, tree.Variable):
        return tree.Variable(names.get(node.name, node.name), node.index)
    return tree.rebuilt(node, tuple(_renamed(part, names) for part in tree.children(node)))


def _leaf_changed(node: Node, names: tuple[str, ...], chance: random.Random) -> Node:
    """Return a tree with one leaf changed, or one part of it (a function, a power, a sum)."""
    parts = tree.children(node)
    if not parts or chance.random() < 0.15:
        return _other(node, names, chance)
    place = chance.randrange(len(parts))
    changed = _leaf_changed(parts[place], names, chance)
    return tree.rebuilt(node, (*parts[:place], changed, *parts[place + 1 :]))


def _other(node: Node, names: tuple[str, ...], chance: random.Random) -> Node:
    match node:
        case tree.Number(value):
            return tree.Number(_other_number(value, chance))
        case tree.Variable(name, index):
            kind = chance.randrange(4)
            if kind == 0 and len(names) > 1:
                return tree.Variable(chance.choice([other for other in names if other != name]), index)
            factor = tree.Number(_other_number(Fraction(1), chance))
            return tree.Product((factor, node)) if kind < 3 else tree.Power(node, factor)
        case tree.Call(_, arguments) if len(arguments) == 1:
            return tree.Call(chance.choice(["sin", "cos", "exp", "log", "sqrt", "tanh"]), arguments)
        case tree.Constant("pi"):
            return chance.choice([tree.ONE, tree.number(2), tree.Constant("e")])
        case tree.Power(base, exponent):
            return tree.Power(base, tree.Sum((exponent, chance.choice([tree.ONE, tree.MINUS_ONE]))))
        case tree.Sum(terms):
            sign = chance.randrange(len(terms))
            turned = tree.Product((tree.MINUS_ONE, terms[sign]))
            return tree.Sum((*terms[:sign], turned, *terms[sign + 1 :]))
        case tree.Product(factors) if len(factors) > 1:
            left = chance.randrange(len(factors))
            rest = (*factors[:left], *factors[left + 1 :])
            return rest[0] if len(rest) == 1 else tree.Product(rest)
    return node


def _other_number(value: Fraction, chance: random.Random) -> Fraction:
    shift = Fraction(chance.choice([1, 1, 1, 2, -1, -1, -2]), chance.choice([1, 1, 1, 2, 3, 10, 1000]))
    return chance.choice([value + shift, value + shift, value * 2, value / 2, -value, value * (1 + shift)])


def _latex_changed(contract: Contract, chance: random.Random) -> str | None:
    """Return gold's LaTeX with one token changed, None if that token is left alone."""
    tokens = LATEX_TOKEN.findall(contract.gold.source)
    place = chance.randrange(len(tokens))
    other = _other_token(tokens[place], contract, chance)
    return None if other is None else f"${''.join((*tokens[:place], other, *tokens[place + 1 :]))}$"


def _other_token(token: str, contract: Contract, chance: random.Random) -> str | None:
    spellings = [symbol.latex for symbol in contract.symbols]
    if token.isdigit():
        return str(abs(int(token) + chance.choice([-3, -2, -1, 1, 2, 3, 10])))
    if token in spellings and len(spellings) > 1:
        return chance.choice([other for other in spellings if other != token]) + " "
    if token in INDICES:
        return chance.choice(INDICES) + " "
    swaps = {"+": "-", "-": "+", r"\sin": r"\cos", r"\cos": r"\sin", r"\ln": r"\exp", r"\pi": "2", "^": "_", "_": "^"}
    return swaps.get(token)


def _python_changed(source: str, names: tuple[str, ...], chance: random.Random) -> str | None:
    """Return gold's code with one number, name, operator or comparison changed."""
    module = ast.parse(source)
    places = [node for node in ast.walk(module) if isinstance(node, ast.Constant | ast.Name | ast.BinOp | ast.UnaryOp)]
    node = chance.choice(places)
    match node:
        case ast.Constant(value=bool() as value):
            node.value = not value
        case ast.Constant(value=str() | None):
            return None
        case ast.Constant(value=int() | float() as value):
            other = _other_number(Fraction(value), chance)
            node.value = int(other) if isinstance(value, int) and other.denominator == 1 else float(other)
        case ast.Name(id=name, ctx=ast.Load()) if name in names and len(names) > 1:
            node.id = chance.choice([other for other in names if other != name])
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        case ast.BinOp(op=ast.Mult() | ast.Div()):
            node.op = ast.Div() if isinstance(node.op, ast.Mult) else ast.Mult()
        case ast.UnaryOp(op=ast.USub()):
            node.op = ast.UAdd()
        case _:
            return None
    return _code(ast.unparse(module))


_CONSTANTS = {canonical: spelled for spelled, canonical in CONSTANT_NAMES.items()}
_FUNCTIONS = {canonical: spelled for spelled, canonical in FUNCTION_NAMES.items()}
_BRACKETS = {"tuple": "({},)", "list": "[{}]", "set": "{{{}}}"}


def in_python(node: Node) -> str:
    """Return a tree in the Python notation that answers are read in. Raises Unwritable."""
    match node:
        case tree.Number(value):
            return f"({value})"
        case tree.Constant(name) if name in _CONSTANTS:
            return _CONSTANTS[name]
        case tree.Variable(name, index):
            return name if index is None else f"{name}[{index}]"
        case tree.Sum(terms):
            return f"({' + '.join(map(in_python, terms))})"
        case tree.Product(factors):
            return f"({'*'.join(map(in_python, factors))})"
        case tree.Power(base, exponent):
            return f"({in_python(base)})**({in_python(exponent)})"
        case tree.Call(function, arguments) if function in _FUNCTIONS:
            return f"{_FUNCTIONS[function]}({', '.join(map(in_python, arguments))})"
        case tree.Group(form, items):
            return _BRACKETS[form].format(", ".join(map(in_python, items)))
    raise Unwritable(type(node).__name__)
