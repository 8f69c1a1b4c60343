"""Which days an authority works: its weekend, and the holidays that its office keeps.

What is known of a country's holidays is what the ``holidays`` package knows. It is imported late, and of its countries
those that are asked for, since that costs a tenth of a second, and all of them another.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple

from exportsim.language import text
from exportsim.scenario.quantities import MINUTES_A_DAY
from exportsim.scenario.schema import WEEKDAYS, Calendar, NationalHolidays, Sits

ALWAYS = range(2020, 2026)  # a holiday of each of these years is one that a later year should have, too
AFTER = 6  # years looked at beyond a run: a holiday that is only moved or left out for once comes again by then
MOST_CALENDARS = 64  # of which it is remembered which days are worked
_REMARK = re.compile(r"\s*\([^()]*\)")  # (observed), (estimated)


class Kept(NamedTuple):
    """Whose holidays are kept, as far as the package is asked for them."""

    country: str
    subdivision: str | None
    category: str | None

    @classmethod
    def of(cls, written: str | NationalHolidays) -> Kept:
        """From `CA`, `CA-ON`, or a mapping."""
        place = written if isinstance(written, str) else written.country
        country, _, subdivision = place.partition("-")
        return cls(country, subdivision or None, None if isinstance(written, str) else written.category)

    def __str__(self) -> str:
        place = self.country + (f"-{self.subdivision}" if self.subdivision else "")
        return f"`{place}`" + (f" ({self.category})" if self.category else "")


def working_days(calendar: Calendar, first: date, number: int) -> Sequence[bool]:
    """Of so many days in a row, one at least, whether each is worked."""
    return _worked(calendar.model_dump_json(by_alias=True), first, number)


@lru_cache(MOST_CALENDARS)  # each is asked for whenever a scenario is checked and compiled
def _worked(written: str, first: date, number: int) -> tuple[bool, ...]:
    calendar = Calendar.model_validate_json(written)
    holidays = holiday_dates(calendar, first, first + timedelta(days=number - 1))
    weekends = calendar.weekend
    changes = [(date.min, weekends)] if isinstance(weekends, list) else sorted(weekends.items())
    worked, weekend = [], frozenset[int]()
    for day in (first + timedelta(days=count) for count in range(number)):
        while changes and changes[0][0] <= day:
            weekend = frozenset(map(WEEKDAYS.index, changes.pop(0)[1]))
        worked.append(day.weekday() not in weekend and day not in holidays)
    return tuple(worked)


def days_sat(sits: Sits, first: date, worked: Sequence[bool]) -> list[int]:
    """Of some days in a row, from a first one on, on which a committee sits: by their number, each once.

    Each day that is its own, or the next that is worked; what would have been before the first is over.
    """
    next_worked, following = [len(worked)] * len(worked), len(worked)
    for day in range(len(worked) - 1, -1, -1):
        following = day if worked[day] else following
        next_worked[day] = following
    every, since = sits.every.minutes // MINUTES_A_DAY, (sits.from_ - first).days
    begin = since if since >= 0 else since % every
    found = dict.fromkeys(next_worked[day] for day in range(begin, len(worked), every))
    return [day for day in found if day < len(worked)]


def holiday_dates(calendar: Calendar, first: date, last: date) -> frozenset[date]:
    """The holidays of a calendar in the years of two days, and whatever others it lists."""
    written = calendar.holidays
    if written is None:
        return frozenset()
    if isinstance(written, list):
        return frozenset(written)
    kept = Kept.of(written)
    days = frozenset(day for year in range(first.year, last.year + 1) for day in _year(kept, year).days)
    return days if isinstance(written, str) else days.difference(written.except_).union(written.also)


def gaps(written: str | NationalHolidays, first: int, last: int) -> list[str]:
    """What is not known of the holidays in the years of a run, in sentences.

    Three things are looked at. The package says from which year to which it knows a country's holidays at all. It warns
    of a year itself. And a holiday that it has in every year of :data:`ALWAYS`, but neither in the later years of the
    run nor in the :data:`AFTER` that follow, is one that it has no dates for: those that go by the moon, and days off
    that are decreed year by year. (Before those years a holiday that is not there may just not have been one yet.)
    """
    kept = Kept.of(written)
    known, _ = known_of(kept.country)
    unknown = []
    if first < known.start:
        unknown.append(text("warnings.holidays_before", place=kept, year=known.start))
    if last >= known.stop:
        unknown.append(text("warnings.holidays_after", place=kept, year=known.stop - 1))
    inside = range(max(first, known.start), min(last + 1, known.stop))
    doubtful = [year for year in inside if year < ALWAYS.start and _year(kept, year).doubtful]
    if doubtful:
        unknown.append(text("warnings.holidays_in_part", place=kept, first=doubtful[0], last=doubtful[-1]))
    if inside and inside[-1] >= ALWAYS.stop:
        unknown += _lost(kept, inside, known)
    return unknown


def _lost(kept: Kept, inside: range, known: range) -> list[str]:
    """Holidays that end before the run does."""
    always = frozenset.intersection(*(_year(kept, year).names for year in ALWAYS))
    ahead = range(inside[-1] + 1, min(inside[-1] + 1 + AFTER, known.stop))
    left = always.difference(*(_year(kept, year).names for year in (*ahead, inside[-1])))
    if not left:
        return []
    ends = {
        name: max(year for year in range(ALWAYS.start, inside[-1]) if name in _year(kept, year).names) for name in left
    }
    end = min(ends.values())
    named = sorted(name for name in left if ends[name] == end)
    shown, last = text("lists.comma").join(f"`{name}`" for name in named[:3]), inside[-1]
    said = {"place": kept, "year": end, "names": shown, "last": last}
    said |= {"days": len(_year(kept, end).days), "days_then": len(_year(kept, last).days)}
    if len(left) > 3:
        return [text("warnings.holidays_end_more", more=len(left) - 3, **said)]
    return [text("warnings.holidays_end", **said)]


class Year(NamedTuple):
    """What the package knows of the holidays of a year."""

    days: frozenset[date]
    names: frozenset[str]
    doubtful: bool
    """Whether it warns that it does not know all."""


@lru_cache(maxsize=10_000)
def _year(kept: Kept, year: int) -> Year:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        holidays = holidays_of(kept.country)
        categories = {holidays.default_category, kept.category or holidays.default_category}
        # The language of names is fixed; left alone, it is that of the machine.
        known = holidays(subdiv=kept.subdivision, years=year, categories=categories, language="en_US")
    names = {_REMARK.sub("", name).strip() for joined in known.values() for name in joined.split("; ")}
    doubtful = any(not issubclass(warning.category, DeprecationWarning) for warning in caught)
    return Year(frozenset(known), frozenset(names), doubtful)


@lru_cache(maxsize=1000)
def known_of(country: str) -> tuple[range, tuple[str, ...]]:
    """The years for which the package knows a country's holidays, and their categories, such as ``government``."""
    holidays = holidays_of(country)
    return range(holidays.start_year, holidays.end_year + 1), tuple(sorted(holidays.supported_categories))


def countries() -> list[str]:
    """The codes of the countries that the package knows."""
    from holidays.registry import EntityLoader

    return list(EntityLoader.get_country_codes())


@cache
def holidays_of(country: str) -> Any:
    """The package's class of a country, given one of its codes.

    Its file is imported by itself: asked for one country, the package imports all.
    """
    import holidays
    from holidays.registry import COUNTRIES

    module, names = next((module, names) for module, names in COUNTRIES.items() if country in names)
    file = Path(str(holidays.__file__)).parent / "countries" / f"{module}.py"
    spec = spec_from_file_location(f"holidays.countries.{module}", file)
    assert spec is not None and spec.loader is not None, file
    alone = module_from_spec(spec)
    spec.loader.exec_module(alone)
    return getattr(alone, names[0])
