"""The workers of an experiment, who may be sent to play more futures, from where they stopped."""

from __future__ import annotations

from exportsim.analysis.outcomes import values
from exportsim.analysis.series import total
from exportsim.plan import Float
from exportsim.playing.blocks import Played
from exportsim.playing.claims import Claims
from exportsim.playing.crew import play_all
from exportsim.playing.progress import Progress
from exportsim.playing.worker import Book, Task, Worker


class Team:
    """Workers and what they have done."""

    lost = None

    def __init__(self, task: Task, progress: Progress | None) -> None:
        self._task, self._progress = task, progress
        self._book = Book(task)
        self._workers = [Worker(task, self._book) for _ in range(task.workers)]
        self.futures = 0
        self.interrupted = False

    def play(self, futures: int) -> bool:
        """Play up to so many futures, and say whether they have been; they have not if interrupted."""
        claims = Claims(futures, first=self.futures)
        play_all(self._workers, claims, futures * len(self._task.policies), self._progress)
        self.futures = claims.complete
        self.interrupted = self.futures < futures
        return not self.interrupted

    def values(self, futures: int) -> Float:
        """The outcomes of the first so many futures, by policy, future and outcome."""
        return values(self._book.figures[:, :futures], self._task.plan)

    def played(self) -> Played:
        """What came of the futures that were played under every policy."""
        return Played(
            self.values(self.futures),
            self._book.untouched[:, : self.futures],
            [total(parts) for parts in zip(*(each.sums.totals() for each in self._workers), strict=True)],
            {key: found for key, found in self._book.entries.items() if key[1] < self.futures},
            {key: found for key, found in self._book.ledgers.items() if key[1] < self.futures},
        )
