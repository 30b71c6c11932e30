"""Saving a row whose name must be its own, also when two people choose it in the same moment."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.forms.models import model_to_dict

from qftapp.actors.events import log
from qftapp.actors.models import User


def check_and_save(row: models.Model) -> None:
    """Save a row that is sound; raises ValidationError on unusable fields and where somebody was faster."""
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise ValidationError("Somebody saved one of that name in this very moment; choose another name.") from None


def save_and_log(row: models.Model, *, by: User, verb: str, **about: str) -> None:
    """Save a row as `check_and_save` and log it: what it says when it is new, else the changed fields as they were."""
    stored = type(row)._default_manager.filter(pk=row.pk).first()
    check_and_save(row)
    now = model_to_dict(row)
    if stored is None:
        log(by, f"{verb}.added", row, fields=now, **about)
        return
    before = {field: value for field, value in model_to_dict(stored).items() if value != now[field]}
    if before:
        log(by, f"{verb}.changed", row, changed=list(before), before=before, **about)
