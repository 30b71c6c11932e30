"""What a figure rests on, said below it: release, runs, verifier, code, numbers."""

from qftapp.charts.figure import Figure
from qftapp.charts.results import Results
from qftapp.charts.scope import CLUSTERS, Scope
from qftapp.charts.writing import counted
from qftapp.revision import code_revision
from qftapp.runs.intervals import FEWEST_ITEMS


def provenance(results: Results, built: Figure, *, needs_models: bool = True) -> str:
    """One line: items, answers, runs, release and split, verifier versions, code revision, how intervals are meant.

    A figure of something else says itself what it rests on; one of the items alone has no models' answers behind it.
    """
    if not needs_models:
        return built.rests_on or f"{_items(results.scope)} as they are now; code {code_revision()}."
    scope = results.scope
    release = f"release {scope.release.name}" if scope.release else "items of any release"
    split = f", {scope.split}" if scope.release and scope.split else ""
    verifiers = ", ".join(results.verifiers) or "none"
    answers = int(results.outcomes.sum())
    runs = counted(len(results.runs), "run")
    graded = f"{counted(len(results.items), 'item')}, {counted(answers, 'graded answer')}, {runs}"
    return (
        f"{built.rests_on or graded}; "
        f"{release}{split}; verifier {verifiers}; code {code_revision()}. "
        f"Intervals: 95 %, clustered by {CLUSTERS[scope.cluster].lower()}; none below {FEWEST_ITEMS} clusters."
    )


def _items(scope: Scope) -> str:
    if not scope.release:
        return "All items, whichever release holds them,"
    split = f", {scope.split}," if scope.split else ""
    return f"Items of release {scope.release.name}{split}"


def caveats(results: Results, built: Figure) -> list[str]:
    """What a reader must know of the runs behind a figure, where no model wrote their answers."""
    return sorted({run.caveat for run in built.runs or results.runs if run.caveat})
