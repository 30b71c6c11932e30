"""Runs to be graded, and what became of them."""

from qftapp.items.models import ItemVersion
from qftapp.runs.grading import actions, execution
from qftapp.runs.models import Grade, Grading, Run, Trace
from tests import factories

RIGHT = r"$\boxed{\frac{g^2 m}{8\pi}}$"
TWICE = r"$\boxed{\frac{g^2 m}{4\pi}}$"
TWICE_AGAIN = "The width is\n```python\nimport math\ndef decay_width(m, g):\n    return m * g**2 / math.pi / 4\n```"
NEGATIVE = r"$\boxed{-\frac{g^2 m}{8\pi}}$"
UNREADABLE = r"$\boxed{\frac{g^2 q}{8\pi}}$"
SILENT = "I do not know."
LOOPS = "```python\ndef decay_width(m, g):\n    while True:\n        pass\n```"


def run_of(*texts: str, items: int = 1, versions: list[ItemVersion] | None = None) -> Run:
    """A run that gave these answers to each of some items."""
    run = factories.RunFactory()
    for version in versions or [factories.approved() for _ in range(items)]:
        for number, text in enumerate(texts):
            factories.TraceFactory(run=run, item_version=version, sample_index=number, text=text)
    return run


def graded(run: Run, processes: int = 1) -> Grading:
    """Grade a run by farah's wish, in this process."""
    grading = actions.request(run.pk, by=factories.person("farah"), in_background=False)
    execution.execute(grading.pk, processes=processes)
    grading.refresh_from_db()
    return grading


def outcomes(run: Run, **filters: object) -> list[str]:
    """The outcomes of a run's grades, in the order of its traces."""
    return list(Grade.objects.filter(run=run, **filters).order_by("trace").values_list("outcome", flat=True))


def traces(run: Run) -> list[Trace]:
    """The traces of a run, in their order."""
    return list(Trace.objects.filter(run=run).order_by("pk"))
