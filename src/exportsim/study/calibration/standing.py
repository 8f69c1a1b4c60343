"""What stands as a period ends: applications that wait, how long until they are closed, and permits in force."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exportsim.analysis.checked_sums import interpolated
from exportsim.analysis.figures import in_days
from exportsim.analysis.ledger_rows import UNDECIDED, Applications, WorkingDays, processing_times
from exportsim.lifecycle import Fact
from exportsim.packed_rows import columns, of_those
from exportsim.plan import NEVER, Float, Int
from exportsim.study.calibration.observations import Kind

#: The facts after which an order's permit stands otherwise than before, or there is none.
CHANGES = (
    *(Fact.ORDERED, Fact.APPROVED, Fact.SUSPENDED, Fact.REINSTATED, Fact.CANCELLED, Fact.EXPIRED),
    *(Fact.WITHDRAWN, Fact.DELIVERED, Fact.LOST),
)


class PermitsInForce(NamedTuple):
    """Stretches of time in which a permit is in force. Axis: stretches."""

    line: Int
    supplier: Int
    begins: Int  # minute
    ends: Int  # minute; NEVER if it is in force until the end of the run


def permits_in_force(rows: Int, authority: Int) -> PermitsInForce:
    """When which permits are in force, given who licenses each line's suppliers.

    A permit is in force from its issue, or its reinstatement, until it is suspended or cancelled, expires, its buyer
    gives up, or the last of its parts is delivered.
    """
    facts = columns(rows, *CHANGES)
    facts = of_those(facts, facts.line >= 0)
    facts = of_those(facts, np.lexsort((facts.order, facts.line)))  # stable: what happens to an order stays in turn
    line, order, fact = facts.line, facts.order, facts.fact
    goes_on = (line[1:] == line[:-1]) & (order[1:] == order[:-1])  # whether the next is of the same order
    change = np.where(fact == Fact.ORDERED, 1, np.where(fact == Fact.DELIVERED, -1, 0)) * facts.amount
    total = np.cumsum(change)
    begins = np.append(True, ~goes_on)[: len(line)]
    before = (total - change)[begins][np.cumsum(begins) - 1]  # of all orders before
    shipped = (fact == Fact.DELIVERED) & (authority[line, facts.supplier] >= 0) & (total > before)
    stands = np.isin(fact, (Fact.APPROVED, Fact.REINSTATED)) | shipped
    ends = np.append(np.where(goes_on, facts.minute[1:], NEVER), NEVER)[: len(line)]
    return PermitsInForce(line[stands], facts.supplier[stands], facts.minute[stands], ends[stands])


def in_force(permits: PermitsInForce, at: Int) -> Float:
    """How many are in force as each of these minutes begins."""
    begun, ended = (np.searchsorted(np.sort(column), at) for column in (permits.begins, permits.ends))
    return (begun - ended).astype(np.float64)


def waiting(made: Applications, at: Int) -> Float:
    """How many applications are neither decided nor withdrawn as each of these minutes begins."""
    closed = made.ended[made.by != UNDECIDED]
    begun, ended = (np.searchsorted(np.sort(column), at) for column in (made.applied, closed))
    return (begun - ended).astype(np.float64)


def clearing_times(made: Applications, at: Int, kind: Kind, calendars: WorkingDays) -> Float:
    """Days from each of these minutes until so many tenths of the applications then waiting are decided or withdrawn.

    NaN if none waits, or if the run ends before.
    """
    figures = np.full(len(at), np.nan)
    for number, minute in enumerate(at.tolist()):
        waits = (made.applied < minute) & ((made.ended >= minute) | (made.by == UNDECIDED))
        closed = made.by[waits] != UNDECIDED
        if not waits.any() or (len(closed) - 1) * kind.tenths > 10 * (int(closed.sum()) - 1):
            continue
        calendar = made.authority[waits] if kind.working else np.full(len(closed), -1)
        # Those that are never closed are open at the end of the run, later than all that are.
        taken = processing_times(calendars, calendar, np.full(len(closed), minute), made.ended[waits])
        figures[number] = in_days(np.int64(interpolated(taken, 0, len(taken), kind.tenths)))
    return figures
