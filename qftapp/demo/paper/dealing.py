"""How totals are dealt to items and answers: made up, since only the totals are known; the same each time."""

from random import Random

from qftapp.demo.paper.aggregates import Lengths

SPREAD = 0.4
"""How far lengths lie from their mean, as a share of it."""


def right_answers(items: int, samples: int, right: int, solved: int | None = None) -> list[int]:
    """Right answers by item, `right` altogether, one at least of `solved` items and none of others.

    Where it is not known how many are solved, three of five answers are right to those that are. The first items are
    the easiest, for every model.
    """
    some = solved if solved is not None else min(items, max(-(-right // samples), round(right / (0.6 * samples))))
    if not some <= right <= some * samples:
        raise ValueError(f"{right} right answers do not fit {some} items")
    counts, left = [1] * some + [0] * (items - some), right - some
    for item in range(some):
        more = min(samples - 1, left)
        counts[item] += more
        left -= more
    return counts


def spread(total: int, count: int) -> list[int]:
    """Whole numbers around their mean, as many as `count`, whose sum is `total`."""
    if not count:
        return []
    mean, half = total / count, max(count - 1, 1) / 2
    numbers = [int(mean * (1 + SPREAD * (place - (count - 1) / 2) / half)) for place in range(count)]
    missing = total - sum(numbers)
    return [number + (place < missing) for place, number in enumerate(numbers)]


def totals(lengths: Lengths, means: dict[str, float]) -> tuple[int, int]:
    """The totals over right answers and over others that give all three means as they are printed.

    The three are rounded; what they differ by is shared out between them, half of it to the mean of all.
    """
    right, others = lengths.right, lengths.answers - lengths.right
    apart = lengths.answers * means["all"] - right * means["correct"] - others * means["incorrect"]
    shift = apart / (2 * lengths.answers)
    return round(right * (means["correct"] + shift)), round(others * (means["incorrect"] + shift))


def chosen(among: int, count: int, seed: str) -> set[int]:
    """So many of the numbers from 0, as if drawn."""
    return set(Random(seed).sample(range(among), count))
