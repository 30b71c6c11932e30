r"""Reading what stands in a box: names and equals signs around the answer, ±, lists, conditions behind it.

| answer | kind | read as |
|---|---|---|
| `\Gamma = \frac{a}{b}`, `\Gamma(\mu) = …` | expression | a/b: what stands left of the first = is its name |
| `a = b = c` | expression | every part must be right |
| `\frac{\alpha}{2\pi} \approx 0.00116` | expression | α/2π; the approximation is not judged |
| `43 = 42` | number | both parts must be right, so never |
| `\pm m`, `m, -m`, `x = m \text{ or } x = -m` | set | {m, −m} |
| `a, b`, `x = a, y = b` | tuple | (a, b) |
| `\sqrt{s}, \quad s > 4m^2` | expression | √s; the condition is not judged |
"""

from collections.abc import Sequence
from typing import Protocol

from qftapp.verification import tree
from qftapp.verification.expressions import ExpressionError
from qftapp.verification.latex import relations, wholes
from qftapp.verification.latex.arithmetic import negated
from qftapp.verification.latex.commands import RELATIONS
from qftapp.verification.latex.cursor import Cursor, depth_after, split
from qftapp.verification.latex.parser import Parser
from qftapp.verification.latex.parts import (
    PARTS_LIMIT,
    after_name,
    explained,
    is_alternative,
    listed,
    with_words,
    within_braces,
    without_remarks,
)
from qftapp.verification.latex.spelling import key
from qftapp.verification.latex.tokens import Token, text_of, tokenize
from qftapp.verification.latex.vocabulary import Undeclared, Vocabulary
from qftapp.verification.records import record
from qftapp.verification.terms import Equality, Kind
from qftapp.verification.tree import Node

_APPROXIMATE = frozenset(("approx",))
_DIVIDING = frozenset((*RELATIONS, ":"))
_END_MARKS = frozenset((".", ",", ";", ":"))


class Asked(Protocol):
    """What decides how a text is read: a contract, or as much of it as is known."""

    @property
    def kind(self) -> Kind: ...

    @property
    def equality(self) -> Equality: ...


@record
class Reading:
    """One way to read an answer: trees that must all be right, usually one."""

    parts: tuple[Node, ...]


def read(text: str, asked: Asked, vocabulary: Vocabulary) -> tuple[Reading, ...]:
    """Return the readings of an answer in LaTeX, two where the text leaves open which is meant.

    Raises ExpressionError with the reason where it cannot be read.
    """
    tokens = _trimmed(tokenize(text, scientific="e" not in vocabulary.symbols))
    if not tokens:
        raise ExpressionError("the answer is empty")
    tight, is_ambiguous = _Statement(asked, vocabulary, loose=False).read(tokens)
    if not is_ambiguous:
        return (tight,)
    try:
        loose, _ = _Statement(asked, vocabulary, loose=True).read(tokens)
    except ExpressionError:
        return (tight,)
    return (tight,) if loose == tight else (tight, loose)


def _trimmed(tokens: list[Token]) -> list[Token]:
    while tokens and tokens[-1].kind == "symbol" and tokens[-1].text in _END_MARKS:
        tokens = tokens[:-1]
    while tokens and tokens[0].kind in ("symbol", "command") and tokens[0].text in RELATIONS:
        tokens = tokens[1:]
    return tokens


class _Statement:
    def __init__(self, asked: Asked, vocabulary: Vocabulary, *, loose: bool) -> None:
        self.asked = asked
        self.vocabulary = vocabulary
        self.loose = loose
        self.is_ambiguous = False
        self.defined: dict[str, Node] = {}
        """What the answer itself says of names that the contract does not declare."""

    def read(self, tokens: list[Token]) -> tuple[Reading, bool]:
        if self.asked.kind is Kind.SET or self.asked.equality is Equality.AS_SET:
            parts: tuple[Node, ...] = (self._set(tokens),)
        elif self.asked.kind in (Kind.TUPLE, Kind.VECTOR):
            parts = (self._tuple(tokens),)
        elif self.asked.kind is Kind.EQUATION:
            parts = (self._equation(without_remarks(tokens)),)
        else:
            parts = self._chain(without_remarks(self._defined(tokens)))
        return Reading(parts), self.is_ambiguous

    def _defined(self, tokens: list[Token]) -> list[Token]:
        r"""Drop “, where \beta_0 = …” behind an answer, and remember what it says of a name that is not declared."""
        first, *further = explained(tokens)
        if not self.vocabulary.is_scalar or not further or not first:
            return tokens
        pairs = [split(part, "=") for part in further]
        if not all(len(pair) == 2 and pair[1] and self._is_new(pair[0]) for pair in pairs):
            return tokens
        for name, value in pairs:
            self.defined[key(name)] = self._value(value)
        return first

    def _is_new(self, name: list[Token]) -> bool:
        return names_symbol(name) and self.vocabulary.symbols.get(key(name)) is None

    def _chain(self, tokens: list[Token]) -> tuple[Node, ...]:
        """Return the parts between equals signs, without the name before the first and what is only approximate."""
        if any(map(is_alternative, tokens)):
            raise ExpressionError("“or” and “and” give several answers where one is asked for")
        exact: list[Node] = []
        approximate: list[Node] = []
        segments = _segments(tokens)
        if (
            len(segments) == 2
            and not self._is_name(segments[0][1])
            and self._names_nothing_else(segments[1][1], segments[0][1])
        ):
            segments.reverse()  # 2 = x
        for place, (relation, segment) in enumerate(segments):
            is_last = place == len(segments) - 1
            if not is_last and (self._defines(segment) or (place == 0 and self._is_name(segment))):
                continue
            (approximate if relation in _APPROXIMATE else exact).append(self._value(segment))
        return tuple(exact or approximate)

    def _is_name(self, tokens: list[Token]) -> bool:
        """Whether the left side only names the answer: a symbol by itself, or something the contract does not know."""
        if is_name(tokens):
            return True
        if len(split(tokens, ",", ";")) > 1:
            return False
        try:
            node = Parser(tokens, self.vocabulary).whole()
        except ExpressionError:
            return True
        if isinstance(node, tree.Applied | tree.Derivative | tree.Matrix):
            return True  # \ddot q = −ω²q
        return isinstance(node, tree.Variable) or (isinstance(node, tree.Constant) and node.name in ("e", "i"))

    def _defines(self, tokens: list[Token]) -> bool:
        """Whether a part holds what the contract does not know, as in a = (g − 2)/2 = α/2π."""
        try:
            Parser(tokens, self.vocabulary).whole()
        except Undeclared:
            return True
        except ExpressionError:
            return False
        return False

    def _names_nothing_else(self, tokens: list[Token], value: list[Token]) -> bool:
        if len(tokens) != 1 or tokens[0].kind != "letter":
            return False
        return self.vocabulary.symbols.get(tokens[0].text) is None or self._is_number(value)

    def _is_number(self, tokens: list[Token]) -> bool:
        try:
            return not tree.variables(Parser(tokens, self.vocabulary).whole())
        except ExpressionError:
            return False

    def _value(self, tokens: list[Token], *, sign: int = 1) -> Node:
        node, has_two_signs = self._parsed(tokens, sign)
        if has_two_signs and self.asked.equality is not Equality.UP_TO_SIGN:
            raise ExpressionError("± gives two answers where one is asked for")
        return node

    def _parsed(self, tokens: list[Token], sign: int) -> tuple[Node, bool]:
        parser = Parser(tokens, self.vocabulary, loose=self.loose, sign=sign)
        parser.bound = dict(self.defined)
        node = parser.whole()
        self.is_ambiguous |= parser.is_ambiguous
        return node, parser.has_two_signs

    def _set(self, tokens: list[Token]) -> Node:
        items: list[Node] = []
        if [token.text for token in tokens] == ["\\{", "\\}"]:
            return tree.Group("set", ())
        if (whole_numbers := wholes.read(within_braces(tokens))) is not None:
            return whole_numbers
        if (region := self._region(tokens)) is not None:
            return tree.Group("set", (region,)) if _is_interval(region) else region
        names: set[str] = set()
        has_alternatives = any(token.kind == "roman" and token.text.casefold() == "or" for token in with_words(tokens))
        for part in listed(within_braces(after_name(tokens))):
            segments = [segment for _, segment in _segments(part)]
            names |= {segments[0][0].text} if len(segments) > 1 else set()
            if len(names) > 1 and has_alternatives:
                raise ExpressionError("“or” between different unknowns gives no set of values")
            if len(segments) > 1 and not self._is_name(segments[0]):
                raise ExpressionError("an element of the set holds an equals sign")
            node, has_two_signs = self._parsed(segments[-1], 1)
            items.append(node)
            if has_two_signs:
                items.append(self._parsed(segments[-1], -1)[0])
        if len(items) == 1 and isinstance(items[0], tree.Group) and not _is_interval(items[0]):
            if self.asked.kind is Kind.SET and items[0].form == "tuple":
                raise ExpressionError(r"a tuple has an order, a set has none: write \{…\}")
            return items[0]
        return tree.Group("set", tuple(items))

    def _region(self, tokens: list[Token]) -> Node | None:
        """Return intervals and what is made of them, or a relation; nothing where the text holds neither."""
        named = after_name(tokens)
        if relations.are_sets(named):
            return relations.wrapped(relations.sets(named, self._plain))
        if relations.are_condition(tokens) and len(split(tokens, ",", ";")) == 1:
            return relations.condition(with_words(tokens), self._plain)
        return None

    def _plain(self, tokens: Sequence[Token]) -> Node:
        return self._value(list(tokens))

    def _equation(self, tokens: list[Token]) -> Node:
        """Return left − right, or a relation other than equality as it is."""
        if relations.are_condition(tokens):
            return relations.relation(tokens, self._plain)
        segments = _segments(tokens)
        if len(segments) != 2:
            raise ExpressionError("an equation is asked for: write left = right")
        left, right = (self._value(segment) for _, segment in segments)
        if tree.ZERO in (left, right):  # it stands for the zero vector or matrix too
            return negated(right) if left == tree.ZERO else left
        return tree.Sum((left, negated(right)))

    def _tuple(self, tokens: list[Token]) -> Node:
        if (region := self._region(tokens)) is not None:
            return region
        parts = listed(after_name(tokens))
        if len(parts) == 1:
            return self._chain(parts[0])[-1]
        return tree.Group("tuple", tuple(self._chain(part)[-1] for part in parts))


def _is_interval(node: Node) -> bool:
    return isinstance(node, tree.Group) and bool(node.items) and isinstance(node.items[0], tree.Text)


def names_symbol(tokens: Sequence[Token]) -> bool:
    """Whether the tokens are one letter, or a letter with a subscript: a name that an answer may define."""
    if not tokens or tokens[0].kind not in ("letter", "command"):
        return False
    cursor = Cursor(tokens[1:])
    if cursor.take("_"):
        cursor.group()
    return cursor.is_done


def is_name(tokens: Sequence[Token]) -> bool:
    """Whether the tokens are a symbol by itself or applied to something: Γ, γ_φ, α(Q²)."""
    return tokens[0].kind in ("letter", "roman", "command") and (len(tokens) == 1 or _is_applied(tokens))


def _is_applied(tokens: Sequence[Token]) -> bool:
    """Whether the tokens are a symbol with scripts, with a bracket behind it or not: γ_φ, α(Q²)."""
    cursor = Cursor(tokens[1:])
    while cursor.take("_", "^"):
        cursor.group()
    rest = cursor.tokens[cursor.position :]
    if not rest:
        return True
    depth = 0
    for place, token in enumerate(rest):
        depth = depth_after(token, depth)
        if depth == 0:
            return token.text == ")" and place == len(rest) - 1
    return False


def _segments(tokens: Sequence[Token]) -> list[tuple[str, list[Token]]]:
    """Return the parts between relations, each with the relation before it."""
    if _DIVIDING.isdisjoint(map(text_of, tokens)):
        return [("", list(tokens))]
    found: list[tuple[str, list[Token]]] = [("", [])]
    depth = 0
    for token in tokens:
        depth = depth_after(token, depth)
        if depth == 0 and token.kind in ("symbol", "command") and token.text in RELATIONS:
            if not (found[-1][1] == [] and len(found) > 1):  # := and => are one relation
                found.append((token.text, []))
        elif not (token.text == ":" and token.kind == "symbol"):
            found[-1][1].append(token)
    if len(found) > PARTS_LIMIT:
        raise ExpressionError("the answer holds too many equals signs")
    return [part for part in found if part[1]] or [("", [])]
