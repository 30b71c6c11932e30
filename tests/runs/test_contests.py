"""Contesting a grade and settling it; what is settled against the verifier is its next golden case."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qftapp.actors.errors import Conflict
from qftapp.actors.models import Event
from qftapp.runs.grading import contesting, golden
from qftapp.runs.models import Contest
from qftapp.verification import Contract
from qftapp.verification.inference import contract_of
from tests import factories
from tests.verification.test_golden import judged

pytestmark = pytest.mark.django_db

LATEX_GOLD = {
    "schema": 1,
    "kind": "expression",
    "entry_point": "width",
    "symbols": [
        factories.symbol("m", meaning="mass", unit="GeV"),
        factories.symbol("g", domain="real", low=-2, high=3),
    ],
    "gold": {"language": "latex", "source": r"\frac{g^2 m}{8\pi}"},
    "conventions": {"metric": "mostly_minus"},
}


def wrong_grade(**trace):
    return factories.GradeFactory(trace=factories.TraceFactory(**trace), outcome="wrong", reason="they differ")


def contested(grade=None, *, expected="correct", reason="It is the same function."):
    grade = grade or wrong_grade()
    return contesting.contest(grade.pk, by=factories.person("dana"), expected=expected, reason=reason)


def test_contest_is_open_until_it_is_settled():
    found = contested()
    assert (found.decision, found.grade.outcome) == ("", "wrong")
    assert Event.objects.get(verb="grade.contested").data["expected"] == "correct"

    settled = contesting.settle(found.pk, by=factories.person("emil"), decision="verifier_wrong", remark="Indeed.")
    assert (settled.decided_by, settled.remark) == (factories.person("emil"), "Indeed.")
    assert settled.decided_at is not None
    assert Event.objects.get(verb="contest.settled").data["decision"] == "verifier_wrong"


def test_settled_grade_may_be_contested_again():
    found = contested()
    contesting.settle(found.pk, by=factories.person("chandra"), decision="grade_stands")
    assert contested(found.grade).pk != found.pk


def test_only_people_with_a_role_contest():
    stranger = factories.UserFactory(username="nobody")
    with pytest.raises(PermissionDenied):
        contesting.contest(wrong_grade().pk, by=stranger, expected="correct", reason="No.")


def test_grade_has_one_open_contest():
    found = contested()
    with pytest.raises(Conflict, match="contested already"):
        contested(found.grade)


def test_only_the_grade_that_counts_is_contested():
    grade = factories.GradeFactory(outcome="wrong", is_current=False)
    with pytest.raises(Conflict, match="Another grade"):
        contested(grade)


@pytest.mark.parametrize(("expected", "reason"), [("wrong", "x"), ("splendid", "x"), ("correct", " ")])
def test_contest_needs_another_outcome_and_a_reason(expected, reason):
    with pytest.raises(ValidationError):
        contested(expected=expected, reason=reason)


def test_only_reviewers_and_adjudicators_settle():
    found = contested()
    with pytest.raises(PermissionDenied):
        contesting.settle(found.pk, by=factories.person("alice"), decision="grade_stands")


def test_contest_is_settled_once_and_with_a_decision():
    found = contested()
    for decision in ("", "perhaps"):
        with pytest.raises(ValidationError):
            contesting.settle(found.pk, by=factories.person("emil"), decision=decision)
    contesting.settle(found.pk, by=factories.person("emil"), decision="grade_stands")
    with pytest.raises(Conflict, match="The grade stands"):
        contesting.settle(found.pk, by=factories.person("emil"), decision="item_broken")


def test_golden_row_of_gold_in_latex_has_the_short_shape():
    version = factories.ItemVersionFactory(item=factories.ItemFactory(slug="width"), contract=LATEX_GOLD)
    found = contested(wrong_grade(item_version=version, text="<think>hm</think>\n$\\boxed{g^2 m/8/\\pi}$"))
    row = golden.row_of(found)

    assert row == {
        "id": f"contest.width.{found.pk}",
        "kind": "expression",
        "gold": r"\frac{g^2 m}{8\pi}",
        "symbols": {"m": "positive", "g": [-2.0, 3.0]},
        "conventions": {"metric": "mostly_minus"},
        "answer": r"$\boxed{g^2 m/8/\pi}$",
        "outcome": "correct",
        "diagnosis": "",
        "reason": "It is the same function.",
    }
    assert judged(row).outcome == "correct"


@pytest.mark.parametrize(
    "changed",
    [
        {"gold": {"language": "python", "source": factories.GOLD.replace("decay_width", "width")}},
        {"assumptions": ["m > g"]},
        {"symbols": [factories.symbol("m", latex="M"), factories.symbol("g", exclude=[1])]},
    ],
)
def test_golden_row_brings_the_whole_contract_where_gold_in_latex_does_not_say_it_all(changed):
    contract = LATEX_GOLD | changed
    version = factories.ItemVersionFactory(contract=contract)
    row = golden.row_of(contested(wrong_grade(item_version=version)))

    assert (row["contract"], "gold" in row) == (contract, False)
    assert judged(row).outcome == "correct"


def test_short_row_says_what_the_contract_says():
    row = golden._short(Contract.from_json(LATEX_GOLD))
    assert contract_of(row["gold"], row["symbols"], kind="expression").gold.source == LATEX_GOLD["gold"]["source"]


def test_list_shows_open_contests_first_and_others_by_filter(client):
    opened, settled = contested(), contested()
    contesting.settle(settled.pk, by=factories.person("emil"), decision="verifier_wrong")
    client.force_login(factories.person("dana"))

    def listed(query=""):
        rows = json.loads(b"".join(client.get(f"/contests.json{query}").streaming_content))
        return [row["id"] for row in rows]

    assert listed() == [opened.pk]
    assert listed("?decision=verifier_wrong") == [settled.pk]
    assert listed("?decision=any") == [settled.pk, opened.pk]
    assert listed(f"?item={opened.grade.trace.item_version.item.slug}") == [opened.pk]
    page = client.get("/contests/").content.decode()
    assert f"/contests/{opened.pk}/" in page
    assert f"/contests/{settled.pk}/" not in page
    exported = b"".join(client.get("/contests.jsonl?decision=any").streaming_content).splitlines()
    assert [json.loads(line)["outcome"] for line in exported] == ["correct", "correct"]
    head = b"".join(client.get("/contests.csv").streaming_content).decode().splitlines()[0]
    assert head.startswith("id,trace,item,version,verifier_version,outcome,expected,reason")


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_as_often_for_many_contests_as_for_one(client, django_assert_num_queries, count):
    for _ in range(count):
        contested()
    client.force_login(factories.person("dana"))
    client.get("/contests/")
    with django_assert_num_queries(4):
        client.get("/contests/")


def test_contest_that_no_golden_row_can_expect_is_not_exported(client):
    contested(expected="broken_item")
    client.force_login(factories.person("dana"))
    assert b"".join(client.get("/contests.jsonl").streaming_content) == b""


def test_grade_is_contested_from_its_panel(client):
    grade = wrong_grade()
    client.force_login(factories.person("dana"))
    panel = f"/traces/{grade.trace_id}/grade/"
    assert "Contest this grade" in client.get(panel).content.decode()

    htmx = {"HX-Request": "true"}
    address = f"/grades/{grade.pk}/contest/"
    empty = client.post(address, {"expected": "correct", "reason": ""}, headers=htmx)
    assert (empty.status_code, "This field is required" in empty.content.decode()) == (422, True)
    same = client.post(address, {"expected": "wrong", "reason": "x"}, headers=htmx)
    assert (same.status_code, "outcome it has" in same.content.decode()) == (422, True)
    done = client.post(address, {"expected": "correct", "reason": "$x=y$"}, headers=htmx)
    assert (done.status_code, Contest.objects.count()) == (200, 1)
    assert "Contest this grade" not in done.content.decode()
    late = client.post(address, {"expected": "correct", "reason": "x"}, headers=htmx)
    assert (late.status_code, "contested already" in late.content.decode()) == (409, True)

    client.force_login(factories.UserFactory(username="nobody"))
    assert "Contest this grade" not in client.get(panel).content.decode()
    assert client.post(address, {"expected": "correct", "reason": "x"}).status_code == 403


def test_contest_is_settled_from_its_page(client):
    found = contested()
    address = f"/contests/{found.pk}/"
    client.force_login(factories.person("dana"))
    assert "reviewers and adjudicators decide" in client.get(address).content.decode()
    assert client.post(f"{address}settle/", {"decision": "grade_stands"}).status_code == 403

    client.force_login(factories.person("emil"))
    assert client.post(f"{address}settle/", {"decision": ""}).status_code == 422
    assert client.post(f"{address}settle/", {"decision": "grade_stands", "remark": "No."}).status_code == 302
    assert client.post(f"{address}settle/", {"decision": "item_broken"}).status_code == 409
    assert "The grade stands" in client.get(address).content.decode()


def test_grade_tells_who_contested_it_and_who_settled_that(client):
    found = contested()
    contesting.settle(found.pk, by=factories.person("emil"), decision="grade_stands")
    client.force_login(factories.person("farah"))
    panel = client.get(f"/traces/{found.grade.trace_id}/grade/").content.decode()
    assert f"Contested</a> by {found.by}:" in panel
    assert '<strong>The grade stands</strong> <span class="soft">Emil' in panel


def test_what_a_model_wrote_is_escaped_in_the_panel(client):
    trace = factories.TraceFactory()
    nasty = "<script>alert(1)</script>"
    factories.GradeFactory(trace=trace, outcome="unreadable", answer=nasty, reason=f"cannot read {nasty}")
    client.force_login(factories.person("dana"))
    page = client.get(f"/traces/{trace.pk}/grade/").content.decode()

    assert nasty not in page
    assert page.count("&lt;script&gt;") == 2
