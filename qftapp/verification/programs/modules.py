"""What an import makes known: libraries, and functions and constants of libraries."""

import ast
from dataclasses import dataclass

from qftapp.verification.programs import libraries

_LIBRARIES = {
    **{name: name for name in ("math", "cmath", "numpy", "sympy", "mpmath", "fractions")},
    "scipy.special": "scipy",
    "mpmath.mp": "mpmath",
}
_MODULES = frozenset((*_LIBRARIES, "scipy"))


@dataclass(frozen=True, slots=True)
class Imported:
    """A function or constant of a library; without a name the module itself, which may be no more than a folder."""

    library: str
    name: str = ""


def imported(statement: ast.Import | ast.ImportFrom) -> dict[str, Imported] | None:
    """Return the names that an import makes known, None if it brings something that is not known here."""
    found: dict[str, Imported] = {}
    for alias in statement.names:
        if isinstance(statement, ast.ImportFrom):
            if statement.module == "__future__" and alias.name == "annotations":
                continue
            inner = _inside(statement.module or "", alias.name) if not statement.level else None
            if inner is None:
                return None
            found[alias.asname or alias.name] = inner
        elif alias.name in _MODULES and alias.name != "mpmath.mp":
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            found[alias.asname or whole] = _module(whole)
        else:
            return None
    return found


def attribute(owner: Imported, name: str) -> Imported | None:
    """Return what is called `name` in a module, None if nothing is known of it."""
    if owner.name:
        return None
    return _inside("scipy" if not owner.library else {"scipy": "scipy.special"}.get(owner.library, owner.library), name)


def _module(name: str) -> Imported:
    return Imported(_LIBRARIES.get(name, ""))


def _inside(module: str, name: str) -> Imported | None:
    if f"{module}.{name}" in _LIBRARIES:
        return _module(f"{module}.{name}")
    library = _LIBRARIES.get(module, "")
    return Imported(library, name) if library and libraries.is_known(library, name) else None
