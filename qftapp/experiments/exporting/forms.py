"""Forms of exports: what each kind of recipe says, the fields named as in the recipe."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from qftapp.actors.forms import PlainTexts, offer
from qftapp.actors.models import LanguageModel
from qftapp.experiments.exporting.recipes import PREFERENCES, SOUNDNESS, AnyRecipe, Kind, RecipeError, read_recipe
from qftapp.experiments.models import Export
from qftapp.items.models import Item
from qftapp.items.topics import TOPIC_CHOICES
from qftapp.labels.models import Campaign, Taxonomy
from qftapp.releases.models import Release
from qftapp.runs.models import Run
from qftapp.runs.prompts import newest_prompts


def frozen_releases() -> Any:
    """The releases that exports are made from, newest first."""
    return Release.objects.filter(frozen_at__isnull=False).defer("archive").order_by("-frozen_at", "-pk")


def _several(choices: list[Any], help_text: str, label: str | None = None) -> forms.MultipleChoiceField:
    widget = forms.SelectMultiple({"size": 6})
    return forms.MultipleChoiceField(required=False, widget=widget, choices=choices, help_text=help_text, label=label)


def _ticked(choices: list[Any], label: str, initial: list[str] | None = None) -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(required=False, widget=widget, choices=choices, label=label, initial=initial)


def _one_of(choices: dict[str, str], initial: str, label: str) -> forms.ChoiceField:
    listed = [(code, format_html("<span>{}</span>", words)) for code, words in choices.items()]
    return forms.ChoiceField(choices=listed, initial=initial, widget=forms.RadioSelect, label=label)


class ExportForm(PlainTexts, forms.Form):
    """What every recipe says, and what the export is called."""

    KIND = ""
    LISTS: tuple[str, ...] = ("splits", "topics", "domain_levels", "operational_levels")
    OWN: tuple[str, ...] = ()
    """The fields of this kind, in the order of the page."""

    release = forms.ModelChoiceField(Release.objects.none(), to_field_name="name", empty_label=None)
    slug = forms.SlugField(
        required=False, max_length=80, label="Name", help_text="Left empty, it follows from release, kind and topics."
    )
    splits = _ticked([("train", "Train"), ("validation", "Validation")], "Splits", ["train"])
    topics = _several(TOPIC_CHOICES, "None chosen takes all topics.")
    domain_levels = _ticked(Item.DomainLevel.choices, "Level")
    operational_levels = _ticked(Item.OperationalLevel.choices, "Difficulty")
    prompt = forms.ChoiceField(help_text="The wording in which items are put to the model.")
    leave_out_near_test = forms.BooleanField(
        required=False,
        label="Leave out items that give a test entry away",
        help_text="Else the export is refused because of them. No such item is ever trained on.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose_from("release", frozen_releases())
        prompts = [f"{prompt.name} {prompt.number}" for prompt in newest_prompts()]
        first = "default 1" if "default 1" in prompts or not prompts else prompts[0]
        own = self.fields["prompt"]
        assert isinstance(own, forms.ChoiceField)
        own.choices = [(name, name) for name in prompts]
        own.initial = next((name for name in prompts if name.startswith("default ")), first)

    def _choose_from(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """The fields with the recipe that they make; what is wrong with it stands at the field it means."""
        cleaned = super().clean()
        if not self.errors:
            try:
                cleaned["recipe"] = read_recipe(self.KIND, self.as_json(cleaned))
            except RecipeError as error:
                for problem in error.problems:
                    name = problem.path.partition(".")[0]
                    self.add_error(name if name in self.fields else None, problem.message)
        return cleaned

    def as_json(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The recipe as JSON values."""
        name, _, number = cleaned["prompt"].rpartition(" ")
        given = {field: cleaned[field] for field in (*self.LISTS, "leave_out_near_test")}
        return {**given, "prompt": name, "prompt_number": int(number)}

    @property
    def recipe(self) -> AnyRecipe:
        """What is chosen; needs a valid form."""
        recipe: AnyRecipe = self.cleaned_data["recipe"]
        return recipe

    def tell(self, error: ValidationError) -> None:
        """Put what the act refuses at the fields it means."""
        for name, errors in (error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}).items():
            self.add_error(name if name in self.fields else None, errors)

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """The fields of this kind."""
        return [self[name] for name in self.OWN]


def _runs() -> Any:
    return Run.objects.filter(traces__isnull=False).select_related("model").distinct().order_by("slug")


class SFTForm(ExportForm):
    """Which traces are taken."""

    KIND = Kind.SFT
    LISTS = (*ExportForm.LISTS, "teachers", "runs")
    OWN = ("teachers", "runs", "per_item", "longest", "seed", "prefer", "soundness")

    teachers = _several([], "None chosen takes all.")
    runs = _several([], "None chosen takes all that teach.")
    per_item = forms.IntegerField(
        min_value=0, max_value=10_000, initial=4, label="Traces of an item at most", help_text="0 takes all."
    )
    longest = forms.IntegerField(
        min_value=0, max_value=10**8, initial=0, label="Characters at most", help_text="0 takes traces of any length."
    )
    seed = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, initial=0, help_text="The same seed takes the same traces."
    )
    prefer = _one_of(PREFERENCES, "even", "Taken first")
    soundness = _one_of(SOUNDNESS, "any", "What people say of them")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        runs, models = list(_runs()), LanguageModel.objects.filter(runs__traces__isnull=False).distinct()
        offer(self, "runs", [(run.slug, _told(run)) for run in runs])
        words = dict(LanguageModel.Terms.choices)
        offer(
            self,
            "teachers",
            [
                (model.slug, f"{model.slug} (training on it: {words[model.training_on_outputs].lower()})")
                for model in models.order_by("slug")
            ],
        )

    def as_json(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The recipe as JSON values."""
        return super().as_json(cleaned) | {name: cleaned[name] for name in self.OWN}


class RLForm(ExportForm):
    """Which prompts are taken, by how often they were solved."""

    KIND = Kind.RL
    LISTS = (*ExportForm.LISTS, "runs")
    OWN = ("runs", "above", "at_most", "fewest_samples")

    runs = _several([], "Whose pass rates count. None chosen takes every prompt.")
    above = forms.FloatField(
        min_value=0,
        max_value=100,
        initial=0,
        label="Pass rate above, in percent",
        help_text="What nobody solves is out.",
    )
    at_most = forms.FloatField(
        min_value=0, max_value=100, initial=70, label="Pass rate at most, in percent", help_text="What is easy is out."
    )
    fewest_samples = forms.IntegerField(
        min_value=1, max_value=10_000, initial=1, label="Graded samples at least", help_text="Of each item."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "runs", [(run.slug, _told(run)) for run in _runs()])

    def as_json(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The recipe as JSON values, pass rates as shares."""
        band = {name: round(cleaned[name] / 100, 6) for name in ("above", "at_most")}
        return super().as_json(cleaned) | {"fewest_samples": cleaned["fewest_samples"], **band}


class ProcessForm(ExportForm):
    """Whose judgements of steps are taken."""

    KIND = Kind.PROCESS
    LISTS = (*ExportForm.LISTS, "campaigns")
    OWN = ("taxonomy", "campaigns", "fewest_people", "until_first_error")

    taxonomy = forms.ChoiceField()
    campaigns = _several([], "None chosen takes all.")
    fewest_people = forms.IntegerField(
        min_value=1, max_value=50, initial=1, label="People at least", help_text="Where nobody has adjudicated."
    )
    until_first_error = forms.BooleanField(
        required=False,
        initial=True,
        label="End at the first wrong step",
        help_text="What only follows from an error is often not marked again.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        published = Taxonomy.objects.filter(published_at__isnull=False).order_by("slug", "number")
        titles = dict(published.values_list("slug", "title"))
        offer(self, "taxonomy", list(titles.items()))
        campaigns = Campaign.objects.order_by("slug").values_list("slug", "title")
        offer(self, "campaigns", list(campaigns))

    def as_json(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The recipe as JSON values."""
        return super().as_json(cleaned) | {name: cleaned[name] for name in self.OWN}


FORMS: dict[str, type[ExportForm]] = {Kind.SFT: SFTForm, Kind.RL: RLForm, Kind.PROCESS: ProcessForm}


def _told(run: Run) -> str:
    """A run with whose answers it holds and what they are for."""
    return f"{run.slug} ({run.model.slug}, {run.get_purpose_display().lower()})"


class ExportFilterForm(forms.Form):
    """The filters of the list; every one is optional and stands in the query string."""

    q = forms.CharField(required=False, max_length=80, label="Search")
    kind = forms.ChoiceField(required=False, choices=[("", "any"), *Export.Kind.choices])
    state = forms.ChoiceField(required=False, choices=[("", "any"), *Export.State.choices])
    release = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = Release.objects.filter(exports__isnull=False).order_by("name").distinct().values_list("name", flat=True)
        offer(self, "release", [("", "any"), *((name, name) for name in names)])

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
