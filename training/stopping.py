"""SIGTERM: a checkpoint after the step that is under way, then an end that counts as success."""

import signal
from types import FrameType, TracebackType
from typing import Self


class Stopped(BaseException):
    """Somebody wants an end before there is anything to keep."""


class Stopping:
    """Hears SIGTERM while it is entered; before training has begun it raises Stopped at once."""

    def __init__(self) -> None:
        self.is_wanted = False
        self.is_training = False
        self._before: signal.Handlers | object = None

    def __enter__(self) -> Self:
        """Listen."""
        self._before = signal.signal(signal.SIGTERM, self._heard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no more."""
        signal.signal(signal.SIGTERM, self._before)  # type: ignore[arg-type]  # a handler of before

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self.is_wanted = True
        if not self.is_training:
            raise Stopped
