"""What the models of a report were trained on, and what that changed: each beside the model it came from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qftapp.actors.models import LanguageModel
from qftapp.charts.results import Results
from qftapp.experiments.lineage import stages
from qftapp.experiments.models import ExportItem, TrainingJob
from qftapp.items.topics import CATEGORIES, TOPICS


@dataclass(frozen=True)
class Trained:
    """A model of the report that jobs of ours made out of another one of the report."""

    model: LanguageModel
    row: int
    base: LanguageModel
    base_row: int
    jobs: tuple[TrainingJob, ...]
    """From the base to the model, the first one first."""
    categories: frozenset[str]
    """Of the items it was trained on."""

    @property
    def label(self) -> str:
        """The model with what it was trained on, in a few words."""
        few = [CATEGORIES[code].title for code in CATEGORIES if code in self.categories]
        return f"{self.model.slug} ({few[0] if len(few) == 1 else f'{len(few)} categories'})"


def trained(results: Results) -> list[Trained]:
    """The models of the report that came from another of its models, each with the nearest such one."""
    rows = {model.pk: row for row, model in enumerate(results.models)}
    found = []
    for row, model in enumerate(results.models):
        jobs: list[TrainingJob] = []
        for stage in stages(model):
            jobs.insert(0, stage.job)
            if stage.job.base_id in rows:
                base_row = rows[stage.job.base_id]
                found.append(Trained(model, row, results.models[base_row], base_row, tuple(jobs), _categories(jobs)))
                break
    return found


def _categories(jobs: list[TrainingJob]) -> frozenset[str]:
    entries = ExportItem.objects.filter(export__training_jobs__in=jobs).order_by()
    topics = set(entries.values_list("item_version__item__topic", flat=True))
    return frozenset(TOPICS[topic].category.code for topic in topics)


def item_categories(results: Results) -> NDArray[np.str_]:
    """The category of each item's topic."""
    return np.array([TOPICS[item.topic].category.code for item in results.items], dtype=np.str_)
