"""From which minute on the policies of a plan differ.

A policy is to an engine a set of measures, and a measure does nothing before a first minute that the plan tells: its
date (of one before the run, the first of all), or that of its announcement if orders come ahead of it, that of its
incident, or the start of the period, from which on thresholds are looked at and incidents come at their rates.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exportsim.plan import CONSTANT, NEVER, TRIGGER_AFTER, TRIGGER_ON, Plan

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


def first_difference(plan: Plan) -> int:
    """The first minute in which any policies of a plan may differ; NEVER if none do."""
    acts = [measures(plan, policy) for policy in range(len(plan.policies))]
    return min((parting_of(acts[0], other) for other in acts[1:]), default=NEVER)
