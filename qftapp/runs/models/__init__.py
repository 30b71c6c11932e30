"""What is put to models, what they answer, what the verifier says of it, what is counted: a file a noun."""

from qftapp.runs.models.grades import OUTCOMES, Contest, Grade, Grading
from qftapp.runs.models.runs import MAX_IN_FLIGHT, MAX_KEPT_SAMPLES, MAX_SAMPLES, FailedRequest, Prompt, Run, RunItem
from qftapp.runs.models.tallies import RunChange, RunTally
from qftapp.runs.models.traces import Trace, TraceBacktracks, TraceImport, TraceWords

__all__ = [
    "MAX_IN_FLIGHT",
    "MAX_KEPT_SAMPLES",
    "MAX_SAMPLES",
    "OUTCOMES",
    "Contest",
    "FailedRequest",
    "Grade",
    "Grading",
    "Prompt",
    "Run",
    "RunChange",
    "RunItem",
    "RunTally",
    "Trace",
    "TraceBacktracks",
    "TraceImport",
    "TraceWords",
]
