"""The first page: what this person can go on with."""

from django.http import HttpResponse
from django.shortcuts import render

from qftapp.actors import permissions
from qftapp.actors.http import Request
from qftapp.actors.models import Event
from qftapp.items import queries
from qftapp.items.models import ItemVersion


def home(request: Request) -> HttpResponse:
    """Own drafts, what waits for this person's review, and what others did lately."""
    waiting = queries.waiting_for(request.user)
    can_review = permissions.has_role(request.user, permissions.REVIEWER)
    context = {
        "drafts": waiting["drafts"][:20],
        "submitted": waiting["submitted"][:20],
        "to_review": waiting["to_review"][:20] if can_review else [],
        "can_review": can_review,
        "can_settle": permissions.can_settle(request.user),
        "can_release": permissions.can_release(request.user),
        "can_write": permissions.can_write_items(request.user),
        "counts": queries.counts_by_state(),
        "events": list(Event.objects.select_related("actor").filter(subject__startswith="item")[:12]),
        "states": ItemVersion.State,
    }
    return render(request, "home.html", context)
