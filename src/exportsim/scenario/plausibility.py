"""What is well-formed but makes no sense, as far as it can be seen without playing. Each is true in every future.

The other part, what only a play can tell, is :mod:`exportsim.analysis.plausibility`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from exportsim.digits import number, short
from exportsim.language import text
from exportsim.scenario.calendar_checks import calendar_oddities
from exportsim.scenario.candidates import LOSSES, View, kinds_of_loss, lowest_approval
from exportsim.scenario.capacity import may_need, overloads, visits
from exportsim.scenario.cells import Cell, Cells, cells_of_line, licensor
from exportsim.scenario.countries import unknown_country
from exportsim.scenario.courses import Course, Record, possible_acts
from exportsim.scenario.distributions import least, mean, uses_business_days
from exportsim.scenario.messages import Complaint
from exportsim.scenario.policies import HISTORY, addresses_of, chain_of, makes_worse, measures_listed
from exportsim.scenario.programmes import NO_PROGRAMME
from exportsim.scenario.quantities import MINUTES_A_DAY, Duration
from exportsim.scenario.register_records import Records
from exportsim.scenario.schema import DemandLine, Measure, Qualification, Scenario, Scope, stages_at, stages_of
from exportsim.scenario.text import Path
from exportsim.scenario.tied_draws import paths_of
from exportsim.scenario.uncertainties import without_spread
from exportsim.scenario.workload import names_text, scope_text, what

MOST_STEPS = 200_000  # beyond, measures and offices are not looked at: reading must end soon
STOPS = {"applications": {"case_by_case", "hold", "deny"}, "permits": {"suspended"}}
RELEASES = {"applications": ("exempt", "open"), "permits": ("in_force",)}


def implausible(scenario: Scenario, records: Mapping[str, Records]) -> Iterator[Complaint]:
    """All that is noticed in a valid scenario."""
    view = View(scenario, records)
    first = (calendar_oddities, _unused, _empty, _stages_of_nobody, _deliveries, _lags_of_nobody, _trust)
    for judgement in (*first, _announced, _countries):
        yield from judgement(view)
    yield from without_spread(scenario)
    cells = len(view.cells.cells)
    # For each policy, those that it stands on, and the cells of each of its measures.
    steps = sum(
        1 + len(scenario.policies[name].measures) * cells
        for policy in scenario.policies
        for name in chain_of(scenario.policies, policy)
    )
    steps += len(scenario.policies) * len(scenario.history) * cells
    if steps > MOST_STEPS:
        yield Complaint(
            ("policies",),
            text("warnings.too_many", steps=number(steps, 0), most=number(MOST_STEPS, 0)),
        )
        return
    for judgement in (_never_usable, _too_short, _set_too_short, overloads, _idle):
        yield from judgement(view)


def _unused(view: View) -> Iterator[Complaint]:
    scenario, lines = view.scenario, view.scenario.demand.values()
    used = {name for line in lines for name in line.sources}
    licensing = {scenario.suppliers[name].authority for name in used}
    for section, names, message in (
        ("suppliers", used, "warnings.unused_supplier"),
        ("authorities", licensing, "warnings.unused_authority"),
        ("goods", {line.goods for line in lines}, "warnings.unused_goods"),
    ):
        for name in getattr(scenario, section):
            if name not in names:
                yield Complaint((section, name), text(message), key=True)


def _empty(view: View) -> Iterator[Complaint]:
    for name, rows in view.records.items():
        if not rows:
            message = text("warnings.no_records", first=view.first, last=view.past - timedelta(days=1))
            yield Complaint(("demand", name, "orders"), message)


def _deliveries(view: View) -> Iterator[Complaint]:
    """Delivery plans by which nothing is called off within the run, and times between parts of orders of one part."""
    for name, line in view.scenario.demand.items():
        path, first, every = ("demand", name, "deliveries"), line.deliveries.first, line.deliveries.every
        if first is not None and least(first) >= (view.past - view.first).days * MINUTES_A_DAY:
            yield Complaint((*path, "first"), text("warnings.called_off_too_late", time=_days(least(first))))
        if every is not None and line.number_of_parts == 1.0:
            yield Complaint((*path, "every"), text("warnings.one_part"))


def _stages_of_nobody(view: View) -> Iterator[Complaint]:
    """Stages that no application needs."""
    for name, authority in view.scenario.authorities.items():
        for path, stage in stages_at(authority, ("authorities", name)):
            if stage.sits is not None and not view.sittings(name, stage.sits, view.first, view.past):
                message = text("warnings.never_sits", day=view.past - timedelta(days=1))
                yield Complaint((*path, "sits"), message)
            if stage.share == 0:
                yield Complaint((*path, "share"), text("warnings.nobody_needs"))
            if stage.only is not None and not view.cells.of(Scope(authorities=[name], **dict(stage.only))):
                message = text("warnings.no_order_needs", scope=names_text(stage.only))
                yield Complaint((*path, "only"), message)


def _lags_of_nobody(view: View) -> Iterator[Complaint]:
    """A lag of orders that are all filed."""
    for name, line in view.scenario.demand.items():
        if line.filing.lag.minutes and {line.filing.hold, line.filing.case_by_case} <= {None, 1}:
            yield Complaint(("demand", name, "filing", "lag"), text("warnings.nothing_unfiled"))


def _trust(view: View) -> Iterator[Complaint]:
    """Losses of 1 that some policy brings about, where trust never returns: the source is no candidate any more."""
    scenario = view.scenario
    measures = [*scenario.history, *(measure for policy in scenario.policies.values() for measure in policy.measures)]
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
                message = text("warnings.trust_gone", sources=text("lists.comma").join(lost))
                yield Complaint(("demand", name, "trust", "loss", act), message)


def _announced(view: View) -> Iterator[Complaint]:
    """Announced measures of which no order comes ahead, and lines of which none comes ahead of any."""
    scenario, hastened = view.scenario, set[str]()
    ahead = {name: line for name, line in scenario.demand.items() if line.anticipation and line.anticipation.share > 0}
    cells = {name: Cells(cells_of_line(scenario, line)) for name, line in ahead.items()}
    lists: list[tuple[Path, list[Measure]]] = [((HISTORY,), scenario.history)]
    lists += [(("policies", name, "measures"), policy.measures) for name, policy in scenario.policies.items()]
    for path, measures in lists:
        for index, measure in enumerate(measures):
            if measure.announced is None or measure.on is None:
                continue
            reached = {
                name
                for name in ahead
                for office, *_ in cells[name].among(cells[name].reached(measure))
                if makes_worse(
                    measure,
                    scenario.authorities[office].approval,
                    [stage.stage for stage in stages_of(scenario.authorities[office])],
                )
            }
            if measure.on <= view.first:
                yield Complaint((*path, index, "announced"), text("warnings.announced_before"))
            elif not reached:
                message = text("warnings.announced_in_vain", scope=scope_text(measure))
                yield Complaint((*path, index, "announced"), message)
            else:
                hastened |= reached
                yield from _cut_short(view, measure, (*path, index, "announced"), sorted(reached))
    for name in ahead:
        if name not in hastened:
            yield Complaint(("demand", name, "anticipation"), text("warnings.nothing_announced"))


def _cut_short(view: View, measure: Measure, path: Path, lines: Sequence[str]) -> Iterator[Complaint]:
    """An announced measure so near the end that some who would come ahead of it are not of the run."""
    assert measure.on is not None
    days = (view.past - measure.on).days
    within = {name: anticipation.within for name in lines if (anticipation := view.scenario.demand[name].anticipation)}
    cut = [name for name, time in within.items() if time.minutes > days * MINUTES_A_DAY]
    if cut:
        message = text("warnings.announced_late", within=str(within[cut[0]]), days=days, line=cut[0])
        yield Complaint(path, message)


def _countries(view: View) -> Iterator[Complaint]:
    paths: dict[str, list[Path]] = {}
    for section, key in (("authorities", "country"), ("suppliers", "country"), ("demand", "destination")):
        for name, part in getattr(view.scenario, section).items():
            paths.setdefault(getattr(part, key), []).append((section, name, key))
    for code, standing in paths.items():
        message = unknown_country(code)
        if message is not None:
            if len(standing) > 1:
                message = text("warnings.in_places", warning=message, number=len(standing))
            yield Complaint(standing[0], message)


def _never_usable(view: View) -> Iterator[Complaint]:
    for name, line in view.scenario.demand.items():
        candidates = view.candidates[name]
        never = [source for source, when in candidates.earliest.items() if when is None]
        for source in never:
            programme = line.sources[source].qualification
            assert programme is not None
            message = _never(source, programme, candidates.disruption, view.scenario.period.end)
            yield Complaint(("demand", name, "sources", source, "qualification"), message)
        if len(never) == len(line.sources):
            yield Complaint(("demand", name, "sources"), text("warnings.never_served"))


def _never(source: str, programme: Qualification, disruption: date | None, end: date) -> str:
    said = {"source": source, "time": _days(least(programme.time)), "end": end}
    if programme.starts != "disruption":
        return text("warnings.never_from_day", day=programme.starts, **said)
    if disruption is not None:
        return text("warnings.never_from_disruption", day=disruption, **said)
    return text("warnings.never_disrupted", source=source)


def _days(minutes: float) -> str:
    days = minutes / MINUTES_A_DAY
    return text("durations.d", number=days, amount=short(days, 4))


def _too_short(view: View) -> Iterator[Complaint]:
    """Validities that end before an order is finished, by authority and supplier: the line that needs most."""
    scenario = view.scenario
    needs: dict[tuple[str, str], list[str]] = {}
    for name, line in scenario.demand.items():
        for source in line.sources:
            office = licensor(scenario, line, source)
            if office is not None and scenario.authorities[office].validity != "never":
                needs.setdefault((office, source), []).append(name)
    for (office, source), lines in needs.items():
        needed = {name: _time_needed(view, office, source, scenario.demand[name]) for name in lines}
        name = max(lines, key=needed.__getitem__)
        line = scenario.demand[name]
        validity = scenario.authorities[office].validity
        assert isinstance(validity, Duration)
        message = _validity(view, validity, office, source, line)
        with_permits = [
            policy
            for policy, course in view.courses.items()
            if any(course.permits_may_expire(cell) for cell in view.places[office, line.destination, line.goods])
        ]
        if message is not None and with_permits:
            said = {"warning": message, "line": name}
            if len(with_permits) < len(view.courses):
                message = text("warnings.of_line_under", policies=view.under(with_permits), **said)
            else:
                message = text("warnings.of_line", **said)
            yield Complaint(("authorities", office, "validity"), message)


def _set_too_short(view: View) -> Iterator[Complaint]:
    """Measures by which permits are valid for too short a time, each for the first line of which that is so."""
    scenario, told = view.scenario, set[Path]()
    for policy, course in view.courses.items():
        for index, path in enumerate(_listed_at(view, policy)):
            measure, reached = course.measures[index], course.reached[index]
            validities = [act.validity for act in possible_acts(measure) if isinstance(act.validity, Duration)]
            for name, line in scenario.demand.items():
                for source in line.sources:
                    office = licensor(scenario, line, source)
                    if office is None or not view.places[office, line.destination, line.goods] & reached:
                        continue
                    messages = (_validity(view, validity, office, source, line) for validity in validities)
                    message = next(filter(None, messages), None)
                    if message is not None and path not in told:
                        told.add(path)
                        yield Complaint(path, text("warnings.of_line", warning=message, line=name))


def _listed_at(view: View, policy: str) -> list[Path]:
    """Where each measure of a policy stands in the file."""
    return [
        (HISTORY, place) if lister is None else ("policies", lister, "measures", place)
        for lister, place, _ in measures_listed(view.scenario, policy)
    ]


def _validity(view: View, validity: Duration, office: str, source: str, line: DemandLine) -> str | None:
    """What is wrong with a permit's validity for the orders of a line, if anything is."""
    minutes = _on_the_clock(view, office, validity.minutes, validity.working)
    lead, parts = view.scenario.suppliers[source].lead_time, max(1.0, mean(line.number_of_parts))
    shortest, average = least(lead), mean(lead)
    said = {"validity": _days(minutes), "source": source}
    # A permit that ends in the minute in which a part is finished has ended before, and is renewed.
    if minutes <= shortest:
        return text("warnings.nothing_in_time", time=_days(shortest), **said)
    needed = _time_needed(view, office, source, line)
    if minutes >= needed:
        return None
    said |= {"time": _days(average * parts), "parts": short(parts), "each": _days(average)}
    if line.deliveries.first is not None or line.deliveries.every is not None:
        return text("warnings.outlived_by_plan", number=parts, needed=_days(needed), **said)
    return text("warnings.outlived_by_parts" if parts > 1 else "warnings.outlived_by_part", **said)


def _time_needed(view: View, office: str, source: str, line: DemandLine) -> float:
    """How long after its permit an order is finished in the mean: one that waits for no other, in review or for a slot.

    Parts are built one after the other from the permit on, and none before it is called off.
    """
    plan, lead = line.deliveries, mean(view.scenario.suppliers[source].lead_time)
    parts = max(1.0, mean(line.number_of_parts))
    first, every = (0.0 if time is None else mean(time) for time in (plan.first, plan.every))
    review = _review_time(view, office, line) if first or every else 0.0
    return max(max(0.0, first - review) + parts * lead, first + (parts - 1) * every - review + lead)


def _on_the_clock(view: View, office: str, minutes: float, working: bool) -> float:
    """How long a time is on the clock, in the mean, if it may be one of an authority's working time."""
    start = view.scenario.period.start
    if working:
        minutes *= (view.past - start).days / max(1, view.working_days(office, start, view.past))
    return minutes


def _review_time(view: View, office: str, line: DemandLine) -> float:
    """How long the ordinary review of a line's application takes in the mean if it waits for no other."""
    minutes = 0.0
    for stage in view.scenario.authorities[office].review:
        if not any(may_need(stage, line, programme) for programme in (NO_PROGRAMME, *line.programmes)):
            continue
        if stage.work is not None:
            visit = _on_the_clock(view, office, mean(stage.work), uses_business_days(stage.work))
        else:
            visit = 0.0 if stage.sits is None else stage.sits.every.minutes / 2
        answers = 0.0 if stage.returns is None else mean(stage.returns.answer) * (visits(stage) - 1)
        minutes += stage.share * (visit * visits(stage) + answers)
    return minutes


def _idle(view: View) -> Iterator[Complaint]:
    """Measures of which nothing is uncertain that change nothing under any policy that they belong to."""
    messages: dict[Path, list[str | None]] = {}
    uncertain = [path for name, each in view.scenario.uncertainties.items() for path in paths_of(name, each)]
    for policy, course in view.courses.items():
        addresses = addresses_of(view.scenario, policy)
        for index, path in enumerate(_listed_at(view, policy)):
            idle = index in course.idle and not any(each.startswith(f"{addresses[index]}.") for each in uncertain)
            message = _too_early(course, index, addresses) or _nothing(course, index) if idle else None
            messages.setdefault(path, []).append(message)
    for path, (message, *others) in messages.items():
        if message is not None and None not in others:
            yield Complaint(path, message)


def _nothing(course: Course, index: int) -> str:
    measure, acts = course.measures[index], possible_acts(course.measures[index])
    said = {"scope": scope_text(measure), "done": what(measure), "day": measure.on}
    if not course.reached[index] and any(not act.is_nothing and not act.officers for act in acts):
        return text("warnings.reaches_nothing", **said)
    if any(act.cancel for act in acts) and course.is_before_the_run(measure):
        return text("warnings.no_permits_yet", **said)
    why = "none_suspended" if any(act.cancel for act in acts) else "holds_already"
    return text(f"warnings.{why}_on" if measure.on is not None else f"warnings.{why}", **said)


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
            return text(
                "warnings.too_early",
                release=f"{key}: {getattr(measure, key)}",
                day=measure.on,
                stop=f"{key}: {getattr(course.measures[setter], key)}",
                later=day,
                address=addresses[setter],
            )
    return None
