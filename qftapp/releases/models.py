"""Frozen sets of approved items, each entry with its split."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from qftapp.items.models import ItemVersion

NAME = r"^(?!of-item\Z)[a-z0-9][a-z0-9.-]*\Z"
"""A release's name stands in addresses and file names; `of-item` is an address of its own."""


class Release(models.Model):
    """A set of item versions under a name; once frozen it never changes (a trigger refuses)."""

    name = models.CharField(
        max_length=80,
        unique=True,
        validators=[RegexValidator(NAME, "Use lower-case letters, digits, dots and hyphens.")],
        help_text="Such as qft-2026.11.",
    )
    notes = models.TextField(max_length=20_000, blank=True)
    is_private = models.BooleanField(
        default=False, help_text="Stays in the house: may hold items whose source may not be redistributed."
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="releases")
    created_at = models.DateTimeField(auto_now_add=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the items file; set by freezing.")
    archive = models.BinaryField(null=True, blank=True, help_text="The zip file that freezing built.")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="release_is_frozen_iff_hashed",
                condition=Q(frozen_at__isnull=True, sha256="", archive__isnull=True)
                | (Q(frozen_at__isnull=False, archive__isnull=False) & ~Q(sha256="")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("release", args=[self.name])

    @property
    def is_frozen(self) -> bool:
        """Whether the release can no longer change."""
        return self.frozen_at is not None


class ReleaseEntry(models.Model):
    """One item version in a release, in one split."""

    class Split(models.TextChoices):
        TRAIN = "train", "Train"
        VALIDATION = "validation", "Validation"
        TEST = "test", "Test"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="entries")
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="release_entries")
    split = models.CharField(max_length=10, choices=Split)

    class Meta:
        ordering = ["release", "item_version__item__slug"]
        verbose_name_plural = "release entries"
        constraints = [
            models.UniqueConstraint(fields=["release", "item_version"], name="one_entry_per_release_and_version")
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.split} {self.item_version_id}"
