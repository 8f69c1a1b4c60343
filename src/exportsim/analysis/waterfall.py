"""The waterfall: from one policy's exports to the other's, bar by bar, to the cent.

Exports are what suppliers deliver that an authority of the scenario licenses to the line's destination. Of what was
exported under the reference some still is (kept); the rest has another fate (delayed, taken over, lost). What is
exported under the policy alone is gained, from some fate under the reference. Every bar is a sum of cells of the fates.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.checked_sums import check_sums, too_large
from exportsim.analysis.comparison import COLUMNS
from exportsim.analysis.counting_tables import licensing
from exportsim.analysis.fate_tables import Groups, Rows, rows
from exportsim.analysis.fates import BEFORE, ENDS, PENDING, UNSERVED, fates
from exportsim.analysis.intervals import FROM_ZERO, interval
from exportsim.analysis.ledger_rows import is_export
from exportsim.plan import Int, Plan

if TYPE_CHECKING:
    import pandas as pd

KEPT, CHANGE, EXPORTS, DIFFERENCE = "kept", "change", "exports", "difference"  # the parts that a bar can play


def bars(plan: Plan) -> list[tuple[str, str]]:
    """The bars between the two totals, in their order, each with its part.

    ``kept/same``, ``kept/other`` (licensed) supplier; ``delayed``, ``taken_over/SUPPLIER``, ``lost/…``, ``before``;
    ``gained/FATE``.
    """
    named = fates(plan)
    away = [_away(named[fate]) for fate in _away_order(plan)]
    changes = [*away, *(f"gained/{name}" for name in named)]
    return [("kept/same", KEPT), ("kept/other", KEPT), *((name, CHANGE) for name in changes)]


def bar_rows(plan: Plan, of_line: Int) -> Rows:
    """A row for each group and bar; what is of exports under neither policy goes to none."""
    number, suppliers = len(fates(plan)), len(plan.names.suppliers)
    exported = np.zeros((len(plan.names.lines), number), dtype=bool)
    exported[:, :suppliers] = is_export(licensing(plan)[:, :suppliers])
    before, after = exported[:, :, np.newaxis], exported[:, np.newaxis, :]
    fate = np.arange(number)
    away = np.empty(number, dtype=np.int64)
    away[_away_order(plan)] = 2 + fate
    other = (fate[:, np.newaxis] != fate).astype(np.int64)
    bar = np.select([before & after, before, after], [other, away, 2 + number + fate[:, np.newaxis]], -1)
    return rows(plan, of_line, bar, 2 + 2 * number)


def waterfall_frame(sums: Int, rows: Rows, told: Groups, plan: Plan) -> pd.DataFrame:
    """The table of bars, from cents of shape (futures, rows)."""
    import pandas as pd

    check_sums(sums)
    named, number = bars(plan), len(fates(plan))
    records = []
    for group in range(max(told.of_line, default=-1) + 1):
        of_group = np.flatnonzero(rows.group == group)
        found = sums[:, of_group].astype(object)  # whole numbers without bounds: sums of bars need not be looked at
        bar = rows.key[of_group]
        gained = bar >= 2 + number
        left = (bar >= 2) & ~gained
        signed = np.where(left, -1, 1).astype(object) * found
        drawn = [(*named[key], signed[:, column]) for column, key in enumerate(bar) if found[:, column].any()]
        drawn = [
            ("reference", EXPORTS, found[:, ~gained].sum(axis=1)),
            *drawn,
            ("policy", EXPORTS, found[:, ~left].sum(axis=1)),
            ("difference", DIFFERENCE, signed[:, gained | left].sum(axis=1)),
        ]
        of = [column[group] for column in told.columns.values()]
        for name, part, cents in drawn:
            total = sum(cents.tolist())
            if abs(total) >= 1 << 63:
                raise too_large()
            # A bar is money that goes one way: only the difference may be of either sign.
            one_way = FROM_ZERO if total >= 0 else (-math.inf, 0.0)
            mean = interval(cents.astype(float) / 100, bounds=None if part == DIFFERENCE else one_way)
            records.append([*of, name, part, *mean, plan.currency, total])
    table = pd.DataFrame.from_records(records, columns=[*told.columns, "bar", "part", *COLUMNS, "cents"])
    return table.astype(dict.fromkeys(COLUMNS[:4], "float64") | {"n": "int64", "cents": "int64"})


def _away_order(plan: Plan) -> list[int]:
    """The fates in the order in which exports are drawn to go there: what is delayed, taken over, lost, and before."""
    first = len(plan.names.suppliers)
    return [first + PENDING, *range(first), *range(first, first + UNSERVED + 1), first + BEFORE]


def _away(fate: str) -> str:
    return "delayed" if fate == ENDS[PENDING] else fate.replace("delivered/", "taken_over/", 1)
