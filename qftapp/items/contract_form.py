"""The answer contract as a form: from JSON to fields, from fields to JSON, and problems back to the fields they are in.

The form itself judges nothing: a draft may hold an unsound contract, and `Contract.from_json` alone says what is wrong.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from qftapp.actors.forms import PlainTexts
from qftapp.items import numerals
from qftapp.items.contract_rows import ItemTestForm, SymbolForm, choices_of, list_of, mapping_of
from qftapp.verification import ContractError
from qftapp.verification.contract import SCHEMA
from qftapp.verification.conventions import FIELDS, Conventions
from qftapp.verification.reading import Problem
from qftapp.verification.terms import EQUALITY_TITLES, KIND_TITLES, PRECISION_TITLES, Kind

MAX_CODE = 25_000
NEW_CONTRACT = {
    "schema": SCHEMA,
    "kind": Kind.EXPRESSION.value,
    "entry_point": "answer",
    "tolerance": {"kind": "relative", "value": 1e-6},
}
"""What a new draft begins with: a function of the symbols, which its author goes on to name."""

FIELDS_OF_CHECKS = {
    **dict.fromkeys(("statement", "latex", "introduced", "leak", "repeat"), "statement"),
    **dict.fromkeys(("symbols", "decoys"), "symbols-0-name"),
    "points": "assumptions",
    "kind": "kind",
    "hint": "conventions_other",
    "solution": "solution",
    "second_solution": "second_solution",
    "tests": "tests-0-answer",
}
_FIRST_OF_ROW = {"symbols": "name", "tests": "answer"}
"""The lists of the contract that are edited in rows, each with the first field of a row."""


class _Editor(forms.Textarea):
    """A text area that the page turns into a code editor."""

    def __init__(self, language: str, rows: int) -> None:
        super().__init__({"data-editor": language, "rows": rows, "spellcheck": "false", "autocomplete": "off"})


class ContractForm(PlainTexts, forms.Form):
    """The contract's fields beside its symbols."""

    kind = forms.ChoiceField(choices=choices_of(KIND_TITLES), label="The answer is")
    entry_point = forms.CharField(
        required=False, max_length=100, label="Function name", help_text="What the answer's Python function is called."
    )
    unit = forms.CharField(required=False, max_length=80, label="Unit of the answer")
    constant = forms.BooleanField(required=False, label="The answer is a constant: no symbol changes it")
    assumptions = forms.CharField(
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 2, "spellcheck": "false", "class": "code"}),
        help_text="One comparison a line, as in Python: s > 4*m**2, 0 < x < 1.",
    )
    labels = forms.CharField(
        required=False,
        max_length=6000,
        widget=forms.Textarea({"rows": 3}),
        label="Labels to choose from",
        help_text="One a line.",
    )
    gold_language = forms.ChoiceField(
        choices=[("python", "Python function"), ("expression", "Expression"), ("latex", "LaTeX formula")],
        label="Gold answer is a",
    )
    gold_source = forms.CharField(
        required=False, max_length=MAX_CODE, strip=False, widget=_Editor("python", 8), label="Gold answer"
    )
    equality = forms.ChoiceField(choices=choices_of(EQUALITY_TITLES), label="Counts as equal")
    tolerance_kind = forms.ChoiceField(choices=choices_of(PRECISION_TITLES), label="Precision")
    tolerance_value = forms.CharField(required=False, max_length=30, label="Tolerance or figures")
    conventions_other = forms.CharField(
        required=False,
        max_length=2500,
        widget=forms.Textarea({"rows": 2, "data-editor": "latex"}),
        label="Further conventions",
        help_text="Only what makes the answer unique.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in FIELDS:
            listed = [("", "not stated"), *((choice.code, choice.title) for choice in field.choices)]
            self.fields[f"conventions_{field.code}"] = forms.ChoiceField(
                choices=listed, required=False, label=field.title
            )

    @property
    def convention_fields(self) -> list[forms.BoundField]:
        """The structured conventions, in the order of the prompt."""
        return [self[f"conventions_{field.code}"] for field in FIELDS]

    def to_json(self, symbols: Iterable[SymbolForm], tests: Iterable[ItemTestForm]) -> dict[str, Any]:
        """The contract as the form states it, sound or not; like `Contract.to_json` without an empty unit or list."""
        data = self.cleaned_data
        value: float | str | None = (
            None if data["tolerance_kind"] == "exact" else numerals.read(data["tolerance_value"])
        )
        contract = {
            "schema": SCHEMA,
            "kind": data["kind"],
            "entry_point": data["entry_point"].strip(),
            "symbols": [row for symbol in symbols if (row := symbol.to_json()) is not None],
            "assumptions": _lines(data["assumptions"]),
            "constant": data["constant"],
            "gold": {"language": data["gold_language"], "source": _code(data["gold_source"])},
            "labels": _lines(data["labels"]) if data["kind"] in ("label", "tuple") else [],
            "equality": data["equality"],
            "tolerance": {"kind": data["tolerance_kind"], "value": value},
            "conventions": Conventions(
                **{field.code: data[f"conventions_{field.code}"] for field in FIELDS},
                other=data["conventions_other"].strip(),
            ).to_json(),
        }
        if unit := data["unit"].strip():
            contract["unit"] = unit
        if rows := [row for test in tests if (row := test.to_json()) is not None]:
            contract["tests"] = rows
        return contract


def initial_of(contract: Mapping[str, Any]) -> dict[str, Any]:
    """What the contract form shows of a stored contract, however unsound."""
    gold = mapping_of(contract.get("gold"))
    tolerance = mapping_of(contract.get("tolerance"))
    conventions = mapping_of(contract.get("conventions"))
    return {
        **{name: contract.get(name) for name in ("kind", "entry_point", "unit", "constant", "equality")},
        "assumptions": "\n".join(map(str, list_of(contract.get("assumptions")))),
        "labels": "\n".join(map(str, list_of(contract.get("labels")))),
        "gold_language": gold.get("language", "python"),
        "gold_source": gold.get("source", ""),
        "tolerance_kind": tolerance.get("kind", "relative"),
        "tolerance_value": numerals.shown(tolerance.get("value", 1e-6)),
        **{f"conventions_{code}": text for code, text in conventions.items()},
    }


def field_of(path: str) -> str:
    """The form field a contract problem belongs to: ``symbols.0.low`` is in ``symbols-0-low``.

    The number counts the rows that are filled and not removed, as the page shows them.
    """
    parts = path.split(".")
    if parts[0] in _FIRST_OF_ROW and len(parts) > 1:
        return "-".join((parts[0], parts[1], parts[2] if len(parts) > 2 else _FIRST_OF_ROW[parts[0]]))
    if parts[0] in ("gold", "tolerance", "conventions"):
        default = {"gold": "source", "tolerance": "value", "conventions": "other"}[parts[0]]
        return f"{parts[0]}_{parts[1] if len(parts) > 1 else default}"
    return "kind" if parts[0] in ("", "schema") else parts[0]


def errors_by_field(error: ContractError) -> dict[str, list[str]]:
    """The messages of an unsound contract under the names of the form fields they belong to."""
    messages: dict[str, list[str]] = {}
    for problem in error.problems:
        messages.setdefault(field_of(problem.path), []).append(message_of(problem))
    return messages


def sentences(error: ContractError, contract: Mapping[str, Any]) -> str:
    """What is wrong with an unsound contract, each problem with the place where the editor has it."""
    parts = ((title_of(problem.path, contract), message_of(problem)) for problem in error.problems)
    return "; ".join(f"{title}: {message}" if title else message for title, message in parts)


def field_of_check(code: str) -> str:
    """The form field in which one mends what a check found."""
    if found := re.fullmatch(r"test_([0-9]+)", code):
        return f"tests-{int(found[1]) - 1}-answer"
    return "tolerance_value" if code.startswith("mutant") else FIELDS_OF_CHECKS.get(code, "gold_source")


def message_of(problem: Problem) -> str:
    """What is wrong, with the notations that the form reads where it wanted a number."""
    if problem.message.startswith("must be a number"):
        return f"{problem.message}; write it as {numerals.FORMS}"
    return problem.message


def title_of(path: str, contract: Mapping[str, Any]) -> str:
    """Where the editor has what a contract problem is about: ``symbols.0.low`` is “Symbol m, From”."""
    parts = path.split(".")
    if parts[0] == "symbols" and len(parts) > 1:
        row = next(iter(list_of(contract.get("symbols"))[int(parts[1]) :]), None)
        symbol = f"Symbol {mapping_of(row).get('name') or int(parts[1]) + 1}"
        return ", ".join([symbol, *(_label(SymbolForm(), part) for part in parts[2:3])])
    if parts[0] == "tests" and len(parts) > 1:
        return ", ".join([f"Test {int(parts[1]) + 1}", *(_label(ItemTestForm(), part) for part in parts[2:3])])
    whole = ("", "schema", *_FIRST_OF_ROW)
    title = path.capitalize() if path in whole else _label(ContractForm(), field_of(path))
    return f"{title}, line {int(parts[1]) + 1}" if parts[0] in ("assumptions", "labels") and len(parts) > 1 else title


def _label(form: forms.Form, name: str) -> str:
    return str(form[name].label) if name in form.fields else name


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _code(text: str) -> str:
    return text if text.strip() else ""
