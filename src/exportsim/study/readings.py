"""What can be read of each future of a result beside its outcomes: parts of them, untouched orders, moves of value.

Functions are for :class:`exportsim.playing.measurers.EachFuture`: of a plan, they make a function of a future and its
ledgers' rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple, TypeAlias, TypeVar

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
        return counter.untouched(counter.lives(0), len(plays))

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


class OfPair(NamedTuple):
    """What was read of two policies."""

    bars: Int  # (futures, rows) cents of each bar of the waterfall
    hysteresis: Float  # (futures, figures); no figures where measures are rules in Python
    moves: Int  # (rows,) cents that moved in all futures, which are too many to be kept of each


@dataclass(frozen=True)
class PairMeasurer:
    """Reads all that is asked about a reference and a policy order by order, in one go."""

    pair: tuple[str, str]
    bars: Rows
    moves: Rows
    has_rules: bool = False  # written in Python: what they restrict is in no plan

    compiled = ()

    def reader(self, plan: Plan, task: Task[OfPair]) -> Reader[OfPair]:
        mover = Mover(plan)
        hysteresis = None if self.has_rules else Hysteresis(plan, *map(plan.names.policies.index, self.pair))

        def read(futures: range, plays: Iterable[Sequence[Int]]) -> OfPair:
            bars = np.zeros((len(futures), len(self.bars.key)), dtype=np.int64)
            moves = np.zeros(len(self.moves.key), dtype=np.int64)
            figures = []
            for ledgers, of_future in zip(plays, bars, strict=True):
                found = mover.moves(*ledgers)
                add(found, self.bars.of_move, of_future)
                add(found, self.moves.of_move, moves)
                figures.append(np.zeros(0) if hysteresis is None else hysteresis.figures(*ledgers))
            return OfPair(bars, np.stack(figures), moves)

        return read

    def joined(self, parts: Sequence[OfPair]) -> OfPair:
        moves = [reduce(plus, cents) for cents in zip(*(part.moves.tolist() for part in parts), strict=True)]
        return OfPair(
            np.concatenate([part.bars for part in parts]),
            np.concatenate([part.hysteresis for part in parts]),
            np.array(moves, dtype=np.int64),
        )
