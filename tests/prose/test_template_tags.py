"""Numbers, times and check messages for people."""

from datetime import timedelta

import pytest
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import timezone

from qftapp.templatetags import qft


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (1234, "1234"),
        (12345, "12\u202f345"),
        (-12345, "−12\u202f345"),
        (0.5, "0.5"),
        (6.1e-9, "6.1 × 10⁻⁹"),
        (-2.0e12, "−2 × 10¹²"),
        (float("nan"), "nan"),
        (float("-inf"), "−∞"),
        (True, "True"),
    ],
)
def test_number_is_pretty(value, text: str):
    assert qft.pretty(value) == text


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.7314, 0.0421, "0.731 ± 0.042"),
        (-12345.678, 3.2, "−12\u202f345.7 ± 3.2"),
        (5.0, None, "5"),
        (None, 1.0, "–"),
        (120.0, 35.0, "120 ± 35"),
    ],
)
def test_error_sets_the_digits(value, error, text: str):
    assert qft.pm(value, error) == text


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(seconds=50), "1 minute ago"),
        (timedelta(minutes=59, seconds=50), "1 hour ago"),
        (timedelta(hours=30), "1 day ago"),
        (timedelta(days=10), "1 week ago"),
    ],
)
def test_time_is_told_in_words(ago: timedelta, words: str):
    assert qft.ago(timezone.now() - ago).endswith(f">{words}</time>")


def test_check_message_marks_code_and_formulas_only():
    assert qft.inline("nan at `m = 0` for $m$ <b>, $5 and $6") == (
        'nan at <code>m = 0</code> for <span class="math" data-display="false">m</span> &lt;b&gt;, $5 and $6'
    )


def rendered(source: str, path: str, **context) -> str:
    request = RequestFactory().get(path)
    return Template("{% load qft %}" + source).render(RequestContext(request, context)).strip()


@pytest.mark.parametrize(
    ("query", "html"),
    [
        ("?q=a&page=3", '<th scope="col"><a href="?q=a&amp;sort=slug">Item</a></th>'),
        ("?sort=slug", '<th scope="col" aria-sort="ascending"><a href="?sort=-slug">Item</a></th>'),
        ("?sort=-slug", '<th scope="col" aria-sort="descending"><a href="?sort=slug">Item</a></th>'),
    ],
)
def test_column_head_sorts_and_turns(query: str, html: str):
    assert rendered('{% sort_header "slug" "Item" %}', f"/items/{query}") == html


def test_page_links_keep_the_query():
    html = rendered("{% pagination page %}", "/items/?q=a", page=Paginator(range(30), 10).page(2))
    assert 'href="?q=a&amp;page=1"' in html
    assert 'href="?q=a&amp;page=3"' in html


def test_state_has_a_word_for_people():
    assert rendered('{% state_badge "review" %}', "/") == '<span class="badge review">in review</span>'
