"""What went wrong inside a candidate, in words: the exception and its line, or what was not allowed."""

import errno
import sys
import traceback

FILE_NAME = "<answer>"

_ATTEMPTS = {
    "open": "open a file",
    "os.listdir": "list a folder",
    "os.scandir": "list a folder",
    "os.chdir": "change the folder",
    "os.chmod": "change a file",
    "os.link": "make a link",
    "os.symlink": "make a link",
    "os.mkdir": "make a folder",
    "os.remove": "remove a file",
    "os.rename": "rename a file",
    "os.rmdir": "remove a folder",
    "os.truncate": "change a file",
    "os.fork": "start a process",
    "os.forkpty": "start a process",
    "os.exec": "start a process",
    "os.posix_spawn": "start a process",
    "os.system": "start a process",
    "subprocess.Popen": "start a process",
    "os.kill": "send a signal",
    "os.killpg": "send a signal",
    "signal.pthread_kill": "send a signal",
    "resource.prlimit": "change a limit",
    "socket.__new__": "use the network",
    "mmap.__new__": "map memory",
}
_last_attempt: list[str] = []


def remember_events() -> None:
    """Keep in mind what the interpreter was last asked to do that may not be allowed (for words, not for safety)."""

    def remember(event: str, _: object) -> None:
        if event in _ATTEMPTS:
            _last_attempt[:] = [_ATTEMPTS[event]]

    sys.addaudithook(remember)


def forget_events() -> None:
    """Start anew: what was attempted before has nothing to do with what comes."""
    _last_attempt.clear()


def explain(error: BaseException) -> tuple[str, str]:
    """Return the status (error, memory or refused) and one sentence about an exception of the candidate."""
    if getattr(type(error), "explains_itself", False):
        return "error", str(error)[:600]
    if isinstance(error, SyntaxError) and error.filename == FILE_NAME:
        return "error", f"syntax error in line {error.lineno}: {error.msg}"
    is_out_of_memory = _is_out_of_memory(error)
    if is_out_of_memory:
        traceback.clear_frames(error.__traceback__)  # what fills the memory is held there
    where = _line(error)
    if is_out_of_memory:
        return "memory", f"needed more memory than allowed{where}"
    if isinstance(error, RuntimeError) and _text(error) == "can't start new thread":
        return "refused", f"tried to start a thread: not allowed{where}"
    if isinstance(error, OSError) and error.errno in (errno.EPERM, errno.EACCES):
        attempt = _last_attempt[0] if _last_attempt else "use the system"
        return "refused", f"tried to {attempt}: not allowed{where}"
    return "error", f"{type(error).__name__}: {_text(error)}"[:500].rstrip(": ") + where


def _is_out_of_memory(error: BaseException) -> bool:
    """Python 3.11 forgets to raise MemoryError when there is no room for the next frame."""
    forgotten = isinstance(error, SystemError) and _text(error) == "error return without exception set"
    return forgotten or isinstance(error, MemoryError)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return ""


def _line(error: BaseException) -> str:
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == FILE_NAME]
    return f" (line {lines[-1]})" if lines else ""
