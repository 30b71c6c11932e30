"""Releases sampled by vLLM's offline engine: killed and gone on with, adapters on their base, traces brought in."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from safetensors.torch import load_file, save_file

from qftapp.actors import tokens
from qftapp.releases import package
from qftapp.runs.models import Trace, TraceImport
from tests import factories
from tests.runs.files import files_folder, work
from tests.servers import OFFLINE
from tests.training.trainers import run
from tests.vllm.engine import EAGER, ENVIRONMENT, PYTHON
from training.engines import Asked, Sampling, TransformersEngine
from training.lookups import NAMES, rl_row, sft_rows, write
from training.sample import TOKEN

__all__ = ["files_folder"]

SAMPLES, SHARD = 60, 12


@contextmanager
def sampler(*arguments: object, log: Path, **environment: str) -> Iterator[subprocess.Popen]:
    """A sampler with vLLM; it does not outlive the test."""
    with log.open("a") as said:
        process = subprocess.Popen(
            [PYTHON, "-m", "training.sample", *map(str, arguments), *EAGER],
            env={**os.environ, **OFFLINE, **ENVIRONMENT, **environment},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def stop_at(shards: int, process: subprocess.Popen, output: Path, signal_number: int) -> None:
    """Send a signal once so many shards are there; nothing that could hold the memory of a GPU may stay."""
    while process.poll() is None and len(list(output.glob("*.jsonl"))) < shards:
        time.sleep(0.01)
    helpers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal_number)
    process.wait(60)
    left = psutil.wait_procs(helpers, timeout=30)[1]
    for helper in left:
        helper.kill()
    assert left == []


def rows_in(folder: Path) -> list[dict]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]


@pytest.mark.django_db(transaction=True)
def test_sampler_killed_in_the_middle_goes_on_and_its_traces_arrive(tiny, tmp_path, live_server):
    release = factories.frozen_release(factories.approved("width"), factories.approved("length"))
    (tmp_path / "items.jsonl").write_bytes(package._files(release)[package.ITEMS])
    factories.RunFactory(slug="ours", release=release, purpose="evaluate", split="test")
    _, secret = tokens.create(by=factories.person("farah"), name="gpu")
    output, log = tmp_path / "out", tmp_path / "log"
    given = ["--model", tiny, "--items", tmp_path / "items.jsonl", "--output", output, "--samples", SAMPLES]
    given += ["--max-tokens", "32", "--shard", str(SHARD)]

    for signal_number, shards in ((signal.SIGTERM, 2), (signal.SIGKILL, 4)):
        with sampler(*given, log=log) as process:
            stop_at(shards, process, output, signal_number)
    kept = {path.name: path.read_bytes() for path in output.glob("*.jsonl")}
    assert 4 <= len(kept) < 2 * SAMPLES // SHARD, log.read_text()[-3000:]

    with sampler(*given, "--url", live_server.url, "--run", "ours", log=log, **{TOKEN: secret}) as process:
        while process.poll() is None:
            if TraceImport.objects.filter(finished_at=None).exists():
                work()
            time.sleep(0.2)

    assert process.returncode == 0, log.read_text()[-3000:]
    assert f"{2 * SAMPLES} samples, {SHARD * len(kept)} are there already" in log.read_text()
    assert {name: (output / name).read_bytes() for name in kept} == kept
    found = rows_in(output)
    assert sorted((row["item"], row["sample"]) for row in found) == [
        (item, sample) for item in ("length", "width") for sample in range(SAMPLES)
    ]
    assert len({row["text"] for row in found}) > SAMPLES  # a seed of its own each
    assert Trace.objects.filter(run__slug="ours").count() == 2 * SAMPLES
    text = next(row["text"] for row in found if (row["item"], row["sample"]) == ("width", 1))
    assert Trace.objects.get(run__slug="ours", item_version__item__slug="width", sample_index=1).text == text


def test_adapters_answer_in_vllm_as_they_do_in_transformers(tiny, tmp_path):
    data = write(tmp_path / "sft.jsonl", sft_rows())
    given = ["--model", str(tiny), "--data", data, "--output", str(tmp_path / "sft"), "--max_length", "256"]
    given += ["--batch", "32", "--steps", "20", "--learning_rate", "1e-2", "--gradient_checkpointing", "false"]
    assert run("sft", *given, "--lora.rank", "8", "--save_every", "20").returncode == 0
    adapters = tmp_path / "sft" / "checkpoint-20"
    enlarge(adapters / "adapter_model.safetensors")
    asked = [rl_row(name)["prompt"] for name in NAMES]
    items = [
        {"slug": name, "version": 1, "prompt": messages[0]["content"]}
        for name, messages in zip(NAMES, asked, strict=True)
    ]
    write(tmp_path / "items.jsonl", items)

    told = {}
    for name, model in (("base", tiny), ("adapted", adapters)):
        flags = ["--model", model, "--items", tmp_path / "items.jsonl", "--output", tmp_path / name, "--samples", "1"]
        with sampler(*flags, "--max-tokens", "12", "--temperature", "0", log=tmp_path / "log") as process:
            assert process.wait(500) == 0, (tmp_path / "log").read_text()[-3000:]
        told[name] = {row["item"]: row["text"] for row in rows_in(tmp_path / name)}

    assert told["adapted"] != told["base"]
    for name, model in (("base", tiny), ("adapted", adapters)):
        engine = TransformersEngine(str(model), "", Sampling(temperature=0, max_tokens=12))
        said = engine.answers([Asked(name, 1, 0, messages, 0) for name, messages in zip(NAMES, asked, strict=True)])
        assert told[name] == {item: answer.text for item, answer in zip(NAMES, said, strict=True)}


def enlarge(path: Path) -> None:
    """Make adapters say something else than their base, whatever they have learned."""
    weights = load_file(path)
    save_file({name: 3 * weight for name, weight in weights.items()}, path)
