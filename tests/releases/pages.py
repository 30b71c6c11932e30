"""What tests of the pages of releases need: their addresses, an entry, what an answer says."""

from django.urls import reverse

from qftapp.releases.models import Release
from tests.factories import ReleaseEntryFactory, approved

SHARES = {"train": "80", "validation": "10", "test": "10", "seed": "0"}


def url(name: str, *args: str) -> str:
    return reverse(name, args=args or ["qft-1"])


def body(response) -> str:
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def entry(release: Release, slug: str, split: str = "train", **item):
    return ReleaseEntryFactory(release=release, item_version=approved(slug, **item), split=split)
