"""The form over a report: its fields are the address of the report."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.http import QueryDict

from qftapp.actors.forms import offer
from qftapp.actors.models import LanguageModel
from qftapp.charts.scope import CLUSTERS, ITEM_FILTERS, MOST_MODELS, Scope
from qftapp.items.models import Item, Source
from qftapp.items.topics import CATEGORIES, DOMAINS, TOPIC_CHOICES
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.runs.models import Run

MAIN_FIELDS = ("release", "split", "category", "operational_level")
MOST_CHOSEN_BY_ITSELF = 4
"""Models shown where the address names none: those evaluated last."""


class ScopeForm(forms.Form):
    """Models, items, clusters; all are optional, and what cannot be is said at the field."""

    model = forms.MultipleChoiceField(
        required=False,
        label="Models",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "“%(value)s” is no model with an evaluation."},
    )
    release = forms.ModelChoiceField(
        Release.objects.filter(frozen_at__isnull=False).defer("archive"),
        required=False,
        to_field_name="name",
        empty_label="any item",
    )
    split = forms.ChoiceField(choices=[("", "any"), *ReleaseEntry.Split.choices], required=False)
    domain = forms.ChoiceField(choices=[("", "any"), *DOMAINS.items()], required=False)
    category = forms.ChoiceField(
        choices=[("", "any"), *((category.code, category.title) for category in CATEGORIES.values())], required=False
    )
    topic = forms.ChoiceField(choices=[("", "any"), *TOPIC_CHOICES], required=False)
    domain_level = forms.ChoiceField(choices=[("", "any"), *Item.DomainLevel.choices], required=False)
    operational_level = forms.ChoiceField(choices=[("", "any"), *Item.OperationalLevel.choices], required=False)
    origin = forms.ChoiceField(choices=[("", "any"), *Item.Origin.choices], required=False)
    source = forms.ModelChoiceField(Source.objects.all(), required=False, to_field_name="slug", empty_label="any")
    cluster = forms.ChoiceField(
        choices=list(CLUSTERS.items()),
        required=False,
        label="Alike are items of one",
        help_text="Intervals count what is alike as one.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.evaluated = list(evaluated_models())
        # The chosen ones first and in their order, since the first is the one that others are compared with.
        asked = self.data.getlist("model") if isinstance(self.data, QueryDict) else []
        slugs = [model.slug for model in self.evaluated]
        first = [slug for slug in dict.fromkeys(asked) if slug in slugs]
        listed = [*first, *(slug for slug in slugs if slug not in first)]
        offer(self, "model", [(slug, slug) for slug in listed])

    def clean_model(self) -> list[str]:
        """Refuse more models than can be told apart."""
        chosen = list(dict.fromkeys(self.cleaned_data["model"]))
        if len(chosen) > MOST_MODELS:
            raise forms.ValidationError(f"At most {MOST_MODELS} models can be told apart; {len(chosen)} are chosen.")
        return chosen

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """What nearly every report chooses, besides its models."""
        return [self[name] for name in MAIN_FIELDS]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """What few reports choose."""
        return [bound for bound in self if bound.name not in ("model", *MAIN_FIELDS)]

    @property
    def has_more(self) -> bool:
        """Whether one of those is chosen."""
        return any(self.data.get(bound.name) for bound in self.more_fields)

    @property
    def scope(self) -> Scope:
        """What the address asks for, less what was refused; without a model, those evaluated last on one release."""
        self.is_valid()
        said = self.cleaned_data
        by_slug = {model.slug: model for model in self.evaluated}
        chosen = [by_slug[slug] for slug in said.get("model") or []]
        values = {name: said.get(name) for name in ITEM_FILTERS}
        source = values["source"]
        values["source"] = source.slug if source else ""
        return Scope(
            models=tuple(chosen or evaluated_last(self.evaluated)),
            release=said.get("release"),
            split=said.get("split") or "",
            items={name: value for name, value in values.items() if value},
            cluster=said.get("cluster") or "family",
        )


def evaluated_last(evaluated: list[LanguageModel]) -> list[LanguageModel]:
    """Of models in the order of their evaluation the last ones, as far as they answered the same release."""
    evaluations = Run.objects.filter(purpose=Run.Purpose.EVALUATE).order_by("-pk")
    last = evaluations.first()
    if last is None:
        return []
    alike = set(evaluations.filter(release=last.release_id).values_list("model", flat=True))
    return sorted([one for one in evaluated if one.pk in alike][:MOST_CHOSEN_BY_ITSELF], key=lambda model: model.pk)


def evaluated_models() -> list[LanguageModel]:
    """The models with a graded evaluation, the last evaluated first."""
    evaluations = Run.objects.filter(purpose=Run.Purpose.EVALUATE, model=OuterRef("pk"))
    models = LanguageModel.objects.filter(Exists(evaluations))
    last = dict(
        Run.objects.filter(purpose=Run.Purpose.EVALUATE).order_by("pk").values_list("model", "pk")
    )  # the last pair of a model wins
    return sorted(models, key=lambda model: -last[model.pk])
