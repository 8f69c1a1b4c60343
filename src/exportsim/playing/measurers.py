"""What is read of futures: the outcomes of every play with all that a result keeps, or whatever a function makes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from exportsim.analysis.counter import Counter, Journal
from exportsim.analysis.figures import FIGURES
from exportsim.analysis.ledger_rows import Plays, Standing
from exportsim.analysis.outcomes import Grouped, add_up, groups_by, values
from exportsim.analysis.series import Entries, blank, taken, total
from exportsim.analysis.tally import count_on, end_count, highest_numbers
from exportsim.ledger import Ledger
from exportsim.packed_rows import ledger_of
from exportsim.plan import Float, Int, Plan
from exportsim.playing.block import Reader, Task

MOST_TABLES = 1 << 28  # bytes of all threads' tables of monthly sums together

Read = TypeVar("Read")


class Outcomes(NamedTuple):
    """What came of futures that follow each other."""

    values: Float  # (policies, futures, outcomes)
    untouched: Int  # (policies, futures, 2): untouched orders, and all
    totals: list[Entries]  # by policy: monthly sums over the futures, nothing if they are not added up
    entries: dict[tuple[str, int], Entries]  # by policy and future, if kept
    ledgers: dict[tuple[str, int], Ledger]  # the same
    grouped: Grouped | None = None  # by group, if asked for


@dataclass(frozen=True)
class OutcomesMeasurer:
    """Measures outcomes and untouched orders of every play, and what more is asked for."""

    monthly: bool = True  # sums over all futures
    keep_series: bool = False  # monthly sums of every play
    keep_ledgers: bool = False
    table_bytes: int = MOST_TABLES  # of one thread
    by: tuple[str, ...] = ()  # by what figures are told apart as well
    standards: Mapping[int, Int] | None = None  # by future, lives of orders under the reference, if that is not played

    compiled = (highest_numbers, count_on, end_count)

    def reader(self, plan: Plan, task: Task[Outcomes]) -> OutcomesReader:
        return OutcomesReader(self, plan, task)

    def joined(self, parts: Sequence[Outcomes]) -> Outcomes:
        return Outcomes(
            np.concatenate([part.values for part in parts], axis=1),
            np.concatenate([part.untouched for part in parts], axis=1),
            [total(sums) for sums in zip(*(part.totals for part in parts), strict=True)],
            {play: entries for part in parts for play, entries in part.entries.items()},
            {play: ledger for part in parts for play, ledger in part.ledgers.items()},
            grouped_together([part.grouped for part in parts if part.grouped is not None]),
        )


class OutcomesReader:
    """Counts plays.

    Monthly sums are added to one table a policy, which costs next to nothing; but one play at a time where each is
    kept, and where a scenario has so many months and places that tables of all policies would fill the memory.
    """

    def __init__(self, wanted: OutcomesMeasurer, plan: Plan, task: Task[Outcomes]) -> None:
        self._wanted, self._plan, self._task = wanted, plan, task
        self._reference = task.policies.index(task.reference) if wanted.standards is None else -1
        self._groups = groups_by(plan, wanted.by) if wanted.by else None
        self._counter = Counter(plan, self._groups)
        self._terms = self._counter.terms
        self._table = blank(self._terms)  # of a single play
        at_once = self._table.nbytes * len(task.policies) <= wanted.table_bytes and not wanted.keep_series
        self._tables = [blank(self._terms) for _ in task.policies if wanted.monthly and at_once]
        self._journals = [Journal() for _ in task.policies if (wanted.monthly or wanted.keep_series) and not at_once]

    def __call__(self, futures: range, plays: Iterable[Plays]) -> Outcomes:
        """Count the plays of some futures."""
        policies = len(self._task.policies)
        self._first, self._figures = futures.start, self._counter.figures(policies, len(futures))
        self._alike = np.zeros((policies, len(futures), 2), dtype=np.int64)  # untouched orders, and all
        groups = 0 if self._groups is None else len(self._groups.labels)
        self._sums = np.zeros((policies, len(futures), groups, len(FIGURES)), dtype=np.int64)
        self._totals = [total([])] * policies
        self._entries: dict[tuple[str, int], Entries] = {}
        self._ledgers: dict[tuple[str, int], Ledger] = {}
        for future, ledgers in zip(futures, plays, strict=True):
            self.read(future, ledgers)
        for number, table in enumerate(self._tables):
            self._totals[number] = taken(table, self._terms)
        grouped = None
        if self._groups is not None:  # the figures of whole plays are sums of these
            grouped = Grouped(self._wanted.by, self._sums)
            self._figures[..., : len(FIGURES)] = add_up(grouped, self._groups, (), [()])[:, :, 0]
        played = values(self._figures, self._plan)
        return Outcomes(played, self._alike, self._totals, self._entries, self._ledgers, grouped)

    def read(self, future: int, ledgers: Plays) -> None:
        """Count the plays of a future."""
        row = future - self._first
        sums = None if self._groups is None else self._sums[:, row]
        more = self._journals or self._tables or self._groups is not None
        known = None if more else self._task.ledgers  # of figures alone
        begun = None if known is None or ledgers.begun is None else known.known(counted(ledgers.begun))
        self._counter.count_plays(ledgers, self._figures[:, row], sums, self._journals, begun, self._tables)
        if known is not None and ledgers.copied is not None and self._counter.copied is not None:
            known.keep_known(counted(ledgers.copied), self._counter.copied, self._counter.copied.size)
        self._alike[:, row] = self._counter.untouched(self._standard(future), len(ledgers))
        for number, journal in enumerate(self._journals):
            self._single(number, future, journal)
        if self._wanted.keep_ledgers:
            for policy, rows in zip(self._task.policies, ledgers, strict=True):
                policy_number = self._plan.names.policies.index(policy)
                self._ledgers[policy, future] = ledger_of(rows, self._plan, policy_number, self._task.seed, future)

    def _standard(self, future: int) -> Int:
        """The lives of the orders under the reference."""
        if self._wanted.standards is not None:
            return self._wanted.standards[future]
        lives, ledgers = self._counter.lives(self._reference), self._task.ledgers
        if ledgers is not None:
            ledgers.keep_lives(self._task.reference, future, lives)
        return lives

    def _single(self, number: int, future: int, journal: Journal) -> None:
        """Take the monthly sums of one play."""
        journal.post(self._table)
        entries = taken(self._table, self._terms)
        if self._wanted.keep_series:
            self._entries[self._task.policies[number], future] = entries
        else:
            self._totals[number] = total([self._totals[number], entries])


def counted(standing: Standing) -> Hashable:
    """Under which it is kept what a ledger comes to by then."""
    return "counted", standing.key


def grouped_together(parts: Sequence[Grouped]) -> Grouped | None:
    """Figures by group of futures that follow each other, if there are any."""
    return Grouped(parts[0].by, np.concatenate([part.figures for part in parts], axis=1)) if parts else None


@dataclass(frozen=True)
class EachFuture(Generic[Read]):
    """Measures each future by itself: ``begin`` gives for a plan a function of a future and its ledgers' rows."""

    begin: Callable[[Plan], Callable[[int, Plays], Read]]

    compiled = ()

    def reader(self, plan: Plan, task: Task[list[Read]]) -> Reader[list[Read]]:
        read = self.begin(plan)
        return lambda futures, plays: [read(*future) for future in zip(futures, plays, strict=True)]

    def joined(self, parts: Sequence[list[Read]]) -> list[Read]:
        return [read for part in parts for read in part]
