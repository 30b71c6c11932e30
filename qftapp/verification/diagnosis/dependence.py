"""What the answer depends on: a constant where gold varies, a symbol it lacks, a symbol that does not matter."""

from collections.abc import Sequence

from qftapp.verification import tree
from qftapp.verification.diagnosis.facts import Facts, Row, are_close
from qftapp.verification.diagnosis.finding import Diagnosis
from qftapp.verification.values import Point


def constant(facts: Facts) -> Diagnosis | None:
    """The answer is the same everywhere, gold is not."""
    if len(facts.gold) < 2 or not _is_same(facts.answer) or _is_same(facts.gold):
        return None
    names = facts.case.contract.names
    if facts.gold_tree is not None:
        names = tuple(name for name in names if name in tree.variables(facts.gold_tree))
    return Diagnosis(
        "constant", f"a constant, but the right answer depends on {', '.join(map(facts.text.name, names))}"
    )


def _is_same(rows: Sequence[Row]) -> bool:
    return all(are_close(row, rows[0], 1e-12) for row in rows)


def missing_symbol(facts: Facts) -> Diagnosis | None:
    """Gold changes with a symbol that the answer does not contain."""
    return _one_sided(facts, is_missing=True)


def extra_symbol(facts: Facts) -> Diagnosis | None:
    """The answer changes with a symbol that gold does not contain."""
    return _one_sided(facts, is_missing=False)


def _one_sided(facts: Facts, *, is_missing: bool) -> Diagnosis | None:
    gold, answer = facts.gold_tree, facts.answer_tree
    if gold is None or answer is None:
        return None
    has, lacks = (gold, answer) if is_missing else (answer, gold)
    names = [name for name in sorted(tree.variables(has) - tree.variables(lacks)) if _changes(facts, has, name)]
    if not names:
        return None
    listed = ", ".join(map(facts.text.name, names))
    latex = ", ".join(map(facts.latex.name, names))
    if is_missing:
        return Diagnosis("missing_symbol", f"it does not depend on {listed}, but the right answer does", latex)
    return Diagnosis("extra_symbol", f"it depends on {listed}, but the right answer does not", latex)


def _changes(facts: Facts, node: tree.Node, name: str) -> bool:
    """Whether a tree has another value when a symbol has."""
    here, there = facts.points[0], facts.points[-1]
    point: Point = {**here, name: there[name]}
    before, after = facts.row(node, here), facts.row(node, point)
    return before is not None and after is not None and not are_close(before, after, facts.share)
