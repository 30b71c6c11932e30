"""Lists that are read a page at a time by their keys, so that the last page costs what the first does."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

PAGE_SIZE = 50

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class KeyPage(Generic[Row]):
    """Some rows; `older` is what `?before=` of the next page must be, None on the last one."""

    rows: list[Row]
    older: int | None
    is_first: bool


def key_page(found: "QuerySet[Row]", before: int | None, key: str = "pk") -> KeyPage[Row]:
    """The rows below a key of a list that is ordered by falling keys, the first page where it is None."""
    left = found if before is None else found.filter(**{f"{key}__lt": before})
    rows = list(left[: PAGE_SIZE + 1])
    older = getattr(rows[PAGE_SIZE - 1], key) if len(rows) > PAGE_SIZE else None
    return KeyPage(rows[:PAGE_SIZE], older, before is None)
