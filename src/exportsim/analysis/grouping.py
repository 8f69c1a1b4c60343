"""Outcomes by year, line, destination, goods and supplier: the counting of plays, told apart by groups.

A delivery, a loss and an order belong to one year, one line and one supplier or none; every group is a set of these, so
sums over groups are the totals, to the cent. What belongs to no year (what stands open) or to no supplier (what is
ordered, lost or open) has no place in tables by year or by supplier, and is left out there, as the table of outcomes
says (:mod:`exportsim.outcomes`). So are processing times and the outcomes named after suppliers, which groups do not
add up to.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exportsim.analysis.checked_sums import check_sums
from exportsim.analysis.counter import Counter, Journal
from exportsim.analysis.counting_tables import Groups, line_axes, months, supplied
from exportsim.analysis.figures import FIGURES, outcome_values
from exportsim.outcomes import told_by
from exportsim.plan import Float, Int, Plan


class Grouping:
    """Sorts plays' outcomes into groups; a thread has its own."""

    def __init__(self, plan: Plan, by: Sequence[str]) -> None:
        groups = groups_by(plan, by)
        self.labels = groups.labels
        self.outcomes = told_by(*by)
        self._suppliers = len(plan.names.suppliers)
        self._counter, self._journal = Counter(plan, groups), Journal()
        self._of_play = self._counter.figures()

    def figures(self, *plays: int) -> Int:
        """Room for the figures of an array of plays, by group."""
        return np.zeros((*plays, len(self.labels), len(FIGURES)), dtype=np.int64)

    def count(self, rows: Int, figures: Int) -> None:
        """Write a play's figures, by group; shape (groups, figures)."""
        self._counter.count(rows, self._journal, self._of_play, figures)
        self._journal.clear()  # the series of groups are not asked for

    def values(self, figures: Int) -> Float:
        """The outcomes of plays, from their figures.

        Shape (…, groups, outcomes): money in currency units, delay in days, NaN where nothing was delivered.
        """
        check_sums(figures)
        return np.concatenate([outcome_values(name, figures, self._suppliers) for name in self.outcomes], axis=-1)


def groups_by(plan: Plan, by: Sequence[str]) -> Groups:
    """The groups of a plan and their labels, in the order of years, then of the scenario."""
    calendar_years = [month.year for month in months(plan)[0]]
    years = sorted(set(calendar_years))
    lines, suppliers = len(plan.names.lines), len(plan.names.suppliers)
    year, line, supplier = np.indices((len(years), lines, suppliers + 1))
    axes: dict[str, tuple[Int, Sequence[str | int]]] = {
        "year": (year, years),
        "supplier": (supplier, plan.names.suppliers),
        **{name: (part[line], names) for name, (part, names) in line_axes(plan).items()},
    }
    counted = np.broadcast_to(np.insert(supplied(plan), suppliers, False, axis=1), year.shape)
    keys = np.stack([axes[name][0] for name in by], axis=-1)[counted]
    existing, inverse = np.unique(keys, axis=0, return_inverse=True)
    number = np.zeros(year.shape, dtype=np.int64)
    number[counted] = inverse.ravel()
    # Nobody's group: without suppliers in the key that of the line's first source, else any, since it is not looked at.
    number[:, plan.sources.line[::-1], suppliers] = number[:, plan.sources.line[::-1], plan.sources.supplier[::-1]]
    labels = [tuple(axes[name][1][index] for name, index in zip(by, key, strict=True)) for key in existing.tolist()]
    return Groups(np.searchsorted(years, calendar_years), number, labels)
