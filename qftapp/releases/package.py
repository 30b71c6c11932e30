"""What leaves the house: a release as items, a data card and a manifest, the same rows giving the same bytes."""

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from qftapp.items import jsonl, presenting
from qftapp.items.content import contract_of
from qftapp.releases import card
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.releases.queries import entries

FORMAT = 1
ITEMS, CARD, MANIFEST = "items.jsonl", "README.md", "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip file can state; a real one would change the bytes."""
_UNIX = 3


@dataclass(frozen=True)
class Package:
    """A built release: the SHA-256 (hex) of its items file and the zip archive."""

    sha256: str
    archive: bytes


def build(release: Release) -> Package:
    """The archive of a release as its rows stand now; the same rows and `frozen_at` give the same bytes.

    Freezing stores the result, because sources and classifications may still be corrected later and a frozen release
    must not notice.
    """
    files = _files(release)
    return Package(hashlib.sha256(files[ITEMS]).hexdigest(), _zip(release.name, files))


def _files(release: Release) -> dict[str, bytes]:
    # One read, so that the files cannot disagree; sorted here, because collations differ between databases.
    listed = sorted(entries(release), key=lambda entry: entry.item_version.item.slug)
    items = b"".join(jsonl.write(map(row_of, listed)))
    files = {ITEMS: items, CARD: card.write(release, listed, hashlib.sha256(items).hexdigest()).encode()}
    return {**files, MANIFEST: _manifest(release, listed, files)}


def row_of(entry: ReleaseEntry) -> dict[str, Any]:
    """The item's row with its split, version number, content hash and prompt."""
    version = entry.item_version
    return {
        **jsonl.row_of(version),
        "split": entry.split,
        "version": version.number,
        "content_hash": version.content_hash,
        "prompt": presenting.prompt_of(version.statement, contract_of(version)),
    }


def card_of(release: Release) -> str:
    """The data card as Markdown: the stored one of a frozen release, else what freezing would write now."""
    if not release.is_frozen:
        return _files(release)[CARD].decode()
    with zipfile.ZipFile(io.BytesIO(bytes(release.archive or b""))) as archive:
        return archive.read(f"{release.name}/{CARD}").decode()


def file_name(release: Release) -> str:
    """What the archive is called outside; a private release says so."""
    return f"{release.name}-private.zip" if release.is_private else f"{release.name}.zip"


def _manifest(release: Release, listed: Sequence[ReleaseEntry], files: dict[str, bytes]) -> bytes:
    splits = Counter(entry.split for entry in listed)
    manifest = {
        "format": FORMAT,
        "release": release.name,
        "frozen_at": release.frozen_at.isoformat() if release.frozen_at else None,
        "private": release.is_private,
        "counts": {split: splits[split] for split in ReleaseEntry.Split.values},
        "verifier_versions": card.verifier_versions(listed),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    return orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)


def _zip(folder: str, files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", date_time=_EPOCH)
            entry.create_system = _UNIX
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], compresslevel=6)
    return buffer.getvalue()
