"""What is well-formed but makes no sense, as far as it can be seen without playing. Each is true in every future.

The other part, what only a play can tell, is :mod:`exportsim.analysis.plausibility`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from exportsim.scenario.candidates import Candidates
from exportsim.scenario.capacity import figure, overloads, under, working_days
from exportsim.scenario.cells import Cell, Cells, Place, by_place, cells_of, licensor
from exportsim.scenario.countries import unknown_country
from exportsim.scenario.courses import Course, Record, possible_acts
from exportsim.scenario.distributions import least, mean
from exportsim.scenario.messages import Complaint
from exportsim.scenario.policies import addresses_of, chain_of
from exportsim.scenario.quantities import MINUTES_A_DAY, Duration
from exportsim.scenario.register import Record as Row
from exportsim.scenario.schema import Authority, DemandLine, Scenario, days_of
from exportsim.scenario.text import Path
from exportsim.scenario.workload import scope_text, what

MOST_STEPS = 200_000  # beyond, measures and offices are not looked at: reading must end soon
STOPS = {"applications": ("case_by_case", "hold", "deny"), "permits": ("suspended",)}
RELEASES = {"applications": ("exempt", "open"), "permits": ("in_force",)}


def implausible(scenario: Scenario, records: Mapping[str, Sequence[Row]]) -> Iterator[Complaint]:
    """All that is noticed in a valid scenario."""
    yield from _countries(scenario)
    cells = cells_of(scenario)
    steps = _steps(scenario, len(cells))
    if steps > MOST_STEPS:
        yield Complaint(
            ("policies",),
            "too many to look for measures that change nothing, and for offices with more work than they can do: "
            f"policies by what they extend, and measures by cells, come to {steps:,}, and {MOST_STEPS:,} are the most "
            "that is looked at",
        )
        return
    among, places = Cells(cells), by_place(cells)
    courses = {policy: Course(scenario, policy, among) for policy in scenario.policies}
    candidates = {name: Candidates(scenario, name, courses, places) for name in scenario.demand}
    yield from _never_usable(scenario, candidates)
    yield from _too_short(scenario, courses, places)
    yield from overloads(scenario, courses, records, candidates)
    yield from _idle(scenario, courses)


def _steps(scenario: Scenario, cells: int) -> int:
    """What there is to look at: for each policy, those that it stands on, and the cells of each of its measures."""
    counted: dict[str, int] = {}
    for policy in scenario.policies:
        chain: list[str] = []
        name: str | None = policy
        while name is not None and name not in counted:
            chain.append(name)
            name = scenario.policies[name].extends
        total = counted[name] if name is not None else 0
        for each in reversed(chain):
            total += 1 + len(scenario.policies[each].measures) * cells
            counted[each] = total
    return sum(counted.values())


def _countries(scenario: Scenario) -> Iterator[Complaint]:
    places: dict[str, list[Path]] = {}
    for section, key in (("authorities", "country"), ("suppliers", "country"), ("demand", "destination")):
        for name, part in getattr(scenario, section).items():
            places.setdefault(getattr(part, key), []).append((section, name, key))
    for code, paths in places.items():
        message = unknown_country(code)
        if message is not None:
            more = f"; it stands in {len(paths)} places" if len(paths) > 1 else ""
            yield Complaint(paths[0], message + more)


def _never_usable(scenario: Scenario, candidates: Mapping[str, Candidates]) -> Iterator[Complaint]:
    for name, line in scenario.demand.items():
        found = candidates[name]
        never = [source for source, when in found.earliest.items() if when is None]
        for source in never:
            yield Complaint(
                ("demand", name, "sources", source, "qualification"), _why_never(scenario, line, source, found)
            )
        if len(never) == len(line.sources):
            message = "none of its sources can be used before the period ends, so none of its orders is ever served"
            yield Complaint(("demand", name, "sources"), message)


def _why_never(scenario: Scenario, line: DemandLine, source: str, found: Candidates) -> str:
    programme = line.sources[source].qualification
    assert programme is not None
    so = f"so {source} never gets an order of this line"
    if programme.starts == "disruption":
        if found.disruption is None:
            return (
                "it starts at the line's first disruption, and none can come: under no policy does a measure cost the "
                f"line trust, and no application can be denied; {so}"
            )
        begins = f"at a disruption, on {found.disruption} at the earliest"
    else:
        begins = f"on {programme.starts}"
    return (
        f"it starts {begins}, and takes {_days(least(programme.time))} or more, which is past the end of the period "
        f"on {scenario.period.end}; {so}"
    )


def _days(minutes: float) -> str:
    return f"{figure(minutes / MINUTES_A_DAY, 4)} days"


# ---------------------------------------------------------------------- validity


def _too_short(
    scenario: Scenario, courses: Mapping[str, Course], places: Mapping[Place, frozenset[Cell]]
) -> Iterator[Complaint]:
    """Validities that end before an order can be built, by authority and supplier: the line that needs most."""
    needs: dict[tuple[str, str], list[str]] = {}
    for name, line in scenario.demand.items():
        for source in line.sources:
            office = licensor(scenario, line, source)
            if office is not None:
                needs.setdefault((office, source), []).append(name)
    first, _ = days_of(scenario.period)
    for (office, source), lines in needs.items():
        authority = scenario.authorities[office]
        if not isinstance(authority.validity, Duration):
            continue
        name = max(lines, key=lambda each: mean(scenario.demand[each].parts))
        line = scenario.demand[name]
        here = places[office, line.destination, line.goods]
        with_permits = [
            policy
            for policy, course in courses.items()
            if any(course.applications.ever(cell, first) - {"exempt", "deny"} for cell in here)
        ]
        message = _validity(scenario, authority, source, line)
        if message is not None and with_permits:
            which = f"; {under(with_permits, courses)}" if len(with_permits) < len(courses) else ""
            yield Complaint(("authorities", office, "validity"), f"{message} (line {name}{which})")


def _validity(scenario: Scenario, authority: Authority, source: str, line: DemandLine) -> str | None:
    """What is wrong with a permit's validity for the orders of a line, if anything is."""
    assert isinstance(authority.validity, Duration)
    minutes = float(authority.validity.minutes)
    if authority.validity.working:
        first, past = scenario.period.start, scenario.period.end + timedelta(days=1)
        minutes *= (past - first).days / max(1, working_days(authority.calendar, first, past))
    lead, parts = scenario.suppliers[source].lead_time, max(1.0, mean(line.parts))
    valid = f"a permit is valid for {_days(minutes)}"
    # A permit that ends in the minute in which a part is finished has ended before.
    if minutes <= least(lead):
        shortest = _days(least(lead))
        return f"{valid}, and {source} takes {shortest} or more to build one part: nothing is delivered under it"
    if minutes < mean(lead) * parts:
        how = f"{figure(parts)} parts of {_days(mean(lead))}, one after the other" if parts > 1 else "one part"
        return (
            f"{valid}, and {source} takes {_days(mean(lead) * parts)} on average to build an order ({how}): "
            "the average order outlives its permit"
        )
    return None


# ---------------------------------------------------------------------- measures


def _idle(scenario: Scenario, courses: Mapping[str, Course]) -> Iterator[Complaint]:
    """Measures that change nothing under any policy that they belong to."""
    messages: dict[Path, list[str | None]] = {}
    for policy, course in courses.items():
        origins: list[Path] = [
            ("policies", name, "measures", index)
            for name in chain_of(scenario.policies, policy)
            for index in range(len(scenario.policies[name].measures))
        ]
        addresses = addresses_of(scenario, policy)
        for index, path in enumerate(origins):
            message = None
            if index in course.idle:
                message = _too_early(course, index, addresses) or _nothing(course, index)
            messages.setdefault(path, []).append(message)
    for path, found in messages.items():
        said = [message for message in found if message is not None]
        if len(said) == len(found):
            yield Complaint(path, said[0])


def _nothing(course: Course, index: int) -> str:
    measure = course.measures[index]
    acts = any(act.applications or act.permits or act.cancel for act in possible_acts(measure))
    if acts and not course.reached[index]:
        return f"it changes nothing in any future: no order can be in its scope ({scope_text(measure)})"
    done, scope = what(measure), scope_text(measure)
    when = f" on {measure.on}" if measure.on is not None else ""
    if any(act.cancel for act in possible_acts(measure)):
        return f"it changes nothing in any future ({done}): no permit in its scope ({scope}) is suspended{when}"
    return f"it changes nothing in any future: {done} is what holds{when} in its scope ({scope}) already"


def _too_early(course: Course, index: int, addresses: list[str]) -> str | None:
    """What a measure lifts that only starts after it, and is then never lifted."""
    measure = course.measures[index]
    record: Record[Cell, str]
    for key, record in (("applications", course.applications), ("permits", course.permits)):
        if getattr(measure, key) not in RELEASES[key]:
            continue
        lasting: dict[int, int] = {}
        for cell in course.reached[index]:
            setter = record.last_setter(cell)
            if setter >= 0 and len(record.now(cell)) == 1 and record.now(cell) <= set(STOPS[key]):
                later = course.measures[setter]
                if later.on is not None and measure.on is not None and later.on > measure.on:
                    lasting[setter] = lasting.get(setter, 0) + 1
        if lasting:
            setter = min(lasting, key=lambda each: (course.measures[each].on or date.max, each))
            stop = course.measures[setter]
            return (
                f"`{key}: {getattr(measure, key)}` on {measure.on} changes nothing in any future: it comes before "
                f"`{key}: {getattr(stop, key)}` on {stop.on} (`{addresses[setter]}`), which nothing lifts "
                "until the period ends"
            )
    return None
