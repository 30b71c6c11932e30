"""The demo's runs: marked as written by hand, graded by the verifier, and right where they claim to be."""

import pytest

from qftapp.demo import content, runs
from qftapp.items.content import contract_of
from qftapp.items.models import ItemVersion
from qftapp.runs.models import Grade, Run
from qftapp.verification import verify
from tests.factories import ItemFactory, ItemVersionFactory, frozen_release, person

pytestmark = pytest.mark.django_db

EXPECTED = {
    ("written-brisk", "neutral-pion-width"): ["correct", "wrong: factor"],
    ("written-brisk", "muon-pair-production-with-mass"): ["wrong: dropped_term", "no_answer"],
    ("written-brisk", "scalar-to-fermion-pair-ratio"): ["correct", "wrong: inverse"],
    ("written-brisk", "crossed-colour-trace"): ["wrong: sign", "correct"],
    ("written-brisk", "one-loop-beta-coefficient-with-matter"): ["wrong: term_factor", "wrong: term_factor"],
    ("written-brisk", "scalar-decay-to-two-unequal-masses"): ["correct", "wrong: factor"],
    ("written-brisk", "threshold-kinetic-energy-on-a-fixed-target"): ["correct", "wrong: distributed"],
    ("written-brisk", "radiatively-generated-scalar-mass"): ["no_answer", "wrong: factor"],
    ("written-careful", "neutral-pion-width"): ["correct"],
    ("written-careful", "muon-pair-production-with-mass"): ["correct"],
    ("written-careful", "scalar-to-fermion-pair-ratio"): ["correct"],
    ("written-careful", "crossed-colour-trace"): ["correct"],
    ("written-careful", "one-loop-beta-coefficient-with-matter"): ["correct"],
    ("written-careful", "scalar-decay-to-two-unequal-masses"): ["unreadable"],
    ("written-careful", "threshold-kinetic-energy-on-a-fixed-target"): ["correct"],
    ("written-careful", "radiatively-generated-scalar-mass"): ["correct"],
    ("written-teacher", "goldstone-bosons-of-an-adjoint"): ["correct", "correct"],
    ("written-teacher", "wrong-helicity-fraction"): ["correct", "wrong: term_sign"],
    ("written-teacher", "weak-mixing-angle-at-unification"): ["correct"],
    ("written-teacher", "heavy-singlet-matching"): ["correct"],
    ("written-teacher", "determinant-on-a-circle"): ["correct"],
    ("written-teacher", "quantum-numbers-of-singlet-p-wave-positronium"): ["correct"],
}


@pytest.fixture
def seeded():
    slugs = {slug for _, slug in EXPECTED}
    items = [item for item in content.items() if item.slug in slugs]
    versions = [
        ItemVersionFactory(item=ItemFactory(slug=item.slug, topic=item.topic), state="approved", contract=item.contract)
        for item in items
    ]
    release = frozen_release(*versions, is_private=True)
    runs.seed_runs(release, person("farah"))
    return release


def test_every_answer_has_the_outcome_it_was_written_for(seeded):
    found: dict[tuple[str, str], list[str]] = {}
    for grade in Grade.objects.select_related("run", "trace__item_version__item").order_by("trace_id"):
        outcome = f"{grade.outcome}: {grade.diagnosis}" if grade.diagnosis else grade.outcome
        found.setdefault((grade.run.slug, grade.trace.item_version.item.slug), []).append(outcome)
    assert found == EXPECTED


def test_models_runs_and_their_notes_say_that_nobody_asked_a_model(seeded):
    for run in Run.objects.select_related("model"):
        assert (run.origin, run.slug.startswith("written-")) == ("written", True)
        assert "written by hand" in run.notes
        assert "written by hand" in run.model.notes


def test_seeding_again_makes_nothing_twice(seeded):
    assert runs.are_seeded()
    runs.seed_runs(seeded, person("farah"))
    assert (Run.objects.count(), Grade.objects.count()) == (3, 32)


def test_grades_are_the_verifiers(seeded):
    grade = Grade.objects.filter(outcome="wrong").first()
    version = ItemVersion.objects.get(traces=grade.trace)
    assert verify(contract_of(version), grade.trace.text).outcome == grade.outcome
