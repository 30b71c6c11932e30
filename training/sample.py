"""A release put to a model here: python -m training.sample --model LOCATOR --items FILE --samples N --output DIR.

Traces come in shards; what stands in them is not asked again, so that starting again is going on. A run can be split
into parts, which may be the tasks of a job array. With --url the traces are brought into a run of the application.
"""

import argparse
import hashlib
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from training import models
from training.engines import Asked, Engine, Sampling, TransformersEngine, VllmEngine
from training.faults import CannotStart
from training.rows import lines
from training.shards import Key, Shards
from training.uploading import Uploader, UploadFailed

TOKEN = "QFT_TOKEN"  # noqa: S105  # a name, no secret
"""The variable of the environment that holds the token of the application."""
HIGHEST_SEED = 2**31


def main(arguments: Sequence[str] | None = None) -> int:
    """Sample and bring in; returns 0, 1 if traces could not be brought in, 2 if nothing could be begun."""
    given = _parser().parse_args(arguments)
    models.quiet(offline=not given.online)
    try:
        uploader = _uploader(given)
        questions = asked(given.items, given.split, given.samples, given.seed, given.part, given.parts)
        shards = Shards(given.output, given.part)
        done = shards.done()
        left = [question for question in questions if _key(question) not in done]
        print(f"{len(questions):,} samples, {len(questions) - len(left):,} are there already", flush=True)
        if left:
            _sample(_engine(given), left, shards, given.shard)
        if uploader:
            with uploader:
                _bring_in(shards, uploader)
    except CannotStart as error:
        sys.stderr.writelines(f"{problem}\n" for problem in error.problems)
        return 2
    except UploadFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def asked(items: str, split: str, samples: int, seed: int, part: int, parts: int) -> list[Asked]:
    """Return the questions of one part: the first samples of all items before the second ones. Raises CannotStart."""
    rows = list(_items(items, split))[part::parts]
    return [
        Asked(item, version, sample, [{"role": "user", "content": prompt}], sample_seed(seed, item, sample))
        for sample in range(samples)
        for item, version, prompt in rows
    ]


def sample_seed(seed: int, item: str, sample: int) -> int:
    """Return a seed of its own for each sample: with one seed for all, all samples of an item would be the same."""
    digest = hashlib.sha256(f"{seed}/{item}/{sample}".encode()).digest()
    return int.from_bytes(digest[:8]) % HIGHEST_SEED


def _items(path: str, split: str) -> Iterator[tuple[str, int, str]]:
    """Yield slug, version and prompt of the items of a release, as its items.jsonl has them."""
    found = False
    for number, row in lines(path):
        if not isinstance(row, dict) or not {"slug", "version", "prompt"} <= row.keys():
            raise CannotStart(f"{path}: line {number}: slug, version and prompt are expected, as in a frozen release")
        if not split or row.get("split") == split:
            found = True
            yield row["slug"], row["version"], row["prompt"]
    if not found:
        raise CannotStart(f"{path}: has no items{f' in the split {split}' if split else ''}")


def _sample(engine: Engine, left: Sequence[Asked], shards: Shards, size: int) -> None:
    """Ask what is left, shard by shard."""
    done, started = 0, time.monotonic()
    for start in range(0, len(left), size):
        chunk = left[start : start + size]
        answers = engine.answers(chunk)
        shards.write(
            {
                "item": question.item,
                "version": question.version,
                "sample": question.sample,
                "text": answer.text,
                "finish_reason": answer.finish_reason,
                "input_tokens": answer.input_tokens,
                "output_tokens": answer.output_tokens,
            }
            for question, answer in zip(chunk, answers, strict=True)
        )
        done += len(chunk)
        pace = done / (time.monotonic() - started)
        print(f"{done:,} of {len(left):,}, {pace:.1f} a second", flush=True)


def _bring_in(shards: Shards, uploader: Uploader) -> None:
    for path in shards.files():
        report = uploader.send(path)
        print(f"{path.name}: {report['arrived']:,} arrived, {report['present']:,} were there", flush=True)


def _key(question: Asked) -> Key:
    return question.item, question.version, question.sample


def _engine(given: argparse.Namespace) -> Engine:
    sampling = Sampling(given.temperature, given.top_p, given.max_tokens)
    if given.engine == "transformers":
        with models.named(given.model):
            return TransformersEngine(given.model, given.template, sampling)
    options: dict[str, Any] = {
        "tensor_parallel_size": given.tensor_parallel,
        "gpu_memory_utilization": given.memory,
        "enforce_eager": given.eager,
        "dtype": given.precision,
    }
    if given.max_length:
        options["max_model_len"] = given.max_length
    with models.named(given.model):
        return VllmEngine(given.model, given.template, sampling, options)


def _uploader(given: argparse.Namespace) -> Uploader | None:
    if not given.url:
        return None
    if not given.run or not os.environ.get(TOKEN):
        raise CannotStart(f"--url: needs --run SLUG and a token in {TOKEN}")
    return Uploader(given.url, given.run, os.environ[TOKEN])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.sample", description="Put a release to a model.")
    parser.add_argument("--model", required=True, help="folder or name on a hub; a folder of LoRA adapters too")
    parser.add_argument("--items", required=True, help="items.jsonl of a frozen release")
    parser.add_argument("--samples", type=int, required=True, help="answers to each item")
    parser.add_argument("--output", type=Path, required=True, help="folder of the shards")
    parser.add_argument("--split", default="", help="train, validation or test; all without it")
    parser.add_argument("--engine", choices=("vllm", "transformers"), default="vllm")
    parser.add_argument("--template", default="", help="chat template: the model's own, plain, chatml or a file")
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--top-p", type=float, default=1.0)
    parser.add_argument("--max-tokens", type=int, default=8192)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shard", type=int, default=1024, help="traces in a file; what a crash may cost")
    parser.add_argument("--part", type=int, default=0, help="which part of the items, from 0")
    parser.add_argument("--parts", type=int, default=1)
    parser.add_argument("--tensor-parallel", type=int, default=1, help="GPUs of one model (vLLM)")
    parser.add_argument("--memory", type=float, default=0.9, help="share of each GPU's memory (vLLM)")
    parser.add_argument("--max-length", type=int, default=0, help="tokens of prompt and answer (vLLM)")
    parser.add_argument("--eager", action="store_true", help="compile nothing: starts sooner, is slower (vLLM)")
    parser.add_argument("--precision", choices=("auto", "bfloat16", "float16", "float32"), default="auto", help="vLLM")
    parser.add_argument("--online", action="store_true", help="models may be fetched from a hub")
    parser.add_argument("--url", default="", help="of the application, to bring the traces into a run")
    parser.add_argument("--run", default="", help="slug of that run")
    return parser


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # engines end in order
    sys.exit(main())
