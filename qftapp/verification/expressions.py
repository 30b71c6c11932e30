"""Reading an expression in Python or SymPy notation into a tree, without ever running it.

| text | read as |
|---|---|
| `x^2`, `x**2` | x squared |
| `0.1`, `1e-3` | the exact rationals 1/10 and 1/1000 |
| `np.pi`, `sympy.sqrt(2)`, `Rational(1, 2)` | π, √2, ½ |
| `E`, `I` | a declared symbol of that name, else e, i |
| `gamma(v + 1)` | the Γ function, even where a symbol gamma is declared |
| `p[0]` | the first component of a declared four-vector |
| `2x`, `f(x).subs(…)`, `__import__`, an undeclared name | refused, with the reason |
"""

import ast
import re
from collections.abc import Collection
from fractions import Fraction

from qftapp.verification import tree
from qftapp.verification.functions import FUNCTIONS
from qftapp.verification.names import CONSTANT_NAMES, FUNCTION_NAMES, MODULES, WRAPPERS
from qftapp.verification.notation_faults import described, syntax_fault
from qftapp.verification.tree import Node
from qftapp.verification.written import written

LENGTH_LIMIT = 10_000
DEPTH_LIMIT = 60
DIGITS_LIMIT = 300
NODES_LIMIT = 5_000
EXPONENT_LIMIT = 400

_SIGNS = str.maketrans({"−": "-", "×": "*", "·": "*", "⋅": "*", "π": " pi ", "∞": " oo ", "^": "**"})
_LONG_NUMBER = re.compile(rf"[0-9]{{{DIGITS_LIMIT + 1}}}")
_LONG_PREFIX = re.compile(rf"(?:[-+~]\s*|not\s+){{{DEPTH_LIMIT + 1}}}")
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


class ExpressionError(ValueError):
    """Text that is not an expression in the declared symbols; the message says why, in words for its author."""


def parse(text: str, symbols: Collection[str], vectors: Collection[str] = ()) -> Node:
    """Return the tree of an expression in `symbols`, of which `vectors` are four-vectors.

    Raises ExpressionError, and nothing else, on any text.
    """
    if len(text) > LENGTH_LIMIT:
        raise ExpressionError(f"the expression is too long: {len(text)} characters, at most {LENGTH_LIMIT}")
    if not text.strip():
        raise ExpressionError("the expression is empty")
    prepared = " ".join(text.translate(_SIGNS).split())
    _check_limits(prepared)
    try:
        parsed = ast.parse(prepared, mode="eval").body
        return _Builder(prepared, frozenset(symbols), frozenset(vectors)).build(parsed, 0)
    except SyntaxError:
        raise ExpressionError(syntax_fault(prepared)) from None
    except (ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, ExpressionError):
            raise
        raise ExpressionError("the expression is nested too deeply") from None


def _check_limits(text: str) -> None:
    """Refuse what would be expensive before anything looks at its structure."""
    if _LONG_NUMBER.search(text):
        raise ExpressionError(f"a number has more than {DIGITS_LIMIT} digits")
    if _LONG_PREFIX.search(text):
        raise ExpressionError("the expression is nested too deeply")
    depth = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if depth > DEPTH_LIMIT:
            raise ExpressionError(f"brackets are nested more than {DEPTH_LIMIT} deep")


class _Builder:
    """Turns Python's syntax tree into ours, admitting only what is listed."""

    def __init__(self, text: str, symbols: frozenset[str], vectors: frozenset[str]) -> None:
        self.text = text.encode()
        self.symbols = symbols
        self.vectors = vectors
        self.nodes = 0

    def build(self, node: ast.expr, depth: int) -> Node:
        self.nodes += 1
        if depth > DEPTH_LIMIT:
            raise ExpressionError(f"the expression is nested more than {DEPTH_LIMIT} deep")
        if self.nodes > NODES_LIMIT:
            raise ExpressionError(f"the expression has more than {NODES_LIMIT} parts")
        match node:
            case ast.Constant():
                return self._literal(node)
            case ast.Name() | ast.Attribute():
                return self._name(node)
            case ast.BinOp():
                return self._operation(node, depth)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _negated(self._number(operand, depth + 1))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.build(operand, depth + 1)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return tree.Logic("not", (self.build(operand, depth + 1),))
            case ast.BoolOp(op=operator, values=values):
                parts = tuple(self.build(value, depth + 1) for value in values)
                return tree.Logic("and" if isinstance(operator, ast.And) else "or", parts)
            case ast.Compare():
                return self._comparison(node, depth)
            case ast.IfExp(test=test, body=yes, orelse=no):
                return tree.Choice(self.build(test, depth + 1), self.build(yes, depth + 1), self.build(no, depth + 1))
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                form = type(node).__name__.lower()
                return tree.Group(form, tuple(self.build(item, depth + 1) for item in items))
            case ast.Subscript():
                return self._component(node)
            case ast.Call():
                return self._call(node, depth)
        raise ExpressionError(f"{described(node)} is not permitted in an expression")

    def _literal(self, node: ast.Constant) -> Node:
        match node.value:
            case bool(value):
                return tree.Truth(value)
            case str(value):
                return tree.Text(value)
            case int(value):
                return tree.Number(Fraction(value))
            case float() | complex():
                # The text, not the rounded float: 0.1 is one tenth.
                text = self.text[node.col_offset : node.end_col_offset].decode().replace("_", "")
                imaginary = text[-1] in "jJ"
                number = tree.Number(decimal(text.rstrip("jJ")))
                return tree.Product((number, tree.Constant("i"))) if imaginary else number
        raise ExpressionError(f"“{str(node.value)[:20]}” is not a number")

    def _name(self, node: ast.Name | ast.Attribute) -> Node:
        name = self._plain_name(node)
        if isinstance(node, ast.Name) and name in self.symbols:
            if name in self.vectors:
                raise ExpressionError(f"“{name}” is a four-vector: use its components {name}[0] … {name}[3]")
            return tree.Variable(name)
        if name in CONSTANT_NAMES:
            return tree.Constant(CONSTANT_NAMES[name])
        if name in FUNCTION_NAMES:
            raise ExpressionError(f"the function {name} lacks its argument")
        raise ExpressionError(self._undeclared(name))

    def _plain_name(self, node: ast.expr) -> str:
        """Return sqrt for sqrt, np.sqrt and scipy.special.sqrt."""
        match node:
            case ast.Name(id=name):
                return name
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in MODULES - self.symbols:
                return name
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="scipy"), attr="special"), attr=name):
                return name
        raise ExpressionError(f"{described(node)} is not permitted in an expression")

    def _undeclared(self, name: str) -> str:
        declared = ", ".join(sorted(self.symbols)) or "none"
        hint = "; the imaginary unit is I" if name in ("i", "j") else ""
        return f"“{name[:60]}” is not a declared symbol (declared: {declared}){hint}"

    def _operation(self, node: ast.BinOp, depth: int) -> Node:
        match node.op:
            case ast.Add() | ast.Sub():
                return tree.Sum(self._chain(node, (ast.Add, ast.Sub), depth))
            case ast.Mult() | ast.Div():
                return _product(self._chain(node, (ast.Mult, ast.Div), depth))
            case ast.Pow():
                return tree.Power(self._number(node.left, depth + 1), self._number(node.right, depth + 1))
        raise ExpressionError(f"the operator {type(node.op).__name__} is not permitted; use + - * / **")

    def _chain(self, node: ast.BinOp, operators: tuple[type[ast.operator], ...], depth: int) -> tuple[Node, ...]:
        """Return the operands of a + b − c or a·b/c side by side, so that long sums are not deep."""
        operands: list[Node] = []
        current: ast.expr = node
        while isinstance(current, ast.BinOp) and isinstance(current.op, operators):
            right = self._number(current.right, depth + 1)
            if isinstance(current.op, ast.Sub):
                right = _negated(right)
            elif isinstance(current.op, ast.Div):
                right = tree.Power(right, tree.MINUS_ONE)
            operands.append(right)
            current = current.left
        operands.append(self._number(current, depth + 1))
        return tuple(reversed(operands))

    def _number(self, node: ast.expr, depth: int) -> Node:
        """Return an operand of arithmetic or of a comparison; lists, labels and conditions would have no value."""
        built = self.build(node, depth)
        if isinstance(built, tree.Group):
            raise ExpressionError("there is no arithmetic with lists here: write the factor into each entry")
        if isinstance(built, tree.Text | tree.Truth | tree.Comparison | tree.Logic):
            raise ExpressionError(f"“{written(built)[:40]}” is not a number to calculate with")
        return built

    def _comparison(self, node: ast.Compare, depth: int) -> Node:
        operators = [COMPARISONS.get(type(operator)) for operator in node.ops]
        if None in operators:
            raise ExpressionError("only the comparisons < <= > >= == != are permitted")
        operands = [self._number(operand, depth + 1) for operand in (node.left, *node.comparators)]
        return tree.Comparison(tuple(operator or "" for operator in operators), tuple(operands))

    def _component(self, node: ast.Subscript) -> Node:
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int(index))) if name in self.vectors:
                if index in range(4) and not isinstance(index, bool):
                    return tree.Variable(name, index)
                raise ExpressionError(f"{name}[{str(index)[:20]}]: a four-vector has the components 0 to 3")
        raise ExpressionError("only the components of a declared four-vector can be taken with [ ]")

    def _call(self, node: ast.Call, depth: int) -> Node:
        name = self._plain_name(node.func)
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise ExpressionError(f"{name}(…) takes plain arguments only")
        arguments = tuple(self.build(argument, depth + 1) for argument in node.args)
        if name in self.symbols and name not in FUNCTION_NAMES:
            raise ExpressionError(f"“{name}” is a symbol, not a function: write products with *")
        if name in WRAPPERS:
            return _wrapped(name, arguments)
        if name not in FUNCTION_NAMES:
            raise ExpressionError(f"the function “{name[:60]}” is not known")
        function = FUNCTION_NAMES[name]
        _check_arguments(name, function, arguments)
        return tree.Call(function, arguments)


def decimal(text: str) -> Fraction:
    """Return the exact value of a decimal number. Raises ExpressionError where it is out of range."""
    if text.isdecimal():
        return Fraction(int(text))
    exponent = re.search(r"[eE]([-+]?[0-9]+)$", text)
    if exponent and (len(exponent.group(1)) > 4 or abs(int(exponent.group(1))) > EXPONENT_LIMIT):
        raise ExpressionError(f"the number {text[:40]} is out of range")
    return Fraction(text)


def _product(factors: tuple[Node, ...]) -> Node:
    """Return a product, a plain fraction such as 1/2 as one number."""
    value = Fraction(1)
    for factor in factors:
        match factor:
            case tree.Number(number):
                value *= number
            case tree.Power(tree.Number(number), tree.MINUS_ONE) if number:
                value /= number
            case _:
                return tree.Product(factors)
    return tree.Number(value)


def _negated(node: Node) -> Node:
    # A zero keeps its sign: as an imaginary part it is a side of a branch cut.
    if isinstance(node, tree.Number) and node.value:
        return tree.Number(-node.value)
    return tree.Product((tree.MINUS_ONE, node))


def _wrapped(name: str, arguments: tuple[Node, ...]) -> Node:
    if name in ("Tuple", "FiniteSet"):
        return tree.Group("tuple" if name == "Tuple" else "set", arguments)
    if len(arguments) != 1:
        raise ExpressionError(f"{name}(…) takes one argument here")
    inner = arguments[0]
    if isinstance(inner, tree.Text):
        raise ExpressionError(f"{name}(…) of a text is not a number")
    if name in ("tuple", "list", "set") and isinstance(inner, tree.Group):
        return tree.Group(name, inner.items)
    return inner


def _check_arguments(name: str, function: str, arguments: tuple[Node, ...]) -> None:
    known = FUNCTIONS[function]
    if not known.fewest <= len(arguments) <= known.most:
        wanted = str(known.fewest) if known.fewest == known.most else f"{known.fewest} to {known.most}"
        raise ExpressionError(f"{name} takes {wanted} argument{'s' if known.most > 1 else ''}, not {len(arguments)}")
    for index, argument in enumerate(arguments):
        is_list = isinstance(argument, tree.Group)
        if is_list != (function == "hypergeometric_pfq" and index < 2) or isinstance(argument, tree.Text):
            raise ExpressionError(f"{name} takes numbers" if is_list else f"{name} does not take such an argument")
