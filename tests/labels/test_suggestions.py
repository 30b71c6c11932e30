"""Language models suggest annotations: asked for by those who lead, read or refused, counting for nobody."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qftapp.actors.errors import Conflict
from qftapp.actors.models import User
from qftapp.labels import adjudicating, annotating, campaigns, exporting, importing, queue
from qftapp.labels.importing import Into
from qftapp.labels.judgements import judgements_of
from qftapp.labels.measuring import measure
from qftapp.labels.models import Annotation, SpanLabel, Suggesting
from qftapp.labels.progress import with_counts
from qftapp.labels.suggesting import actions, showing
from qftapp.labels.suggesting.asked import progress_of
from tests.factories import LanguageModelFactory, person
from tests.labels.judged import STEPS, campaign_on, judge
from tests.labels.suggesting import SOUND, asked, flawed, judging, suggested
from tests.runs.asking import answering
from tests.servers import completion

pytestmark = pytest.mark.django_db(transaction=True)


def test_replies_become_annotations_of_the_models_robot():
    campaign = campaign_on(2)
    model = LanguageModelFactory(slug="judge")

    suggesting = suggested(campaign, flawed(claim="the sign flips", note="It does not."), SOUND, model=model)

    first, second = Annotation.objects.order_by("trace_id")
    mark = SpanLabel.objects.get()
    assert (suggesting.state, first.kind, first.verdict, second.verdict) == ("done", "suggested", "flawed", "sound")
    assert first.annotator == second.annotator == User.objects.get(language_model=model, is_robot=True)
    assert first.trace.text[mark.start : mark.end] == "the sign flips"
    assert (mark.category.code, mark.note, second.comment) == ("mathematical", "It does not.", "All of it holds.")


def test_question_gives_taxonomy_problem_gold_and_numbered_steps():
    campaign = campaign_on(1)
    with judging(SOUND) as server:
        actions.execute(asked(campaign, sampling={"temperature": 0.5}).pk)

    (sent,) = server.asked
    question = sent["messages"][1]["content"]
    version = campaign.entries.get().trace.item_version
    assert sent["temperature"] == 0.5
    for part in ("- factual (Factual): A factual error.", version.statement, version.contract["gold"]["source"]):
        assert part in question
    assert "\n\n".join(f"[Step {n}]\n{step}" for n, step in enumerate(STEPS, 1)) in question


def test_reply_that_cannot_be_read_is_kept_and_counted_and_asked_again():
    campaign = campaign_on(3)

    suggesting = suggested(campaign, "I like it.", flawed(category="style"), SOUND)

    progress = progress_of(suggesting)
    kept = list(suggesting.failed.order_by("trace_id").values_list("reason", "reply"))
    assert (progress.size, progress.answered, progress.unreadable, progress.failed) == (3, 1, 2, 0)
    assert kept[0] == ("It holds no JSON object with a verdict.", "I like it.")
    assert "“style”" in kept[1][0]
    actions.go_on(suggesting.pk, by=person("emil"))
    with judging(SOUND) as server:
        assert actions.execute(suggesting.pk) == "done"
    assert (len(server.asked), progress_of(suggesting).answered) == (2, 3)


@pytest.mark.parametrize(
    ("verdict", "severity", "why"), [("sound", "major", "no major error"), ("flawed", None, "Mark at least one")]
)
def test_reply_whose_verdict_and_marks_disagree_is_unreadable(verdict, severity, why):
    marks = [{"step": 1, "category": "factual", "severity": severity}] if severity else []

    suggesting = suggested(campaign_on(1), json.dumps({"verdict": verdict, "marks": marks}))

    assert why in suggesting.failed.get().reason
    assert not Annotation.objects.exists()


def test_reply_that_was_cut_off_is_unreadable():
    with answering(completion(SOUND, finish_reason="length")):
        suggesting = asked(campaign_on(1))
        actions.execute(suggesting.pk)

    assert suggesting.failed.get().reason == "It was cut off: allow it more tokens."


def test_nonsense_of_a_real_model_is_counted(settings, model_server):
    settings.ENDPOINTS = {"local": model_server.address}
    model = LanguageModelFactory(locator=model_server.model)

    suggesting = asked(campaign_on(2), model, sampling={"max_tokens": 8})

    assert actions.execute(suggesting.pk) == "done"
    assert progress_of(suggesting).unreadable == 2
    assert suggesting.failed.first().reply


def test_server_that_refuses_the_key_ends_it_with_what_to_do():
    with answering((401, {}, {"error": {"message": "who are you"}})):
        suggesting = asked(campaign_on(1))
        assert actions.execute(suggesting.pk) == "failed"

    suggesting.refresh_from_db()
    assert "ENDPOINT_LOCAL_KEY" in suggesting.error


def test_cancelled_suggestions_are_not_asked_for_and_go_on_later():
    campaign = campaign_on(2)
    with judging(SOUND) as server:
        suggesting = asked(campaign)
        actions.cancel(suggesting.pk, by=person("emil"))
        assert actions.execute(suggesting.pk) == ""
        assert not server.asked
        actions.go_on(suggesting.pk, by=person("emil"))
        assert actions.execute(suggesting.pk) == "done"
    assert len(server.asked) == 2


def test_trace_that_a_model_has_judged_is_not_asked_about_again():
    campaign, model = campaign_on(1), LanguageModelFactory()
    suggested(campaign, SOUND, model=model)

    with judging(SOUND), pytest.raises(ValidationError, match="every trace"):
        asked(campaign, model)


def test_asking_is_refused():
    campaign, model = campaign_on(1), LanguageModelFactory()
    plan = actions.Plan(model=model, endpoint="local")
    with pytest.raises(ValidationError, match="endpoint"):
        actions.ask(campaign.pk, plan, by=person("emil"))
    with judging(SOUND):
        with pytest.raises(PermissionDenied):
            actions.ask(campaign.pk, plan, by=person("dana"))
        suggesting = actions.ask(campaign.pk, plan, by=person("emil"))
        with pytest.raises(Conflict, match="already"):
            actions.ask(campaign.pk, plan, by=person("emil"))
        with pytest.raises(PermissionDenied):
            actions.cancel(suggesting.pk, by=person("dana"))
        actions.cancel(suggesting.pk, by=person("emil"))
        with pytest.raises(Conflict, match="cancelled already"):
            actions.cancel(suggesting.pk, by=person("emil"))
        campaigns.close(campaign.pk, by=person("emil"))
        with pytest.raises(Conflict, match="closed"):
            actions.ask(campaign.pk, plan, by=person("emil"))


def test_forsaken_suggestions_end():
    with judging(SOUND):
        suggesting = asked(campaign_on(1))
    actions.fail_forsaken()
    suggesting.refresh_from_db()
    assert suggesting.state == "queued"

    from procrastinate.contrib.django.models import ProcrastinateJob

    ProcrastinateJob.objects.all().delete()
    actions.fail_forsaken()
    suggesting.refresh_from_db()
    assert suggesting.state == "failed"


def test_suggestions_count_for_nobody():
    campaign = campaign_on(1, overlap=1)
    suggested(campaign, SOUND)

    assert with_counts(type(campaign).objects.all()).get().given == 0
    assert queue.take_next(campaign, by=person("dana")) is not None
    assert judgements_of(campaign).by_trace == {}
    assert adjudicating.judged(campaign) == []
    assert not exporting.chosen(campaign.slug).exists()
    with pytest.raises(Conflict, match="Nobody has judged"):
        adjudicating.begin(campaign.entries.get().trace_id, taxonomy=campaign.taxonomy, by=person("emil"))


def test_agreement_of_a_model_with_people_stands_apart():
    campaign = campaign_on(6)
    suggested(campaign, *[flawed(claim="Then the sign flips.")] * 5, SOUND)
    for place in range(6):
        judge(campaign, place, "ann", "flawed", "Then the sign flips.")
        judge(campaign, place, "bo", "sound")

    report = measure(judgements_of(campaign))

    model, people = report.models
    assert (model.same_verdict.value, model.same_verdict.units, people.same_verdict.value) == (0.5, 12, 0)
    assert model.closeness.same_step.value == 0.5
    assert model.same_verdict.low is not None
    assert (report.annotations, [str(person) for person in report.people]) == (12, ["Ann", "Bo"])
    assert measure(judgements_of(campaign_on(1))).models == []


def given_sound(annotation):
    """The annotation as dana gives it."""
    said = {"revision": 0, "verdict": "sound", "comment": "", "seconds": 1, "marks": []}
    return annotating.give(annotation.pk, by=person("dana"), **said)


@pytest.mark.parametrize("policy", ["never", "after", "before"])
def test_suggestions_are_shown_as_the_campaign_has_it_and_never_before_else(policy):
    campaign = campaign_on(1, suggestions=policy)
    suggested(campaign, SOUND)
    annotation = queue.take_next(campaign, by=person("dana"))

    at_first = showing.suggested_to(annotation)
    annotation = annotating.give(
        annotation.pk, by=person("dana"), revision=0, verdict="sound", comment="", seconds=1, marks=[]
    )
    given = showing.suggested_to(annotation)

    assert (len(at_first.shown), at_first.may_ask) == (1 if policy == "before" else 0, False)
    assert (len(given.shown), given.may_ask) == (1 if policy == "before" else 0, policy == "after")


def test_annotation_stands_once_its_author_has_seen_the_suggestions():
    campaign = campaign_on(1, suggestions="after")
    suggested(campaign, SOUND)
    annotation = queue.take_next(campaign, by=person("dana"))
    with pytest.raises(Conflict, match="no suggestions"):
        showing.see(annotation.pk, by=person("dana"))
    given_sound(annotation)
    with pytest.raises(PermissionDenied):
        showing.see(annotation.pk, by=person("emil"))

    annotation = showing.see(annotation.pk, by=person("dana"))

    assert len(showing.suggested_to(annotation).shown) == 1
    with pytest.raises(Conflict, match="stands"):
        annotating.take_back(annotation.pk, by=person("dana"))


def test_suggestions_travel_as_lines_of_their_own_kind():
    campaign = campaign_on(1)
    suggested(campaign, SOUND)
    lines = list(exporting.lines("jsonl", exporting.chosen(campaign.slug, kind="suggested")))
    into = Into(campaign.entries.get().trace.run, campaign.taxonomy)

    assert json.loads(lines[0])["kind"] == "suggested"
    assert importing.bring(lines, into).present == 1
    forged = json.dumps({**json.loads(lines[0]), "annotator": person("dana").username}).encode()
    assert "is a person" in importing.bring([forged], into).refused[0][1]


def test_only_a_robot_stands_for_a_language_model():
    from django.db import IntegrityError

    dana = person("dana")
    dana.language_model = LanguageModelFactory()
    with pytest.raises(IntegrityError):
        dana.save()
    assert Suggesting.objects.count() == 0
