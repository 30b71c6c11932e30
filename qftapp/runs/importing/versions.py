"""Which version of an item a row means: the one it names, else the run's release's, the run's own, the approved one."""

from typing import Protocol

from django.db.models import QuerySet

from qftapp.items.models import ItemVersion
from qftapp.runs.importing.refusals import Refused
from qftapp.runs.models import Run, Trace


class Versions(Protocol):
    """Finds versions; the checks need no more of it."""

    def find(self, slug: str, number: int | None) -> int:
        """The id of the version; raises Refused."""


class VersionsOfRun:
    """The versions that rows of a run can mean, read once.

    A run that has traces of an item goes on with the version they are of, so that a file that is brought again means
    the same after another version was approved.
    """

    def __init__(self, run: Run) -> None:
        submitted = ItemVersion.objects.exclude(state=ItemVersion.State.DRAFT)
        named = submitted.values_list("item__slug", "number", "pk")
        self._named = {(slug, number): pk for slug, number, pk in named}
        self._slugs = set(ItemVersion.objects.values_list("item__slug", flat=True))
        self._chosen = _by_slug(submitted.filter(state=ItemVersion.State.APPROVED))
        own = Trace.objects.filter(run=run).order_by().values("item_version").distinct()
        self._chosen |= _by_slug(submitted.filter(pk__in=own).order_by("number"))
        if run.release_id:
            self._chosen |= _by_slug(submitted.filter(release_entries__release=run.release_id))

    def find(self, slug: str, number: int | None) -> int:
        """The id of the version that a row means; raises Refused."""
        found = self._chosen.get(slug) if number is None else self._named.get((slug, number))
        if found is not None:
            return found
        if slug not in self._slugs:
            raise Refused("no item is called so")
        if number is not None:
            raise Refused(f"the item has no version {number} that was submitted")
        raise Refused("the item has no approved version; name one")


def _by_slug(versions: QuerySet[ItemVersion]) -> dict[str, int]:
    return dict(versions.values_list("item__slug", "pk"))
