"""A figure that somebody asks for: whether they may see it, what it shows, and what it rests on."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404

from qftapp.actors.models import User
from qftapp.charts.figure import Figure, Lacking
from qftapp.charts.figures import KINDS, Kind
from qftapp.charts.provenance import caveats, provenance
from qftapp.charts.results import load
from qftapp.charts.scope import Scope

NOT_YOURS = "What people marked is shown to adjudicators and engineers only, since campaigns are blind."


@dataclass(frozen=True)
class Shown:
    """A figure with what stands below it."""

    kind: Kind
    figure: Figure
    provenance: str
    caveats: list[str]


def kind_or_404(key: str, by: User) -> Kind:
    """The kind of figure that is called so; raises PermissionDenied where this person must not see it."""
    if key not in KINDS:
        raise Http404(f"No figure is called “{key}”; there are {', '.join(KINDS)}.")
    if not KINDS[key].may_be_seen(by):
        raise PermissionDenied(NOT_YOURS)
    return KINDS[key]


def show(kind: Kind, scope: Scope) -> Shown:
    """The figure of a scope. Raises Lacking where there is nothing to show."""
    results = load(scope)
    built = kind.build(results)
    return Shown(kind, built, provenance(results, built, needs_models=kind.needs_models), caveats(results, built))


def show_or_404(kind: Kind, scope: Scope) -> Shown:
    """The figure of a scope; nothing is found where there is nothing to show."""
    try:
        return show(kind, scope)
    except Lacking as lack:
        raise Http404(str(lack)) from lack
