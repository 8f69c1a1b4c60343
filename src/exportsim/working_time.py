"""Working time: how the clock runs on an authority's calendar. Working days have 24 hours, other days none."""

from __future__ import annotations

from exportsim.jit import inlined
from exportsim.plan import NEVER, Int

DAY = 1440


@inlined
def elapsed(origin: int, working: Int, before: Int, minute: int) -> int:
    """Working minutes from the calendar's origin to a minute.

    Parameters
    ----------
    working, before : ndarray of int64, shapes (days,) and (days + 1,)
        One authority's rows of :class:`exportsim.plan.Calendars`.
    minute : int
        From the origin on; beyond the tables, their end is taken.
    """
    day = (minute - origin) // DAY
    if day >= len(working):
        return int(before[-1]) * DAY
    return int(before[day]) * DAY + int(working[day]) * ((minute - origin) % DAY)


@inlined
def advance(origin: int, working: Int, before: Int, day: Int, minute: int, minutes: int) -> int:
    """The first minute by which so many working minutes have passed since ``minute``.

    Returns
    -------
    int
        ``minute`` itself for no minutes, holiday or not; ``NEVER`` beyond the tables' end.
    """
    if minutes <= 0:
        return minute
    target = elapsed(origin, working, before, minute) + minutes
    # The day in which the target is reached: a whole number of days is reached at a working day's end.
    n = (target - 1) // DAY
    if n >= before[-1]:
        return NEVER
    return origin + int(day[n]) * DAY + (target - n * DAY)
