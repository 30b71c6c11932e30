"""Exports of the demo world: verified traces of its teacher, and the prompts of its train split."""

from qftapp.actors.models import User
from qftapp.experiments.exporting import actions, building, keeping
from qftapp.experiments.exporting.recipes import AnyRecipe, RLRecipe, SFTRecipe
from qftapp.experiments.models import Export
from qftapp.releases.models import Release

TEACHER = "written-teacher"
RECIPES: dict[str, AnyRecipe] = {
    "first-traces": SFTRecipe(runs=(TEACHER,), leave_out_near_test=True),
    "first-prompts": RLRecipe(leave_out_near_test=True),
}
"""What is made, by its name."""


def seed_exports(release: Release, by: User) -> None:
    """Make each export that is not there yet, or finish what an interruption left."""
    for slug, recipe in RECIPES.items():
        export = Export.objects.filter(slug=slug).first() or actions.ask(
            by=by, release=release, recipe=recipe, slug=slug, in_background=False
        )
        building.execute(export.pk)
        keeping.make_all(Export.objects.select_related("release").get(pk=export.pk))


def are_seeded() -> bool:
    """Whether every export is done."""
    return Export.objects.filter(slug__in=RECIPES, state=Export.State.DONE).count() == len(RECIPES)
