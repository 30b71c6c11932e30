"""The symbols an answer may depend on, with the domain each lives in."""

import keyword
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from qftapp.verification.reading import Reader

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
NAME_LIMIT = 60
RESERVED = frozenset({"True", "False", "None"})


class Domain(StrEnum):
    """Where the values of a symbol lie."""

    REAL = "real"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    NONNEGATIVE = "nonnegative"
    COMPLEX = "complex"
    INTEGER = "integer"
    NATURAL = "natural"
    FOUR_VECTOR = "four_vector"
    FUNCTION = "function"
    COMPLEX_FUNCTION = "complex_function"
    VECTOR_FUNCTION = "vector_function"
    MATRIX = "matrix"
    HERMITIAN_MATRIX = "hermitian_matrix"
    ANTIHERMITIAN_MATRIX = "antihermitian_matrix"
    UNITARY_MATRIX = "unitary_matrix"
    LADDER_OPERATOR = "ladder_operator"

    @property
    def is_whole(self) -> bool:
        """Whether the values are whole numbers."""
        return self in (Domain.INTEGER, Domain.NATURAL)

    @property
    def is_function(self) -> bool:
        """Whether the symbol is a function of unknown form, of arguments that it names."""
        return self in (Domain.FUNCTION, Domain.COMPLEX_FUNCTION, Domain.VECTOR_FUNCTION)

    @property
    def is_matrix(self) -> bool:
        """Whether the symbol is a matrix, sampled as a random one."""
        return self in _MATRICES

    @property
    def is_vector(self) -> bool:
        """Whether the values, or those of the function, are four-vectors."""
        return self in (Domain.FOUR_VECTOR, Domain.VECTOR_FUNCTION)

    @property
    def is_object(self) -> bool:
        """Whether the symbol is no number and no list of numbers: Python cannot be handed one."""
        return self.is_function or self.is_matrix or self is Domain.LADDER_OPERATOR

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers."""
        return not self.is_object and self is not Domain.FOUR_VECTOR


_DOMAINS = tuple(Domain)
_MATRICES = frozenset((Domain.MATRIX, Domain.HERMITIAN_MATRIX, Domain.ANTIHERMITIAN_MATRIX, Domain.UNITARY_MATRIX))


DOMAIN_TITLES: dict[Domain, str] = {
    Domain.REAL: "real number",
    Domain.POSITIVE: "positive number",
    Domain.NEGATIVE: "negative number",
    Domain.NONNEGATIVE: "real number ≥ 0",
    Domain.COMPLEX: "complex number",
    Domain.INTEGER: "integer",
    Domain.NATURAL: "positive integer",
    Domain.FOUR_VECTOR: "four-vector (four real components, time first)",
    Domain.FUNCTION: "unknown real function",
    Domain.COMPLEX_FUNCTION: "unknown complex function",
    Domain.VECTOR_FUNCTION: "unknown four-vector function",
    Domain.MATRIX: "matrix or operator that need not commute",
    Domain.HERMITIAN_MATRIX: "Hermitian matrix",
    Domain.ANTIHERMITIAN_MATRIX: "anti-Hermitian matrix",
    Domain.UNITARY_MATRIX: "unitary matrix",
    Domain.LADDER_OPERATOR: "annihilation operator a, [a, a†] = 1",
}
ARGUMENTS_LIMIT = 4


@dataclass(frozen=True, slots=True)
class Symbol:
    """One argument of the answer.

    `low` and `high` bound a real value, the modulus of a complex one and each component of a four-vector;
    `exclude` lists values it never takes. A decoy is mentioned in the problem but does not change the answer. A
    function has `arguments`, the names of other symbols; without brackets behind it, it stands for its value there.
    """

    name: str
    latex: str = ""
    domain: Domain = Domain.REAL
    low: float | None = None
    high: float | None = None
    exclude: tuple[float, ...] = ()
    unit: str = ""
    meaning: str = ""
    decoy: bool = False
    arguments: tuple[str, ...] = ()

    @classmethod
    def read(cls, reader: Reader) -> "Symbol":
        """Return the symbol in a JSON object; what is wrong with it is noted as problems."""
        name = read_identifier(reader, "name")
        excluded = [
            reader.as_number(f"exclude.{index}", value) for index, value in enumerate(reader.items("exclude", limit=20))
        ]
        symbol = cls(
            name=name,
            latex=reader.text("latex", limit=200, lines=False),
            domain=Domain(reader.choice("domain", _DOMAINS, default="real")),
            low=reader.number("low"),
            high=reader.number("high"),
            exclude=tuple(value for value in excluded if value is not None),
            unit=reader.text("unit", limit=60, lines=False),
            meaning=reader.text("meaning", limit=500, lines=False),
            decoy=reader.flag("decoy"),
            arguments=reader.texts("arguments", count=ARGUMENTS_LIMIT, length=NAME_LIMIT),
        )
        symbol._check_range(reader)
        symbol._check_object(reader)
        reader.finish()
        return symbol

    def _check_range(self, reader: Reader) -> None:
        """Note bounds that contradict the domain or each other."""
        low, high = self.low, self.high
        if self.domain.is_whole:
            for key, value in (("low", low), ("high", high)):
                if value is not None and not value.is_integer():
                    reader.note(key, f"must be whole, because {self.name or 'the symbol'} is an integer")
        if low is not None and self.domain is Domain.NEGATIVE and low >= 0:
            reader.note("low", "must be negative, because the symbol is negative")
        if low is not None and low < 0 and self.domain in _NO_NEGATIVES:
            reader.note("low", f"must not be negative in the domain {self.domain}")
        if high is not None and self.domain is Domain.NEGATIVE and high > 0:
            reader.note("high", "must not be positive, because the symbol is negative")
        if high is not None and high <= 0 and self.domain in _NO_NEGATIVES:
            reader.note("high", f"must be positive in the domain {self.domain}")
        if low is not None and high is not None and not (low < high or (low == high and self.domain.is_whole)):
            reader.note("high", f"must be greater than low = {low:g}")

    def _check_object(self, reader: Reader) -> None:
        """Note what only numbers have, and arguments of what is no function."""
        if self.domain.is_function and not self.arguments:
            reader.note("arguments", f"name the symbols that {self.name or 'the function'} is a function of")
        elif self.arguments and not self.domain.is_function:
            reader.note("arguments", f"belong to functions, and the domain is {self.domain}")
        if self.domain.is_object and self.exclude:
            reader.note("exclude", "belongs to numbers")
        if self.domain.is_object and self.domain is not Domain.FUNCTION:
            for key in ("low", "high"):
                if getattr(self, key) is not None:
                    reader.note(key, "belongs to numbers and to real functions")

    def to_json(self) -> dict[str, Any]:
        """Return every field under its name, bounds as numbers or None; arguments only of functions."""
        return {
            "name": self.name,
            "latex": self.latex,
            "domain": self.domain.value,
            "low": self.low,
            "high": self.high,
            "exclude": list(self.exclude),
            "unit": self.unit,
            "meaning": self.meaning,
            "decoy": self.decoy,
            **({"arguments": list(self.arguments)} if self.arguments else {}),
        }


_NO_NEGATIVES = (Domain.POSITIVE, Domain.NONNEGATIVE, Domain.COMPLEX, Domain.NATURAL)


def read_identifier(reader: Reader, key: str) -> str:
    """Return a field that must be usable as a Python name, noting why if it is not."""
    name = reader.text(key, limit=NAME_LIMIT, required=True, lines=False)
    if not name.strip():
        return ""
    if keyword.iskeyword(name) or name in RESERVED:
        reader.note(key, f"“{name}” is a reserved word of Python; call it {name}_ for example")
    elif not NAME.fullmatch(name):
        reader.note(key, f"“{name[:40]}” is not a Python name: a letter, then letters, digits or _")
    return name
