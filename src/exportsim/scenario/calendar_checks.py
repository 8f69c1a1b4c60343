"""Checks on calendars: holidays of countries that are known, weekends from the first day on, years that are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from exportsim.language import text
from exportsim.scenario.calendars import countries, gaps, holiday_dates, holidays_of, known_of
from exportsim.scenario.candidates import View
from exportsim.scenario.messages import Complaint
from exportsim.scenario.quantities import show
from exportsim.scenario.schema import Calendar, NationalHolidays, Period, days_of
from exportsim.scenario.schema_paths import near
from exportsim.scenario.text import Path

MOST_DAYS = 3  # named in a sentence


def calendar_faults(calendar: Calendar, period: Period | None, path: Path) -> Iterator[Complaint]:
    """What is wrong with a calendar."""
    if isinstance(calendar.weekend, dict) and period is not None:
        start = min(calendar.weekend)
        try:
            day, _ = days_of(period)
        except OverflowError:  # reported by ``checks``
            day = period.start
        if start > day:
            message = (
                f"the first weekend is that from {start} on, after the run begins on {day}; say what it was until then"
            )
            yield Complaint((*path, "weekend"), message)
    written = calendar.holidays
    holidays: Path = (*path, "holidays")
    if isinstance(written, str):
        yield from _known_place(written, holidays)
    if not isinstance(written, NationalHolidays):
        return
    wrong = list(_known_place(written.country, (*holidays, "country")))
    yield from wrong
    country = written.country.partition("-")[0]
    if not wrong and written.category is not None and written.category not in (known := known_of(country)[1]):
        yield Complaint(
            (*holidays, "category"),
            f"no holidays of the category {show(written.category)} are known for `{country}`, expected one of "
            + ", ".join(f"`{category}`" for category in known),
        )
    for index, day in enumerate(written.except_):
        if day in written.also:
            yield Complaint((*holidays, "except", index), f"{day} is among the days of `also`, too")


def _known_place(written: str, path: Path) -> Iterator[Complaint]:
    known = countries()
    country, _, subdivision = written.partition("-")
    if country not in known:
        expected = "expected a country such as `CA`, a subdivision such as `CA-ON`, or a list of dates"
        instead = f"did you mean `{country.upper()}`?" if country.upper() in known else expected
        yield Complaint(path, f"no holidays are known for {show(country)}, {instead}")
    elif subdivision and subdivision not in (parts := holidays_of(country).subdivisions):
        instead = near(subdivision, parts)
        yield Complaint(path, f"no holidays are known for {show(subdivision)} in `{country}`{instead}")


def calendar_oddities(view: View) -> Iterator[Complaint]:
    """Years of a run whose holidays are not all known, and days that are excepted though nobody keeps them."""
    start, last = view.first, view.past - timedelta(days=1)
    for name, authority in view.scenario.authorities.items():
        written = authority.calendar.holidays
        if written is None or isinstance(written, list):
            continue
        path: Path = ("authorities", name, "calendar", "holidays")
        for gap in gaps(written, start.year, last.year):
            yield Complaint(path, text("warnings.list_days", warning=gap))
        if isinstance(written, NationalHolidays) and written.except_:
            days_kept = holiday_dates(Calendar(holidays=written.model_copy(update={"except_": []})), start, last)
            idle = [day for day in written.except_ if start <= day <= last and day not in days_kept]
            if idle:
                shown = text("lists.comma").join(map(str, idle[:MOST_DAYS])) + (" …" if len(idle) > MOST_DAYS else "")
                yield Complaint((*path, "except"), text("warnings.no_holiday", number=len(idle), days=shown))
