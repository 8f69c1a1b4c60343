"""On which days an office works, by the days on which work ends in its log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from exportsim.learning.visits import Course
from exportsim.plan import Int
from exportsim.scenario.calendars import countries, holiday_dates, working_days
from exportsim.scenario.quantities import MINUTES_A_DAY
from exportsim.scenario.schema import WEEKDAYS, Calendar

ENOUGH = 50  # ends of work at a stage: of fewer, nothing is said of its days
SELDOM = 0.1  # of the ends on other days: a day of the week with fewer is of the weekend
EXPECTED = 7.0  # ends on a day: of so many, none at all comes by chance in one day of a thousand
AROUND = 30  # days before and after, of which the mean is what is expected
WHOLE = 0.9  # of moments at midnight: only days are recorded


@dataclass(frozen=True)
class OfficeDays:
    """The days that an office works, and the stages whose work keeps to them.

    Attributes
    ----------
    calendar : Calendar
    working : tuple of bool
        Of each stage, whether its work runs in working days.
    ends : int
        Of work, by which the days were found.
    on_weekend : int
        Of these, on the days of the weekend.
    whole_days : bool
        Whether only days are recorded, not hours.
    hours : tuple of int
        Between which hours nine in ten ends of work lie.
    """

    calendar: Calendar
    working: tuple[bool, ...]
    ends: int
    on_weekend: int
    whole_days: bool
    hours: tuple[int, int]
    first: date
    _before: Int

    def minutes(self, begin: Int, end: Int, *, working: bool) -> Int:
        """The time between moments: on the clock, or of working days of 24 hours."""
        return self._at(end) - self._at(begin) if working else end - begin

    def worked_from(self, days: Int) -> Int:
        """Each of some days of the log, or the next that is worked."""
        worked = np.flatnonzero(np.diff(self._before) > 0) + self.first.toordinal()
        found: Int = worked[np.minimum(np.searchsorted(worked, days), len(worked) - 1)]
        return found

    def _at(self, minute: Int) -> Int:
        day = minute // MINUTES_A_DAY - self.first.toordinal()
        worked = self._before[day + 1] - self._before[day]
        at: Int = self._before[day] * MINUTES_A_DAY + worked * (minute % MINUTES_A_DAY)
        return at


def office_days(course: Course, country: str | None) -> OfficeDays:
    """Find the days of the week on which hardly any work ends, and other days on which none does.

    A stage keeps to working days if on the weekend's days of the week a tenth or less of what ends on others ends. The
    weekend is that of the stage with the most work; one with too few ends to tell keeps to it if none is on it. Of one
    that ends on days of a rhythm alone, nothing is known but that it keeps to the days of the others. A
    holiday is another day on which none of that work ends although seven or more ends are to be expected by the days
    around it; the country's own, if nothing ends on those either.
    """
    visits = course.visits
    ended, stages = visits.ended[visits.ended >= 0], visits.stage[visits.ended >= 0]
    whole_days = bool(len(ended)) and float((ended % MINUTES_A_DAY == 0).mean()) > WHOLE
    moment = ended if whole_days else ended - 1  # what ends at midnight has ended with the day before
    days = moment // MINUTES_A_DAY
    weekends, counts = [], []
    for stage in range(len(course.stages)):
        by_day = np.bincount((days[stages == stage] + 6) % 7, minlength=7)
        counts.append(by_day)
        weekends.append(_weekend(by_day) if course.rhythms[stage] is None else frozenset())
    sizes = [int(by_day.sum()) if weekend else 0 for by_day, weekend in zip(counts, weekends, strict=True)]
    weekend = weekends[int(np.argmax(sizes))] if any(sizes) else frozenset()
    off = list(weekend)
    working = tuple(
        bool(weekend) and (weekend <= found or rhythm is not None or (by_day.sum() < ENOUGH and not by_day[off].any()))
        for found, by_day, rhythm in zip(weekends, counts, course.rhythms, strict=True)
    )
    daily = [rhythm is None for rhythm in course.rhythms]
    kept = np.isin(stages, np.flatnonzero(np.logical_and(working, daily)))
    names = [WEEKDAYS[day] for day in sorted(weekend)]
    holidays = _holidays(days[kept], weekend, country)
    calendar = Calendar.model_validate({"weekend": names, **({"holidays": holidays} if holidays else {})})
    first = int(course.applied.min()) // MINUTES_A_DAY - 1
    number = course.last // MINUTES_A_DAY - first + 3
    start = date.fromordinal(first)
    before = np.concatenate([[0], np.cumsum(working_days(calendar, start, number))]).astype(np.int64)
    told = len(moment) and not whole_days
    hours = np.quantile(moment % MINUTES_A_DAY, [0.05, 0.95]) / 60 if told else np.array([0.0, 24.0])
    return OfficeDays(
        calendar=calendar,
        working=working,
        ends=int(kept.sum()),
        on_weekend=int(np.isin((days[kept] + 6) % 7, list(weekend)).sum()),
        whole_days=whole_days,
        hours=(int(hours[0]), int(-(-hours[1] // 1))),
        first=start,
        _before=before,
    )


def _weekend(by_day: NDArray[np.int64]) -> frozenset[int]:
    """The days of the week on which hardly any work ends; none if it is too little work to tell."""
    if by_day.sum() < ENOUGH:
        return frozenset()
    seldom = np.flatnonzero(by_day <= SELDOM * np.sort(by_day)[-4:].mean())
    return frozenset(int(day) for day in seldom)


def _holidays(days: Int, weekend: frozenset[int], country: str | None) -> str | list[str] | None:
    """Days without work that are not of the weekend: the country's, or a list of them."""
    if not len(days):
        return None
    first, last = int(days.min()), int(days.max())
    counts = np.bincount(days - first, minlength=last - first + 1)
    open_days = ~np.isin((np.arange(first, last + 1) + 6) % 7, list(weekend))
    weights = np.ones(2 * AROUND + 1)
    there = (
        np.convolve(open_days, weights, "same") if len(counts) > len(weights) else np.full(len(counts), open_days.sum())
    )
    ended = (
        np.convolve(np.where(open_days, counts, 0), weights, "same")
        if len(counts) > len(weights)
        else np.full(len(counts), counts.sum())
    )
    expected = np.where(open_days, ended[: len(counts)] / np.maximum(there[: len(counts)], 1), 0.0)
    if country is not None and country in countries():
        known = holiday_dates(Calendar(holidays=country), date.fromordinal(first), date.fromordinal(last))
        places = [day.toordinal() - first for day in known if first <= day.toordinal() <= last]
        if (
            expected[places].sum() >= EXPECTED
            and counts[places][open_days[places]].sum() <= SELDOM * expected[places].sum()
        ):
            return country
    found = np.flatnonzero(open_days & (counts == 0) & (expected >= EXPECTED))
    return [date.fromordinal(first + int(day)).isoformat() for day in found] or None
