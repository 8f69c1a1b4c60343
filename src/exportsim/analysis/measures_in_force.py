"""The acts of a policy in one run: what each changed, and how the cells and the officers stood at any row of a ledger.

Regimes are not written in a ledger; they follow from its ``measure`` rows and the plan, and are replayed here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from exportsim.analysis.ledger_rows import acts
from exportsim.lifecycle import Fact
from exportsim.packed_rows import Mask, columns, stating
from exportsim.plan import (
    AS_DRAWN,
    DENY,
    HOLD,
    IN_FORCE,
    LEFT,
    NEVER,
    NORMAL,
    OPEN,
    STANDARD,
    SUSPENDED,
    Float,
    Int,
    Plan,
    Policy,
)

TERMS = ("approval", "denial", "validity", "take_up")
"""What measures may set of cells besides regimes; denial: the chance of approval where applications are denied."""


class State(NamedTuple):
    """How things stand between two acts."""

    applications: Int  # (C,) regime of each cell
    permits: Int  # (C,)
    officers: Int  # (G,)
    applications_by: Int  # (C,) number of the act that set it, -1 for none
    terms: Float  # (TERMS, C) what is set of decisions and permits besides
    pace: Int  # (C + A, 1 + G) priority and factors on work, of cells and of the other applications of authorities

    @property
    def stopped(self) -> Mask:
        """The cells whose applications are on hold or denied, or whose permits are suspended, shape (C,)."""
        stopped: Mask = np.isin(self.applications, (HOLD, DENY)) | (self.permits == SUSPENDED)
        return stopped


class Act(NamedTuple):
    """One act, with what it changed."""

    policy: int  # index of the policy
    row: int  # in the ledger
    minute: int
    branch: int  # in the policy's names
    measure: int
    figure: int  # that made it act, for thresholds (cents or a number), else -1
    touched: Mask  # (4 + TERMS, C) cells whose applications, whose permits it put otherwise, whose permits it cancels,
    # of which it set each of the terms otherwise, and last the priority or a factor on work
    officers: Mask  # (G,) stages whose officers, or the pace of whose other applications, it changed
    before: State
    after: State

    @property
    def cells(self) -> Mask:
        """The cells that it touched, shape (C,)."""
        cells: Mask = np.any(self.touched, axis=0)
        return cells

    @property
    def cancels(self) -> Mask:
        """The cells whose permits it cancels, shape (C,)."""
        cells: Mask = self.touched[2]
        return cells


class Acts(list[Act]):
    """The acts of a policy in one run, in order."""

    def __init__(self, plan: Plan, rows: Int, policy: int) -> None:
        super().__init__()
        cells = len(plan.cell_authority)
        unset = np.full(cells, -1, dtype=np.int64)
        terms = np.full((len(TERMS), cells), float(STANDARD))
        terms[TERMS.index("take_up")] = 1.0
        pace = np.full((cells + len(plan.names.authorities), 1 + len(plan.names.stages)), AS_DRAWN, dtype=np.int64)
        pace[:, 0] = NORMAL
        regimes = np.full_like(unset, OPEN), np.full_like(unset, IN_FORCE)
        self.start = State(*regimes, plan.stages.officers, unset, terms, pace)
        acts = columns(rows, Fact.MEASURE)
        said = np.column_stack([np.flatnonzero(stating(rows, Fact.MEASURE)), acts.minute, acts.detail, acts.amount])
        for row, minute, branch, figure in said.tolist():
            before = self[-1].after if self else self.start
            measure = int(measure_of(plan.policies[policy], branch))
            change = _change(plan, policy, measure, branch, before, number=len(self))
            self.append(Act(policy, row, minute, branch, measure, figure, *change))

    def before(self, row: int) -> Sequence[Act]:
        """The acts before a row of the ledger."""
        return self[: bisect_left(self, row, key=attrgetter("row"))]

    def state(self, row: int) -> State:
        """How things stood when a row was written."""
        acts = self.before(row)
        return acts[-1].after if acts else self.start


def _change(
    plan: Plan, policy_number: int, measure: int, branch: int, before: State, *, number: int
) -> tuple[Mask, Mask, State, State]:
    """What an act touches, of cells and of stages, and how things stand before and after it."""
    policy = plan.policies[policy_number]
    scope, after = policy.scope[measure], State._make(array.copy() for array in before)
    touched = np.empty((4 + len(TERMS), len(scope)), dtype=bool)
    touched[2] = scope & (policy.cancel[branch] >= 0)
    set_to = (after.applications, policy.applications[branch]), (after.permits, policy.permits[branch])
    terms = zip(after.terms, _terms(policy, branch), strict=True)
    for changed, (standing, regime) in zip((*touched[:2], *touched[3:-1]), (*set_to, *terms), strict=True):
        changed[:] = scope & (standing != regime) & (regime != LEFT)
        standing[changed] = regime
    after.applications_by[touched[0]] = number
    officers: Mask = (policy.officers[branch] >= 0) & (policy.officers[branch] != before.officers)
    after.officers[officers] = policy.officers[branch][officers]
    said = np.array([policy.priority[branch], *policy.work[branch]])
    paced = np.append(scope, policy.traffic[measure])[:, None] & (said != LEFT) & (said != after.pace)
    after.pace[paced] = np.broadcast_to(said, paced.shape)[paced]
    touched[-1] = paced[: len(scope)].any(axis=1)
    # Of other applications a stage stands for its authority's.
    officers |= paced[len(scope) :, 1:].any(axis=0) | paced[len(scope) :, 0][plan.stages.authority]
    return touched, officers, before, after


def _terms(policy: Policy, branch: int) -> list[float]:
    """What a branch sets, term by term."""
    approval = float(policy.approval[branch])
    unless_given = STANDARD if policy.applications[branch] == DENY else LEFT
    return [
        approval,
        approval if approval != LEFT else unless_given,
        float(policy.validity[branch]),
        float(policy.take_up[branch]),
    ]


def measure_of(policy: Policy, branch: Int | int) -> Int:
    """The measure that a branch belongs to: branches stand in the order of their measures."""
    return np.asarray(np.searchsorted(policy.branch_first, branch, side="right") - 1)


def first_acts(rows: Int, policy: Policy) -> Int:
    """The minute at which each measure of a policy first acts in a play, NEVER if it does not; shape (measures,)."""
    first = np.full(len(policy.branch_first), NEVER, dtype=np.int64)
    found = columns(acts(rows), Fact.MEASURE)
    np.minimum.at(first, measure_of(policy, found.detail), found.minute)
    return first
