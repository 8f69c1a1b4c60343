"""What policies share: one play, until the minute in which their measures first differ.

A policy is to the engine a set of measures, and a measure does nothing before a first minute that the plan tells: its
date (of one before the run, the first of all), or that of its announcement if orders come ahead of it, that of its
incident, or the start of the period, from which on thresholds are looked at and incidents come at their rates. Two
policies whose measures with a first minute before some minute are the same, number for number, write the same rows
until then. So the policies of a future are played in *steps*: one for those that are alike, then, from where they part,
one each, which go on with what was played as far as that. Steps in which policies that have parted from the others are
still alike among themselves are shared in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exportsim.plan import CONSTANT, FROM_THE_START, NEVER, TRIGGER_AFTER, TRIGGER_ON, Plan

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


Measure = tuple[int, int, bytes]  # its first minute, its number, and all that it is and does


def measures(plan: Plan, policy: int) -> frozenset[Measure]:
    """What a policy does, measure by measure: equal ones act alike in plays that were alike before."""
    played, found = plan.policies[policy], []
    of_branches = played._fields.index("chance")  # and what follows; what is before has an entry a measure
    for number in range(len(played.trigger)):
        first, then = int(played.branch_first[number]), int(played.then[number])
        branches = [*range(first, first + int(played.branch_count[number])), *([then] if then >= 0 else [])]
        parts = {name: getattr(played, name)[number] for name in played._fields[:of_branches]}
        parts |= {name: getattr(played, name)[branches] for name in played._fields[of_branches:]}
        if not is_drawn(plan, policy, number):
            del parts["digest"]  # the address of luck that it has no use for
        delay = int(parts.pop("delay"))
        arrays = [*parts.values(), *(distribution(plan, delay) if delay >= 0 else [])]
        contents = b"".join(np.asarray(array).tobytes() for array in arrays)
        found.append((first_minute(plan, policy, number), number, contents))
    return frozenset(found)


def distribution(plan: Plan, row: int) -> list[NDArray[Any]]:
    """All that a distribution is; equal ones may have rows of their own."""
    of = plan.distributions
    first, points = int(of.first[row]), int(of.points[row])
    arrays = [getattr(of, name)[row] for name in of._fields if name not in ("first", "x", "y")]
    return [*arrays, of.x[first : first + points], of.y[first : first + points]]


def is_drawn(plan: Plan, policy: int, number: int) -> bool:
    """Whether anything of a measure is luck: which outcome it has, or how long after the evidence it acts."""
    played, kinds = plan.policies[policy], plan.distributions.kind
    delayed = played.trigger[number] == TRIGGER_AFTER and kinds[played.delay[number]] != CONSTANT
    return bool(played.branch_count[number] > 1 or delayed)


def first_minute(plan: Plan, policy: int, number: int) -> int:
    """The first minute in which a measure may do anything in any future."""
    played, minute = plan.policies[policy], 0
    if played.trigger[number] == TRIGGER_ON:
        first = played.announced if played.hastened[number].any() else played.minute
        minute = max(int(first[number]), plan.start)
    elif played.trigger[number] == TRIGGER_AFTER:
        incident = played.incident[number]
        if plan.incidents.minute[incident] >= 0:
            minute = int(plan.incidents.minute[incident])
    return minute


def parting_of(one: frozenset[Measure], other: frozenset[Measure]) -> int:
    """The first minute in which policies with these measures may differ."""
    return min((minute for minute, *_ in one ^ other), default=NEVER)


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
