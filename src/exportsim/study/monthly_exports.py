"""Exports by month or quarter in every future, and when each measure first acts: what is shown over time.

The series that a result keeps are sums over futures, from which no quantile can be had.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from exportsim.analysis.comparison import QUANTILES
from exportsim.analysis.counting_tables import licensing, months
from exportsim.analysis.ledger_rows import exports_by_month
from exportsim.analysis.measures_in_force import first_acts
from exportsim.plan import Float, Int, Plan
from exportsim.study.futures import HasFutures, futures_of

if TYPE_CHECKING:
    import pandas as pd

QUARTER, SHORT = 3, 24  # months; a shorter period is shown month by month
SHARES = tuple(QUANTILES.values())


class Monthly(NamedTuple):
    """What every play of a result comes to, month by month. Axes: the result's policies, futures, calendar months."""

    exports: Int  # (policies, futures, months) cents
    acts: tuple[Int, ...]  # by policy: (futures, measures) minute at which a measure first acts, NEVER if it does not


_KNOWN: WeakKeyDictionary[HasFutures, Monthly] = WeakKeyDictionary()


def monthly(result: HasFutures) -> Monthly:
    """Exports by month of every play; the plays of a result are read once, however often they are asked for."""
    if result not in _KNOWN:
        found = futures_of(result).read_of_each("months", months_of_policy, result.policies)
        exports, acts = zip(*(map(np.stack, zip(*futures, strict=True)) for futures in found), strict=True)
        _KNOWN[result] = Monthly(np.stack(exports), acts)
        for table in (_KNOWN[result].exports, *acts):
            table.flags.writeable = False
    return _KNOWN[result]


def months_of_policy(plan: Plan, policy: str) -> Callable[[Int], tuple[Int, Int]]:
    """Of a play's rows: its exports by month, and when each measure first acts."""
    licensed_by, ends = licensing(plan), months(plan)[1]
    measures = plan.policies[plan.names.policies.index(policy)]
    return lambda rows: (exports_by_month(rows, licensed_by, ends), first_acts(rows, measures))


def months_together(plan: Plan) -> int:
    """How many months are shown together: a quarter, or one in a short period."""
    return QUARTER if len(months(plan)[1]) >= SHORT else 1


def quarterly(result: HasFutures, policy: str) -> Float:
    """Exports by future and quarter (or month, in a short period), in currency units; of whole quarters only."""
    exports = monthly(result).exports[result.policies.index(policy)] / 100
    long = months_together(result.plan)
    whole = exports.shape[1] // long
    sums: Float = exports[:, : whole * long].reshape(len(exports), whole, long).sum(axis=2)
    return sums


def by_quarter(result: HasFutures) -> pd.DataFrame:
    """The table of :meth:`exportsim.Result.by_quarter`."""
    import pandas as pd

    long = months_together(result.plan)
    tables = []
    for policy in result.policies:
        sums = quarterly(result, policy)
        columns = {"mean": sums.mean(axis=0), **dict(zip(QUANTILES, np.quantile(sums, SHARES, axis=0), strict=True))}
        starts = pd.DatetimeIndex(months(result.plan)[0][::long][: sums.shape[1]]).as_unit("ms")
        tables.append(pd.DataFrame({"policy": policy, "from": starts, **columns}))
    table = pd.concat(tables, ignore_index=True)
    table["policy"] = pd.Categorical(table["policy"], categories=result.policies)
    return table
