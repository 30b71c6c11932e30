"""The lists of the answer contract as rows of a form: its symbols and its tests."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from qftapp.actors.forms import PlainTexts
from qftapp.items import numerals
from qftapp.verification.contract import SYMBOL_LIMIT
from qftapp.verification.item_tests import ANSWER_LIMIT, EXPECTED_TITLES, NAME_LIMIT, TEST_LIMIT
from qftapp.verification.symbols import DOMAIN_TITLES, Domain


def choices_of(titles: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Form choices of an enumeration with titles."""
    return [(code.value, title[0].upper() + title[1:]) for code, title in titles.items()]


class _Number(forms.TextInput):
    """A number, which may be written as a fraction or a multiple of π."""

    def __init__(self) -> None:
        super().__init__({"title": f"A number such as {numerals.FORMS}", "autocomplete": "off"})


class SymbolForm(PlainTexts, forms.Form):
    """One symbol of the contract, as one row; functions name what they are functions of."""

    name = forms.CharField(required=False, max_length=100)
    latex = forms.CharField(required=False, max_length=300, label="LaTeX")
    domain = forms.ChoiceField(choices=choices_of(DOMAIN_TITLES), initial="positive")
    low = forms.CharField(required=False, max_length=60, label="From", widget=_Number())
    high = forms.CharField(required=False, max_length=60, label="To", widget=_Number())
    exclude = forms.CharField(required=False, max_length=300, label="Except")
    arguments = forms.CharField(required=False, max_length=300, label="Function of")
    unit = forms.CharField(required=False, max_length=80)
    meaning = forms.CharField(required=False, max_length=600)
    decoy = forms.BooleanField(required=False)

    def to_json(self) -> dict[str, Any] | None:
        """The row as the contract's JSON; nothing for a row that was left empty."""
        data = self.cleaned_data
        texts = ("name", "latex", "low", "high", "exclude", "arguments", "unit", "meaning")
        if not any(data[field].strip() for field in texts):
            return None
        # The page shows one of the two, by the domain; what is not shown is not meant.
        is_function = Domain(data["domain"]).is_function
        arguments = _listed(data["arguments"]) if is_function else []
        excluded = [] if is_function else _listed(data["exclude"])
        row = {
            "name": data["name"].strip(),
            "latex": data["latex"].strip().strip("$"),
            "domain": data["domain"],
            "low": numerals.read(data["low"]),
            "high": numerals.read(data["high"]),
            "exclude": [numerals.read(part) for part in excluded],
            "unit": data["unit"].strip(),
            "meaning": data["meaning"].strip(),
            "decoy": data["decoy"],
        }
        return {**row, "arguments": arguments} if arguments else row


SymbolFormSet = forms.formset_factory(
    SymbolForm, extra=0, can_delete=True, can_order=True, max_num=SYMBOL_LIMIT, absolute_max=10 * SYMBOL_LIMIT
)


class ItemTestForm(PlainTexts, forms.Form):
    """One test of the item, as one row: an answer and what must become of it."""

    answer = forms.CharField(
        required=False,
        max_length=2 * ANSWER_LIMIT,
        strip=False,
        widget=forms.Textarea({"rows": 1, "spellcheck": "false", "autocomplete": "off", "class": "code"}),
    )
    outcome = forms.ChoiceField(choices=choices_of(EXPECTED_TITLES), label="It")
    name = forms.CharField(required=False, max_length=2 * NAME_LIMIT, label="What it has wrong")

    def to_json(self) -> dict[str, Any] | None:
        """The row as the contract's JSON; nothing for a row that was left empty."""
        answer, name = self.cleaned_data["answer"], self.cleaned_data["name"].strip()
        if not answer.strip() and not name:
            return None
        return {"answer": answer, "outcome": self.cleaned_data["outcome"], "name": name}


ItemTestFormSet = forms.formset_factory(
    ItemTestForm, extra=0, can_delete=True, can_order=True, max_num=TEST_LIMIT, absolute_max=10 * TEST_LIMIT
)


def initial_symbols(contract: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the symbol rows show of a stored contract."""
    rows = []
    for entry in list_of(contract.get("symbols")):
        symbol = mapping_of(entry)
        shown = {name: numerals.shown(symbol.get(name)) for name in ("low", "high")}
        excluded = ", ".join(numerals.shown(value) for value in list_of(symbol.get("exclude")))
        arguments = ", ".join(map(str, list_of(symbol.get("arguments"))))
        rows.append({**symbol, **shown, "exclude": excluded, "arguments": arguments})
    return rows


def initial_tests(contract: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the rows of tests show of a stored contract."""
    return [mapping_of(entry) for entry in list_of(contract.get("tests"))]


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;,]", text) if part.strip()]


def mapping_of(value: Any) -> dict[str, Any]:
    """A stored object, whatever stands in its place."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """A stored list, whatever stands in its place."""
    return value if isinstance(value, list) else []
