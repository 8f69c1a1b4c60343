"""What is well-formed but makes no sense, as far as it can be seen without playing. Each is true in every future.

The other part, what only a play can tell, is :mod:`exportsim.analysis.plausibility`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from exportsim.scenario.calendar_checks import calendar_oddities
from exportsim.scenario.candidates import LOSSES, View, kinds_of_loss, lowest_approval
from exportsim.scenario.capacity import figure, overloads
from exportsim.scenario.cells import Cell, Cells, cells_of_line, licensor
from exportsim.scenario.countries import unknown_country
from exportsim.scenario.courses import Course, Record, possible_acts
from exportsim.scenario.distributions import least, mean
from exportsim.scenario.messages import Complaint
from exportsim.scenario.policies import addresses_of, chain_of
from exportsim.scenario.quantities import MINUTES_A_DAY, Duration
from exportsim.scenario.register import Record as Row
from exportsim.scenario.schema import DemandLine, Qualification, Scenario
from exportsim.scenario.text import Path
from exportsim.scenario.uncertainties import without_spread
from exportsim.scenario.workload import scope_text, what

MOST_STEPS = 200_000  # beyond, measures and offices are not looked at: reading must end soon
STOPS = {"applications": {"case_by_case", "hold", "deny"}, "permits": {"suspended"}}
RELEASES = {"applications": ("exempt", "open"), "permits": ("in_force",)}


def implausible(scenario: Scenario, records: Mapping[str, Sequence[Row]]) -> Iterator[Complaint]:
    """All that is noticed in a valid scenario."""
    view = View(scenario, records)
    for judgement in (calendar_oddities, _unused, _empty, _trust, _countries):
        yield from judgement(view)
    yield from without_spread(scenario)
    cells = len(view.cells.cells)
    # For each policy, those that it stands on, and the cells of each of its measures.
    steps = sum(
        1 + len(scenario.policies[name].measures) * cells
        for policy in scenario.policies
        for name in chain_of(scenario.policies, policy)
    )
    if steps > MOST_STEPS:
        yield Complaint(
            ("policies",),
            "too many to look for measures that change nothing, and for offices with more work than they can do: "
            f"policies by what they extend, and measures by cells, come to {steps:,}, and {MOST_STEPS:,} are the most "
            "that is looked at",
        )
        return
    for judgement in (_never_usable, _too_short, overloads, _idle):
        yield from judgement(view)


def _unused(view: View) -> Iterator[Complaint]:
    scenario, lines = view.scenario, view.scenario.demand.values()
    used = {name for line in lines for name in line.sources}
    for section, names, message in (
        ("suppliers", used, "no demand line buys from this supplier"),
        (
            "authorities",
            {scenario.suppliers[name].authority for name in used},
            "this authority licenses no supplier that a demand line buys from",
        ),
        ("goods", {line.goods for line in lines}, "no demand line orders these goods"),
    ):
        for name in getattr(scenario, section):
            if name not in names:
                yield Complaint((section, name), message, key=True)


def _empty(view: View) -> Iterator[Complaint]:
    for name, rows in view.records.items():
        if not rows:
            message = f"no record of this register falls between {view.first} and {view.past - timedelta(days=1)}"
            yield Complaint(("demand", name, "orders"), message)


def _trust(view: View) -> Iterator[Complaint]:
    """Losses of 1 that some policy brings about, where trust never returns: the source is no candidate any more."""
    scenario = view.scenario
    measures = [measure for policy in scenario.policies.values() for measure in policy.measures]
    for name, line in scenario.demand.items():
        final = [act for act in LOSSES if getattr(line.trust.loss, act) >= 1 and line.trust.half_life == "never"]
        cells = Cells(cells_of_line(scenario, line)) if final else view.cells
        for act in final:
            biting = [m for m in measures if any(act in kinds_of_loss(possible) for possible in possible_acts(m))]
            authorities = {cell[0] for cell in cells.among(cells.of_any(map(cells.reached, biting)))}
            sources = {source: licensor(scenario, line, source) for source in sorted(line.sources)}
            lost = [
                f"`{source}`"
                for source, office in sources.items()
                if office in authorities
                or (act == "deny" and office is not None and lowest_approval(scenario.authorities[office]) < 1)
            ]
            if lost:
                message = (
                    f"found a loss of 1 with `half_life: never`: once this comes about, the line has no trust left in "
                    f"{', '.join(lost)}, none returns, and no order of it goes there any more"
                )
                yield Complaint(("demand", name, "trust", "loss", act), message)


def _countries(view: View) -> Iterator[Complaint]:
    paths: dict[str, list[Path]] = {}
    for section, key in (("authorities", "country"), ("suppliers", "country"), ("demand", "destination")):
        for name, part in getattr(view.scenario, section).items():
            paths.setdefault(getattr(part, key), []).append((section, name, key))
    for code, standing in paths.items():
        message = unknown_country(code)
        if message is not None:
            more = f"; it stands in {len(standing)} places" if len(standing) > 1 else ""
            yield Complaint(standing[0], message + more)


def _never_usable(view: View) -> Iterator[Complaint]:
    for name, line in view.scenario.demand.items():
        candidates = view.candidates[name]
        never = [source for source, when in candidates.earliest.items() if when is None]
        for source in never:
            programme = line.sources[source].qualification
            assert programme is not None
            message = _why_never(programme, candidates.disruption, view.scenario.period.end)
            path: Path = ("demand", name, "sources", source, "qualification")
            yield Complaint(path, f"{message}; so {source} never gets an order of this line")
        if len(never) == len(line.sources):
            message = "none of its sources can be used before the period ends, so none of its orders is ever served"
            yield Complaint(("demand", name, "sources"), message)


def _why_never(programme: Qualification, disruption: date | None, end: date) -> str:
    if programme.starts != "disruption":
        begins = f"on {programme.starts}"
    elif disruption is not None:
        begins = f"at a disruption, on {disruption} at the earliest"
    else:
        return (
            "it starts at the line's first disruption, and none can come: under no policy does a measure cost the "
            "line trust, and no application can be denied"
        )
    days = _days(least(programme.time))
    return f"it starts {begins}, and takes {days} or more, which is past the end of the period on {end}"


def _days(minutes: float) -> str:
    return f"{figure(minutes / MINUTES_A_DAY, 4)} days"


def _too_short(view: View) -> Iterator[Complaint]:
    """Validities that end before an order can be built, by authority and supplier: the line that needs most."""
    scenario = view.scenario
    needs: dict[tuple[str, str], list[str]] = {}
    for name, line in scenario.demand.items():
        for source in line.sources:
            office = licensor(scenario, line, source)
            if office is not None and scenario.authorities[office].validity != "never":
                needs.setdefault((office, source), []).append(name)
    for (office, source), lines in needs.items():
        name = max(lines, key=lambda name: mean(scenario.demand[name].parts))
        line = scenario.demand[name]
        message = _validity(view, office, source, line)
        with_permits = [
            policy
            for policy, course in view.courses.items()
            if any(
                course.applications.ever(cell, view.first) - {"exempt", "deny"}
                for cell in view.places[office, line.destination, line.goods]
            )
        ]
        if message is not None and with_permits:
            under = f"; {view.under(with_permits)}" if len(with_permits) < len(view.courses) else ""
            yield Complaint(("authorities", office, "validity"), f"{message} (line {name}{under})")


def _validity(view: View, office: str, source: str, line: DemandLine) -> str | None:
    """What is wrong with a permit's validity for the orders of a line, if anything is."""
    validity, start = view.scenario.authorities[office].validity, view.scenario.period.start
    assert isinstance(validity, Duration)
    minutes = float(validity.minutes)
    if validity.working:
        minutes *= (view.past - start).days / max(1, view.working_days(office, start, view.past))
    lead, parts = view.scenario.suppliers[source].lead_time, max(1.0, mean(line.parts))
    shortest, average = least(lead), mean(lead)
    valid = f"a permit is valid for {_days(minutes)}, and {source} takes"
    # A permit that ends in the minute in which a part is finished has ended before.
    if minutes <= shortest:
        return f"{valid} {_days(shortest)} or more to build one part: nothing is delivered under it"
    if minutes < average * parts:
        how = f"{figure(parts)} parts of {_days(average)}, one after the other" if parts > 1 else "one part"
        return (
            f"{valid} {_days(average * parts)} on average to build an order ({how}): "
            "the average order outlives its permit"
        )
    return None


def _idle(view: View) -> Iterator[Complaint]:
    """Measures that change nothing under any policy that they belong to."""
    policies = view.scenario.policies
    messages: dict[Path, list[str | None]] = {}
    for policy, course in view.courses.items():
        chain = chain_of(policies, policy)
        origins = [(name, number) for name in chain for number in range(len(policies[name].measures))]
        addresses = addresses_of(view.scenario, policy)
        for index, (name, number) in enumerate(origins):
            idle = index in course.idle
            message = _too_early(course, index, addresses) or _nothing(course, index) if idle else None
            messages.setdefault(("policies", name, "measures", number), []).append(message)
    for path, (message, *others) in messages.items():
        if message is not None and None not in others:
            yield Complaint(path, message)


def _nothing(course: Course, index: int) -> str:
    measure, acts = course.measures[index], possible_acts(course.measures[index])
    done, scope, nothing = what(measure), scope_text(measure), "it changes nothing in any future"
    if not course.reached[index] and any(act.applications or act.permits or act.cancel for act in acts):
        return f"{nothing}: no order can be in its scope ({scope})"
    when = f" on {measure.on}" if measure.on is not None else ""
    if any(act.cancel for act in acts):
        return f"{nothing} ({done}): no permit in its scope ({scope}) is suspended{when}"
    return f"{nothing}: {done} is what holds{when} in its scope ({scope}) already"


def _too_early(course: Course, index: int, addresses: list[str]) -> str | None:
    """What a measure lifts that only starts after it, and is then never lifted."""
    measure = course.measures[index]
    record: Record[Cell, str]
    for key, record in (("applications", course.applications), ("permits", course.permits)):
        if getattr(measure, key) not in RELEASES[key] or measure.on is None:
            continue
        lasting = []
        for cell in course.reached[index]:
            setter = record.last_setter(cell)
            day = course.measures[setter].on if setter >= 0 else None
            if day is not None and day > measure.on and len(record.now(cell)) == 1 and record.now(cell) <= STOPS[key]:
                lasting.append((day, setter))
        if lasting:
            day, setter = min(lasting)
            stop = f"`{key}: {getattr(course.measures[setter], key)}` on {day} (`{addresses[setter]}`)"
            return (
                f"`{key}: {getattr(measure, key)}` on {measure.on} changes nothing in any future: it comes before "
                f"{stop}, which nothing lifts until the period ends"
            )
    return None
