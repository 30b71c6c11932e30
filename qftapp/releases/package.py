"""What leaves the house: a release as items, a data card and a manifest, the same rows giving the same bytes."""

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from qftapp.items import jsonl
from qftapp.items.topics import TOPICS
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.releases.queries import counts_by_split, entries

FORMAT = 1
PRIVATE = "**Private: holds items whose source may not be redistributed. Do not pass it on.**"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip file can state; a real one would change the bytes."""


def rows(release: Release) -> Iterator[dict[str, Any]]:
    """One row an entry, by slug: the item's row with its split, version number and content hash."""
    for entry in entries(release).iterator(chunk_size=500):
        version = entry.item_version
        yield {
            **jsonl.row_of(version),
            "split": entry.split,
            "version": version.number,
            "content_hash": version.content_hash,
        }


def build(release: Release) -> "Package":
    """The archive of a release as its rows stand now; the same rows and `frozen_at` give the same bytes.

    Freezing stores the result, because sources and classifications may still be corrected later and a frozen release
    must not notice.
    """
    items = b"".join(jsonl.write(rows(release)))
    sha256 = hashlib.sha256(items).hexdigest()
    listed = list(entries(release))
    files = {"items.jsonl": items, "README.md": _card(release, listed, sha256).encode()}
    manifest = {
        "format": FORMAT,
        "release": release.name,
        "frozen_at": release.frozen_at.isoformat() if release.frozen_at else None,
        "private": release.is_private,
        "counts": counts_by_split(release),
        "verifier_versions": _verifier_versions(listed),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    files["manifest.json"] = orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    return Package(sha256, _zip(release.name, files))


@dataclass(frozen=True)
class Package:
    """A built release: the SHA-256 (hex) of its items file and the zip archive."""

    sha256: str
    archive: bytes


def _zip(folder: str, files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], compresslevel=9)
    return buffer.getvalue()


def _verifier_versions(listed: Iterable[ReleaseEntry]) -> list[str]:
    """The verifier versions whose checks let the entries through."""
    return sorted({(entry.item_version.gate or {}).get("verifier_version", "unknown") for entry in listed})


def _card(release: Release, listed: list[ReleaseEntry], sha256: str) -> str:
    """The data card: what is inside, counted, with licences and hashes, as Markdown."""
    items = [entry.item_version.item for entry in listed]
    lines = [
        f"# {release.name}",
        "",
        *([PRIVATE, ""] if release.is_private else []),
        *([release.notes.strip(), ""] if release.notes.strip() else []),
        f"Frozen {release.frozen_at:%Y-%m-%d %H:%M} UTC with {len(listed)} items.",
        f"SHA-256 of `items.jsonl`: `{sha256}`.",
        f"Every item passed the checks of verifier {', '.join(_verifier_versions(listed))} and a review.",
        "",
        *_table("Split", Counter(entry.split for entry in listed)),
        *_table("Topic", Counter(TOPICS[item.topic].title for item in items)),
        *_table("Domain level", Counter(item.get_domain_level_display() for item in items)),
        *_table("Operational level", Counter(item.get_operational_level_display() for item in items)),
        *_table("Origin", Counter(item.get_origin_display() for item in items)),
        *_table("Answer kind", Counter(entry.item_version.contract.get("kind", "") for entry in listed)),
        *_sources(listed),
        "## Columns of items.jsonl",
        "",
        "Each line is one item as described in the schema of item rows (schema 1): slug, origin, topic, the two levels,",
        "task type, source and problem, statement, contract (symbols, answer kind, gold, tolerance, conventions),",
        "solution and second solution; and of this release the split, the version number and the content hash.",
        "",
    ]
    return "\n".join(lines)


def _table(title: str, counts: Counter[str]) -> list[str]:
    rows = [f"| {name} | {count} |" for name, count in sorted(counts.items())]
    return [f"| {title} | Items |", "|---|---:|", *rows, ""]


def _sources(listed: list[ReleaseEntry]) -> list[str]:
    counts: Counter[str] = Counter()
    for entry in listed:
        problem = entry.item_version.item.source_problem
        if problem:
            source = problem.source
            terms = "may be redistributed" if source.may_redistribute else "may not be redistributed"
            counts[f"{_cell(source.title)} | {_cell(source.licence) or 'not stated'} | {terms}"] += 1
    if not counts:
        return []
    rows = [f"| {source} | {count} |" for source, count in sorted(counts.items())]
    return ["| Source | Licence | Terms | Items |", "|---|---|---|---:|", *rows, ""]


def _cell(text: str) -> str:
    """Text that cannot break a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")
