"""Several workers at once, a thread each; this thread waits, tells how far they are, and listens to Ctrl-C."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Protocol

from exportsim.playing.claims import Claims
from exportsim.playing.progress import Progress

OFTEN = 0.05  # seconds: a worker tells of its plays no more often
LISTENING = 0.2  # seconds: on some systems waiting hears of Ctrl-C only when it is over


class Worker(Protocol):
    """Whoever plays futures, in a thread of its own."""

    @property
    def plays(self) -> int:
        """How many it has played so far."""

    def work(self, claims: Claims, told: Callable[[], None]) -> None:
        """Play the futures that it claims, until there is no more or it is stopped; ``told`` after every play."""


def play_all(workers: Sequence[Worker], claims: Claims, plays: int, progress: Progress | None) -> None:
    """Let workers play all futures, each in a thread of its own.

    Interrupted (Ctrl-C), they stop within about a play; what has been played by then stands in the claims.

    Parameters
    ----------
    claims : Claims
        The futures that they share.
    """
    over: SimpleQueue[bool] = SimpleQueue()  # whether a worker is, or has only something to tell
    failures: list[BaseException] = []
    # Daemons: a play that takes for ever must not keep the process alive after a second Ctrl-C.
    threads = [Thread(target=_work, args=(worker, claims, over, failures), daemon=True) for worker in workers]
    interrupted: KeyboardInterrupt | None = None
    try:
        for thread in threads:
            thread.start()
        at_work, told = len(threads), 0
        while at_work:
            try:
                at_work -= over.get(timeout=LISTENING)
            except Empty:
                continue
            done = sum(worker.plays for worker in workers)
            if progress is not None and done > told:
                progress.played(done, plays)
                told = done
    except KeyboardInterrupt as pressed:
        interrupted = pressed
    finally:
        claims.stop()
        for thread in threads:
            if thread.ident is not None:
                thread.join()
    if failures:
        raise failures[0]
    if interrupted is not None and not claims.complete:
        raise interrupted


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _work(worker: Worker, claims: Claims, over: SimpleQueue[bool], failures: list[BaseException]) -> None:
    """A worker's thread: whatever happens, its end is told."""
    last = -OFTEN

    def told() -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= OFTEN:
            last = now
            over.put(False)

    try:
        worker.work(claims, told)
    except BaseException as failure:  # raised again where it is awaited
        claims.stop()
        failures.append(failure)
    finally:
        over.put(True)
