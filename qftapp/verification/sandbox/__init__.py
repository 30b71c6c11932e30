"""Run Python functions that a model or an author wrote, in a process that can do nothing else.

The zygote loads this folder as a package of its own, without the application around it: hence the relative imports,
and nothing from outside but the standard library.
"""

from .execution import Call, CallResult, Execution, Job, Limits, Status
from .pool import layers, run, run_many, warm_up
from .wire import Array, Complex, Real, Set, WireError, WireScalar, WireValue

__all__ = [
    "Array",
    "Call",
    "CallResult",
    "Complex",
    "Execution",
    "Job",
    "Limits",
    "Real",
    "Set",
    "Status",
    "WireError",
    "WireScalar",
    "WireValue",
    "layers",
    "run",
    "run_many",
    "warm_up",
]
