"""What the filters of runs and traces accept; every one is optional and stands in the query string."""

from typing import Any

from django import forms

from qftapp.actors.models import LanguageModel
from qftapp.releases.models import Release
from qftapp.runs import labelled, lengths
from qftapp.runs.models import OUTCOMES, Run
from qftapp.verification.diagnosis import CODES


class _FilterForm(forms.Form):
    """Filters by name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in self.listed().items():
            self.fields[name] = forms.ChoiceField(choices=[("", "any"), *choices], required=False)

    def listed(self) -> dict[str, list[Any]]:
        """The filters that offer choices."""
        raise NotImplementedError

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set and make sense; what was not understood is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def left_out(self) -> list[str]:
        """The filters that were not understood, with what was asked of them."""
        return [f"{(self[name].label or name).lower()} “{self.data[name][:40]}”" for name in self.errors]


class RunFilterForm(_FilterForm):
    """The filters of the list of runs."""

    def listed(self) -> dict[str, list[Any]]:
        """Models, purposes, states and releases."""
        releases = Release.objects.filter(runs__isnull=False).distinct().order_by("name")
        return {
            "model": [(slug, slug) for slug in LanguageModel.objects.values_list("slug", flat=True)],
            "purpose": Run.Purpose.choices,
            "state": Run.State.choices,
            "release": [(name, name) for name in releases.values_list("name", flat=True)],
        }


class TraceFilterForm(_FilterForm):
    """The filters of the list of traces."""

    q = forms.CharField(required=False, max_length=200, label="Search")
    item = forms.CharField(required=False, max_length=80)
    purpose = forms.ChoiceField(choices=[("", "any"), *Run.Purpose.choices], required=False, widget=forms.HiddenInput)
    group = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def listed(self) -> dict[str, list[Any]]:
        """Runs, models, outcomes, diagnoses, classes of length and label states."""
        return {
            "run": [(slug, slug) for slug in Run.objects.values_list("slug", flat=True)],
            "model": [(slug, slug) for slug in LanguageModel.objects.values_list("slug", flat=True)],
            "outcome": OUTCOMES,
            "diagnosis": sorted(((code, title) for code, (title, _) in CODES.items()), key=lambda choice: choice[1]),
            "length": list(lengths.TITLES.items()),
            "labels": list(labelled.STATES.items()),
        }

    @property
    def purpose_title(self) -> str:
        """The purpose that is asked for, in words."""
        return str(Run.Purpose(self.cleaned_data["purpose"]).label).lower()

    @property
    def filters(self) -> dict[str, str]:
        """The filters as texts; what was asked for and does not exist finds nothing, so it stays."""
        found = super().filters
        return {name: str(value) for name, value in found.items()}
