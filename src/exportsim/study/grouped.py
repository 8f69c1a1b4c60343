"""Comparisons that need more of each future than its outcomes: by year, line, supplier …, and order by order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.grouping import Grouping
from exportsim.analysis.untouched_orders import Untouched, shares
from exportsim.arguments import chosen, listed
from exportsim.errors import ExportsimError
from exportsim.outcomes import BY
from exportsim.plan import Int, Plan
from exportsim.playing.replay import over_futures

if TYPE_CHECKING:
    import pandas as pd

    from exportsim.study.result import Result


def grouped_outcomes(result: Result, by: Sequence[str]) -> pd.DataFrame:
    """The outcomes of every play in parts."""
    import pandas as pd

    names = _by(by)
    grouping = Grouping(result.plan, names)
    figures = grouping.figures(len(result.policies), result.futures)
    over_futures(result, result.policies, lambda: _Parts(Grouping(result.plan, names), figures))
    values = np.moveaxis(grouping.values(figures), 1, 2)  # policies, groups, futures, outcomes
    keys = [
        (policy, *label, future) for policy in result.policies for label in grouping.labels
        for future in range(result.futures)
    ]  # fmt: skip
    index = pd.MultiIndex.from_tuples(keys, names=["policy", *names, "future"])
    return pd.DataFrame(values.reshape(len(keys), -1), index=index, columns=list(grouping.outcomes))


def untouched_shares(result: Result, reference: str) -> dict[str, float]:
    """By policy, the share of orders that are under it as they are under a reference, of all futures."""
    plan, policies = result.plan, [reference, *(name for name in result.policies if name != reference)]
    found = np.zeros((len(policies), result.futures, 2), dtype=np.int64)
    over_futures(result, policies, lambda: _Alike(plan, found))
    return dict(zip(policies, shares(found), strict=True))


class _Parts:
    """Writes the figures of each play by group."""

    def __init__(self, grouping: Grouping, figures: Int) -> None:
        self._grouping, self._figures = grouping, figures

    def take(self, future: int, ledgers: Sequence[Int]) -> None:
        for place, rows in enumerate(ledgers):
            self._grouping.count(rows, self._figures[place, future])


class _Alike:
    """Writes how many orders are alike under each policy and the first."""

    def __init__(self, plan: Plan, found: Int) -> None:
        self._untouched, self._found = Untouched(len(plan.names.lines)), found

    def take(self, future: int, ledgers: Sequence[Int]) -> None:
        self._untouched.compare_with(ledgers[0])
        for place, rows in enumerate(ledgers):
            self._found[place, future] = self._untouched.count(rows)


def _by(by: Sequence[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(chosen(name, BY, "name in by:") for name in listed(by, "by")))
    if not names:
        raise ExportsimError("by: found no name, expected one or more of " + ", ".join(f"`{name}`" for name in BY))
    return names
