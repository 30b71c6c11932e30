"""What a recipe names and the database has to know: prompts, runs, teachers, taxonomies, campaigns."""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Model

from qftapp.actors.models import LanguageModel
from qftapp.experiments.exporting.recipes import AnyRecipe, ProcessRecipe, RLRecipe, SFTRecipe
from qftapp.labels.models import Campaign, Taxonomy
from qftapp.runs.models import Prompt, Run


def settled(recipe: AnyRecipe) -> AnyRecipe:
    """Return the recipe with the number that its prompt has now, where it asks for the newest."""
    if recipe.prompt_number:
        return recipe
    newest = Prompt.objects.filter(name=recipe.prompt).order_by("-number").values_list("number", flat=True).first()
    return replace(recipe, prompt_number=newest or 0)


def faults(recipe: AnyRecipe) -> dict[str, str]:
    """Return what the recipe names and is not there, by field."""
    found: dict[str, str] = {}
    if not Prompt.objects.filter(name=recipe.prompt, number=recipe.prompt_number).exists():
        found["prompt"] = f"There is no prompt {recipe.prompt} {recipe.prompt_number or ''}".rstrip() + "."
    if isinstance(recipe, SFTRecipe | RLRecipe):
        found |= _missing("runs", Run, recipe.runs)
    if isinstance(recipe, SFTRecipe):
        found |= _missing("teachers", LanguageModel, recipe.teachers)
    if isinstance(recipe, ProcessRecipe):
        found |= _missing("campaigns", Campaign, recipe.campaigns)
        if not Taxonomy.objects.filter(slug=recipe.taxonomy, published_at__isnull=False).exists():
            found["taxonomy"] = f"There is no published taxonomy “{recipe.taxonomy}”."
    return found


def _missing(field: str, model: type[Model], slugs: Iterable[str]) -> dict[str, str]:
    known = set(model._default_manager.filter(slug__in=slugs).values_list("slug", flat=True))
    gone = sorted(set(slugs) - known)
    return {field: f"There is no {', '.join(gone)}."} if gone else {}
