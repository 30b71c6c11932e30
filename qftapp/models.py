"""Gathers every table for Django's registry; nothing imports it."""

from qftapp.actors.models import ApiToken, Event, LanguageModel, User
from qftapp.charts.models import SavedReport
from qftapp.experiments.models import Checkpoint, Export, ExportItem, Metric, TrainingJob
from qftapp.items.models import Batch, GateRecord, Item, ItemVersion, Review, Source, SourceProblem
from qftapp.labels.models import (
    Annotation,
    Campaign,
    CampaignTrace,
    ErrorCategory,
    FailedSuggestion,
    SpanLabel,
    Suggesting,
    Taxonomy,
)
from qftapp.releases.models import Release, ReleaseEntry
from qftapp.runs.models import (
    Contest,
    FailedRequest,
    Grade,
    Grading,
    Prompt,
    Run,
    RunChange,
    RunItem,
    RunTally,
    Trace,
    TraceImport,
    TraceWords,
)

__all__ = [
    "Annotation",
    "ApiToken",
    "Batch",
    "Campaign",
    "CampaignTrace",
    "Checkpoint",
    "Contest",
    "ErrorCategory",
    "Event",
    "Export",
    "ExportItem",
    "FailedRequest",
    "FailedSuggestion",
    "GateRecord",
    "Grade",
    "Grading",
    "Item",
    "ItemVersion",
    "LanguageModel",
    "Metric",
    "Prompt",
    "Release",
    "ReleaseEntry",
    "Review",
    "Run",
    "RunChange",
    "RunItem",
    "RunTally",
    "SavedReport",
    "Source",
    "SourceProblem",
    "SpanLabel",
    "Suggesting",
    "Taxonomy",
    "Trace",
    "TraceImport",
    "TraceWords",
    "TrainingJob",
    "User",
]
