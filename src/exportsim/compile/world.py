"""The world of a scenario as arrays: one method a part of the plan, in the order of their declaration."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import accumulate, starmap

import numpy as np
from numpy.typing import NDArray

from exportsim.chance import ONE_ARRIVAL, PURPOSES, address
from exportsim.compile.arrays import columns, matrix
from exportsim.compile.distributions import Table
from exportsim.compile.measures import compile_measures, mask_of
from exportsim.compile.recorded import bound_until, recorded, standing
from exportsim.errors import Fault, ScenarioError
from exportsim.lifecycle import REASONS
from exportsim.plan import (
    AT_DISRUPTION,
    FROM_THE_START,
    LOSSES,
    Authorities,
    Calendars,
    Incidents,
    Int,
    Lines,
    Names,
    Plan,
    Policy,
    Sources,
    Stages,
    Streams,
    Suppliers,
    Weight,
)
from exportsim.scenario.calendars import days_sat, working_days
from exportsim.scenario.cells import licensor
from exportsim.scenario.policies import luck_of, resolved_measures
from exportsim.scenario.programmes import NO_PROGRAMME, shares
from exportsim.scenario.quantities import MINUTES_A_YEAR, Duration, Rate
from exportsim.scenario.register import licences_of, records_of
from exportsim.scenario.register_forms import minute_at
from exportsim.scenario.schema import (
    Authority,
    DemandLine,
    Measure,
    Qualification,
    Register,
    Scenario,
    Stage,
    days_of,
    stages_of,
)

DAY = 1440


class Compiler:
    """Holds the indices of names while the parts of the plan are made, one method a part."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.origin = datetime.combine(scenario.period.start, datetime.min.time())
        self.start, self.end = map(self.minute, days_of(scenario.period))
        self.lines = list(scenario.demand.values())
        records = records_of(scenario)
        self.records = [records.get(name) for name in scenario.demand]
        self.places = list(dict.fromkeys((line.destination, line.goods) for line in self.lines))
        self.destinations = tuple(dict.fromkeys(line.destination for line in self.lines))
        # In alphabetical order, so that what an order draws does not hang on the order of keys, nor on other lines.
        named = {name for line in self.lines for name in line.programmes}
        self.programmes = [NO_PROGRAMME, *sorted(named - {NO_PROGRAMME})]
        self.authorities = {name: index for index, name in enumerate(scenario.authorities)}
        self.suppliers = {name: index for index, name in enumerate(scenario.suppliers)}
        self.table = Table()
        self.digests: dict[int, str] = {}
        self.delays: list[list[int]] = []  # by policy and measure, rows of the table
        self.compiled: dict[str, tuple[Sequence[Measure], list[int], tuple[Policy, tuple[str, ...]]]] = {}

    def plan(self) -> Plan:
        """The whole plan, its parts in the order of their declaration."""
        lines, sources, stages = self._lines(), self._sources(), self._stages()
        authorities, suppliers = self._authorities(), self._suppliers()
        cell, cell_authority, cell_place, cell_programme, line_cell = self._cells(lines, sources)
        measures = [resolved_measures(self.scenario, name) for name in self.scenario.policies]
        self.delays = [[self.table.add(m.delay) if m.after else -1 for m in listed] for listed in measures]
        plan = Plan(
            names=self._names(),
            origin=self.origin,
            start=self.start,
            end=self.end,
            currency=self.scenario.currency,
            objective=self._objective(),
            distributions=self.table.arrays(),
            streams=self._streams(),
            lines=lines,
            sources=sources,
            suppliers=suppliers,
            authorities=authorities,
            stages=stages,
            calendars=self._calendars(),
            incidents=self._incidents(),
            policies=(),
            cell=cell,
            cell_authority=cell_authority,
            cell_place=cell_place,
            cell_programme=cell_programme,
            line_cell=line_cell,
        )
        only = [stage.only for office in self.scenario.authorities.values() for stage in stages_of(office)]
        may_need = matrix([mask_of(plan, each) for each in only], len(cell_authority), np.bool_)
        plan = plan._replace(stages=stages._replace(may_need=may_need))
        return self.with_policies(plan, self.scenario, measures)

    def with_policies(self, plan: Plan, scenario: Scenario, measures: Sequence[Sequence[Measure]]) -> Plan:
        """The plan with what the policies of a scenario do; they draw from the same delays as those of this one."""
        compiled = []
        for policy, listed, delays in zip(scenario.policies, measures, self.delays, strict=True):
            streams = [self.digest(name) for name in luck_of(scenario, policy)]
            known = self.compiled.get(policy)
            if known is None or known[:2] != (listed, streams):
                known = listed, streams, compile_measures(plan, listed, delays, streams)
                self.compiled[policy] = known
            compiled.append(known[2])
        plan = plan._replace(
            names=plan.names._replace(measures=tuple(labels for _, labels in compiled)),
            policies=tuple(policy for policy, _ in compiled),
        )
        plan = plan._replace(lines=plan.lines._replace(bound_until=bound_until(plan, self.lines)))
        return plan._replace(streams=standing(plan, self.scenario, self.records))

    def _objective(self) -> tuple[Weight, ...]:
        objective = self.scenario.objective
        return () if objective is None else tuple(starmap(Weight, objective.amounts.items()))

    def minute(self, day: date) -> int:
        """Minutes from period.start to the midnight before a day."""
        return (day - self.scenario.period.start).days * DAY

    def digest(self, name: str) -> int:
        """The address of a stream, refused if another name has it."""
        number = address(name)
        other = self.digests.setdefault(number, name)
        if other != name:
            raise ScenarioError(
                [Fault("", 0, 0, "", f"`{name}` and `{other}` have the same digest: rename one of them")]
            )
        return number

    def _names(self) -> Names:
        scenario, licences = self.scenario, licences_of(self.scenario)
        return Names(
            lines=tuple(scenario.demand),
            suppliers=tuple(scenario.suppliers),
            authorities=tuple(scenario.authorities),
            stages=tuple(
                f"{name}/{stage.stage}"
                for name, authority in scenario.authorities.items()
                for stage in stages_of(authority)
            ),
            programmes=tuple(self.programmes),
            incidents=tuple(scenario.incidents),
            goods=tuple(scenario.goods),
            destinations=self.destinations,
            policies=tuple(scenario.policies),
            measures=(),
            reasons=REASONS,
            licences=tuple(tuple(licences.get(name, ())) for name in scenario.demand) if licences else (),
        )

    def _streams(self) -> Streams:
        rates = [None if isinstance(line.orders, Register) else line.orders for line in self.lines]
        rates += [authority.traffic.applications for authority in self.scenario.authorities.values()]
        streams = [*(f"line/{name}" for name in self.scenario.demand), *map("authority/{}".format, self.authorities)]
        pieces = [self._pieces(rate) for rate in rates]
        counts = [len(records or ()) for records in self.records]
        return columns(
            Streams,
            [],
            self.table,
            digest=map(self.digest, streams),
            first=_firsts(map(len, pieces)),
            pieces=map(len, pieces),
            start=[start for stream in pieces for start, _, _ in stream],
            hazard=[hazard for stream in pieces for _, hazard, _ in stream],
            rate=[rate for stream in pieces for _, _, rate in stream],
            record_first=np.where([records is None for records in self.records], -1, _firsts(counts)),
            record_count=counts,
            **recorded(self.records, self.programmes, minute_at(self.origin)),
        )

    def _pieces(self, rates: Rate | Mapping[date, Rate] | None) -> list[tuple[int, int, float]]:
        """Pieces of constant rate: first minute, hazard accumulated before it, hazard a minute."""
        if isinstance(rates, Rate):
            changes = [(self.start, rates)]
        else:
            changes = [(max(self.minute(day), self.start), rate) for day, rate in sorted((rates or {}).items())]
        pieces = [(self.start, 0, 0.0)]
        for start, rate in changes:
            before, hazard, speed = pieces[-1]
            pieces.append((start, hazard + math.floor(speed * (start - before) + 0.5), _a_minute(rate)))
        return pieces

    def _lines(self) -> Lines:
        sources = [len(line.sources) for line in self.lines]
        planned = [line.deliveries.shares or [] for line in self.lines]
        destinations, goods = list(self.destinations), list(self.scenario.goods)
        may_have = [
            programmes_of(line, set() if records is None else records.held())
            for line, records in zip(self.lines, self.records, strict=True)
        ]
        return columns(
            Lines,
            self.lines,
            self.table,
            place=[self.places.index((line.destination, line.goods)) for line in self.lines],
            destination=[destinations.index(line.destination) for line in self.lines],
            goods=[goods.index(line.goods) for line in self.lines],
            parts=[line.number_of_parts for line in self.lines],
            least=[-(-sum(shares) // min(shares)) if shares else 1 for shares in planned],
            share_first=_firsts(map(len, planned)),
            share_count=[len(shares) for shares in planned],
            share=[share for shares in planned for share in shares],
            programme=matrix(list(map(self._cumulated, self.lines)), len(self.programmes) - 1, np.float64),
            may_have=np.array([[name in names for name in self.programmes] for names in may_have], dtype=bool),
            source_first=_firsts(sources),
            source_count=sources,
            ahead_share=[0.0 if line.anticipation is None else line.anticipation.share for line in self.lines],
            ahead_within=[0 if line.anticipation is None else line.anticipation.within.minutes for line in self.lines],
            bound_until=np.full(len(self.lines), self.start),  # known once the policies are, see `with_policies`
            loss=matrix(
                [[getattr(line.trust.loss, act) for act in LOSSES] for line in self.lines], len(LOSSES), np.float64
            ),
        )

    def _cumulated(self, line: DemandLine) -> list[float]:
        """The cumulated chances of a line's programmes: 1.0 from the last on, if no order is without one."""
        chances = shares(line.programmes)
        return list(map(float, accumulate(chances.get(name, Fraction(0)) for name in self.programmes[1:])))

    def _sources(self) -> Sources:
        used = [
            (index, name, supplier, licensor(self.scenario, line, supplier), source)
            for index, (name, line) in enumerate(self.scenario.demand.items())
            for supplier, source in line.sources.items()
        ]
        sources = [source for _, _, _, _, source in used]
        programmes = [source.qualification for source in sources]
        return columns(
            Sources,
            sources,
            self.table,
            line=[line for line, _, _, _, _ in used],
            supplier=[self.suppliers[supplier] for _, _, supplier, _, _ in used],
            authority=[self._authority(office) for _, _, _, office, _ in used],
            starts=map(self._starts, programmes),
            time=[None if programme is None else programme.time for programme in programmes],
            success=[1.0 if programme is None else programme.success for programme in programmes],
            digest=[self.digest(f"source/{name}/{supplier}") for _, name, supplier, _, _ in used],
        )

    def _authority(self, name: str | None) -> int:
        """The index of an authority, -1 for none."""
        return -1 if name is None else self.authorities[name]

    def _starts(self, programme: Qualification | None) -> int:
        if programme is None:
            return FROM_THE_START
        return self.minute(programme.starts) if isinstance(programme.starts, date) else AT_DISRUPTION

    def _suppliers(self) -> Suppliers:
        used = [(supplier, source) for line in self.lines for supplier, source in line.sources.items()]
        qualifying = {supplier for supplier, _ in used} - {name for name, source in used if not source.qualification}
        suppliers = self.scenario.suppliers.values()
        return columns(
            Suppliers,
            [*suppliers],
            self.table,
            digest=[self.digest(f"supplier/{name}") for name in self.suppliers],
            country=tuple(supplier.country for supplier in suppliers),
            authority=[self._authority(supplier.authority) for supplier in suppliers],
            price=[math.floor(supplier.price * 1_000_000 + 0.5) for supplier in suppliers],
            open=[
                name not in qualifying or supplier.ramp_up.minutes == 0
                for name, supplier in self.scenario.suppliers.items()
            ],
        )

    def _stages(self) -> Stages:
        offices = self.scenario.authorities.values()
        stages = [(index, stage) for index, authority in enumerate(offices) for stage in stages_of(authority)]
        purposes = {number: name for name, number in PURPOSES.items()}
        addresses: dict[str, list[int]] = {"work": [], "share": [], "returns": [], "answer": []}
        for _, stage in stages:
            for what, found in addresses.items():
                name = f"{what}/{stage.stage}"
                found.append(address(name))
                other = purposes.setdefault(found[-1], name)
                if other != name:
                    message = f"stage `{stage.stage}` has the same digest as `{other}`: rename it"
                    raise ScenarioError([Fault("", 0, 0, "", message)])
        authorities = [index for index, _ in stages]
        written = [stage for _, stage in stages]
        sittings = [self._sittings(office, stage) for office in offices for stage in stages_of(office)]
        return columns(
            Stages,
            written,
            self.table,
            authorities,
            authority=authorities,
            officers=[stage.officers or 0 for stage in written],
            sits=[stage.sits is not None for stage in written],
            sits_first=_firsts(map(len, sittings)),
            sits_count=map(len, sittings),
            sits_most=[None if stage.sits is None else stage.sits.most for stage in written],
            sitting=[minute for minutes in sittings for minute in minutes],
            purpose=addresses["work"],
            need=addresses["share"],
            sent_back=addresses["returns"],
            answered=addresses["answer"],
            **{
                name: [missing if stage.returns is None else getattr(stage.returns, name) for stage in written]
                for name, missing in (("chance", 0.0), ("most", 0), ("answer", None))
            },
            may_need=np.zeros((len(stages), 0), dtype=bool),  # known once the cells are, see `plan`
            others=np.array([stage.only is None for stage in written], dtype=bool),
        )

    def _sittings(self, authority: Authority, stage: Stage) -> list[int]:
        """The minutes at which a stage sits: the midnights before its days."""
        if stage.sits is None:
            return []
        first, past = days_of(self.scenario.period)
        sat = days_sat(stage.sits, first, working_days(authority.calendar, first, (past - first).days))
        return [self.start + DAY * day for day in sat]

    def _authorities(self) -> Authorities:
        authorities = list(self.scenario.authorities.values())
        ordinary = [len(authority.review) for authority in authorities]
        special = [len(stages_of(authority)) - count for authority, count in zip(authorities, ordinary, strict=True)]
        first = _firsts(map(sum, zip(ordinary, special, strict=True)))
        return columns(
            Authorities,
            authorities,
            self.table,
            digest=[self.digest(f"authority/{name}") for name in self.authorities],
            validity_calendar=_calendars_of([authority.validity for authority in authorities]),
            approval_case_by_case=[(authority.case_by_case or authority).approval for authority in authorities],
            stage_first=first,
            stage_count=ordinary,
            case_first=first + np.array(ordinary, dtype=np.int64),
            case_count=special,
            standard=[authority.service_standard for authority in authorities],
            standard_calendar=_calendars_of([authority.service_standard for authority in authorities]),
        )

    def _calendars(self) -> Calendars:
        first = self.scenario.period.start + timedelta(minutes=self.start)
        days = (self.end - self.start) // DAY
        working = matrix(
            [working_days(authority.calendar, first, days) for authority in self.scenario.authorities.values()],
            days,
            np.int64,
        )
        before = np.zeros((len(working), days + 1), dtype=np.int64)
        before[:, 1:] = working.cumsum(axis=1)
        nth = np.full((len(working), days + 1), days, dtype=np.int64)
        for index, row in enumerate(working):
            numbers = np.flatnonzero(row)
            nth[index, : len(numbers)] = numbers
        return Calendars(self.start, working, before, nth)

    def _incidents(self) -> Incidents:
        incidents = list(self.scenario.incidents.values())
        scope = [
            [
                line.destination in (incident.destinations or [line.destination])
                and line.goods in (incident.goods or [line.goods])
                for line in self.lines
            ]
            for incident in incidents
        ]
        return columns(
            Incidents,
            incidents,
            self.table,
            digest=[self.digest(f"incident/{name}") for name in self.scenario.incidents],
            minute=[-1 if incident.on is None else self.minute(incident.on) for incident in incidents],
            rate=[0.0 if incident.rate is None else _a_minute(incident.rate) for incident in incidents],
            scope=matrix(scope, len(self.lines), np.bool_),
        )

    def _cells(self, lines: Lines, sources: Sources) -> tuple[Int, Int, Int, Int, NDArray[np.bool_]]:
        """The cells, and which of them an order of each line can be in: where a source of it needs a permit."""
        shape = (len(self.authorities), len(self.places), len(self.programmes))
        authority, place, programme = (np.ascontiguousarray(axis.ravel()) for axis in np.indices(shape))
        licensed = np.zeros((len(self.lines), len(authority)), dtype=bool)
        for line, office in zip(sources.line.tolist(), sources.authority.tolist(), strict=True):
            licensed[line] |= authority == office  # -1, where no permit is needed, is no cell's
        possible = licensed & (lines.place[:, np.newaxis] == place) & lines.may_have[:, programme]
        return np.arange(math.prod(shape), dtype=np.int64).reshape(shape), authority, place, programme, possible


def programmes_of(line: DemandLine, recorded: Collection[str | None]) -> set[str]:
    """The programmes that the orders of a line can have, ``none`` among them if they can have none.

    What is possible is read off what is written, exactly: a programme that has a chance, or that a record within the
    run has; a line that orders at all.
    """
    if isinstance(line.orders, Register):
        named = {name for name in recorded if name is not None}
        return named | set(shares(line.programmes)) if None in recorded else named
    rates = [line.orders] if isinstance(line.orders, Rate) else line.orders.values()
    return set(shares(line.programmes)) if any(rate.per_year > 0 for rate in rates) else set()


def _firsts(counts: Iterable[int]) -> Int:
    """Where each of some runs starts that lie one after the other."""
    return np.cumsum([0, *counts])[:-1]


def _a_minute(rate: Rate) -> float:
    """How many arrivals a minute of a rate brings, in 2⁻³² of an arrival."""
    return float(rate.per_year) * ONE_ARRIVAL / MINUTES_A_YEAR


def _calendars_of(written: Sequence[Duration | str | None]) -> list[int]:
    """By authority: itself where a time of its runs on its calendar, else -1."""
    return [index if isinstance(time, Duration) and time.working else -1 for index, time in enumerate(written)]
