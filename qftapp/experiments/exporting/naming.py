"""What an export is called where nobody names it: release, kind, topics and a number."""

from django.utils.text import slugify

from qftapp.experiments.exporting.recipes import AnyRecipe
from qftapp.experiments.models import Export
from qftapp.items.topics import TOPICS
from qftapp.releases.models import Release

LONGEST = 72
"""Characters of a name before its number, so that the whole has at most 80."""


def free_slug(release: Release, recipe: AnyRecipe) -> str:
    """Return a name that no export has yet."""
    groups = {TOPICS[code].category.code for code in recipe.topics}
    parts = [release.name.replace(".", "-"), recipe.kind, *(groups if len(groups) == 1 else ())]
    stem = slugify("-".join(parts))[:LONGEST].strip("-")
    taken = set(Export.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    number = 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"
