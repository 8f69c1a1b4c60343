"""Getting an engine ready: what is not compiled yet is compiled before anything is played, and said to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exportsim.analysis.tally import tally
from exportsim.analysis.untouched_orders import digest
from exportsim.caching import is_kept
from exportsim.playing.worker import Book, Task, Worker

SENTENCE = "compiling the engine, once: about {seconds} seconds"
SECONDS = {"reference": 10, "compiled": 25}


def is_ready(engine: str, needed: Sequence[object], announce: Callable[[str], None] | None) -> bool:
    """Whether nothing needed is to be compiled; if something is, that is announced."""
    if all(map(is_kept, needed)):
        return True
    if announce is not None:
        announce(SENTENCE.format(seconds=SECONDS[engine]))
    return False


def get_ready(task: Task, announce: Callable[[str], None] | None) -> None:
    """Compile what a task needs, unless it is there.

    This takes one play, which is not counted; here, and not in the workers' threads, Ctrl-C ends it at once.
    """
    needed: list[object] = [tally, digest]
    if task.engine == "compiled":
        from exportsim.engine.compiled.loop import run

        needed.append(run)
    if is_ready(task.engine, needed, announce):
        return
    first = task._replace(
        policies=task.policies[:1], reference=0, futures=1, workers=1, keep_series=False, keep_ledgers=False
    )
    worker = Worker(first, Book(first))
    worker.play(0, 0)
    worker.compare(0)
