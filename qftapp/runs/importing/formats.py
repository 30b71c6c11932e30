"""The formats of files of traces, and which of them a file has by its name."""

from qftapp.runs.importing import inspect_logs, jsonl, parquet
from qftapp.runs.importing.rows import Reader
from qftapp.runs.models import TraceImport

READERS: dict[str, Reader] = {
    TraceImport.Format.JSONL: jsonl.read,
    TraceImport.Format.PARQUET: parquet.read,
    TraceImport.Format.INSPECT: inspect_logs.read,
}

_ENDINGS = {
    ".jsonl": TraceImport.Format.JSONL,
    ".jsonl.gz": TraceImport.Format.JSONL,
    ".ndjson": TraceImport.Format.JSONL,
    ".ndjson.gz": TraceImport.Format.JSONL,
    ".parquet": TraceImport.Format.PARQUET,
    ".eval": TraceImport.Format.INSPECT,
    ".json": TraceImport.Format.INSPECT,
}
ENDINGS = ", ".join(_ENDINGS)


def format_of(filename: str) -> str:
    """The format that files of such a name have, "" where the name does not tell."""
    name = filename.lower()
    return next((format for ending, format in _ENDINGS.items() if name.endswith(ending)), "")
