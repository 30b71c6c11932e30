"""The style guide: every component of the pages once, with made-up content."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

STATES = ["draft", "review", "approved", "retired", "frozen", "queued", "running", "done", "failed", "cancelled"]
OUTCOMES = ["correct", "wrong", "no_answer", "unreadable", "timeout", "broken_item"]

PROSE = r"""A real scalar $\phi$ of mass $m_\phi$ decays into two photons through
$$
\mathcal{L} = \tfrac{1}{2}\,\partial_\mu\phi\,\partial^\mu\phi - \tfrac{1}{2} m_\phi^2\phi^2
  - \tfrac{g}{4}\,\phi\,F_{\mu\nu}F^{\mu\nu} .
$$
Find the decay width $\Gamma(\phi\to\gamma\gamma)$ at tree level, **to leading order** in \(g\). A beam costs $5 to
$6 per hour, which is not a formula; `F_munu` is code, and

1. the amplitude $i\slashed{p}\,\Tr\qty(\gamma^\mu\slashed{p})$ is set by the same macros everywhere;
2. the phase space of two identical particles carries a factor of one half.

> Fields are *not* rescaled. See [the reference](https://arxiv.org/).
"""
BEFORE = r"Compute the decay width $\Gamma$ of the scalar at tree level."
AFTER = r"Compute the **total** decay width $\Gamma_\phi$ of the scalar at leading order."
CHECKS = [
    {"status": "pass", "code": "gold", "title": "Gold runs", "message": "20 of 20 points, 3 ms each"},
    {"status": "fail", "code": "finite", "title": "Finite", "message": "gold is nan at `m = 0`; exclude 0 from $m$"},
    {"status": "note", "code": "near", "title": "Near repeat", "message": "reads like `ps-4-2`, 71 % of its words"},
]
GOLD = "def decay_width(m, g):\n    # two identical photons\n    return g**2 * m**3 / (64 * pi)\n"


class SpecimenForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(help_text="A few words, as in a table of contents.", max_length=80)
    topic = forms.ChoiceField(choices=[("qed", "Quantum electrodynamics"), ("rg", "Renormalization group")])
    tolerance = forms.FloatField(required=False)
    constant = forms.BooleanField(required=False, label="The answer depends on no symbol")
    level = forms.ChoiceField(choices=[("1", "Textbook"), ("2", "Research")], widget=forms.RadioSelect)
    statement = forms.CharField(widget=forms.Textarea(attrs={"data-editor": "latex", "rows": 6}))
    gold = forms.CharField(widget=forms.Textarea(attrs={"data-editor": "python", "rows": 6}), required=False)


class SymbolForm(forms.Form):
    """One symbol of an answer contract."""

    name = forms.CharField()
    latex = forms.CharField(label="LaTeX", required=False)


SymbolFormSet = formset_factory(SymbolForm, extra=0, can_delete=True, can_order=True)


@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component once."""
    form = SpecimenForm(
        {"title": "", "topic": "qed", "tolerance": "small", "level": "1", "statement": PROSE, "gold": GOLD}
    )
    symbols = SymbolFormSet(initial=[{"name": "m", "latex": r"m_\phi"}, {"name": "g", "latex": "g"}], prefix="symbols")
    if "toast" in request.GET:
        messages.success(request, "The draft is saved.")
        messages.error(request, "The server could not do this. What you typed is still here.")
    context = {
        "states": STATES,
        "outcomes": OUTCOMES,
        "prose": PROSE,
        "broken": r"A formula that does not set, $\frac{1}{\foo}$, shows its source and the reason.",
        "before": BEFORE,
        "after": AFTER,
        "checks": CHECKS,
        "form": form,
        "symbols": symbols,
        "page": Paginator(range(10_000), 50).page(7),
        "now": timezone.now(),
        "earlier": timezone.now() - timedelta(hours=3),
        "long_ago": timezone.now() - timedelta(days=90),
        "rows": [
            ("ps-4-2", "approved", 0.731, 0.042, 12),
            ("sr-7-1", "review", 12345.678, 3.2, 3),
            ("wb-1-9", "draft", 6.1e-9, None, 104),
        ],
        "colours": [
            "paper",
            "surface",
            "raised",
            "line",
            "line-strong",
            "ink",
            "ink-soft",
            "accent",
            "good",
            "bad",
            "warn",
        ],
    }
    return render(request, "styleguide.html", context)
