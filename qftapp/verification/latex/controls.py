r"""What begins with a backslash: fractions, sums, operators, accents, functions, and symbols spelled so."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex import (
    brackets,
    calls,
    commands,
    divisions,
    environments,
    integrals,
    limits,
    nabla,
    operators,
    powers,
    series,
    symbols,
    units,
    unknowns,
    words,
)
from qftapp.verification.latex.cursor import Cursor
from qftapp.verification.latex.scripts import read_scripts
from qftapp.verification.latex.spelling import ACCENTS, GREEK, VARIANTS, key
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser


def read(parser: "Parser") -> Node:
    """Return what the next token, a command, means with its arguments. Raises ExpressionError on an unknown one."""
    name = parser.advance().text
    if (reader := _READERS.get(name)) is not None:
        return reader(parser)
    if (reader_of := _FAMILIES.get(name)) is not None:
        return reader_of(parser, name)
    if name in unknowns.ACCENTS and (node := unknowns.read_accented(parser, name)) is not None:
        return node
    if name in ACCENTS:
        return _accented(parser, name)
    if name in commands.FUNCTIONS and name not in GREEK:
        return calls.named(parser, name)
    if name == "mu" and parser.next.kind == "roman" and (unit := units.named("μ" + parser.next.text)) is not None:
        parser.advance()  # 389\,\mu\mathrm{b}
        return powers.superscripted(parser, unit, read_scripts(parser))
    spelled = f"\\{name} "
    is_known = name in GREEK or name in VARIANTS or name in ("Re", "Im", "infty")
    if not is_known and not parser.vocabulary.knows(spelled):
        raise ExpressionError(f"“\\{name}” is not read here")
    return symbols.read(parser, spelled, f"\\{name}")


def _accented(parser: "Parser", name: str) -> Node:
    accent = parser.tokens[parser.position - 1]
    argument = parser.group()
    if name == "bar" and argument and argument[0].text == "bar":
        inner = Cursor(argument[1:])
        twice = inner.group()
        if inner.is_done:  # \bar{\bar\psi}
            return powers.superscripted(parser, parser.parse(twice), read_scripts(parser))
    spelled = key([accent, *argument])
    if spelled in commands.UNIT_MATRICES:
        read_scripts(parser)
        return operators.unit_matrix(parser.vocabulary)
    return symbols.read(parser, spelled, f"\\{name} {key(argument)}", under_accent=(name, argument))


def _slashed(parser: "Parser") -> Node:
    inner = parser.parse(parser.group())
    if not parser.vocabulary.is_vector(inner):
        raise ExpressionError("only a declared four-vector can be slashed")
    return tree.Call("slash", (inner,))


def _operator_name(parser: "Parser") -> Node:
    return words.read_roman(parser, key(parser.group()))


_READERS: dict[str, Callable[["Parser"], Node]] = {
    "frac": divisions.fraction,
    "sqrt": divisions.root,
    "binom": divisions.binomial,
    "int": integrals.read,
    "lim": limits.read,
    "begin": environments.read,
    "not": _slashed,
    "operatorname": _operator_name,
}
_FAMILIES: dict[str, Callable[["Parser", str], Node]] = {
    **dict.fromkeys(("sum", "prod"), series.read),
    **dict.fromkeys(("langle", "lfloor", "lceil"), brackets.read),
    **dict.fromkeys(("partial", "nabla", "Box", "square"), nabla.operator),
}
"""Commands read by one function, which is told which of them it was."""
