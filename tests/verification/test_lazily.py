"""Properties computed when asked for: once, without a lock that a forked process would wait for."""

import multiprocessing
import threading

import pytest

from qftapp.verification.lazily import lazily

# From 3.12 on, Python warns of the very thing that is tried here.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

SECONDS = 30


class Slow:
    def __init__(self, wait=lambda: None):
        self.wait = wait
        self.times = 0

    @lazily
    def answer(self):
        """Six times seven."""
        self.wait()
        self.times += 1
        return 42


def test_value_is_computed_once_for_each_object():
    first, second = Slow(), Slow()
    assert [first.answer, first.answer, first.times, second.times] == [42, 42, 1, 0]


def test_property_keeps_its_docstring():
    assert Slow.answer.__doc__ == "Six times seven."


def test_process_forked_while_a_value_is_computed_computes_its_own():
    is_computing, may_end = threading.Event(), threading.Event()
    busy = Slow(lambda: (is_computing.set(), may_end.wait(SECONDS)))
    thread = threading.Thread(target=lambda: busy.answer)
    thread.start()
    try:
        assert is_computing.wait(SECONDS)
        child = multiprocessing.get_context("fork").Process(target=lambda: Slow().answer, daemon=True)
        child.start()
        child.join(SECONDS)
        has_ended = child.exitcode == 0
        child.kill()
    finally:
        may_end.set()
        thread.join()
    assert has_ended
