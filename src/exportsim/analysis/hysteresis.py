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
from exportsim.analysis.ledger_rows import DELIVERED, acts
from exportsim.analysis.measures_in_force import Acts
from exportsim.analysis.outcomes import bounds_of
from exportsim.jit import compiled, compiled_part
from exportsim.lifecycle import Fact
from exportsim.packed_rows import Mask, columns, row_at, stating
from exportsim.plan import Float, Int, Plan

if TYPE_CHECKING:
    import pandas as pd

WINDOW = 365 * 1440  # minutes over which a share is taken when it is asked whether it is regained
MOST_REMEMBERED = 1 << 10  # pairs of acts

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
        self._market = np.ascontiguousarray(supplied(plan).T)
        self._traded: Mask = np.any(plan.line_cell, axis=0)
        self._room = np.empty((1 << 12, 4), dtype=np.int64)
        self._stops: dict[tuple[bytes, ...], tuple[set[int], bool]] = {}  # by the acts under both policies

    def figures(self, reference: Int, policy: Int) -> Float:
        """The figures of a future, from the rows of its two ledgers; shape (3 + 5 × suppliers,).

        First those of :data:`RESTRICTION`, then those of :data:`OF_SUPPLIER` for each; NaN where undefined.
        """
        figures = np.full((len(self._market), len(OF_SUPPLIER)), np.nan)
        restriction = self.restriction(reference, policy)
        if restriction is None:
            return np.append([0.0, np.nan, np.nan], figures.ravel())
        begin, end = restriction
        if len(self._room) < len(policy):
            self._room = np.empty((2 * len(policy), 4), dtype=np.int64)
        past = self._plan.end
        by_supplier, by_line = (np.zeros((3, number), dtype=np.int64) for number in self._market.shape)
        measure(
            policy, self._market, begin, past if end is None else end, past, end is not None, self._room, by_supplier,
            by_line, figures,
        )  # fmt: skip
        lasting = np.nan if end is None else (end - begin) / 1440
        return np.append([1.0, float(end is not None), lasting], figures.ravel())

    def restriction(self, reference: Int, policy: Int) -> tuple[int, int | None] | None:
        """When a policy begins and ends to restrict what the reference does not; None if it never does, or ends."""
        sides = [self._acts(rows) for rows in (reference, policy)]
        measures, cancellations = zip(*sides, strict=True)
        stated = map(columns, measures)
        key = tuple(part.tobytes() for acted in stated for part in (acted.minute, acted.detail))
        if key not in self._stops:  # in most futures policies act on the same days
            if len(self._stops) >= MOST_REMEMBERED:
                self._stops.clear()
            self._stops[key] = self._stopping(measures)
        stopping, restricting = self._stops[key]
        minutes = stopping | (cancellations[1] - cancellations[0])
        if not minutes:
            return None
        return min(minutes), None if restricting else max(minutes)

    def _acts(self, rows: Int) -> tuple[Int, set[int]]:
        """The rows of a play's measures, and the minutes in which permits are cancelled."""
        found = acts(rows)
        return found[stating(found, Fact.MEASURE)], set(columns(found, Fact.CANCELLED).minute.tolist())

    def _stopping(self, measures: Sequence[Int]) -> tuple[set[int], bool]:
        """The minutes of acts while the policy stops what the reference does not, and whether it does so at the end."""
        changes = [
            (act.minute, side, act.after.stopped)
            for side, rows in enumerate(measures)
            for act in Acts(self._plan, rows, self._policies[side])
        ]
        stopped: list[Mask] = [np.zeros_like(self._traded)] * 2
        at: dict[int, bool] = {}
        for minute, side, cells in sorted(changes, key=lambda act: act[:2]):
            stopped[side] = cells
            at[minute] = bool((stopped[1] & ~stopped[0] & self._traded).any())
        minutes, restricting = set[int](), False
        for minute, now in at.items():
            if now or restricting:
                minutes.add(minute)
            restricting = now
        return minutes, restricting


@compiled
def measure(
    rows: Int, market: Mask, begin: int, end: int, past: int, lifted: bool, room: Int,
    own: Int, of_line: Int, figures: Float,
) -> None:  # fmt: skip
    """Write the figures of each supplier, shape (suppliers, 5), given when the restriction begins and ends.

    ``room`` is for what was delivered: minute, line, supplier and cents of every part. ``own`` and ``of_line``, which
    are zero, are for the cents of each supplier and line before, during and after.
    """
    delivered = 0
    for place in range(len(rows)):
        row = row_at(rows, place)
        if row.fact == DELIVERED and 0 <= row.minute < past:
            room[delivered, 0], room[delivered, 1] = row.minute, row.line
            room[delivered, 2], room[delivered, 3] = row.supplier, row.amount
            delivered += 1
    suppliers, lines = market.shape
    for part in range(delivered):
        when = 0 if room[part, 0] < begin else 1 if room[part, 0] < end else 2
        own[when, room[part, 2]] += room[part, 3]
        of_line[when, room[part, 1]] += room[part, 3]
    for supplier in range(suppliers):
        for when in range(3 if lifted else 2):
            total = 0
            for line in range(lines):
                if market[supplier, line]:
                    total += of_line[when, line]
            if total > 0:
                figures[supplier, when] = own[when, supplier] / total
        if lifted and figures[supplier, 0] > 0.0:
            minute = regained(room, delivered, market, supplier, figures[supplier, 0] / 2, end, past)
            figures[supplier, 3] = minute >= 0
            if minute >= 0:
                figures[supplier, 4] = (minute - end) / 1440


@compiled_part
def regained(parts: Int, count: int, market: Mask, supplier: int, share: float, begin: int, past: int) -> int:
    """The first minute from one on after which a supplier's share of the last window is at least so much; or -1.

    It changes where a delivery to its market comes into the window or leaves it.
    """
    coming = leaving = own = total = 0
    minute = begin
    while minute < past:
        while coming < count and parts[coming, 0] <= minute:
            if market[supplier, parts[coming, 1]]:
                total += parts[coming, 3]
                own += parts[coming, 3] if parts[coming, 2] == supplier else 0
            coming += 1
        while leaving < count and parts[leaving, 0] <= minute - WINDOW:
            if market[supplier, parts[leaving, 1]]:
                total -= parts[leaving, 3]
                own -= parts[leaving, 3] if parts[leaving, 2] == supplier else 0
            leaving += 1
        if total > 0 and own >= share * total:
            return minute
        minute = past
        if coming < count:
            minute = parts[coming, 0]
        if leaving < count:
            minute = min(minute, parts[leaving, 0] + WINDOW)
    return -1


def frame(figures: Float, plan: Plan) -> pd.DataFrame:
    """The table of :meth:`exportsim.Result.hysteresis`, from figures of shape (futures, figures)."""
    import pandas as pd

    records = [
        (*of, *futures_share(mean), "share") if unit == "futures" else (*of, *mean, unit)
        for *of, mean, unit in means_of(figures, plan)
    ]
    table = pd.DataFrame.from_records(records, columns=["supplier", "figure", *COLUMNS])
    return table.astype(dict.fromkeys(COLUMNS[:4], "float64") | {"n": "int64"})


def means_of(figures: Float, plan: Plan) -> list[tuple[str, str, Interval, str]]:
    """The means of the figures of the restriction (its supplier has no name) and of suppliers, with their units."""
    named = [("", *figure) for figure in RESTRICTION]
    named += [(supplier, *figure) for supplier in plan.names.suppliers for figure in OF_SUPPLIER]
    means = intervals(
        figures.T,
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
