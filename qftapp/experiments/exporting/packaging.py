"""An export in a format: its files with README and manifest as one zip, the same export giving the same bytes."""

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qftapp.experiments.exporting.card import readme
from qftapp.experiments.exporting.facts import Facts, facts_of
from qftapp.experiments.exporting.formats import (
    hugging_face,
    inspect_task,
    lm_eval,
    plain,
    trl,
    verifiers,
    verl,
)
from qftapp.experiments.models import Export

README, MANIFEST = "README.md", "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip file can state; a real one would change the bytes."""
_UNIX = 3

ALL = ("sft", "rl", "process")


@dataclass(frozen=True, slots=True)
class Format:
    """A shape in which exports of some kinds leave."""

    title: str
    kinds: tuple[str, ...]
    write: Callable[[Facts, Path], str]
    judges: bool = False


FORMATS = {
    "jsonl": Format("plain JSON lines", ALL, plain.write),
    "trl": Format("JSON lines for TRL", ALL, trl.write),
    "huggingface": Format("a Hugging Face folder", ALL, hugging_face.write),
    "verl": Format("Parquet for verl", ("rl",), verl.write, judges=True),
    "inspect": Format("a task for Inspect", ("rl",), inspect_task.write, judges=True),
    "lm-eval": Format("a task for lm-eval", ("rl",), lm_eval.write, judges=True),
    "verifiers": Format("a package for verifiers", ("rl",), verifiers.write, judges=True),
}
"""The formats by their names in addresses."""

ROW_FORMATS = ("jsonl", "trl", "huggingface")
"""Those whose columns are the rows' own, as the README describes them."""


def formats_of(kind: str) -> dict[str, Format]:
    """The formats in which exports of a kind leave."""
    return {code: each for code, each in FORMATS.items() if kind in each.kinds}


def file_name(export: Export, code: str) -> str:
    """What the archive is called outside; one of a private release says so."""
    return f"{export.slug}-{code}{'-private' if export.report.get('private') else ''}.zip"


def write_archive(export: Export, code: str, target: Path) -> None:
    """Write an export that is done in a format; needs its release. The file appears once it is whole."""
    facts, chosen = facts_of(export), FORMATS[code]
    with tempfile.TemporaryDirectory(dir=target.parent) as made:
        folder = Path(made) / "files"
        folder.mkdir()
        how_to_open = chosen.write(facts, folder)
        columns = list(next(facts.read(), {})) if code in ROW_FORMATS and (facts.kind, code) != STEPWISE else []
        judges = chosen.judges or (facts.kind == "rl" and code == "trl")
        text = readme(facts, chosen.title, how_to_open, columns, judges=judges)
        front = hugging_face.front_matter(facts) if code == "huggingface" else ""
        (folder / README).write_text(front + text, encoding="utf-8")
        paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        (folder / MANIFEST).write_bytes(facts.manifest({path: _sha256(folder / path) for path in paths}))
        archive = Path(made) / "archive.zip"
        _zip(archive, f"{export.slug}-{code}", folder, sorted([*paths, MANIFEST]))
        archive.replace(target)


STEPWISE = ("process", "trl")
"""TRL calls the steps otherwise than the rows do; its README says how."""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _zip(target: Path, root: str, folder: Path, paths: list[str]) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in paths:
            entry = zipfile.ZipInfo(f"{root}/{path}", date_time=_EPOCH)
            entry.create_system = _UNIX
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with (folder / path).open("rb") as file, archive.open(entry, "w", force_zip64=True) as member:
                shutil.copyfileobj(file, member)
