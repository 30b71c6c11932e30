"""Evaluation logs as Inspect writes them, reduced to what is read."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import orjson
import pyarrow

SPEC = {"task": "qft", "model": "openai/gpt-x", "created": "2026-01-01T00:00:00+00:00"}


def sample(item: str = "width", epoch: int = 1, content: Any = "The width.", **given: Any) -> dict[str, Any]:
    """A sample of one answer."""
    message = {"role": "assistant", "content": content, "source": "generate"}
    usage = {"input_tokens": 11, "output_tokens": 22, "total_tokens": 33}
    output = {"model": "gpt-x", "choices": [{"message": message, "stop_reason": "stop"}], "usage": usage, "time": 1.25}
    messages = [{"role": "system", "content": "s"}, {"role": "user", "content": "Find it."}, message]
    return {
        "id": item,
        "epoch": epoch,
        "input": "Find it.",
        "target": "",
        "messages": messages,
        "output": output,
    } | given


def as_json(samples: Sequence[Any], version: int = 2, **given: Any) -> bytes:
    """A log as .json."""
    return orjson.dumps({"version": version, "status": "success", "eval": SPEC, **given, "samples": list(samples)})


def as_eval(
    samples: Sequence[Any], *, packed_by: str = "deflate", header: str = "header.json", version: int = 2
) -> bytes:
    """A log as .eval."""
    members = {
        f"samples/{one['id']}_epoch_{one['epoch']}.json" if isinstance(one, dict) else f"samples/{number}.json": one
        for number, one in enumerate(samples)
    }
    kept = {"summaries.json": b"[]"} | members | {header: {"version": version, "status": "success", "eval": SPEC}}
    written = {name: one if isinstance(one, bytes) else orjson.dumps(one) for name, one in kept.items()}
    return zipped_by_zstd(written) if packed_by == "zstd" else zipped(written)


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def zipped_by_zstd(members: dict[str, bytes]) -> bytes:
    """A zip archive whose members are packed by zstd: stored packed, then marked as what they are."""
    codec = pyarrow.Codec("zstd")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, codec.compress(content, asbytes=True))
        for info in archive.infolist():
            info.compress_type = 93
            info.file_size = len(members[info.filename])
            info.CRC = zipfile.crc32(members[info.filename])
    return buffer.getvalue()
