"""The figures that expectations speak of: an outcome, or a part of one, under a policy, future by future."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from exportsim.analysis.outcomes import Grouping, outcomes
from exportsim.arguments import chosen
from exportsim.compile import compile_plan
from exportsim.errors import ExportsimError
from exportsim.plan import Float, Int, Plan
from exportsim.playing.measurers import EachFuture
from exportsim.playing.settings import SettingsKeywords
from exportsim.scenario import Scenario
from exportsim.study.grouped import group_figures
from exportsim.study.replay import measured
from exportsim.study.run import run


class Wanted(NamedTuple):
    """One figure of a scenario."""

    policy: str
    outcome: str
    selected: tuple[tuple[str, Any], ...]
    """What it is a part of: ``("year", 2021)``, ``("line", …)``; the whole if nothing is selected."""

    @property
    def by(self) -> tuple[str, ...]:
        return tuple(key for key, _ in self.selected)

    @property
    def label(self) -> tuple[Any, ...]:
        """The group that it is among those by :attr:`by`."""
        return tuple(value for _, value in self.selected)


def check_wanted(scenario: Scenario, wanted: Wanted) -> None:
    """Make sure that a scenario has a figure."""
    plan = compile_plan(scenario)
    chosen(wanted.policy, plan.names.policies, "policy")
    chosen(wanted.outcome, [outcome.name for outcome in outcomes(plan)], "outcome")
    if wanted.by and wanted.label not in Grouping(plan, wanted.by).labels:
        told = ", ".join(f"{key} {value}" for key, value in wanted.selected)
        raise ExportsimError(f"with what it sets, nothing is of all of these: {told}")


def figures(scenario: Scenario, wanted: Sequence[Wanted], settings: SettingsKeywords) -> dict[Wanted, Float]:
    """Play what is wanted of a scenario.

    Returns
    -------
    dict of ndarray of float64, shape (futures,)
        In the unit of the outcome; NaN where undefined.
    """
    result = run(scenario, policies=list(dict.fromkeys(each.policy for each in wanted)), **settings)
    if result.interrupted:
        raise KeyboardInterrupt
    columns = list(result.units)
    found = {
        each: result.values[result.policies.index(each.policy), :, columns.index(each.outcome)]
        for each in wanted
        if not each.by
    }
    groupings = {each.by: Grouping(result.plan, each.by) for each in wanted if each.by}
    if not groupings:
        return found
    counted = measured(result, result.policies, EachFuture(lambda plan: _by_groupings(plan, list(groupings))))
    values = {
        by: grouping.values(np.stack([figures[place] for figures in counted], axis=1))
        for place, (by, grouping) in enumerate(groupings.items())
    }
    for each in wanted:
        if each.by:  # axes: policies, futures, groups, outcomes
            grouping, place = groupings[each.by], result.policies.index(each.policy)
            group, column = grouping.labels.index(each.label), grouping.outcomes.index(each.outcome)
            found[each] = np.ascontiguousarray(values[each.by][place, :, group, column])
    return found


def _by_groupings(plan: Plan, groupings: Sequence[tuple[str, ...]]) -> Callable[[int, Sequence[Int]], list[Int]]:
    """By grouping, the figures of each policy's groups in a future."""
    counts = [group_figures(Grouping(plan, by)) for by in groupings]
    return lambda future, ledgers: [count(future, ledgers) for count in counts]
