"""The sorts of number that Python and its libraries tell apart.

| library | rank 0 | rank 1 | rank 2 |
|---|---|---|---|
| python | int | Fraction | float, complex |
| numpy | – | – | float64, complex128 |
| sympy | – | exact expressions | expressions holding a Float |
| mpmath | – | – | mpf, mpc |
"""

import functools
from dataclasses import dataclass


class Beyond(Exception):
    """Something that only the program itself can show: an error, a rounding that decides, a rule not known here."""


@dataclass(frozen=True, slots=True, eq=False)
class Sort:
    """One of the sorts; there is one object for each."""

    library: str
    rank: int
    is_complex: bool


_SORTS = {
    (library, rank, is_complex): Sort(library, rank, is_complex)
    for library in ("python", "numpy", "sympy", "mpmath")
    for rank in (0, 1, 2)
    for is_complex in (False, True)
}

INT = _SORTS["python", 0, False]
FRACTION = _SORTS["python", 1, False]
REAL = _SORTS["python", 2, False]
COMPLEX = _SORTS["python", 2, True]
NUMPY = _SORTS["numpy", 2, False]


@functools.cache
def sort_of(library: str, rank: int, is_complex: bool) -> Sort:
    """Return the sort of a library nearest to a rank."""
    lowest = {"python": 0, "sympy": 1}.get(library, 2)
    return _SORTS[library, max(rank, lowest), is_complex]


@functools.cache
def joined(left: Sort, right: Sort) -> Sort:
    """Return the sort of a sum. Raises Beyond where the two do not go together, or in no simple way."""
    if left.library != right.library and "python" not in (left.library, right.library):
        raise Beyond
    library = right.library if left.library == "python" else left.library
    if FRACTION in (left, right) and library in ("numpy", "mpmath"):
        raise Beyond
    return sort_of(library, max(left.rank, right.rank), left.is_complex or right.is_complex)


@functools.cache
def as_complex(sort: Sort) -> Sort:
    """Return the complex sort beside a real one."""
    return sort_of(sort.library, 2 if sort.library == "python" else sort.rank, True)


@functools.cache
def as_real(sort: Sort) -> Sort:
    """Return the real sort beside a complex one."""
    return sort_of(sort.library, sort.rank, False)
