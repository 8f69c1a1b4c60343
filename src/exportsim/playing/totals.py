"""Adding up the series of plays while an experiment goes on, and taking back what does not count.

There are two ways. :class:`Tables` adds plays to one table a policy as they are counted, which costs next to nothing.
:class:`Single` takes the entries of each play by themselves: for series future by future, and for scenarios of so many
months and places that tables of all policies would fill the memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from exportsim.analysis.counter import Counter, Journal
from exportsim.analysis.series import Entries, total
from exportsim.plan import Int


class Sums(Protocol):
    """The series of one worker's plays, by policy."""

    def count(self, rows: Int, figures: Int) -> None:
        """Count the present future's next play; the policies come in order."""

    def finish(self, future: int) -> None:
        """The present future counts."""

    def take_back(self) -> None:
        """It does not."""

    def totals(self) -> list[Entries]:
        """By policy, the sums over the futures that count. Nothing is counted afterwards."""


class Tables:
    """Plays added to a table for each policy."""

    def __init__(self, counter: Counter, policies: int) -> None:
        self._counter = counter
        self._tables = [counter.blank() for _ in range(policies)]
        self._journals = [Journal() for _ in range(policies)]
        self._played = 0

    def count(self, rows: Int, figures: Int) -> None:
        self._counter.count(rows, self._journals[self._played], figures)
        self._played += 1

    def finish(self, future: int) -> None:
        self._played = 0
        for journal, table in zip(self._journals, self._tables, strict=True):
            journal.settle()
            if 2 * journal.noted > len(journal.words):
                journal.post(table)

    def take_back(self) -> None:
        self._played = 0
        for journal in self._journals:
            journal.strike()

    def totals(self) -> list[Entries]:
        for journal, table in zip(self._journals, self._tables, strict=True):
            journal.post(table)
        return [self._counter.taken(table) for table in self._tables]


class Single:
    """Plays taken one by one."""

    def __init__(
        self, counter: Counter, policies: int, keep: Callable[[int, list[Entries]], None] | None = None
    ) -> None:
        self._counter, self._keep = counter, keep
        self._table, self._journal = counter.blank(), Journal()
        self._totals = [total([]) for _ in range(policies)]
        self._present: list[Entries] = []

    def count(self, rows: Int, figures: Int) -> None:
        self._counter.count(rows, self._journal, figures)
        self._journal.settle()
        self._journal.post(self._table)
        self._present.append(self._counter.taken(self._table))

    def finish(self, future: int) -> None:
        if self._keep is not None:
            self._keep(future, self._present)
        else:
            self._totals = [total(pair) for pair in zip(self._totals, self._present, strict=True)]
        self._present = []

    def take_back(self) -> None:
        self._present = []

    def totals(self) -> list[Entries]:
        return self._totals
