"""Whether an authority's officers can do the work that is to be expected: by stage, by year, under each policy.

What is counted is the least that is certain to come: orders by their rates or their registers, to a source by its
weight among all that could be usable by then, less all trust that the policy's measures may have cost, and only while
its cell is certain to need a permit and to be open to applications. What is denied and tried elsewhere, comes on top.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from exportsim.scenario import calendars
from exportsim.scenario.candidates import Candidates
from exportsim.scenario.cells import licensor
from exportsim.scenario.courses import Course
from exportsim.scenario.distributions import mean, uses_business_days
from exportsim.scenario.messages import Complaint
from exportsim.scenario.programmes import NO_PROGRAMME, shares
from exportsim.scenario.quantities import MINUTES_A_DAY
from exportsim.scenario.register import Record
from exportsim.scenario.schema import Calendar, Register, Scenario, Stage, stages_of
from exportsim.scenario.text import Path
from exportsim.scenario.workload import DAYS_A_YEAR, expected_arrivals

SHORTEST = 183  # days of a year that the period begins or ends in; a shorter rest goes with the year beside it
MOST_NAMED = 3  # of a stage


class Year(NamedTuple):
    """What a stage is to do and can do in one year."""

    first: int
    last: int
    """The same year, but where a short rest is counted with it."""
    days: int
    applications: float
    minutes: float
    """Of work."""
    there: float
    """Minutes that its officers have."""
    officer: float
    """Minutes that one officer has."""

    @property
    def overloaded(self) -> bool:
        return self.minutes > self.there * (1 + 1e-9) and self.minutes > 0


def overloads(
    scenario: Scenario,
    courses: Mapping[str, Course],
    records: Mapping[str, Sequence[Record]],
    candidates: Mapping[str, Candidates],
) -> Iterator[Complaint]:
    """Stages that are to do more than they can."""
    demand = Demand(scenario, records, candidates)
    found: dict[Path, dict[tuple[int, int, str], list[_Load]]] = {}
    stages: dict[Path, tuple[str, Stage]] = {}
    in_question = [name for name in scenario.authorities if _may_be_overloaded(scenario, name, courses, demand)]
    for policy, course in courses.items():
        for name in in_question:
            for path, stage, years in _years(scenario, name, course, demand):
                stages[path] = name, stage
                for run in _together(years):
                    load = _Load.of(policy, run)
                    key = run[0].first, run[-1].last, load.there
                    found.setdefault(path, {}).setdefault(key, []).append(load)
    for path, each in found.items():
        name, stage = stages[path]
        most = sorted(each.items(), key=lambda item: (item[0][0], -item[0][1], item[0][2]))
        for number, ((first, last, there), loads) in enumerate(most[:MOST_NAMED], start=1):
            when = str(first) if first == last else f"{first} to {last}"
            which = under([load.policy for load in loads], courses)
            rest = len(most) - MOST_NAMED
            more = f"; and {rest} more like this" if number == MOST_NAMED and rest > 0 else ""
            words = _words(name, stage, there, loads)
            yield Complaint((*path, "officers"), f"{words} ({when}, {which}){more}")


class _Load(NamedTuple):
    """What overloaded years come to under one policy."""

    policy: str
    applications: float
    """A year."""
    need: float
    """Officers."""
    there: str
    """How many there are."""

    @classmethod
    def of(cls, policy: str, run: list[Year]) -> _Load:
        officer, days = sum(year.officer for year in run), sum(year.days for year in run)
        minutes, there = (sum(getattr(year, key) for year in run) for key in ("minutes", "there"))
        need, number = (minutes / officer, there / officer) if officer else (float("inf"), 0.0)
        a_year = sum(year.applications for year in run) / days * DAYS_A_YEAR
        return cls(policy, a_year, need, f"{number:,.2f}".rstrip("0").rstrip("."))


class Demand:
    """Orders by line, and the applications that they make."""

    def __init__(
        self, scenario: Scenario, records: Mapping[str, Sequence[Record]], candidates: Mapping[str, Candidates]
    ) -> None:
        self.scenario, self.candidates = scenario, candidates
        self._days: dict[str, dict[str | None, list[date]]] = {}
        for name, rows in records.items():
            by_programme: dict[str | None, list[date]] = {}
            for row in rows:
                by_programme.setdefault(row.programme, []).append(row.when.date())
            self._days[name] = {programme: sorted(days) for programme, days in by_programme.items()}
        self._programmes = {name: self._programmes_of(name) for name in scenario.demand}
        self._sources: dict[str, dict[str, list[str]]] = {}
        for name, line in scenario.demand.items():
            for source in line.sources:
                authority = licensor(scenario, line, source)
                if authority is not None:
                    self._sources.setdefault(authority, {}).setdefault(name, []).append(source)
        self._calendars: dict[str, tuple[date, list[int]]] = {}
        self._chances = {
            name: {programme: float(chance) for programme, chance in shares(line.programmes).items()}
            for name, line in scenario.demand.items()
        }
        self.orders = lru_cache(maxsize=100_000)(self._orders)

    def _orders(self, name: str, programme: str, first: date, end: date) -> float:
        """How many orders of a line in a programme are expected from one day to before another."""
        line = self.scenario.demand[name]
        chance = self._chances[name].get(programme, 0.0)
        if not isinstance(line.orders, Register):
            return chance * expected_arrivals(line.orders, first, end)
        drawn = line.orders.programme is None
        days = self._days.get(name, {}).get(None if drawn else programme, [])
        return (chance if drawn else 1.0) * (bisect_left(days, end) - bisect_left(days, first))

    def _programmes_of(self, name: str) -> list[str]:
        """All that an order of a line may have."""
        line = self.scenario.demand[name]
        known = [programme for programme in self._days.get(name, {}) if programme is not None]
        return list(dict.fromkeys((NO_PROGRAMME, *line.programmes, *known)))

    def applications(self, authority: str, course: Course, first: date, end: date) -> tuple[float, float]:
        """The least number of applications that come to an authority, and of those that go on to case-by-case review.

        Between the two days no measure acts.
        """
        all_of_them = case_by_case = 0.0
        for name, here in self._sources.get(authority, {}).items():
            line = self.scenario.demand[name]
            share = sum(self.candidates[name].least_share(source, course, first, end) for source in here)
            for programme in self._programmes[name] if share > 0 else ():
                cell = authority, line.destination, line.goods, programme
                possible = (
                    course.applications.on(cell, first) if cell in course.applications else frozenset(("exempt",))
                )
                if "exempt" in possible or "deny" in possible:
                    continue
                orders = share * self.orders(name, programme, first, end)
                all_of_them += orders
                case_by_case += orders if possible == {"case_by_case"} else 0.0
        return all_of_them, case_by_case

    def minutes(self, authority: str, stage: Stage, first: date, end: date) -> float:
        """The minutes that an officer of a stage works between two days of the period."""
        if not uses_business_days(stage.work):
            return float((end - first).days * MINUTES_A_DAY)
        if authority not in self._calendars:
            period, calendar = self.scenario.period, self.scenario.authorities[authority].calendar
            past = period.end + timedelta(days=1)
            self._calendars[authority] = _working(calendar.model_dump_json(), period.start.year, past.year)
        start, before = self._calendars[authority]
        return float((before[(end - start).days] - before[(first - start).days]) * MINUTES_A_DAY)

    def most(self, authority: str, first: date, end: date) -> float:
        """No more than this many applications are ever counted between two days, under whatever policy."""
        return sum(
            self.orders(name, programme, first, end)
            for name in self._sources.get(authority, {})
            for programme in self._programmes[name]
        )


def _may_be_overloaded(scenario: Scenario, name: str, courses: Mapping[str, Course], demand: Demand) -> bool:
    """Whether it is worth while to look at each policy."""
    authority = scenario.authorities[name]
    for first, end in years_of(scenario):
        coming = demand.most(name, first, end) + expected_arrivals(authority.traffic.applications, first, end)
        for stage in stages_of(authority):
            fewest = min(min(course.officers.ever((name, stage.stage), first)) for course in courses.values())
            if coming * mean(stage.work) > fewest * demand.minutes(name, stage, first, end):
                return True
    return False


def _years(scenario: Scenario, name: str, course: Course, demand: Demand) -> Iterator[tuple[Path, Stage, list[Year]]]:
    """By stage of an authority: what each year of the period asks of it."""
    authority = scenario.authorities[name]
    further = authority.case_by_case
    stages: list[tuple[Path, Stage, bool]] = [
        (("authorities", name, "review", index), stage, False) for index, stage in enumerate(authority.review)
    ]
    for index, stage in enumerate(further.review if further is not None else ()):
        stages.append((("authorities", name, "case_by_case", "review", index), stage, True))
    works = [mean(stage.work) for _, stage, _ in stages]
    totals: list[list[Year]] = [[] for _ in stages]
    for first, end in years_of(scenario):
        sums = [[0.0] * 4 for _ in stages]
        days = sorted({first, end, *(day for day in course.days if first < day < end)})
        for start, past in pairwise(days):
            ordinary, special = demand.applications(name, course, start, past)
            ordinary += expected_arrivals(authority.traffic.applications, start, past)
            for place, (_, stage, is_further) in enumerate(stages):
                coming = special if is_further else ordinary
                work = works[place]
                officer = demand.minutes(name, stage, start, past)
                there = officer * max(course.officers.on((name, stage.stage), start))
                for column, amount in enumerate((coming, coming * work, there, officer)):
                    sums[place][column] += amount
                # No more goes on to the next stage than this one can do.
                done = min(coming, there / work) if work else coming
                special = min(special, done)
                if not is_further:
                    ordinary = done
        for place, found in enumerate(sums):
            totals[place].append(Year(first.year, (end - timedelta(days=1)).year, (end - first).days, *found))
    for (path, stage, _), years in zip(stages, totals, strict=True):
        yield path, stage, years


def years_of(scenario: Scenario) -> list[tuple[date, date]]:
    """The years of the period, each from its first day to before the next."""
    start, end = scenario.period.start, scenario.period.end + timedelta(days=1)
    days = [start, *(date(year, 1, 1) for year in range(start.year + 1, end.year + 1)), end]
    days = list(dict.fromkeys(days))
    if len(days) > 2 and (days[1] - days[0]).days < SHORTEST:
        del days[1]
    if len(days) > 2 and (days[-1] - days[-2]).days < SHORTEST:
        del days[-2]
    return list(pairwise(days))


def _together(years: list[Year]) -> Iterator[list[Year]]:
    """Overloaded years that follow each other."""
    run: list[Year] = []
    for year in years:
        if year.overloaded:
            run.append(year)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _words(name: str, stage: Stage, there: str, loads: list[_Load]) -> str:
    days = mean(stage.work) / MINUTES_A_DAY
    unit = f"{'working ' if uses_business_days(stage.work) else ''}day{'s' * (days != 1)}"
    coming = _range([load.applications for load in loads])
    officers = "is" if there == "1" else "are"
    return (
        f"{stage.stage} at {name}: at least {coming} applications a year of {figure(days)} {unit} need "
        f"{_range([load.need for load in loads], above=float(there.replace(',', '')))} officers, and there {officers} "
        f"{there if there != '0' else 'none'}"
    )


def _range(numbers: list[float], above: float = 0.0) -> str:
    """The least and the most; with as many digits as it takes to see that they are more than something else."""
    for digits in range(3, 9):
        least, most = figure(min(numbers), digits), figure(max(numbers), digits)
        if float(least.replace(",", "")) > above:
            break
    return least if least == most else f"{least} to {most}"


def figure(number: float, digits: int = 3) -> str:
    """A number with so many digits that count, and no zeros at its end."""
    if not 0 < number < float("inf"):
        return f"{number:g}"
    text = f"{number:,.{max(0, digits - 1 - math.floor(math.log10(number)))}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def under(policies: Sequence[str], courses: Mapping[str, Course]) -> str:
    """Which policies that is true of."""
    if len(policies) == len(courses):
        return "under every policy" if len(policies) > 1 else f"policy {policies[0]}"
    return f"polic{'y' if len(policies) == 1 else 'ies'} {', '.join(policies)}"


def working_days(calendar: Calendar, first: date, end: date) -> int:
    """How many days a calendar works from one day to before another."""
    start, before = _working(calendar.model_dump_json(), first.year, end.year)
    return before[(end - start).days] - before[(first - start).days]


@lru_cache(maxsize=256)
def _working(written: str, first: int, last: int) -> tuple[date, list[int]]:
    """The first day of a year, and for each day from it on how many working days there were before."""
    start = date(first, 1, 1)
    days = [start + timedelta(days=number) for number in range((date(last, 12, 31) - start).days + 1)]
    worked = calendars.working_days(Calendar.model_validate_json(written), days)
    return start, [0, *accumulate(map(int, worked))]
