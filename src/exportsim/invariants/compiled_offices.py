"""Authorities, their stages and calendars, held against the scenario: calendars day by day, and days by search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from exportsim.invariants.compiled import DAY, Compiled, Faults, PlanRule, carried, minutes, same, stages_of, tiles
from exportsim.scenario.quantities import Duration
from exportsim.scenario.schema import Calendar, NationalHolidays, Sits

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
    counts = plan.stages.sits_count.tolist()
    yield from tiles("stages.sits_first", plan.stages.sits_first.tolist(), counts, len(plan.stages.sitting))
    days = compiled.days()
    written = [(index, stage) for index, (_, one) in enumerate(compiled.authorities) for stage in stages_of(one)]
    for number, (index, stage) in enumerate(written):
        chance, most = (0.0, 0) if stage.returns is None else (stage.returns.chance, stage.returns.most)
        others, sits = stage.only is None, stage.sits
        expected_days = (
            [] if sits is None else sorted(days_of_sittings(sits, compiled.authorities[index][1].calendar, days))
        )
        first_sitting, count_of = int(plan.stages.sits_first[number]), int(plan.stages.sits_count[number])
        sat = plan.stages.sitting[first_sitting : first_sitting + count_of]
        yield from same(f"stages.sitting[{number}]", sat, [compiled.minute(day) for day in expected_days])
        yield from carried(
            "stages",
            plan.stages,
            number,
            stage,
            authority=index,
            others=others,
            chance=chance,
            most=most,
            officers=stage.officers or 0,
            sits=int(sits is not None),
            sits_most=-1 if sits is None or sits.most is None else sits.most,
        )


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


def days_of_sittings(sits: Sits, calendar: Calendar, days: Sequence[date]) -> set[date]:
    """The days of a run on which a stage sits: each of its days, or the next that is worked."""
    holidays, sat = holidays_of(calendar), set()
    put_off = False
    for day in days:
        since = (day - sits.from_).days * DAY
        put_off = put_off or (since >= 0 and since % sits.every.minutes == 0)
        if put_off and is_worked(calendar, day, holidays):
            sat.add(day)
            put_off = False
    return sat


def _works(duration: Any) -> bool:
    return isinstance(duration, Duration) and duration.unit == "bd"


RULES: tuple[PlanRule, ...] = (
    authorities_are_those_written,
    stages_are_those_of_their_authorities,
    days_are_worked_by_the_calendars,
)
