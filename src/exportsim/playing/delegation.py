"""Blocks played elsewhere, or found in a store: what an experiment asks for when its futures are not played here."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from exportsim.errors import LostError
from exportsim.plan import Float
from exportsim.playing.blocks import Block, Played, joined, parcel_of, play, pressed, ranges
from exportsim.playing.crew import usable_cores
from exportsim.playing.patience import PATIENCE
from exportsim.playing.progress import Progress
from exportsim.playing.spreading import spread
from exportsim.playing.store.shelf import Shelf
from exportsim.playing.worker import Task


def play_blocks(
    blocks: Iterable[Block],
    executor: Executor,
    shelves: Callable[[int], Shelf] | None = None,
    *,
    once: bool = False,
    patience: float = PATIENCE,
) -> Iterator[tuple[int, Played]]:
    """Play blocks, but for those of which a store has what came of them, and keep the others there.

    Parameters
    ----------
    patience : float
        How many seconds to wait for a cluster that does nothing.
    """
    if shelves is None:
        yield from spread(executor, play, blocks, once=once, patience=patience)
        return
    found: deque[tuple[int, Played]] = deque()
    asked: dict[int, tuple[int, Block, Shelf]] = {}  # by place in what is sent

    def missing() -> Iterator[Block]:
        place = itertools.count()
        for number, block in enumerate(blocks):
            shelf = shelves(number)
            rest = shelf.missing(block)
            if rest is None:
                found.append((number, shelf.take(block)))
            else:
                asked[next(place)] = number, block, shelf
                yield rest

    for place, played in spread(executor, play, missing(), once=once, patience=patience):
        number, block, shelf = asked.pop(place)
        shelf.keep(block, played)
        yield number, shelf.take(block)
        while found:
            yield found.popleft()
    yield from found


@contextmanager
def executing(executor: Executor | None, workers: int | None) -> Iterator[Executor]:
    """The executor given, or threads. Threads that are at work when Ctrl-C comes end their chunk unheard."""
    if executor is not None:
        yield executor
        return
    threads = ThreadPoolExecutor(workers or usable_cores(), thread_name_prefix="exportsim")
    try:
        yield threads
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


class Delegates:
    """Plays an experiment's futures by an executor, with a store or without: a :class:`~.team.Team` elsewhere.

    Parameters
    ----------
    patience : float
        How many seconds to wait for a cluster that does nothing.
    """

    def __init__(
        self,
        task: Task,
        executor: Executor,
        shelf: Shelf | None,
        progress: Progress | None,
        patience: float = PATIENCE,
    ) -> None:
        self._task, self._executor, self._shelf, self._progress = task, executor, shelf, progress
        self._patience = patience
        self.lost: LostError | None = None
        self._parcel = parcel_of(pressed(task.plan))
        self._parts: list[Played] = []
        self.futures = 0
        self.interrupted = False

    def play(self, futures: int) -> bool:
        """Play up to so many futures, and say whether they have been; they have not if interrupted."""
        task = self._task
        names = tuple(task.plan.names.policies[policy] for policy in task.policies)
        cuts = list(ranges(task.plan, self.futures, futures))
        blocks = [
            Block(
                self._parcel, names, names[task.reference], first, past, task.seed, task.engine, task.rules,
                True, task.keep_series, task.keep_ledgers,
            )
            for first, past in cuts
        ]  # fmt: skip
        parts: dict[int, Played] = {}
        plays = self.futures * len(names)
        shelf = self._shelf
        shelves = None if shelf is None else lambda _: shelf
        ended: KeyboardInterrupt | LostError | None = None
        try:
            for number, played in play_blocks(blocks, self._executor, shelves, once=True, patience=self._patience):
                parts[number] = played
                plays += blocks[number].plays
                if self._progress is not None:
                    self._progress.played(plays, futures * len(names))
        except (KeyboardInterrupt, LostError) as end:
            ended = end
        for number, (_, past) in enumerate(cuts):
            if number not in parts:
                break
            self._parts.append(parts[number])
            self.futures = past
        if ended is not None and not self._parts:
            raise ended
        self.lost = ended if isinstance(ended, LostError) else None
        self.interrupted = self.futures < futures
        return not self.interrupted

    def values(self, futures: int) -> Float:
        """The outcomes of the first so many futures, by policy, future and outcome."""
        found: Float = np.concatenate([part.values for part in self._parts], axis=1)[:, :futures]
        return found

    def played(self) -> Played:
        """What came of the futures that were played under every policy."""
        return joined(self._parts)
