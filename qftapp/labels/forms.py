"""Forms of campaigns and taxonomies."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.db import models
from django.utils.html import format_html
from django.utils.text import slugify

from qftapp.actors.forms import PlainTexts
from qftapp.actors.models import LanguageModel
from qftapp.items.topics import TOPIC_CHOICES
from qftapp.labels.models import Campaign, Taxonomy
from qftapp.labels.sampling import MOST_TRACES, STRATEGIES, Recipe
from qftapp.labels.suggesting.actions import Plan
from qftapp.labels.taxonomies import MOST_CATEGORIES, Described
from qftapp.runs.asking import endpoints
from qftapp.runs.models import MAX_IN_FLIGHT, OUTCOMES, Run

EXPLAINED = {
    "even": "one trace of each kind, then a second of each, and so on; what is rare is not drowned",
    "random": "each trace is as likely as any other; for numbers that speak of all of them",
    "diagnosed": "only wrong answers of which the verifier says how; one of each kind first",
    "least_covered": "topics that people have labelled least come first",
    "disagreement": "only traces on whose verdict people differ, most different verdicts first",
}


class RunField(forms.ModelMultipleChoiceField):
    """A choice of runs that says whose answers they hold."""

    def label_from_instance(self, run: models.Model) -> str:
        """The run's name with its model."""
        assert isinstance(run, Run)
        return f"{run.slug} ({run.model.slug})"


class RecipeForm(forms.Form):
    """How the traces of a campaign are chosen."""

    size = forms.IntegerField(min_value=1, max_value=MOST_TRACES, initial=100, label="Traces")
    gold_share = forms.FloatField(
        min_value=0,
        max_value=50,
        initial=0,
        label="Gold, in percent",
        widget=forms.NumberInput({"step": "any"}),
        help_text="Traces adjudicated before, by which people are measured; everybody gets them.",
    )
    seed = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, initial=0, help_text="The same seed takes the same traces."
    )
    strategy = forms.ChoiceField(
        initial="even",
        widget=forms.RadioSelect,
        choices=[
            (code, format_html('<span>{} <span class="soft">{}</span></span>', title, EXPLAINED[code]))
            for code, title in STRATEGIES.items()
        ],
    )
    outcomes = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=OUTCOMES,
        help_text="None ticked takes every outcome, ungraded traces included.",
    )
    runs = RunField(
        Run.objects.none(),
        required=False,
        to_field_name="slug",
        widget=forms.SelectMultiple({"size": 6}),
        help_text="None chosen takes all runs.",
    )
    topics = forms.MultipleChoiceField(
        required=False,
        widget=forms.SelectMultiple({"size": 6}),
        choices=TOPIC_CHOICES,
        help_text="None chosen takes all topics.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        runs = self.fields["runs"]
        assert isinstance(runs, forms.ModelMultipleChoiceField)
        runs.queryset = Run.objects.filter(traces__isnull=False).select_related("model").distinct().order_by("slug")

    @property
    def recipe(self) -> Recipe:
        """What is chosen; needs a valid form."""
        chosen = self.cleaned_data
        return Recipe(
            size=chosen["size"],
            strategy=chosen["strategy"],
            runs=tuple(sorted(run.slug for run in chosen["runs"])),
            topics=tuple(chosen["topics"]),
            outcomes=tuple(chosen["outcomes"]),
            gold_share=chosen["gold_share"] / 100,
            seed=chosen["seed"],
        )


class CampaignForm(PlainTexts, forms.ModelForm):
    """Who labels what with which taxonomy, until when; the action checks the rest."""

    slug = forms.SlugField(
        required=False, max_length=80, label="Name in addresses", help_text="Left empty, it follows from the title."
    )

    class Meta:
        model = Campaign
        fields = ["title", "slug", "taxonomy", "overlap", "due", "is_blind", "suggestions", "instructions"]
        labels = {
            "overlap": "People for each trace",
            "is_blind": "Blind",
            "suggestions": "People see what a language model suggests",
        }
        help_texts = {
            "overlap": "Two or more, to measure how far they agree.",
            "is_blind": "No model, no grade and nobody else's labels before one has submitted one's own.",
            "suggestions": "A model is asked for them on the campaign’s page. Shown from the beginning, they make "
            "people agree with one another.",
            "instructions": "What is special about this campaign, in Markdown; the guide belongs to the taxonomy.",
        }
        widgets = {"due": forms.DateInput({"type": "date"}), "instructions": forms.Textarea({"rows": 5})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taxonomy = self.fields["taxonomy"]
        assert isinstance(taxonomy, forms.ModelChoiceField)
        taxonomy.queryset = published_taxonomies()
        taxonomy.empty_label = None
        self.fields["suggestions"].required = False  # where nothing is said, never

    def clean(self) -> dict[str, Any]:
        """The fields; the name made from the title where none is given."""
        cleaned = super().clean()
        cleaned["suggestions"] = cleaned.get("suggestions") or Campaign.Suggestions.NEVER
        if not cleaned.get("slug") and "slug" not in self.errors and cleaned.get("title"):
            cleaned["slug"] = slugify(cleaned["title"])[:80].strip("-")
            if not cleaned["slug"]:
                self.add_error("slug", "No name follows from this title; give one.")
        return cleaned

    def _post_clean(self) -> None:
        """Leave the checks of the row to the action, which makes it."""


def published_taxonomies() -> models.QuerySet[Taxonomy]:
    """The taxonomies that campaigns may take, the one published last first."""
    return Taxonomy.objects.filter(published_at__isnull=False).order_by("-published_at", "-pk")


class SuggestingForm(PlainTexts, forms.Form):
    """Which language model suggests annotations, where it answers, and how."""

    model = forms.ModelChoiceField(LanguageModel.objects.all(), to_field_name="slug", label="Language model")
    endpoint = forms.ChoiceField(help_text="A server of the settings; its key stays in the environment.")
    temperature = forms.FloatField(
        required=False, min_value=0, max_value=5, initial=0.0, widget=forms.NumberInput({"step": "any"})
    )
    max_tokens = forms.IntegerField(
        required=False, min_value=1, max_value=10_000_000, initial=16_384, help_text="Of one reply, thinking included."
    )
    in_flight = forms.IntegerField(min_value=1, max_value=MAX_IN_FLIGHT, initial=8, help_text="Requests at a time.")
    request_seconds = forms.IntegerField(
        min_value=1, max_value=86_400, initial=600, label="Time limit", help_text="Seconds for one request."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        endpoint = self.fields["endpoint"]
        assert isinstance(endpoint, forms.ChoiceField)
        endpoint.choices = [(name, name) for name in endpoints.names()]

    @property
    def plan(self) -> Plan:
        """Whom to ask and how; needs a valid form."""
        chosen = dict(self.cleaned_data)
        sampling = {name: value for name in ("temperature", "max_tokens") if (value := chosen.pop(name)) is not None}
        return Plan(sampling=sampling, **chosen)


class NewTaxonomyForm(PlainTexts, forms.Form):
    """What a taxonomy is called; its first number is a draft then."""

    title = forms.CharField(max_length=200)
    slug = forms.SlugField(
        max_length=80, label="Name in addresses", help_text="A short name, such as proofs. It stays for good."
    )

    def clean_slug(self) -> str:
        """The name, unless a taxonomy has it: that one gets its next number on its own page."""
        slug: str = self.cleaned_data["slug"]
        if Taxonomy.objects.filter(slug=slug).exists():
            raise forms.ValidationError("A taxonomy has this name; write its next number on its page.")
        return slug


class TaxonomyForm(PlainTexts, forms.Form):
    """A draft's title and guide, and which wording of it was opened."""

    title = forms.CharField(max_length=200)
    guide = forms.CharField(
        required=False,
        max_length=100_000,
        strip=False,
        widget=forms.Textarea({"rows": 12}),
        help_text="How to label with it, in Markdown.",
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class CategoryForm(PlainTexts, forms.Form):
    """One category as one row."""

    name = forms.CharField(required=False, max_length=80)
    code = forms.CharField(required=False, max_length=60)
    parent = forms.CharField(required=False, max_length=60, label="Below", widget=forms.TextInput({"placeholder": " "}))
    hotkey = forms.CharField(required=False, max_length=1, label="Key")
    replaces = forms.CharField(required=False, max_length=2_000)
    definition = forms.CharField(required=False, max_length=2_000, widget=forms.Textarea({"rows": 2}))
    example = forms.CharField(required=False, max_length=2_000, widget=forms.Textarea({"rows": 2}))

    @property
    def described(self) -> Described | None:
        """The category; nothing for a row that was left empty. Without a code it follows from the name."""
        given = {name: value for name, value in self.cleaned_data.items() if name in self.base_fields}
        if not any(given.values()):
            return None
        codes = [part.strip() for part in given.pop("replaces").split(",")]
        given["code"] = given["code"] or slugify(given["name"])[:60].strip("-")
        return Described(**given, replaces=tuple(code for code in codes if code))


CategoryFormSet = forms.formset_factory(
    CategoryForm, extra=0, can_delete=True, can_order=True, max_num=MOST_CATEGORIES, absolute_max=2 * MOST_CATEGORIES
)


def rows_of(categories: list[Described]) -> list[dict[str, Any]]:
    """What the rows show of stored categories."""
    return [{**asdict(each), "replaces": ", ".join(each.replaces)} for each in categories]
