"""What is put to models, what they answer, and what the verifier says of it: a file a noun."""

from qftapp.runs.models.grades import OUTCOMES, Contest, Grade, Grading
from qftapp.runs.models.runs import MAX_IN_FLIGHT, MAX_SAMPLES, FailedRequest, Prompt, Run, RunItem
from qftapp.runs.models.traces import Trace, TraceImport, TraceWords

__all__ = [
    "MAX_IN_FLIGHT",
    "MAX_SAMPLES",
    "OUTCOMES",
    "Contest",
    "FailedRequest",
    "Grade",
    "Grading",
    "Prompt",
    "Run",
    "RunItem",
    "Trace",
    "TraceImport",
    "TraceWords",
]
