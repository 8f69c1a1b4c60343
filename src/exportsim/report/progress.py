"""What a command is at, on a terminal only, and only if it takes more than a moment: nobody is to wait in silence."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from threading import Lock, Timer
from typing import TYPE_CHECKING, NamedTuple, TextIO

from exportsim.language import text
from exportsim.playing.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

PATIENCE = 2.0  # seconds


class Words(NamedTuple):
    """What is done before the first play, while futures are played, and after the last, as the catalogue has it."""

    before: str
    during: str
    after: str


PLAY = Words("prepare", "play", "answer")


class Bar:
    """Says what is done, and of an experiment how far it is, once it has taken longer than :data:`PATIENCE`.

    Where there is no telling how long it will take, the bar moves to and fro.
    """

    def __init__(self, stream: TextIO, words: Words) -> None:
        self._stream, self._words, self._started = stream, words, time.monotonic()
        self._done = self._total = 0
        self._bars: Bars | None = None
        self._ended, self._lock = False, Lock()
        self._timer = Timer(PATIENCE, copy_context().run, [self._show])  # in the language of whoever waits
        self._timer.daemon = True
        self._timer.start()

    def played(self, done: int, total: int) -> None:
        """As :class:`exportsim.playing.progress.Progress` says."""
        self._done, self._total = done, total
        if time.monotonic() - self._started >= PATIENCE:
            self._show()

    def end(self) -> None:
        """Take the bar away."""
        self._timer.cancel()
        with self._lock:
            self._ended = True
            if self._bars is not None:
                self._bars.stop()

    def _show(self) -> None:
        """Show the bar, or how far it is by now."""
        with self._lock:
            if self._ended:
                return
            if self._bars is None:
                from rich.console import Console
                from rich.progress import Progress as Bars

                self._bars = Bars(console=Console(file=self._stream), transient=True)
                self._bars.add_task("", total=None)
                self._bars.start()
            under_way = 0 < self._done < self._total
            word = self._words.before if not self._done else self._words.during if under_way else self._words.after
            self._bars.update(
                self._bars.task_ids[0],
                description=text(f"progress.{word}"),
                completed=self._done if under_way else 0,
                total=self._total if under_way else None,
            )


@contextmanager
def shown(stream: TextIO, words: Words | str = PLAY, *, quiet: bool = False) -> Iterator[Progress | None]:
    """A bar on a stream that is a terminal, or none; one word of what is done is that from beginning to end."""
    if quiet or not stream.isatty():
        yield None
        return
    bar = Bar(stream, Words(words, words, words) if isinstance(words, str) else words)
    try:
        yield bar
    finally:
        bar.end()
