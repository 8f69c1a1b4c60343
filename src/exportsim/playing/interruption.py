"""Ctrl-C: the first asks for an end, and what is finished is kept; the second ends at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_this_thread = threading.local()


class Stop:
    """Whether an end has been asked for."""

    def __init__(self, *, at_once: bool = False) -> None:
        self.asked = False
        self.twice = False
        self._at_once = at_once

    def ask(self) -> None:
        self.twice = self.asked
        if self.asked or self._at_once:
            raise KeyboardInterrupt
        self.asked = True

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Within, Ctrl-C asks for an end where it is an exception after all."""
        try:
            yield
        except KeyboardInterrupt:
            self.ask()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Within, Ctrl-C is an exception after all: nothing here is worth keeping, and it takes long."""
        self._at_once = True
        try:
            yield
        finally:
            self._at_once = False


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Within, Ctrl-C is no exception but an end that is asked for; a part that lies in another shares its end.

    It is looked at between blocks: wherever it comes, nothing is left half done.
    """
    around: Stop | None = getattr(_this_thread, "stop", None)
    if around is not None:
        yield around
        return
    stop = _this_thread.stop = Stop()
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    heard = usual and threading.current_thread() is threading.main_thread()
    if heard:
        signal.signal(signal.SIGINT, lambda number, frame: stop.ask())
    try:
        yield stop
    finally:
        _this_thread.stop = None
        if heard:
            signal.signal(signal.SIGINT, signal.default_int_handler)
