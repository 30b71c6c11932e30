"""The folder of a job: what is kept, checked and found again."""

import gzip
import hashlib

import pytest
import yaml

from tests.servers import vendor
from training.client import Client
from training.following import Follower
from training.job_folder import JobFolder, Sent, Spoiled, hash_of, merged

ROWS = b'{"item": "width"}\n'
JOB = {
    "slug": "job", "claim": "c", "method": "sft", "config": {"learning_rate": 1e-6, "lora": {"rank": 8}},
    "base": {"slug": "qwen", "locator": "/models/qwen"},
    "export": {"slug": "first", "sha256": hashlib.sha256(ROWS).hexdigest()}, "rollouts": None, "checkpoint": None,
}  # fmt: skip


@pytest.fixture
def folder(tmp_path) -> JobFolder:
    (tmp_path / "job").mkdir()
    found = JobFolder(tmp_path / "job")
    found.open(JOB)
    return found


@pytest.mark.parametrize("content", [ROWS, gzip.compress(ROWS, mtime=0)], ids=["plain", "gzipped"])
def test_rows_are_unpacked_and_have_the_hash_that_was_promised(folder, tmp_path, content):
    (tmp_path / "download").write_bytes(content)
    folder.keep_rows(tmp_path / "download")
    assert folder.rows.read_bytes() == ROWS


def test_rows_with_another_hash_are_not_kept(folder, tmp_path):
    (tmp_path / "download").write_bytes(b"{}\n")
    with pytest.raises(Spoiled):
        folder.keep_rows(tmp_path / "download")
    assert not folder.rows.exists()


def test_config_is_read_back_as_it_was_told_with_the_machine_over_it(folder):
    folder.write_config({"devices": 4, "lora": {"alpha": 16}})
    told = yaml.safe_load(folder.config.read_text())
    assert (told["learning_rate"], told["devices"], told["lora"]) == (1e-6, 4, {"rank": 8, "alpha": 16})
    assert (told["model"], told["data"]) == ("/models/qwen", str(folder.rows))


def test_machine_does_not_choose_model_rows_or_output(folder):
    folder.write_config({"model": "/other", "output": "/elsewhere"})
    told = yaml.safe_load(folder.config.read_text())
    assert (told["model"], told["output"]) == ("/models/qwen", str(folder.output))


def test_what_was_sent_is_found_again_and_a_closed_folder_is_not_open(folder):
    folder.sent = Sent(offset=7, step=3)
    again = JobFolder(folder.path)
    assert (again.sent.offset, again.sent.step, again.is_open) == (7, 3, True)
    again.close()
    assert not JobFolder(folder.path).is_open


def test_hash_tells_names_and_contents_apart(tmp_path):
    hashes = set()
    for number, files in enumerate([{"a": "1", "b": "2"}, {"a": "12", "b": ""}, {"a": "1", "c": "2"}]):
        place = tmp_path / str(number)
        place.mkdir()
        for name, text in files.items():
            (place / name).write_text(text)
        hashes.add(hash_of(place))
    assert len(hashes) == 3


def test_log_shows_a_line_that_is_written_again_and_again_as_it_looks_at_last(folder):
    folder.log.write_bytes(b"begun\n 1 of 9\r 2 of 9\r 3 of 9\nend\xff\n")
    assert folder.log_tail() == "begun\n 3 of 9\nend\N{REPLACEMENT CHARACTER}\n"


def test_log_is_shown_in_whole_lines(folder):
    folder.log.write_text("first line\nsecond\nthird\n")
    assert folder.log_tail(16) == "second\nthird\n"
    assert folder.log_tail(13) == "second\nthird\n"
    assert folder.log_tail(12) == "third\n"
    folder.log.write_text("no end yet")
    assert folder.log_tail(3) == "yet"


def test_parts_of_configs_are_merged_one_by_one():
    assert merged({"a": 1, "b": {"c": 1, "d": 2}}, {"b": {"d": 3}, "e": 4}) == {"a": 1, "b": {"c": 1, "d": 3}, "e": 4}


def test_torn_line_is_waited_for_and_one_that_stays_torn_is_passed_over(folder):
    first = '{"kind": "metrics", "step": 1, "steps": 2, "metrics": {"loss": 1.5, "a b": NaN, "is": true}}\n'
    folder.progress.write_text(first + '{"kind": "metr')
    with vendor(lambda body: (200, {}, {"state": "running"})) as server:
        client = Client(server.address.removesuffix("/v1"), "qft_secret")
        follower = Follower(folder, client)
        follower.send()
        follower.send()
        with folder.progress.open("a") as file:
            file.write('\n{"kind": "metrics", "step": 2, "steps": 2, "metrics": {"loss": 1.25}}\n')
        follower.send()
        client.close()

    told = [report["metrics"] for report in server.asked]
    loss, nothing = {"name": "loss", "step": 1, "value": 1.5}, {"name": "a_b", "step": 1, "value": None}
    assert told == [[loss, nothing], [{"name": "loss", "step": 2, "value": 1.25}]]
