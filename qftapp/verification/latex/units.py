"""Units in an answer: GeV, \\mathrm{cm}^2, \\mu b, GeV^{-2}."""

from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.expressions import EXPONENT_LIMIT, ExpressionError
from qftapp.verification.latex.cursor import Cursor
from qftapp.verification.latex.tokens import tokenize
from qftapp.verification.tree import Node
from qftapp.verification.units import ALIASES, UNITS

DEGREE = tree.Product((tree.Constant("pi"), tree.number(Fraction(1, 180)), tree.Unit("rad")))


def named(name: str) -> Node | None:
    """Return a unit by its name."""
    if name in ("deg", "degree", "degrees"):
        return DEGREE
    name = ALIASES.get(name, name)
    return tree.Unit(name) if name in UNITS else None


def read(text: str) -> Node | None:
    """Return a product of units such as cm^2, GeV^{-2} or pb/GeV; nothing where the text is something else."""
    cursor = Cursor(tokenize(text, scientific=False))
    factors: list[Node] = []
    sign = 1
    while not cursor.is_done:
        if cursor.take("/"):
            sign = -1
        elif not cursor.take("cdot", "*", "\\{", "\\}", "{", "}"):
            unit = named(_name(cursor))
            exponent = _exponent(cursor) if unit else None
            if unit is None or exponent is None:
                return None
            power = sign * exponent
            factors.append(unit if power == 1 else tree.Power(unit, tree.number(power)))
            sign = 1
    if not factors:
        return None
    return factors[0] if len(factors) == 1 else tree.Product(tuple(factors))


def _name(cursor: Cursor) -> str:
    name = ""
    while cursor.next.kind in ("letter", "roman") or cursor.at("mu"):
        if name and cursor.next.kind == "letter" and not cursor.next.is_glued and name != "μ":
            break
        token = cursor.advance()
        name += "μ" if token.text == "mu" else token.text.replace(" ", "")
    return name or (cursor.advance().text if not cursor.is_done else "")


def _exponent(cursor: Cursor) -> int | None:
    if not cursor.take("^"):
        return 1
    sign = "-" if cursor.take("-") else ""
    text = sign + "".join(str(token) for token in cursor.group())
    return int(text) if text.lstrip("+-").isdecimal() and len(text) < 4 and abs(int(text)) <= EXPONENT_LIMIT else None


def without_unit(node: Node) -> Node:
    """Return an answer without the unit behind it. Raises ExpressionError where units stand elsewhere too."""
    bare = _stripped(node)
    if bare is None or any(isinstance(part, tree.Unit) for part in tree.walk(bare)):
        raise ExpressionError("a unit stands where the answer has none")
    return bare


def _stripped(node: Node) -> Node | None:
    match node:
        case tree.Unit() | tree.Power(tree.Unit(), tree.Number()):
            return None
        case tree.Product(factors):
            kept = tuple(part for factor in factors if (part := _stripped(factor)) is not None)
            return None if not kept else kept[0] if len(kept) == 1 else tree.Product(kept)
        case tree.Group(form, items):
            return tree.Group(form, tuple(_stripped(item) or tree.ONE for item in items))
    return node
