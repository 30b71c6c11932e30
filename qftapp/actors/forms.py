"""What forms have in common: texts come out plain, and choices that are known only while a form is made."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from qftapp.actors.text import plain


class PlainTexts(forms.BaseForm):
    """A form whose texts come out with line feeds for line ends, and which refuses characters that cannot be seen."""

    def clean(self) -> dict[str, Any]:
        """Every text as `plain` returns it; a character that it refuses is an error of its field."""
        super().clean()
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, str):
                try:
                    self.cleaned_data[name] = plain(value)
                except ValidationError as error:
                    self.add_error(name, error)
        return self.cleaned_data


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Let people choose from these in a field, values with their words; they are known only while a form is made."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)
