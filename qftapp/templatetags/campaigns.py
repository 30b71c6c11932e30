"""Template filters of campaigns: a recipe in words."""

from django import template

from qftapp.items.topics import TOPICS
from qftapp.labels.sampling import STRATEGIES, Recipe
from qftapp.runs.models import OUTCOMES
from qftapp.templatetags.qft import pretty

register = template.Library()


@register.filter
def told_as_recipe(recipe: Recipe) -> str:
    """The recipe as a sentence."""
    outcomes = dict(OUTCOMES)
    parts = [
        f"Up to {pretty(recipe.size)} traces",
        STRATEGIES.get(recipe.strategy, recipe.strategy).lower(),
        f"from {_listed(recipe.runs)}" if recipe.runs else "from all runs",
        f"on {_listed([TOPICS[code].title if code in TOPICS else code for code in recipe.topics])}"
        if recipe.topics
        else "",
        f"with the outcome {_listed([outcomes.get(code, code).lower() for code in recipe.outcomes], 'or')}"
        if recipe.outcomes
        else "",
        f"{pretty(recipe.gold_share * 100)} % of them gold" if recipe.gold_share else "",
        f"seed {recipe.seed}",
    ]
    return f"{', '.join(part for part in parts if part)}."


def _listed(names: list[str] | tuple[str, ...], last: str = "and") -> str:
    """Names as a phrase."""
    return f" {last} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
