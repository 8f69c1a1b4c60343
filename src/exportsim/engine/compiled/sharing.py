"""What policies share: one play, until the minute in which their measures first differ.

Two policies whose measures with a first minute before some minute are the same (:mod:`exportsim.divergence`) write the
same rows until then. So the policies of a future are played in *steps*: one for those that are alike, then, from where
they part, one each, which go on with what was played as far as that. Steps in which policies that have parted from the
others are still alike among themselves are shared in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exportsim.divergence import measures, parting_of
from exportsim.plan import FROM_THE_START, NEVER, Plan

#: Columns of the steps of a future: the addresses of the world, the state and the state that is gone on with; the
#: minutes from which on and before which events are of the step; written by the play, the rows of the ledger before
#: the step and after it.
WORLD, STATE, GONE_ON_WITH, FIRST, PAST, ROWS_BEFORE, ROWS_AFTER = range(7)


class Step(NamedTuple):
    """A stretch of the play of one policy, which stands for those that are like it so long."""

    player: int  # number of the policy among those that are played
    other: int  # the one that played what this goes on with: often itself; -1 at the start of all
    first: int  # minute from which on its events are
    past: int  # minute before which they are


def with_copy(steps: Sequence[Step], minute: int, copy: int) -> list[Step]:
    """The same steps, with a copy of how the play of the first stands before a minute that is within it, or its end.

    ``copy`` is the number of the copy, as if it were a player: of it nothing is played.
    """
    first, *others = steps
    rest = [] if minute == first.past else [Step(first.player, first.player, minute, first.past)]
    return [first._replace(past=minute), Step(copy, first.player, minute, minute), *rest, *others]


def steps_of(plan: Plan, policies: Sequence[int]) -> list[Step]:
    """The steps in which policies are played, in their order."""
    acts = [measures(plan, policy) for policy in policies]

    def parting(one: int, other: int) -> int:
        return parting_of(acts[one], acts[other])

    steps: list[Step] = []
    waiting = [([*range(len(policies))], -1, FROM_THE_START)]
    while waiting:
        alike, other, first = waiting.pop()
        player, *followers = alike
        past = min((parting(player, each) for each in followers), default=NEVER)
        steps.append(Step(player, other, first, past))
        groups: list[list[int]] = []
        for each in alike if followers else ():
            group = next((group for group in groups if parting(group[0], each) > past), None)
            if group is None:
                groups.append([each])
            else:
                group.append(each)
        # The player's own group is the first here and is played last: the others go on with what it has played so far.
        waiting += [(group, player, past) for group in groups]
    return steps
