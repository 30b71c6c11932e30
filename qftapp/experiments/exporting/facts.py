"""What is said of an export wherever it leaves: taken from the export alone, so that it never says anything else."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from qftapp.experiments.models import Export

MANIFEST_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Facts:
    """An export that is done, and how to read its rows."""

    slug: str
    kind: str
    kind_title: str
    release: str
    rows: int
    sha256: str
    recipe: dict[str, Any]
    report: dict[str, Any]
    read: Callable[[], Iterator[dict[str, Any]]]

    @property
    def module(self) -> str:
        """The export's name as a module of Python."""
        name = self.slug.replace("-", "_")
        return name if name.startswith("qft_") else f"qft_{name}"

    @property
    def is_private(self) -> bool:
        """Whether its release must not leave the house."""
        return bool(self.report.get("private"))

    @property
    def licences(self) -> list[str]:
        """The licences that its sources state, in the order of their names."""
        return sorted(self.report.get("licences", {}))

    def manifest(self, files: dict[str, str]) -> bytes:
        """Where it came from and what is in it, with the SHA-256 of every file, as JSON."""
        manifest = {
            "format": MANIFEST_FORMAT,
            "export": self.slug,
            "kind": self.kind,
            "release": {"name": self.release, "sha256": self.report.get("release_sha256", "")},
            "rows": {"count": self.rows, "sha256": self.sha256},
            "recipe": self.recipe,
            **{name: self.report.get(name) for name in MANIFESTED},
            "files": files,
        }
        return orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)


MANIFESTED = (
    "private",
    "items",
    "topics",
    "domain_levels",
    "operational_levels",
    "teachers",
    "licences",
    "verifier",
    "verifiers_of_grades",
    "left_out",
)
"""What of the report stands in the manifest."""


def facts_of(export: Export) -> Facts:
    """Return what is said of an export that is done; needs its release."""

    def read() -> Iterator[dict[str, Any]]:
        with export.file.open("rb") as stored, gzip.open(stored) as lines:
            for line in lines:
                yield orjson.loads(line)

    return Facts(
        export.slug,
        export.kind,
        export.get_kind_display(),
        export.release.name,
        export.rows,
        export.sha256,
        export.recipe,
        export.report,
        read,
    )
