"""Comparisons that need more of each future than its outcomes: by year, line, supplier …, and order by order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.outcomes import Grouping
from exportsim.analysis.untouched_orders import Untouched, shares
from exportsim.arguments import chosen, listed
from exportsim.errors import ExportsimError
from exportsim.outcomes import BY
from exportsim.plan import Int, Plan
from exportsim.playing.measurers import EachFuture
from exportsim.study.replay import measured

if TYPE_CHECKING:
    import pandas as pd

    from exportsim.study.result import Result


def grouped_outcomes(result: Result, by: Sequence[str]) -> pd.DataFrame:
    """The outcomes of every play in parts."""
    import pandas as pd

    names = _by(by)
    grouping = Grouping(result.plan, names)
    figures = measured(result, result.policies, EachFuture(lambda plan: group_figures(Grouping(plan, names))))
    values = grouping.values(np.stack(figures)).transpose(1, 2, 0, 3)  # policies, groups, futures, outcomes
    keys = [
        (policy, *label, future) for policy in result.policies for label in grouping.labels
        for future in range(result.futures)
    ]  # fmt: skip
    index = pd.MultiIndex.from_tuples(keys, names=["policy", *names, "future"])
    return pd.DataFrame(values.reshape(len(keys), -1), index=index, columns=list(grouping.outcomes))


def untouched_shares(result: Result, reference: str) -> dict[str, float]:
    """By policy, the share of orders that are under it as they are under a reference, of all futures."""
    policies = [reference, *(name for name in result.policies if name != reference)]
    alike = np.array(measured(result, policies, EachFuture(_alike)), dtype=np.int64)
    return dict(zip(policies, shares(alike.swapaxes(0, 1)), strict=True))


def group_figures(grouping: Grouping) -> Callable[[int, Sequence[Int]], Int]:
    """By policy, the figures of each group."""

    def figures(_: int, ledgers: Sequence[Int]) -> Int:
        found = grouping.figures(len(ledgers))
        for rows, written in zip(ledgers, found, strict=True):
            grouping.count(rows, written)
        return found

    return figures


def _alike(plan: Plan) -> Callable[[int, Sequence[Int]], list[tuple[int, int]]]:
    """By policy, how many orders are as under the first, and how many there are."""
    untouched = Untouched(len(plan.names.lines))

    def alike(_: int, ledgers: Sequence[Int]) -> list[tuple[int, int]]:
        untouched.compare_with(ledgers[0])
        return [untouched.count(rows) for rows in ledgers]

    return alike


def _by(by: Sequence[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(chosen(name, BY, "name in by:") for name in listed(by, "by")))
    if not names:
        raise ExportsimError("by: found no name, expected one or more of " + ", ".join(f"`{name}`" for name in BY))
    return names
