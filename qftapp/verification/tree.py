"""The expression tree every notation is read into: plain immutable nodes, no behaviour."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from operator import attrgetter
from typing import Any, TypeAlias

from qftapp.verification.records import record

COLOUR = "colour "
"""How the names of indices of colour begin."""


@record
class Number:
    """An exact rational; decimal notation is exact too: 0.1 is 1/10."""

    value: Fraction


@record
class Constant:
    """A constant by its canonical name: pi, e, i, euler_gamma, catalan, golden_ratio, infinity, nan.

    metric, levi_civita, gamma and sigma (= i/2 [γ^μ, γ^ν]) stand under an Indexed; gamma_5 and unit_matrix are 4×4.
    So do generator, structure, symmetric and the like (see `lorentz.colour`).
    """

    name: str


@record
class Variable:
    """A declared symbol, or the contravariant component `index` of a declared four-vector; without one, all of it."""

    name: str
    index: int | None = None


@record
class Sum:
    """The sum of its terms, at least two."""

    terms: "tuple[Node, ...]"


@record
class Product:
    """The product of its factors, at least two."""

    factors: "tuple[Node, ...]"


@record
class Power:
    """A power, on the principal branch."""

    base: "Node"
    exponent: "Node"


@record
class Call:
    """A function of `functions.FUNCTIONS`, by its canonical name."""

    function: str
    arguments: "tuple[Node, ...]"


@record
class Applied:
    """A declared function of unknown form, at some arguments, derived `by` some of them.

    `by` is sorted and has (place, −1) for a derivative by the argument at that place, (place, n) for one by the
    contravariant component n of an argument that is a four-vector.
    """

    name: str
    arguments: "tuple[Node, ...]"
    by: tuple[tuple[int, int], ...] = ()


@record
class Derivative:
    """The total derivative by a declared symbol, by the components x^μ of a four-vector where there is an index.

    By a function it is the derivative by its value, its own derivatives held fixed.
    """

    body: "Node"
    by: str
    index: "Index | None" = None


@record
class Matrix:
    """A declared matrix or operator; its place among the factors of a product matters."""

    name: str


@record
class Unit:
    """A unit of `units.UNITS` by its canonical name: GeV, pb, cm."""

    name: str


@record
class Index:
    """A Lorentz index; a name that occurs twice in a product, once upper and once lower, is summed over.

    A name from 0 to 3 is that component: γ^0, p_3. One that begins with `COLOUR` is an index of colour, always upper;
    its components count from 1.
    """

    name: str
    is_upper: bool

    @property
    def is_colour(self) -> bool:
        """Whether it is no Lorentz index."""
        return self.name.startswith(COLOUR)

    @property
    def letter(self) -> str:
        """The name as it is written."""
        return self.name.removeprefix(COLOUR)

    @property
    def is_number(self) -> bool:
        """Whether it names one component."""
        return self.letter.isdecimal() if self.is_colour else self.name in ("0", "1", "2", "3")


@record
class Indexed:
    """A tensor with its indices: metric, levi_civita, gamma, sigma, or anything that is a four-vector."""

    tensor: "Node"
    indices: tuple[Index, ...]


@record
class Integral:
    """The integral of `integrand` over a real variable from `low` to `high`, which may be infinite."""

    variable: str
    low: "Node"
    high: "Node"
    integrand: "Node"


@record
class Series:
    """The sum, or the product, of a term over the whole numbers from `low` to `high`; without any it is 0 or 1."""

    variable: str
    low: "Node"
    high: "Node"
    term: "Node"
    is_product: bool = False


@record
class Group:
    """A collection; `form` is tuple, list or set. A matrix is a list of lists."""

    form: str
    items: "tuple[Node, ...]"


@record
class Text:
    """A quoted label."""

    value: str


@record
class Truth:
    """True or False."""

    value: bool


@record
class Comparison:
    """A chain of comparisons such as 0 < x <= y; operators are <, <=, >, >=, ==, !=."""

    operators: tuple[str, ...]
    operands: "tuple[Node, ...]"


@record
class Logic:
    """`operator` is and, or, not."""

    operator: str
    operands: "tuple[Node, ...]"


@record
class Choice:
    """`yes` where the condition holds, else `no`."""

    condition: "Node"
    yes: "Node"
    no: "Node"


Node: TypeAlias = (
    Number
    | Constant
    | Variable
    | Sum
    | Product
    | Power
    | Call
    | Applied
    | Derivative
    | Matrix
    | Unit
    | Indexed
    | Integral
    | Series
    | Group
    | Text
    | Truth
    | Comparison
    | Logic
    | Choice
)

ZERO = Number(Fraction(0))
ONE = Number(Fraction(1))
TWO = Number(Fraction(2))
MINUS_ONE = Number(Fraction(-1))
HALF = Number(Fraction(1, 2))
DALEMBERT, LAPLACE = Index("□", is_upper=False), Index("∇²", is_upper=False)
"""In the place of the index of a derivative: ∂_μ∂^μ, and the sum of second derivatives by the components in space."""
INFINITESIMAL = Number(Fraction(1, 10**60))
"""What iε stands for where no ε is declared: positive, and beyond what any comparison can see."""


def number(value: "int | Fraction") -> Number:
    """Return an exact number as a node."""
    return Number(Fraction(value))


def children(node: Node) -> "tuple[Node, ...]":
    """Return the direct parts of a node, none for a leaf."""
    parts = _PARTS.get(type(node))
    return () if parts is None else parts(node)


_PARTS: "dict[type[Node], Callable[[Any], tuple[Node, ...]]]" = {
    Sum: attrgetter("terms"),
    Product: attrgetter("factors"),
    Power: attrgetter("base", "exponent"),
    Call: attrgetter("arguments"),
    Applied: attrgetter("arguments"),
    Derivative: lambda node: (node.body,),
    Indexed: lambda node: (node.tensor,),
    Integral: attrgetter("low", "high", "integrand"),
    Series: attrgetter("low", "high", "term"),
    Group: attrgetter("items"),
    Comparison: attrgetter("operands"),
    Logic: attrgetter("operands"),
    Choice: attrgetter("condition", "yes", "no"),
}


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything below it."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        parts = _PARTS.get(type(part))
        if parts is not None:
            waiting.extend(parts(part))


def variables(node: Node) -> frozenset[str]:
    """Return the names of the symbols that occur in a tree, those bound by an integral left out."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        kind = type(part)
        if (name := _NAMES.get(kind)) is not None:
            found.add(name(part))
        if (binding := _BINDING.get(kind)) is not None:
            bound, low, high, inner = binding(part)
            found |= variables(inner) - {bound}
            waiting += low, high
        elif (parts := _PARTS.get(kind)) is not None:
            waiting += parts(part)
    return frozenset(found)


_NAMES: "dict[type[Node], Callable[[Any], str]]" = dict.fromkeys((Variable, Matrix, Applied), attrgetter("name"))
_BINDING: "dict[type[Node], Callable[[Any], tuple[str, Node, Node, Node]]]" = {
    Integral: attrgetter("variable", "low", "high", "integrand"),
    Series: attrgetter("variable", "low", "high", "term"),
}


def indices(node: Node) -> tuple[Index, ...]:
    """Return the indices that a node itself carries, not those of its parts."""
    match node:
        case Indexed(_, found):
            return found
        case Derivative(_, _, Index() as index) if index not in (DALEMBERT, LAPLACE):
            return (index,)
    return ()


def rebuilt(node: Node, parts: "tuple[Node, ...]") -> Node:
    """Return a node like this one with other children, in the order of `children`."""
    match node:
        case Sum():
            return Sum(parts)
        case Product():
            return Product(parts)
        case Power():
            return Power(*parts)
        case Call(function, _):
            return Call(function, parts)
        case Applied(name, _, by):
            return Applied(name, parts, by)
        case Derivative(_, by, index):
            return Derivative(parts[0], by, index)
        case Indexed(_, indices):
            return Indexed(parts[0], indices)
        case Integral(variable, _, _, _):
            return Integral(variable, *parts)
        case Series(variable, _, _, _, is_product):
            low, high, term = parts
            return Series(variable, low, high, term, is_product)
        case Group(form, _):
            return Group(form, parts)
        case Comparison(operators, _):
            return Comparison(operators, parts)
        case Logic(operator, _):
            return Logic(operator, parts)
        case Choice():
            return Choice(*parts)
    return node


def replaced(node: Node, variable: Variable, value: Node) -> Node:
    """Return a tree in which something stands in a variable's place."""
    if node == variable:
        return value
    return rebuilt(node, tuple(replaced(child, variable, value) for child in children(node)))
