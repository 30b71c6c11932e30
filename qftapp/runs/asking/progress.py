"""How far a run that asks has come: counts, the rate of its last answers, what failed and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from qftapp.runs.models import FailedRequest, Run

LAST = 200
"""Answers that the rate is taken from; those of the last minutes."""

RATE_OVER = timedelta(minutes=5)
REASONS = 20
SILENT_SECONDS = 60
SILENT_PAUSES = 5
"""A run is silent when nothing came for so long, and for so many of its usual pauses between two answers."""


@dataclass(frozen=True)
class Progress:
    """Where a run stands."""

    size: int
    answered: int
    failed: int
    per_minute: float
    tokens_per_second: float
    reasons: tuple[tuple[str, int], ...]
    silent_seconds: float = 0.0
    """Since the last answer, where that is longer than usual; then nobody can say how long the rest takes."""

    @property
    def came(self) -> int:
        """Requests that are settled, one way or the other."""
        return self.answered + self.failed

    @property
    def missing(self) -> int:
        """Requests without an answer so far."""
        return max(0, self.size - self.came)

    @property
    def without_answer(self) -> int:
        """Requests that going on would send: the missing ones and those that failed."""
        return max(0, self.size - self.answered)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until all has come, at the rate of the last answers; nothing where none came lately."""
        return 60 * self.missing / self.per_minute if self.per_minute and not self.silent_seconds else None

    @property
    def left(self) -> str:
        """The time left, in words."""
        return "" if self.seconds_left is None else duration(self.seconds_left)

    @property
    def silence(self) -> str:
        """How long no answer has come, in words, where that is longer than usual."""
        return duration(self.silent_seconds) if self.silent_seconds else ""

    @property
    def more_reasons(self) -> int:
        """Failed requests whose reason is not listed."""
        return self.failed - sum(count for _, count in self.reasons)


def progress_of(run: Run) -> Progress:
    """Where a run stands now."""
    answered = run.traces.count()
    reasons = failures_by_reason(run)
    failed = sum(count for _, count in reasons) if len(reasons) < REASONS else run.failed_requests.count()
    per_minute, tokens, silent = (0.0, 0.0, 0.0) if run.has_ended else _rates(run, timezone.now())
    return Progress(run.size, answered, failed, per_minute, tokens, tuple(reasons), silent)


def _rates(run: Run, now: datetime) -> tuple[float, float, float]:
    """Answers a minute, tokens a second, and the seconds without an answer where that is unusual."""
    since = max(now - RATE_OVER, run.started_at or now)
    last = list(run.traces.order_by("-id").values_list("created_at", "output_tokens")[:LAST])
    lately = [(at, tokens or 0) for at, tokens in last if at >= since]
    silent = _unusual_silence([at for at, _ in last], run.started_at or now, now)
    if not lately:
        return 0.0, 0.0, silent
    # Where the last answers fill the list, they tell the time they took; else all of it since the beginning counts.
    begun = lately[-1][0] if len(lately) == LAST else since
    seconds = max((now - begun).total_seconds(), 1.0)
    return 60 * len(lately) / seconds, sum(tokens for _, tokens in lately) / seconds, silent


def _unusual_silence(newest_first: list[datetime], started: datetime, now: datetime) -> float:
    """Seconds since the last answer, or since the start; 0 where that is no longer than the pauses before."""
    came = [at for at in newest_first if at >= started]
    silent = (now - (came[0] if came else started)).total_seconds()
    usual = (came[0] - came[-1]).total_seconds() / (len(came) - 1) if len(came) > 1 else 0.0
    return silent if silent > max(SILENT_SECONDS, SILENT_PAUSES * usual) else 0.0


def failures_by_reason(run: Run) -> list[tuple[str, int]]:
    """The reasons of failed requests with how many have each, most frequent first."""
    counted = FailedRequest.objects.filter(run=run).order_by().values_list("reason").annotate(times=Count("pk"))
    return list(counted.order_by("-times", "reason")[:REASONS])


def failures(run: Run) -> QuerySet[FailedRequest]:
    """The failed requests of a run with their items."""
    related = run.failed_requests.select_related("item_version__item")
    return related.only("sample_index", "reason", "at", "item_version__number", "item_version__item__slug")


def duration(seconds: float) -> str:
    """A length of time in words, to its two largest units: 2 h 5 min."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{round(hours / 24)} days"
