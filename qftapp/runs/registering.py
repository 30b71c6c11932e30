"""Registering language models, so that runs can name what answered."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from qftapp.actors import permissions
from qftapp.actors.models import LanguageModel, User
from qftapp.actors.saving import save_and_log
from qftapp.items.models import refuse_unusable
from qftapp.runs.models import Trace

ORPHAN = "Say which model this is a checkpoint of."


@transaction.atomic
def save_model(model: LanguageModel, *, by: User) -> LanguageModel:
    """Register a language model, or change what is known of it; raises ValidationError on unusable fields.

    What has answered keeps its slug, kind and locator: its traces would otherwise be another model's.
    """
    if not permissions.can_run(by):
        raise PermissionDenied("Only engineers may register and change language models.")
    refuse_unusable(model.slug)
    if model.kind == LanguageModel.Kind.CHECKPOINT and model.parent is None:
        raise ValidationError({"parent": ORPHAN})
    if model.pk is None:
        model.added_by = by
    else:
        stored = LanguageModel.objects.select_for_update().get(pk=model.pk)
        _refuse_another_model(stored, model)
    _refuse_circle(model)
    save_and_log(model, by=by, verb="language_model")
    return model


def _refuse_another_model(stored: LanguageModel, model: LanguageModel) -> None:
    changed = [name for name in ("slug", "kind", "locator") if getattr(stored, name) != getattr(model, name)]
    if changed and Trace.objects.filter(run__model=stored).exists():
        why = "This model has answered already; register the other one beside it."
        raise ValidationError(dict.fromkeys(changed, why))


def _refuse_circle(model: LanguageModel) -> None:
    """Raise ValidationError where a model would come from itself."""
    ancestor = model.parent
    while ancestor is not None:
        if ancestor.pk == model.pk:
            raise ValidationError({"parent": f"{model.parent} comes from this model itself."})
        ancestor = ancestor.parent
