"""A worker plays every policy in one future after the other, and counts what comes of it. Each thread has its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from exportsim import engine as engines
from exportsim.analysis.counter import Counter
from exportsim.analysis.ledger_rows import rows_of
from exportsim.analysis.series import Entries
from exportsim.analysis.untouched_orders import Untouched
from exportsim.engine.extensions import Rule
from exportsim.ledger import Ledger
from exportsim.plan import Int, Plan
from exportsim.playing.claims import Claims
from exportsim.playing.totals import Single, Sums, Tables

MOST_TABLES = 1 << 28  # bytes of all workers' tables of series together


class Task(NamedTuple):
    """What an experiment plays, and what is kept of it."""

    plan: Plan
    policies: tuple[int, ...]
    reference: int  # its place among the policies
    futures: int  # at most
    seed: int
    engine: str
    workers: int
    keep_series: bool
    keep_ledgers: bool
    first: int = 0  # future, of which the book's first places are
    rules: tuple[tuple[Rule, ...], ...] = ()  # by policy; none at all if empty


class Book:
    """What the workers write, each in places of its own: by policy (its place in the task) and future."""

    def __init__(self, task: Task) -> None:
        self.figures = Counter(task.plan).figures(len(task.policies), task.futures)
        self.untouched = np.zeros((len(task.policies), task.futures, 2), dtype=np.int64)  # orders, and all of them
        self.entries: dict[tuple[int, int], Entries] = {}
        self.ledgers: dict[tuple[int, int], Ledger] = {}

    def keep(self, future: int, entries: list[Entries]) -> None:
        """Write the series of a future, policy by policy."""
        for place, found in enumerate(entries):
            self.entries[place, future] = found


class Player(Protocol):
    """Plays one policy of a plan, future after future."""

    def play(self, *, seed: int, future: int) -> Int:
        """The rows of a ledger, good until the next play."""

    def ledger(self, *, seed: int, future: int) -> Ledger:
        """The same as a ledger of its own."""


class Reference:
    """The reference engine as a player."""

    def __init__(self, plan: Plan, policy: int, rules: Sequence[Rule] = ()) -> None:
        self._plan, self._policy, self._rules = plan, policy, rules

    def play(self, *, seed: int, future: int) -> Int:
        """The rows of a ledger."""
        return rows_of(self.ledger(seed=seed, future=future))

    def ledger(self, *, seed: int, future: int) -> Ledger:
        """A ledger."""
        return engines.simulate(self._plan, self._policy, seed=seed, future=future, rules=self._rules)


class Worker:
    """Plays the futures that it claims."""

    def __init__(self, task: Task, book: Book) -> None:
        self._task, self._book = task, book
        rules = task.rules or [()] * len(task.policies)
        self._players = [
            player(task.plan, policy, task.engine, own) for policy, own in zip(task.policies, rules, strict=True)
        ]
        self._rows: list[Int] = [np.empty((0, 0), dtype=np.int64)] * len(task.policies)
        self._untouched = Untouched(len(task.plan.names.lines))
        counter, policies = Counter(task.plan), len(task.policies)
        small = counter.table_bytes * policies * task.workers <= MOST_TABLES
        self.sums: Sums
        if small and not task.keep_series:
            self.sums = Tables(counter, policies)
        else:
            self.sums = Single(counter, policies, book.keep if task.keep_series else None)
        self.plays = 0

    def work(self, claims: Claims, told: Callable[[], None]) -> None:
        """Play futures until there is no more, or until they are stopped."""
        while (future := claims.claim()) is not None:
            for place in range(len(self._players)):
                if claims.leave(future):
                    self.sums.take_back()
                    return
                self.play(place, future)
                self.plays += 1
                told()
            self.compare(future)
            if claims.finish(future):
                self.sums.finish(future)
            else:
                self.sums.take_back()

    def play(self, place: int, future: int) -> None:
        """Play one policy in one future, and count what comes of it."""
        one, seed = self._players[place], self._task.seed
        if self._task.keep_ledgers:
            ledger = self._book.ledgers[place, future] = one.ledger(seed=seed, future=future)
            rows = rows_of(ledger)
        else:
            rows = one.play(seed=seed, future=future)
        self.sums.count(rows, self._book.figures[place, future - self._task.first])
        self._rows[place] = rows  # of the compiled engine, in its memory: good until it plays again

    def compare(self, future: int) -> None:
        """Count the orders of the future just played that are under each policy as they are under the reference."""
        self._untouched.compare_with(self._rows[self._task.reference])
        for place, rows in enumerate(self._rows):
            self._book.untouched[place, future - self._task.first] = self._untouched.count(rows)


def player(plan: Plan, policy: int, engine: str, rules: Sequence[Rule] = ()) -> Player:
    """An engine's player of a policy; rules need the reference engine."""
    if engine == "compiled":
        from exportsim.engine.compiled import Player as Compiled

        return Compiled(plan, policy)
    return Reference(plan, policy, rules)
