"""Runs to be graded, and what became of them."""

from collections.abc import Sequence

from qftapp.items.models import ItemVersion
from qftapp.runs.grading import actions, execution
from qftapp.runs.models import Grade, Grading, Run, Trace
from tests import factories

RIGHT = r"$\boxed{\frac{g^2 m}{8\pi}}$"
RIGHT_TOO = r"It is $\boxed{\frac{1}{8\pi} g^2 m}$."
TWICE = r"$\boxed{\frac{g^2 m}{4\pi}}$"
TWICE_AS_CODE = "```python\nimport math\ndef decay_width(m, g):\n    return m * g**2 / math.pi / 4\n```"
NEGATIVE = r"$\boxed{-\frac{g^2 m}{8\pi}}$"
UNREADABLE = r"$\boxed{\frac{g^2 q}{8\pi}}$"
SILENT = "I do not know."
LOOPS = "```python\ndef decay_width(m, g):\n    while True:\n        pass\n```"
RUN = """```python
import math
def decay_width(m, g):
    x = 0
    while x < {}:
        x += 1
    return g**2 * m / (8 * math.pi)
```"""
"""A right answer that must be run; format it with a number to make it differ."""


def run_of(*texts: str, versions: Sequence[ItemVersion] = ()) -> Run:
    """A run that gave these answers to each of the item versions, or to one of its own."""
    run = factories.RunFactory()
    answer(run, *texts, versions=versions or [factories.approved()])
    return run


def answer(run: Run, *texts: str, versions: Sequence[ItemVersion], first: int = 0) -> None:
    """Further answers of a run, their samples counted from `first`."""
    Trace.objects.bulk_create(
        Trace(run=run, item_version=version, sample_index=number, text=text)
        for version in versions
        for number, text in enumerate(texts, first)
    )


def graded_before(run: Run, *outcomes: str, **fields: object) -> None:
    """Current grades of an older verifier, one for each trace in their order."""
    for trace, outcome in zip(traces(run), outcomes, strict=True):
        factories.GradeFactory(trace=trace, verifier_version="1", outcome=outcome, **fields)


def graded(run: Run) -> Grading:
    """Grade a run by farah's wish, in this process."""
    grading = actions.request(run.pk, by=factories.person("farah"), in_background=False)
    execution.execute(grading.pk, processes=1)
    grading.refresh_from_db()
    return grading


def waiting(run: Run, *outcomes: str) -> Grading:
    """A grading that is done, with a grade of each outcome for the run's traces; it waits where others count."""
    grading = factories.GradingFactory(run=run, size=len(outcomes), progress=len(outcomes))
    for trace, outcome in zip(traces(run), outcomes, strict=True):
        factories.GradeFactory(trace=trace, outcome=outcome, is_current=False)
    return grading


def outcomes(run: Run, **filters: object) -> list[str]:
    """The outcomes of a run's grades, in the order of its traces."""
    return list(Grade.objects.filter(run=run, **filters).order_by("trace_id").values_list("outcome", flat=True))


def traces(run: Run) -> list[Trace]:
    """The traces of a run, in their order."""
    return list(Trace.objects.filter(run=run).order_by("pk"))
