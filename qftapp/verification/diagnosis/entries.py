"""Answers of several entries: which of them are wrong, in another order, transposed, missing."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from flint import acb

from qftapp.verification import tree
from qftapp.verification.diagnosis import solution_sets
from qftapp.verification.diagnosis.case import Case
from qftapp.verification.diagnosis.facts import Row, are_close, numbers, tolerance_share
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.kinds import conformed, is_unordered
from qftapp.verification.terms import Equality
from qftapp.verification.tree import Node
from qftapp.verification.values import Collection, Value, is_matrix

OfNumbers = Callable[[Case, float], Diagnosis | None]
MOST_SHOWN = 3
MOST_PERMUTED = 12

Path = tuple[int, ...]


def by_entries(case: Case, stop_at: float, of_numbers: OfNumbers) -> Diagnosis | None:
    """Return the diagnosis of an answer of any shape; `of_numbers` looks at one whose shape is right as a whole."""
    if not case.points:
        return None
    if is_unordered(case.contract):
        return solution_sets.of_set(case, stop_at, of_numbers)
    fitting = [conformed(case.contract, *pair) for pair in zip(case.gold, case.answers, strict=True)]
    answers = [answer for answer in fitting if answer is not None]
    if len(answers) < len(fitting):
        return transposed(case) or incomplete(case)
    case = replace(case, answers=answers)
    if not isinstance(case.gold[0], Collection):
        return of_numbers(case, stop_at)
    is_grouped = case.gold_tree is None or isinstance(case.gold_tree, tree.Group)
    if not is_grouped:
        return of_numbers(case, stop_at) or transposed(case)
    paths = list(_paths(case.gold[0]))
    if any(list(_paths(value)) != paths for value in case.gold):
        return None
    if found := other_signature(case) or transposed(case) or reordered(case, paths):
        return found
    wrong = [path for path in paths if not _is_right(case, path)]
    nonzero = [path for path in paths if any(x != 0 for value in case.gold for x in _row(_entry(value, path)))]
    # Where one entry of several is wrong, what is said about all of them would be far-fetched.
    if not set(nonzero) <= set(wrong):
        return _of_entries(case, wrong, stop_at, of_numbers)
    return of_numbers(case, stop_at) or _of_entries(case, wrong, stop_at, of_numbers)


def _paths(value: Value) -> Iterator[Path]:
    """Yield where the entries stand: (0,), (1,) in a vector, (0, 0), (0, 1) … in a matrix."""
    if not isinstance(value, Collection):
        yield ()
        return
    for index, item in enumerate(value.items):
        for path in _paths(item):
            yield (index, *path)


def _entry(value: Value, path: Path) -> Value:
    for index in path:
        assert isinstance(value, Collection)
        value = value.items[index]
    return value


def _branch(node: Node | None, path: Path) -> Node | None:
    """Return the tree of an entry, if the tree is written entry by entry."""
    for index in path:
        if not isinstance(node, tree.Group) or index >= len(node.items):
            return None
        node = node.items[index]
    return node


def _row(value: Value) -> Row:
    return numbers(value) or ()


def _is_right(case: Case, path: Path) -> bool:
    share = tolerance_share(case.contract)
    for gold, answer in zip(case.gold, case.answers, strict=True):
        expected, given = _entry(gold, path), _entry(answer, path)
        left, right = numbers(expected), numbers(given)
        if left is None or right is None:
            if expected != given:
                return False
        elif not are_close(left, right, share) and not _is_zero(left, right, gold):
            return False
    return True


def _is_zero(expected: Row, given: Row, whole: Value) -> bool:
    """Whether an entry is 0 but for rounding."""
    scale = max((float(abs(x).mid()) for x in _row(whole)), default=0.0)
    return all(float(abs(x - y).mid()) <= 1e-12 * scale for x, y in zip(expected, given, strict=True))


def _of_entries(case: Case, wrong: Sequence[Path], stop_at: float, of_numbers: OfNumbers) -> Diagnosis | None:
    """Return what is wrong with the entries that are, in one sentence if it is the same with all."""
    if not wrong:
        return None
    found = [of_numbers(entry_case(case, path), stop_at) for path in wrong[:MOST_SHOWN]]
    names = [_name(path) for path in wrong]
    several = len(wrong) > 1
    listed = ", ".join(names[:MOST_SHOWN]) + (f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else "")
    label = f"{'entries' if several else 'entry'} {listed}"
    first = found[0]
    if first is not None and all(other is not None and other.words == first.words for other in found):
        return Diagnosis(first.code, f"{label}: {first.words}", first.latex)
    known = [(name, one) for name, one in zip(names, found, strict=False) if one is not None]
    details = "; ".join(f"entry {name}: {one.words}" for name, one in known)
    words = f"{label} of {_count(case)} {'are' if several else 'is'} wrong"
    codes = {one.code for _, one in known}
    code = codes.pop() if len(codes) == 1 and len(known) == len(found) else "entries"
    return Diagnosis(code, f"{words}; {details}" if details else words)


def entry_case(case: Case, path: Path) -> Case:
    """Return one entry as a case of its own."""
    return replace(
        case,
        contract=replace(case.contract, equality=Equality.VALUE),
        gold=[_entry(value, path) for value in case.gold],
        answers=[_entry(value, path) for value in case.answers],
        gold_tree=_branch(case.gold_tree, path),
        answer_tree=_branch(case.answer_tree, path),
    )


def _name(path: Path) -> str:
    return str(path[0] + 1) if len(path) == 1 else f"({', '.join(str(index + 1) for index in path)})"


def _count(case: Case) -> int:
    return len(list(_paths(case.gold[0])))


def other_signature(case: Case) -> Diagnosis | None:
    """Gold is the metric and the answer the metric of the other signature."""
    for gold, answer in zip(case.gold, case.answers, strict=True):
        expected, given = _row(gold), _row(answer)
        signs = [_diagonal(row[0] if row else acb(0)) for row in (expected, given)]
        if not is_matrix(gold) or expected != signs[0] or given != signs[1] or signs[0] == signs[1]:
            return None
    return Diagnosis("metric_sign", "the metric of the other signature")


def _diagonal(first: acb) -> Row:
    """Return the entries of diag(first, −first, −first, −first)."""
    return tuple(acb(0) if row != column else first if row == 0 else -first for row in range(4) for column in range(4))


def transposed(case: Case) -> Diagnosis | None:
    """Two indices of a matrix or tensor are exchanged."""
    rank = _rank(case.gold[0])
    share = tolerance_share(case.contract)
    for first, second in itertools.combinations(range(rank), 2):
        turned = [_with_axes_swapped(value, first, second) for value in case.gold]
        if all(
            value is not None and _same_shape(value, answer) and are_close(_row(value), _row(answer), share)
            for value, answer in zip(turned, case.answers, strict=True)
        ):
            if rank == 2:
                return Diagnosis("transposed", "transposed")
            return Diagnosis("transposed", f"the indices {first + 1} and {second + 1} are exchanged")
    return None


def _same_shape(left: Value, right: Value) -> bool:
    return list(_paths(left)) == list(_paths(right))


def _rank(value: Value) -> int:
    return 1 + _rank(value.items[0]) if isinstance(value, Collection) and value.items else 0


def _with_axes_swapped(value: Value, first: int, second: int) -> Value | None:
    """Return a nested list with two of its levels exchanged."""
    paths = list(_paths(value))
    rank = _rank(value)
    if any(len(path) != rank for path in paths) or not _row(value):
        return None

    def swapped(path: Path) -> Path:
        order = list(range(rank))
        order[first], order[second] = order[second], order[first]
        return tuple(path[index] for index in order)

    if not is_matrix(value) and {swapped(path) for path in paths} != set(paths):
        return None
    entries = {swapped(path): _entry(value, path) for path in paths}
    return _built(entries)


def _built(entries: dict[Path, Value]) -> Value:
    if () in entries:
        return entries[()]
    heads = sorted({path[0] for path in entries})
    return Collection(
        "list", tuple(_built({path[1:]: item for path, item in entries.items() if path[0] == head}) for head in heads)
    )


def reordered(case: Case, paths: Sequence[Path]) -> Diagnosis | None:
    """The entries are right but in another order, the same at every point."""
    if not 2 <= len(paths) <= MOST_PERMUTED:
        return None
    share = tolerance_share(case.contract)
    order: list[int] = []
    for path in paths:
        wanted = [_row(_entry(answer, path)) for answer in case.answers]
        source = next(
            (k for k, other in enumerate(paths) if k not in order and _is_everywhere(case, other, wanted, share)), None
        )
        if source is None or not wanted[0]:
            return None
        order.append(source)
    if order == sorted(order):
        return None
    if order == list(range(len(paths)))[::-1] and len(paths) > 2:
        return Diagnosis("order_of_entries", "the entries are in reversed order")
    moved = [_name(paths[k]) for k, source in enumerate(order) if k != source]
    if len(moved) == 2:
        return Diagnosis("order_of_entries", f"the entries {moved[0]} and {moved[1]} are exchanged")
    return Diagnosis("order_of_entries", "the entries are in another order")


def _is_everywhere(case: Case, path: Path, wanted: Sequence[Row], share: float) -> bool:
    return all(are_close(_row(_entry(value, path)), row, share) for value, row in zip(case.gold, wanted, strict=True))


def incomplete(case: Case) -> Diagnosis | None:
    """The answer has some of gold's entries and nothing else."""
    first = case.gold[0]
    if not isinstance(first, Collection):
        return None
    count, share = len(first.items), tolerance_share(case.contract)
    given: set[int] | None = None
    for gold, answer in zip(case.gold, case.answers, strict=True):
        items = answer.items if isinstance(answer, Collection) else (answer,)
        if not isinstance(gold, Collection) or len(items) >= count:
            return None
        places = {_place(item, gold, share) for item in items}
        if None in places:
            return None
        found = {place for place in places if place is not None}
        given = found if given is None else given & found
    if not given:
        return None
    missing = [str(index + 1) for index in range(count) if index not in given]
    verb = "entry {} is missing" if len(missing) == 1 else "the entries {} are missing"
    return Diagnosis("one_of_several", f"incomplete: {verb.format(', '.join(missing))}")


def _place(item: Value, gold: Collection, share: float) -> int | None:
    row = _row(item)
    return next((k for k, other in enumerate(gold.items) if row and are_close(_row(other), row, share)), None)
