"""The editor's form as a browser sends it."""

from typing import Any

from django.forms import BaseForm, CheckboxInput, ChoiceField
from django.utils.choices import flatten_choices

from qftapp.items.forms import DraftForm
from qftapp.items.models import ItemVersion


def form_data(version: ItemVersion, **changes: str) -> dict[str, str]:
    """What a browser posts after opening the editor of a version and changing the named fields."""
    form = DraftForm(version)
    data = {"revision": str(version.revision)}
    rows = (form.symbols.management_form, *form.symbols.forms, form.tests.management_form, *form.tests.forms)
    for part in (form.prose, form.classification, form.contract, *rows):
        data |= fields_of(part)
    return data | changes


def fields_of(form: BaseForm) -> dict[str, str]:
    """The successful controls of one form, by name."""
    sent: dict[str, str] = {}
    for bound in form:
        value: Any = bound.field.widget.format_value(bound.value())
        if isinstance(bound.field, ChoiceField):  # a browser sends the first option where none is chosen
            options = [code for code, _ in flatten_choices(bound.field.choices)]
            value = value[0] if value and value[0] in options else options[0]
        if isinstance(bound.field.widget, CheckboxInput):
            sent |= {bound.html_name: "on"} if bound.value() else {}
        else:
            sent[bound.html_name] = "" if value is None else str(value)
    return sent
