"""Tables of fates: moves added up by line, goods or destination, those of one future order by order, and the waterfall.

The waterfall goes from one policy's exports to the other's, bar by bar, to the cent. Exports are what suppliers deliver
that an authority of the scenario licenses to the line's destination. Of what was exported under the reference some
still is (kept); the rest has another fate (delayed, taken over, lost). What is exported under the policy alone is
gained, from some fate under the reference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exportsim.analysis.checked_sums import check_sums, too_large
from exportsim.analysis.comparison import COLUMNS
from exportsim.analysis.counting_tables import licensing, line_axes
from exportsim.analysis.fates import BEFORE, ENDS, PENDING, UNSERVED, fates, possible_fates
from exportsim.analysis.intervals import FROM_ZERO, intervals
from exportsim.analysis.ledger_rows import is_export
from exportsim.plan import Int, Plan

if TYPE_CHECKING:
    import pandas as pd

BY = ("line", "goods", "destination")
KEPT, CHANGE, EXPORTS, DIFFERENCE = "kept", "change", "exports", "difference"  # the parts that a bar can play


class Groups(NamedTuple):
    """Lines told apart by some of :data:`BY`."""

    of_line: Int  # (L,) number of the line's group
    columns: dict[str, list[str]]  # by name of :data:`BY`: of each group

    def of_rows(self, group: Int) -> dict[str, NDArray[np.object_]]:
        """The columns of a table, given the group of each row."""
        return {name: np.array(column, dtype=object)[group] for name, column in self.columns.items()}


class Rows(NamedTuple):
    """To which row of a table the cents go that a move takes from one fate to another."""

    of_move: Int  # (lines, fates, fates) under the reference and under the policy; -1 to none
    group: Int  # (rows,)
    key: Int  # (rows,) what else the row stands for


def groups(plan: Plan, by: Sequence[str]) -> Groups:
    """The groups of lines, in the order of the file; one of all lines if they are not to be told apart."""
    named = {name: [names[number] for number in numbers] for name, (numbers, names) in line_axes(plan).items()}
    labels = list(zip(*(named[name] for name in by), strict=True)) or [()] * len(plan.names.lines)
    numbers = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    of_line = np.array([numbers[label] for label in labels], dtype=np.int64)
    return Groups(of_line, dict(zip(by, map(list, zip(*numbers, strict=True)), strict=True)))


def rows(plan: Plan, of_line: Int, key: Int, keys: int) -> Rows:
    """Number the rows of a table, given the group of each line and what else the row of each move stands for.

    ``key``, shape (lines or 1, fates, fates), is below ``keys``, or -1 if the move's cents go to no row.
    """
    possible = possible_fates(plan)
    counted = possible[:, :, np.newaxis] & possible[:, np.newaxis, :] & (key >= 0)
    both, number = np.unique((of_line[:, np.newaxis, np.newaxis] * keys + key)[counted], return_inverse=True)
    of_move = np.full(counted.shape, -1, dtype=np.int64)
    of_move[counted] = number
    return Rows(of_move, *np.divmod(both, keys))


def fate_rows(plan: Plan) -> Rows:
    """A row for each line, fate under the reference and fate under the policy."""
    number, lines = len(fates(plan)), np.arange(len(plan.names.lines))
    return rows(plan, lines, np.arange(number**2).reshape(1, number, number), number**2)


class Moved(NamedTuple):
    """The cents that went from one fate to another, more than zero; by group, then by fates, in their order."""

    group: Int
    reference: Int  # the number of the fate under it
    policy: Int
    cents: Int


def moved(sums: Int, rows: Rows, of_line: Int, plan: Plan) -> Moved:
    """What moved in groups of lines, from the cents of rows in which each line is a group of its own."""
    check_sums(sums)
    some = np.flatnonzero(sums)
    keys = len(fates(plan)) ** 2
    both, number = np.unique(of_line[rows.group[some]] * keys + rows.key[some], return_inverse=True)
    cents = np.zeros(len(both), dtype=object)  # whole numbers without bounds
    np.add.at(cents, number, sums[some].astype(object))
    if max(cents, default=0) >= 1 << 63:
        raise too_large()
    group, key = np.divmod(both, keys)
    return Moved(group, *np.divmod(key, len(fates(plan))), cents.astype(np.int64))


def fates_frame(found: Moved, grouped: Groups, plan: Plan, futures: int) -> pd.DataFrame:
    """The table of fates."""
    import pandas as pd

    left = np.zeros((max(found.group, default=0) + 1, len(fates(plan))))
    np.add.at(left, (found.group, found.reference), found.cents)
    return pd.DataFrame(grouped.of_rows(found.group)).assign(
        reference_fate=named(found.reference, plan),
        policy_fate=named(found.policy, plan),
        value=found.cents / (100 * futures),
        cents=found.cents,
        share=found.cents / left[found.group, found.reference],
    )


def moves_frame(moves: Int, grouped: Groups, plan: Plan) -> pd.DataFrame:
    """The moves of one future, order by order; see :meth:`exportsim.Result.fates`."""
    import pandas as pd

    line, order, reference, policy, cents = moves.T
    lines = {"line": np.array(plan.names.lines, dtype=object)[line]}
    return pd.DataFrame(lines | grouped.of_rows(grouped.of_line[line])).assign(
        order=order,
        reference_fate=named(reference, plan),
        policy_fate=named(policy, plan),
        value=cents / 100,
        cents=cents,
    )


def named(numbers: Int, plan: Plan) -> pd.Categorical:
    """Fates by their names, which sort in the order of fates."""
    import pandas as pd

    kind = pd.CategoricalDtype(list(fates(plan)), ordered=True)
    return pd.Categorical.from_codes(numbers, dtype=kind)


def bars(plan: Plan) -> list[tuple[str, str]]:
    """The bars between the two totals, in their order, each with its part.

    ``kept/same``, ``kept/other`` (licensed) supplier; ``delayed``, ``taken_over/SUPPLIER``, ``lost/…``, ``before``;
    ``gained/FATE``.
    """
    named = fates(plan)
    taken_over = [name.replace("delivered/", "taken_over/", 1) for name in named]
    away = ["delayed" if named[fate] == ENDS[PENDING] else taken_over[fate] for fate in _away_order(plan)]
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


def waterfall_frame(sums: Int, rows: Rows, grouped: Groups, plan: Plan) -> pd.DataFrame:
    """The table of bars, from cents of shape (futures, rows)."""
    import pandas as pd

    check_sums(sums)
    named, number = bars(plan), len(fates(plan))
    drawn_bars: list[tuple[list[str], str, str, Int, int]] = []
    for group in range(max(grouped.of_line, default=-1) + 1):
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
        of = [column[group] for column in grouped.columns.values()]
        for name, part, cents in drawn:
            total = sum(cents.tolist())
            if abs(total) >= 1 << 63:
                raise too_large()
            drawn_bars.append((of, name, part, cents, total))
    # A bar is money that goes one way: only the difference may be of either sign.
    means = intervals(
        [cents.astype(float) / 100 for *_, cents, _ in drawn_bars],
        shares=[False] * len(drawn_bars),
        bounds=[
            None if part == DIFFERENCE else FROM_ZERO if total >= 0 else (-math.inf, 0.0)
            for _, _, part, _, total in drawn_bars
        ],
    )
    records = [
        [*of, name, part, *mean, plan.currency, total]
        for (of, name, part, _, total), mean in zip(drawn_bars, means, strict=True)
    ]
    table = pd.DataFrame.from_records(records, columns=[*grouped.columns, "bar", "part", *COLUMNS, "cents"])
    return table.astype(dict.fromkeys(COLUMNS[:4], "float64") | {"n": "int64", "cents": "int64"})


def _away_order(plan: Plan) -> list[int]:
    """The fates in the order in which exports are drawn to go there: what is delayed, taken over, lost, and before."""
    first = len(plan.names.suppliers)
    return [first + PENDING, *range(first), *range(first, first + UNSERVED + 1), first + BEFORE]
