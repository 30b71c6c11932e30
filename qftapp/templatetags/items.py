"""Template filters of items: what an event says, where its subject is, and a contract in words."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qftapp.actors.models import Event
from qftapp.items import contract_form
from qftapp.items.models import Item, ItemVersion
from qftapp.templatetags.qft import SUPERSCRIPTS, pretty
from qftapp.verification import Contract
from qftapp.verification.conventions import sentence
from qftapp.verification.item_tests import EXPECTED_TITLES, ItemTest
from qftapp.verification.reading import Problem
from qftapp.verification.symbols import DOMAIN_TITLES, Symbol
from qftapp.verification.terms import EQUALITY_TITLES, KIND_TITLES, Precision

register = template.Library()

SENTENCES = {
    "item.adapted": "adapted this item from a source problem",
    "item.written": "wrote this item",
    "item.classified": "changed where the item belongs",
    "item_version.opened": "opened a new version from version {base}",
    "item_version.overwritten": "wrote over a save made elsewhere",
    "item_version.submitted": "submitted a version for review",
    "item_version.withdrawn": "took the version back from review",
    "item_version.discarded": "discarded the draft",
    "item_version.approved": "approved the version {own_answer}",
    "item_version.replaced": "replaced the version by version {by_version}",
    "item_version.changes_requested": "requested changes {own_answer}",
    "item_version.commented": "commented",
    "item_version.answered": "gave an answer of their own: {outcome}",
    "item_version.rechecked": "renewed the checks: verifier {old} → {new}",
    "item_version.retired": "retired the item {reason}",
    "source.added": "added this source",
    "source.changed": "changed {changed}",
    "source_problem.added": "added {locator}",
    "source_problem.changed": "changed {locator}",
}
OWN_ANSWERS = {
    "": "without an own answer",
    "correct": "after an own correct answer",
    "wrong": "after an own wrong answer",
}


@register.filter
def told(event: Event) -> str:
    """What the actor did, as the rest of a sentence."""
    sentence = SENTENCES.get(event.verb, event.verb.replace("_", " ").replace(".", " "))
    words = defaultdict(str, {name: _word(value) for name, value in event.data.items()})
    if "own_answer" in event.data:
        words["own_answer"] = own_answer(event.data["own_answer"])
    return sentence.format_map(words).strip()


@register.filter
def own_answer(outcome: str) -> str:
    """Whether a reviewer solved the problem, by the outcome of the reviewer's own answer."""
    return OWN_ANSWERS.get(outcome, f"after an own answer: {_word(outcome)}")


def _word(value: object) -> str:
    listed = value if isinstance(value, list) else [value]
    return ", ".join(str(each).replace("_", " ") for each in listed)


@register.simple_tag
def subject_links(events: list[Event]) -> dict[str, SafeString]:
    """Links to the subjects of events, by subject, with one query a table."""
    versions, items = _ids(events, "item_version"), _ids(events, "item")
    links = {}
    for version in ItemVersion.objects.filter(pk__in=versions).select_related("item"):
        links[f"item_version:{version.pk}"] = format_html(
            '<a href="{}">{} v{}</a>', version.get_absolute_url(), version.item.slug, version.number
        )
    for item in Item.objects.filter(pk__in=items):
        links[f"item:{item.pk}"] = format_html('<a href="{}">{}</a>', item.get_absolute_url(), item.slug)
    return links


@register.filter
def at(mapping: Mapping[str, SafeString], key: str) -> str:
    """What a mapping holds under a key, or nothing."""
    return mapping.get(key, "") if mapping else ""


def _ids(events: list[Event], table: str) -> list[int]:
    pairs = (event.subject.split(":") for event in events)
    return [int(number) for name, number in pairs if name == table]


@register.filter
def goto(code: str) -> str:
    """The editor's field in which one mends what a check of this code found."""
    return contract_form.field_of_check(code)


@register.inclusion_tag("items/partials/contract_problem.html")
def contract_problem(
    problem: Problem | dict[str, str], contract: Mapping[str, Any], links: bool = True
) -> dict[str, Any]:
    """Show one problem of a contract where the editor has it, with a link there where the page has the editor."""
    found = Problem(problem["path"], problem["message"]) if isinstance(problem, dict) else problem
    return {
        "field": contract_form.field_of(found.path) if links else "",
        "title": contract_form.title_of(found.path, contract) or "The contract",
        "message": contract_form.message_of(found),
    }


@register.filter
def kind_title(contract: Contract) -> str:
    """What the answer is, such as “a real number”."""
    return KIND_TITLES[contract.kind]


@register.filter
def expected_title(test: ItemTest) -> str:
    """What must become of a test's answer, such as “Must be refused”."""
    return EXPECTED_TITLES[test.outcome].capitalize()


@register.filter
def equality_title(contract: Contract) -> str:
    """Beyond which differences two answers are the same, such as “up to one overall sign”."""
    return EQUALITY_TITLES[contract.equality]


@register.filter
def precision_words(contract: Contract) -> str:
    """The tolerance in words, such as “a relative error below 1e-6”."""
    tolerance = contract.tolerance
    if tolerance.kind is Precision.RELATIVE:
        return f"a relative error below {pretty(tolerance.value)}"
    if tolerance.kind is Precision.SIGNIFICANT_FIGURES:
        return f"{tolerance.value:g} significant figures"
    return "exact agreement"


@register.filter
def domain_words(symbol: Symbol) -> str:
    """Where the symbol's values lie, with its bounds."""
    words = DOMAIN_TITLES[symbol.domain]
    if symbol.low is not None and symbol.high is not None:
        words += f" from {symbol.low:g} to {symbol.high:g}"
    elif symbol.low is not None:
        words += f" from {symbol.low:g}"
    elif symbol.high is not None:
        words += f" up to {symbol.high:g}"
    if symbol.exclude:
        words += f" except {', '.join(f'{value:g}' for value in symbol.exclude)}"
    return words


@register.filter
def set_latex(symbol: Symbol) -> SafeString:
    """The symbol as a formula for the page to set."""
    return format_html('<span class="math" data-display="false">{}</span>', symbol.latex or symbol.name)


@register.filter
def convention_sentence(contract: Contract) -> str:
    """The prompt's last sentence."""
    return sentence(contract.conventions)


@register.filter
def unit(text: str) -> str:
    """A unit as printed: GeV^2 and GeV**-1 with raised exponents."""
    return re.sub(r"(?:\^|\*\*)\{?\(?(-?\d+)\)?\}?", lambda found: found[1].translate(SUPERSCRIPTS), text)
