"""Texts are kept with line ends of one kind and without what cannot be seen."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from qftapp.actors.forms import PlainTexts
from qftapp.actors.text import plain, plain_values


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("a\tb", "a\tb"),
        ("Zürich, Ψ̄ψ, 量子, ∫ d⁴x, 🙂", "Zürich, Ψ̄ψ, 量子, ∫ d⁴x, 🙂"),
        ("thin\u2009and\u00a0hard space", "thin\u2009and\u00a0hard space"),
    ],
)
def test_ordinary_text_stays_with_line_feeds(typed, kept):
    assert plain(typed) == kept


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("ab\u202ecd", "U+202E RIGHT-TO-LEFT OVERRIDE in line 1 after “ab”"),
        ("first\r\nrenorm\u00adalise", "U+00AD SOFT HYPHEN in line 2 after “renorm”"),
        ("\ufefftext", "U+FEFF ZERO WIDTH NO-BREAK SPACE in line 1, at its start"),
        ("x\u200by", "U+200B ZERO WIDTH SPACE in line 1 after “x”"),
        ("x\u2028y", "U+2028 LINE SEPARATOR in line 1 after “x”"),
        ("x\0y", "U+0000 in line 1 after “x”"),
        ("x\x1by", "U+001B in line 1 after “x”"),
        ("x\ud800y", "U+D800 in line 1 after “x”"),
    ],
)
def test_invisible_character_is_refused_by_name_and_place(typed, place):
    with pytest.raises(ValidationError) as refused:
        plain(typed)
    assert refused.value.messages == [f"Take out the invisible character {place}."]


def test_texts_inside_json_are_plain_too():
    assert plain_values({"a": ["b\r\n", 1, None, {"c": "d\r"}]}) == {"a": ["b\n", 1, None, {"c": "d\n"}]}
    for nested in ({"\u200b": 1}, [["\u200b"]]):
        with pytest.raises(ValidationError):
            plain_values(nested)


class Form(PlainTexts, forms.Form):
    text = forms.CharField(strip=False)
    number = forms.IntegerField()


def test_form_keeps_plain_texts_and_says_where_one_is_not():
    assert Form({"text": "a\r\nb", "number": "1"}).errors == {}
    assert list(Form({"text": "a\u200bb", "number": "1"}).errors) == ["text"]

    form = Form({"text": "a\r\nb", "number": "1"})
    form.is_valid()
    assert form.cleaned_data == {"text": "a\nb", "number": 1}
