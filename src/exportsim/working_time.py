"""Working time: how the clock runs on an authority's calendar. Working days have 24 hours, other days none."""

from __future__ import annotations

from exportsim.jit import inlined
from exportsim.plan import NEVER, Int

DAY = 1440


@inlined
def elapsed(origin: int, working: Int, before: Int, minute: int) -> int:
    """Working minutes from the calendar's origin to a minute from then on; beyond the tables, their end is taken.

    ``working`` and ``before`` are an authority's rows of :class:`exportsim.plan.Calendars`.
    """
    day = (minute - origin) // DAY
    if day >= len(working):
        return int(before[-1]) * DAY
    return int(before[day]) * DAY + int(working[day]) * ((minute - origin) % DAY)


@inlined
def days_begun(origin: int, before: Int, minute: int) -> int:
    """Working days from the calendar's origin to the one in which a minute lies, that day included."""
    return int(before[min((minute - origin) // DAY + 1, len(before) - 1)])


@inlined
def advance(origin: int, working: Int, before: Int, day: Int, minute: int, minutes: int) -> int:
    """The first minute by which so many working minutes have passed since ``minute``; NEVER beyond the tables' end.

    For no minutes that is ``minute`` itself, holiday or not.
    """
    if minutes <= 0:
        return minute
    target = elapsed(origin, working, before, minute) + minutes
    # The day in which the target is reached: a whole number of days is reached at a working day's end.
    n = (target - 1) // DAY
    if n >= before[-1]:
        return NEVER
    return origin + int(day[n]) * DAY + (target - n * DAY)
