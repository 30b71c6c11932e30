"""What people say of grades, as forms."""

from django import forms

from qftapp.actors.forms import PlainTexts
from qftapp.runs.models import OUTCOMES, Contest


class ContestForm(PlainTexts, forms.Form):
    """The outcome that a grade should have, and why."""

    expected = forms.ChoiceField(label="It should be", choices=[("", "choose"), *OUTCOMES])
    reason = forms.CharField(
        label="Why",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="With LaTeX if you like.",
    )


class SettleForm(PlainTexts, forms.Form):
    """What becomes of a contest."""

    decision = forms.ChoiceField(
        label="Decision", choices=Contest.Decision.choices[1:], widget=forms.RadioSelect, required=True
    )
    remark = forms.CharField(
        label="Remark", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2})
    )
