"""What the log says of what happened."""

from logging import LogRecord

from django.core.exceptions import PermissionDenied


def without_traceback_of_refusals(record: LogRecord) -> bool:
    """Keep every record, but one line of a refused permission: nothing is wrong with the program then."""
    if record.exc_info and isinstance(record.exc_info[1], PermissionDenied):
        record.msg, record.args = f"{record.getMessage()} {record.exc_info[1]}".rstrip(), ()
        record.exc_info = None
    return True
