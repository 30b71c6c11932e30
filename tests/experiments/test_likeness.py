"""Near-duplicates: what of the demo world's items, perturbed, is found again, and that none of them is another's."""

import random
import re
from itertools import combinations

import pytest

from qftapp.demo import content
from qftapp.experiments.exporting.likeness import alike, likeness_of, near_duplicates
from qftapp.items.spelling import GREEK

ITEMS = content.items()
FORMULA = re.compile(r"(\$\$.*?\$\$|\$[^$]*\$)", re.DOTALL)
LETTERS = "abcdefghjklmnopqrstuvwxyzABCDEFGHKLMNPQRSTUVWXYZ"
WORDS = [word for item in ITEMS for word in re.findall(r"[A-Za-z]{4,}", FORMULA.sub(" ", item.statement))]


def renamed(text: str, dice: random.Random) -> str:
    """Every symbol by another name, the same one throughout."""
    greek = sorted(GREEK)
    names = dict(zip(greek, dice.sample(greek, len(greek)), strict=True))
    names |= dict(zip(LETTERS, dice.sample(LETTERS, len(LETTERS)), strict=True))

    def spelled(found: re.Match[str]) -> str:
        return f"\\{names.get(found[1], found[1])}" if found[1] else names.get(found[2], found[2])

    parts = FORMULA.split(text)
    return "".join(re.sub(r"\\([A-Za-z]+)|([A-Za-z])", spelled, p) if n % 2 else p for n, p in enumerate(parts))


def reworded(text: str, dice: random.Random, share: float) -> str:
    """That share of the words outside formulas replaced by others of physics."""

    def said(found: re.Match[str]) -> str:
        return dice.choice(WORDS) if dice.random() < share else found[0]

    parts = FORMULA.split(text)
    return "".join(p if n % 2 else re.sub(r"[A-Za-z]{4,}", said, p) for n, p in enumerate(parts))


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+", text.strip())


def shuffled(text: str, dice: random.Random) -> str:
    listed = sentences(text)
    return " ".join(dice.sample(listed, len(listed)))


def shortened(text: str, dice: random.Random) -> str:
    listed = sentences(text)
    listed.pop(dice.randrange(len(listed)))
    return " ".join(listed) or text


def lengthened(text: str, dice: random.Random) -> str:
    return " ".join([text, *sentences(dice.choice(ITEMS).statement)[:2]])


def renumbered(text: str, dice: random.Random) -> str:
    return re.sub(r"\d", lambda _: str(dice.randrange(1, 10)), text)


PERTURBED = {
    "symbols renamed": (renamed, 1.0, 1.0),
    "sentences shuffled": (shuffled, 1.0, 1.0),
    "two sentences more": (lengthened, 1.0, 1.0),
    "other numbers": (renumbered, 0.85, 0.95),
    "a fifth of the words": (lambda text, dice: reworded(text, dice, 0.2), 0.85, 0.95),
    "a fifth of the words, symbols renamed": (
        lambda text, dice: reworded(renamed(text, dice), dice, 0.2), 0.8, 0.95,
    ),
    "all words, symbols renamed": (lambda text, dice: reworded(renamed(text, dice), dice, 1), 0.75, 0.9),
    "a sentence less": (shortened, 0.7, 0.9),
}  # fmt: skip
"""A perturbation, and which share of the items it leaves recognisable: by the statement alone, and with gold."""


@pytest.mark.parametrize("name", PERTURBED)
def test_perturbed_items_are_found(name):
    perturb, alone, with_gold = PERTURBED[name]
    dice = random.Random(0)
    found = both = 0
    for item in ITEMS:
        text = perturb(item.statement, dice)
        known = likeness_of(item.statement, item.contract["gold"])
        found += bool(alike(likeness_of(text), known)[1])
        both += bool(alike(likeness_of(text, item.contract["gold"]), known)[1])
    assert found / len(ITEMS) >= alone
    assert both / len(ITEMS) >= with_gold


def test_no_item_of_the_demo_world_is_another():
    known = [likeness_of(item.statement, item.contract["gold"]) for item in ITEMS]
    assert [pair for pair in combinations(known, 2) if alike(*pair)[1]] == []


def test_index_finds_what_comparing_all_pairs_finds():
    dice = random.Random(1)
    known = [likeness_of(item.statement) for item in ITEMS]
    texts = [likeness_of(renamed(item.statement, dice)) for item in ITEMS[:30]]
    pairs = [(n, m) for n, left in enumerate(texts) for m, right in enumerate(known) if alike(left, right)[1]]
    assert [(near.left, near.right) for near in near_duplicates(texts, known)] == pairs


@pytest.mark.parametrize("statement", ["", "$", "?", "Find $x$.", "$$" * 3, "\\[ a", "Ω" * 3])
def test_text_without_substance_is_like_nothing(statement):
    assert alike(likeness_of(statement), likeness_of("Determine $y$."))[1] in ("", "wording")
    assert near_duplicates([likeness_of(statement)], [likeness_of(ITEMS[0].statement)]) == []
