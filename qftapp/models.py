"""Gathers every table for Django's registry; nothing imports it."""

from qftapp.actors.models import ApiToken, Event, LanguageModel, User
from qftapp.items.models import Batch, GateRecord, Item, ItemVersion, Review, Source, SourceProblem
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.runs.models import (
    Contest,
    FailedRequest,
    Grade,
    Grading,
    Prompt,
    Run,
    RunItem,
    Trace,
    TraceImport,
    TraceWords,
)

__all__ = [
    "ApiToken",
    "Batch",
    "Contest",
    "Event",
    "FailedRequest",
    "GateRecord",
    "Grade",
    "Grading",
    "Item",
    "ItemVersion",
    "LanguageModel",
    "Prompt",
    "Release",
    "ReleaseEntry",
    "Review",
    "Run",
    "RunItem",
    "Source",
    "SourceProblem",
    "Trace",
    "TraceImport",
    "TraceWords",
    "User",
]
