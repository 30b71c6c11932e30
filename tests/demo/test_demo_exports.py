"""The exports of the demo world: made once, of what its teacher got right, whatever interrupted the making."""

import pytest

from qftapp.demo import content, exports, runs
from qftapp.experiments.exporting import building
from qftapp.experiments.models import Export
from tests.experiments.exports import files_folder, release_of, rows_of
from tests.factories import ItemFactory, ItemVersionFactory, default_prompt, person

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def release():
    """A release with the teacher's items in train, and its answers."""
    default_prompt()
    (taught,) = (run for run in runs.described() if run["slug"] == exports.TEACHER)
    slugs = {entry["item"] for entry in taught["traces"]}
    versions = [
        ItemVersionFactory(item=ItemFactory(slug=item.slug, **item.classification), state="approved", **item.content)
        for item in content.items()
        if item.slug in slugs
    ]
    made = release_of(*versions, is_private=True)
    runs.seed_runs(made, person("farah"))
    return made


def test_exports_are_made_once(release):
    assert not exports.are_seeded()
    exports.seed_exports(release, person("farah"))
    exports.seed_exports(release, person("farah"))
    assert exports.are_seeded()
    assert {each.slug: each.rows for each in Export.objects.all()} == {"first-traces": 7, "first-prompts": 6}
    assert {row["teacher"] for row in rows_of(Export.objects.get(slug="first-traces"))} == {"written-teacher"}


def test_interrupted_export_is_finished(release):
    exports.actions.ask(
        by=person("farah"),
        release=release,
        recipe=exports.RECIPES["first-traces"],
        slug="first-traces",
        in_background=False,
    )
    exports.seed_exports(release, person("farah"))
    assert exports.are_seeded()
    building.execute(Export.objects.get(slug="first-traces").pk)
