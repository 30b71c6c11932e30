"""What a figure rests on, said below it: release, runs, verifier, code, numbers."""

from qftapp.charts.results import Results
from qftapp.charts.scope import CLUSTERS
from qftapp.charts.writing import counted
from qftapp.revision import code_revision
from qftapp.runs.intervals import FEWEST_ITEMS


def provenance(results: Results) -> str:
    """One line: items, answers, runs, release and split, verifier versions, code revision, how intervals are meant."""
    scope = results.scope
    release = f"release {scope.release.name}" if scope.release else "items of any release"
    split = f", {scope.split}" if scope.release and scope.split else ""
    verifiers = ", ".join(results.verifiers) or "none"
    answers = int(results.outcomes.sum())
    return (
        f"{counted(len(results.items), 'item')}, {counted(answers, 'graded answer')}, "
        f"{counted(len(results.runs), 'run')}; "
        f"{release}{split}; verifier {verifiers}; code {code_revision()}. "
        f"Intervals: 95 %, clustered by {CLUSTERS[scope.cluster].lower()}; none below {FEWEST_ITEMS} clusters."
    )


def provenance_of_items() -> str:
    """The same for a figure of the items themselves."""
    return f"All items as they are now, whichever release holds them; code {code_revision()}."
