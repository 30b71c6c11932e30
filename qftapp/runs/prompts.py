"""Prompts: writing the next number, the newest ones, what stands against a wording."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet

from qftapp.actors import permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import User
from qftapp.actors.saving import check_and_save
from qftapp.items.models import refuse_unusable
from qftapp.items.presenting import PLACES
from qftapp.runs.models import Prompt


@transaction.atomic
def write_prompt(*, by: User, name: str, after: int, system: str, template: str) -> Prompt:
    """Write the number that follows `after`, 0 for a new prompt; runs that used an earlier one keep it.

    Raises Conflict where that number was written meanwhile, ValidationError on a wording that cannot be used.
    """
    if not permissions.can_run(by):
        raise PermissionDenied("Only engineers may write prompts.")
    refuse_unusable(name)
    newest = Prompt.objects.filter(name=name).order_by("-number").first()
    if (newest.number if newest else 0) != after:
        stands = f"number {newest.number} of it stands by now" if newest else "it has no number yet"
        raise Conflict(f"Somebody else wrote “{name}” meanwhile: {stands}.")
    if newest and (newest.system, newest.template) == (system, template):
        raise ValidationError("This is what the newest number says already.")
    prompt = Prompt(name=name, number=after + 1, system=system, template=template, created_by=by)
    if faults := faults_of(system, template):
        raise ValidationError(faults)
    check_and_save(prompt)
    log(by, "prompt.written", prompt, name=name, number=prompt.number)
    return prompt


def faults_of(system: str, template: str) -> dict[str, list[str]]:
    """What stands against a wording, by field: each place stands once in the template and nowhere else."""
    found: dict[str, list[str]] = {}
    for place in (f"{{{name}}}" for name in PLACES):
        if (times := template.count(place)) != 1:
            found.setdefault("template", []).append(f"{place} must stand in it once, not {times} times.")
        if place in system:
            found.setdefault("system", []).append(f"{place} is filled in the template alone.")
    return found


def newest_prompts() -> QuerySet[Prompt]:
    """The newest number of each prompt, by name, each with how many runs used it."""
    newest = Prompt.objects.order_by("name", "-number").distinct("name").values("pk")
    found = Prompt.objects.filter(pk__in=newest).select_related("created_by")
    return found.annotate(run_count=Count("runs")).order_by("name")


def numbers_of(name: str) -> QuerySet[Prompt]:
    """All numbers of a prompt, newest first, each with how many runs used it."""
    found = Prompt.objects.filter(name=name).select_related("created_by")
    return found.annotate(run_count=Count("runs")).order_by("-number")
