"""Exports that are done, jobs that wait, workers that claim."""

import gzip
import hashlib
import json
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.utils import timezone

from qftapp.experiments.jobs import claiming, requesting
from qftapp.experiments.jobs.requesting import Wish
from qftapp.experiments.models import Export, ExportItem, TrainingJob
from tests.factories import ExportFactory, LanguageModelFactory, person


def done_export(kind: str = "sft", **given: Any) -> Export:
    """An export whose rows are there, one for each entry of its release."""
    export = ExportFactory(kind=kind, state="running", **given)
    entries = list(export.release.entries.select_related("item_version__item"))
    rows = "".join(json.dumps(_row(kind, entry.item_version)) + "\n" for entry in entries).encode()
    ExportItem.objects.bulk_create([ExportItem(export=export, item_version=e.item_version, rows=1) for e in entries])
    export.file.save(f"{export.slug}.jsonl.gz", ContentFile(gzip.compress(rows, mtime=0)), save=False)
    export.sha256, export.rows, export.size = hashlib.sha256(rows).hexdigest(), len(entries), len(entries)
    export.state, export.finished_at = Export.State.DONE, timezone.now()
    export.save()
    return export


def _row(kind: str, version: Any) -> dict[str, Any]:
    prompt = [{"role": "user", "content": version.statement}]
    row = {"item": version.item.slug, "version": version.number, "prompt": prompt}
    answer = {"completion": [{"role": "assistant", "content": "<think>Two-body.</think> It is $g^2m/8\\pi$."}]}
    return row | (answer if kind == "sft" else {"contract": json.dumps(version.contract)})


def wish(method: str = "sft", **given: Any) -> Wish:
    """A job that could be asked for."""
    given.setdefault("export", None)
    export = given.pop("export") or done_export("rl" if method == "grpo" else "sft")
    return Wish(method=method, base=given.pop("base", None) or LanguageModelFactory(), export=export, **given)


def requested(method: str = "sft", **given: Any) -> TrainingJob:
    """A job that farah asked for."""
    return requesting.request(wish(method, **given), by=person("farah"))


def claimed(job: TrainingJob | None = None, worker: str = "gpu-1", **given: Any) -> TrainingJob:
    """A job that a worker of farah's has claimed."""
    job = job or requested(**given)
    found = claiming.claim(by=person("farah"), worker=worker, methods=[job.method])
    assert found is not None
    return found


def claim_of(job: TrainingJob) -> UUID:
    """The claim of a running job."""
    assert job.claim is not None
    return job.claim
