"""A release put to a tiny model: shards that go on where they stopped, samples that differ, traces that arrive."""

import json

import pytest

from qftapp.actors import tokens
from qftapp.releases import package
from qftapp.runs.models import Trace
from tests import factories
from tests.runs.files import files_folder, work
from training import sample
from training.engines import Answer
from training.shards import Shards
from training.uploading import Uploader, UploadFailed

__all__ = ["files_folder"]


@pytest.fixture
def items(tmp_path):
    rows = [{"slug": f"item-{n}", "version": 1, "prompt": "What?", "split": ("train", "test")[n % 2]} for n in range(6)]
    path = tmp_path / "items.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def run(items, output, tiny, *flags):
    given = ["--model", str(tiny), "--items", str(items), "--output", str(output), "--engine", "transformers"]
    return sample.main([*given, "--max-tokens", "4", *flags])


def rows(output):
    found = [json.loads(line) for path in sorted(output.glob("*.jsonl")) for line in path.read_text().splitlines()]
    return {(row["item"], row["sample"]): row for row in found}


def test_every_sample_of_the_split_is_answered_once(items, tiny, tmp_path, capsys):
    assert run(items, tmp_path / "out", tiny, "--samples", "2", "--split", "test", "--shard", "4") == 0

    found = rows(tmp_path / "out")
    assert set(found) == {(f"item-{n}", sample) for n in (1, 3, 5) for sample in range(2)}
    assert len({row["text"] for row in found.values()}) == 6  # the same prompt, a seed of its own each
    assert found["item-1", 0]["finish_reason"] in ("stop", "length")
    assert found["item-1", 0]["output_tokens"] <= 4
    assert [path.name for path in Shards(tmp_path / "out", 0).files()] == [
        "traces-000-00000.jsonl", "traces-000-00001.jsonl"
    ]  # fmt: skip

    first = found["item-3", 1]["text"]
    (tmp_path / "out/traces-000-00001.jsonl").unlink()
    assert run(items, tmp_path / "out", tiny, "--samples", "2", "--split", "test", "--shard", "4") == 0
    assert rows(tmp_path / "out")["item-3", 1]["text"] == first  # the same seed again
    assert "6 samples, 4 are there already" in capsys.readouterr().out


def test_model_that_is_not_here_is_refused(items, tmp_path, capsys):
    assert run(items, tmp_path / "out", tmp_path / "none", "--samples", "1") == 2
    assert "cannot be loaded" in capsys.readouterr().err


def test_what_stands_in_shards_is_not_asked_again(tmp_path):
    asked = [sample.Asked(f"item-{n}", 1, 0, [], n) for n in range(5)]
    engine = Interrupted(after=2)
    with pytest.raises(KeyboardInterrupt):
        sample._sample(engine, asked, Shards(tmp_path, 0), 2)
    assert Shards(tmp_path, 0).done() == {("item-0", 1, 0), ("item-1", 1, 0)}
    assert not list(tmp_path.glob("traces-000-00001.jsonl"))


def test_a_file_that_went_missing_is_not_written_over(tmp_path):
    shards = Shards(tmp_path, 0)
    for number in range(3):
        shards.write([{"item": f"item-{number}", "version": 1, "sample": 0}])
    shards.files()[1].unlink()
    shards.write([{"item": "item-1", "version": 1, "sample": 0}])
    assert shards.done() == {(f"item-{number}", 1, 0) for number in range(3)}


class Interrupted:
    """An engine that answers some questions, until somebody presses Ctrl-C."""

    def __init__(self, after):
        self.left = after

    def answers(self, asked):
        if self.left < len(asked):
            raise KeyboardInterrupt
        self.left -= len(asked)
        return [Answer("?", "stop", 1, 1) for _ in asked]


def test_parts_share_the_items_out(items):
    parts = [sample.asked(str(items), "", 2, 0, part, 4) for part in range(4)]
    asked = [(one.item, one.sample) for part in parts for one in part]
    assert sorted(asked) == [(f"item-{n}", k) for n in range(6) for k in range(2)]


def test_seeds_differ_by_item_and_sample():
    seeds = {sample.sample_seed(0, item, k) for item in ("a", "b") for k in range(50)} | {sample.sample_seed(1, "a", 0)}
    assert len(seeds) == 101


@pytest.mark.parametrize(
    ("flags", "problem"),
    [(["--split", "validation"], "has no items in the split validation"), (["--url", "http://x"], "needs --run SLUG")],
)
def test_what_cannot_be_begun_is_refused(items, tiny, tmp_path, capsys, flags, problem):
    assert run(items, tmp_path / "out", tiny, "--samples", "1", *flags) == 2
    assert problem in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_traces_of_a_release_arrive_in_their_run(tiny, tmp_path, live_server, monkeypatch):
    release = factories.frozen_release(factories.approved("width"), factories.approved("length"))
    (tmp_path / "items.jsonl").write_bytes(package._files(release)[package.ITEMS])
    factories.RunFactory(slug="ours", release=release, purpose="evaluate", split="test")
    _, secret = tokens.create(by=factories.person("farah"), name="gpu")
    monkeypatch.setenv(sample.TOKEN, secret)
    monkeypatch.setattr("training.uploading.time.sleep", lambda seconds: work())
    flags = ["--samples", "2", "--shard", "2", "--url", live_server.url, "--run", "ours"]

    assert run(tmp_path / "items.jsonl", tmp_path / "out", tiny, *flags) == 0
    assert run(tmp_path / "items.jsonl", tmp_path / "out", tiny, *flags) == 0  # sent again, nothing comes twice

    assert Trace.objects.filter(run__slug="ours").count() == 4
    trace = Trace.objects.get(run__slug="ours", item_version__item__slug="width", sample_index=1)
    assert trace.text == rows(tmp_path / "out")["width", 1]["text"]


@pytest.mark.django_db(transaction=True)
def test_upload_that_is_refused_says_why(tmp_path, live_server):
    shard = tmp_path / "traces.jsonl"
    shard.write_text('{"item": "none", "text": "?"}\n')
    with Uploader(live_server.url, "ours", "qft_wrong") as uploader, pytest.raises(UploadFailed, match="status 401"):
        uploader.send(shard)
