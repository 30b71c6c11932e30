"""The marks behind a point of a figure of errors: those that it counts, and no other."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet

from qftapp.actors.models import LanguageModel
from qftapp.charts import labelled
from qftapp.charts.counting import counting
from qftapp.charts.labelled import SEVERITIES, Labelled
from qftapp.charts.results import Chosen
from qftapp.charts.scope import Scope
from qftapp.items.models import ItemVersion
from qftapp.labels.models import SpanLabel


@dataclass(frozen=True)
class Point:
    """What a point counts: a model's errors, of all categories, severities and topics where none is named."""

    model: str
    category: str = ""
    severity: str = ""
    topic: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The point beside the address of its report, under names that no scope has."""
        asked = {"of": self.model, "error_category": self.category, "severity": self.severity, "in_topic": self.topic}
        return {name: value for name, value in asked.items() if value}

    @classmethod
    def read(cls, asked: Mapping[str, str], models: tuple[LanguageModel, ...]) -> "Point":
        """The point of an address; of the first model where it names none."""
        named = asked.get("of", models[0].slug if models else "")
        return cls(named, asked.get("error_category", ""), asked.get("severity", ""), asked.get("in_topic", ""))


@dataclass(frozen=True)
class Behind:
    """The marks of a point, in the order of items and texts, and how many errors they count as."""

    marks: QuerySet[SpanLabel]
    errors: float


def marks_behind(scope: Scope, point: Point) -> Behind:
    """The marks that a point of a report counts, on the items that all of its labelled models share."""
    found = labelled.load(scope)
    slugs = [model.slug for model in found.models] if found else []
    if found is None or point.model not in slugs:
        return Behind(SpanLabel.objects.none(), 0)
    row = slugs.index(point.model)
    items = found.common & np.array([point.topic in ("", item.topic) for item in found.items], dtype=bool)
    categories = [place for place, each in enumerate(found.categories) if point.category in ("", each.code)]
    severities = [place for place, each in enumerate(SEVERITIES) if point.severity in ("", each)]
    errors = found.marks[row, items][:, severities][:, :, categories].sum()
    return Behind(_marks(found, point, items, categories), round(float(errors), 9))


def _marks(found: Labelled, point: Point, items: Chosen, categories: Collection[int]) -> QuerySet[SpanLabel]:
    labelled_items = [item.id for item, chosen in zip(found.items, items, strict=True) if chosen]
    marks = SpanLabel.objects.filter(
        annotation__in=counting().values("pk"),
        annotation__trace__run__in=[run.pk for run in found.runs if run.model.slug == point.model],
        annotation__trace__item_version__in=ItemVersion.objects.filter(found.scope.versions, item__in=labelled_items),
        category__in=[pk for pk, place in found.kinds.places.items() if place in categories],
    )
    if point.severity:
        marks = marks.filter(severity=point.severity)
    related = ("category", "annotation__trace__item_version__item", "annotation__trace__run")
    unread = (
        "annotation__trace__text",
        *(f"annotation__trace__item_version__{name}" for name in ("statement", "gate")),
    )
    read = marks.select_related(*related).defer(*unread)
    return read.order_by("annotation__trace__item_version__item__slug", "annotation__trace", "start", "pk")
