"""Gathers every table for Django's registry; nothing imports it."""

from qftapp.actors.models import Event, User
from qftapp.items.models import Batch, GateRecord, Item, ItemVersion, Review, Source, SourceProblem
from qftapp.releases.models import Release, ReleaseEntry

__all__ = [
    "Batch",
    "Event",
    "GateRecord",
    "Item",
    "ItemVersion",
    "Release",
    "ReleaseEntry",
    "Review",
    "Source",
    "SourceProblem",
    "User",
]
