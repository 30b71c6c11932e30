"""Evaluation logs of Inspect, as its versions 0.3 write them: log version 2, as .eval and as .json.

An .eval file is a zip archive whose members `samples/<id>_epoch_<n>.json` hold a sample each, beside `header.json` or,
of an evaluation that did not end, `_journal/start.json`; members are packed by deflate or zstd. A .json file is one
object whose `samples` are the same. A sample's id is the item's slug, its epoch, from 1, says which sample it is; all
messages of the assistant make the text. A log of a later version is refused.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson

from qftapp.runs.importing.json_parts import parts
from qftapp.runs.importing.rows import MAX_ROW_BYTES, MAX_UNPACKED_BYTES, Row, Unreadable
from qftapp.runs.importing.thoughts import with_thoughts
from qftapp.runs.importing.zip_members import TooLong, open_archive, unpack

LOG_VERSION = 2
ZIP = b"PK"
HEADERS = ("header.json", "_journal/start.json")
STOP_REASONS = {"max_tokens": "length", "model_length": "length"}
TOO_LONG = f"the sample is longer than {MAX_ROW_BYTES // 2**20} MB"


def read(path: Path, wanted: frozenset[str] | None = None) -> Iterator[Row]:
    """The samples of the log, by our own column names."""
    with path.open("rb") as file:
        is_archive = file.read(2) == ZIP
    return _read_eval(path) if is_archive else _read_json(path)


def model_of(path: Path) -> str:
    """The model that the log names, "" where none is found at its beginning."""
    with path.open("rb") as file:
        if file.read(2) == ZIP:
            with open_archive(path) as archive:
                return str(_spec(_header(archive)).get("model") or "")
        file.seek(0)
        for name, part in parts(file):
            if name == "eval":
                return str(_spec({"eval": _parse(part or b"")}).get("model") or "")
            if name == "samples":
                break
    return ""


def _spec(header: Mapping[str, Any]) -> Mapping[str, Any]:
    spec = header.get("eval")
    return spec if isinstance(spec, dict) else {}


def _read_eval(path: Path) -> Iterator[Row]:
    with open_archive(path) as archive:
        _check_version(_header(archive).get("version"))
        members = [one for one in archive.infolist() if one.filename.startswith("samples/")]
        at = unpacked = 0
        for number, member in enumerate(members, 1):
            at += member.compress_size
            try:
                content = unpack(archive, member, at_most=MAX_ROW_BYTES)
            except TooLong:
                unpacked += MAX_ROW_BYTES
                yield Row(number, None, TOO_LONG, at)
            except ValueError as error:
                yield Row(number, None, f"the sample {error}", at)
            else:
                unpacked += len(content)
                yield _row(number, content, at)
            if unpacked > MAX_UNPACKED_BYTES:
                raise Unreadable(f"The log unpacks to more than {MAX_UNPACKED_BYTES // 2**30} GB.")


def _header(archive: ZipFile) -> Mapping[str, Any]:
    for name in HEADERS:
        if name in archive.NameToInfo:
            try:
                found = _parse(unpack(archive, archive.getinfo(name), at_most=MAX_ROW_BYTES))
            except (TooLong, ValueError) as error:
                raise Unreadable(f"The log's {name} cannot be read: {error}") from None
            return found if isinstance(found, dict) else {}
    raise Unreadable("The archive is no log of Inspect: it has no header.json.")


def _read_json(path: Path) -> Iterator[Row]:
    number = 0
    with path.open("rb") as file:
        for name, part in parts(file):
            if name == "version":
                _check_version(_parse(part or b""))
            if name != "samples":
                continue
            number += 1
            yield Row(number, None, TOO_LONG, file.tell()) if part is None else _row(number, part, file.tell())


def _check_version(version: object) -> None:
    if version != LOG_VERSION:
        raise Unreadable(f"The log is of version {version}; version {LOG_VERSION} is read.")


def _parse(content: bytes) -> Any:
    """The JSON value; Inspect also writes NaN and Infinity, which JSON does not know. Raises ValueError."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        try:
            return json.loads(content)
        except RecursionError:
            raise ValueError("is nested too deeply") from None


def _row(number: int, content: bytes, at: int) -> Row:
    try:
        sample = _parse(content)
    except ValueError as error:
        return Row(number, None, f"not JSON: {error}", at)
    if not isinstance(sample, dict):
        return Row(number, None, "not a JSON object", at)
    values = _values(sample)
    if not values["text"] and isinstance(sample.get("error"), dict):
        message = str(sample["error"].get("message") or "")[:300]
        return Row(number, None, f"the sample ended with an error: {message}", at)
    return Row(number, values, "", at)


def _values(sample: Mapping[str, Any]) -> dict[str, Any]:
    """What a sample says, by our column names."""
    output = _object(sample.get("output"))
    usage = _object(output.get("usage"))
    choices = output.get("choices")
    choice = _object(choices[0]) if isinstance(choices, list) and choices else {}
    epoch = sample.get("epoch")
    stop = choice.get("stop_reason")
    return {
        "item": sample.get("id"),
        "sample": epoch - 1 if type(epoch) is int else epoch,
        "text": "\n\n".join(_texts(sample, choice)),
        "finish_reason": STOP_REASONS.get(stop, stop) if isinstance(stop, str) else "",
        "input_tokens": usage.get("input_tokens"),
        "output_tokens": usage.get("output_tokens"),
        "seconds": output.get("time") or sample.get("working_time"),
    }


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(sample: Mapping[str, Any], choice: Mapping[str, Any]) -> Iterator[str]:
    """The assistant's messages, or that of the output where the conversation holds none."""
    attachments = _object(sample.get("attachments"))
    messages = sample.get("messages")
    said = [_object(one) for one in messages] if isinstance(messages, list) else []
    said = [one for one in said if one.get("role") == "assistant"] or [_object(choice.get("message"))]
    for message in said:
        if text := _text(message.get("content"), attachments):
            yield text


def _text(content: object, attachments: Mapping[str, Any]) -> str:
    """A message's text, with what the model thought in <think>."""
    if isinstance(content, str):
        return _attached(content, attachments)
    text = thoughts = ""
    for part in map(_object, content if isinstance(content, list) else []):
        if part.get("type") == "reasoning":
            said = part.get("summary") if part.get("redacted") else part.get("reasoning")
            thoughts += _attached(said, attachments)
        elif part.get("type") == "text":
            text += _attached(part.get("text"), attachments)
    return with_thoughts(thoughts, text)


def _attached(text: object, attachments: Mapping[str, Any]) -> str:
    """The text, looked up where the log keeps it apart."""
    if not isinstance(text, str):
        return ""
    kept = attachments.get(text.removeprefix("attachment://")) if text.startswith("attachment://") else text
    return kept if isinstance(kept, str) else text
