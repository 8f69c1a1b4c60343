"""Exports month by month in every future, and when each measure first acts: what the figures over time are drawn from.

The series that a result keeps are sums over futures, from which no quantile can be had.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from exportsim.analysis.counting_tables import licensing, months
from exportsim.analysis.ledger_rows import exports_by_month
from exportsim.analysis.measures_in_force import first_acts
from exportsim.plan import Int
from exportsim.playing.measurers import EachFuture
from exportsim.study.result import Result


class Monthly(NamedTuple):
    """What every play of a result comes to, month by month. Axes: the result's policies, futures, calendar months."""

    exports: Int  # (policies, futures, months) cents
    acts: tuple[Int, ...]  # by policy: (futures, measures) minute at which a measure first acts, NEVER if it does not


_KNOWN: WeakKeyDictionary[Result, Monthly] = WeakKeyDictionary()


def monthly(result: Result) -> Monthly:
    """Exports by month of every play; the plays of a result are read once, however often they are asked for."""
    if result in _KNOWN:
        return _KNOWN[result]
    plan = result.plan
    licensed_by, ends = licensing(plan), months(plan)[1]
    policies = [plan.policies[plan.names.policies.index(name)] for name in result.policies]

    def read(_: int, ledgers: Sequence[Int]) -> tuple[list[Int], list[Int]]:
        exports = [exports_by_month(rows, licensed_by, ends) for rows in ledgers]
        return exports, [first_acts(rows, policy) for rows, policy in zip(ledgers, policies, strict=True)]

    exports, acts = zip(*result.measured(EachFuture(lambda _: read)), strict=True)
    _KNOWN[result] = Monthly(np.stack(exports, axis=1), tuple(map(np.stack, zip(*acts, strict=True))))
    for table in (_KNOWN[result].exports, *_KNOWN[result].acts):
        table.flags.writeable = False
    return _KNOWN[result]
