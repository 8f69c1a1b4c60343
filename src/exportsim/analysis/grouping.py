"""Outcomes by year, line, destination, goods and supplier: one pass over a ledger's rows, compiled.

A delivery, a loss and an order belong to one year, one line and one supplier or none; every group is a set of these, so
sums over groups are the totals, to the cent. What belongs to no year (what stands open) or to no supplier (what is
ordered, lost or open) has no place in tables by year or by supplier, and is left out there. So are processing times and
the outcomes named after suppliers, which groups do not add up to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from exportsim.analysis.checked_sums import OVERFLOWN, plus, spend
from exportsim.analysis.counting_tables import licensing, months
from exportsim.analysis.outcomes import quotient
from exportsim.analysis.series import TOO_LARGE
from exportsim.analysis.tally import (
    AMOUNT,
    DELAY_HIGH,
    DELAY_LOW,
    DELIVERED,
    EXPORTS,
    FACT,
    IS_DELIVERED,
    IS_LOST,
    IS_ORDERED,
    IS_SOURCED,
    LIMB,
    LINE,
    LOST,
    LOW,
    MINUTE,
    OPEN_AT_START,
    ORDER,
    ORDERED,
    PENDING,
    PREMIUM,
    SUBSTITUTED,
    SUPPLIER,
)
from exportsim.errors import ExportsimError
from exportsim.jit import compiled, compiled_part
from exportsim.plan import Float, Int, Plan
from exportsim.working_time import DAY

#: What can be asked for.
BY = ("year", "line", "destination", "goods", "supplier")

MONEY = {
    "exports": EXPORTS,
    "delivered": DELIVERED,
    "substituted": SUBSTITUTED,
    "lost": LOST,
    "pending": PENDING,
    "ordered": ORDERED,
    "open_at_start": OPEN_AT_START,
    "premium": PREMIUM,
}
DELAY = "delay"
OF_NO_YEAR = ("pending", "open_at_start")
OF_NO_SUPPLIER = ("lost", "pending", "ordered", "open_at_start")
FIGURES = DELAY_LOW + 1

WIDTH = 3  # what is known of an order: when it was placed, what is open of it, its first supplier
PLACED, OPEN, FIRST = range(WIDTH)


class Groups(NamedTuple):
    """The groups of a plan, as :func:`sort_out` reads them."""

    year_end: Int  # (years,) minute at which each ends
    number: Int  # (years, lines, suppliers + 1) of the group; the last supplier is none
    authority: Int  # (lines, suppliers + 1) that licenses the supplier to the line's destination, -1 none
    price: Int  # (suppliers,) millionths of the value


class Grouping:
    """Sorts plays' outcomes into groups; a thread has its own."""

    def __init__(self, plan: Plan, by: Sequence[str]) -> None:
        self._groups, self.labels = _groups(plan, by)
        self._room = np.empty(1 << 12, dtype=np.int64)
        left_out = (OF_NO_YEAR if "year" in by else ()) + (OF_NO_SUPPLIER if "supplier" in by else ())
        self.outcomes = tuple(name for name in (*MONEY, DELAY) if name not in left_out)

    def figures(self, *plays: int) -> Int:
        """Room for the figures of an array of plays, by group."""
        return np.zeros((*plays, len(self.labels), FIGURES), dtype=np.int64)

    def count(self, rows: Int, figures: Int) -> None:
        """Write a play's figures, by group.

        Parameters
        ----------
        rows : ndarray of int64, shape (rows, 8 or more)
            A ledger of the plan, in the order of its minutes.
        figures : ndarray of int64, shape (groups, figures)
        """
        while (needed := sort_out(rows, self._groups, figures, self._room)) > 0:
            self._room = np.empty(2 * needed, dtype=np.int64)

    def values(self, figures: Int) -> Float:
        """The outcomes of plays, from their figures.

        Parameters
        ----------
        figures : ndarray of int64, shape (…, groups, figures)

        Returns
        -------
        ndarray of float64, shape (…, groups, outcomes)
            Money in currency units, delay in days, NaN where nothing was delivered.
        """
        if figures.size and figures.min() == OVERFLOWN:
            raise ExportsimError(TOO_LARGE)
        money = quotient(figures[..., [MONEY[name] for name in self.outcomes if name != DELAY]], 100)
        waited = figures[..., DELAY_HIGH, np.newaxis].astype(object) * 2**LIMB + figures[..., DELAY_LOW, np.newaxis]
        delay = quotient(waited, figures[..., [DELIVERED]].astype(object) * DAY)
        return np.concatenate([money, delay], axis=-1)


@compiled
def sort_out(rows: Int, groups: Groups, figures: Int, room: Int) -> int:
    """Write the figures of a play by group.

    Parameters
    ----------
    rows : ndarray of int64, shape (rows, 8 or more)
    figures : ndarray of int64, shape (groups, FIGURES)
        Written, whatever is in it.
    """
    lines, nobody = len(groups.authority), len(groups.price)
    last_year = len(groups.year_end) - 1
    if len(room) < lines:
        return lines
    room[:lines] = 0
    for r in range(len(rows)):
        if rows[r, LINE] >= 0:
            room[rows[r, LINE]] = max(room[rows[r, LINE]], rows[r, ORDER])
    end = lines
    for line in range(lines):
        number = room[line]
        room[line] = end - WIDTH
        end += WIDTH * number
    if len(room) < end:
        return end
    for place in range(lines, end):
        room[place] = 0
    figures[:] = 0

    year = 0
    begun = False
    for r in range(len(rows)):
        minute, fact, line = rows[r, MINUTE], rows[r, FACT], rows[r, LINE]
        if minute >= 0 and not begun:
            begun = True
            _stand(groups, figures, OPEN_AT_START, room, end)
        if line < 0:
            continue
        while year < last_year and groups.year_end[year] <= minute:
            year += 1
        supplier, amount = rows[r, SUPPLIER], rows[r, AMOUNT]
        at = room[line] + WIDTH * rows[r, ORDER]
        if fact == IS_ORDERED:
            room[at + PLACED], room[at + OPEN], room[at + FIRST] = minute, amount, -1
            if minute >= 0:
                _add(figures, groups.number[year, line, nobody], ORDERED, amount)
        elif fact == IS_SOURCED:
            if room[at + FIRST] < 0:
                room[at + FIRST] = supplier
        elif fact == IS_LOST:
            room[at + OPEN] = 0
            if minute >= 0:
                _add(figures, groups.number[year, line, nobody], LOST, amount)
        elif fact == IS_DELIVERED:
            room[at + OPEN] -= amount
            if minute >= 0:
                group = groups.number[year, line, supplier]
                _add(figures, group, DELIVERED, amount)
                if groups.authority[line, supplier] >= 0:
                    _add(figures, group, EXPORTS, amount)
                if supplier != room[at + FIRST]:
                    _add(figures, group, SUBSTITUTED, amount)
                _add(figures, group, PREMIUM, plus(spend(amount, groups.price[supplier]), -amount))
                waited = minute - room[at + PLACED]
                if amount >> 52 != 0 or waited >> 33 != 0:  # further, the products below might not fit
                    figures[group, DELAY_HIGH] = OVERFLOWN
                low = figures[group, DELAY_LOW] + (amount & LOW) * waited
                figures[group, DELAY_LOW] = low & LOW
                _add(figures, group, DELAY_HIGH, (amount >> LIMB) * waited + (low >> LIMB))
    if not begun:
        _stand(groups, figures, OPEN_AT_START, room, end)
    _stand(groups, figures, PENDING, room, end)
    return 0


@compiled_part
def _stand(groups: Groups, figures: Int, figure: int, room: Int, end: int) -> None:
    """Write what is open, by line (and in the group of the first year)."""
    lines, nobody = len(groups.authority), len(groups.price)
    for line in range(lines):
        past = room[line + 1] + WIDTH if line + 1 < lines else end
        for at in range(room[line] + WIDTH, past, WIDTH):
            _add(figures, groups.number[0, line, nobody], figure, room[at + OPEN])


@compiled_part
def _add(figures: Int, group: int, figure: int, amount: int) -> None:
    figures[group, figure] = plus(figures[group, figure], amount)


def _groups(plan: Plan, by: Sequence[str]) -> tuple[Groups, list[tuple[object, ...]]]:
    """The groups of a plan and their labels, in the order of years, then of the scenario."""
    starts, ends = months(plan)
    years = sorted({start.year for start in starts})
    year_end = [max(int(end) for start, end in zip(starts, ends, strict=True) if start.year == year) for year in years]
    lines, suppliers = len(plan.names.lines), len(plan.names.suppliers)
    year, line, supplier = np.indices((len(years), lines, suppliers + 1))
    axes = {
        "year": (year, years),
        "line": (line, plan.names.lines),
        "destination": (plan.lines.destination[line], plan.names.destinations),
        "goods": (plan.lines.goods[line], plan.names.goods),
        "supplier": (supplier, plan.names.suppliers),
    }
    possible = np.zeros((lines, suppliers + 1), dtype=bool)
    possible[plan.sources.line, plan.sources.supplier] = True
    counted = np.broadcast_to(possible, year.shape)
    keys = np.stack([np.broadcast_to(axes[name][0], year.shape) for name in by], axis=-1)
    existing, inverse = np.unique(keys[counted], axis=0, return_inverse=True)
    number = np.zeros(year.shape, dtype=np.int64)
    number[counted] = inverse.ravel()
    # Nobody's group: without suppliers in the key that of the line's first source, else any, since it is not looked at.
    number[:, plan.sources.line[::-1], suppliers] = number[:, plan.sources.line[::-1], plan.sources.supplier[::-1]]
    labels = [tuple(axes[name][1][place] for name, place in zip(by, key, strict=True)) for key in existing.tolist()]
    groups = Groups(
        year_end=np.array(year_end, dtype=np.int64),
        number=number,
        authority=licensing(plan),
        price=plan.suppliers.price,
    )
    return groups, labels
