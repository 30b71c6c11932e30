"""Models evaluated on items: the worlds that tests of figures count."""

from collections.abc import Mapping, Sequence

from qftapp.actors.models import LanguageModel
from qftapp.charts.results import Results, load
from qftapp.charts.scope import Scope
from qftapp.experiments.models import Checkpoint, ExportItem, TrainingJob
from qftapp.items.models import ItemVersion
from qftapp.runs.models import Run
from tests.factories import ExportFactory, LanguageModelFactory, RunFactory, TrainingJobFactory, person
from tests.runs.judged import judged

RIGHT, WRONG = "correct", "wrong"


def evaluated(model: LanguageModel, answers: Mapping[ItemVersion, Sequence[str]]) -> Run:
    """An evaluation of the model with these outcomes of each version's samples."""
    run = RunFactory(model=model, purpose=Run.Purpose.EVALUATE)
    for version, outcomes in answers.items():
        for sample, outcome in enumerate(outcomes):
            judged(run, version, sample, outcome)
    return run


def share(right: int, of: int) -> list[str]:
    """Outcomes of which so many are right."""
    return [RIGHT] * right + [WRONG] * (of - right)


def results(*models: LanguageModel, **scope) -> Results:
    """What a report of these models counts."""
    return load(Scope(models=models, **scope))


def trained(base: LanguageModel, slug: str, *versions: ItemVersion, method: str = "sft") -> LanguageModel:
    """A checkpoint that a job made of the base by training on these versions."""
    export = ExportFactory(slug=f"export-{slug}", kind="rl" if method == "grpo" else "sft")
    for version in versions:
        ExportItem.objects.create(export=export, item_version=version, rows=1)
    job: TrainingJob = TrainingJobFactory(slug=f"job-{slug}", base=base, export=export, method=method)
    model = LanguageModelFactory(slug=slug, kind=LanguageModel.Kind.CHECKPOINT, parent=base)
    Checkpoint.objects.create(job=job, step=10, model=model, sha256="0" * 64, is_last=True, created_by=person("farah"))
    return model
