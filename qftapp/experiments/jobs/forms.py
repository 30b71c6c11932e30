"""Forms of training jobs: the filters of their list, and a new one, whose options come from one schema."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from qftapp.actors.forms import PlainTexts
from qftapp.actors.models import LanguageModel
from qftapp.experiments.jobs.evaluation import Recipe
from qftapp.experiments.jobs.options import Option, options_of
from qftapp.experiments.jobs.requesting import KINDS, Wish
from qftapp.experiments.models import Export, TrainingJob
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.runs.models import MAX_SAMPLES

LEFT_TO_THE_TRAINER = "as the trainer likes"


class JobFilterForm(forms.Form):
    """The filters of the list of jobs; every one is optional and stands in the query string."""

    method = forms.ChoiceField(choices=[("", "any"), *TrainingJob.Method.choices], required=False)
    state = forms.ChoiceField(choices=[("", "any"), *TrainingJob.State.choices], required=False)
    base = forms.ChoiceField(required=False)
    export = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("base", "export"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            slugs = TrainingJob.objects.order_by(f"{name}__slug").values_list(f"{name}__slug", flat=True).distinct()
            field.choices = [("", "any"), *((slug, slug) for slug in slugs)]

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set and make sense; what was not understood is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class JobForm(PlainTexts, forms.Form):
    """A job of one method: base, export, every option of the trainer, and how the last checkpoint is evaluated."""

    base = forms.ModelChoiceField(
        LanguageModel.objects.exclude(kind=LanguageModel.Kind.API),
        to_field_name="slug",
        empty_label="choose one",
        help_text="Whose weights it begins with; the worker must reach its locator.",
    )
    export = forms.ModelChoiceField(Export.objects.none(), to_field_name="slug", empty_label="choose one")
    release = forms.ModelChoiceField(
        Release.objects.none(), to_field_name="name", required=False, empty_label="not at all", label="Evaluated on",
        help_text="A frozen release; the worker samples the last checkpoint, and the answers are graded here.",
    )  # fmt: skip
    split = forms.ChoiceField(
        choices=[(split.value, split.label) for split in reversed(ReleaseEntry.Split)], initial="test"
    )
    samples = forms.IntegerField(min_value=1, max_value=MAX_SAMPLES, initial=4, label="Samples of each item")
    sampling_temperature = forms.FloatField(min_value=0, max_value=5, initial=1.0, label="Temperature of samples")
    max_tokens = forms.IntegerField(min_value=1, max_value=10_000_000, initial=16_384, label="Tokens of a sample")
    slug = forms.SlugField(
        required=False, max_length=80, label="Name", help_text="Left empty, it follows from method and base."
    )
    notes = forms.CharField(required=False, max_length=20_000, widget=forms.Textarea({"rows": 3}))

    OWN = ("base", "export")
    EVALUATION = ("release", "split", "samples", "sampling_temperature", "max_tokens")

    def __init__(self, *args: Any, method: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method = method
        self.options = options_of(method)
        export, release = self.fields["export"], self.fields["release"]
        assert isinstance(export, forms.ModelChoiceField)
        assert isinstance(release, forms.ModelChoiceField)
        kind = KINDS[TrainingJob.Method(method)]
        export.queryset = Export.objects.filter(state=Export.State.DONE, kind=kind, rows__gt=0)
        export.help_text = f"One for {kind.label.lower()}, which {TrainingJob.Method(method).label} trains on."
        release.queryset = Release.objects.filter(frozen_at__isnull=False).defer("archive")
        self.fields["sampling_temperature"].widget.attrs["step"] = "any"
        for option in self.options:
            self.fields[option.name] = _field_of(option, method)

    @property
    def has_exports(self) -> bool:
        """Whether there is anything to train on."""
        export = self.fields["export"]
        return isinstance(export, forms.ModelChoiceField) and bool(export.queryset and export.queryset.exists())

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of the options by section, in the order of the schema."""
        found: dict[str, list[forms.BoundField]] = {}
        for option in self.options:
            found.setdefault(option.section, []).append(self[option.name])
        return list(found.items())

    @property
    def wish(self) -> Wish:
        """The job that is wished for; needs a valid form. Raises ValidationError."""
        chosen = self.cleaned_data
        config = {option.name: chosen[option.name] for option in self.options if chosen[option.name] not in (None, "")}
        return Wish(
            method=self.method,
            base=chosen["base"],
            export=chosen["export"],
            config=config,
            evaluation=self._recipe(),
            notes=chosen["notes"],
            slug=chosen["slug"],
        )

    def _recipe(self) -> Recipe | None:
        chosen = self.cleaned_data
        if not chosen["release"]:
            return None
        recipe = Recipe(
            chosen["release"].name,
            chosen["split"],
            chosen["samples"],
            chosen["sampling_temperature"],
            chosen["max_tokens"],
        )
        try:
            recipe.check()
        except ValidationError as error:
            raise ValidationError({"release": error.messages}) from None
        return recipe


def _field_of(option: Option, method: str) -> forms.Field:
    """The field in which an option is chosen; the schema says type, bounds, choices, default and help."""
    about: dict[str, Any] = {"label": option.title, "help_text": option.help, "initial": option.default_of(method)}
    if option.type is bool:
        return forms.BooleanField(required=False, **about)
    if option.choices:
        empty = [("", LEFT_TO_THE_TRAINER)] if about["initial"] is None else []
        choices = [*empty, *((choice, choice) for choice in option.choices)]
        return forms.ChoiceField(choices=choices, required=not empty, **about)
    about |= {"min_value": option.low, "max_value": option.high, "required": False}
    if option.type is int:
        return forms.IntegerField(**about)
    return forms.FloatField(widget=forms.NumberInput({"step": "any"}), **about)
