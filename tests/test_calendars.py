"""Calendars: each day worked out by itself, what is wrong with one, and years of which not all holidays are known."""

from __future__ import annotations

import subprocess
import sys
import warnings
from datetime import date, timedelta
from functools import cache
from typing import Any

import holidays
import pytest

import exportsim as xs
from exportsim.compile import compile_plan
from exportsim.scenario import explicit, explicit_text, loads, vary, warnings_of
from exportsim.scenario.calendars import countries, holidays_of
from exportsim.scenario.differences import world_differences
from worlds import as_file, one_office

NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def world(calendar: str, start: str = "2016-01-01", end: str = "2025-12-31", warm_up: str = "1y") -> xs.Scenario:
    period = {"start": start, "end": end, "warm_up": warm_up}
    written = as_file(one_office(period=period, currency="CAD", authorities__office__calendar="CALENDAR"))
    return loads(written.replace("CALENDAR", calendar))


def faults(calendar: str, **period: str) -> list[str]:
    with pytest.raises(xs.ScenarioError) as caught:
        world(calendar, **period)
    return [f"{fault.path}: {fault.message}" for fault in caught.value.faults]


def oddities(calendar: str, **period: str) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # none of Python's reaches the user
        found = warnings_of(world(calendar, **period))
    assert all(fault.path.startswith("authorities.office.calendar.holidays") and fault.line for fault in found)
    return [fault.message for fault in found]


@cache
def known_of(place: str, category: str) -> Any:
    country, _, part = place.partition("-")
    return holidays.country_holidays(country, subdiv=part or None, categories={"public", category})


def works(calendar: dict[str, Any], day: date) -> bool:
    """Whether a day is worked, by what is written: no tables, one day at a time."""
    weekend = calendar.get("weekend", ["sat", "sun"])
    if isinstance(weekend, dict):
        weekend = weekend[max(first for first in weekend if first <= day.isoformat())]
    if NAMES[day.weekday()] in weekend:
        return False
    kept = calendar.get("holidays")
    if isinstance(kept, list):
        return day.isoformat() not in kept
    if isinstance(kept, str):
        kept = {"country": kept}
    if kept is None or day.isoformat() in kept.get("except", []):
        return True
    return day not in known_of(kept["country"], kept.get("category", "public")) and day.isoformat() not in kept.get(
        "also", []
    )


@pytest.mark.parametrize(
    "calendar",
    [
        "{}",
        "{weekend: []}",
        "{weekend: {2006-09-01: [fri, sat], 2022-01-01: [sat, sun]}, holidays: AE}",
        "{weekend: {2022-03-02: [mon], 2014-01-01: [fri, sat], 2018-02-28: []}, holidays: [2016-02-29, 2017-06-01]}",
        "{holidays: CA-ON}",
        "{holidays: {country: CA, category: government, also: [2017-07-03], except: [2021-09-30, 2016-12-26]}}",
        "{holidays: {country: GB-SCT}}",
        "{holidays: {country: US, category: government, except: [2020-07-03]}}",
    ],
)
@pytest.mark.parametrize("warm_up", ["0d", "1y", "17mo"])
def test_the_compiled_calendar_is_what_each_day_is_by_itself(calendar: str, warm_up: str) -> None:
    scenario = world(calendar, warm_up=warm_up)
    written = explicit(scenario)["authorities"]["office"]["calendar"]
    calendars = compile_plan(scenario).calendars
    first = scenario.period.start + timedelta(minutes=int(calendars.origin))
    found = [bool(each) for each in calendars.working[0]]
    assert len(found) == (date(2026, 1, 1) - first).days
    assert found == [works(written, first + timedelta(days=day)) for day in range(len(found))]
    worked = [day for day, each in enumerate(found) if each]
    assert calendars.before[0].tolist() == [sum(found[:day]) for day in range(len(found) + 1)]
    assert calendars.day[0][: len(worked)].tolist() == worked


def test_a_federal_office_keeps_more_than_everybody() -> None:
    """The general holidays of the Canada Labour Code, section 166."""
    federal, public = (
        compile_plan(world(f"{{holidays: {kept}, weekend: []}}", "2022-01-01", "2022-12-31", "0d")).calendars.working[0]
        for kept in ("{country: CA, category: government}", "CA")
    )
    days = [date(2022, 1, 1) + timedelta(days=day) for day in range(365) if federal[day] < public[day]]
    # Christmas is a Sunday: everybody has the Monday, and a federal office Boxing Day after it.
    named = [date(2022, 5, 23), date(2022, 9, 30), date(2022, 10, 10), date(2022, 11, 11), date(2022, 12, 27)]
    assert days == named
    assert not any(public[day] < federal[day] for day in range(365))


def test_the_explicit_form_keeps_it_and_differences_are_told_by_path() -> None:
    calendar = (
        "{weekend: {2006-09-01: [fri, sat], 2022-01-01: [sat, sun]}, "
        "holidays: {country: CA, category: government, also: [2017-07-03], except: [2021-09-30]}}"
    )
    scenario = world(calendar)
    assert loads(explicit_text(scenario)) == scenario
    form = explicit(scenario)["authorities"]["office"]["calendar"]
    assert form == {
        "weekend": {"2006-09-01": ["fri", "sat"], "2022-01-01": ["sat", "sun"]},
        "holidays": {"country": "CA", "category": "government", "also": ["2017-07-03"], "except": ["2021-09-30"]},
    }
    path = "authorities.office.calendar"
    other = vary(scenario, {f"{path}.holidays.category": None, f"{path}.weekend.2022-01-01": ["sun"]})
    assert [each.path for each in world_differences(scenario, other)] == [
        f"{path}.weekend.2022-01-01",
        f"{path}.holidays.category",
    ]
    assert vary(scenario, {f"{path}.holidays": "CA"}) == vary(scenario, {f"{path}.holidays": "CA"})


@pytest.mark.parametrize(
    ("calendar", "told"),
    [
        (
            "{holidays: {country: CA, category: goverment}}",
            "holidays.category: no holidays of the category `goverment` are known for `CA`, "
            "expected one of `government`, `optional`, `public`",
        ),
        (
            "{holidays: {country: GB-ENG, category: government}}",
            "holidays.category: no holidays of the category `government` are known for `GB`, expected one of `public`",
        ),
        ("{holidays: {country: ca}}", "holidays.country: no holidays are known for `ca`, did you mean `CA`?"),
        ("{holidays: {country: CA-XX}}", "holidays.country: no holidays are known for `XX` in `CA`"),
        ("{holidays: {category: government}}", "holidays: the key `country` is missing"),
        ("{holidays: {country: CA, excpet: []}}", "holidays.excpet: unknown key `excpet`, did you mean `except`?"),
        ("{holidays: {country: CA, also: 2020-01-01}}", "holidays.also: found `2020-01-01`, expected a list"),
        ("{holidays: {country: CA, also: [1/2/2020]}}", "holidays.also.0: found `1/2/2020`, expected a date such as"),
        (
            "{holidays: {country: CA, also: [2020-01-02], except: [2020-01-01, 2020-01-02]}}",
            "holidays.except.1: 2020-01-02 is among the days of `also`, too",
        ),
        ("{weekend: {2022-01-01: [sat, snu]}}", "weekend.2022-01-01.1: found `snu`, did you mean `sun`?"),
        ("{weekend: {}}", "weekend: found nothing, expected at least 1 entry"),
        ("{weekend: {soon: [sat]}}", "weekend.soon: found `soon`, expected a date such as `2020-10-05`"),
        (
            "{weekend: {2016-01-01: [sat]}}",
            "weekend: the first weekend is that from 2016-01-01 on, after the run begins on 2014-12-31; say",
        ),
        ("{weekend: {2010-01-01: [mon, tue, wed, thu, fri, sat, sun]}}",
         "weekend.2010-01-01: found 7 entries, expected at most 6 entries"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(calendar: str, told: str) -> None:
    (found,) = faults(calendar)
    assert found.startswith(f"authorities.office.calendar.{told}")


def test_the_first_weekend_may_begin_with_the_run() -> None:
    assert not warnings_of(world("{weekend: {2015-01-01: [sat]}}", warm_up="365d"))
    assert faults("{weekend: {2015-01-02: [sat]}}", warm_up="365d")


@pytest.mark.parametrize(
    ("holidays_", "start", "end"),
    [("CA", "2016-01-01", "2060-12-31"), ("TR", "2016-01-01", "2060-12-31"), ("GB-ENG", "2000-01-01", "2100-12-31"),
     ("ES", "2026-01-01", "2030-12-31"), ("IN", "2016-01-01", "2026-12-31"),
     ("[2060-01-01]", "2016-01-01", "2060-12-31")],
)  # fmt: skip
def test_nothing_is_told_while_all_is_known(holidays_: str, start: str, end: str) -> None:
    """In 2030 Spain's Epiphany is a Sunday and left out, which is not the end of its calendar."""
    assert oddities(f"{{holidays: {holidays_}}}", start=start, end=end) == []


def _days(year: int) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return len(holidays.country_holidays("IN", years=year))


def test_years_after_those_that_are_known_are_told() -> None:
    (told,) = oddities("{holidays: IN}", start="2034-01-01", end="2045-12-31")
    known = int(told.split("up to ")[1][:4])
    assert told.startswith(
        f"the holidays of `IN` are known in full up to {known} ({_days(known)} days); later years lack `"
    )
    assert f"(2045: {_days(2045)} days)" in told and "`Diwali`" in told
    assert _days(2045) < _days(known) > 10


@pytest.mark.parametrize(
    ("calendar", "period", "told"),
    [
        ("TR", ("2099-01-01", "2101-12-31"), "no holidays of `TR` are known after 2100"),
        ("JP", ("2099-01-01", "2100-12-31"), "no holidays of `JP` are known after 2099"),
        ("{country: CA-ON, category: government}", ("1900-01-01", "2101-01-01"),
         "no holidays of `CA-ON` (government) are known after 2100"),
        ("DE", ("1989-01-01", "2020-12-31"), "no holidays of `DE` are known before 1990"),
        ("IN", ("1995-01-01", "2020-12-31"), "the holidays of `IN` from 1993 to 2000 are known only in part"),
    ],
)  # fmt: skip
def test_years_without_holidays_are_told(calendar: str, period: tuple[str, str], told: str) -> None:
    (found, *_) = oddities(f"{{holidays: {calendar}}}", start=period[0], end=period[1])
    assert found.startswith(told.replace("1990", str(holidays.country_holidays("DE").start_year)))
    assert found.endswith("; list the days that are kept, or those that are missing under `also`")


def test_days_that_are_excepted_and_no_holidays_are_told() -> None:
    told = oddities("{holidays: {country: CA, except: [2017-07-03, 2017-07-01, 2080-01-02]}}")
    assert told == ["found days that are no holiday (1): 2017-07-03"]


def test_names_of_holidays_are_not_those_of_the_machine() -> None:
    """The package speaks the language of the machine unless it is asked not to."""
    script = "from exportsim.scenario.calendars import gaps; print(gaps('IN', 2034, 2045), gaps('MY', 2100, 2101))"
    found = {
        language: subprocess.run(
            [sys.executable, "-c", script],
            env={"LANGUAGE": language, "LANG": f"{language}.UTF-8", "PYTHONPATH": ":".join(sys.path)},
            capture_output=True, text=True, check=True, encoding="utf-8",
        ).stdout
        for language in ("en_US", "th", "hi")
    }  # fmt: skip
    assert len(set(found.values())) == 1 and "Diwali" in found["th"]


def test_all_countries_of_the_package_are_known() -> None:
    known = holidays.list_supported_countries(include_aliases=True)
    assert countries() == list(known)
    assert {country: list(holidays_of(country).subdivisions) for country in countries()} == known


@pytest.mark.parametrize("country", ["CA", "GBR", "TR", "IN", "AS"])  # the last stands on another
def test_a_country_that_is_imported_by_itself_is_that_of_the_package(country: str) -> None:
    alone = holidays_of(country)
    asked: dict[str, Any] = {"years": range(2012, 2031), "language": "en_US", "categories": alone.supported_categories}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for subdivision in (None, *alone.subdivisions[:3]):
            expected = holidays.country_holidays(country, subdiv=subdivision, **asked)
            assert dict(alone(subdiv=subdivision, **asked)) == dict(expected) != {}


def test_one_country_is_imported_without_the_others() -> None:
    code = "import sys; from exportsim.scenario.calendars import known_of; known_of('CA'); print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "holidays" in said
    assert not [module for module in said if module.startswith("holidays.countries")]
