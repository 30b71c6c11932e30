"""Traces by what people have given of them. Annotations are a noun above; only their relation is known here.

It is not said what people gave: who has yet to label a trace must not learn of it.
"""

from django.db.models import Exists, OuterRef
from django.db.models.expressions import Combinable

from qftapp.runs.models import Trace

STATES = {"given": "labelled", "adjudicated": "adjudicated", "none": "not labelled"}
"""The label states of a trace, with their titles; what is adjudicated is labelled too."""

_BY_PEOPLE = {"annotations__submitted_at__isnull": False, "annotations__skip": ""}
_KINDS = {"given": ("independent", "adjudicated"), "adjudicated": ("adjudicated",)}


def in_state(state: str) -> Combinable:
    """The traces in a label state, as a condition on Trace."""
    if state == "none":
        return ~in_state("given")
    of_trace = Trace.objects.filter(pk=OuterRef("pk")).order_by()
    return Exists(of_trace.filter(annotations__kind__in=_KINDS[state], **_BY_PEOPLE))
