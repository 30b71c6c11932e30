"""A diagnosis: how a wrong answer differs from gold."""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """The four kinds of error of the paper, and none where naming one would be a guess."""

    FACTUAL = "factual"
    MATHEMATICAL = "mathematical"
    LOGICAL = "logical"
    EXECUTIONAL = "executional"
    NONE = ""


_F, _M, _E, _N = Category.FACTUAL, Category.MATHEMATICAL, Category.EXECUTIONAL, Category.NONE

CODES: dict[str, tuple[str, Category]] = {
    "sign": ("overall sign", _M),
    "factor": ("constant factor", _M),
    "factor_i": ("factor i", _M),
    "power_of_pi": ("power of π", _M),
    "number": ("another number", _N),
    "zero": ("zero", _N),
    "conjugate": ("complex conjugate", _M),
    "inverse": ("inverse", _M),
    "phase": ("phase", _M),
    "real_part": ("only the real part", _E),
    "imaginary_part": ("wrong or only imaginary part", _N),
    "modulus": ("only the modulus", _E),
    "dropped_term": ("missing term", _M),
    "term_sign": ("sign of a term", _M),
    "term_factor": ("factor of a term", _M),
    "extra_term": ("term too many", _M),
    "other_term": ("differs by one term", _M),
    "additive_constant": ("differs by a constant", _N),
    "swapped_symbols": ("symbols exchanged", _M),
    "replaced_symbol": ("one symbol in place of another", _M),
    "rescaled_symbol": ("symbol off by a factor or power", _M),
    "missing_power": ("power", _M),
    "missing_symbol": ("does not depend on a symbol", _N),
    "extra_symbol": ("depends on a symbol that does not matter", _N),
    "constant": ("a constant", _N),
    "dropped_factor": ("missing factor", _M),
    "extra_factor": ("factor too many", _M),
    "inverted_factor": ("factor upside down", _M),
    "exponent": ("factor or sign of an exponent", _M),
    "nested_constant": ("constant inside", _M),
    "function": ("another function", _M),
    "distributed": ("function or power taken term by term", _M),
    "part_of_domain": ("right on part of the domain", _N),
    "branch": ("another branch", _M),
    "leading_order": ("right in a limit only", _N),
    "rounded": ("rounded too early", _E),
    "unit": ("unit or power of ten", _N),
    "unit_missing": ("no unit", _E),
    "hbar_c": ("conversion of units", _F),
    "metric_sign": ("metric signature", _F),
    "transposed": ("transposed", _E),
    "indices": ("free indices", _E),
    "order_of_entries": ("order of the entries", _E),
    "one_of_several": ("incomplete", _E),
    "too_many": ("solutions too many", _N),
    "entries": ("some entries", _N),
}
"""Every code with a title and the category it suggests."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How an answer is wrong; true at every point compared.

    `code` is one of CODES; `words` says it in half a sentence: "too large by 4π", "t and u are exchanged"; `latex` is
    the ratio of answer and gold, or the term concerned, "" if there is none.
    """

    code: str
    words: str
    latex: str = ""

    @property
    def category(self) -> Category:
        """The kind of error that suggests itself."""
        return CODES[self.code][1]

    def to_json(self) -> dict[str, str]:
        """Return every field and the category."""
        return {"code": self.code, "words": self.words, "latex": self.latex, "category": self.category.value}

    @classmethod
    def from_json(cls, data: dict[str, str]) -> "Diagnosis":
        """Return the diagnosis that `to_json` wrote."""
        return cls(data["code"], data["words"], data["latex"])
