"""The desk's page and its posts: what is shown to whom, what a save answers, how each act is refused."""

from datetime import timedelta

import orjson
import pytest
from django.utils import timezone

from qftapp.actors.models import Event
from qftapp.items.models import ItemVersion
from qftapp.labels import annotating, queue
from qftapp.labels.models import Annotation, CampaignTrace, ErrorCategory, SpanLabel
from tests.factories import GradeFactory, SourceProblemFactory, TraceFactory, UserFactory, approved, person
from tests.labels.desk import campaign_of, taxonomy

pytestmark = pytest.mark.django_db


@pytest.fixture
def annotation():
    return queue.take_next(campaign_of(2), by=person("dana"))


@pytest.fixture
def dana(client):
    client.force_login(person("dana"))
    return client


def mark(**given):
    category = ErrorCategory.objects.get(code="factual", taxonomy=taxonomy())
    return {"category_id": category.pk, "start": 0, "end": 5} | given


def post(client, annotation, act="save", **given):
    state = {"revision": annotation.revision, "verdict": "flawed", "comment": "", "seconds": 9, "marks": [mark()]}
    body = orjson.dumps(state | given)
    return client.post(f"/label/{annotation.pk}/{act}/", body, content_type="application/json")


def test_desk_shows_problem_trace_and_categories(dana, annotation):
    page = dana.get(f"/label/{annotation.pk}/").content.decode()
    for words in ("Two-body phase space.", "A factual error.", "Gold answer", "decay_width", 'data-key="1"'):
        assert words in page


def test_nobody_else_sees_an_annotation_at_the_desk(client, annotation):
    client.force_login(person("emil"))
    assert client.get(f"/label/{annotation.pk}/").status_code == 403
    assert post(client, annotation).status_code == 403
    assert client.get("/label/0/").status_code == 404


def test_blind_desk_says_nothing_of_model_run_grade_and_others_marks(dana, annotation):
    GradeFactory(trace=annotation.trace, outcome="wrong", reason="too large by a factor of 2")
    entry = CampaignTrace.objects.get(trace=annotation.trace)
    other = queue.take_next(entry.campaign, by=UserFactory(username="rosalind", roles=("annotator",)))
    annotating.save(
        other.pk, by=other.annotator, revision=0, verdict="unsure", comment="others-comment", seconds=1,
        marks=[mark(note="others-note")],
    )  # fmt: skip
    page = dana.get(f"/label/{annotation.pk}/").content.decode()
    saved = post(dana, annotation).content.decode()
    model, run = annotation.trace.run.model, annotation.trace.run
    secrets = (run.slug, model.slug, model.locator, "factor of 2", "others-comment", "others-note", "rosalind")
    assert [secret for secret in secrets if secret in page + saved] == []


@pytest.mark.parametrize("how", ["submitted", "not blind"])
def test_desk_names_the_model_once_it_may(dana, annotation, how):
    if how == "submitted":
        annotating.skip(annotation.pk, by=person("dana"), reason="known")
    else:
        annotation.campaign.is_blind = False
        annotation.campaign.save()
    assert annotation.trace.run.model.slug in dana.get(f"/label/{annotation.pk}/").content.decode()


def test_text_of_a_model_is_escaped(dana):
    campaign = campaign_of(0)
    text = "<script>alert(1)</script> & <img src=x>\n\n$<b>$ </script>"
    CampaignTrace.objects.create(campaign=campaign, trace=TraceFactory(text=text), position=0)
    annotation = queue.take_next(campaign, by=person("dana"))
    page = dana.get(f"/label/{annotation.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


def test_save_answers_with_its_revision(dana, annotation):
    answer = post(dana, annotation).json()
    assert answer["revision"] == 1
    assert list(SpanLabel.objects.values_list("annotation", "start", "end")) == [(annotation.pk, 0, 5)]
    assert Annotation.objects.get(pk=annotation.pk).steps_version == "1"


def test_stale_save_gets_what_stands(dana, annotation):
    post(dana, annotation, comment="first")
    answer = post(dana, annotation, comment="second")
    assert answer.status_code == 409
    assert answer.json()["state"]["comment"] == "first"
    assert [each["start"] for each in answer.json()["state"]["marks"]] == [0]


def test_what_is_written_over_stays_in_the_log(dana, annotation):
    post(dana, annotation, comment="first")
    assert post(dana, annotation, comment="second", overwrite=True).json()["revision"] == 2
    event = Event.objects.get(verb="annotation.overwritten")
    assert (event.data["comment"], event.data["marks"][0]["end"]) == ("first", 5)


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "great"}, {"verdict": 1}, {"marks": "none"}, {"marks": [1]}, {"marks": [{"start": 0}]},
        {"revision": "0"}, {"revision": True}, {"comment": "x" * 20_001}, {"seconds": None},
    ],
)  # fmt: skip
def test_what_cannot_be_stored_is_refused_with_its_reason(dana, annotation, change):
    answer = post(dana, annotation, **change)
    assert answer.status_code == 422
    assert answer.json()["reasons"]
    assert not SpanLabel.objects.exists()


def test_what_is_no_json_is_refused(dana, annotation):
    for body in (b"{", b"[]"):
        answer = dana.post(f"/label/{annotation.pk}/save/", body, content_type="application/json")
        assert answer.status_code == 422


def test_submitting_leads_to_the_next_trace(dana, annotation):
    following = post(dana, annotation, "submit").json()["next"]
    assert Annotation.objects.get(pk=annotation.pk).is_submitted
    assert following == f"/label/{Annotation.objects.get(submitted_at=None).pk}/"


def test_refused_submission_changes_nothing(dana, annotation):
    answer = post(dana, annotation, "submit", marks=[])
    assert (answer.status_code, answer.json()["reasons"]) == (
        422,
        ["Verdict: Mark at least one step of a flawed trace."],
    )
    assert Annotation.objects.get(pk=annotation.pk).revision == 0


def test_second_submission_is_a_conflict_without_a_choice(dana, annotation):
    post(dana, annotation, "submit")
    answer = post(dana, annotation, "submit")
    assert (answer.status_code, "state" in answer.json()) == (409, False)


def test_form_submits_what_is_stored(dana, annotation):
    post(dana, annotation)
    assert dana.post(f"/label/{annotation.pk}/submit/", {"revision": "0"}, follow=True).redirect_chain == [
        (f"/label/{annotation.pk}/", 302)
    ]
    answer = dana.post(f"/label/{annotation.pk}/submit/", {"revision": "1"})
    assert answer["Location"] == f"/label/{Annotation.objects.get(submitted_at=None).pk}/"


def test_skipping_leads_on_and_asks_why(dana, annotation):
    assert dana.post(f"/label/{annotation.pk}/skip/", {"reason": "bored"})["Location"] == f"/label/{annotation.pk}/"
    dana.post(f"/label/{annotation.pk}/skip/", {"reason": "too_long"})
    assert Annotation.objects.get(pk=annotation.pk).skip == "too_long"


def test_taken_back_annotation_is_at_the_desk_again(dana, annotation):
    post(dana, annotation, "submit")
    page = dana.get(f"/label/{annotation.pk}/").content.decode()
    assert "Take back" in page
    assert "Submit and next" not in page
    assert dana.post(f"/label/{annotation.pk}/take-back/")["Location"] == f"/label/{annotation.pk}/"
    assert "Submit and next" in dana.get(f"/label/{annotation.pk}/").content.decode()


def test_nobody_acts_on_anothers_annotation(client, annotation):
    client.force_login(person("emil"))
    for act, data in (("submit", {"revision": "0"}), ("skip", {"reason": "known"}), ("take-back", {})):
        assert client.post(f"/label/{annotation.pk}/{act}/", data).status_code == 403
    assert not Annotation.objects.get(pk=annotation.pk).is_submitted


def test_next_goes_on_with_what_was_begun(dana, annotation):
    answer = dana.post(f"/campaigns/{annotation.campaign.slug}/next/")
    assert answer["Location"] == f"/label/{annotation.pk}/"


def test_next_says_when_nothing_is_left_or_the_campaign_is_closed(dana):
    empty, closed = campaign_of(0), campaign_of(1)
    closed.closed_at = timezone.now()
    closed.save()
    for campaign, words in ((empty, "Nothing is left for you"), (closed, "The campaign is closed")):
        page = dana.post(f"/campaigns/{campaign.slug}/next/", follow=True)
        assert page.redirect_chain == [("/label/", 302)]
        assert words in page.content.decode()


def test_only_annotators_take_traces(client):
    client.force_login(person("alice"))
    assert client.post(f"/campaigns/{campaign_of(1).slug}/next/").status_code == 403


@pytest.fixture
def writing(client):
    """A page with the desk of somebody who writes items, and the annotation there."""
    writer = UserFactory(username="writer", roles=("annotator", "author"))
    version = approved(source_problem=SourceProblemFactory(), topic="yukawa")
    campaign = campaign_of(0)
    trace = TraceFactory(item_version=version, text="First.\n\nThen $x$ grows.\n\nSo it is 2.")
    CampaignTrace.objects.create(campaign=campaign, trace=trace, position=0)
    client.force_login(writer)
    return client, queue.take_next(campaign, by=writer)


def test_new_item_from_a_trace_begins_with_its_item_and_the_step(writing):
    client, annotation = writing
    version, address = annotation.trace.item_version, f"/label/{annotation.pk}/new-item/?step=2"
    form = client.get(address).context["form"]
    assert form["topic"].value() == "yukawa"
    said = {name: form[name].value() for name in form.fields} | {"slug": "after-trace"}

    answer = client.post(address, said)

    draft = ItemVersion.objects.get(item__slug="after-trace")
    event = Event.objects.get(verb="item.adapted")
    assert answer.url == "/items/after-trace/edit/"
    assert (draft.statement, draft.contract) == (version.statement, version.contract)
    assert draft.solution == f"Step 2 of trace {annotation.trace_id}:\n\n> Then $x$ grows."
    assert (event.data["trace"], event.actor.username) == (annotation.trace_id, "writer")
    assert f"trace {annotation.trace_id}" in client.get("/items/after-trace/").content.decode()


def test_new_item_from_a_trace_with_a_taken_name_is_422(writing):
    client, annotation = writing
    taken = annotation.trace.item_version.item.slug

    answer = client.post(f"/label/{annotation.pk}/new-item/", {"slug": taken, "topic": "yukawa"})

    assert answer.status_code == 422


def test_new_item_from_a_trace_is_for_authors_at_their_own_desk(writing, client, annotation):
    assert client.get(f"/label/{annotation.pk}/new-item/").status_code == 404
    client.force_login(person("dana"))
    assert client.get(f"/label/{annotation.pk}/new-item/").status_code == 403


def test_annotator_who_writes_no_items_is_not_offered_a_new_one(dana, annotation):
    assert "New item" not in dana.get(f"/label/{annotation.pk}/").content.decode()


def test_slot_left_alone_for_a_day_is_free_and_its_marks_stay(dana, annotation):
    post(dana, annotation)
    Annotation.objects.filter(pk=annotation.pk).update(saved_at=timezone.now() - timedelta(hours=25))
    assert dana.get(f"/label/{annotation.pk}/").context["state"]["marks"][0]["end"] == 5
