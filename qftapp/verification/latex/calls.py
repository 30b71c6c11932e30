r"""Functions and what they are applied to: \sin 2x, \log_{10} x, \mathrm{Li}_2(x), {}_2F_1(a, b; c; z)."""

from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.functions import FUNCTIONS as KNOWN
from qftapp.verification.latex import commands, environments, matrices
from qftapp.verification.latex.arithmetic import is_numeric, product
from qftapp.verification.latex.scripts import Scripts, read_scripts
from qftapp.verification.latex.spelling import GREEK, key
from qftapp.verification.latex.tokens import Token
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser

QUOTIENTS = ("/", "div")


def named(parser: "Parser", name: str) -> Node:
    _split_exponent(parser)
    scripts = read_scripts(parser)
    if name == "diag":
        return environments.diagonal(arguments(parser))
    if name == "det":
        return parser.superscripted(matrices.determinant(parser.factor()), scripts)
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


def _split_exponent(parser: "Parser") -> None:
    r"""Leave only the first digit of a bare exponent to the function: \\sin^22\\theta is sin²(2θ)."""
    token = parser.peek(1)
    if parser.at("^") and token.kind == "number" and len(token.text) > 1 and token.text.isdecimal():
        place = parser.position + 1
        parser.tokens[place : place + 1] = [Token("number", token.text[0]), Token("number", token.text[1:])]


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
    if any(isinstance(argument, tree.Group | tree.Text) for argument in arguments):
        raise ExpressionError(f"{function} does not take such an argument")
    call: Node = tree.Call(function, arguments)
    if function == "trace":
        call = tree.Call("trace", (product(list(arguments)),))
    return parser.superscripted(call, scripts)


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
    while parser.next.kind == "letter" and parser.next.is_glued and not _at_function(parser):  # \\sin kx
        parser.join(factors, parser.factor())
    if _may_go_on(parser):
        parser.is_ambiguous = True
        while parser.loose and parser.starts_factor() and not _at_function(parser) and not parser.at("(", "["):
            parser.join(factors, parser.factor())
        if parser.loose and parser.take(*QUOTIENTS):
            factors.append(tree.Power(parser.factor(), tree.MINUS_ONE))
    return product(factors)


def _may_go_on(parser: "Parser") -> bool:
    """Whether what follows may belong to the argument too: a symbol without a space before it, or a slash."""
    if parser.at(*QUOTIENTS):
        return True
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
