"""The acts of a policy in one run: what each changed, and how the cells and the officers stood at any row of a ledger.

Regimes are not written in a ledger; they follow from its ``measure`` rows and the plan, and are replayed here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple, overload

import numpy as np

from exportsim.analysis.ledger_rows import DETAIL, FACT, MINUTE, Mask
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.plan import IN_FORCE, NEVER, OPEN, Int, Plan, Policy


class State(NamedTuple):
    """How things stand between two acts."""

    applications: Int  # (C,) regime of each cell
    permits: Int  # (C,)
    officers: Int  # (G,)
    applications_by: Int  # (C,) number of the act that set it, -1 for none
    permits_by: Int  # (C,)


class Act(NamedTuple):
    """One act, with what it changed."""

    policy: int  # index of the policy
    number: int  # among the acts of the run
    row: int  # in the ledger
    minute: int
    branch: int  # in the policy's names
    measure: int
    figure: int  # that made it act, for thresholds (cents or a number), else -1
    applications: Mask  # (C,) cells whose regime it changed
    permits: Mask  # (C,)
    cancels: Mask  # (C,) cells whose permits it cancels
    officers: Mask  # (G,) stages whose officers it changed
    before: State
    after: State

    @property
    def cells(self) -> Mask:
        """The cells that it touched, shape (C,)."""
        touched: Mask = self.applications | self.permits | self.cancels
        return touched


class Acts(Sequence[Act]):
    """The acts of a run, in order."""

    def __init__(self, plan: Plan, ledger: Ledger) -> None:
        policy = plan.policies[ledger.policy]
        cells = len(plan.cell_authority)
        self.start = State(
            np.full(cells, OPEN, dtype=np.int64),
            np.full(cells, IN_FORCE, dtype=np.int64),
            plan.stages.officers.copy(),
            np.full(cells, -1, dtype=np.int64),
            np.full(cells, -1, dtype=np.int64),
        )
        self._acts: list[Act] = []
        state = self.start
        for row in np.flatnonzero(ledger.fact == Fact.MEASURE).tolist():
            act = _act(policy, ledger, row, len(self._acts), state)
            self._acts.append(act)
            state = act.after
        self._rows = [act.row for act in self._acts]

    @overload
    def __getitem__(self, index: int) -> Act: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Act]: ...

    def __getitem__(self, index: int | slice) -> Act | Sequence[Act]:
        return self._acts[index]

    def __len__(self) -> int:
        return len(self._acts)

    def before(self, row: int) -> Sequence[Act]:
        """The acts before a row of the ledger."""
        return self._acts[: bisect_left(self._rows, row)]

    def state(self, row: int) -> State:
        """How things stood when a row was written."""
        acts = self.before(row)
        return acts[-1].after if acts else self.start


def _act(policy: Policy, ledger: Ledger, row: int, number: int, before: State) -> Act:
    branch = int(ledger.detail[row])
    measure = int(measure_of(policy, branch))
    scope: Mask = policy.scope[measure]
    after = State(*(array.copy() for array in before))
    applications = _set(after.applications, after.applications_by, scope, int(policy.applications[branch]), number)
    permits = _set(after.permits, after.permits_by, scope, int(policy.permits[branch]), number)
    officers: Mask = (policy.officers[branch] >= 0) & (policy.officers[branch] != before.officers)
    after.officers[officers] = policy.officers[branch][officers]
    return Act(
        policy=ledger.policy,
        number=number,
        row=row,
        minute=int(ledger.minute[row]),
        branch=branch,
        measure=measure,
        figure=int(ledger.amount[row]),
        applications=applications,
        permits=permits,
        cancels=scope & bool(policy.cancel[branch] >= 0),
        officers=officers,
        before=before,
        after=after,
    )


def _set(regimes: Int, by: Int, scope: Mask, regime: int, number: int) -> Mask:
    """Set the regime of the cells in scope, -1 for none; which changed."""
    changed: Mask = scope & (regimes != regime) & (regime >= 0)
    regimes[changed], by[changed] = regime, number
    return changed


def measure_of(policy: Policy, branch: Int | int) -> Int:
    """The measure that a branch belongs to: branches stand in the order of their measures."""
    return np.asarray(np.searchsorted(policy.branch_first, branch, side="right") - 1)


def first_acts(rows: Int, policy: Policy) -> Int:
    """The minute at which each measure of a policy first acts in a play, NEVER if it does not; shape (measures,)."""
    first = np.full(len(policy.branch_first), NEVER, dtype=np.int64)
    acts = rows[rows[:, FACT] == Fact.MEASURE]
    np.minimum.at(first, measure_of(policy, acts[:, DETAIL]), acts[:, MINUTE])
    return first
