"""What is counted of runs, and what has changed since."""

from django.db import models

from qftapp.runs.models.runs import Run


class RunChange(models.Model):
    """Traces, their backtracks or grades of a run have changed since it was counted; triggers leave it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="changes")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"change of {self.run_id}"


class RunTally(models.Model):
    """What was counted of a run's traces and grades; it holds as long as the run has no change."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, primary_key=True, related_name="tally")
    traces = models.PositiveIntegerField()
    sums = models.JSONField(help_text="The numbers of intervals.Sums, over the items.")
    counts = models.JSONField(help_text="The other numbers, as tallies.Counts.")
    details = models.JSONField(null=True, help_text="What reports need, as details.Details; counted when asked for.")

    def __str__(self) -> str:
        return f"tally of {self.run_id}"
