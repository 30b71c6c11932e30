"""Settling: marks are taken, merged and dropped; verdict and reason; the next trace; the list of differences."""

import orjson
import pytest

from qftapp.labels import adjudicating, annotating, merging
from qftapp.labels.models import Annotation
from tests.factories import UserFactory, person
from tests.labels.judged import STEPS, campaign_on, judge

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD, FOURTH = STEPS


@pytest.fixture
def campaign():
    """Ana and ben judged two traces: the first differently, the second alike."""
    campaign = campaign_on(2, slug="first")
    judge(campaign, 0, "ana", "flawed", SECOND, (FOURTH, "factual"))
    judge(campaign, 0, "ben", "flawed", ("the sign", "mathematical", "minor"), (FIRST, "factual"))
    judge(campaign, 0, "cleo", "sound")
    judge(campaign, 1, "ana", "sound")
    judge(campaign, 1, "ben", "sound")
    return campaign


@pytest.fixture
def annotation(campaign):
    trace = campaign.entries.first().trace_id
    return adjudicating.begin(trace, taxonomy=campaign.taxonomy, by=person("emil"), campaign=campaign)


@pytest.fixture
def emil(client):
    client.force_login(person("emil"))
    return client


def marks_of(name):
    """The marks of ana or ben on the first trace."""
    return list(Annotation.objects.get(annotator__username=name, verdict="flawed").marks.all())


def said(annotation):
    text = annotation.trace.text
    return [(text[each.start : each.end], each.category.code, each.severity) for each in annotation.marks.all()]


def post(client, annotation, act, **data):
    return client.post(f"/adjudicate/{annotation.pk}/{act}/", data)


def test_mark_is_taken_once_and_dropped(emil, annotation):
    second, _ = marks_of("ana")
    for _ in range(2):
        answer = post(emil, annotation, "take", mark=second.pk, at=second.start)
        assert (answer.status_code, answer["Location"]) == (302, f"/adjudicate/{annotation.pk}/#step-2")
    assert said(annotation) == [(SECOND, "mathematical", "major")]
    post(emil, annotation, "drop", category_id=second.category_id, start=second.start, end=second.end)
    assert said(annotation) == []


def test_marks_alike_are_merged_into_one_over_both(emil, annotation):
    ana, ben = marks_of("ana")[0], marks_of("ben")[1]
    post(emil, annotation, "take", mark=ben.pk, at=ben.start)
    post(emil, annotation, "take", mark=[ana.pk, ben.pk], at=ana.start)
    assert said(annotation) == [(SECOND, "mathematical", "major")]


def test_finer_kinds_that_differ_are_merged_into_what_is_above_them():
    campaign = campaign_on(1)
    campaign.taxonomy = campaign.taxonomy.__class__.objects.get(slug="reasoning-errors")
    campaign.save()
    found = [
        judge(campaign, 0, name, "flawed", (SECOND, f"mathematical-{code}")).marks.get()
        for name, code in (("ana", "sign"), ("ben", "factor"))
    ]
    begun = adjudicating.begin(found[0].annotation.trace_id, taxonomy=campaign.taxonomy, by=person("emil"))
    merging.merge(begun.pk, by=person("emil"), mark_ids=[each.pk for each in found])
    assert said(begun) == [(SECOND, "mathematical", "major")]


def test_marks_of_different_categories_are_not_merged(emil, annotation):
    chosen = [marks_of("ana")[0], marks_of("ben")[0]]
    answer = emil.post(f"/adjudicate/{annotation.pk}/take/", {"mark": [each.pk for each in chosen]}, follow=True)
    assert "different categories are not merged" in answer.content.decode()
    assert said(annotation) == []


def test_mark_taken_back_meanwhile_is_not_taken(emil, annotation):
    mark_id = marks_of("ana")[0].pk
    annotating.take_back(Annotation.objects.get(marks=mark_id).pk, by=marks_of("ana")[0].annotation.annotator)
    answer = emil.post(f"/adjudicate/{annotation.pk}/take/", {"mark": mark_id}, follow=True)
    assert "taken back meanwhile" in answer.content.decode()


def test_taking_all_keeps_the_reason_written_so_far(emil, annotation):
    ben = Annotation.objects.get(annotator__username="ben", verdict="flawed")
    post(emil, annotation, "take-all", **{"from": ben.pk, "comment": "So far."})
    annotation.refresh_from_db()
    assert (annotation.verdict, annotation.comment, len(said(annotation))) == ("flawed", "So far.", 2)


def test_htmx_gets_the_side_of_the_step_with_the_list_that_carries_the_revision(emil, annotation):
    second = marks_of("ana")[0]
    data = {"mark": second.pk, "at": second.start}
    answer = emil.post(f"/adjudicate/{annotation.pk}/take/", data, headers={"HX-Request": "true"}).content.decode()
    assert 'id="side-2"' in answer
    assert "<html" not in answer
    assert '<section id="settled" hx-swap-oob="true"' in answer
    assert 'href="#step-2"' in answer
    assert f'name="revision" value="{annotation.revision + 1}"' in answer


def test_quote_beside_a_mark_has_its_formulas_to_be_set(emil):
    campaign = campaign_on(1, text="So $x<1$ and $y$ follow.")
    found = judge(campaign, 0, "ana", "flawed", "$x<1$ and")
    begun = adjudicating.begin(found.trace_id, taxonomy=campaign.taxonomy, by=person("emil"))
    page = emil.get(f"/adjudicate/{begun.pk}/").content.decode()
    assert '<q><span class="math" data-display="false">x&lt;1</span> and</q>' in page


def test_submitting_leads_to_the_next_trace_that_waits(emil, annotation):
    answer = post(emil, annotation, "submit", verdict="sound", comment="A convention.", revision=0)
    following = Annotation.objects.get(kind="adjudicated", submitted_at=None)
    assert answer["Location"] == f"/adjudicate/{following.pk}/"
    annotation.refresh_from_db()
    assert (annotation.verdict, annotation.comment, annotation.is_submitted) == ("sound", "A convention.", True)
    answer = post(emil, following, "submit", verdict="sound", comment="", revision=0)
    assert answer["Location"] == "/campaigns/first/differences/"


def test_different_verdicts_ask_for_a_reason_and_nothing_typed_is_lost(emil, annotation):
    answer = post(emil, annotation, "submit", verdict="sound", comment=" ", revision=0)
    assert answer.status_code == 422
    assert "Write the reason" in answer.content.decode()
    answer = post(emil, annotation, "submit", verdict="flawed", comment="Because of it.", revision=0)
    assert answer.status_code == 422
    assert "Because of it." in answer.content.decode()


def test_page_that_is_old_gets_409_with_what_was_typed(emil, annotation):
    post(emil, annotation, "take", mark=marks_of("ana")[0].pk)
    answer = post(emil, annotation, "submit", verdict="flawed", comment="Mine.", revision=0)
    assert answer.status_code == 409
    assert "Mine." in answer.content.decode()
    annotation.refresh_from_db()
    assert not annotation.is_submitted


def test_names_are_hidden_until_asked_for(emil, annotation):
    page = f"/adjudicate/{annotation.pk}/"
    assert "Cleo" not in emil.get(page).content.decode().replace("cleo", "Cleo")
    assert "cleo" in emil.get(f"{page}?names=1").content.decode().lower()


def test_markup_of_a_model_is_text(emil):
    campaign = campaign_on(1, text="<script>alert(1)</script> & so on.")
    found = judge(campaign, 0, "ana", "flawed", "<script>")
    begun = adjudicating.begin(found.trace_id, taxonomy=campaign.taxonomy, by=person("emil"))
    page = emil.get(f"/adjudicate/{begun.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<q>&lt;script&gt;</q>" in page


def test_only_adjudicators_settle(client, campaign, annotation):
    client.force_login(person("dana"))
    assert client.get("/campaigns/first/differences/").status_code == 403
    assert client.get(f"/adjudicate/{annotation.pk}/").status_code == 403
    assert post(client, annotation, "take", mark=marks_of("ana")[0].pk).status_code == 403


def test_another_adjudicator_reads_and_changes_nothing(client, annotation):
    client.force_login(UserFactory(roles=["adjudicator"]))
    assert b"Take all of" not in client.get(f"/adjudicate/{annotation.pk}/").content
    assert post(client, annotation, "take", mark=marks_of("ana")[0].pk).status_code == 403


def test_independent_annotation_is_no_adjudicated_one(emil, campaign):
    ana = Annotation.objects.filter(annotator__username="ana").first()
    assert emil.get(f"/adjudicate/{ana.pk}/").status_code == 404
    assert post(emil, ana, "take", mark=marks_of("ana")[0].pk).status_code == 404


def test_list_of_differences_by_state_and_by_what_was_said(emil, campaign, annotation):
    first, second = (entry.trace_id for entry in campaign.entries.all())

    def listed(**query):
        return [row[1].pk for row in emil.get("/campaigns/first/differences/", query).context["rows"]]

    assert listed() == [first, second]
    assert listed(of="verdict", a="sound", b="flawed") == [first]
    assert listed(of="category", a="nothing", b="factual") == [first]
    post(emil, annotation, "submit", verdict="sound", comment="Right.", revision=0)
    assert (listed(), listed(state="settled"), listed(state="all")) == ([second], [first], [first, second])


def test_difference_is_taken_up_from_the_list(emil, campaign):
    trace = campaign.entries.last().trace_id
    answer = emil.post(f"/campaigns/first/differences/{trace}/")
    assert answer["Location"] == f"/adjudicate/{Annotation.objects.get(kind='adjudicated').pk}/"


def test_trace_somebody_else_is_at_says_so(client, campaign, annotation):
    client.force_login(UserFactory(roles=["adjudicator"]))
    answer = client.post(f"/campaigns/first/differences/{annotation.trace_id}/", follow=True)
    assert "adjudicates this trace already" in answer.content.decode()


@pytest.mark.parametrize("traces", [1, 4])
def test_queries_do_not_grow_with_traces_and_marks(emil, django_assert_num_queries, traces):
    campaign = campaign_on(traces, slug="many")
    for position in range(traces):
        judge(campaign, position, "ana", "flawed", *STEPS[:traces])
        found = judge(campaign, position, "ben", "flawed", *STEPS[:traces])
    begun = adjudicating.begin(found.trace_id, taxonomy=campaign.taxonomy, by=person("emil"))
    with django_assert_num_queries(7):
        emil.get("/campaigns/many/differences/")
    with django_assert_num_queries(8):
        emil.get(f"/adjudicate/{begun.pk}/")


def test_twins_of_differences_hold_the_shown_traces(emil, campaign, annotation):
    rows = orjson.loads(b"".join(emil.get("/campaigns/first/differences.json?state=all").streaming_content))
    lines = b"".join(emil.get("/campaigns/first/differences.csv?state=settled").streaming_content).decode()

    assert [(row["verdicts"], row["different_verdicts"], row["adjudicated"]) for row in rows] == [
        ("flawed flawed sound", 2, None),
        ("sound sound", 1, None),
    ]
    assert lines.splitlines() == ["trace,item,version,verdicts,different_verdicts,adjudicated"]


def test_twins_of_differences_are_for_those_who_lead(client, campaign):
    client.force_login(person("dana"))
    for name in ("csv", "json"):
        assert client.get(f"/campaigns/first/differences.{name}").status_code == 403
