"""Whatever is done to a release in whatever order, no source problem ever stands in two splits."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qftapp.items.models import Item
from qftapp.releases import actions
from qftapp.releases.models import Release
from qftapp.releases.queries import reasons_not_to_freeze
from tests.factories import ReleaseFactory, SourceProblemFactory, approved, person

SPLITS = st.sampled_from(["train", "validation", "test"])
STEPS = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 7)),
    st.tuples(st.just("move"), st.sets(st.integers(0, 7), max_size=3), SPLITS),
    st.tuples(st.just("deal"), st.tuples(*[st.integers(0, 3)] * 3).filter(any), st.integers(0, 9)),
    st.tuples(st.just("remove"), st.sets(st.integers(0, 7), max_size=2)),
)


@pytest.fixture
def world(db) -> list[Item]:
    """Eight items: three of one source problem, two of another, one of a third, two original."""
    first, second, third = (SourceProblemFactory() for _ in range(3))
    problems = [first, first, first, second, second, third, None, None]
    return [approved(f"item-{number}", source_problem=problem).item for number, problem in enumerate(problems)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=8))
def test_no_order_of_acts_tears_a_source_problem_apart(world, steps):
    farah = person("farah")
    release = ReleaseFactory(created_by=farah)
    for step in steps:
        _do(step, release, farah, world)
        assert _torn(release) == []
    assert reasons_not_to_freeze(release) == ([] if release.entries.exists() else ["Add approved items first."])
    actions.discard(release.pk, by=farah)


def _do(step: tuple, release: Release, farah, world: list[Item]) -> None:
    entries = {entry.item_version.item.slug: entry.pk for entry in release.entries.all()}

    def ids(numbers: set[int]) -> list[int]:
        return [entries[world[number].slug] for number in numbers if world[number].slug in entries]

    match step:
        case ("add", number):
            actions.add_approved(release.pk, by=farah, filters={"q": world[number].slug})
        case ("move", numbers, split):
            actions.set_split(release.pk, by=farah, entry_ids=ids(numbers), split=split)
        case ("deal", (train, validation, test), seed):
            shares = {"train": train, "validation": validation, "test": test}
            actions.assign_splits(release.pk, by=farah, shares=shares, seed=seed)
        case ("remove", numbers):
            actions.remove(release.pk, by=farah, entry_ids=ids(numbers))


def _torn(release: Release) -> list[int]:
    splits: dict[int, set[str]] = {}
    pairs = release.entries.values_list("item_version__item__source_problem", "split")
    for problem, split in pairs.filter(item_version__item__source_problem__isnull=False):
        splits.setdefault(problem, set()).add(split)
    return [problem for problem, found in splits.items() if len(found) > 1]
