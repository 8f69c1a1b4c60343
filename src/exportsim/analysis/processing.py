"""How long authorities take: the applications of a ledger, and the time each took, by the clock and by the standard."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exportsim.analysis.history import History, among
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.plan import NEVER, Int, Plan

DAY = 1440


class Applications(NamedTuple):
    """Applications from ``APPLIED`` to their end. Axis: N applications."""

    authority: Int  # (N,)
    applied: Int  # (N,) minute
    ended: Int  # (N,) minute, NEVER if undecided at the end of the run
    decided: NDArray[np.bool_]  # (N,) approved or denied, rather than withdrawn or undecided


def of_orders(lives: History) -> Applications:
    """The applications of the scenario's orders."""
    ends = (Fact.APPROVED, Fact.DENIED, Fact.WITHDRAWN)
    chosen = np.flatnonzero(among(lives.fact, (Fact.APPLIED, *ends)))
    # An order has one application at a time, so what follows an application in this selection is its end.
    fact, order = lives.fact[chosen], lives.order[chosen]
    return _paired(fact, order, lives.minute[chosen], lives.detail[chosen])


def of_traffic(ledger: Ledger) -> Applications:
    """The other applications, which share the officers and belong to no order of the scenario."""
    chosen = np.flatnonzero((ledger.line < 0) & among(ledger.fact, (Fact.APPLIED, Fact.APPROVED, Fact.DENIED)))
    number = ledger.detail[chosen] * (int(ledger.order.max(initial=0)) + 1) + ledger.order[chosen]
    sorting = np.argsort(number, kind="stable")
    rows = chosen[sorting]
    return _paired(ledger.fact[rows], number[sorting], ledger.minute[rows], ledger.detail[rows])


def times(applications: Applications) -> Int:
    """Minutes on the clock that the applications decided in the period took, however long before it they were made."""
    counted = applications.decided & (applications.ended >= 0)
    return applications.ended[counted] - applications.applied[counted]


def within_standard(applications: Applications, plan: Plan) -> tuple[int, int]:
    """How many applications were decided within their authority's service standard, and of how many.

    Counted are the applications decided in the period, and those withdrawn in it or undecided at its end after the
    standard had run out: so neither waiting for ever nor giving up hides an application that is late. Time runs as
    the standard's unit says, on the clock or on the authority's calendar.
    """
    standard = plan.authorities.standard[applications.authority]
    ended = np.minimum(applications.ended, plan.end)
    taken = ended - applications.applied
    for authority in np.unique(applications.authority):
        calendar = int(plan.authorities.standard_calendar[authority])
        if calendar >= 0:
            rows = applications.authority == authority
            taken[rows] = working(plan, calendar, ended[rows]) - working(plan, calendar, applications.applied[rows])
    timely = taken <= standard
    counted = (standard >= 0) & (ended >= 0) & (applications.decided | ~timely)
    return int(np.count_nonzero(counted & timely)), int(np.count_nonzero(counted))


def working(plan: Plan, authority: int, minute: Int) -> Int:
    """Working minutes from the calendar's origin to each minute: :func:`exportsim.working_time.elapsed` for arrays."""
    calendars = plan.calendars
    days, before = calendars.working[authority], calendars.before[authority]
    day, rest = np.divmod(minute - calendars.origin, DAY)
    inside = np.minimum(day, len(days) - 1)
    minutes: Int = np.where(day < len(days), before[inside] * DAY + days[inside] * rest, before[-1] * DAY)
    return minutes


def _paired(fact: Int, whose: Int, minute: Int, detail: Int) -> Applications:
    """Applications from rows sorted by whose they are, each ``APPLIED`` followed by its end if it has one."""
    applied = np.flatnonzero(fact == Fact.APPLIED)
    after = np.minimum(applied + 1, len(fact) - 1)
    has_end = (after > applied) & (whose[after] == whose[applied])
    return Applications(
        authority=detail[applied],
        applied=minute[applied],
        ended=np.where(has_end, minute[after], NEVER),
        decided=has_end & (fact[after] != Fact.WITHDRAWN),
    )
