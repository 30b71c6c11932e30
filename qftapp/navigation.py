"""The main menu: where its links lead, and which pages belong to each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from qftapp.actors import permissions
from qftapp.actors.models import User


def _anybody(user: User) -> bool:
    return True


@dataclass(frozen=True)
class Entry:
    """A link of the menu to `route`; it is the current one on that page, on those of `others`, and on all below them.

    Addresses are looked up once: every page has the menu.
    """

    label: str
    route: str
    others: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    """Beginnings of addresses that have no list of their own."""
    is_for: Callable[[User], bool] = _anybody

    @cached_property
    def href(self) -> str:
        """Where the link leads."""
        return reverse(self.route)

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """What the addresses of its pages begin with."""
        return (self.href, *map(reverse, self.others), *self.below)

    def is_current(self, path: str) -> bool:
        """Whether a page belongs to the link."""
        return path.startswith(self.sections)


MENU = (
    Entry("Items", "items"),
    Entry("Sources", "sources"),
    Entry("Releases", "releases"),
    Entry(
        "Runs",
        "runs",
        ("traces", "compare", "trace_imports", "new_run", "contests", "broken_items"),
        ("/gradings/", "/grades/"),
    ),
    Entry("Models", "models", ("prompts",)),
    Entry("Training", "training_jobs", ("new_training_job", "compare_jobs", "exports", "new_export")),
    Entry("Report", "report", ("saved_reports",)),
    Entry(
        "Labels",
        "labels",
        ("campaigns", "new_campaign", "taxonomies", "new_taxonomy"),
        ("/adjudicate/",),
        permissions.can_annotate,
    ),
    Entry("Import", "import", is_for=permissions.can_write_items),
)
