"""What a figure rests on, said below it: release, runs, verifier, code, numbers."""

from qftapp.charts.results import Results
from qftapp.charts.scope import CLUSTERS
from qftapp.revision import code_revision
from qftapp.runs.intervals import FEWEST_ITEMS


def provenance(results: Results, rests_on: str = "") -> str:
    """One line: items, answers, runs, release and split, verifier versions, code revision, how intervals are meant.

    `rests_on` stands in place of items, answers and runs for a figure of something else.
    """
    scope = results.scope
    release = f"release {scope.release.name}" if scope.release else "items of any release"
    split = f", {scope.split}" if scope.release and scope.split else ""
    verifiers = ", ".join(results.verifiers) or "none"
    answers = int(results.outcomes.sum())
    graded = (
        f"{_count(len(results.items), 'item')}, {_count(answers, 'graded answer')}, {_count(len(results.runs), 'run')}"
    )
    return (
        f"{rests_on or graded}; "
        f"{release}{split}; verifier {verifiers}; code {code_revision()}. "
        f"Intervals: 95 %, clustered by {CLUSTERS[scope.cluster].lower()}; none below {FEWEST_ITEMS} clusters."
    )


def provenance_of_items() -> str:
    """The same for a figure of the items themselves."""
    return f"All items as they are now, whichever release holds them; code {code_revision()}."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}".replace(",", "\u202f")
