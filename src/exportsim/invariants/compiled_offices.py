"""Authorities, their stages and calendars, held against the scenario: calendars day by day, and days by search."""

from __future__ import annotations

from datetime import date
from typing import Any

from exportsim.invariants.compiled import Compiled, Faults, PlanRule, carried, minutes, same, stages_of, tiles
from exportsim.scenario.quantities import Duration
from exportsim.scenario.schema import Calendar, NationalHolidays

WEEK = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}


def authorities_are_those_written(compiled: Compiled) -> Faults:
    """An authority has its validity and standard, each on its calendar if in business days, and its approvals."""
    for index, (_, authority) in enumerate(compiled.authorities):
        further, standard = authority.case_by_case, authority.service_standard
        yield from carried(
            "authorities",
            compiled.plan.authorities,
            index,
            authority,
            validity_calendar=index if _works(authority.validity) else -1,
            approval_case_by_case=authority.approval if further is None else further.approval,
            standard=-1 if standard is None else minutes(standard),
            standard_calendar=index if _works(standard) else -1,
            stage_count=len(authority.review),
            case_count=0 if further is None else len(further.review),
        )


def stages_are_those_of_their_authorities(compiled: Compiled) -> Faults:
    """The stages of an authority lie together, those of the ordinary review first, each with what is written."""
    plan, authorities = compiled.plan, compiled.plan.authorities
    first, count = [], []
    for index in range(len(compiled.authorities)):
        first += [int(authorities.stage_first[index]), int(authorities.case_first[index])]
        count += [int(authorities.stage_count[index]), int(authorities.case_count[index])]
    yield from tiles("authorities.stage_first and case_first", first, count, len(plan.stages.authority))
    written = [(index, stage) for index, (_, one) in enumerate(compiled.authorities) for stage in stages_of(one)]
    for number, (index, stage) in enumerate(written):
        yield from carried("stages", plan.stages, number, stage, authority=index, others=stage.only is None)


def days_are_worked_by_the_calendars(compiled: Compiled) -> Faults:
    """A day is worked unless it is of the authority's weekend or holidays; working days are counted one by one."""
    calendars, days = compiled.plan.calendars, compiled.days()
    yield from same("calendars.origin", calendars.origin, compiled.minute(compiled.first_day))
    for name in ("working", "before", "day"):
        yield from same(f"calendars.{name}", len(getattr(calendars, name)), len(compiled.authorities))
    for index, (_, authority) in enumerate(compiled.authorities):
        holidays = holidays_of(authority.calendar)
        working = [int(is_worked(authority.calendar, day, holidays)) for day in days]
        before, nth = [0], []
        for number, worked in enumerate(working):
            before.append(before[-1] + worked)
            nth += [number] * worked
        nth += [len(days)] * (len(days) + 1 - len(nth))
        for name, expected in (("working", working), ("before", before), ("day", nth)):
            yield from same(f"calendars.{name}[{index}]", getattr(calendars, name)[index], expected)


def holidays_of(calendar: Calendar) -> Any:
    """What tells whether a day is a holiday: dates, or what the package ``holidays`` knows of a country, day by day."""
    written = calendar.holidays
    if written is None or isinstance(written, list):
        return frozenset(written or ())
    import holidays

    if isinstance(written, str):
        country, _, subdivision = written.partition("-")
        return holidays.country_holidays(country, subdiv=subdivision or None)  # looks up a day's year when asked
    country, _, subdivision = written.country.partition("-")
    kinds = {"public"} if written.category is None else {"public", written.category}
    return holidays.country_holidays(country, subdiv=subdivision or None, categories=kinds)


def is_worked(calendar: Calendar, day: date, holidays: Any) -> bool:
    """Whether an office works on a day."""
    free = calendar.weekend
    if isinstance(free, dict):
        free = free[max(start for start in free if start <= day)]
    own = calendar.holidays if isinstance(calendar.holidays, NationalHolidays) else None
    holiday = day in holidays if own is None else day in own.also or (day in holidays and day not in own.except_)
    return day.isoweekday() not in {WEEK[name] for name in free} and not holiday


def _works(duration: Any) -> bool:
    return isinstance(duration, Duration) and duration.unit == "bd"


RULES: tuple[PlanRule, ...] = (
    authorities_are_those_written,
    stages_are_those_of_their_authorities,
    days_are_worked_by_the_calendars,
)
