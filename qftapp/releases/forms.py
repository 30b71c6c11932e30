"""Forms of releases: a new one, what to add, which entries to show, the shares of the splits."""

from typing import Any

from django import forms

from qftapp.actors.forms import PlainTexts
from qftapp.items.forms import FilterForm
from qftapp.items.topics import TOPIC_CHOICES
from qftapp.releases.models import Release, ReleaseEntry


class NewReleaseForm(PlainTexts, forms.ModelForm):
    """A release's name, notes and whether it stays in the house; the action checks them."""

    class Meta:
        model = Release
        fields = ["name", "notes", "is_private"]
        labels = {"is_private": "Private"}
        help_texts = {"notes": "What it is for; stands at the head of the data card. Markdown."}
        widgets = {"notes": forms.Textarea({"rows": 4})}


class CandidateForm(FilterForm):
    """The filters of the item list without the state, since only approved versions enter a release."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["state"]


class EntryFilterForm(forms.Form):
    """The filters of a release's entries; every one is optional and stands in the query string."""

    q = forms.CharField(required=False, max_length=200, label="Search")
    split = forms.ChoiceField(required=False, choices=[("", "any"), *ReleaseEntry.Split.choices])
    topic = forms.ChoiceField(required=False, choices=[("", "any"), *TOPIC_CHOICES])
    blocking = forms.ChoiceField(
        required=False, label="Show", choices=[("", "all entries"), ("yes", "what blocks freezing")]
    )

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set and make sense; what was not understood is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def _share() -> forms.FloatField:
    return forms.FloatField(min_value=0, max_value=1e6, widget=forms.NumberInput({"step": "any"}))


class SharesForm(forms.Form):
    """How much of the entries that are not human-adapted goes into each split, in any unit."""

    train = _share()
    validation = _share()
    test = _share()
    seed = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text="The same seed deals the same entries the same way."
    )

    DEFAULTS = {"train": 80, "validation": 10, "test": 10, "seed": 0}

    @property
    def shares(self) -> dict[str, float]:
        """The share of each split; needs a valid form."""
        return {split: self.cleaned_data[split] for split in ReleaseEntry.Split.values}
