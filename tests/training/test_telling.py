"""What a trainer tells while it runs, and how it hears that it should end."""

import json
import math
import os
import signal

import pytest

from training.config import Sft
from training.planning import last_checkpoint
from training.progress import FILE, Progress
from training.stopping import Stopped, Stopping


def lines(folder):
    return [json.loads(line) for line in (folder / FILE).read_text().splitlines()]


def test_only_finite_numbers_are_told(tmp_path):
    Progress(tmp_path).metrics(3, 9, {"reward": math.nan, "loss": 0.5, "kl": math.inf, "name": "x", "done": True})
    (line,) = lines(tmp_path)
    assert (line["kind"], line["step"], line["steps"], line["metrics"]) == ("metrics", 3, 9, {"loss": 0.5})


def test_line_that_a_killed_trainer_left_does_not_spoil_the_next(tmp_path):
    Progress(tmp_path).checkpoint(1)
    with (tmp_path / FILE).open("a") as file:
        file.write('{"kind": "metr')
    Progress(tmp_path).end(finished=True)
    torn = (tmp_path / FILE).read_text().splitlines()[1]
    assert torn == '{"kind": "metr'
    assert json.loads((tmp_path / FILE).read_text().splitlines()[2]) == {"kind": "end", "step": 0, "finished": True}


def test_other_processes_of_a_trainer_tell_nothing(tmp_path):
    Progress(tmp_path / "out", writes=False).end(finished=True)
    assert not (tmp_path / "out").exists()


def test_term_before_training_ends_at_once_and_later_waits_for_the_step():
    before = signal.getsignal(signal.SIGTERM)
    with Stopping() as stopping:
        with pytest.raises(Stopped):
            os.kill(os.getpid(), signal.SIGTERM)
        stopping.is_training, stopping.is_wanted = True, False
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopping.is_wanted
    assert signal.getsignal(signal.SIGTERM) is before


def test_checkpoint_that_was_not_written_whole_is_passed_over(tmp_path):
    for step, is_whole in ((10, True), (100, True), (200, False)):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        if is_whole:
            (folder / "trainer_state.json").write_text("{}")
    config = Sft(model="m", data="d", output=str(tmp_path))
    assert last_checkpoint(config) == tmp_path / "checkpoint-100"
    assert last_checkpoint(Sft(model="m", data="d", output=str(tmp_path), resume=False)) is None
