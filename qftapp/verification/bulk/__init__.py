"""Judging many answers: JSON lines in, verdicts out, in the same order, on all processors."""

from qftapp.verification.bulk.crew import NoProcess
from qftapp.verification.bulk.progress import Progress
from qftapp.verification.bulk.rows import Rules
from qftapp.verification.bulk.stream import Tally, judge_stream

__all__ = ["NoProcess", "Progress", "Rules", "Tally", "judge_stream"]
