"""What an export says of itself once it is done: counts, teachers, licences, what was left out and why."""

from collections import Counter
from typing import Any

from qftapp.actors.models import LanguageModel
from qftapp.experiments.exporting.choosing import Selection
from qftapp.experiments.models import Export
from qftapp.verification import VERIFIER_VERSION

COUNTED = {"topics": "topic", "domain_levels": "domain_level", "operational_levels": "operational_level"}
"""What rows are counted by, and the column that says it."""


def report_of(export: Export, selection: Selection) -> dict[str, Any]:
    """Return the report, with what sources, models and verifier are now: later corrections do not reach an export."""
    licences = {pick.entry.slug: pick.entry.licence for pick in selection.picks}
    graded_by = {pick.source.verifier for pick in selection.picks if pick.source and pick.source.verifier}
    return {
        "release_sha256": export.release.sha256,
        "private": export.release.is_private,
        "items": len(licences),
        **{name: selection.count(column) for name, column in COUNTED.items()},
        "teachers": _teachers(selection),
        "licences": dict(sorted(Counter(licence for licence in licences.values() if licence).items())),
        "verifier": VERIFIER_VERSION,
        "verifiers_of_grades": sorted(graded_by),
        "left_out": selection.left_out.to_json(),
        "pairs": [pair.to_json() for pair in selection.pairs],
    }


def _teachers(selection: Selection) -> list[dict[str, Any]]:
    """The models that wrote the traces, with what their makers say, each with its rows."""
    rows = {slug: count for slug, count in selection.count("teacher").items() if slug}
    models = {model.slug: model for model in LanguageModel.objects.filter(slug__in=rows)}
    return [
        {
            "slug": slug,
            "locator": models[slug].locator,
            "licence": models[slug].licence,
            "training_on_outputs": models[slug].training_on_outputs,
            "rows": count,
        }
        for slug, count in rows.items()
    ]
