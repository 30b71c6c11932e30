"""What people do with exports: ask for one, cancel it, try again."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from qftapp.actors import jobs, permissions
from qftapp.actors.errors import Conflict
from qftapp.actors.events import log
from qftapp.actors.models import LanguageModel, User
from qftapp.actors.saving import check_and_save
from qftapp.experiments.exporting.checking import faults, settled
from qftapp.experiments.exporting.choosing import REASONS, Selection, choose
from qftapp.experiments.exporting.contamination import told
from qftapp.experiments.exporting.naming import free_slug
from qftapp.experiments.exporting.recipes import AnyRecipe, ProcessRecipe, SFTRecipe
from qftapp.experiments.models import Export
from qftapp.releases.models import Release

State = Export.State


@transaction.atomic
def ask(*, by: User, release: Release, recipe: AnyRecipe, slug: str = "", in_background: bool = True) -> Export:
    """Ask for an export of a frozen release; a name is made where none is given.

    Raises ValidationError on what cannot be trained on, by field: an open release, what the recipe names and is not
    there, teachers whose terms forbid it, items that give a test entry away, no row at all. Raises Conflict while the
    same is being made. Without `in_background` the caller executes it.
    """
    _require(by)
    if not release.is_frozen:
        raise ValidationError({"release": f"{release.name} is not frozen yet; freeze it first."})
    recipe = settled(recipe)
    if found := faults(recipe):
        raise ValidationError(found)
    _refuse_forbidden(recipe)
    same = Export.objects.filter(kind=recipe.kind, release=release, recipe=recipe.to_json())
    if open_one := same.filter(state__in=(State.QUEUED, State.RUNNING)).first():
        raise Conflict(f"{open_one.slug} is being made by the same recipe.")
    selection = choose(release, recipe, exactly=False)
    _refuse_unusable(selection, recipe)
    export = Export(
        slug=slug or free_slug(release, recipe),
        kind=recipe.kind,
        release=release,
        recipe=recipe.to_json(),
        requested_by=by,
        size=selection.size,
    )
    check_and_save(export)
    log(by, "export.asked", export, slug=export.slug, kind=recipe.kind, release=release.name)
    if in_background:
        _defer(export)
    return export


@transaction.atomic
def cancel(export_id: int, *, by: User) -> Export:
    """Give an export up; nothing of it stays."""
    export = _lock(export_id, by)
    if export.has_ended:
        raise Conflict(f"The export is {export.get_state_display().lower()} already.")
    export.state, export.finished_at = State.CANCELLED, timezone.now()
    export.save(update_fields=["state", "finished_at"])
    log(by, "export.cancelled", export)
    return export


@transaction.atomic
def retry(export_id: int, *, by: User) -> Export:
    """Begin a failed export again, with the rows of now."""
    export = _lock(export_id, by)
    if export.state != State.FAILED:
        raise Conflict(f"The export is {export.get_state_display().lower()}; only a failed one is tried again.")
    export.state, export.finished_at, export.error, export.progress = State.QUEUED, None, "", 0
    export.save(update_fields=["state", "finished_at", "error", "progress"])
    log(by, "export.retried", export)
    _defer(export)
    return export


def _require(by: User) -> None:
    if not permissions.can_train(by):
        raise PermissionDenied("Only engineers make exports.")


def _lock(export_id: int, by: User) -> Export:
    _require(by)
    return Export.objects.select_for_update().get(pk=export_id)


def _defer(export: Export) -> None:
    from qftapp.experiments.tasks import make_export

    jobs.defer(make_export, export_id=export.pk)


def _refuse_forbidden(recipe: AnyRecipe) -> None:
    """Raise ValidationError by name on teachers that the recipe names and whose terms forbid it."""
    if not isinstance(recipe, SFTRecipe):
        return
    named = Q(slug__in=recipe.teachers)
    if not recipe.teachers:
        named = Q(runs__slug__in=recipe.runs)
    forbidden = LanguageModel.objects.filter(named, training_on_outputs=LanguageModel.Terms.FORBIDDEN)
    if slugs := sorted(set(forbidden.values_list("slug", flat=True))):
        field = "teachers" if recipe.teachers else "runs"
        raise ValidationError({field: f"The terms of {', '.join(slugs)} forbid training on what it writes."})


def _refuse_unusable(selection: Selection, recipe: AnyRecipe) -> None:
    """Raise ValidationError on items that give a test entry away, unless they are left out, and on no row at all."""
    if selection.pairs and not recipe.leave_out_near_test:
        count = len(selection.pairs)
        what = "1 item gives a test entry" if count == 1 else f"{count:,} items give test entries"
        raise ValidationError({"leave_out_near_test": f"{what} away: {told(selection.pairs)}. Leave such items out."})
    if not selection.picks:
        why = [f"{count:,} × {REASONS[reason][1]}" for reason, count in selection.left_out.counts.most_common(3)]
        what = "No judged trace is there" if isinstance(recipe, ProcessRecipe) else "Nothing is left to train on"
        raise ValidationError(f"{what}{': ' if why else ''}{'; '.join(why)}.")
