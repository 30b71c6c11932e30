"""Bounds are read as people write them, and shown so that reading them again gives the same number."""

import math

import pytest

from qftapp.items.numerals import read, shown


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        (" −2.5 ", -2.5),
        ("1e-3", 1e-3),
        ("1/3", 1 / 3),
        ("-22/7", -22 / 7),
        ("pi", math.pi),
        ("π/2", math.pi / 2),
        ("-2*pi/3", -2 * math.pi / 3),
        ("2 pi", 2 * math.pi),
        ("", None),
    ],
)
def test_number_is_read_as_it_is_written(text, value):
    assert read(text) == value


@pytest.mark.parametrize("text", ["five", "nan", "inf", "1e999", "1/0", "1/3/2", "pi*pi", "2**3", "__import__('os')"])
def test_what_is_no_number_stays_text(text):
    assert read(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (3.0, "3"),
        (1e-6, "1e-06"),
        (1 / 3, "1/3"),
        (-math.pi / 2, "-pi/2"),
        (2 * math.pi / 3, "2*pi/3"),
        (0.1 + 0.2 - 0.25, "0.050000000000000044"),
        (None, ""),
        ("five", "five"),
    ],
)
def test_number_is_shown_as_it_would_be_written(value, text):
    assert shown(value) == text
    assert read(text) == value
