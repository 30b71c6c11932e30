r"""Unknown functions as they are written: with arguments or without, with primes, dots and numbers of derivatives.

| text | read as |
|---|---|
| `f`, `f(x)`, where f is declared a function of x | f(x) |
| `f(x-ct)` | f at x − ct |
| `f'(x)`, `f''`, `f^{(3)}(x)`, `\dot q`, `\ddot q(t)` | derivatives by the one argument; dots by time |
| `\phi^*`, `\bar\phi(x)`, `A_\mu`, `\phi^2(x)` | conjugate, component, power of the value |
| `F^{\mu\nu}` beside a field A | ∂^μA^ν − ∂^νA^μ, where F is not declared |
| `\phi(m^2+\lambda\phi^2)` | a product: what stands in the bracket is no argument of φ |
"""

from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex import powers
from qftapp.verification.latex.scripts import Scripts, read_scripts
from qftapp.verification.latex.spelling import folded, key
from qftapp.verification.latex.tokens import Token
from qftapp.verification.tree import Applied, Index, Node, Variable
from qftapp.verification.written import written

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser

DOTS = {"dot": 1, "ddot": 2, "dddot": 3, "ddddot": 4}
ACCENTS = frozenset((*DOTS, "bar"))
MOST_DERIVATIVES = 8


def read(parser: "Parser", spelled: str, scripts: Scripts) -> Node | None:
    """Return an unknown function with what its scripts and the bracket behind it make of it, else nothing."""
    if scripts.primes and spelled + "'" * scripts.primes in parser.vocabulary.symbols:
        return None
    found = _named(parser, spelled, scripts)
    if found is None:
        return _field_strength(parser, scripts) if spelled == "F" else None
    name, rest = found
    return _Reader(parser, name, rest).read(scripts.primes)


def _field_strength(parser: "Parser", scripts: Scripts) -> Node | None:
    """Return ∂^μA^ν − ∂^νA^μ for F^{μν}, where A is a declared four-vector function and F is not declared."""
    vocabulary = parser.vocabulary
    field, place, indices = vocabulary.symbols.get("A"), vocabulary.place, scripts.indices
    is_declared = any(other == "F" or other.startswith(("F_", "F^")) for other in vocabulary.symbols)
    if not isinstance(field, Variable) or field.name not in vocabulary.functions or not vocabulary.is_vector(field):
        return None
    if place is None or len(indices) != 2 or is_declared or powers.mean_scalars(parser, scripts):
        return None
    potential = vocabulary.bare(field.name)
    first, second = (
        tree.Derivative(tree.Indexed(potential, (other,)), place, index) for index, other in (indices, indices[::-1])
    )
    return tree.Sum((first, tree.Product((tree.MINUS_ONE, second))))


def read_accented(parser: "Parser", accent: str) -> Node | None:
    r"""Return \dot q or \bar\phi of an unknown function; nothing where something else stands under the accent."""
    start = parser.position
    inner = parser.group()
    scripts = read_scripts(parser)
    under = _split(inner)
    spelled, below = key(under[0]), key(under[1])
    found = _named(parser, f"{spelled}_{below}" if below else spelled, scripts)
    if found is None or f"\\{accent} {spelled}" in parser.vocabulary.symbols:
        parser.position = start
        return None
    name, rest = found
    return _Reader(parser, name, rest, is_barred=accent == "bar").read(scripts.primes, dots=DOTS.get(accent, 0))


def _split(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return a symbol and its subscript."""
    place = next((n for n, token in enumerate(tokens) if token.text == "_"), len(tokens))
    return tokens[:place], tokens[place + 1 :]


def _named(parser: "Parser", spelled: str, scripts: Scripts) -> tuple[str, Scripts] | None:
    """Return the function that a spelling with its subscript names, with the scripts that are no part of its name."""
    if not parser.vocabulary.functions:
        return None
    without = Scripts([], scripts.sup, 0, [part for part in scripts.parts if part[0]])
    for form, rest in ((f"{spelled}_{key(scripts.sub)}" if scripts.sub else spelled, without), (spelled, scripts)):
        if form in parser.bound:
            return None
        node = parser.vocabulary.symbols.get(form) or parser.vocabulary.symbols.get(folded(form))
        if isinstance(node, Variable) and node.name in parser.vocabulary.functions:
            return node.name, rest
    return None


class _Reader:
    """Reads what stands behind the name of one unknown function."""

    def __init__(self, parser: "Parser", name: str, scripts: Scripts, *, is_barred: bool = False) -> None:
        self.parser = parser
        self.name = name
        self.scripts = scripts
        self.is_barred = is_barred
        self.declared = parser.vocabulary.functions[name]

    def read(self, primes: int, dots: int = 0) -> Node:
        order = primes + self._numbered_order()
        inverse = key(self.scripts.sup) == "-1"
        given = self._arguments()
        if given is not None and inverse:
            raise ExpressionError(f"the inverse of “{self.name}” is not read: write 1/{self.name} for 1 over it")
        node: Node = Applied(self.name, given or tuple(map(self.parser.vocabulary.bare, self.declared)))
        assert isinstance(node, Applied)
        node = Applied(self.name, node.arguments, self._slots(order, dots))
        if self.is_barred:
            node = tree.Call("conjugate", (node,))
        return self._raised(node)

    def _numbered_order(self) -> int:
        """Return n for f^{(n)}, and take it from the scripts."""
        sup = self.scripts.sup
        if len(sup) != 3 or (sup[0].text, sup[2].text) != ("(", ")") or not sup[1].text.isdecimal():
            return 0
        self.scripts = Scripts(self.scripts.sub, [], 0, [part for part in self.scripts.parts if not part[0]])
        return int(sup[1].text)

    def _slots(self, order: int, dots: int) -> tuple[tuple[int, int], ...]:
        if order + dots > MOST_DERIVATIVES:
            raise ExpressionError(f"more than {MOST_DERIVATIVES} derivatives are not read")
        slots = []
        if order:
            if len(self.declared) > 1 or self.declared[0] in self.parser.vocabulary.vectors:
                raise ExpressionError(f"a prime on “{self.name}”, which has several arguments, does not say by which")
            slots += [(0, -1)] * order
        if dots:
            slots += [self._time()] * dots
        return tuple(sorted(slots))

    def _time(self) -> tuple[int, int]:
        vocabulary = self.parser.vocabulary
        if "t" in self.declared:
            return self.declared.index("t"), -1
        if len(self.declared) == 1 and self.declared[0] not in vocabulary.functions:
            return (0, 0) if self.declared[0] in vocabulary.vectors else (0, -1)
        raise ExpressionError(f"a dot on “{self.name}”, which is no function of time: write the derivative out")

    def _raised(self, node: Node) -> Node:
        """Return the value with an index, conjugated, or as a power."""
        scripts = self.scripts
        vocabulary = self.parser.vocabulary
        if self.name in vocabulary.vectors and len(scripts.parts) == 1 and (index := _index(scripts)) is not None:
            return tree.Indexed(node, (index,))
        if scripts.sub:
            raise vocabulary.undeclared(f"{self.name}_{key(scripts.sub)}")
        marks, power = _marks(scripts.sup)
        if marks % 2:
            node = tree.Call("conjugate", (node,))
        return powers.raised(self.parser, node, power) if power else node

    def _arguments(self) -> tuple[Node, ...] | None:
        """Return the arguments in the bracket that follows; nothing, and the bracket unread, where it is a factor."""
        parser = self.parser
        is_braced = parser.at("{") and parser.peek(1).text in ("(", "[")  # f{\left(x\right)}
        if not is_braced and not parser.at("(", "["):
            return None
        start, counted, closed = parser.position, parser.nodes, parser.closed_at
        inner = parser.primary()
        is_listed = isinstance(inner, tree.Group) and inner.form in ("tuple", "list")
        given = inner.items if is_listed and isinstance(inner, tree.Group) else (inner,)
        if self._fit(given):
            return given
        parser.position, parser.nodes, parser.closed_at = start, counted, closed
        return None

    def _fit(self, given: tuple[Node, ...]) -> bool:
        """Whether what stands in a bracket is meant as arguments. Raises ExpressionError where nobody can tell."""
        vocabulary = self.parser.vocabulary
        if given == tuple(map(vocabulary.bare, self.declared)):
            return True
        if len(given) != len(self.declared):
            if len(given) > 1:
                raise ExpressionError(f"“{self.name}” has {len(self.declared)} arguments, here it has {len(given)}")
            return False
        are_vectors = [vocabulary.is_vector(vocabulary.bare(name)) for name in self.declared]
        if [vocabulary.is_vector(node) for node in given] != are_vectors:
            if len(given) > 1:
                raise ExpressionError(f"the arguments of “{self.name}” are not those it is declared with")
            return False
        if any(isinstance(part, Applied) and part.name == self.name for node in given for part in tree.walk(node)):
            return False
        if len(given) > 1 or isinstance(given[0], Variable | tree.Number | Applied):
            return True
        if tree.variables(given[0]) & self._depends():
            return True
        raise ExpressionError(f"“{self.name}” may stand at “{written(given[0])[:40]}” or before it as a factor")

    def _depends(self) -> frozenset[str]:
        bare = map(self.parser.vocabulary.bare, self.declared)
        return frozenset().union(*map(tree.variables, bare), self._bound())

    def _bound(self) -> frozenset[str]:
        return frozenset(node.name for node in self.parser.bound.values() if isinstance(node, Variable))


def _index(scripts: Scripts) -> Index | None:
    """Return the Lorentz index, or the number of a component, that a four-vector carries."""
    is_upper, part = scripts.parts[0]
    if len(part) == 1 and part[0].text in (("0", "1", "3") if is_upper else ("0", "1", "2", "3")):  # A^2 is the square
        return Index(part[0].text, is_upper)
    return scripts.indices[0] if len(scripts.indices) == 1 else None


def _marks(tokens: list[Token]) -> tuple[int, list[Token]]:
    """Return how often * or † stands in a superscript, and what else does."""
    rest = [token for token in tokens if token.text not in ("*", "dagger")]
    return len(tokens) - len(rest) if not rest or len(tokens) > len(rest) else 0, rest
