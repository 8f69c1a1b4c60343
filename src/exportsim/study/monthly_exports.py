"""Exports month by month in every future, and when each measure first acts: what the figures over time are drawn from.

The series that a result keeps are sums over futures, from which no quantile can be had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from exportsim.analysis.counting_tables import licensing, months
from exportsim.analysis.ledger_rows import exports_by_month
from exportsim.analysis.measures_in_force import first_acts
from exportsim.plan import Int
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
    licensed_by, ends = licensing(plan), months(plan)[1]
    policies = [plan.policies[plan.names.policies.index(name)] for name in result.policies]
    exports = np.zeros((len(policies), result.futures, len(ends)), dtype=np.int64)
    acts = tuple(np.empty((result.futures, len(policy.branch_first)), dtype=np.int64) for policy in policies)

    def take(place: int, future: int, rows: Int) -> None:
        exports[place, future] = exports_by_month(rows, licensed_by, ends)
        acts[place][future] = first_acts(rows, policies[place])

    over_plays(result, result.policies, take)
    for table in (exports, *acts):
        table.flags.writeable = False
    return Monthly(exports, acts)
