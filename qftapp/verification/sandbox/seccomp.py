"""seccomp: an allow-list of system calls, compiled to the kernel's packet filter language."""

import ctypes
import os
import struct
from dataclasses import dataclass
from errno import EPERM

from .linux import system_call

_MODE_FILTER = 1
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | EPERM  # the call returns EPERM, which Python raises as PermissionError
_KILL = 0x80000000

_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SECCOMP = {"x86_64": 317, "aarch64": 277}

# Numbers on (x86_64, aarch64), checked against the kernel's headers by a test. Reading and writing concern open
# descriptors only, and a run has just one of its own; nothing here opens, creates, connects, signals, forks, traces
# or changes a limit.
_ALWAYS = {
    "read": (0, 63),
    "write": (1, 64),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "lseek": (8, 62),
    "close": (3, 57),
    "fstat": (5, 80),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "brk": (12, 214),
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getrusage": (98, 165),
    "times": (100, 153),
    "uname": (63, 160),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
_ONLY_SOMETIMES = {
    "openat": (257, 56),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "fcntl": (72, 25),
    "prlimit64": (302, 261),
}


@dataclass(frozen=True)
class Check:
    """A demand on an argument of a call: (its low or high 32 bits & mask) == value."""

    argument: int
    mask: int
    value: int
    high: bool = False


_WHOLE = 0xFFFFFFFF
_READING_FLAGS = os.O_CLOEXEC | getattr(os, "O_DIRECTORY", 0) | os.O_NOFOLLOW | os.O_NONBLOCK | 0o100000 | 0o400000
_EMPTY_PATH = 0x1000

_OWN_LIMITS_READ = (Check(0, _WHOLE, 0), Check(2, _WHOLE, 0), Check(2, _WHOLE, 0, high=True))
_DESCRIPTOR_ONLY = (Check(3, _EMPTY_PATH, _EMPTY_PATH),)
_FOR_READING = (Check(2, _WHOLE & ~_READING_FLAGS, 0),)


# Landlock does not hide whether a path exists, nor its size and times; without Landlock no path can be looked up.
def _conditional(may_open: bool) -> list[tuple[str, tuple[Check, ...]]]:
    always = [("fcntl", (Check(1, _WHOLE & ~3, 0), Check(1, 1, 1))), ("prlimit64", _OWN_LIMITS_READ)]
    if not may_open:
        return [*always, ("newfstatat", _DESCRIPTOR_ONLY)]
    lookups: list[tuple[str, tuple[Check, ...]]] = [
        (name, ()) for name in ("newfstatat", "statx", "getdents64", "getcwd")
    ]
    return [*always, *lookups, ("openat", _FOR_READING)]


def compile_filter(machine: str, *, may_open: bool) -> bytes:
    """Return the filter for a machine; `may_open` lets files be opened for reading (Landlock then says which)."""
    column = list(_ARCHITECTURE).index(machine)
    code = [_load(4), _jump_if(_ARCHITECTURE[machine], 1, 0), _return(_KILL), _load(0)]
    for numbers in _ALWAYS.values():
        code += [_jump_if(numbers[column], 0, 1), _return(_ALLOW)]
    for name, checks in _conditional(may_open):
        body = []
        for check in checks:
            body += [_load(16 + 8 * check.argument + 4 * check.high), _and(check.mask)]
            body += [_jump_if(check.value, 1, 0), _return(_REFUSE)]
        body.append(_return(_ALLOW))
        code += [_jump_if(_ONLY_SOMETIMES[name][column], 0, len(body)), *body]
    return b"".join([*code, _return(_REFUSE)])


def install(machine: str, program: bytes) -> None:
    """Put this process under the filter for good; needs no_new_privs and raises OSError."""
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))
    pointer = ctypes.create_string_buffer(header, len(header))
    system_call(_SECCOMP[machine], _MODE_FILTER, 0, ctypes.addressof(pointer))


def _load(offset: int) -> bytes:
    return struct.pack("=HBBI", 0x20, 0, 0, offset)


def _and(mask: int) -> bytes:
    return struct.pack("=HBBI", 0x54, 0, 0, mask)


def _jump_if(value: int, if_equal: int, otherwise: int) -> bytes:
    return struct.pack("=HBBI", 0x15, if_equal, otherwise, value)


def _return(verdict: int) -> bytes:
    return struct.pack("=HBBI", 0x06, 0, 0, verdict)
