"""The few Linux system calls that the sandbox needs and the standard library lacks."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38

_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def machine() -> str:
    """Return "x86_64", "aarch64" or "" for a machine whose system call numbers we do not know."""
    name = os.uname().machine
    return name if sys.platform == "linux" and sys.maxsize > 1 << 32 and name in ("x86_64", "aarch64") else ""


def system_call(number: int, *arguments: int) -> int:
    """Make a system call by number and return its result; raises OSError."""
    result: int = _libc.syscall(ctypes.c_long(number), *(ctypes.c_long(argument) for argument in arguments))
    return _checked(result)


def prctl(option: int, value: int) -> None:
    """Set a property of this process; raises OSError."""
    _checked(_libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its (single-threaded) parent dies."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def drop_capabilities() -> None:
    """Give up every capability, which turns root into an ordinary owner of files; raises OSError."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _checked(_libc.capset(header, nothing))


def _checked(result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result
