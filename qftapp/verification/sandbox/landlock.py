"""Landlock: the kernel's file, TCP and signal restrictions that a process may put on itself."""

import ctypes
import os
import struct
from collections.abc import Iterable

from .linux import system_call

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_ASK_VERSION = 1
_PATH_BENEATH = 1

_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_TCP_BIND_AND_CONNECT = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11


def version() -> int:
    """Return the version of Landlock this kernel offers us, 0 for none."""
    try:
        return system_call(_CREATE_RULESET, 0, 0, _ASK_VERSION)
    except OSError:
        return 0


def prepare(readable: Iterable[str], landlock_version: int) -> int:
    """Return the descriptor of a rule set that forbids all files but reading below the `readable` folders.

    From version 4 on it forbids TCP too, from version 6 on abstract sockets and signals to others. Raises OSError.
    """
    file_rights = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(landlock_version, 16)) - 1
    fields = [file_rights]
    if landlock_version >= 4:
        fields.append(_TCP_BIND_AND_CONNECT)
    if landlock_version >= 6:
        fields.append(_ABSTRACT_SOCKETS_AND_SIGNALS)
    attributes = ctypes.create_string_buffer(struct.pack(f"={len(fields)}Q", *fields))
    ruleset = system_call(_CREATE_RULESET, ctypes.addressof(attributes), 8 * len(fields), 0)
    for folder in readable:
        descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        try:
            rule = ctypes.create_string_buffer(struct.pack("=Qi", _READ_FILE | _READ_DIR, descriptor))
            system_call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.addressof(rule), 0)
        finally:
            os.close(descriptor)
    return ruleset


def enter(ruleset: int) -> None:
    """Restrict this process for good; needs no_new_privs and raises OSError."""
    system_call(_RESTRICT_SELF, ruleset, 0)
