"""How alike two items are, whatever their symbols are called: sets of shingles of words and formulas, compared.

A shingle is some tokens in a row. Within each, symbols are numbered as they appear, so that λφ⁴ and gχ⁴ are one; the
words and commands that physics shares with every text (“find”, “the”, “of”) are left out first.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from qftapp.items.spelling import GREEK, tokens

MIXED, WORDS, FORMULAS = 5, 3, 6
"""Tokens in a shingle of words and formulas as they stand, of words alone, of formulas alone."""

FEWEST = 12
"""Shingles that a text must have before most of them being in another one means anything."""

ALIKE, CONTAINED, FORMULAS_ALIKE, ANSWER_ALIKE = 0.35, 0.7, 0.6, 0.15
"""From where on two texts are near-duplicates, see `docs/exports.md` for what that finds and what not."""

LONG_ANSWER = 12
"""Nodes of a gold answer from which on an equal one is no accident."""

_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$]+)\$|\\\[(.+?)\\\]|\\\((.+?)\\\)", re.DOTALL)
_WORD = re.compile(r"[^\W_]+")
_STOP = frozenset(
    """a an the of in on at to for from by with as is are be been and or that this these those it its which where whose
    what then than also let given consider find determine compute calculate evaluate identify give express derive obtain
    state write answer result terms function leading order show value into has have all one two using here there
    """.split()
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """What of an item is compared: hashes of its shingles, and its gold answer with symbols numbered."""

    mixed: frozenset[int]
    words: frozenset[int]
    formulas: frozenset[int]
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """Two items that are near-duplicates by their numbers, how alike, and by what."""

    left: int
    right: int
    score: float
    by: str


def likeness_of(statement: str, gold: Mapping[str, str] | None = None) -> Likeness:
    """Return what of a statement and its gold answer is compared."""
    mixed: list[str] = []
    words: list[str] = []
    formulas: list[str] = []
    for text, formula in _parts(statement):
        if formula:
            found = _spelled(formula)
            formulas += [*found, ";"]
        else:
            found = [_stem(word) for word in _WORD.findall(text.casefold()) if word not in _STOP]
            words += found
        mixed += found
    return Likeness(
        frozenset(_shingles(mixed, MIXED)),
        frozenset(_shingles(words, WORDS)),
        frozenset(_shingles(formulas, FORMULAS)),
        _answer(gold) if gold else "",
    )


def near_duplicates(left: Sequence[Likeness], right: Sequence[Likeness]) -> list[Near]:
    """Return the pairs of near-duplicates, one of each side, in order.

    Exact: an index of the right side's shingles finds every pair that shares any.
    """
    index = _Index(right)
    found = []
    for number, likeness in enumerate(left):
        for other in sorted(index.sharing(likeness)):
            score, by = alike(likeness, right[other])
            if by:
                found.append(Near(number, other, round(score, 3), by))
    return found


def alike(left: Likeness, right: Likeness) -> tuple[float, str]:
    """Return how alike two items are and by what that makes them near-duplicates, empty if they are not."""
    mixed, words = _jaccard(left.mixed, right.mixed), _jaccard(left.words, right.words)
    formulas = _jaccard(left.formulas, right.formulas)
    if mixed >= ALIKE:
        return mixed, "wording"
    if words >= ALIKE and min(len(left.words), len(right.words)) >= FEWEST:
        return words, "words"
    if (share := _contained(left.mixed, right.mixed)) >= CONTAINED:
        return share, "part of the wording"
    if formulas >= FORMULAS_ALIKE and min(len(left.formulas), len(right.formulas)) >= FEWEST:
        return formulas, "formulas"
    both = max(mixed, words, formulas)
    if left.answer and left.answer == right.answer and both >= ANSWER_ALIKE:
        return both, "answer and some wording"
    return both, ""


class _Index:
    """Which of some items have a shingle."""

    def __init__(self, items: Sequence[Likeness]) -> None:
        self.holding: dict[int, list[int]] = defaultdict(list)
        for number, likeness in enumerate(items):
            for shingle in likeness.mixed | likeness.words | likeness.formulas:
                self.holding[shingle].append(number)

    def sharing(self, likeness: Likeness) -> set[int]:
        shingles = likeness.mixed | likeness.words | likeness.formulas
        return {number for shingle in shingles for number in self.holding.get(shingle, ())}


def _jaccard(left: frozenset[int], right: frozenset[int]) -> float:
    both = len(left & right)
    return both / (len(left) + len(right) - both) if both else 0.0


def _contained(left: frozenset[int], right: frozenset[int]) -> float:
    """How much of the shorter one stands in the other."""
    fewest = min(len(left), len(right))
    return len(left & right) / fewest if fewest >= FEWEST else 0.0


def _parts(statement: str) -> Iterator[tuple[str, str]]:
    """The text between formulas, and the formulas, in turn; one of the two is empty."""
    at = 0
    for found in _FORMULA.finditer(statement):
        yield statement[at : found.start()], ""
        yield "", next(filter(None, found.groups()))
        at = found.end()
    yield statement[at:], ""


def _stem(word: str) -> str:
    """A word without the commonest endings of English."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


def _spelled(formula: str) -> list[str]:
    """The tokens of a formula, a symbol with its index being one, behind a mark by which it is numbered later."""
    found: list[str] = []
    listed = iter(tokens(formula))
    for token in listed:
        if token == "_" and found and found[-1].startswith("?"):  # noqa: S105  # a sign of LaTeX
            found[-1] += f"_{next(listed, '')}"
        elif token.removeprefix("\\") in GREEK or (len(token) == 1 and token.isalpha()):
            found.append(f"?{token}")
        else:
            found.append(token)
    return found


def _shingles(stream: Sequence[str], length: int) -> Iterator[int]:
    """The hashes of all runs of so many tokens; a shorter text is one shingle."""
    for start in range(max(len(stream) - length, 0) + 1 if stream else 0):
        yield hash(_numbered(stream[start : start + length]))


def _numbered(run: Sequence[str]) -> str:
    """The tokens with their symbols numbered as they appear."""
    numbers: dict[str, str] = {}
    return " ".join(numbers.setdefault(token, f"?{len(numbers)}") if token.startswith("?") else token for token in run)


def _answer(gold: Mapping[str, str]) -> str:
    """A gold answer with its names numbered; empty where it is so short that many items have it."""
    source = gold.get("source", "")
    if gold.get("language") == "latex":
        listed = _spelled(source)
        return _numbered(listed) if len(listed) >= LONG_ANSWER else ""
    try:
        nodes = list(_nodes(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):
        return ""
    return _numbered(nodes) if len(nodes) >= LONG_ANSWER else ""


def _nodes(tree: ast.AST) -> Iterator[str]:
    """The nodes of a program as words, without its documentation; names stand behind a mark."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield f"?{node.id}"
        elif isinstance(node, ast.arg):
            yield f"?{node.arg}"
        elif isinstance(node, ast.FunctionDef):
            yield f"?{node.name}"
        elif isinstance(node, ast.Constant):
            yield repr(node.value)
        elif not isinstance(node, ast.expr_context):
            yield type(node).__name__
