r"""Unknown functions and derivatives in LaTeX: f'(2x), \partial_{t} \phi, \frac{\mathrm{d}}{\mathrm{d} x}."""

from collections.abc import Mapping, Sequence

from qftapp.verification import tree
from qftapp.verification.latex.spelling import latex_of
from qftapp.verification.tree import Index

MOST_PRIMES = 3


def applied(node: tree.Applied, written: Sequence[str], names: Mapping[str, str], declared: Sequence[str]) -> str:
    """Return a function with its derivatives; arguments that are those declared are left out."""
    name = names.get(node.name) or latex_of(node.name)
    bare = [names.get(argument) or latex_of(argument) for argument in declared]
    inner = "" if list(written) == bare else rf"\left({', '.join(written)}\right)"
    if len(node.arguments) == 1 and all(part < 0 for _, part in node.by):
        order = len(node.by)
        return name + ("'" * order if order <= MOST_PRIMES else f"^{{({order})}}") + inner
    marks = "".join(rf"\partial_{{{bare[place] if part < 0 else part}}} " for place, part in node.by)
    return rf"\left({marks}{name}\right){inner}" if marks and inner else marks + name + inner


def derivative(body: str, by: str, index: Index | None) -> str:
    """Return the derivative of something that holds together."""
    if index is None:
        return rf"\frac{{\mathrm{{d}}}}{{\mathrm{{d}} {by}}} {body}"
    if index == tree.DALEMBERT:
        return rf"\Box {body}"
    if index == tree.LAPLACE:
        return rf"\nabla^{{2}} {body}"
    return rf"\partial{'^' if index.is_upper else '_'}{{{latex_of(index.name)}}} {body}"
