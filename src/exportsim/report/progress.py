"""A bar for long experiments: only on a terminal, and only if they take more than a moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from exportsim.language import text
from exportsim.playing.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

PATIENCE = 2.0  # seconds


class Bar:
    """Shows how far an experiment is, once it has taken longer than :data:`PATIENCE`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._started = stream, time.monotonic()
        self._bars: Bars | None = None

    def played(self, done: int, total: int) -> None:
        """As :class:`exportsim.playing.progress.Progress` says."""
        if self._bars is None:
            if time.monotonic() - self._started < PATIENCE:
                return
            from rich.console import Console
            from rich.progress import Progress as Bars

            self._bars = Bars(console=Console(file=self._stream), transient=True)
            self._bars.add_task(text("progress.playing"), total=total)
            self._bars.start()
        self._bars.update(self._bars.task_ids[0], completed=done, total=total)

    def end(self) -> None:
        """Take the bar away."""
        if self._bars is not None:
            self._bars.stop()


@contextmanager
def shown(stream: TextIO, *, quiet: bool = False) -> Iterator[Progress | None]:
    """A bar on a stream that is a terminal, or none."""
    if quiet or not stream.isatty():
        yield None
        return
    bar = Bar(stream)
    try:
        yield bar
    finally:
        bar.end()
