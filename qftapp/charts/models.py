"""Reports under a title."""

from django.conf import settings
from django.db import models
from django.urls import reverse


class SavedReport(models.Model):
    """The address of a report under a title; what it shows is counted anew each time."""

    title = models.CharField(max_length=200)
    query = models.CharField(max_length=2_000, blank=True, help_text="What follows the ? of its address.")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_reports")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-saved_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["saved_by", "title"], name="one_report_per_person_and_title")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('report')}?{self.query}"
