"""Saving a row whose name must be its own, also when two people choose it in the same moment."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction


def check_and_save(row: models.Model) -> None:
    """Save a row that is sound; raises ValidationError on unusable fields and where somebody was faster."""
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise ValidationError("Somebody saved one of that name in this very moment; choose another name.") from None
