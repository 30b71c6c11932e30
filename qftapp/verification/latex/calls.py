r"""Functions and what they are applied to: \sin 2x, \log_{10} x, \mathrm{Li}_2(x), {}_2F_1(a, b; c; z)."""

from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.functions import FUNCTIONS as KNOWN
from qftapp.verification.latex import commands, divisors, environments, matrices, powers
from qftapp.verification.latex.arithmetic import is_numeric, product
from qftapp.verification.latex.operators import is_operator
from qftapp.verification.latex.scripts import Scripts, read_scripts
from qftapp.verification.latex.spelling import GREEK, key
from qftapp.verification.latex.tokens import Token
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser

_OF_MATRICES = {"det": matrices.determinant, "adjugate": matrices.adjugate}
QUOTIENTS = ("/", "div")


def named(parser: "Parser", name: str) -> Node:
    scripts = read_scripts(parser, digit_by_digit=True)
    if name == "diag":
        return environments.diagonal(arguments(parser))
    if name in _OF_MATRICES:
        inner = parser.factor()
        if name == "det" and is_operator(inner):
            return powers.superscripted(parser, tree.Call("determinant", (inner,)), scripts)
        return powers.superscripted(parser, _OF_MATRICES[name](inner), scripts)
    function = commands.FUNCTIONS[name]
    if function == "sqrt":
        return call(parser, function, arguments(parser), scripts)
    if scripts.sub:
        if function != "log":
            raise parser.vocabulary.undeclared(f"{name}_{key(scripts.sub)}")
        base = parser.parse(scripts.sub)
        return call(parser, "log", (*arguments(parser), base), scripts)
    if key(scripts.sup) == "-1" and function in commands.INVERSES:
        return tree.Call(commands.INVERSES[function], arguments(parser))
    return applied(parser, function, scripts)


def ordered(parser: "Parser", name: str) -> Node:
    scripts = read_scripts(parser)
    order = parser.parse(scripts.sub)
    return call(parser, commands.ORDERED_FUNCTIONS[name], (order, *arguments(parser)), scripts)


def applied(parser: "Parser", function: str, scripts: Scripts) -> Node:
    return call(parser, function, arguments(parser), scripts)


def call(parser: "Parser", function: str, arguments: tuple[Node, ...], scripts: Scripts) -> Node:
    known = KNOWN.get(function)
    if known is not None and not known.fewest <= len(arguments) <= known.most:
        raise ExpressionError(f"{function} does not take {len(arguments)} arguments")
    if function == "trace" and matrices.is_matrix(arguments[0]):
        return powers.superscripted(parser, matrices.trace(arguments[0]), scripts)
    if any(isinstance(argument, tree.Group | tree.Text) for argument in arguments):
        raise ExpressionError(f"{function} does not take such an argument")
    call: Node = divisors.folded(function, arguments) or tree.Call(function, arguments)
    if function == "trace":
        call = tree.Call("trace", (product(list(arguments)),))
    return powers.superscripted(parser, call, scripts)


def arguments(parser: "Parser") -> tuple[Node, ...]:
    """Read the argument of a function: what brackets hold, else the factors that belong to it."""
    if parser.at("(", "[", "{", "\\{"):
        inner = parser.primary()
        if isinstance(inner, tree.Group) and inner.form == "tuple":
            return inner.items
        return (inner,)
    if parser.at_bar():
        return (parser.factor(),)
    if not parser.starts_factor():
        raise ExpressionError("a function lacks its argument")
    return (_bare_argument(parser),)


def _bare_argument(parser: "Parser") -> Node:
    factors = [parser.factor()]
    while is_numeric(factors[-1]) and parser.starts_factor() and not _at_function(parser) and not parser.at("(", "["):
        parser.join(factors, parser.factor())
    while _goes_on(parser):  # \sin\omega t
        parser.join(factors, parser.factor())
    if parser.at(*QUOTIENTS):  # \cos\theta/2
        parser.is_ambiguous = True
        if parser.loose:
            parser.advance()
            factors.append(powers.power(parser, parser.factor(), tree.MINUS_ONE))
    return product(factors)


def _goes_on(parser: "Parser") -> bool:
    """Whether the next factor belongs to the argument too: a plain symbol, without a space set before it."""
    token = parser.next
    if token.is_apart or not parser.starts_factor() or _at_function(parser):
        return False
    is_exponential = token.text == "e" and parser.peek(1).text == "^"
    return not is_exponential and (token.kind == "letter" or (token.kind == "command" and token.text in GREEK))


def _at_function(parser: "Parser") -> bool:
    token = parser.next
    if token.kind == "letter":
        word = parser.glued_word()
        return len(word) > 1 and word in commands.FUNCTIONS
    is_named = token.text in commands.FUNCTIONS and token.text not in GREEK
    return token.kind in ("command", "roman") and is_named and token.text != "sqrt"


def hypergeometric(parser: "Parser") -> Node:
    """Read {}_2F_1(a, b; c; z) and its kin."""
    if parser.take("{"):
        parser.expect("}")
    parser.expect("_")
    upper = _small_number(parser.group())
    if parser.advance().text != "F":
        raise ExpressionError("a lone subscript is not read here")
    parser.expect("_")
    lower = _small_number(parser.group())
    given = arguments(parser)
    if len(given) != upper + lower + 1:
        raise ExpressionError(f"this hypergeometric function takes {upper + lower + 1} arguments")
    tops, bottoms = given[:upper], given[upper:-1]
    lists = (tree.Group("list", tops), tree.Group("list", bottoms))
    return tree.Call("hypergeometric_pfq", (*lists, given[-1]))


def _small_number(tokens: list[Token]) -> int:
    text = key(tokens)
    if not text.isdecimal() or int(text) > 6:
        raise ExpressionError("the order of a hypergeometric function is a small number")
    return int(text)
