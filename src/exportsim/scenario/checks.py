"""What must hold between the parts of a scenario, beyond what each of them may be.

Names are checked in ``references``, contradictions between measures in ``conflicts``, uncertain values in
``uncertainties``; here are time, units, chances, sizes and registers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from pathlib import Path as File
from typing import Any

from exportsim.scenario.calendar_checks import calendar_faults, calendar_oddities
from exportsim.scenario.conflicts import conflicts, repeated_names
from exportsim.scenario.distributions import Empirical, Triangular, Uniform, amount, uses_business_days
from exportsim.scenario.expectation_checks import changes, statements
from exportsim.scenario.messages import Complaint
from exportsim.scenario.overlay import refusal
from exportsim.scenario.partial_scenario import Draft
from exportsim.scenario.plausibility import implausible
from exportsim.scenario.programmes import NO_PROGRAMME, TOLERANCE, total_chance
from exportsim.scenario.quantities import Duration
from exportsim.scenario.references import acts_of, parts, references
from exportsim.scenario.register import Days, RegisterError, RegisterFile, Selection, read_files, selection, uneven
from exportsim.scenario.schema import (
    Authority,
    DemandLine,
    Incident,
    Measure,
    Period,
    Qualification,
    Register,
    Scenario,
    Stage,
    Supplier,
    Traffic,
    Trust,
    When,
    days_of,
)
from exportsim.scenario.text import Path, Position
from exportsim.scenario.trust_warnings import trust_warnings
from exportsim.scenario.uncertainties import uncertainties
from exportsim.scenario.workload import expected_arrivals, mean

MAX_ORDERS = 2_000_000
MOST_PARTS = 1000
MOST_CENTS = 10**12  # of an order; what is drawn is cut at 2⁴⁰
MOST_OPENING = (1 << 16) - 1  # slots one by one: an event has 16 bits for which
LONGEST_RUN = 500  # years, warm-up and period together
EARLIEST, LATEST = 1000, 9000  # years that a period may start in: no date near it is beyond what a calendar can tell

# Where time may run on an authority's calendar.
_WORKING = {(Authority, "service_standard"), (Authority, "validity"), (Stage, "work")}
_NO_CALENDAR = (
    "business days (`bd`) run on an authority's calendar, and there is none here; "
    "expected time on the clock, such as `14d`"
)
# Times that make no sense when they are nothing.
_MORE_THAN_NOTHING = {(Authority, "validity"), (Incident, "window"), (When, "window"), (Trust, "half_life")}


def problems(
    draft: Draft, folder: File, max_orders: int, within: File | None
) -> tuple[list[Complaint], Iterator[Complaint]]:
    """What is wrong with a scenario, and what is only odd."""
    names = list(references(draft))
    wrong = [
        *names,
        *_units(draft),
        *_time(draft),
        *_authorities(draft),
        *_suppliers(draft),
        *_demand(draft),
        *_measures(draft),
    ]
    wrong += statements(draft)
    registers, files = _registers(draft, folder, within)
    records = {name: taken.records for file in files for name, taken in file.lines.items()}
    counts = {name: len(each) for name, each in records.items()}
    wrong += registers
    if draft.scenario is None or wrong:
        return [complaint for complaint in wrong if complaint.path[:3] not in draft.suspect], iter(())
    wrong, odd = conflicts(draft.scenario)
    wrong += repeated_names(draft.scenario)
    wrong += _size(draft.scenario, counts, max_orders)
    wrong += uncertainties(draft.scenario)
    wrong += changes(draft.scenario)
    if wrong:
        return wrong, iter(())
    return [], chain(
        odd,
        calendar_oddities(draft.scenario),
        _unused(draft.scenario),
        _empty(draft.scenario, counts),
        trust_warnings(draft.scenario),
        uneven(files),
        implausible(draft.scenario, records),
    )


def _units(draft: Draft) -> Iterator[Complaint]:
    for path, part in parts(draft):
        for name, field in type(part).model_fields.items():
            value = getattr(part, name)
            where, key = (type(part), name), field.alias or name
            if where not in _WORKING and uses_business_days(value):
                yield Complaint((*path, key), _NO_CALENDAR)
            if where in _MORE_THAN_NOTHING and isinstance(value, Duration) and not value.minutes:
                yield Complaint((*path, key), f"found `{value}`, expected a duration above 0")


def _time(draft: Draft) -> Iterator[Complaint]:
    period = draft.period
    if period is None:
        return
    if period.end < period.start:
        yield Complaint(("period", "end"), f"the period ends on {period.end}, before it starts on {period.start}")
        return
    years = (period.end - period.start).days / 365.25 + period.warm_up.minutes / Duration.parse("1y").minutes
    if years > LONGEST_RUN:
        yield Complaint(("period",), f"found {years:,.0f} years with the warm-up, expected at most {LONGEST_RUN}")
        return
    if not EARLIEST <= period.start.year <= LATEST:
        message = f"found the year {period.start.year}, expected one from {EARLIEST} to {LATEST}"
        yield Complaint(("period", "start"), message)
        return
    first, _ = days_of(period)
    for path, part in parts(draft):
        if isinstance(part, DemandLine):
            yield from _rates(part.orders, first, period.end, (*path, "orders"))
        elif isinstance(part, Traffic):
            yield from _rates(part.applications, first, period.end, (*path, "applications"))
        elif isinstance(part, Measure | Incident) and part.on is not None:
            yield from _within(part.on, period.start, period.end, (*path, "on"))
        elif isinstance(part, Qualification) and isinstance(part.starts, date):
            yield from _qualifying(part.starts, period, (*path, "starts"))


def _within(day: date, start: date, end: date, path: Path, *, key: bool = False) -> Iterator[Complaint]:
    if not start <= day <= end:
        what = "warm-up and period, which run" if key else "period, which runs"
        yield Complaint(path, f"{day} is outside the {what} from {start} to {end}", key)


def _qualifying(day: date, period: Period, path: Path) -> Iterator[Complaint]:
    """A source may have been qualifying since before the run, though not since time out of mind."""
    if day > period.end:
        yield Complaint(path, f"{day} is after the end of the period, {period.end}")
    elif (period.start - day).days / 365.25 > LONGEST_RUN:
        yield Complaint(
            path, f"{day} is more than {LONGEST_RUN} years before the period, which starts on {period.start}"
        )


def _rates(rates: object, first: date, end: date, path: Path) -> Iterator[Complaint]:
    for day in rates if isinstance(rates, dict) else ():
        yield from _within(day, first, end, (*path, day.isoformat()), key=True)


def _authorities(draft: Draft) -> Iterator[Complaint]:
    for name, authority in draft.authorities.items():
        path: Path = ("authorities", name)
        seen: set[str] = set()
        listed: list[tuple[Path, Stage]] = [((*path, "review", i), stage) for i, stage in enumerate(authority.review)]
        if authority.case_by_case is not None:
            further = enumerate(authority.case_by_case.review)
            listed += [((*path, "case_by_case", "review", i), stage) for i, stage in further]
        for where, stage in listed:
            if stage.stage in seen:
                yield Complaint((*where, "stage"), f"found the stage `{stage.stage}` again in this authority")
            seen.add(stage.stage)
        yield from calendar_faults(authority.calendar, draft.period, (*path, "calendar"))


def _suppliers(draft: Draft) -> Iterator[Complaint]:
    for path, part in parts(draft):
        if isinstance(part, Supplier) and part.ramp_up.minutes and part.slots > MOST_OPENING:
            message = (
                f"found {part.slots:,} slots that open one by one over `ramp_up`, expected at most {MOST_OPENING:,}"
            )
            yield Complaint((*path, "slots"), message)


def _demand(draft: Draft) -> Iterator[Complaint]:
    for name, line in draft.demand.items():
        path: Path = ("demand", name)
        total = total_chance(line.programmes)
        if total > 1 + TOLERANCE:
            message = f"the chances of the programmes add up to {float(total):g}, which is more than 1"
            yield Complaint((*path, "programmes"), message)
        if NO_PROGRAMME in line.programmes:
            message = f"the programme `{NO_PROGRAMME}` is what orders without one have; leave it out"
            yield Complaint((*path, "programmes", NO_PROGRAMME), message, key=True)
        valued = isinstance(line.orders, Register) and line.orders.value is not None
        # Orders that are not valid in themselves may be of a register that gives the value.
        if line.value is None and not valued and (*path, "orders") not in draft.suspect:
            yield Complaint(path, "the key `value` is missing, and no register gives the value of the orders")
        yield from _parts(line.parts, (*path, "parts"))
        if line.value is not None and _largest(line.value) > MOST_CENTS:
            yield Complaint((*path, "value"), "found orders of more than 10bn, which is the most that one may be worth")


def _parts(distribution: Any, path: Path) -> Iterator[Complaint]:
    if isinstance(distribution, float):
        if not distribution.is_integer() or not 1 <= distribution <= MOST_PARTS:
            yield Complaint(path, f"found `{distribution:g}`, expected a whole number of parts from 1 to {MOST_PARTS}")
        return
    bounded = isinstance(distribution, Uniform | Triangular | Empirical)
    largest = _largest(distribution)
    if largest > MOST_PARTS:
        what = "the largest number" if bounded else "the mean number"
        yield Complaint(path, f"{what} of parts is {largest:g}, expected at most {MOST_PARTS}")
    if mean(distribution) <= 0:
        yield Complaint(path, f"the mean number of parts is {mean(distribution):g}, expected more than 0")


def _largest(distribution: Any) -> float:
    """The largest value of a distribution, or the mean of one without bound."""
    bounded = isinstance(distribution, Uniform | Triangular | Empirical)
    return float(max(map(amount, distribution.quantities()))) if bounded else mean(distribution)


def _measures(draft: Draft) -> Iterator[Complaint]:
    for policy, measures in draft.measures.items():
        for index, measure in measures.items():
            path: Path = ("policies", policy, "measures", index)
            yield from _case_by_case(draft, measure, path)
            when = measure.when
            if when is None or when.figure == "delivered":
                continue
            for limit in ("above", "below"):
                written = getattr(when.limits, limit)
                if written.cents % 100:
                    counted = "permits" if when.figure == "in_force" else "applications"
                    message = f"found `{written}`, expected a whole number: `{when.figure}` counts {counted}"
                    yield Complaint((*path, "when", when.figure, limit), message)


def _case_by_case(draft: Draft, measure: Measure, path: Path) -> Iterator[Complaint]:
    names = draft.authorities if measure.authorities is None else measure.authorities
    without = [name for name in names if name in draft.authorities and draft.authorities[name].case_by_case is None]
    for where, act in acts_of(measure, path):
        if act.applications == "case_by_case" and without:
            message = f"the authority `{without[0]}` in its scope has no `case_by_case` review"
            yield Complaint((*where, "applications"), message)


def _registers(draft: Draft, folder: File, within: File | None) -> tuple[list[Complaint], list[RegisterFile]]:
    """What is wrong with the registers, and what each holds for its lines within the run."""
    found: list[Complaint] = []
    registers: dict[str, Selection] = {}
    for name, line in draft.demand.items():
        if isinstance(line.orders, Register):
            if refused := refusal(line.orders.register_, folder, within):
                found.append(Complaint(("demand", name, "orders", "register"), refused))
            else:
                # The names of a line whose programmes are wrong in themselves are not to be believed.
                programmes = None if ("demand", name, "programmes") in draft.suspect else line.programmes
                registers[name] = selection(line.orders, programmes)
    files = read_files(registers, folder, _run(draft.period))
    seen: set[tuple[Position, str]] = set()
    for file in files:
        for name, taken in file.lines.items():
            path: Path = ("demand", name, "orders")
            if isinstance(taken.problem, RegisterError):
                found.append(Complaint((*path, taken.problem.key), taken.problem.message))
            elif taken.problem is not None:
                for fault in taken.problem.faults:
                    position = Position(fault.file, fault.line, fault.column)
                    if (position, fault.message) not in seen:  # a row that no line can read is one fault
                        found.append(Complaint(path, fault.message, position=position))
                    seen.add((position, fault.message))
    return found, files


def _run(period: Period | None) -> Days | None:
    try:
        return None if period is None else days_of(period)
    except OverflowError:  # reported by `_time`
        return None


def _size(scenario: Scenario, counts: dict[str, int], max_orders: int) -> Iterator[Complaint]:
    first, last = days_of(scenario.period)
    expected: dict[Path, float] = {}
    for name, line in scenario.demand.items():
        arrivals = counts[name] if isinstance(line.orders, Register) else expected_arrivals(line.orders, first, last)
        expected["demand", name, "orders"] = arrivals
    for name, authority in scenario.authorities.items():
        arrivals = expected_arrivals(authority.traffic.applications, first, last)
        expected["authorities", name, "traffic", "applications"] = arrivals
    for name, incident in scenario.incidents.items():
        if incident.rate is not None:
            expected["incidents", name, "rate"] = expected_arrivals(incident.rate, scenario.period.start, last)
    total = sum(expected.values())
    if total > max_orders:
        largest = max(expected, key=lambda path: expected[path])
        yield Complaint(
            largest,
            f"about {total:,.0f} orders, other applications and incidents are expected in one future "
            f"({expected[largest]:,.0f} of them here), more than the bound of {max_orders:,}; "
            "if that is meant, raise it with `max_orders` (`--max-orders`)",
        )


def _unused(scenario: Scenario) -> Iterator[Complaint]:
    used = {name for line in scenario.demand.values() for name in line.sources}
    for name in scenario.suppliers:
        if name not in used:
            yield Complaint(("suppliers", name), "no demand line buys from this supplier", key=True)
    licensing = {scenario.suppliers[name].authority for name in used}
    for name in scenario.authorities:
        if name not in licensing:
            message = "this authority licenses no supplier that a demand line buys from"
            yield Complaint(("authorities", name), message, key=True)
    ordered = {line.goods for line in scenario.demand.values()}
    for name in scenario.goods:
        if name not in ordered:
            yield Complaint(("goods", name), "no demand line orders these goods", key=True)


def _empty(scenario: Scenario, counts: dict[str, int]) -> Iterator[Complaint]:
    for name, count in counts.items():
        if not count:
            first, last = days_of(scenario.period)
            message = f"no record of this register falls between {first} and {last - timedelta(days=1)}"
            yield Complaint(("demand", name, "orders"), message)
