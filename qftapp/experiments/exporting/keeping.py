"""The archives of exports, made once and kept beside the rows: a cache, made again where one is gone."""

from pathlib import Path

from django.conf import settings

from qftapp.experiments.exporting.packaging import formats_of, write_archive
from qftapp.experiments.models import Export


def path_of(export: Export, code: str) -> Path:
    """Where the archive of an export in a format is kept."""
    return Path(settings.MEDIA_ROOT) / "exports" / "formats" / export.sha256 / f"{export.slug}-{code}.zip"


def archive(export: Export, code: str) -> Path:
    """Return the archive of an export that is done, made now where it is not kept."""
    path = path_of(export, code)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_archive(export, code, path)
    return path


def size_of(export: Export, code: str) -> int | None:
    """Return the bytes of an archive; nothing where it is not made yet."""
    path = path_of(export, code)
    return path.stat().st_size if path.exists() else None


def make_all(export: Export) -> None:
    """Make the archives of an export in all its formats."""
    for code in formats_of(export.kind):
        archive(export, code)
