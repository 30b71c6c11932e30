"""Which rule of the truth table explains a verdict that a source's label contradicts."""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from tests.benchmarks.graders import Judgement
from tests.benchmarks.pairs import Pair

UNEXPLAINED = "no rule"

_Test = Callable[[Pair, Judgement], bool]


def _written(pattern: str) -> _Test:
    """Return a test of whether gold or the answer holds something."""
    found = re.compile(pattern)
    return lambda pair, _: bool(found.search(pair.gold) or found.search(pair.answer))


def _said(pattern: str) -> _Test:
    """Return a test of whether the reason of the verdict holds something."""
    found = re.compile(pattern)
    return lambda _, judgement: bool(found.search(judgement.reason))


def _is_branch(pair: Pair, judgement: Judgement) -> bool:
    is_many_valued = re.search(r"\\ln|\\sqrt|\\arctan|\^", pair.gold + pair.answer) is not None
    return judgement.outcome == "wrong" and is_many_valued and bool({"complex", "real"} & set(map(str, _words(pair))))


def _is_renamed(pair: Pair, judgement: Judgement) -> bool:
    """Whether gold and the answer are written in different letters."""
    left, right = (set(re.findall(r"(?<![\\\\a-zA-Z])[a-zA-Z]", text)) for text in (pair.gold, pair.answer))
    return judgement.outcome == "wrong" and not (left <= right and right <= left)


def _words(pair: Pair) -> Iterable[str]:
    return (domain for domain in pair.domains.values() if isinstance(domain, str))


RULES: tuple[tuple[str, _Test], ...] = (
    ("A final answer in prose", lambda _, judgement: judgement.outcome == "no_answer"),
    ("Divisors and remainders", _written(r"gcd|lcm|\\[bp]?mod\b|!!")),
    ("e, α, logarithms, γ", _written(r"\\log_|\\lg\b")),
    ("Limits and endless sums", _written(r"\\lim\b|\\(?:sum|prod)")),
    ("Matrices written out", _written(r"matrix")),
    ("Units", _written(r"\\mathrm\{")),
    ("What is a name, and what is not", _said(r"not a declared symbol|not read here|lacks its dx|not known")),
    ("What is a name, and what is not", _written(r"\\langle|\\rangle|(?:[A-Za-z] ){3,}|[a-z]{4,}\(|[#%∠]|I\b")),
    ("What is a name, and what is not", _written(r"[A-Za-z]_\{[a-z]{2,}\}|[A-Za-z]_\{[a-z] ?\+|\\overline")),
    ("What is a name, and what is not", _written(r"\\variable|[A-Za-z]_\{[^}]*\*|\b(?:and|sum|diff)\b|∫|\"")),
    ("Unknown functions and derivatives", _said(r"does not depend on|derivative written with '")),
    ("Conditions and intervals", _written(r"[<>]|\\l?eq?\b|\\ge\b|\\geq|\\neq|[∋∌⊂⊃⊆⊇⊄⊅⊈⊉]|\\infty")),
    ("Sets of numbers", _written(r"\\cup|\\cap|\\setminus|\\\{|\bor\b")),
    ("Equations", _written(r"=")),
    ("What the domain allows", _is_branch),
    ("What is a name, and what is not", _is_renamed),
    ("What is a name, and what is not", _said(r"ends too early|not expected here")),
    ("Units", _written(r"\$")),
    ("Sets, tuples, ±", _written(r"^\[.*\]$")),
    ("Divisors and remainders", _written(r"\\binom")),
    ("Form counts for nothing", lambda pair, judgement: judgement.is_accepted and not pair.is_right),
    ("Exact and rounded", _written(r"\d\.\d")),
)
"""Titles of the truth table, each with what its disagreements look like; the first that fits is taken."""


def disagreements(results: Iterable[tuple[Pair, Judgement]]) -> Counter[str]:
    """Return how many verdicts differ from their labels, by the rule that explains them."""
    return Counter(_rule(*result) for result in results if result[0].is_right != result[1].is_accepted)


def _rule(pair: Pair, judgement: Judgement) -> str:
    return next((title for title, fits in RULES if fits(pair, judgement)), UNEXPLAINED)
