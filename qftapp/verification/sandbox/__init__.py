"""Run Python functions that a model or an author wrote, in a process that can do nothing else.

The zygote loads this folder as a package of its own, without the application around it: hence the relative imports,
and nothing from outside but the standard library.

Candidates run only where seccomp confines them (Linux on x86-64 or aarch64); Landlock, where the kernel has it, lets
them read the libraries' folders, and without it they can open no file at all. Elsewhere every run is `unavailable`.
QFT_SANDBOX_UNSAFE=1 lets a Linux machine that cannot confine run them all the same, as the user of the application,
under resource limits only: for one's own sources, never for those of others. `layers()` says what protects.
"""

from typing import TYPE_CHECKING, Any

from .execution import Call, CallResult, Execution, Job, Limits, Status
from .wire import Array, Complex, Real, Set, WireError, WireScalar, WireValue

if TYPE_CHECKING:
    from .pool import layers, run, run_many, warm_up

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


def __getattr__(name: str) -> Any:
    """Load what runs Python only where some is run: most answers are expressions."""
    if name not in ("layers", "run", "run_many", "warm_up"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import pool

    return getattr(pool, name)
