"""Gradings whose processes are killed, or that somebody stops: what is graded stays, what is left is graded later."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from django.conf import settings
from django.db import connection

from qftapp.runs.grading import actions, execution
from qftapp.runs.models import Grade, Grading
from tests import factories
from tests.runs import grading_of
from tests.runs.grading_of import LOOPS, RIGHT, RUN

pytestmark = pytest.mark.django_db(transaction=True)

EXECUTE = """
import sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from qftapp.runs.grading.execution import execute
execute(int(sys.argv[2]), processes=1)
"""


def asked(run) -> Grading:
    return actions.request(run.pk, by=factories.person("farah"), in_background=False)


def judging(parent: int) -> list[psutil.Process]:
    """The processes that judge for another one."""
    return [each for each in psutil.Process(parent).children() if "spawn_main" in " ".join(each.cmdline())]


def test_killed_pool_process_is_replaced_and_an_answer_that_costs_two_is_given_up():
    run = grading_of.run_of(RIGHT, LOOPS, RIGHT)
    killed = []

    def kill_what_loops(grading: Grading) -> None:
        for process in judging(os.getpid()):
            if process.children() and process.pid not in killed and len(killed) < 2:  # its sandbox runs: it loops
                killed.append(process.pid)
                process.kill()

    execution.execute(asked(run).pk, processes=1, tell=kill_what_loops)

    assert len(killed) == 2
    assert grading_of.outcomes(run) == ["correct", "timeout", "correct"]
    assert Grade.objects.get(outcome="timeout").reason == "its process ended twice while it was judged"
    assert Grading.objects.get().state == "done"


def test_killed_worker_is_followed_by_one_that_goes_on():
    run = grading_of.run_of(*(RUN.format(n) for n in range(150)))
    grading = asked(run)
    worker = subprocess.Popen(
        [sys.executable, "-c", EXECUTE, connection.settings_dict["NAME"], str(grading.pk)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    try:
        while not Grade.objects.exists():
            assert worker.poll() is None
            time.sleep(0.05)
        pool = judging(worker.pid)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    gone, alive = psutil.wait_procs(pool, timeout=10)
    first = set(Grade.objects.values_list("pk", flat=True))
    assert (len(gone), alive) == (1, [])
    assert 0 < len(first) < 150

    execution.execute(grading.pk, processes=1)

    grading.refresh_from_db()
    assert (grading.state, grading.size, grading.progress) == ("done", 150, 150)
    assert grading.done_before == len(first)
    assert Grade.objects.filter(pk__in=first).count() == len(first)
    assert Grade.objects.filter(is_current=True).values("trace").distinct().count() == Grade.objects.count() == 150


def test_cancelled_grading_stops_at_once_and_keeps_what_is_graded():
    run = grading_of.run_of(RIGHT, LOOPS)
    grading = asked(run)

    def cancel_in_the_middle(told: Grading) -> None:
        if told.progress == 1 and not told.has_ended:
            actions.cancel(told.pk, by=factories.person("farah"))

    execution.execute(grading.pk, processes=1, tell=cancel_in_the_middle)

    grading.refresh_from_db()
    assert (grading.state, grading_of.outcomes(run)) == ("cancelled", ["correct"])
    assert judging(os.getpid()) == []


def test_grading_that_is_executed_elsewhere_is_left_alone_and_not_given_up():
    grading = asked(grading_of.run_of(RIGHT))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    holder = connection.copy()
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [execution.LOCK, grading.pk])
        execution.execute(grading.pk, processes=1)
        actions.fail_forsaken()
    finally:
        holder.close()

    grading.refresh_from_db()
    assert (grading.state, Grade.objects.count()) == ("queued", 0)


def test_traces_that_come_while_a_grading_runs_are_graded_too():
    run = grading_of.run_of(RIGHT)
    version = grading_of.traces(run)[0].item_version
    came = []

    def bring_another(grading: Grading) -> None:
        if grading.progress == 1 and not came:
            came.append(grading_of.answer(run, RIGHT, versions=[version], first=1))

    execution.execute(asked(run).pk, processes=1, tell=bring_another)

    assert grading_of.outcomes(run) == ["correct", "correct"]
