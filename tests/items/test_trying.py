"""Trying an answer: verdict, diagnosis, reading and points on the page, and nothing stored outside a review."""

import html
import json
import re

import pytest
from django.template.loader import render_to_string

from qftapp.actors.models import Event
from qftapp.items import trying
from qftapp.items.models import ItemVersion
from tests.factories import GOLD, ItemVersionFactory, contract, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client):
    client.force_login(person("alice"))
    return client


def tried(client, version: ItemVersion, answer: str, **more) -> str:
    """The fragment about an answer."""
    response = client.post(f"{version.get_absolute_url()}try/", {"answer": answer, **more})
    assert response.status_code == 200
    return response.content.decode()


def text_of(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def test_wrong_answer_comes_with_its_diagnosis_its_reading_and_the_points(author):
    fragment = tried(author, ItemVersionFactory(), r"\Gamma = \frac{g^2 m}{4\pi}")

    assert "wrong" in fragment
    assert "Constant factor: too large by 2" in text_of(fragment)
    assert r'<span class="math" data-display="false">\displaystyle \frac{g^{2} m}{4 \pi}</span>' in fragment
    assert "Gold and this answer at 10 points" in fragment
    assert fragment.count("<tr>") == 11


def test_every_reading_of_a_doubtful_answer_is_shown_with_what_to_do(author):
    fragment = tried(author, ItemVersionFactory(), r"g^2 m/8\pi")

    assert "unreadable" in fragment
    assert "Brackets settle what can be read in two ways." in fragment
    assert "<code>decay_width(m, g)</code>" in fragment
    assert "/help/answers/" in fragment
    assert fragment.count('<span class="math"') == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("I am not sure about this width.", "End with the answer"),
        (r"\frac{g^2 M}{8\pi}", "with the names that the contract declares"),
        ("```python\ndef decay_width(m, g):\n    return [0] * 10**12\n```", "Write it more simply"),
    ],
)
def test_answer_that_cannot_be_judged_says_what_to_do(author, answer, said):
    assert said in text_of(tried(author, ItemVersionFactory(), answer))


def test_broken_item_blames_gold(author):
    broken = ItemVersionFactory(contract=contract(gold={"language": "expression", "source": "g/(m - m)"}))

    assert "The checks say what to mend" in text_of(tried(author, broken, "g"))


def test_code_is_shown_as_it_was_read(author):
    fragment = tried(author, ItemVersionFactory(), f"```python\n{GOLD}```")

    assert "correct" in fragment
    assert "return g**2 * m / (8 * math.pi)" in fragment


def test_answer_is_escaped_wherever_it_is_shown(author):
    label = contract(kind="label", symbols=[], labels=["a", "b"], gold={"language": "expression", "source": "a"})
    version = ItemVersionFactory(contract=label)
    fragment = tried(author, version, "\\boxed{<script>alert(1)</script>}", in_editor="yes")

    assert "<script>alert" not in fragment
    assert "&lt;script&gt;alert(1)" in fragment


def test_nothing_is_stored(author):
    tried(author, ItemVersionFactory(), "g**2*m/(8*pi)")

    assert not Event.objects.exists()


def test_editor_offers_the_answer_as_a_test_that_expects_what_came_out(author):
    fragment = tried(author, ItemVersionFactory(), r"\frac{g^2 m}{4\pi}", in_editor="yes")

    offered = html.unescape(re.search(r'data-add-test="([^"]*)"', fragment)[1])
    assert json.loads(offered) == {"answer": r"\frac{g^2 m}{4\pi}", "outcome": "wrong", "name": "too large by 2"}
    assert "data-add-test" not in tried(author, ItemVersionFactory(), r"\frac{g^2 m}{4\pi}")


def test_what_cannot_be_expected_is_not_offered_as_a_test(author):
    assert "data-add-test" not in tried(author, ItemVersionFactory(), "I do not know this.", in_editor="yes")


def test_verdict_without_a_diagnosis_is_shown_without_one():
    version = ItemVersionFactory()
    trial = trying.try_answer(version, by=person("alice"), answer="g**2*m/(8*pi)")
    shown = render_to_string("items/partials/verdict.html", {"trial": trial, "verdict": trial.verdict})

    assert trial.diagnosis_title == ""
    assert "<strong>" not in shown


def test_page_of_help_tells_the_outcomes_and_every_rule(author):
    page = text_of(author.get("/help/answers/").content.decode())

    assert "How answers are checked" in page
    for outcome in ("correct", "wrong", "no answer", "unreadable", "timeout", "broken item"):
        assert outcome in page
    assert "What has two readings with two verdicts is unreadable." in page


@pytest.mark.parametrize("path", ["", "review/"])
def test_tests_of_an_item_are_shown_to_read(client, path):
    tests = [{"answer": r"\frac{g^2 m}{4\pi}", "outcome": "wrong", "name": "identical particles"}]
    version = ItemVersionFactory(state="review", contract=contract(tests=tests))
    client.force_login(person("chandra"))
    page = text_of(client.get(f"{version.get_absolute_url()}{path}").content.decode())

    assert "ust be refused: identical particles" in page
    assert r"\frac{g^2 m}{4\pi}" in page


def test_changed_tests_stand_in_the_differences_of_two_versions(client):
    tests = [{"answer": r"\frac{g^2 m}{4\pi}", "outcome": "wrong", "name": "identical particles"}]
    old = ItemVersionFactory(state="retired")
    ItemVersionFactory(item=old.item, number=2, contract=contract(tests=tests))
    client.force_login(person("alice"))
    page = text_of(client.get(f"/items/{old.item.slug}/diff/1/2/").content.decode())

    assert "# must be refused: identical particles" in page


def test_checks_show_altered_answers_and_tests_with_their_diagnosis(author):
    tests = [{"answer": r"\frac{g^2 m}{4\pi}", "outcome": "correct", "name": ""}]
    version = ItemVersionFactory(contract=contract(tests=tests))
    fragment = author.get(f"{version.get_absolute_url()}checks/").content.decode()

    assert "The answer with m and g exchanged: refused." in text_of(fragment)
    assert "too large by 2" in text_of(fragment)
    assert 'id="check-test_1"' in fragment
    assert 'data-field="tests-0-answer"' in fragment
    errors = html.unescape(re.search(r'data-errors="([^"]*)"', fragment)[1])
    assert list(json.loads(errors)) == ["tests-0-answer"]
