"""Exports month by month in every future, and when each measure first acts: what the figures over time are drawn from.

The series that a result keeps are sums over futures, from which no quantile can be had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from exportsim.analysis.counting_tables import licensing, months
from exportsim.analysis.hysteresis import DETAIL
from exportsim.analysis.tally import AMOUNT, FACT, LINE, MINUTE, SUPPLIER
from exportsim.lifecycle import Fact
from exportsim.plan import NEVER, Int
from exportsim.study.replay import over_plays

if TYPE_CHECKING:
    from exportsim.study.result import Result


class Monthly(NamedTuple):
    """What every play of a result comes to, month by month. Axes: the result's policies, futures, calendar months."""

    exports: Int  # (policies, futures, months) cents
    acts: tuple[Int, ...]  # by policy: (futures, measures) minute at which a measure first acts, NEVER if it does not


def monthly(result: Result) -> Monthly:
    """Exports by month of every play; the plays of a result are read once, however often they are asked for."""
    if result not in _KNOWN:
        _KNOWN[result] = _read(result)
    return _KNOWN[result]


_KNOWN: WeakKeyDictionary[Result, Monthly] = WeakKeyDictionary()


def _read(result: Result) -> Monthly:
    plan = result.plan
    licensed, ends = licensing(plan) >= 0, months(plan)[1]
    numbers = [plan.names.policies.index(name) for name in result.policies]
    exports = np.zeros((len(numbers), result.futures, len(ends)), dtype=np.int64)
    firsts = [plan.policies[number].branch_first for number in numbers]
    acts = tuple(np.full((result.futures, len(first)), NEVER, dtype=np.int64) for first in firsts)

    def take(place: int, future: int, rows: Int) -> None:
        parts = rows[(rows[:, FACT] == Fact.DELIVERED) & (rows[:, MINUTE] >= 0)]
        parts = parts[licensed[parts[:, LINE], parts[:, SUPPLIER]]]
        so_far = np.append(0, np.cumsum(parts[:, AMOUNT]))
        exports[place, future] = np.diff(so_far[np.searchsorted(parts[:, MINUTE], ends)], prepend=0)
        done = rows[rows[:, FACT] == Fact.MEASURE]
        measure = np.searchsorted(firsts[place], done[:, DETAIL], side="right") - 1
        np.minimum.at(acts[place][future], measure, done[:, MINUTE])

    over_plays(result, result.policies, take)
    for table in (exports, *acts):
        table.flags.writeable = False
    return Monthly(exports, acts)
