"""Getting a process ready that another one started afresh; it must not import a table before Django is set up."""

import signal

import django


def start() -> None:
    """Set Django up; Ctrl-C is for the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
