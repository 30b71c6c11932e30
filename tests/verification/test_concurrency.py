"""Threads and forked processes judge as one process does: verify() keeps nothing that they could spoil for each other.

Each way runs in a process in which none of the answers has been judged before, since verdicts are remembered.
"""

import multiprocessing
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from qftapp.verification import verify
from qftapp.verification.inference import contract_of
from tests.verification.test_golden import FIELDS, ROWS

QUICK = [row for row in ROWS if not row["id"].startswith("integrals.")]
SILENT = [row for row in QUICK if row["outcome"] == "no_answer"]
SAMPLE = [*SILENT, *QUICK[:: len(QUICK) // 200]][:200]
SEED = 77
SECONDS = 60
THREADS = 8
PROCESSES = 4

# From 3.12 on, Python warns of the very thing that is tried here.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

Outcome = tuple[str, str]


def judged(place: int) -> Outcome:
    """Return outcome and reason of a row; its diagnosis has little time, and is missing where cores are busy."""
    row = SAMPLE[place]
    item = contract_of(row["gold"], row["symbols"], **{field: row[field] for field in FIELDS if row.get(field)})
    verdict = verify(item, row["answer"], seed=SEED, deadline_seconds=SECONDS)
    return verdict.outcome.value, verdict.reason


def judged_in_threads(places: range) -> list[Outcome]:
    """Judge in threads that interrupt each other as often as they can."""
    sys.setswitchinterval(1e-5)
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(judged, places))


def judged_serially(places: range) -> list[Outcome]:
    return [judged(place) for place in places]


def forked(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork"))


@pytest.fixture(scope="module")
def serially() -> list[Outcome]:
    with forked(1) as process:
        return process.submit(judged_serially, range(len(SAMPLE))).result(SECONDS)


def test_sample_is_of_every_outcome_and_notation(serially):
    assert len(SAMPLE) == 200
    assert {outcome for outcome, _ in serially} == {"correct", "wrong", "unreadable", "no_answer"}
    assert any("def answer" in row["answer"] for row in SAMPLE)


def test_threads_judge_as_one_does(serially):
    with forked(1) as process:
        assert process.submit(judged_in_threads, range(len(SAMPLE))).result(SECONDS) == serially


def test_forked_processes_judge_as_one_does(serially):
    with forked(PROCESSES) as processes:
        assert list(processes.map(judged, range(len(SAMPLE)), timeout=SECONDS)) == serially


def forked_while_threads_judge(places: range) -> tuple[list[Outcome], list[Outcome]]:
    """Fork in the midst of verdicts; return what threads of the forks and what threads of this process found."""
    shares = [places[start::PROCESSES] for start in range(PROCESSES)]
    with ThreadPoolExecutor(2) as threads:
        is_busy = threading.Event()
        ours = [threads.submit(lambda place: (is_busy.set(), judged(place))[1], place) for place in places]
        is_busy.wait(SECONDS)
        with forked(PROCESSES) as processes:
            theirs = list(processes.map(judged_in_threads, shares, timeout=SECONDS))
        found = [theirs[n % PROCESSES][n // PROCESSES] for n in range(len(places))]
        return found, [one.result(SECONDS) for one in ours]


def test_process_forked_while_threads_judge_judges_too(serially):
    places = range(0, len(SAMPLE), 5)
    expected = [serially[place] for place in places]
    with forked(1) as process:
        assert process.submit(forked_while_threads_judge, places).result(SECONDS) == (expected, expected)
