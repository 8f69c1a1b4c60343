"""Who needs a stage, where that differs between destinations or goods, as far as a scenario can say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from exportsim.learning import intervals
from exportsim.learning.groups import Grouping, parted, unlike_shares
from exportsim.learning.intervals import UNLIKE, Estimate
from exportsim.learning.log import NONE
from exportsim.learning.stages import StageFound
from exportsim.learning.visits import Bools, Course
from exportsim.plan import Int

HARDLY = 0.01  # of a group's cases: a group of which fewer come to a stage goes past it
FEW = 0.05  # of the visits to a stage: if more are of no line of demand, it cannot be for groups alone
NOT_SHORT = ("free", "named", "apart", "quiet")


def by_group(stage: StageFound, course: Course, line: Int, groupings: Sequence[Grouping]) -> list[StageFound]:
    """A stage for those groups alone that come to it, or one for each group, where nobody waits for its officers.

    A stage for some is for nobody of no line, and officers of two stages do not help each other: where that would
    change who waits, groups that differ are left in one, which is said.
    """
    number = course.stages.index(stage.activity)
    passed = course.passed[:, number]
    came = course.visited[:, number] & passed
    found = parted(groupings, lambda each: unlike_shares(*_counts(each, line, came, passed)))
    if found is None:
        return [stage]
    if (came & (line == NONE)).sum() > FEW * came.sum():
        return [replace(stage, pooled=True)]
    yes, of = _counts(found, line, came, passed)
    there = yes > HARDLY * of
    scope = _together(found, np.flatnonzero(there))
    if not there.all() and scope is not None:
        stage = replace(_for(stage, scope), share=_share(yes, of, there), past=_share(yes, of, ~there))
    else:
        there[:] = True
    if unlike_shares(yes[there], of[there]) >= UNLIKE:
        return [stage]
    if stage.officers.how not in NOT_SHORT and (stage.sits is None or stage.sits.most is not None):
        return [replace(stage, pooled=True)]
    return [
        replace(
            _for(stage, found.scopes[each]), name=f"{stage.name[:30]}-{found.names[each]}"[:60].rstrip("-"),
            share=intervals.share(int(yes[each]), int(of[each])), past=None,
        )
        for each in np.flatnonzero(there).tolist()
    ]  # fmt: skip


def _for(stage: StageFound, scope: Mapping[str, list[str]]) -> StageFound:
    """A stage for some alone, with what is said of their work."""
    of_them = tuple(
        each
        for each in stage.factors
        if all(set(words) & set(scope.get(role, words)) for role, words in each.scope.items())
    )
    return replace(stage, only=scope, factors=of_them)


def _counts(grouping: Grouping, line: Int, came: Bools, passed: Bools) -> tuple[Int, Int]:
    """Of each group, how many came to the stage, and how many came to it or past it."""
    group, number = grouping.of(line), len(grouping.names)
    yes, of = (np.bincount(group[kept & (group >= 0)], minlength=number) for kept in (came, passed))
    return yes, of


def _share(yes: Int, of: Int, kept: Bools) -> Estimate:
    return intervals.share(int(yes[kept].sum()), int(of[kept].sum()))


def _together(grouping: Grouping, groups: Int) -> Mapping[str, list[str]] | None:
    """One scope of several groups; None if it would be that of others, too."""
    scope: dict[str, list[str]] = {}
    for each in groups.tolist():
        for role, words in grouping.scopes[each].items():
            scope[role] = [*scope.get(role, []), *(word for word in words if word not in scope.get(role, []))]
    within = [
        place
        for place, each in enumerate(grouping.scopes)
        if all(set(words) <= set(scope.get(role, [])) for role, words in each.items())
    ]
    return scope if within == groups.tolist() and within else None
