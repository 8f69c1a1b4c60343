"""Whether an authority's officers can do the work that is to be expected: by stage, by year, under each policy.

What is counted is the least that is certain to come: orders by their rates or their registers, to a source by its
weight among all that could be usable by then, less all trust that the policy's measures may have cost, and only while
its cell is certain to need a permit and to be open to applications; where it is exempt, without those that use the
general licence. What is denied and tried elsewhere, comes on top. What is decided as recorded is no work.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from exportsim.digits import short, shortened
from exportsim.language import text
from exportsim.scenario.candidates import View
from exportsim.scenario.cells import licensor
from exportsim.scenario.courses import Course
from exportsim.scenario.distributions import mean, uses_business_days
from exportsim.scenario.messages import Complaint
from exportsim.scenario.programmes import NO_PROGRAMME, shares
from exportsim.scenario.quantities import MINUTES_A_DAY
from exportsim.scenario.schema import DemandLine, Period, Register, Stage, stages_at
from exportsim.scenario.text import Path
from exportsim.scenario.work_to_come import work_to_come
from exportsim.scenario.workload import DAYS_A_YEAR, expected_arrivals

# Of applications: a line, a programme, and the number of the first stage that they come to; None for other traffic.
Kind = tuple[str, str, int] | None

SHORTEST = 183  # days of a year that the period begins or ends in; a shorter rest goes with the year beside it
MOST_NAMED = 3  # of a stage


class Span(NamedTuple):
    """What is asked of a stage in some years, and what it can do."""

    first: int
    last: int
    """The last year; a short rest is counted with the one beside it."""
    days: float
    applications: float
    minutes: float
    """Of work."""
    available: float
    """Minutes that its officers have."""
    officer: float
    """Minutes that one officer has."""

    @classmethod
    def of(cls, years: Sequence[Span]) -> Span:
        """Years that follow each other, in one."""
        return cls(years[0].first, years[-1].last, *map(sum, zip(*(year[2:] for year in years), strict=True)))

    @property
    def overloaded(self) -> bool:
        return self.minutes > self.available * (1 + 1e-9) and self.minutes > 0

    @property
    def applications_a_year(self) -> float:
        return self.applications / self.days * DAYS_A_YEAR

    @property
    def needed(self) -> float:
        """Officers for the work."""
        return self.minutes / self.officer if self.officer else math.inf

    @property
    def officers(self) -> float:
        """How many there are, to a hundredth."""
        return round(self.available / self.officer, 2) if self.officer else 0.0


def overloads(view: View) -> Iterator[Complaint]:
    """Stages that are to do more than they can."""
    demand = Demand(view)
    overloaded_at: dict[Path, dict[tuple[int, int, float], list[tuple[str, Span]]]] = {}
    stages: dict[Path, tuple[str, Stage]] = {}
    for policy, course in view.courses.items():
        for name in view.scenario.authorities:
            for path, stage, years in demand.years(name, course):
                for overloaded, run in groupby(years, key=attrgetter("overloaded")):
                    if overloaded:
                        span = Span.of([*run])
                        stages[path] = name, stage
                        key = span.first, span.last, span.officers
                        overloaded_at.setdefault(path, {}).setdefault(key, []).append((policy, span))
    for path, by_span in overloaded_at.items():
        most = sorted(by_span.items(), key=lambda item: (item[0][0], -item[0][1], item[0][2]))
        for number, ((first, last, officers), loads) in enumerate(most[:MOST_NAMED], start=1):
            when = str(first) if first == last else text("numbers.range", low=first, high=last)
            policies = view.under([policy for policy, _ in loads])
            spans = [span for _, span in loads]
            message = (
                _message(*stages[path], officers, spans, when, policies)
                if stages[path][1].sits is None
                else _of_sittings(*stages[path], spans, when, policies)
            )
            rest = len(most) - MOST_NAMED
            if number == MOST_NAMED and rest > 0:
                message = text("warnings.more", warning=message, number=rest)
            yield Complaint((*path, "officers") if stages[path][1].sits is None else (*path, "sits", "most"), message)


class Demand:
    """Orders by line, and the applications that they make."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._days = {
            name: work_to_come(view.scenario, name, view.records[name]) if name in view.records else {}
            for name in view.scenario.demand
        }
        self._firsts = {name: sorted({first for _, first in days} | {0}) for name, days in self._days.items()}
        self._chances: dict[str, dict[str, float]] = {}
        self._sources: dict[str, dict[str, list[str]]] = {name: {} for name in view.scenario.authorities}
        for name, line in view.scenario.demand.items():
            chances = {programme: float(chance) for programme, chance in shares(line.programmes).items()}
            possible = (NO_PROGRAMME, *line.programmes, *(named for named, _ in self._days[name] if named))
            self._chances[name] = {programme: chances.get(programme, 0.0) for programme in possible}
            for source in line.sources:
                authority = licensor(view.scenario, line, source)
                if authority is not None:
                    self._sources[authority].setdefault(name, []).append(source)
        self.orders = lru_cache(maxsize=100_000)(self._orders)

    def _orders(self, name: str, programme: str, stage: int, first: date, end: date) -> float:
        """How many orders of a line in a programme are to come to a stage first, from one day to before another."""
        orders, chance = self.view.scenario.demand[name].orders, self._chances[name][programme]
        if not isinstance(orders, Register):
            return 0.0 if stage else chance * expected_arrivals(orders, first, end)
        drawn = orders.programme is None
        days = self._days[name].get((None if drawn else programme, stage), [])
        return (chance if drawn else 1.0) * (bisect_left(days, end.toordinal()) - bisect_left(days, first.toordinal()))

    def applications(
        self, authority: str, course: Course, first: date, end: date
    ) -> tuple[dict[Kind, float], dict[Kind, float]]:
        """The least number of applications that come to an authority, and of those that go on to case-by-case review.

        Between the two days no measure acts.
        """
        ordinary = len(self.view.scenario.authorities[authority].review)
        all_of_them: dict[Kind, float] = {}
        case_by_case: dict[Kind, float] = {}
        for name, sources in self._sources[authority].items():
            line = self.view.scenario.demand[name]
            # Under these not all that is ordered is applied for.
            unsure = {"deny"} | {
                regime for regime in ("hold", "case_by_case") if getattr(line.filing, regime) not in (None, 1)
            }
            share = sum(self.view.candidates[name].least_share(source, course, first, end) for source in sources)
            for programme in self._chances[name] if share > 0 else ():
                cell = authority, line.destination, line.goods, programme
                applying = share * course.least_applying(cell, first, unsure)
                for stage in self._firsts[name] if applying > 0 else ():
                    orders = applying * self.orders(name, programme, stage, first, end)
                    all_of_them[name, programme, stage] = orders
                    if course.applications.on(cell, first) == {"case_by_case"} or stage >= ordinary:
                        case_by_case[name, programme, stage] = orders
        return all_of_them, case_by_case

    def _is_for(self, stage: Stage, kind: Kind) -> bool:
        """Whether applications may need a stage."""
        if kind is None:
            return stage.only is None
        return may_need(stage, self.view.scenario.demand[kind[0]], kind[1])

    def _mean_factor(
        self, authority: str, course: Course, stage: str, day: date, needing: Mapping[Kind, float]
    ) -> float:
        """What work at a stage is multiplied with on average: the least that may have been set for each kind."""
        if (authority, stage) not in course.factors or not sum(needing.values()):
            return 1.0
        work = 0.0
        for kind, orders in needing.items():
            of: object = authority
            if kind is not None:
                line = self.view.scenario.demand[kind[0]]
                of = authority, line.destination, line.goods, kind[1]
            possible = course.factors.on((of, stage), day)
            work += orders * min(1.0 if factor == "standard" else float(factor) for factor in possible)
        return work / sum(needing.values())

    def years(self, name: str, course: Course) -> Iterator[tuple[Path, Stage, list[Span]]]:
        """By stage of an authority: what each year of the period asks of it."""
        authority = self.view.scenario.authorities[name]
        stages = stages_at(authority, ("authorities", name))
        works = [
            (1.0 if stage.work is None else mean(stage.work), uses_business_days(stage.work)) for _, stage in stages
        ]
        years: list[list[Span]] = [[] for _ in stages]
        for first, end in years_of(self.view.scenario.period):
            sums = [[0.0] * 4 for _ in stages]
            for start, past in pairwise(sorted({first, end, *(day for day in course.days if first < day < end)})):
                coming, further = self.applications(name, course, start, past)
                coming[None] = expected_arrivals(authority.traffic.applications, start, past)
                for number, ((_, stage), (work, in_business_days)) in enumerate(zip(stages, works, strict=True)):
                    if number == len(authority.review):
                        coming = {kind: min(orders, coming[kind]) for kind, orders in further.items()}
                    days = self.view.working_days(name, start, past) if in_business_days else (past - start).days
                    officer = float(days * MINUTES_A_DAY)
                    available = officer * max(course.officers.on((name, stage.stage), start))
                    if stage.sits is not None:  # which deals with so many applications, whatever their work
                        officer = float(self.view.sittings(name, stage.sits, start, past))
                        available = math.inf if stage.sits.most is None else officer * stage.sits.most
                    needing = {
                        kind: orders * stage.share
                        for kind, orders in coming.items()
                        if self._is_for(stage, kind) and (kind is None or kind[2] <= number)
                    }
                    here = sum(needing.values())
                    if stage.sits is None:
                        work *= self._mean_factor(name, course, stage.stage, start, needing)
                    load = here * work * visits(stage)
                    added = here, load, available, officer
                    sums[number] = [total + amount for total, amount in zip(sums[number], added, strict=True)]
                    # No more goes on to the next stage than this one can do.
                    if load > available:
                        stopped = 1 - available / load
                        coming |= {kind: coming[kind] - orders * stopped for kind, orders in needing.items()}
            for spans, amounts in zip(years, sums, strict=True):
                spans.append(Span(first.year, (end - timedelta(days=1)).year, (end - first).days, *amounts))
        for (path, stage), spans in zip(stages, years, strict=True):
            yield path, stage, spans


def may_need(stage: Stage, line: DemandLine, programme: str) -> bool:
    """Whether applications for a line's orders in a programme may need a stage."""
    if stage.only is None:
        return True
    of_each = (stage.only.destinations, line.destination), (stage.only.goods, line.goods)
    return all(named is None or own in named for named, own in (*of_each, (stage.only.programmes, programme)))


def visits(stage: Stage) -> float:
    """How often an application that needs a stage is worked on there, in the mean."""
    if stage.returns is None:
        return 1.0
    return sum(stage.returns.chance**times for times in range(stage.returns.most + 1))


def years_of(period: Period) -> list[tuple[date, date]]:
    """The years of the period, each from its first day to before the next."""
    start, end = period.start, period.end + timedelta(days=1)
    days = [start, *(date(year, 1, 1) for year in range(start.year + 1, end.year + 1)), end]
    days = list(dict.fromkeys(days))
    if len(days) > 2 and (days[1] - days[0]).days < SHORTEST:
        del days[1]
    if len(days) > 2 and (days[-1] - days[-2]).days < SHORTEST:
        del days[-2]
    return list(pairwise(days))


def _of_sittings(name: str, stage: Stage, spans: Sequence[Span], years: str, policies: str) -> str:
    assert stage.sits is not None and stage.sits.most is not None
    return text(
        "warnings.overload_of_sittings",
        number=stage.sits.most,
        most=short(stage.sits.most, 6),
        stage=stage.stage,
        authority=name,
        coming=_range([span.minutes / span.days * DAYS_A_YEAR for span in spans]),
        sittings=_range([span.officer / span.days * DAYS_A_YEAR for span in spans]),
        years=years,
        policies=policies,
    )


def _message(name: str, stage: Stage, officers: float, spans: Sequence[Span], years: str, policies: str) -> str:
    days = sum(span.minutes for span in spans) / sum(span.applications for span in spans) / MINUTES_A_DAY
    unit = "bd" if uses_business_days(stage.work) else "d"
    return text(
        "warnings.overload" if officers else "warnings.overload_of_none",
        number=officers,
        officers=short(officers, 6),
        stage=stage.stage,
        authority=name,
        coming=_range([span.applications_a_year for span in spans]),
        work=text(f"durations.{unit}", number=days, amount=short(days)),
        needed=_range([span.needed for span in spans], above=officers),
        years=years,
        policies=policies,
    )


def _range(numbers: Sequence[float], above: float = 0.0) -> str:
    """The least and the most; with as many digits as it takes to see that they are more than something else."""
    least, most = min(numbers), max(numbers)
    digits = next((digits for digits in range(3, 8) if shortened(least, digits) > above), 8)
    low, high = short(least, digits), short(most, digits)
    return low if low == high else text("numbers.range", low=low, high=high)
