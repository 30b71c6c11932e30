"""Which versions a run puts to its model: a split of a release, or what the filters of the item list find."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet

from qftapp.items.models import ItemVersion
from qftapp.items.queries import find
from qftapp.releases.models import Release

State = ItemVersion.State


@dataclass(frozen=True)
class Selection:
    """A split of a release; without a release, the approved versions, or those in review, that filters find."""

    release: Release | None = None
    split: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    in_review: bool = False

    @property
    def versions(self) -> QuerySet[ItemVersion]:
        """The versions, in no order."""
        if self.release is not None:
            entries = self.release.entries.filter(split=self.split) if self.split else self.release.entries.all()
            return ItemVersion.objects.filter(pk__in=entries.order_by().values("item_version")).order_by()
        state = State.REVIEW if self.in_review else State.APPROVED
        items = find(self.filters).order_by().values("item")
        return ItemVersion.objects.filter(item__in=items, state=state).order_by()
