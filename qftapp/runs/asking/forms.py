"""Forms of language models, prompts and runs that ask."""

from typing import Any

from django import forms
from django.db import models

from qftapp.actors.forms import PlainTexts
from qftapp.actors.models import LanguageModel
from qftapp.items.models import ItemVersion
from qftapp.releases.forms import CandidateForm
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.runs.asking import endpoints
from qftapp.runs.asking.actions import Plan
from qftapp.runs.asking.selecting import Selection
from qftapp.runs.models import MAX_IN_FLIGHT, MAX_SAMPLES, Prompt, Run
from qftapp.runs.prompts import faults_of, newest_prompts
from qftapp.runs.registering import ORPHAN

SHOWN = 500
"""Items that a preview offers to choose from."""


class LanguageModelForm(PlainTexts, forms.ModelForm):
    """What is known of a language model; the action checks the rest."""

    class Meta:
        model = LanguageModel
        fields = ["slug", "kind", "locator", "parent", "licence", "training_on_outputs", "notes"]
        labels = {"training_on_outputs": "Training on its outputs"}
        help_texts = {
            "slug": "A short name for lists and links, such as qwen3-4b.",
            "parent": "What it was trained from; a checkpoint has one.",
        }
        widgets = {"notes": forms.Textarea({"rows": 4})}

    def clean(self) -> dict[str, Any]:
        """The fields; a checkpoint without a parent is refused in words before the database refuses it."""
        cleaned = super().clean()
        if cleaned.get("kind") == LanguageModel.Kind.CHECKPOINT and "parent" in cleaned and not cleaned["parent"]:
            self.add_error("parent", ORPHAN)
        return cleaned


class PromptForm(PlainTexts, forms.Form):
    """The wording of a prompt, and the item on which it is tried."""

    name = forms.SlugField(max_length=80, help_text="Runs name it with its number, such as default 1.")
    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    template = forms.CharField(
        max_length=20_000,
        strip=False,
        widget=forms.Textarea({"rows": 12, "class": "mono", "spellcheck": "false"}),
        help_text="The message, with {statement}, {requirements} and {conventions} in their places, once each.",
    )
    system = forms.CharField(
        required=False,
        max_length=20_000,
        strip=False,
        widget=forms.Textarea({"rows": 4, "class": "mono"}),
        label="System message",
        help_text="None is sent where it is empty.",
    )
    item = forms.ModelChoiceField(
        ItemVersion.objects.none(), required=False, label="Shown on", empty_label="no item", to_field_name="item__slug"
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            self.fields["name"].widget = forms.HiddenInput()
        item = self.fields["item"]
        assert isinstance(item, forms.ModelChoiceField)
        item.queryset = ItemVersion.objects.filter(state=ItemVersion.State.APPROVED).select_related("item")
        slugs = item.queryset.order_by("item__slug").values_list("item__slug", flat=True)[:SHOWN]
        item.choices = [("", "no item"), *((slug, slug) for slug in slugs)]

    def clean(self) -> dict[str, Any]:
        """The fields; a place that is missing or stands twice is an error of its field."""
        cleaned = super().clean()
        texts = (cleaned.get("system", ""), cleaned.get("template", ""))
        for name, faults in faults_of(*texts).items():
            for fault in faults if name in cleaned else ():
                self.add_error(name, fault)
        return cleaned


class ReleaseField(forms.ModelChoiceField):
    """A choice of releases that says which ones may still change."""

    def label_from_instance(self, release: models.Model) -> str:
        """The release's name, with a word where it is not frozen."""
        assert isinstance(release, Release)
        return release.name if release.is_frozen else f"{release.name} (not frozen)"


class SelectionForm(CandidateForm):
    """Which items a run asks: purpose, release and split, or the filters of the item list."""

    purpose = forms.ChoiceField(choices=Run.Purpose.choices)
    release = ReleaseField(Release.objects.none(), required=False, to_field_name="name", empty_label="none, by filters")
    split = forms.ChoiceField(required=False, choices=[("", "all"), *ReleaseEntry.Split.choices])
    in_review = forms.BooleanField(
        required=False, label="Versions in review", help_text="In place of the approved ones; only to check items."
    )

    OWN = ("purpose", "release", "split", "in_review")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        release = self.fields["release"]
        assert isinstance(release, forms.ModelChoiceField)
        release.queryset = Release.objects.defer("archive").order_by("-created_at", "-pk")

    @property
    def item_filters(self) -> list[forms.BoundField]:
        """The fields of the item list's filters."""
        return [self[name] for name in self.fields if name not in self.OWN]

    @property
    def selection(self) -> Selection:
        """What is chosen so far; a field that makes no sense is left out."""
        self.is_valid()
        chosen = self.cleaned_data
        filters = {name: value for name, value in chosen.items() if value and name not in self.OWN}
        in_review = bool(chosen.get("in_review"))
        return Selection(chosen.get("release"), chosen.get("split", ""), filters, in_review)


class AskingForm(PlainTexts, forms.Form):
    """How a run asks: the model, where it answers, the prompt, how often, with which sampling."""

    model = forms.ModelChoiceField(LanguageModel.objects.all(), to_field_name="slug", label="Language model")
    endpoint = forms.ChoiceField(help_text="A server of the settings; its key stays in the environment.")
    prompt = forms.ModelChoiceField(Prompt.objects.none(), empty_label=None)
    samples_per_item = forms.IntegerField(min_value=1, max_value=MAX_SAMPLES, initial=1, label="Samples of each item")
    temperature = forms.FloatField(
        required=False, min_value=0, max_value=5, initial=1.0, help_text="Left empty, the server decides."
    )
    top_p = forms.FloatField(required=False, min_value=0.001, max_value=1, label="Top-p", help_text="Likewise.")
    max_tokens = forms.IntegerField(
        required=False, min_value=1, max_value=10_000_000, initial=16_384, help_text="Of one answer, thinking included."
    )
    seed = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, initial=0, help_text="Each sample has its own made from it."
    )
    in_flight = forms.IntegerField(
        min_value=1, max_value=MAX_IN_FLIGHT, initial=16, help_text="Requests that wait at the same time."
    )
    request_seconds = forms.IntegerField(
        min_value=1, max_value=86_400, initial=1_800, label="Time limit", help_text="Seconds for one request."
    )
    slug = forms.SlugField(
        required=False, max_length=80, label="Name", help_text="Left empty, it follows from model and items."
    )
    notes = forms.CharField(required=False, max_length=20_000, widget=forms.Textarea({"rows": 3}))

    SAMPLING = ("temperature", "top_p", "max_tokens", "seed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("temperature", "top_p"):
            self.fields[name].widget.attrs["step"] = "any"
        prompts, endpoint = self.fields["prompt"], self.fields["endpoint"]
        assert isinstance(prompts, forms.ModelChoiceField)
        assert isinstance(endpoint, forms.ChoiceField)
        prompts.queryset = Prompt.objects.all()
        prompts.initial = newest_prompts().order_by("-number").first()
        endpoint.choices = [(name, name) for name in endpoints.names()]

    def plan(self, purpose: str, selection: Selection) -> Plan:
        """The plan of a run; needs a valid form."""
        chosen = dict(self.cleaned_data)
        sampling = {name: value for name in self.SAMPLING if (value := chosen.pop(name)) is not None}
        return Plan(purpose=purpose, selection=selection, sampling=sampling, **chosen)
