"""The answer contract: what the author promises about the answer, so that a machine can check it."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from qftapp.verification.conventions import Conventions
from qftapp.verification.faults import faults
from qftapp.verification.item_tests import TEST_LIMIT, ItemTest
from qftapp.verification.reading import Problem, Reader
from qftapp.verification.symbols import DOMAIN_TITLES, Symbol, read_identifier
from qftapp.verification.terms import Equality, Kind, Precision

SCHEMA = 1
SOURCE_LIMIT = 20_000
LANGUAGES = ("python", "expression", "latex")
SYMBOL_LIMIT = 20


class ContractError(ValueError):
    """A contract that cannot be used; `problems` lists everything wrong with it, never empty."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{p.path or 'contract'}: {p.message}" for p in problems))


_KINDS, _EQUALITIES, _PRECISIONS = tuple(Kind), tuple(Equality), tuple(Precision)
_SCALED_KINDS = frozenset(Kind) - {Kind.SET, Kind.EQUATION, Kind.LABEL, Kind.BOOLEAN}
_KINDS_FOR: dict[Equality, frozenset[Kind]] = {
    Equality.VALUE: frozenset(Kind),
    Equality.UP_TO_SIGN: _SCALED_KINDS,
    Equality.UP_TO_PHASE: _SCALED_KINDS,
    Equality.UP_TO_CONSTANT: _SCALED_KINDS - {Kind.NUMBER, Kind.COMPLEX},
    Equality.AS_SET: frozenset({Kind.TUPLE, Kind.VECTOR, Kind.SET}),
}


@dataclass(frozen=True, slots=True)
class Gold:
    """The author's answer: a Python function named as the entry point, or an expression in Python notation or LaTeX."""

    language: str
    source: str

    @property
    def is_python(self) -> bool:
        """Whether the source is a Python function rather than an expression."""
        return self.language == "python"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How near an answer must be to gold; always relative to gold.

    relative: |answer − gold| ≤ value·|gold|. significant_figures: half a unit in the last of `value` figures of gold.
    exact (value None): the two agree to every figure that their evaluation bears.
    """

    kind: Precision = Precision.RELATIVE
    value: float | None = 1e-6

    @classmethod
    def read(cls, reader: Reader) -> "Tolerance":
        """Return the tolerance in a JSON object, noting values out of range."""
        kind = Precision(reader.choice("kind", _PRECISIONS, default="relative"))
        value = reader.number("value")
        if kind is Precision.EXACT and value is not None:
            reader.note("value", "must be left empty for an exact answer")
        elif kind is Precision.RELATIVE:
            value = 1e-6 if value is None else value
            if not 1e-14 <= value <= 0.1:
                reader.note("value", "must be between 1e-14 and 0.1")
        elif kind is Precision.SIGNIFICANT_FIGURES and (value is None or value not in range(1, 15)):
            reader.note("value", "must be a whole number of figures from 1 to 14")
        reader.finish()
        return cls(kind, value)

    def to_json(self) -> dict[str, Any]:
        """Return kind and value."""
        return {"kind": self.kind.value, "value": self.value}


@dataclass(frozen=True, slots=True)
class Contract:
    """Everything `verify` knows about an item. Build it with `from_json`, which checks it whole."""

    kind: Kind
    entry_point: str
    gold: Gold
    symbols: tuple[Symbol, ...] = ()
    assumptions: tuple[str, ...] = ()
    constant: bool = False
    labels: tuple[str, ...] = ()
    equality: Equality = Equality.VALUE
    tolerance: Tolerance = field(default_factory=Tolerance)
    conventions: Conventions = field(default_factory=Conventions)
    unit: str = ""
    """What gold and answers in Python are in; an answer in text states its own unit, which is converted."""
    tests: tuple[ItemTest, ...] = ()

    def __hash__(self) -> int:
        return hash((self.gold.source, self.kind, self.entry_point))  # asked for many times in a verdict

    @property
    def names(self) -> tuple[str, ...]:
        """The symbols' names, in the order of the function's arguments."""
        return tuple(symbol.name for symbol in self.symbols)

    @property
    def is_constant(self) -> bool:
        """Whether the answer is declared, or bound by its kind, not to depend on any symbol."""
        without = not any(not symbol.decoy for symbol in self.symbols)
        return self.constant or self.kind in (Kind.NUMBER, Kind.COMPLEX) or without

    @classmethod
    def from_json(cls, data: object) -> "Contract":
        """Return the contract in a JSON object.

        Raises ContractError with every problem found; no other exception, whatever `data` is.
        """
        problems: list[Problem] = []
        reader = Reader(data, "", problems)
        contract = cls._read(reader)
        if not problems:
            contract._check_whole(reader)
        if problems:
            raise ContractError(tuple(problems))
        return contract

    @classmethod
    def _read(cls, reader: Reader) -> "Contract":
        if reader.is_object and (reader.raw("schema") != SCHEMA or isinstance(reader.raw("schema"), bool)):
            reader.note("schema", f"must be {SCHEMA}")
        symbols = []
        for index, entry in enumerate(reader.items("symbols", limit=SYMBOL_LIMIT)):
            symbols.append(Symbol.read(Reader(entry, f"symbols.{index}", reader.problems)))
        tests = []
        for index, entry in enumerate(reader.items("tests", limit=TEST_LIMIT)):
            tests.append(ItemTest.read(Reader(entry, f"tests.{index}", reader.problems)))
        gold = reader.child("gold")
        source = gold.text("source", limit=SOURCE_LIMIT, required=True)
        language = gold.choice("language", LANGUAGES, default="python")
        gold.finish()
        contract = cls(
            kind=Kind(reader.choice("kind", _KINDS, default="") or "number"),
            entry_point=read_identifier(reader, "entry_point"),
            gold=Gold(language, source),
            symbols=tuple(symbols),
            assumptions=reader.texts("assumptions", count=20, length=500),
            constant=reader.flag("constant"),
            labels=reader.texts("labels", count=50, length=100),
            equality=Equality(reader.choice("equality", _EQUALITIES, default="value")),
            tolerance=Tolerance.read(reader.child("tolerance")),
            conventions=Conventions.read(reader.child("conventions")),
            unit=reader.text("unit", limit=60, lines=False).strip(),
            tests=tuple(tests),
        )
        reader.finish()
        return contract

    def _check_whole(self, reader: Reader) -> None:
        """Note contradictions between fields that are each right alone."""
        for index, name in enumerate(self.names):
            if name in self.names[:index]:
                reader.note(f"symbols.{index}.name", f"“{name}” is declared twice")
            elif name == self.entry_point:
                reader.note(f"symbols.{index}.name", f"“{name}” is already the name of the function")
        self._check_dependence(reader)
        self._check_labels(reader)
        self._check_objects(reader)
        if self.kind not in _KINDS_FOR[self.equality]:
            reader.note("equality", f"{self.equality} has no meaning for an answer of kind {self.kind}")
        elif self.equality is Equality.UP_TO_CONSTANT and self.is_constant:
            reader.note("equality", "a constant answer cannot be compared up to a constant: anything would be right")
        if len(reader.problems) == 0:
            for path, message in faults(self):
                reader.note(path, message)

    def _check_dependence(self, reader: Reader) -> None:
        live = [index for index, symbol in enumerate(self.symbols) if not symbol.decoy]
        always = self.kind in (Kind.NUMBER, Kind.COMPLEX)
        if self.constant or always:
            why = f"an answer of kind {self.kind} is constant" if always else "the answer is declared constant"
            for index in live:
                reader.note(
                    f"symbols.{index}.decoy",
                    f"{why}, so “{self.names[index]}” cannot change it: mark it as a decoy, remove it, "
                    + ("or choose the kind expression" if always else "or do not declare the answer constant"),
                )
        elif not live and self.kind not in (Kind.LABEL, Kind.BOOLEAN):
            reader.note("constant", "no symbol changes this answer: declare it constant, or add its symbols")

    def _check_objects(self, reader: Reader) -> None:
        """Note what functions cannot be functions of, and a gold that is not LaTeX where it must be."""
        domains = {symbol.name: symbol.domain for symbol in self.symbols}
        for index, symbol in enumerate(self.symbols):
            for place, name in enumerate(symbol.arguments):
                path = f"symbols.{index}.arguments.{place}"
                if name not in domains:
                    reader.note(path, f"“{name}” is not declared; declare every argument of a function as a symbol")
                elif domains[name].is_object and not domains[name].is_function:
                    reader.note(path, f"“{name}” is {DOMAIN_TITLES[domains[name]]}; arguments are numbers")
                elif symbol.name in self._behind(name):
                    reader.note(path, f"“{symbol.name}” is a function of itself")
        objects = [symbol.name for symbol in self.symbols if symbol.domain.is_object]
        if objects and self.gold.language != "latex":
            reader.note("gold.language", f"must be latex: only LaTeX can speak of {', '.join(objects)}")

    def _behind(self, name: str) -> set[str]:
        """Return a symbol with all that it depends on, step by step."""
        arguments = {symbol.name: symbol.arguments for symbol in self.symbols}
        found, waiting = {name}, [name]
        while waiting:
            new = set(arguments.get(waiting.pop(), ())) - found
            found |= new
            waiting.extend(new)
        return found

    def _check_labels(self, reader: Reader) -> None:
        folded = [label.casefold() for label in self.labels]
        if self.kind is Kind.LABEL and len(folded) < 2:
            reader.note("labels", "list at least two labels to choose from")
        if self.kind not in (Kind.LABEL, Kind.TUPLE) and folded:
            reader.note("labels", f"an answer of kind {self.kind} has no labels; remove them")
        for index, label in enumerate(folded):
            if label in folded[:index]:
                reader.note(f"labels.{index}", f"“{self.labels[index]}” is listed twice (case does not count)")

    def to_json(self) -> dict[str, Any]:
        """Return the contract as plain JSON values; from_json of it gives an equal contract.

        Unit and tests stand there only where there are any: contracts of before there were such keep their digests.
        """
        data = {
            "schema": SCHEMA,
            "kind": self.kind.value,
            "entry_point": self.entry_point,
            "symbols": [symbol.to_json() for symbol in self.symbols],
            "assumptions": list(self.assumptions),
            "constant": self.constant,
            "gold": {"language": self.gold.language, "source": self.gold.source},
            "labels": list(self.labels),
            "equality": self.equality.value,
            "tolerance": self.tolerance.to_json(),
            "conventions": self.conventions.to_json(),
        }
        if self.unit:
            data["unit"] = self.unit
        if self.tests:
            data["tests"] = [test.to_json() for test in self.tests]
        return data

    def digest(self) -> str:
        """Return the sha256 (hex) of the canonical JSON: sorted keys, no spaces, ASCII."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()
