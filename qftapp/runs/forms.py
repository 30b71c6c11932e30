"""Forms of runs."""

from typing import Any

from django import forms

from qftapp.actors.forms import PlainTexts
from qftapp.actors.models import LanguageModel
from qftapp.releases.models import Release
from qftapp.runs.importing.columns import OURS, REQUIRED
from qftapp.runs.importing.formats import ENDINGS
from qftapp.runs.models import Run, TraceImport


class TraceFileForm(PlainTexts, forms.Form):
    """A file of traces, and the run it goes into: one that is there, or a new one."""

    file = forms.FileField(label="File", help_text=f"A name that ends in {ENDINGS}, of any size.")
    format = forms.ChoiceField(required=False, choices=[("", "as its name says"), *TraceImport.Format.choices])
    run = forms.ModelChoiceField(
        Run.objects.filter(origin=Run.Origin.IMPORTED),
        to_field_name="slug",
        required=False,
        label="Run",
        empty_label="a new run",
        help_text="An imported run that the file adds to, or a new one.",
        widget=forms.Select({"data-filterable": "a run"}),
    )
    slug = forms.SlugField(max_length=80, required=False, label="Name of the new run")
    model = forms.ModelChoiceField(
        LanguageModel.objects.all(), to_field_name="slug", required=False, label="Language model", empty_label="choose"
    )
    purpose = forms.ChoiceField(required=False, choices=Run.Purpose.choices)
    release = forms.ModelChoiceField(
        Release.objects.filter(frozen_at__isnull=False).defer("archive"),
        to_field_name="name",
        required=False,
        empty_label="none",
        help_text="Its versions are meant where the rows name none.",
    )
    notes = forms.CharField(required=False, max_length=20_000, widget=forms.Textarea({"rows": 2}))

    OF_THE_RUN = ("slug", "model", "purpose", "release", "notes")

    def clean(self) -> dict[str, Any]:
        """A new run needs its name, model and purpose."""
        cleaned = super().clean()
        if not cleaned.get("run") and "run" not in self.errors:
            for name in ("slug", "model", "purpose"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "A new run needs this.")
        return cleaned

    @property
    def new_run(self) -> Run:
        """The run as it is filled in, not saved."""
        return Run(**{name: self.cleaned_data[name] for name in self.OF_THE_RUN})


class ColumnsForm(forms.Form):
    """Which column of the file each of ours is."""

    def __init__(self, *args: Any, paths: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, meaning in OURS.items():
            must_be = name in REQUIRED
            self.fields[name] = forms.ChoiceField(
                choices=[("", "choose" if must_be else "none"), *((path, path) for path in paths)],
                required=must_be,
                label=name,
                help_text=meaning,
                error_messages={"required": "Say which column of the file this is."},
            )

    @property
    def columns(self) -> dict[str, str]:
        """The columns that are chosen."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
