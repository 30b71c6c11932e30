"""Forms of sources, items, drafts, imports and the item list."""

import re
from itertools import count
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef
from django.utils.text import slugify

from qftapp.actors.forms import PlainTexts
from qftapp.actors.models import User
from qftapp.items.actions import CLASSIFICATION
from qftapp.items.contract_form import MAX_CODE, ContractForm, initial_of
from qftapp.items.contract_rows import ItemTestFormSet, SymbolFormSet, initial_symbols, initial_tests
from qftapp.items.importing import MAX_BYTES, READERS
from qftapp.items.models import MAX_PROSE, RESERVED_SLUGS, Batch, Item, ItemVersion, Source, SourceProblem
from qftapp.items.topics import DOMAIN_CHOICES, TOPIC_CHOICES


def _latex(rows: int) -> forms.Textarea:
    return forms.Textarea({"data-editor": "latex", "rows": rows})


class SourceForm(PlainTexts, forms.ModelForm):
    """A source by reference."""

    url = forms.URLField(required=False, max_length=500, assume_scheme="https", label="Address")
    slug = forms.SlugField(
        required=False,
        max_length=80,
        help_text="Short name in addresses, such as peskin-1995; left empty, it follows from author, year and title.",
    )

    class Meta:
        model = Source
        fields = ["title", "authors", "kind", "year", "slug", "url", "licence", "may_redistribute"]

    def clean_slug(self) -> str:
        """The slug as it was written, else the one it has, else one that is free."""
        slug = str(self.cleaned_data["slug"] or self.instance.slug)
        if slug:
            return slug
        if proposed := proposed_slug(*(self.cleaned_data.get(name) for name in ("authors", "year", "title"))):
            return proposed
        raise ValidationError("No slug follows from author, year and title; write one.")


def proposed_slug(authors: str | None, year: int | None, title: str | None) -> str:
    """A free slug of the first author's surname, the year and the first words of the title; empty if none follows."""
    first = re.split(r",|;|&|\band\b", authors or "")[0].split()
    words = slugify(f"{first[-1] if first else ''} {year or ''} {title or ''}").split("-")
    stem = ""
    for word in filter(None, words):
        if len(stem) + len(word) > 40:
            break
        stem = f"{stem}-{word}" if stem else word
    taken = set(Source.objects.filter(slug__startswith=stem).values_list("slug", flat=True)) | RESERVED_SLUGS
    numbered = (f"{stem}-{number}" for number in count(2))
    return stem if not stem or stem not in taken else next(slug for slug in numbered if slug not in taken)


class SourceProblemForm(PlainTexts, forms.ModelForm):
    """One problem of a source."""

    class Meta:
        model = SourceProblem
        fields = ["locator", "statement", "solution"]
        widgets = {"statement": _latex(8), "solution": _latex(8)}


LEVEL_LABELS = {"domain_level": "Level", "operational_level": "Difficulty"}


class ClassificationForm(forms.ModelForm):
    """Where an item belongs; its domain follows from its topic."""

    class Meta:
        model = Item
        fields = list(CLASSIFICATION)
        labels = LEVEL_LABELS
        widgets = {"topic": forms.Select({"data-filterable": "a topic"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CLASSIFICATION:
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = Item._meta.get_field(name).get_choices(blank_choice=[("", "not chosen")])


class NewItemForm(ClassificationForm):
    """The first step of an item: its name and where it belongs."""

    class Meta(ClassificationForm.Meta):
        fields = ["slug", *CLASSIFICATION]
        help_texts = {"slug": "A short name for lists and links, such as muon-decay-width. It stays for good."}


class ProseForm(PlainTexts, forms.Form):
    """The texts of a draft."""

    statement = forms.CharField(required=False, max_length=MAX_PROSE, strip=False, widget=_latex(14))
    solution = forms.CharField(required=False, max_length=MAX_PROSE, strip=False, widget=_latex(10))
    second_solution = forms.CharField(
        required=False,
        max_length=MAX_CODE,
        strip=False,
        widget=forms.Textarea({"data-editor": "python", "rows": 8, "spellcheck": "false"}),
        label="Second solution",
        help_text="The same function computed another way, or an expression. The checks compare it with gold.",
    )


class DraftForm:
    """Everything the editor edits: texts, classification, contract with its rows, bound or filled from a version."""

    def __init__(self, version: ItemVersion, data: Any = None) -> None:
        contract = version.contract if isinstance(version.contract, dict) else {}
        texts = {field: getattr(version, field) for field in ("statement", "solution", "second_solution")}
        self.version = version
        self.prose = ProseForm(data, initial=texts)
        self.classification = ClassificationForm(data, instance=Item.objects.get(pk=version.item_id))
        self.contract = ContractForm(data, initial=initial_of(contract))
        self.symbols = SymbolFormSet(data, initial=initial_symbols(contract), prefix="symbols")
        self.tests = ItemTestFormSet(data, initial=initial_tests(contract), prefix="tests")

    @property
    def parts(self) -> tuple[Any, ...]:
        """The forms that make it up."""
        return (self.prose, self.classification, self.contract, self.symbols, self.tests)

    def is_valid(self) -> bool:
        """Whether the texts can be stored; whether they are sound is the gate's question."""
        return all([part.is_valid() for part in self.parts])

    @property
    def errors(self) -> dict[str, list[str]]:
        """What cannot be stored, under the names of the fields."""
        found: dict[str, list[str]] = {}
        for part in (self.prose, self.classification, self.contract, *self.symbols.forms, *self.tests.forms):
            found |= {part.add_prefix(name): list(map(str, errors)) for name, errors in part.errors.items()}
        for name, rows in (("symbols", self.symbols), ("tests", self.tests)):
            if rest := rows.non_form_errors():
                found[name] = list(map(str, rest))
        return found

    @property
    def content(self) -> dict[str, Any]:
        """The content to store; needs a valid form."""
        contract = self.contract.to_json(self.symbols.ordered_forms, self.tests.ordered_forms)
        return {**self.prose.cleaned_data, "contract": contract}

    @property
    def classified(self) -> dict[str, str]:
        """The classification to store; needs a valid form."""
        return {field: self.classification.cleaned_data[field] for field in CLASSIFICATION}


class FilterForm(forms.Form):
    """The filters of the item list; every one is optional and stands in the query string."""

    q = forms.CharField(required=False, max_length=200, label="Search")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed: dict[str, list[Any]] = {
            "state": ItemVersion.State.choices,
            "domain": DOMAIN_CHOICES,
            "topic": TOPIC_CHOICES,
            "domain_level": Item.DomainLevel.choices,
            "operational_level": Item.OperationalLevel.choices,
            "origin": Item.Origin.choices,
            "author": [
                (user.username, str(user))
                for user in User.objects.filter(Exists(ItemVersion.objects.filter(author=OuterRef("pk"))))
            ],
            "source": list(Source.objects.values_list("slug", "title")),
        }
        for name, choices in listed.items():
            self.fields[name] = forms.ChoiceField(
                choices=[("", "any"), *choices], required=False, label=LEVEL_LABELS.get(name)
            )

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set and make sense; what was not understood is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ItemListForm(FilterForm):
    """Those, and where figures of a report lead, which nobody chooses in the list itself."""

    category = forms.CharField(required=False, widget=forms.HiddenInput)
    release = forms.CharField(required=False, widget=forms.HiddenInput)
    split = forms.CharField(required=False, widget=forms.HiddenInput)


class ImportForm(forms.Form):
    """A file of items to bring in."""

    file = forms.FileField(label="File", help_text="JSON lines or one JSON array, at most 50 MB.")
    format = forms.ChoiceField(choices=[(code, Batch.Format(code).label) for code in READERS])

    def clean_file(self) -> UploadedFile:
        """The upload, refused by its size before anybody reads it into memory."""
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_BYTES:
            raise ValidationError(f"The file has {upload.size:,} bytes; at most {MAX_BYTES:,} are read.")
        return upload
