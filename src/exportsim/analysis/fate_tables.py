"""Tables of fates: moves added up by line, goods or destination, and the moves of one future order by order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exportsim.analysis.checked_sums import check_sums
from exportsim.analysis.counting_tables import line_axes
from exportsim.analysis.fates import fates, possible_fates
from exportsim.plan import Int, Plan

if TYPE_CHECKING:
    import pandas as pd

BY = ("line", "goods", "destination")


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


def fate_rows(plan: Plan, of_line: Int) -> Rows:
    """A row for each group, fate under the reference and fate under the policy."""
    number = len(fates(plan))
    return rows(plan, of_line, np.arange(number**2).reshape(1, number, number), number**2)


def fates_frame(sums: Int, rows: Rows, told: Groups, plan: Plan, futures: int) -> pd.DataFrame:
    """The table of fates, from the cents of each row."""
    import pandas as pd

    check_sums(sums)
    number = len(fates(plan))
    reference, policy = np.divmod(rows.key, number)
    left = np.zeros((max(rows.group, default=0) + 1, number))
    np.add.at(left, (rows.group, reference), sums)
    some = sums > 0
    cents, group = sums[some], rows.group[some]
    return pd.DataFrame(told.of_rows(group)).assign(
        reference_fate=named(reference[some], plan),
        policy_fate=named(policy[some], plan),
        value=cents / (100 * futures),
        cents=cents,
        share=cents / left[group, reference[some]],
    )


def moves_frame(moves: Int, told: Groups, plan: Plan) -> pd.DataFrame:
    """The moves of one future, order by order; see :meth:`exportsim.Result.fates`."""
    import pandas as pd

    line, order, reference, policy, cents = moves.T
    lines = {"line": np.array(plan.names.lines, dtype=object)[line]}
    return pd.DataFrame(lines | told.of_rows(told.of_line[line])).assign(
        order=order,
        reference_fate=named(reference, plan),
        policy_fate=named(policy, plan),
        value=cents / 100,
        cents=cents,
    )


def named(numbers: Int, plan: Plan) -> pd.Categorical:
    """Fates by their names, which sort in the order of fates."""
    import pandas as pd

    categories = list(fates(plan))
    return pd.Categorical([categories[number] for number in numbers.tolist()], categories=categories, ordered=True)
