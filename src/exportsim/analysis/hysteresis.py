"""Hysteresis: who delivers before, during and after a restriction, and when an old supplier has half its share again.

A policy *restricts* while a cell in which orders can be is stopped under it and not under the reference: applications
on hold or denied, or permits suspended. A cancellation of permits counts in its minute. The restriction lasts from the
first such minute to the last; what stays afterwards, such as review case by case, is no part of it.

A supplier's share is that of the value delivered to its *market*: the lines of which it is a source.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.comparison import COLUMNS
from exportsim.analysis.counting_tables import supplied
from exportsim.analysis.intervals import LEVEL, WILSON, Interval, intervals
from exportsim.analysis.ledger_rows import AMOUNT, FACT, LINE, MINUTE, SUPPLIER, Mask, deliveries
from exportsim.analysis.measures_in_force import Acts
from exportsim.analysis.outcomes import bounds_of
from exportsim.jit import compiled
from exportsim.lifecycle import Fact
from exportsim.plan import NEVER, Float, Int, Plan

if TYPE_CHECKING:
    import pandas as pd

WINDOW = 365 * 1440  # minutes over which a share is taken when it is asked whether it is regained
MOST_KNOWN = 1000  # courses of a policy that are kept

#: Figures of the restriction, then of each supplier, each with its unit.
RESTRICTION = (("restricted", "futures"), ("lifted", "futures"), ("restriction", "days"))
OF_SUPPLIER = (
    *(("before", "share"), ("during", "share"), ("after", "share")),
    *(("regained", "futures"), ("time_to_half", "days")),
)


class Hysteresis:
    """Measures plays of one policy against plays of another; of both the index."""

    def __init__(self, plan: Plan, reference: int, policy: int) -> None:
        self._plan, self._policies = plan, (reference, policy)
        self._known: dict[tuple[bytes, ...], dict[int, bool]] = {}
        self._market = supplied(plan).T
        self._traded: Mask = np.any(plan.line_cell, axis=0)

    def figures(self, reference: Int, policy: Int) -> Float:
        """The figures of a future, from the rows of its two ledgers; shape (3 + 5 × suppliers,).

        First those of :data:`RESTRICTION`, then those of :data:`OF_SUPPLIER` for each; NaN where undefined.
        """
        figures = np.full((len(self._market), len(OF_SUPPLIER)), np.nan)
        restriction = self.restriction(reference, policy)
        if restriction is None:
            return np.append([0.0, np.nan, np.nan], figures.ravel())
        begin, end = restriction
        delivered = deliveries(policy)
        minute, cents, line, by = np.ascontiguousarray(delivered[:, [MINUTE, AMOUNT, LINE, SUPPLIER]].T)
        figures[:, 0] = self._shares(delivered, 0, begin)
        figures[:, 1] = self._shares(delivered, begin, self._plan.end if end is None else end)
        if end is not None:
            figures[:, 2] = self._shares(delivered, end, self._plan.end)
            for supplier in np.flatnonzero(figures[:, 0] > 0).tolist():
                half = figures[supplier, 0] / 2
                market, last = self._market[supplier], self._plan.end
                when = regained(minute, cents, line, by, market, supplier, half, end, last)
                figures[supplier, 3:] = (0, np.nan) if when == NEVER else (1, (when - end) / 1440)
        lasting = np.nan if end is None else (end - begin) / 1440
        return np.append([1.0, float(end is not None), lasting], figures.ravel())

    def restriction(self, reference: Int, policy: Int) -> tuple[int, int | None] | None:
        """When a policy begins and ends to restrict what the reference does not; None if it never does, or ends."""
        minutes = _cancellations(policy) - _cancellations(reference)
        restricting = False
        for minute, now in self._restricting(reference, policy).items():
            if now or restricting:
                minutes.add(minute)
            restricting = now
        if not minutes:
            return None
        return min(minutes), None if restricting else max(minutes)

    def _restricting(self, reference: Int, policy: Int) -> dict[int, bool]:
        """By minute in which a measure acts, whether the policy restricts from then on.

        It is kept: where all measures act on a day that is written, it is the same in every future.
        """
        measures = tuple(rows[rows[:, FACT] == Fact.MEASURE].tobytes() for rows in (reference, policy))
        if measures in self._known:
            return self._known[measures]
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
        if len(self._known) < MOST_KNOWN:
            self._known[measures] = at
        return at

    def _shares(self, delivered: Int, begin: int, end: int) -> Float:
        """By supplier, its share of what its market gets from one minute until before another; NaN of nothing."""
        first, past = np.searchsorted(delivered[:, MINUTE], (begin, end))
        rows = delivered[first:past]
        suppliers, lines = self._market.shape
        # Shares are of floats; their sums are of whole numbers below 2⁵³ unless money has got out of hand.
        own = np.bincount(rows[:, SUPPLIER], rows[:, AMOUNT], minlength=suppliers)
        market = self._market @ np.bincount(rows[:, LINE], rows[:, AMOUNT], minlength=lines)
        shares: Float = np.divide(own, market, out=np.full(suppliers, np.nan), where=market > 0)
        return shares


@compiled
def regained(
    minute: Int, cents: Int, line: Int, by: Int, market: Mask, supplier: int, share: float, begin: int, end: int
) -> int:
    """The first minute from one on after which a supplier's share of the last window is at least so much, or NEVER.

    Of deliveries in their order, minute, cents, line and supplier; ``market`` says of which lines the supplier is a
    source.
    """
    come = gone = all_cents = own_cents = 0
    now = begin
    while now < end:
        while come < len(minute) and minute[come] <= now:
            if market[line[come]]:
                all_cents += cents[come]
                own_cents += cents[come] if by[come] == supplier else 0
            come += 1
        while gone < len(minute) and minute[gone] <= now - WINDOW:
            if market[line[gone]]:
                all_cents -= cents[gone]
                own_cents -= cents[gone] if by[gone] == supplier else 0
            gone += 1
        if all_cents > 0 and own_cents >= share * all_cents:
            return now
        # It changes where a delivery comes into the window or leaves it.
        now = end
        if come < len(minute):
            now = min(now, minute[come])
        if gone < len(minute):
            now = min(now, minute[gone] + WINDOW)
    return int(NEVER)


def frame(figures: Float, plan: Plan) -> pd.DataFrame:
    """The table of :meth:`exportsim.Result.hysteresis`, from figures of shape (futures, figures)."""
    import pandas as pd

    records = [
        (*of, *futures_share(mean), "share") if unit == "futures" else (*of, *mean, unit)
        for *of, mean, unit in means_of(figures, plan, ["", *plan.names.suppliers])
    ]
    table = pd.DataFrame.from_records(records, columns=["supplier", "figure", *COLUMNS])
    return table.astype(dict.fromkeys(COLUMNS[:4], "float64") | {"n": "int64"})


def means_of(figures: Float, plan: Plan, suppliers: Sequence[str]) -> list[tuple[str, str, Interval, str]]:
    """The means of the figures of the restriction (its supplier has no name) and of suppliers, with their units."""
    named = [("", *figure) for figure in RESTRICTION]
    named += [(supplier, *figure) for supplier in plan.names.suppliers for figure in OF_SUPPLIER]
    columns = [column for column, (supplier, _, _) in enumerate(named) if supplier in suppliers]
    named = [named[column] for column in columns]
    means = intervals(
        figures[:, columns].T,
        shares=[unit == "share" for _, _, unit in named],
        bounds=[bounds_of(name, unit) for _, name, unit in named],
    )
    return [(supplier, name, mean, unit) for (supplier, name, unit), mean in zip(named, means, strict=True)]


def futures_share(plain: Interval) -> Interval:
    """The mean of what is so in a future or not (1 or 0, NaN where undefined), with Wilson's interval (1927)."""
    from scipy.special import ndtri

    mean, n = plain.mean, plain.n
    if not n:
        return plain
    z = float(ndtri((1 + LEVEL) / 2))
    middle = (mean + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(mean * (1 - mean) / n + z * z / (4 * n * n))
    return Interval(mean, max(0.0, middle - half), min(1.0, middle + half), plain.sd, n, WILSON)


def _cancellations(rows: Int) -> set[int]:
    """The minutes in which permits are cancelled."""
    return set(rows[rows[:, FACT] == Fact.CANCELLED, MINUTE].tolist())
