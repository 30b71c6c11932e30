"""From a draft to its approval: submit, withdraw, judge, comment, answer, retire; one test for each refusal."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qftapp.actors.errors import Conflict
from qftapp.actors.events import history
from qftapp.actors.models import Event
from qftapp.items import actions, gate, reviewing
from qftapp.items.content import content_of, hash_content
from qftapp.items.models import ItemVersion, Review
from qftapp.templatetags.items import told
from qftapp.verification import ContractError, Outcome
from tests.factories import GOLD, ItemVersionFactory, UserFactory, approved, contract, person

pytestmark = pytest.mark.django_db


def in_review(**given) -> ItemVersion:
    return ItemVersionFactory(state="review", **given)


def approve(version: ItemVersion, *, by="chandra", **given) -> ItemVersion:
    return reviewing.approve(version.pk, **{"by": person(by), "content_hash": version.content_hash} | given)


def request_changes(version: ItemVersion, *, by="chandra", **given) -> ItemVersion:
    given = {"by": person(by), "content_hash": version.content_hash, "comment": "Say which mass."} | given
    return reviewing.request_changes(version.pk, **given)


def state_of(version: ItemVersion) -> str:
    return ItemVersion.objects.get(pk=version.pk).state


def test_sound_draft_goes_to_review_with_its_hash_and_its_checks():
    draft = ItemVersionFactory()

    reviewing.submit(draft.pk, by=person("alice"))

    version = ItemVersion.objects.get(pk=draft.pk)
    report = gate.GateReport.from_json(version.gate)
    assert (version.state, version.content_hash) == ("review", hash_content(content_of(draft)))
    assert report.passed
    assert len(report.points) >= 3
    assert [event.verb for event in history([version])] == ["item_version.submitted"]


def test_gate_refuses_an_unsound_draft_and_says_why():
    draft = ItemVersionFactory(solution="")

    with pytest.raises(reviewing.GateRefused) as refused:
        reviewing.submit(draft.pk, by=person("alice"))

    assert [check.code for check in refused.value.report.failures] == ["solution"]
    assert state_of(draft) == "draft"


def test_only_the_author_submits():
    draft = ItemVersionFactory()

    for other in (person("bruno"), UserFactory(is_superuser=True)):
        with pytest.raises(PermissionDenied):
            reviewing.submit(draft.pk, by=other)


@pytest.mark.parametrize("state", ["review", "approved", "retired"])
def test_only_a_draft_is_submitted(state):
    with pytest.raises(Conflict, match="no longer draft"):
        reviewing.submit(ItemVersionFactory(state=state).pk, by=person("alice"))


@pytest.mark.parametrize("author", ["alice", "admin"])
def test_author_takes_a_version_back_from_review(author):
    version = in_review()
    by = person("alice") if author == "alice" else UserFactory(is_superuser=True)

    reviewing.withdraw(version.pk, by=by)

    again = ItemVersion.objects.get(pk=version.pk)
    assert (again.state, again.content_hash, again.gate, again.revision) == ("draft", "", None, 1)


def test_other_people_do_not_take_a_version_back():
    with pytest.raises(PermissionDenied):
        reviewing.withdraw(in_review().pk, by=person("chandra"))


@pytest.mark.parametrize("state", ["draft", "approved", "retired"])
def test_only_a_version_in_review_is_taken_back(state):
    with pytest.raises(Conflict, match="no longer in review"):
        reviewing.withdraw(ItemVersionFactory(state=state).pk, by=person("alice"))


def test_reviewer_approves_and_the_review_is_kept():
    version = in_review()

    approve(version, comment="Solved it: the same.")

    review = Review.objects.get()
    assert state_of(version) == "approved"
    assert (review.verdict, review.reviewer.username, review.comment) == ("approve", "chandra", "Solved it: the same.")
    assert review.content_hash == version.content_hash


def test_approval_retires_the_version_it_replaces():
    old = approved()
    new = in_review(item=old.item, number=2)

    approve(new)

    assert (state_of(old), state_of(new)) == ("retired", "approved")
    assert history([old]).get().data == {"by_version": 2}


@pytest.mark.parametrize("judge", [approve, request_changes])
def test_nobody_judges_an_own_version(judge):
    version = in_review(author=person("bruno"))

    with pytest.raises(PermissionDenied, match="did not write"):
        judge(version, by="bruno")
    assert not Review.objects.exists()


@pytest.mark.parametrize("judge", [approve, request_changes])
def test_administrator_does_not_judge_an_own_version_either(judge):
    administrator = UserFactory(is_superuser=True)

    with pytest.raises(PermissionDenied, match="did not write"):
        judge(in_review(author=administrator), by=administrator.username)


@pytest.mark.parametrize("judge", [approve, request_changes])
def test_only_reviewers_judge(judge):
    with pytest.raises(PermissionDenied):
        judge(in_review(), by="farah")


@pytest.mark.parametrize("judge", [approve, request_changes])
@pytest.mark.parametrize("state", ["draft", "approved", "retired"])
def test_only_a_version_in_review_is_judged(judge, state):
    with pytest.raises(Conflict, match="no longer in review"):
        judge(ItemVersionFactory(state=state))


@pytest.mark.parametrize("judge", [approve, request_changes])
def test_wording_that_was_not_read_is_not_judged(judge):
    version = in_review()
    read = version.content_hash
    reviewing.withdraw(version.pk, by=person("alice"))
    actions.save_draft(version.pk, by=person("alice"), revision=1, content={"statement": version.statement + " Twice."})
    reviewing.submit(version.pk, by=person("alice"))

    with pytest.raises(Conflict, match="changed this version"):
        judge(version, content_hash=read)
    assert state_of(version) == "review"


def test_changes_are_requested_and_the_author_goes_on():
    version = in_review()

    request_changes(version)

    again = ItemVersion.objects.get(pk=version.pk)
    assert (again.state, again.content_hash, again.gate) == ("draft", "", None)
    assert Review.objects.get().comment == "Say which mass."


@pytest.mark.parametrize("comment", ["", "  \n"])
def test_changes_are_not_requested_without_a_word(comment):
    version = in_review()

    with pytest.raises(ValidationError, match="Say what the author should change"):
        request_changes(version, comment=comment)
    assert state_of(version) == "review"


def test_reviewer_does_not_judge_the_same_wording_again():
    version = in_review()
    request_changes(version)
    reviewing.submit(version.pk, by=person("alice"))

    with pytest.raises(Conflict, match="judged this wording already"):
        approve(version)
    assert approve(version, by="bruno").state == "approved"


def test_overlong_comment_is_refused():
    with pytest.raises(ValidationError):
        approve(in_review(), comment="x" * 100_001)


@pytest.mark.parametrize("judge", [approve, request_changes])
def test_invisible_character_in_a_comment_is_refused_by_name(judge):
    with pytest.raises(ValidationError, match="U\\+202E RIGHT-TO-LEFT OVERRIDE in line 2 after “b”"):
        judge(in_review(), comment="a\r\nb\u202ec")


def test_comment_keeps_line_feeds_alone():
    approve(in_review(), comment="a\r\nb\rc")

    assert Review.objects.get().comment == "a\nb\nc"


def test_comment_stands_in_the_history():
    version = approved()

    reviewing.comment_on(version.pk, by=person("dana"), text="Compare problem 5.")

    event = history([version]).get()
    assert (event.verb, event.data) == ("item_version.commented", {"comment": "Compare problem 5."})


def test_empty_comment_is_refused():
    with pytest.raises(ValidationError, match="Write a comment first"):
        reviewing.comment_on(approved().pk, by=person("dana"), text=" ")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (f"```python\n{GOLD}```", Outcome.CORRECT),
        ("g**2 * m / (8*pi)", Outcome.CORRECT),
        ("g**2 * m / (4*pi)", Outcome.WRONG),
    ],
)
def test_answer_is_judged_and_remembered(answer, outcome):
    version = in_review()

    verdict = reviewing.solve(version.pk, by=person("chandra"), answer=answer).verdict

    event = Event.objects.get(verb="item_version.answered")
    assert (verdict.outcome, event.data["outcome"]) == (outcome, outcome.value)


@pytest.mark.parametrize("answer", ["I do not know\0\ud800", "g**2 * m /"])
def test_answer_that_cannot_be_judged_does_not_clutter_the_history(answer):
    verdict = reviewing.solve(in_review().pk, by=person("chandra"), answer=answer).verdict

    assert verdict.outcome in (Outcome.NO_ANSWER, Outcome.UNREADABLE)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("answers", "kept", "told_as"),
    [
        ([], "", "approved the version without an own answer"),
        (["g**2 * m / (4*pi)"], "wrong", "approved the version after an own wrong answer"),
        (["g**2 * m / (8*pi)", "g**2"], "correct", "approved the version after an own correct answer"),
    ],
    ids=["none", "wrong", "correct once"],
)
def test_approval_tells_whether_the_reviewer_solved_it(answers, kept, told_as):
    version = in_review()
    reviewing.solve(version.pk, by=person("bruno"), answer="g**2 * m / (8*pi)")
    for answer in answers:
        reviewing.solve(version.pk, by=person("chandra"), answer=answer)

    approve(version)

    assert Review.objects.get().own_answer == kept
    assert told(history([version]).first()) == told_as


def test_own_answer_to_another_wording_does_not_count():
    version = in_review()
    reviewing.solve(version.pk, by=person("chandra"), answer="g**2 * m / (8*pi)")
    reviewing.withdraw(version.pk, by=person("alice"))
    actions.save_draft(version.pk, by=person("alice"), revision=1, content={"statement": version.statement + " Twice."})
    again = reviewing.submit(version.pk, by=person("alice"))

    approve(again)

    assert Review.objects.get().own_answer == ""


def test_review_that_gives_back_keeps_the_wording_it_judged():
    version = in_review()

    request_changes(version)

    assert Review.objects.get().content == content_of(version)


def test_approval_asks_the_present_verifier_where_another_one_let_the_version_through():
    old = {"verifier_version": "before", "checks": [], "points": []}
    sound, unsound = in_review(gate=old), in_review(gate=old, solution="")

    with pytest.raises(reviewing.GateRefused) as refused:
        approve(unsound)

    assert [check.code for check in refused.value.report.failures] == ["solution"]
    assert approve(sound).state == "approved"


def test_answer_to_an_unsound_contract_is_refused():
    with pytest.raises(ContractError):
        reviewing.solve(ItemVersionFactory(contract={}).pk, by=person("chandra"), answer="1")


def test_reviewer_retires_the_approved_among_the_chosen():
    first, second = approved(), approved()
    draft = ItemVersionFactory()
    chosen = [version.item_id for version in (first, second, draft)]

    retired = reviewing.retire(chosen, by=person("chandra"), reason="Too easy.")

    assert retired == [first.item, second.item]
    assert [state_of(version) for version in (first, second, draft)] == ["retired", "retired", "draft"]
    assert history([first]).get().data == {"reason": "Too easy."}


def test_only_reviewers_retire():
    version = approved()

    with pytest.raises(PermissionDenied):
        reviewing.retire([version.item_id], by=person("alice"))
    assert state_of(version) == "approved"


def test_contract_with_a_bound_beyond_64_bits_goes_through_review():
    wide = contract()
    wide["symbols"][0]["high"] = 1e30
    draft = ItemVersionFactory(contract=wide)

    reviewing.submit(draft.pk, by=person("alice"))
    draft.refresh_from_db()

    assert approve(draft).state == "approved"
