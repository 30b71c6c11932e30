"""Template tags and filters every page shares: prose with formulas, badges, check rows, fields, numbers and times."""

import math
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import HttpRequest
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from qftapp.prose import diff as prose_diff
from qftapp.prose.render import render

register = template.Library()

STATE_WORDS = {"review": "in review", "no_answer": "no answer", "broken_item": "broken item"}
CHECK_MARKS = {"pass": ("✓", "passed"), "fail": ("✕", "failed"), "note": ("·", "note")}
CODE = re.compile(r"`([^`\n]+)`")
FORMULA = re.compile(r"(?<![\w$])\$(?=\S)([^$\n]*?\S)\$(?![\w$])")
THIN_SPACE = "\u202f"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@register.filter
def prose(text: str | None) -> SafeString:
    """Return Markdown with formulas as safe HTML; the page sets the formulas."""
    return render(text or "")


@register.simple_tag
def diff(old: str, new: str) -> SafeString:
    """Return `new` rendered, with the words and formulas that differ from `old` marked ins and del."""
    return prose_diff.rendered(old, new)


@register.simple_tag
def source_diff(old: str, new: str) -> SafeString:
    """Return a line diff of two sources with the changed words marked, as the inside of `<div class="diff source">`."""
    return prose_diff.source(old, new)


@register.filter
def inline(text: str) -> SafeString:
    """Return plain text with `code` between backticks marked as code and $formulas$ ready to be set."""
    marked = CODE.sub(r"<code>\1</code>", escape(text))
    return SafeString(FORMULA.sub(r'<span class="math" data-display="false">\1</span>', marked))


@register.inclusion_tag("partials/state_badge.html")
def state_badge(state: str, word: str = "") -> dict[str, str]:
    """Show a state as a shape and a word."""
    return {"state": str(state), "word": word or STATE_WORDS.get(str(state), str(state).replace("_", " "))}


@register.inclusion_tag("partials/check_row.html")
def check_row(check: Any, field: str = "") -> dict[str, Any]:
    """Show one check, an object or a mapping with status (pass, fail, note), title, message and code.

    `field` names the form field of the page in which it is mended; the title leads there.
    """
    status = check["status"] if isinstance(check, dict) else check.status
    mark, word = CHECK_MARKS[str(status)]
    return {"check": check, "mark": mark, "word": word, "field": field}


@register.inclusion_tag("partials/field.html")
def field(field: BoundField, span: bool = False) -> dict[str, Any]:
    """Show a form field with its label, help and errors; `span=True` gives it the whole row of a `.fields` grid."""
    group = field.use_fieldset
    return {
        "field": field,
        "span": span,
        "is_checkbox": isinstance(field.field.widget, forms.CheckboxInput),
        "tag": "fieldset" if group else "div",
        "label_tag": "legend" if group else "label",
    }


@register.inclusion_tag("partials/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Show the page numbers of a paginated list; the rest of the query string is kept."""
    numbers: Iterable[int | str] = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {"page": page, "numbers": numbers if page.paginator.num_pages > 1 else (), "request": context["request"]}


@register.inclusion_tag("partials/sort_header.html", takes_context=True)
def sort_header(context: Context, key: str, title: str, unit: str = "", css: str = "") -> dict[str, Any]:
    """Show a column head that sorts by `?sort=key`, or by `?sort=-key` when it already sorts by key."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    current = str(query.get("sort") or context.get("sort", ""))
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    query["sort"] = f"-{key}" if direction == "ascending" else key
    query.pop("page", None)
    return {"title": title, "unit": unit, "class": css, "direction": direction, "href": f"?{query.urlencode()}"}


@register.filter
def pretty(value: float | int | None, digits: int = 6) -> str:
    """Return a number for people: thousands apart, `digits` significant digits, powers of ten as 1.2 × 10⁻⁵."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int):
        return _apart(f"{value:d}")
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value and not 1e-4 <= abs(value) < 1e7:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        power = str(int(exponent)).translate(SUPERSCRIPTS)
        return f"{_minus(_trim(mantissa))} × 10{power}"
    return _apart(f"{value:.{digits}g}")


@register.filter
def pm(value: float | None, error: float | None) -> str:
    """Return `value ± error`, both rounded to the second significant digit of the error."""
    if value is None:
        return "–"
    if not error or not math.isfinite(error) or not math.isfinite(value):
        return pretty(value)
    places = max(0, 1 - math.floor(math.log10(abs(error))))
    return f"{_apart(f'{value:.{places}f}')} ± {_apart(f'{abs(error):.{places}f}')}"


@register.filter
def ago(when: datetime | None) -> SafeString:
    """Return a time element: how long ago in words, the date and time itself in its title."""
    if when is None:
        return SafeString("–")
    seconds = (timezone.now() - when).total_seconds()
    absolute = date_format(timezone.localtime(when), "j F Y, H:i")
    return format_html('<time datetime="{}" title="{}">{}</time>', when.isoformat(), absolute, _in_words(seconds, when))


def _in_words(seconds: float, when: datetime) -> str:
    """Return "3 minutes ago"; a date once it is older than four weeks."""
    if seconds < 45:
        return "just now"
    for length, unit in ((60, "minute"), (3600, "hour"), (86400, "day"), (604800, "week")):
        count = round(seconds / length)
        limit = {"minute": 60, "hour": 24, "day": 7, "week": 5}[unit]
        if count < limit:
            count = max(count, 1)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return date_format(timezone.localtime(when), "j M Y")


def _trim(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _apart(digits: str) -> str:
    """Return digits with thin spaces between the thousands of the integer part, from five digits on."""
    whole, dot, rest = digits.partition(".")
    number = whole.lstrip("-")
    if len(number) > 4 and number.isdigit():
        number = f"{int(number):,}".replace(",", THIN_SPACE)
    return ("−" if whole.startswith("-") else "") + number + dot + rest
