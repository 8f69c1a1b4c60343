"""Hysteresis: who delivers before, during and after a restriction, and when an old supplier has half its share again.

A policy *restricts* while a cell in which orders can be is stopped under it and not under the reference: applications
on hold or denied, or permits suspended. A cancellation of permits counts in its minute. The restriction lasts from the
first such minute to the last; what stays afterwards, such as review case by case, is no part of it.

A supplier's share is that of the value delivered to its *market*: the lines of which it is a source.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exportsim.analysis.comparison import COLUMNS
from exportsim.analysis.counting_tables import supplied
from exportsim.analysis.intervals import LEVEL, WILSON, Interval, interval
from exportsim.analysis.ledger_rows import AMOUNT, FACT, LINE, MINUTE, SUPPLIER, Mask, deliveries
from exportsim.analysis.measures_in_force import Acts
from exportsim.analysis.outcomes import bounds_of
from exportsim.lifecycle import Fact
from exportsim.plan import Float, Int, Plan

if TYPE_CHECKING:
    import pandas as pd

WINDOW = 365 * 1440  # minutes over which a share is taken when it is asked whether it is regained

#: Figures of the restriction, then of each supplier, each with its unit.
RESTRICTION = (("restricted", "futures"), ("lifted", "futures"), ("restriction", "days"))
OF_SUPPLIER = (
    ("before", "share"),
    ("during", "share"),
    ("after", "share"),
    ("regained", "futures"),
    ("time_to_half", "days"),
)


class Restriction(NamedTuple):
    """A restriction: the minutes at which it begins and ends."""

    begin: int
    end: int | None
    """None: not in the period."""


class Hysteresis:
    """Measures plays of one policy against plays of another; of both the index."""

    def __init__(self, plan: Plan, reference: int, policy: int) -> None:
        self._plan, self._policies = plan, (reference, policy)
        self._market = supplied(plan).T
        self._traded: Mask = np.any(plan.line_cell, axis=0)

    def figures(self, reference: Int, policy: Int) -> Float:
        """The figures of a future, from the rows of its two ledgers; shape (3 + 5 × suppliers,).

        First those of :data:`RESTRICTION`, then those of :data:`OF_SUPPLIER` for each; NaN where undefined.
        """
        found = np.full((len(self._market), len(OF_SUPPLIER)), np.nan)
        restriction = self.restriction(reference, policy)
        if restriction is None:
            return np.append([0.0, np.nan, np.nan], found.ravel())
        begin, end = restriction
        delivered = deliveries(policy)
        until = self._plan.end if end is None else end
        for supplier, market in enumerate(self._market):
            rows = delivered[market[delivered[:, LINE]]]
            shares = _Shares(rows[:, MINUTE], rows[:, AMOUNT], rows[:, SUPPLIER] == supplier)
            old = shares.between(0, begin)
            found[supplier, :2] = old, shares.between(begin, until)
            if end is not None:
                found[supplier, 2] = shares.between(end, self._plan.end)
                if old > 0:
                    when = shares.first(old / 2, end, self._plan.end)
                    found[supplier, 3] = when is not None
                    found[supplier, 4] = np.nan if when is None else (when - end) / 1440
        lasting = np.nan if end is None else (end - begin) / 1440
        return np.append([1.0, float(end is not None), lasting], found.ravel())

    def restriction(self, reference: Int, policy: Int) -> Restriction | None:
        """When a policy restricts what the reference does not; None if never."""
        acts = [
            (act.minute, side, act.after.stopped)
            for side, rows in enumerate((reference, policy))
            for act in Acts(self._plan, rows, self._policies[side])
        ]
        stopped: list[Mask] = [np.zeros_like(self._traded)] * 2
        at: dict[int, bool] = {}
        for minute, side, cells in sorted(acts, key=lambda act: act[:2]):
            stopped[side] = cells
            at[minute] = bool((stopped[1] & ~stopped[0] & self._traded).any())
        minutes = _cancellations(policy) - _cancellations(reference)
        restricting = False
        for minute, now in at.items():
            if now or restricting:
                minutes.add(minute)
            restricting = now
        if not minutes:
            return None
        return Restriction(min(minutes), None if restricting else max(minutes))


def frame(figures: Float, plan: Plan) -> pd.DataFrame:
    """The table of hysteresis, from figures of shape (futures, figures); see
    :func:`exportsim.study.two_policies.hysteresis`.
    """
    import pandas as pd

    named = [("", *figure) for figure in RESTRICTION]
    named += [(supplier, *figure) for supplier in plan.names.suppliers for figure in OF_SUPPLIER]
    records = []
    for (supplier, name, unit), column in zip(named, figures.T, strict=True):
        if unit == "futures":
            records.append((supplier, name, *futures_share(column), "share"))
        else:
            mean = interval(column, share=unit == "share", bounds=bounds_of(name, unit))
            records.append((supplier, name, *mean, unit))
    table = pd.DataFrame.from_records(records, columns=["supplier", "figure", *COLUMNS])
    return table.astype(dict.fromkeys(COLUMNS[:4], "float64") | {"n": "int64"})


def futures_share(values: Iterable[float]) -> Interval:
    """The share of futures in which something is so (1 or 0, NaN where undefined), with Wilson's interval (1927)."""
    from scipy.special import ndtri

    found = interval(values)
    mean, n = found.mean, found.n
    if not n:
        return found
    z = float(ndtri((1 + LEVEL) / 2))
    middle = (mean + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(mean * (1 - mean) / n + z * z / (4 * n * n))
    return Interval(mean, max(0.0, middle - half), min(1.0, middle + half), found.sd, n, WILSON)


def _cancellations(rows: Int) -> set[int]:
    """The minutes in which permits are cancelled."""
    return set(rows[rows[:, FACT] == Fact.CANCELLED, MINUTE].tolist())


class _Shares:
    """One supplier's shares of the deliveries to its market, over any time."""

    def __init__(self, minutes: Int, cents: Int, own: Mask) -> None:
        self._minutes = minutes
        # Shares are of floats; their sums are of whole numbers below 2⁵³ unless money has got out of hand.
        self._all = np.append(0.0, np.cumsum(cents, dtype=np.float64))
        self._own = np.append(0.0, np.cumsum(np.where(own, cents, 0), dtype=np.float64))

    def between(self, begin: int, end: int) -> float:
        """The share of what is delivered from one minute until before another; NaN of nothing."""
        first, past = np.searchsorted(self._minutes, (begin, end))
        market = self._all[past] - self._all[first]
        return float((self._own[past] - self._own[first]) / market) if market > 0 else math.nan

    def first(self, share: float, begin: int, end: int) -> int | None:
        """The first minute, from one until before another, after which the last window's share is at least this."""
        # It changes where a delivery comes into the window or leaves it.
        changes = np.concatenate([[begin], self._minutes, self._minutes + WINDOW])
        minutes = np.unique(changes[(begin <= changes) & (changes < end)])
        past = np.searchsorted(self._minutes, minutes, side="right")
        first = np.searchsorted(self._minutes, minutes - WINDOW, side="right")
        market = self._all[past] - self._all[first]
        enough = (market > 0) & (self._own[past] - self._own[first] >= share * market)
        return int(minutes[enough.argmax()]) if enough.any() else None
