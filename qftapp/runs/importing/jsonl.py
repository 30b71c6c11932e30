"""JSON lines, also packed by gzip: one object a line, read line by line."""

import gzip
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from io import BufferedReader, FileIO
from pathlib import Path
from typing import IO

import orjson

from qftapp.runs.importing.rows import MAX_ROW_BYTES, MAX_UNPACKED_BYTES, Row, Unreadable

GZIP = b"\x1f\x8b"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
CHUNK = 2**20


def read(path: Path, wanted: frozenset[str] | None = None) -> Iterator[Row]:
    """The rows of the file; empty lines are passed over, and counted as lines."""
    with BufferedReader(FileIO(path), CHUNK) as raw:
        stream: gzip.GzipFile | IO[bytes] = gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == GZIP else raw
        try:
            for number, line in _lines(stream):
                if line is None:
                    yield Row(number, None, f"the line is longer than {MAX_ROW_BYTES // 2**20} MB", raw.tell())
                elif not line.isspace():
                    yield _row(number, line, raw.tell())
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Unreadable(f"The file is damaged or ends in the middle: {error}.") from None


def _lines(stream: gzip.GzipFile | IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their numbers, None in place of one that is too long to be held."""
    number = size = 0
    while line := stream.readline(MAX_ROW_BYTES):
        number += 1
        size += len(line)
        if number == 1:
            if line.startswith(UTF_16):
                raise Unreadable("The file is not text in UTF-8 (it looks like UTF-16); save it as UTF-8.")
            line = line.removeprefix(BOM_UTF8)
        is_whole = len(line) < MAX_ROW_BYTES or line.endswith(b"\n")
        yield number, line if is_whole else None
        while not is_whole and (rest := stream.readline(CHUNK)):
            size += len(rest)
            is_whole = rest.endswith(b"\n")
        if size > MAX_UNPACKED_BYTES:
            raise Unreadable(f"The file unpacks to more than {MAX_UNPACKED_BYTES // 2**30} GB.")


def _row(number: int, line: bytes, at: int) -> Row:
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Row(number, None, f"not JSON: {error.msg} at character {error.pos + 1}", at)
    if not isinstance(values, dict):
        return Row(number, None, "not a JSON object", at)
    return Row(number, values, "", at)
