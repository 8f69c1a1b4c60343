"""Several runs as one, to whoever watches and to Ctrl-C: progress of the whole, and no interruption forgotten."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from exportsim.playing.progress import Progress


class Part:
    """Tells of the plays of one point as of a part of the whole."""

    def __init__(self, whole: Progress, number: int, points: int, pressed: list[bool]) -> None:
        self._whole, self._number, self._points, self._pressed = whole, number, points, pressed

    def played(self, done: int, total: int) -> None:
        """As :class:`exportsim.playing.progress.Progress` says."""
        try:
            self._whole.played(self._number * total + done, self._points * total)
        except KeyboardInterrupt:
            self._pressed.append(True)
            raise


@contextmanager
def listening(pressed: list[bool]) -> Iterator[None]:
    """Remember that Ctrl-C was pressed: a run that it reaches in its last play is complete, and says nothing of it."""

    def heard(number: int, frame: FrameType | None) -> None:
        pressed.append(True)
        signal.default_int_handler(number, frame)

    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not usual or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
