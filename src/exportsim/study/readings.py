"""What can be read of each future of a result beside its outcomes: parts of them, untouched orders, moves of value.

Each is for :class:`exportsim.playing.measurers.EachFuture`: of a plan, a function of a future and its ledgers' rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TypeAlias, TypeVar

import numpy as np

from exportsim.analysis.checked_sums import plus
from exportsim.analysis.counter import Counter
from exportsim.analysis.fate_tables import Rows
from exportsim.analysis.fates import Mover, add
from exportsim.analysis.hysteresis import Hysteresis
from exportsim.analysis.ledger_rows import Plays
from exportsim.analysis.outcomes import Grouping
from exportsim.plan import Float, Int, Plan
from exportsim.playing.block import Reader, Task
from exportsim.playing.measurers import EachFuture

Read = TypeVar("Read")
Reading: TypeAlias = Callable[[int, Plays], Read]  # of a future and, by policy, the rows of its ledger


def group_figures(plan: Plan, by: Sequence[str]) -> Reading[Int]:
    """By policy, the figures of each group."""
    grouping = Grouping(plan, by)

    def read(_: int, plays: Plays) -> Int:
        figures = grouping.figures(len(plays))
        grouping.count(plays, figures)
        return figures

    return read


def untouched(plan: Plan) -> Reading[list[tuple[int, int]]]:
    """By policy, how many orders are as under the first, and how many there are."""
    counter = Counter(plan)

    def read(_: int, plays: Plays) -> list[tuple[int, int]]:
        counter.count_plays(plays, counter.figures(len(plays)))
        return counter.untouched(0, len(plays))

    return read


def moves(plan: Plan) -> Reading[Int]:
    """The moves of value between the fates under two policies, one by one."""
    mover = Mover(plan)
    return lambda _, ledgers: mover.moves(*ledgers).copy()


def move_sums(plan: Plan, rows: Rows) -> Reading[Int]:
    """The same moves, summed by row."""
    mover = Mover(plan)

    def read(_: int, ledgers: Sequence[Int]) -> Int:
        sums = np.zeros(len(rows.key), dtype=np.int64)
        add(mover.moves(*ledgers), rows.of_move, sums)
        return sums

    return read


def of_pair(plan: Plan, rows: Rows, pair: tuple[str, str]) -> Reading[tuple[Int, Float]]:
    """The moves of value between two policies summed by row, and the figures of their hysteresis."""
    sums, hysteresis = move_sums(plan, rows), Hysteresis(plan, *map(plan.names.policies.index, pair))
    return lambda future, ledgers: (sums(future, ledgers), hysteresis.figures(*ledgers))


class SumOfFutures(EachFuture[Int]):
    """Adds up what is read of each future, for what is too large to be kept of each; a list of that one sum."""

    def reader(self, plan: Plan, task: Task[list[Int]]) -> Reader[list[Int]]:
        read = self.begin(plan)
        return lambda futures, plays: [reduce(np.add, map(read, futures, plays))]

    def joined(self, parts: Sequence[list[Int]]) -> list[Int]:
        sums = [reduce(plus, amounts) for amounts in zip(*(part[0].tolist() for part in parts), strict=True)]
        return [np.array(sums, dtype=np.int64)]
