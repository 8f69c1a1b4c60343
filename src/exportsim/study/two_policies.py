"""Fates, waterfall and hysteresis of a result: two of its policies, future by future.

Ledgers that were kept are read; others are played again, which gives the same ledgers. A future takes two plays;
what is read from them takes a twentieth of that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.checked_sums import plus
from exportsim.analysis.fate_tables import (
    BY,
    Rows,
    bar_rows,
    fate_rows,
    fates_frame,
    groups,
    moves_frame,
    waterfall_frame,
)
from exportsim.analysis.fates import Mover, add
from exportsim.analysis.hysteresis import Hysteresis, frame
from exportsim.arguments import chosen, listed, whole
from exportsim.plan import Int, Plan
from exportsim.playing.block import Task
from exportsim.playing.measurers import EachFuture
from exportsim.study.replay import measured

if TYPE_CHECKING:
    import pandas as pd

    from exportsim.study.result import Result


def fates(
    result: Result, policy: str, reference: str | None = None, *, by: Sequence[str] = (), future: int | None = None
) -> pd.DataFrame:
    """How the value of the orders moved between the fates they have under two policies.

    Returns
    -------
    DataFrame
        Of all futures: columns ``reference_fate`` and ``policy_fate`` (ordered categoricals, ``delivered/SUPPLIER``,
        ``lost/…``, ``pending``, ``before``), ``value`` (mean of a future in currency units), ``cents`` (sum over
        futures) and ``share`` (of what has that fate under the reference), after those of ``by``. Of one future:
        ``line``, the other columns of ``by``, ``order`` (its number in the line), ``reference_fate``,
        ``policy_fate``, ``value`` and ``cents``. Rows of nothing are left out.
    """
    pair, plan = _pair(result, policy, reference), result.plan
    told = groups(plan, _by(by))
    if future is not None:
        number = whole(future, "future", most=result.futures - 1)
        (moves,) = measured(result, pair, EachFuture(_moves), first=number, past=number + 1)
        return moves_frame(moves, told, plan)
    numbered = fate_rows(plan, told.of_line)
    return fates_frame(measured(result, pair, MovesMeasurer(numbered)), numbered, told, plan, result.futures)


def waterfall(result: Result, policy: str, reference: str | None = None, *, by: Sequence[str] = ()) -> pd.DataFrame:
    """From the exports under the reference to those under a policy, bar by bar.

    Parameters are those of :func:`fates`.

    Returns
    -------
    DataFrame
        A row per bar (and per group of ``by``, whose columns come first), in the order of drawing: ``bar`` and its
        ``part``, ``mean, low, high, sd, n, method, unit`` over futures (95 %) and ``cents``, the exact sum over
        them. Part ``exports``: the totals ``reference`` and ``policy``. Part ``kept``: ``kept/same`` and
        ``kept/other``, exported under both, by the same or by another licensed supplier. Part ``change``, negative:
        ``delayed`` beyond the period, ``taken_over/SUPPLIER`` by one that needs no licence, ``lost/refused``,
        ``lost/cancelled``, ``lost/impatient``, ``lost/unserved``, ``before`` (delivered or lost before the period);
        positive: ``gained/FATE``, what had that fate under the reference. Part ``difference``: their sum. What is kept
        or changes by nothing in every future is left out.
    """
    pair, plan = _pair(result, policy, reference), result.plan
    told = groups(plan, _by(by))
    numbered = bar_rows(plan, told.of_line)
    sums = measured(result, pair, EachFuture(lambda plan: _sums(plan, numbered)))
    return waterfall_frame(np.stack(sums), numbered, told, plan)


def hysteresis(result: Result, policy: str, reference: str | None = None) -> pd.DataFrame:
    """Who delivers before, during and after a policy's restriction, and whether it comes back.

    Parameters are those of :func:`fates`.

    Returns
    -------
    DataFrame
        Columns ``supplier``, ``figure``, ``mean, low, high, sd, n, method, unit`` over the futures in which the figure
        is defined. Without a supplier: ``restricted``, the share of futures with a restriction, ``lifted``, the share
        of these in which it ends within the period, and ``restriction``, its days where it does. Of each supplier: its
        share of the value delivered to its market ``before``, ``during`` and ``after``; ``regained``, the share of
        futures (with a restriction that ends, and deliveries by it before) in which it has half its old share again;
        ``time_to_half``, the days from the end of the restriction to that. Intervals (95 %) of shares of futures
        are Wilson's, others those of outcomes.
    """
    pair, plan = _pair(result, policy, reference), result.plan
    hysteresis = Hysteresis(plan, *map(plan.names.policies.index, pair))
    figures = measured(result, pair, EachFuture(lambda _: lambda future, ledgers: hysteresis.figures(*ledgers)))
    return frame(np.stack(figures), plan)


@dataclass(frozen=True)
class MovesMeasurer:
    """Measures the sums of moves over all futures."""

    rows: Rows

    compiled = ()

    def reader(self, plan: Plan, task: Task[Int]) -> MovesReader:
        """A reader for one thread."""
        return MovesReader(plan, self.rows)

    def joined(self, parts: Sequence[Int]) -> Int:
        """The sums of all parts, to the cent."""
        sums = [reduce(plus, row) for row in zip(*(part.tolist() for part in parts), strict=True)]
        return np.array(sums, dtype=np.int64)


class MovesReader:
    """Adds moves up."""

    def __init__(self, plan: Plan, rows: Rows) -> None:
        self._mover, self._rows = Mover(plan), rows
        self._sums = np.zeros(len(rows.key), dtype=np.int64)

    def read(self, future: int, ledgers: Sequence[Int]) -> None:
        """Add those of a future."""
        _add(self._mover, ledgers, self._rows, self._sums)

    def part(self) -> Int:
        """Their sums since this was last asked."""
        sums, self._sums = self._sums, np.zeros_like(self._sums)
        return sums


def _moves(plan: Plan) -> Callable[[int, Sequence[Int]], Int]:
    """The moves of a future, one by one."""
    mover = Mover(plan)
    return lambda _, ledgers: mover.moves(*ledgers).copy()


def _sums(plan: Plan, rows: Rows) -> Callable[[int, Sequence[Int]], Int]:
    """The sums of the moves of a future."""
    mover = Mover(plan)

    def sums(_: int, ledgers: Sequence[Int]) -> Int:
        found = np.zeros(len(rows.key), dtype=np.int64)
        _add(mover, ledgers, rows, found)
        return found

    return sums


def _add(mover: Mover, ledgers: Sequence[Int], rows: Rows, sums: Int) -> None:
    add(mover.moves(*ledgers), rows.of_move, sums)


def _pair(result: Result, policy: str, reference: str | None) -> tuple[str, str]:
    """The reference and the policy."""
    reference = result.scenario.reference if reference is None else reference
    return chosen(reference, result.policies, "policy"), chosen(policy, result.policies, "policy")


def _by(by: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chosen(name, BY, "name in by:") for name in listed(by, "by")))
