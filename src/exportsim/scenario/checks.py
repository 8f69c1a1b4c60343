"""What must hold between the parts of a scenario, beyond what each of them may be.

Names are checked in ``references``, contradictions between measures in ``conflicts``, uncertain values in
``uncertainties``; here are time, units, chances, sizes and registers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from pathlib import Path as File

from pydantic import BaseModel

from exportsim.scenario.calendar_checks import calendar_faults
from exportsim.scenario.conflicts import backlogs_of_no_hold, conflicts, repeated_names
from exportsim.scenario.distributions import Distribution, greatest, is_bounded, mean, uses_business_days
from exportsim.scenario.expectation_checks import changes, objective, statements
from exportsim.scenario.measures import LASTING
from exportsim.scenario.messages import Complaint
from exportsim.scenario.overlay import refusal
from exportsim.scenario.page_control_checks import controls
from exportsim.scenario.partial_scenario import LEAVES, Draft
from exportsim.scenario.plausibility import implausible
from exportsim.scenario.policies import HISTORY
from exportsim.scenario.programmes import NO_PROGRAMME, TOLERANCE, total_chance
from exportsim.scenario.quantities import Duration
from exportsim.scenario.references import acts_of, outermost, parts, parts_in, references
from exportsim.scenario.register import RegisterFile, read_files, selection, stages_of_line
from exportsim.scenario.register_account import odd_registers
from exportsim.scenario.register_records import Days, RegisterError, Selection
from exportsim.scenario.remembered import Remembered
from exportsim.scenario.schema import (
    WORKING,
    DemandLine,
    Filing,
    Incident,
    Measure,
    Period,
    Qualification,
    Register,
    Scenario,
    Supplier,
    days_of,
    stages_at,
    stages_of,
)
from exportsim.scenario.schema_paths import near
from exportsim.scenario.text import Path, Position
from exportsim.scenario.uncertainties import uncertainties
from exportsim.scenario.workload import expected_arrivals

MAX_ORDERS = 2_000_000
MOST_PARTS = 1000
MOST_CENTS = 10**12  # of an order; what is drawn is cut at 2⁴⁰
MOST_OPENING = (1 << 16) - 1  # slots one by one: an event has 16 bits for which
LONGEST_RUN = 500  # years, warm-up and period together
EARLIEST, LATEST = 1000, 9000  # years that a period may start in: no date near it is beyond what a calendar can tell

_NO_CALENDAR = (
    "business days (`bd`) run on an authority's calendar, and there is none here; "
    "expected time on the clock, such as `14d`"
)


def problems(
    draft: Draft, folder: File, max_orders: int, within: File | None
) -> tuple[list[Complaint], Iterator[Complaint]]:
    """What is wrong with a scenario, and what is only odd."""
    judgements = (references, _alone, _time, _authorities, _demand, _measures, objective, statements)
    wrong = [complaint for judgement in judgements for complaint in judgement(draft)]
    wrong += uncertainties(draft)
    wrong += controls(draft)
    wrong += changes(draft)
    registers, files = _registers(draft, folder, within)
    records = {name: taken.records for file in files for name, taken in file.lines.items()}
    counts = {name: len(rows) for name, rows in records.items()}
    wrong += registers
    if draft.scenario is None or any(complaint.path[0] not in LEAVES for complaint in wrong):
        return [complaint for complaint in wrong if complaint.path[:3] not in draft.suspect], iter(())
    contradictions, odd = conflicts(draft.scenario)
    wrong += contradictions
    wrong += backlogs_of_no_hold(draft.scenario)
    wrong += repeated_names(draft.scenario)
    wrong += _size(draft.scenario, counts, max_orders)
    if wrong:
        return wrong, iter(())
    return [], chain(odd, odd_registers(files), implausible(draft.scenario, records))


def _alone(draft: Draft) -> Iterator[Complaint]:
    """What is wrong with a part, whatever the others are."""
    for above, whole in outermost(draft):
        for complaint in _wrong_alone(whole):
            yield complaint._replace(path=(*above, *complaint.path))


def _alone_in(whole: BaseModel) -> list[Complaint]:
    wrong: list[Complaint] = []
    for path, part in parts_in(whole):
        for name, field in type(part).model_fields.items():
            value, key = getattr(part, name), field.alias or name
            if WORKING not in field.metadata and uses_business_days(value):
                wrong.append(Complaint((*path, key), _NO_CALENDAR))
            if LASTING in field.metadata and isinstance(value, Duration) and not value.minutes:
                wrong.append(Complaint((*path, key), f"found `{value}`, expected a duration above 0"))
        if isinstance(part, Supplier) and part.ramp_up.minutes and part.slots > MOST_OPENING:
            slots = f"{part.slots:,} slots that open one by one over `ramp_up`"
            wrong.append(Complaint((*path, "slots"), f"found {slots}, expected at most {MOST_OPENING:,}"))
    return wrong


_wrong_alone = Remembered(_alone_in)


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
        for key in ("orders", "applications"):
            rates = getattr(part, key, None)
            for day in rates if isinstance(rates, dict) else ():
                if not first <= day <= period.end:
                    message = f"{day} is outside the warm-up and period, which run from {first} to {period.end}"
                    yield Complaint((*path, key, day.isoformat()), message, key=True)
        if isinstance(part, Incident) and part.on is not None and not period.start <= part.on <= period.end:
            message = f"{part.on} is outside the period, which runs from {period.start} to {period.end}"
            yield Complaint((*path, "on"), message)
        # Qualifying may have begun, and a measure been decided, before the run, though not time out of mind.
        key, begun = _begun(part)
        if isinstance(begun, date):
            if begun > period.end:
                yield Complaint((*path, key), f"{begun} is after the end of the period, {period.end}")
            elif (period.start - begun).days / 365.25 > LONGEST_RUN:
                message = f"is more than {LONGEST_RUN} years before the period, which starts on {period.start}"
                yield Complaint((*path, key), f"{begun} {message}")


def _begun(part: object) -> tuple[str, object]:
    """What of a part may have begun before the run: its key, and the date, if it has one."""
    if isinstance(part, Qualification):
        return "starts", part.starts
    return "on", part.on if isinstance(part, Measure) else None


def _authorities(draft: Draft) -> Iterator[Complaint]:
    for name, authority in draft.authorities.items():
        path: Path = ("authorities", name)
        seen: set[str] = set()
        for where, stage in stages_at(authority, path):
            if stage.stage in seen:
                yield Complaint((*where, "stage"), f"found the stage `{stage.stage}` again in this authority")
            seen.add(stage.stage)
        yield from calendar_faults(authority.calendar, draft.period, (*path, "calendar"))


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
        register = line.orders if isinstance(line.orders, Register) else None
        valued = register is not None and register.value is not None and register.blank is None
        # Orders that are not valid in themselves may be of a register that gives the value.
        if line.value is None and not valued and (*path, "orders") not in draft.suspect:
            blank = "a register with `blank: drawn` needs it" if register is not None and register.blank else None
            why = blank or "no register gives the value of the orders"
            yield Complaint(path, f"the key `value` is missing, and {why}")
        yield from _parts(line.parts, (*path, "parts"))
        yield from _filing(draft, line, path)
        if register is not None and register.decided is not None:
            yield from _decisions(draft, line, register, path)
        if line.deliveries.shares is not None and line.parts != 1.0:
            message = f"found `parts` beside {len(line.deliveries.shares)} `shares`, which say how many parts there are"
            yield Complaint((*path, "parts"), message, key=True)
        if line.value is not None and greatest(line.value) > MOST_CENTS:
            yield Complaint((*path, "value"), "found orders of more than 10bn, which is the most that one may be worth")


def _filing(draft: Draft, line: DemandLine, path: Path) -> Iterator[Complaint]:
    """What is said of applications where none is ever made."""
    if (licensors := _licensors(draft, line, path)) is None:
        return
    free = [name for name, office in licensors.items() if office is None]
    if len(free) == len(licensors) and line.filing != Filing():
        yield Complaint((*path, "filing"), "no source of this line needs a permit, so that nothing is filed")
    for name in free:
        if line.sources[name].restart is not None:
            message = f"`{name}` needs no permit for this line, so that no measure stops it"
            yield Complaint((*path, "sources", name, "restart"), message)


def _decisions(draft: Draft, line: DemandLine, register: Register, path: Path) -> Iterator[Complaint]:
    """What is wrong with a line whose register records decisions: who may have decided, and when it tells of."""
    orders: Path = (*path, "orders")
    if line.anticipation is not None:
        message = "what is recorded came when it was recorded: with `decided` no order comes ahead of its date"
        yield Complaint((*path, "anticipation"), message, key=True)
    run = _run(draft.period)
    if register.as_of is not None and run is not None and not run[0] < register.as_of < run[1]:
        last = run[1] - timedelta(days=1)
        expected = f"expected a day of the run after its first, {run[0]} with the warm-up, to {last}"
        yield Complaint((*orders, "as_of"), f"found `{register.as_of}`, {expected}")
    licensors = _licensors(draft, line, path)
    if licensors is None:
        return
    for office in dict.fromkeys(filter(None, licensors.values())):
        names = [stage.stage for stage in stages_of(draft.authorities[office])]
        for name in register.stages:
            if name not in names and not _doubts_stages(draft):
                message = f"`{office}` has no stage `{name}`{near(name, names)}"
                yield Complaint((*orders, "stages", name), message, key=True)
    offices = sorted({office for office in licensors.values() if office is not None})
    usable = [name for name, office in licensors.items() if office and line.sources[name].qualification is None]
    if len(offices) > 1:
        listed = " and ".join(f"`{office}`" for office in offices)
        yield Complaint((*orders, "decided"), f"{listed} license sources of this line: whose decisions are these?")
    elif not usable:
        why = "is usable from the start" if offices else "needs a permit"
        yield Complaint((*orders, "decided"), f"no source of this line {'that needs a permit ' * bool(offices)}{why}")


def _doubts_stages(draft: Draft) -> bool:
    """Whether something is wrong with authorities in themselves, so that their stages may not be all there."""
    return any(where[0] == "authorities" for where in draft.suspect)


def _licensors(draft: Draft, line: DemandLine, path: Path) -> dict[str, str | None] | None:
    """By source who licenses it to the line's destination; None while that is not to be seen for other faults."""
    homes = {name: authority.country for name, authority in draft.authorities.items()}
    known = all(name in draft.suppliers and draft.suppliers[name].authority in {None, *homes} for name in line.sources)
    if not known or any(where[:2] == path or where[0] == "suppliers" for where in draft.suspect):
        return None
    offices = {name: draft.suppliers[name].authority for name in line.sources}
    return {
        name: None if office is None or homes[office] == line.destination else office
        for name, office in offices.items()
    }


def _parts(distribution: Distribution, path: Path) -> Iterator[Complaint]:
    if isinstance(distribution, float):
        if not distribution.is_integer() or not 1 <= distribution <= MOST_PARTS:
            yield Complaint(path, f"found `{distribution:g}`, expected a whole number of parts from 1 to {MOST_PARTS}")
        return
    largest = greatest(distribution)
    if largest > MOST_PARTS:
        what = "the largest number" if is_bounded(distribution) else "the mean number"
        yield Complaint(path, f"{what} of parts is {largest:g}, expected at most {MOST_PARTS}")
    if mean(distribution) <= 0:
        yield Complaint(path, f"the mean number of parts is {mean(distribution):g}, expected more than 0")


def _measures(draft: Draft) -> Iterator[Complaint]:
    for listed, measures in draft.measures.items():
        for index, measure in measures.items():
            path: Path = (*listed, index)
            if listed == (HISTORY,) and measure.on is None:
                message = (
                    f"found `{'after' if measure.after else 'when'}`, expected `on`: history is known by its dates"
                )
                yield Complaint((*path, "after" if measure.after else "when"), message)
            names = draft.authorities if measure.authorities is None else measure.authorities
            offices = {name: draft.authorities[name] for name in names if name in draft.authorities}
            without = next((name for name, authority in offices.items() if authority.case_by_case is None), None)
            for where, act in acts_of(measure, path):
                if act.applications == "case_by_case" and without is not None:
                    message = f"the authority `{without}` in its scope has no `case_by_case` review"
                    yield Complaint((*where, "applications"), message)
            when = measure.when
            if when is None or when.figure == "delivered":
                continue
            counted = "permits" if when.figure == "in_force" else "applications"
            for limit in ("above", "below"):
                written = getattr(when.limits, limit)
                if written.cents % 100:
                    message = f"found `{written}`, expected a whole number: `{when.figure}` counts {counted}"
                    yield Complaint((*path, "when", when.figure, limit), message)


def _registers(draft: Draft, folder: File, within: File | None) -> tuple[list[Complaint], list[RegisterFile]]:
    """What is wrong with the registers, and what each holds for its lines within the run."""
    complaints: list[Complaint] = []
    registers: dict[str, Selection] = {}
    for name, line in draft.demand.items():
        if isinstance(line.orders, Register):
            if refused := refusal(line.orders.register_, folder, within):
                complaints.append(Complaint(("demand", name, "orders", "register"), refused))
            else:
                # The names of a line whose programmes are wrong in themselves are not to be believed.
                programmes = None if ("demand", name, "programmes") in draft.suspect else line.programmes
                known = _licensors(draft, line, ("demand", name)) is not None and not _doubts_stages(draft)
                stages = stages_of_line(line, draft.authorities, draft.suppliers) if known else None
                registers[name] = selection(line.orders, programmes, stages)
    files = read_files(registers, folder, _run(draft.period))
    seen: set[tuple[Position, str]] = set()
    for file in files:
        for name, taken in file.lines.items():
            path: Path = ("demand", name, "orders")
            if isinstance(taken.problem, RegisterError):
                complaints.append(Complaint((*path, taken.problem.key), taken.problem.message))
            elif taken.problem is not None:
                for fault in taken.problem.faults:
                    position = Position(fault.file, fault.line, fault.column)
                    if (position, fault.message) not in seen:  # a row that no line can read is one fault
                        complaints.append(Complaint(path, fault.message, position=position))
                    seen.add((position, fault.message))
    return complaints, files


def _run(period: Period | None) -> Days | None:
    try:
        return None if period is None else days_of(period)
    except OverflowError:  # reported by `_time`
        return None


def _size(scenario: Scenario, counts: dict[str, int], max_orders: int) -> Iterator[Complaint]:
    first, past = days_of(scenario.period)
    expected: dict[Path, float] = {}
    for name, line in scenario.demand.items():
        arrivals = counts[name] if isinstance(line.orders, Register) else expected_arrivals(line.orders, first, past)
        expected["demand", name, "orders"] = arrivals
    for name, authority in scenario.authorities.items():
        arrivals = expected_arrivals(authority.traffic.applications, first, past)
        expected["authorities", name, "traffic", "applications"] = arrivals
    for name, incident in scenario.incidents.items():
        if incident.rate is not None:
            expected["incidents", name, "rate"] = expected_arrivals(incident.rate, scenario.period.start, past)
    total = sum(expected.values())
    if total > max_orders:
        largest = max(expected, key=lambda path: expected[path])
        yield Complaint(
            largest,
            f"about {total:,.0f} orders, other applications and incidents are expected in one future "
            f"({expected[largest]:,.0f} of them here), more than the bound of {max_orders:,}; "
            "if that is meant, raise it with `max_orders=`",
        )
