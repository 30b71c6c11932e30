"""The figures of a report, in the order of its page."""

from collections.abc import Callable
from dataclasses import dataclass

from qftapp.actors import permissions
from qftapp.actors.models import User
from qftapp.charts.figure import Figure
from qftapp.charts.figures.accuracy import accuracy
from qftapp.charts.figures.agreement import agreement
from qftapp.charts.figures.bank import coverage, funnel
from qftapp.charts.figures.curves import training
from qftapp.charts.figures.differences import differences
from qftapp.charts.figures.error_flow import error_flow
from qftapp.charts.figures.error_topics import error_topics
from qftapp.charts.figures.errors import errors
from qftapp.charts.figures.generalisation import generalisation, specialists
from qftapp.charts.figures.lengths import backtracks, lengths
from qftapp.charts.figures.pass_at_k import pass_curves
from qftapp.charts.figures.places import places
from qftapp.charts.figures.power import needed_items
from qftapp.charts.figures.topics import topics
from qftapp.charts.figures.wrong import kinds, unjudged
from qftapp.charts.results import Results


@dataclass(frozen=True)
class Kind:
    """A figure that every report may show; `build` raises Lacking where there is nothing to show."""

    key: str
    title: str
    section: str
    build: Callable[[Results], Figure]
    needs_models: bool = True
    """Whether it shows answers of models; the others show items alone."""
    is_wide: bool = False
    """Whether it takes the whole width of the page."""
    needs_labels: bool = False
    """Whether it shows what people marked, which those who have yet to label must not see."""

    def may_be_seen(self, user: User) -> bool:
        """Whether this person may look at it."""
        return not self.needs_labels or permissions.can_export_labels(user)


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("accuracy", "Accuracy by set and model", "How well", accuracy),
        Kind("differences", "Difference from the first model", "How well", differences),
        Kind("pass-at-k", "What several samples reach", "How well", pass_curves),
        Kind("power", "How many items would show a difference", "How well", needed_items),
        Kind("topics", "Accuracy by topic and level", "Where", topics, is_wide=True),
        Kind("places", "Accuracy by domain and source", "Where", places),
        Kind("lengths", "Length by correctness", "How they answer", lengths),
        Kind("backtracks", "Backtracks by correctness", "How they answer", backtracks),
        Kind("kinds-of-wrong", "Kinds of wrong answers", "What goes wrong", kinds),
        Kind("unjudged", "What kept an answer from being judged", "What goes wrong", unjudged),
        Kind("errors", "Errors by category", "What goes wrong", errors, needs_labels=True),
        Kind("error-topics", "Error rates by topic", "What goes wrong", error_topics, needs_labels=True),
        Kind("error-flow", "What became of the first model’s errors", "What goes wrong", error_flow, needs_labels=True),
        Kind("agreement", "How far annotators agree", "What goes wrong", agreement, needs_labels=True),
        Kind("specialists", "Gain and forgetting", "What training changed", specialists),
        Kind("generalisation", "Trained on, evaluated on", "What training changed", generalisation),
        Kind("training", "Training", "What training changed", training),
        Kind("funnel", "From writing to release", "Items", funnel, needs_models=False),
        Kind("coverage", "What is covered", "Items", coverage, needs_models=False),
    )
}
