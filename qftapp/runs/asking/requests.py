"""What a run has still to ask: its items times its samples, without the answers that came and what failed for good."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from qftapp.items.content import contract_of
from qftapp.items.models import ItemVersion
from qftapp.items.presenting import prompt_of
from qftapp.runs.models import FailedRequest, Prompt, Run, Trace
from qftapp.verification import ContractError

VERSIONS_AT_ONCE = 200


@dataclass(frozen=True)
class Request:
    """One question to a model, and which sample of which version its answer will be."""

    version_id: int
    sample_index: int
    seed: int | None
    messages: tuple[dict[str, str], ...]
    fault: str = ""
    """Why it cannot be asked at all, if so."""


def missing(run: Run) -> Iterator[Request]:
    """The requests without an answer, the first samples of all items before the second ones.

    Answers that come while this is read do not disturb it: what one sample lacks is looked up once.
    """
    for sample in range(run.samples_per_item):
        wanted = _versions_without(run, sample)
        for start in range(0, len(wanted), VERSIONS_AT_ONCE):
            ids = wanted[start : start + VERSIONS_AT_ONCE]
            versions = ItemVersion.objects.filter(pk__in=ids).select_related("item").order_by("item__slug")
            for version in versions.defer("solution", "second_solution", "gate"):
                yield request_of(run, version, sample)


def _versions_without(run: Run, sample: int) -> list[int]:
    same = {"run": run, "item_version": OuterRef("item_version"), "sample_index": sample}
    lacking = run.items.filter(~Exists(Trace.objects.filter(**same)), ~Exists(FailedRequest.objects.filter(**same)))
    return list(lacking.order_by("item_version__item__slug").values_list("item_version", flat=True))


def request_of(run: Run, version: ItemVersion, sample: int) -> Request:
    """What the run asks for one sample of a version."""
    assert run.prompt is not None
    seed = run.sampling.get("seed")
    own = None if seed is None else sample_seed(seed, version.item.slug, sample)
    try:
        return Request(version.pk, sample, own, tuple(messages_of(run.prompt, version)))
    except ContractError as error:
        return Request(version.pk, sample, own, (), fault=f"The contract of this version is unsound: {error}")


def messages_of(prompt: Prompt, version: ItemVersion) -> list[dict[str, str]]:
    """The messages in which a prompt puts a version to a model."""
    asked = {"role": "user", "content": prompt_of(version.statement, contract_of(version), prompt.template)}
    return [{"role": "system", "content": prompt.system}, asked] if prompt.system else [asked]


def sample_seed(seed: int, slug: str, sample: int) -> int:
    """A seed of 31 bits of its own for each sample: with one seed for all, all samples would be the same."""
    digest = hashlib.sha256(f"{seed}/{slug}/{sample}".encode()).digest()
    return int.from_bytes(digest[:4]) >> 1
