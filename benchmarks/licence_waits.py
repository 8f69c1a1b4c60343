"""How long licence applications took, in working days: of orders and of other traffic alike, decision by decision.

An outcome of exportsim is one number a play; the shares that Britain publishes are of all decisions of a year, whoever
applied. They are read from the ledger here, for the programs and tests that hold scenarios against those shares.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.plan import Plan

DAY = 1440
TRAFFIC = -1  # the line of applications that are nobody's order


class Decisions(NamedTuple):
    """The applications decided in a span of time, in the order of the decisions."""

    days: NDArray[np.float64]
    """Working days from application to decision, on the authority's calendar."""
    line: NDArray[np.int64]
    authority: NDArray[np.int64]
    denied: NDArray[np.bool_]


def minute_of(ledger: Ledger, day: date) -> int:
    """The minute of a midnight, from the start of the period."""
    return int((datetime(day.year, day.month, day.day) - ledger.origin).total_seconds()) // 60


def decisions(ledger: Ledger, plan: Plan, start: date, end: date) -> Decisions:
    """The applications approved or denied from one day to before another.

    Parameters
    ----------
    ledger : Ledger
    plan : Plan
        That the ledger was played from.
    start, end : date

    Returns
    -------
    Decisions
        Permits issued without an application are not among them.
    """
    first, last = minute_of(ledger, start), minute_of(ledger, end)
    applied = np.flatnonzero(ledger.fact == Fact.APPLIED)
    ended = np.flatnonzero(
        np.isin(ledger.fact, (Fact.APPROVED, Fact.DENIED)) & (ledger.minute >= first) & (ledger.minute < last)
    )
    keys = _application(ledger, applied)
    order = np.argsort(keys)
    keys, applied = keys[order], applied[order]
    place = np.searchsorted(keys, _application(ledger, ended)).clip(max=len(keys) - 1)
    known = keys[place] == _application(ledger, ended)
    applied, ended = applied[place[known]], ended[known]
    authority = ledger.detail[applied]
    days = np.zeros(len(ended))
    for number in np.unique(authority):
        ours = authority == number
        days[ours] = _worked(plan, number, ledger.minute[ended[ours]])
        days[ours] -= _worked(plan, number, ledger.minute[applied[ours]])
    return Decisions(days, ledger.line[ended], authority, ledger.fact[ended] == Fact.DENIED)


def _application(ledger: Ledger, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each application. Other traffic is numbered by authority, orders by line."""
    line = ledger.line[rows].astype(np.int64)
    stream = np.where(line == TRAFFIC, -1 - ledger.detail[rows].astype(np.int64), line)
    return (stream << 48) + (ledger.order[rows].astype(np.int64) << 16) + ledger.attempt[rows]


def _worked(plan: Plan, authority: int, minutes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Working days from the calendar's origin: :func:`exportsim.working_time.elapsed` over an array."""
    day, rest = np.divmod(minutes - plan.calendars.origin, DAY)
    return plan.calendars.before[authority][day] + plan.calendars.working[authority][day] * rest / DAY
