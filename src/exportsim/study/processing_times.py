"""How long every application took to be decided, as its authority's service standard counts: pooled over futures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exportsim.analysis.hysteresis import DETAIL
from exportsim.analysis.tally import FACT, LINE, MINUTE, ORDER
from exportsim.lifecycle import Fact
from exportsim.plan import Int, Plan
from exportsim.study.replay import over_plays
from exportsim.working_time import DAY

if TYPE_CHECKING:
    from exportsim.study.result import Result

ATTEMPT = 4  # a column of a ledger's rows
UNDECIDED = -1


class Waits(NamedTuple):
    """The applications to one authority in several plays. Minutes run on the standard's calendar if it has one."""

    taken: Int  # (applications,) minutes from application to approval or denial, UNDECIDED if withdrawn or undecided
    left: Int  # (applications,) minutes from application to the end of the period


def waits(result: Result, authority: str, policy: str, futures: int) -> Waits:
    """The applications made in the period; not the authority's other traffic."""
    number = result.plan.names.authorities.index(authority)
    found: dict[int, Waits] = {}

    def take(_: int, future: int, rows: Int) -> None:
        found[future] = _read(rows, number, result.plan)

    over_plays(result, [policy], take, futures=futures)
    return Waits(*(np.concatenate([found[future][column] for future in sorted(found)]) for column in range(2)))


def _read(rows: Int, authority: int, plan: Plan) -> Waits:
    ours = (rows[:, FACT] == Fact.APPLIED) & (rows[:, DETAIL] == authority)
    applied = rows[ours & (rows[:, LINE] >= 0) & (rows[:, MINUTE] >= 0)]
    ending = rows[np.isin(rows[:, FACT], (Fact.APPROVED, Fact.DENIED, Fact.WITHDRAWN)) & (rows[:, LINE] >= 0)]
    # An attempt has one application; what comes first ends it. Withdrawn after approval is another matter.
    keys, first = np.unique(_attempt(ending), return_index=True)
    ended = np.append(ending[first], np.full((1, rows.shape[1]), UNDECIDED), axis=0)
    place = np.searchsorted(keys, _attempt(applied))
    same = np.append(keys, UNDECIDED)[place] == _attempt(applied)
    last = ended[np.where(same, place, -1)]
    decided = np.isin(last[:, FACT], (Fact.APPROVED, Fact.DENIED))
    begun = _counted(applied[:, MINUTE], authority, plan)
    taken = np.where(decided, _counted(last[:, MINUTE], authority, plan) - begun, UNDECIDED)
    return Waits(taken, _counted(np.array([plan.end]), authority, plan) - begun)


def _attempt(rows: Int) -> Int:
    """A number for each attempt; an attempt has 16 bits, see MOST_ATTEMPTS."""
    number: Int = (rows[:, LINE] << 48) + (rows[:, ORDER] << 16) + rows[:, ATTEMPT]
    return number


def _counted(minutes: Int, authority: int, plan: Plan) -> Int:
    """Minutes as the standard counts them; see :func:`exportsim.working_time.elapsed`."""
    calendar = int(plan.authorities.standard_calendar[authority])
    if calendar < 0:
        return minutes
    working, before = plan.calendars.working[calendar], plan.calendars.before[calendar]
    day, rest = np.divmod(minutes - plan.calendars.origin, DAY)
    day = np.minimum(day, len(working))
    counted: Int = before[day] * DAY + np.append(working, 0)[day] * rest
    return counted
