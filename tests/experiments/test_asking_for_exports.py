"""Asking for exports: who may, what is refused and why, what it is called, cancelling and trying again."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from qftapp.actors.errors import Conflict
from qftapp.actors.models import Event, LanguageModel
from qftapp.experiments.exporting import actions, building, forsaken
from qftapp.experiments.exporting.recipes import ProcessRecipe, RLRecipe, SFTRecipe
from qftapp.experiments.models import Export
from tests.experiments.exports import (
    DESCRIBED,
    answered,
    ask,
    export_of,
    files_folder,
    release_of,
    rl_export,
    teacher,
    version,
)
from tests.factories import ReleaseFactory, SourceProblemFactory, default_prompt, person
from tests.runs.files import work

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)


def refusal(release, recipe) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        ask(release, recipe)
    assert not Export.objects.exists()
    error = refused.value
    return error.message_dict if hasattr(error, "error_dict") else {"": error.messages}


@pytest.mark.parametrize("name", ["alice", "chandra", "dana", "emil"])
def test_only_engineers_ask_cancel_and_retry(name):
    release, export = release_of(version(0)), rl_export_in("queued")
    with pytest.raises(PermissionDenied):
        actions.ask(by=person(name), release=release, recipe=RLRecipe())
    for act in (actions.cancel, actions.retry):
        with pytest.raises(PermissionDenied):
            act(export.pk, by=person(name))


def rl_export_in(state: str) -> Export:
    """An export in a state, of a release of its own."""
    export = ask(release_of(version(5)), RLRecipe())
    if state == "failed":
        building.fail(export.pk, "The disk is full.")
    if state == "cancelled":
        actions.cancel(export.pk, by=person("farah"))
    if state == "done":
        building.execute(export.pk)
    return Export.objects.get(pk=export.pk)


def test_open_release_is_refused():
    assert refusal(ReleaseFactory(), RLRecipe()).keys() == {"release"}


@pytest.mark.parametrize(
    ("recipe", "field"),
    [
        (RLRecipe(prompt="nowhere"), "prompt"),
        (RLRecipe(prompt_number=9), "prompt"),
        (RLRecipe(runs=("nowhere",)), "runs"),
        (SFTRecipe(teachers=("nobody",)), "teachers"),
        (ProcessRecipe(campaigns=("none",)), "campaigns"),
        (ProcessRecipe(taxonomy="none"), "taxonomy"),
    ],
)
def test_what_the_recipe_names_must_be_there(recipe, field):
    assert field in refusal(release_of(version(0)), recipe)


@pytest.mark.parametrize("field", ["teachers", "runs"])
def test_teachers_whose_terms_forbid_it_are_refused_by_name(field):
    each = version(0)
    answered(teacher("secret", training_on_outputs=LanguageModel.Terms.FORBIDDEN), each, "correct")
    told = refusal(release_of(each), SFTRecipe(**{field: ("secret",)}))
    assert told == {field: ["The terms of secret forbid training on what it writes."]}


def test_train_on_test_is_refused_and_the_pairs_named():
    problem = SourceProblemFactory()
    same, train = version(0), version(1, source_problem=problem, origin="adapted")
    sibling = version(2, source_problem=problem, origin="adapted")
    near = version(3, {"statement": f"{DESCRIBED[4].statement}\n\nAssume nothing else."}, slug="again")
    release_of(test=(same, sibling, version(4)), name="tests")
    (message,) = refusal(release_of(same, train, near), RLRecipe())["leave_out_near_test"]
    assert message.startswith("3 items give test entries away: ")
    for pair in (
        f"{same.item.slug} – {same.item.slug} in tests (the same item)",
        f"{train.item.slug} – {sibling.item.slug} in tests (the same source problem)",
        "again – ",
    ):
        assert pair in message


def test_test_entries_of_open_releases_hold_nothing_back():
    each = version(0)
    opened = ReleaseFactory()
    opened.entries.create(item_version=each, split="test")
    assert export_of(release_of(each), RLRecipe()).state == "done"


def test_test_entry_frozen_after_the_asking_fails_the_export():
    each = version(0)
    export = ask(release_of(each), RLRecipe())
    release_of(test=(each,), name="later")
    building.execute(export.pk)
    export.refresh_from_db()
    assert export.state == "failed"
    assert f"{each.item.slug} – {each.item.slug} in later (the same item)" in export.error


def test_recipe_that_takes_nothing_is_refused_with_the_reasons():
    each = version(0)
    answered(teacher(), each, "wrong", "wrong")
    assert refusal(release_of(each), SFTRecipe()) == {"": ["Nothing is left to train on: 2 × its answer is not right."]}


def test_recipe_that_is_at_work_is_not_asked_for_again():
    release = release_of(version(0))
    ask(release, RLRecipe())
    with pytest.raises(Conflict, match="is being made by the same recipe"):
        ask(release, RLRecipe())


def test_name_that_is_taken_is_refused():
    export = rl_export()
    with pytest.raises(ValidationError) as refused:
        ask(export.release, RLRecipe(at_most=0.5), slug=export.slug)
    assert refused.value.message_dict.keys() == {"slug"}


def test_name_follows_from_release_kind_and_topics():
    release = release_of(version(0, topic="yukawa"), name="qft-2026.11")
    assert ask(release, RLRecipe()).slug == "qft-2026-11-rl-1"
    assert ask(release, RLRecipe(topics=("yukawa",))).slug == "qft-2026-11-rl-fermions-1"
    assert ask(release, RLRecipe(topics=("yukawa",), at_most=0.5)).slug == "qft-2026-11-rl-fermions-2"


def test_newest_prompt_is_written_into_the_recipe():
    assert ask(release_of(version(0)), RLRecipe()).recipe["prompt_number"] == 1


def test_asking_is_logged_and_given_to_the_worker():
    default_prompt()
    export = actions.ask(by=person("farah"), release=release_of(version(0)), recipe=RLRecipe())
    assert [event.verb for event in Event.objects.filter(subject=f"export:{export.pk}")] == ["export.asked"]
    work()
    export.refresh_from_db()
    assert export.state == "done"
    assert [event.verb for event in Event.objects.filter(subject=f"export:{export.pk}")] == [
        "export.done",
        "export.asked",
    ]


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_what_has_ended_is_not_cancelled(state):
    with pytest.raises(Conflict, match="already"):
        actions.cancel(rl_export_in(state).pk, by=person("farah"))


@pytest.mark.parametrize("state", ["queued", "done", "cancelled"])
def test_only_what_failed_is_tried_again(state):
    with pytest.raises(Conflict, match="only a failed one"):
        actions.retry(rl_export_in(state).pk, by=person("farah"))


def test_failed_export_begins_again():
    export = rl_export_in("failed")
    actions.retry(export.pk, by=person("farah"))
    building.execute(export.pk)
    export.refresh_from_db()
    assert (export.state, export.error) == ("done", "")


def test_cancelled_export_is_not_made():
    export = rl_export_in("cancelled")
    building.execute(export.pk)
    export.refresh_from_db()
    assert (export.state, export.file.name, export.items.count()) == ("cancelled", "", 0)


def test_forsaken_export_fails():
    export = rl_export_in("queued")
    forsaken.fail_forsaken()
    export.refresh_from_db()
    assert (export.state, export.error) == ("failed", "The background worker gave this export up.")
