"""The work of a grading: traces out of the database, answers through processes that can be killed, grades back in.

What is graded is graded: grades are written in groups as they come, so whoever begins again after a crash goes on with
what is left. The database is asked here only; the processes judge and know nothing else.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from qftapp.actors.locking import advisory_lock
from qftapp.actors.text import storable
from qftapp.runs.grading import grouping
from qftapp.runs.grading.judging import AnswerTask, Fault, Grader, Judged, Result, Task
from qftapp.runs.grading.ungraded import tasks, ungraded
from qftapp.runs.models import Grade, Grading, Run
from qftapp.verification import VERIFIER_VERSION
from qftapp.verification.bulk.crew import Crew, NoProcess
from qftapp.verification.cores import cores

LOCK = 0x67726164
"""First half of the advisory locks of gradings that are being executed."""
WINDOW = 200
"""Answers that wait for a process, so that each finds some of the item it is at."""
GROUP_SIZE = 500
TICK_SECONDS = 0.5
"""Between two writings, and two looks at whether somebody cancelled."""

State = Grading.State


class CannotJudge(RuntimeError):
    """This machine cannot judge answers; the message says why."""


def execute(grading_id: int, *, processes: int = 0, tell: Callable[[Grading], None] = lambda grading: None) -> None:
    """Grade to the end or until somebody cancels; `tell` hears of the progress about twice a second.

    Safe to run again after a crash, and does nothing while another process is at it. What keeps it from judging at all
    ends the grading as failed; what is no fault of ours is raised again. 0 processes means one for each core.
    """
    with advisory_lock(LOCK, grading_id) as is_ours:
        grading = _begun(grading_id) if is_ours else None
        if grading is None:
            return
        try:
            crew: Crew[Task, Result] = Crew(processes or cores(), Grader())
            try:
                _Execution(grading, crew, tell).run()
            finally:
                crew.close()
        except (NoProcess, CannotJudge) as error:
            fail(grading, f"{error}.")
        except Exception as error:
            fail(grading, f"Stopped: {next(iter(str(error).splitlines()), type(error).__name__)}.")
            raise


def fail(grading: Grading, reason: str) -> None:
    """End a grading that does not go on."""
    reason = storable(f"{reason} What is graded stays; grade again to go on.")
    _update(grading, state=State.FAILED, finished_at=timezone.now(), error=reason)


def _begun(grading_id: int) -> Grading | None:
    """The grading, running, with the verifier of now; nothing where it has ended."""
    grading = Grading.objects.get(pk=grading_id)
    left = ungraded(grading.run_id, VERIFIER_VERSION).count()
    done = max(0, grading.size - left) if grading.state == State.RUNNING else 0
    goes_on = _update(
        grading,
        state=State.RUNNING,
        started_at=timezone.now(),
        verifier_version=VERIFIER_VERSION,
        size=done + left,
        done_before=done,
        progress=done,
    )
    return grading if goes_on else None


def _update(grading: Grading, **fields: Any) -> bool:
    """Write fields unless the grading has ended meanwhile; returns whether it goes on."""
    goes_on = bool(Grading.objects.filter(pk=grading.pk).exclude(state__in=Grading.ENDED).update(**fields))
    grading.refresh_from_db()
    return goes_on


class _Execution:
    """One grading with its processes."""

    def __init__(self, grading: Grading, crew: Crew[Task, Result], tell: Callable[[Grading], None]) -> None:
        self.grading = grading
        self.crew = crew
        self.tell = tell
        self.has_grade: dict[int, bool] = {}
        self.grades: list[Grade] = []
        self.groups: dict[int, int] = {}
        self.faulty: set[int] = set()
        self.first_fault = ""
        self.written_at = time.monotonic()

    def run(self) -> None:
        """Judge and group until nothing is left or somebody cancelled."""
        while self._judge() and self._group() and not self._ended():
            pass  # traces arrived meanwhile

    def _judge(self) -> bool:
        """Grade every trace that is not; returns whether the grading goes on."""
        return self._work(self._tasks(), self._take)

    def _group(self) -> bool:
        """Group the answers of every item that has new ones; returns whether the grading goes on."""
        found: dict[int, grouping.Item] = {}

        def items() -> Iterator[Task]:
            for item in grouping.items(self.grading.run_id, self.grading.verifier_version):
                if len(item.firsts) > 1:
                    found[item.task.number] = item
                    yield item.task
                else:
                    self.groups |= item.changed(list(range(len(item.firsts))))

        def take(task: Task, result: Result) -> None:
            item = found.pop(task.number)
            self.groups |= item.changed(result if isinstance(result, list) else list(range(len(item.firsts))))

        return self._work(items(), take)

    def _work(self, given: Iterator[Task], take: Callable[[Task, Result], None]) -> bool:
        """Have tasks done and written; returns whether the grading goes on."""
        is_more = True
        while is_more or not self.crew.is_idle:
            while is_more and self.crew.waiting < WINDOW:
                task = next(given, None)
                if task:
                    self.crew.add(task)
                else:
                    is_more = False
                if self._is_due() and not self._write():
                    return False
            for done, result in [] if self.crew.is_idle else self.crew.work(None, TICK_SECONDS)[1]:
                take(done, result)
            if self._is_due() and not self._write():
                return False
        return self._write()

    def _tasks(self) -> Iterator[AnswerTask]:
        for found in tasks(self.grading.run_id, self.grading.verifier_version):
            if found.task.number not in self.faulty:
                self.has_grade[found.task.number] = found.has_grade
                yield found.task

    def _take(self, task: Task, result: Result) -> None:
        has_grade = self.has_grade.pop(task.number)
        if isinstance(result, Fault):
            if result.is_of_machine:
                raise CannotJudge(result.message)
            self.faulty.add(task.number)
            self.first_fault = self.first_fault or f"trace {task.number}: {result.message}"
        elif isinstance(result, Judged):
            self.grades.append(self._grade(task.number, result, is_current=not has_grade))

    def _grade(self, trace_id: int, judged: Judged, *, is_current: bool) -> Grade:
        return Grade(
            trace_id=trace_id,
            run_id=self.grading.run_id,
            verifier_version=self.grading.verifier_version,
            outcome=judged.outcome,
            reason=storable(judged.reason),
            diagnosis=judged.diagnosis,
            answer=storable(judged.answer),
            detail=storable(judged.detail),
            is_current=is_current,
        )

    def _is_due(self) -> bool:
        is_many = max(len(self.grades), len(self.groups)) >= GROUP_SIZE
        return is_many or time.monotonic() > self.written_at + TICK_SECONDS

    def _write(self) -> bool:
        """Write what is done so far; returns whether the grading goes on."""
        with transaction.atomic():
            Grade.objects.bulk_create(self.grades, ignore_conflicts=True)
            grouping.store(self.groups)
            goes_on = _update(self.grading, progress=self.grading.progress + len(self.grades))
        self.grades.clear()
        self.groups.clear()
        self.written_at = time.monotonic()
        self.tell(self.grading)
        return goes_on

    def _ended(self) -> bool:
        """End the grading unless traces have come meanwhile; whoever asks for a grading of the run waits for us."""
        run, version = self.grading.run_id, self.grading.verifier_version
        with transaction.atomic():
            Run.objects.select_for_update().get(pk=run)
            if ungraded(run, version).count() > len(self.faulty):
                return False
            now = timezone.now()
            waits = Grade.objects.filter(run=run, verifier_version=version, is_current=False).exists()
            _update(
                self.grading,
                state=State.DONE,
                finished_at=now,
                accepted_at=None if waits else now,
                error=self._faults(),
            )
        return True

    def _faults(self) -> str:
        """What kept some traces from being graded, empty where nothing did."""
        count = len(self.faulty)
        which = "trace has" if count == 1 else "traces have"
        return storable(f"{count:,} {which} no grade; {self.first_fault}") if count else ""
