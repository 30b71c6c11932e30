"""Pairing the elements of two collections one to one."""

from collections.abc import Sequence


def largest_matching(allowed: Sequence[Sequence[int]]) -> int:
    """Return how many rows can be paired with different columns, `allowed` listing the columns of each row.

    Augmenting paths (Kuhn); each path is searched without recursion.
    """
    partner: dict[int, int] = {}
    return sum(_augment(row, allowed, partner) for row in range(len(allowed)))


def _augment(start: int, allowed: Sequence[Sequence[int]], partner: dict[int, int]) -> bool:
    """Give `start` a column, moving other rows to free ones if need be."""
    came_from: dict[int, int] = {}
    waiting = [start]
    while waiting:
        row = waiting.pop()
        for column in allowed[row]:
            if column in came_from:
                continue
            came_from[column] = row
            if column not in partner:
                _turn(column, start, came_from, partner)
                return True
            waiting.append(partner[column])
    return False


def _turn(column: int, start: int, came_from: dict[int, int], partner: dict[int, int]) -> None:
    """Reassign the columns along the path that ends in a free column."""
    held = {row: taken for taken, row in partner.items()}
    while True:
        row = came_from[column]
        partner[column] = row
        if row == start:
            return
        column = held[row]
