"""A list page's twins: the same rows as a file, CSV for a spreadsheet or JSON for a program, streamed."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from django.http import StreamingHttpResponse

Rows = Iterable[Mapping[str, Any]]


def csv_file(name: str, columns: Sequence[str], rows: Rows) -> StreamingHttpResponse:
    """The rows as CSV with a line of column names; each row holds exactly the columns."""
    return stream(_csv_lines(columns, rows), "text/csv; charset=utf-8", f"{name}.csv")


def json_file(name: str, rows: Rows) -> StreamingHttpResponse:
    """The rows as a JSON array, one row a line."""
    return stream(_json_lines(rows), "application/json", f"{name}.json")


def stream(lines: Iterator[Any], content_type: str, file_name: str) -> StreamingHttpResponse:
    """Lines as a file to save."""
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return StreamingHttpResponse(lines, content_type=content_type, headers=headers)


def _csv_lines(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: harmless(value) for name, value in row.items()})
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _json_lines(rows: Rows) -> Iterator[bytes]:
    yield b"["
    for number, row in enumerate(rows):
        yield (b",\n" if number else b"\n") + orjson.dumps(dict(row))
    yield b"\n]\n"
