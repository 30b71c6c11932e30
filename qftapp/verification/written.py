"""Trees as plain text for messages; `readback` sets formulas."""

from qftapp.verification.tree import (
    Applied,
    Call,
    Constant,
    Derivative,
    Group,
    Indexed,
    Integral,
    Matrix,
    Node,
    Number,
    Power,
    Product,
    Series,
    Sum,
    Text,
    Truth,
    Unit,
    Variable,
    children,
)


def written(node: Node) -> str:
    """Return a tree as text for people, with more brackets than needed."""
    match node:
        case Number(value):
            return str(value)
        case Constant(name):
            return name
        case Variable(name, index):
            return name if index is None else f"{name}[{index}]"
        case Sum(terms):
            return "(" + " + ".join(map(written, terms)) + ")"
        case Product(factors):
            return "*".join(map(written, factors))
        case Power(base, exponent):
            return f"{_bracketed(base)}**{_bracketed(exponent)}"
        case Call(function, arguments):
            return f"{function}({', '.join(map(written, arguments))})"
        case Applied(name, arguments, by):
            marks = "".join(f"_{place}" if part < 0 else f"_{place}[{part}]" for place, part in by)
            return f"{'D' if by else ''}{marks}{' ' if by else ''}{name}({', '.join(map(written, arguments))})"
        case Derivative(body, by, index):
            mark = by if index is None else f"{by}{'^' if index.is_upper else '_'}{index.name}"
            return f"derivative({written(body)}, {mark})"
        case Unit(name) | Matrix(name):
            return name
        case Indexed(tensor, indices):
            return written(tensor) + "".join(f"{'^' if index.is_upper else '_'}{index.letter}" for index in indices)
        case Integral(variable, low, high, integrand):
            return f"integral({written(integrand)}, {variable}, {written(low)}, {written(high)})"
        case Series(variable, low, high, term, is_product):
            name = "product" if is_product else "sum"
            return f"{name}({written(term)}, {variable}, {written(low)}, {written(high)})"
        case Group(form, items):
            left, right = {"set": ("{", "}"), "list": ("[", "]")}.get(form, ("(", ")"))
            return left + ", ".join(map(written, items)) + right
        case Text(value):
            return value
        case Truth(value):
            return str(value)
    return f"{type(node).__name__.lower()}({', '.join(map(written, children(node)))})"


def _bracketed(node: Node) -> str:
    """Return the base or exponent of a power, in brackets unless it is a single thing or has some already."""
    is_single = isinstance(node, Constant | Variable | Call | Unit | Sum | Group)
    if is_single or (isinstance(node, Number) and node.value >= 0 and node.value.denominator == 1):
        return written(node)
    return f"({written(node)})"
