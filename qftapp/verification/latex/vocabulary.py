"""What the spellings in an answer mean: the contract's symbols, and what follows from its conventions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex.colour import add_casimirs
from qftapp.verification.latex.spelling import GREEK, VARIANTS, folded, key, latex_of, name_of
from qftapp.verification.latex.tokens import Token, tokenize
from qftapp.verification.symbols import Domain, Symbol
from qftapp.verification.terms import Kind
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.contract import Contract

_TWO_PI = tree.Product((tree.number(2), tree.Constant("pi")))
_FOUR_PI = tree.Product((tree.number(4), tree.Constant("pi")))


class Undeclared(ExpressionError):
    """A spelling that names nothing the contract declares."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`symbols` by key, `words` by plain name, `phrases` that no single letter begins, longest first.

    `vectors` are the names of the four-vectors, `complexes` those of the complex numbers; `functions` has the arguments
    of each unknown function; `charge` is what e means where it is not Euler's number; `infinitesimal` is what iε stands
    for; `is_scalar` says that a comma cannot separate entries, `has_matrices` that [A, B] and {A, B} are commutators,
    `has_operators` that matrices or operators are declared; `integers` are the names of whole numbers; `group` is
    the code of conventions.gauge_group; `connection` is what a covariant derivative adds to ∂, without the field A,
    and `charged` the names of the complex fields.
    """

    symbols: Mapping[str, Node]
    words: Mapping[str, Node]
    phrases: tuple[tuple[tuple[str, ...], Node], ...] = ()
    vectors: frozenset[str] = frozenset()
    charge: Node | None = None
    infinitesimal: Node | None = None
    is_scalar: bool = False
    has_matrices: bool = False
    names: tuple[str, ...] = ()
    functions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    complexes: frozenset[str] = frozenset()
    has_operators: bool = False
    integers: frozenset[str] = frozenset()
    group: str = ""
    connection: Node | None = None
    charged: frozenset[str] = frozenset()

    def is_whole(self, node: Node) -> bool:
        """Whether a tree is a whole number wherever it is computed."""
        match node:
            case tree.Number(value):
                return value.denominator == 1
            case tree.Variable(name, None):
                return name in self.integers
            case tree.Sum(parts) | tree.Product(parts):
                return all(map(self.is_whole, parts))
        return False

    @property
    def place(self) -> str | None:
        """The four-vector that fields are functions of, by which ∂_μ derives; None where there is not just one."""
        used = {name for arguments in self.functions.values() for name in arguments if name in self.vectors}
        places = {name for name in used if name not in self.functions}
        return places.pop() if len(places) == 1 else None

    def bare(self, name: str) -> Node:
        """Return a declared symbol by its name, a function at the arguments it is declared with."""
        if name not in self.functions:
            return tree.Variable(name)
        return tree.Applied(name, tuple(map(self.bare, self.functions[name])))

    def find(self, spelled: str) -> Node | None:
        """Return what a key means, a variant letter standing for the plain one where only one of them is declared."""
        return self.symbols.get(spelled) or self.symbols.get(folded(spelled))

    def knows(self, spelled: str) -> bool:
        """Whether a key means something, by itself or with a subscript or prime behind it."""
        return self.find(spelled) is not None or any(other.startswith(spelled) for other in self.symbols)

    def is_vector(self, node: Node) -> bool:
        """Whether a tree is a four-vector."""
        if not self.vectors:
            return False
        match node:
            case tree.Variable(name, None) | tree.Applied(name, _, _):
                return name in self.vectors
            case tree.Derivative(body, _, None):
                return self.is_vector(body)
            case tree.Sum(terms):
                return all(map(self.is_vector, terms))
            case tree.Product(factors):
                return sum(map(self.is_vector, factors)) == 1
        return False

    def undeclared(self, spelled: str) -> Undeclared:
        """Return the error for a spelling without a meaning."""
        declared = ", ".join(self.names) or "none"
        return Undeclared(f"“{spelled.strip()[:60]}” is not a declared symbol (declared: {declared})")


def vocabulary_of(contract: "Contract") -> Vocabulary:
    """Return the vocabulary of a valid contract."""
    symbols: dict[str, Node] = {}
    words: dict[str, Node] = {}
    phrases: list[tuple[tuple[str, ...], Node]] = []
    for symbol in contract.symbols:
        variable = tree.Matrix(symbol.name) if _is_operator(symbol) else tree.Variable(symbol.name)
        words[symbol.name] = variable
        for tokens in _spellings(symbol):
            if not tokens:
                continue
            spelled = key(tokens)
            symbols.setdefault(spelled, variable)
            if folded(spelled) != spelled:
                symbols.setdefault(folded(spelled), variable)
            if not _is_plain(tokens) and not symbol.domain.is_object:
                phrases.append((tuple(_phrase(tokens)), variable))
    _derive(contract, symbols)
    _set_to_one(contract, symbols)
    add_casimirs(contract.conventions.gauge_group, symbols)
    phrases.sort(key=lambda phrase: -len(phrase[0]))
    return Vocabulary(
        symbols,
        words,
        tuple(phrases),
        frozenset(symbol.name for symbol in contract.symbols if symbol.domain.is_vector),
        _charge(contract, symbols),
        symbols.get(r"\epsilon ") or symbols.get(r"\varepsilon "),
        contract.kind in (Kind.NUMBER, Kind.COMPLEX, Kind.EXPRESSION),
        contract.kind is Kind.TENSOR
        or any(map(_is_operator, contract.symbols))
        or bool(contract.conventions.gauge_group),
        tuple(symbol.latex or symbol.name for symbol in contract.symbols),
        {symbol.name: symbol.arguments for symbol in contract.symbols if symbol.domain.is_function},
        frozenset(symbol.name for symbol in contract.symbols if symbol.domain is Domain.COMPLEX),
        any(map(_is_operator, contract.symbols)),
        frozenset(symbol.name for symbol in contract.symbols if symbol.domain.is_whole),
        contract.conventions.gauge_group,
        _connection(contract, symbols),
        frozenset(symbol.name for symbol in contract.symbols if symbol.domain is Domain.COMPLEX_FUNCTION),
    )


def _is_operator(symbol: Symbol) -> bool:
    return symbol.domain.is_matrix or symbol.domain is Domain.LADDER_OPERATOR


def _spellings(symbol: Symbol) -> list[list[Token]]:
    found = []
    for latex in (symbol.latex, latex_of(symbol.name), symbol.name):
        try:
            found.append(tokenize(latex, scientific=False))
        except ExpressionError:
            continue
    return found


def _is_plain(tokens: list[Token]) -> bool:
    """Whether the parser comes upon the symbol by itself: a letter or command, accents and scripts."""
    return tokens[0].kind in ("letter", "roman") or (tokens[0].kind == "command" and tokens[0].text not in _BRACKETS)


_BRACKETS = frozenset(("vert", "langle", "lfloor", "lceil"))


def _phrase(tokens: list[Token]) -> list[str]:
    return [str(token) for token in tokens if token.text not in ("{", "}")]


def _derive(contract: "Contract", symbols: dict[str, Node]) -> None:
    """Add h = 2πħ where ħ is declared, ħ = h/2π where h is, and α = e²/4π where e is."""
    hbar, planck = symbols.get(r"\hbar "), symbols.get("h")
    if hbar and not planck:
        symbols["h"] = tree.Product((_TWO_PI, hbar))
    if planck and not hbar:
        symbols[r"\hbar "] = tree.Product((planck, tree.Power(_TWO_PI, tree.MINUS_ONE)))
    charge, units = symbols.get("e"), contract.conventions.units
    if charge and units != "si" and r"\alpha " not in symbols:
        square = tree.Power(charge, tree.number(2))
        inverse = tree.Power(_FOUR_PI, tree.MINUS_ONE)
        symbols[r"\alpha "] = square if units == "natural_gaussian" else tree.Product((square, inverse))


def _set_to_one(contract: "Contract", symbols: dict[str, Node]) -> None:
    """Let c and ħ stand for 1 where they do: GeV/c² is GeV."""
    if contract.conventions.units in ("natural", "natural_boltzmann", "natural_gaussian") or (
        contract.unit and not contract.conventions.units
    ):
        for spelled in ("c", r"\hbar "):
            symbols.setdefault(spelled, tree.ONE)


def _connection(contract: "Contract", symbols: dict[str, Node]) -> Node | None:
    """Return −ig or +ie, as the contract's D_μ has it; nothing where it states none or the coupling is not declared."""
    code = contract.conventions.covariant_derivative
    names = {"minus_ig": ("g", "e"), "plus_ig": ("g", "e"), "electron_plus_ie": ("e",)}.get(code, ())
    coupling = next((symbols[name] for name in names if name in symbols), None)
    if coupling is None:
        return None
    return tree.Product((tree.number(-1 if code == "minus_ig" else 1), tree.Constant("i"), coupling))


def _charge(contract: "Contract", symbols: dict[str, Node]) -> Node | None:
    """Return e by α: √(4πα), in Gaussian units √α; nothing where e is declared or α is not."""
    alpha = symbols.get(r"\alpha ") or symbols.get(r"\alpha _em") or symbols.get(r"\alpha _EM")
    if alpha is None or "e" in symbols or contract.conventions.units == "si":
        return None
    if contract.conventions.units == "natural_gaussian":
        return tree.Power(alpha, tree.HALF)
    return tree.Power(tree.Product((_FOUR_PI, alpha)), tree.HALF)


@dataclass(frozen=True, slots=True)
class Discovery(Vocabulary):
    """A vocabulary that takes every unknown spelling for a symbol; `found` remembers the names given, by key."""

    found: dict[str, str] = field(default_factory=dict)

    def knows(self, spelled: str) -> bool:
        """Whether a key names a letter: commands that are no letters are no symbols either."""
        letter = spelled.removeprefix("\\").strip()
        return not spelled.startswith("\\") or letter in GREEK or letter in VARIANTS

    def find(self, spelled: str) -> Node | None:
        """Return the symbol, a new one if need be."""
        spelled = folded(spelled)
        if spelled not in self.found:
            name = name_of(spelled)
            while name in self.found.values():
                name += "_"
            self.found[spelled] = name
        return tree.Variable(self.found[spelled])
