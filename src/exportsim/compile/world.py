"""The world of a scenario as arrays: one method a part of the plan, in the order of their declaration."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import accumulate
from typing import Any

import numpy as np

from exportsim.chance import ONE_ARRIVAL, PURPOSES, address
from exportsim.compile.arrays import columns, float_rows, floats, ints
from exportsim.compile.cells import cells_of_lines, programmes_of
from exportsim.compile.distributions import Table
from exportsim.compile.measures import compile_measures
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
    Sources,
    Stages,
    Streams,
    Suppliers,
)
from exportsim.scenario.calendars import working_days
from exportsim.scenario.cells import licensor
from exportsim.scenario.policies import luck_of, resolved_measures
from exportsim.scenario.programmes import NO_PROGRAMME, shares
from exportsim.scenario.quantities import MINUTES_A_YEAR, Duration, Rate
from exportsim.scenario.register import read_register
from exportsim.scenario.schema import DemandLine, Qualification, Register, Scenario, days_of, stages_of

DAY = 1440


class Compiler:
    """Holds the indices of names while the parts of the plan are made, one method a part."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.origin = datetime.combine(scenario.period.start, datetime.min.time())
        self.start, self.end = map(self.minute, days_of(scenario.period))
        self.lines = list(scenario.demand.values())
        self.records = [self._records(name, line) for name, line in scenario.demand.items()]
        self.places = list(dict.fromkeys((line.destination, line.goods) for line in self.lines))
        # In alphabetical order, so that what an order draws does not hang on the order of keys, nor on other lines.
        named = {name for line in self.lines for name in line.programmes}
        self.programmes = [NO_PROGRAMME, *sorted(named - {NO_PROGRAMME})]
        self.authorities = {name: index for index, name in enumerate(scenario.authorities)}
        self.suppliers = {name: index for index, name in enumerate(scenario.suppliers)}
        self.table = Table()
        self.digests: dict[int, str] = {}

    def plan(self) -> Plan:
        """The whole plan, its parts in the order of their declaration."""
        lines, sources, stages = self._lines(), self._sources(), self._stages()
        authorities, suppliers = self._authorities(), self._suppliers()
        cell, cell_authority, cell_place, cell_programme = self._cells()
        measures = [resolved_measures(self.scenario, name) for name in self.scenario.policies]
        delays = [[self.table.add(measure.delay) if measure.after else -1 for measure in each] for each in measures]
        plan = Plan(
            names=self._names(),
            origin=self.origin,
            start=self.start,
            end=self.end,
            currency=self.scenario.currency,
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
            line_cell=cells_of_lines(lines, sources, cell_authority, cell_place, cell_programme),
        )
        streams = [[self.digest(name) for name in luck_of(self.scenario, policy)] for policy in self.scenario.policies]
        compiled = [compile_measures(plan, *each) for each in zip(measures, delays, streams, strict=True)]
        return plan._replace(
            names=plan.names._replace(measures=tuple(labels for _, labels in compiled)),
            policies=tuple(policy for policy, _ in compiled),
        )

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
        scenario = self.scenario
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
            destinations=tuple(dict.fromkeys(line.destination for line in self.lines)),
            policies=tuple(scenario.policies),
            measures=(),
            reasons=REASONS,
        )

    def _records(self, name: str, line: DemandLine) -> list[tuple[int, int, str | None]] | None:
        """A register's records as (minute, cents or -1, programme), those within the run, in order."""
        if not isinstance(line.orders, Register):
            return None
        rows = [
            ((when - self.origin) // timedelta(minutes=1), -1 if cents is None else cents, programme)
            for when, cents, programme in read_register(self.scenario, name)
        ]
        return sorted(rows, key=lambda row: row[0])

    def _streams(self) -> Streams:
        rates = [None if isinstance(line.orders, Register) else line.orders for line in self.lines]
        rates += [authority.traffic.applications for authority in self.scenario.authorities.values()]
        digests = [self.digest(f"line/{name}") for name in self.scenario.demand]
        digests += [self.digest(f"authority/{name}") for name in self.scenario.authorities]
        pieces = [self._pieces(rate) for rate in rates]
        firsts = np.cumsum([0, *map(len, pieces)])[:-1]
        flat = [piece for stream in pieces for piece in stream]
        registers = [records or [] for records in self.records]
        record_firsts = np.cumsum([0, *map(len, registers)])[:-1]
        record_firsts = np.where([records is None for records in self.records], -1, record_firsts)
        rows = [row for records in registers for row in records]
        programmes = {name: index for index, name in enumerate(self.programmes)}
        column = [isinstance(line.orders, Register) and line.orders.programme is not None for line in self.lines]
        drawn = [not column[line] for line, records in enumerate(registers) for _ in records]
        return Streams(
            digest=ints(digests),
            first=ints(firsts),
            pieces=ints(map(len, pieces)),
            start=ints(start for start, _, _ in flat),
            hazard=ints(hazard for _, hazard, _ in flat),
            rate=floats(rate for _, _, rate in flat),
            record_first=ints(record_firsts),
            record_count=ints(map(len, registers)),
            record_minute=ints(minute for minute, _, _ in rows),
            record_cents=ints(cents for _, cents, _ in rows),
            record_programme=ints(
                -1 if draw else programmes[programme or NO_PROGRAMME]
                for draw, (_, _, programme) in zip(drawn, rows, strict=True)
            ),
        )

    def _pieces(self, rates: Rate | Mapping[date, Rate] | None) -> list[tuple[int, int, float]]:
        """Pieces of constant rate: first minute, hazard accumulated before it, hazard a minute."""
        dated = {} if rates is None else {self.scenario.period.start: rates} if isinstance(rates, Rate) else rates
        starts = [(self.minute(day), rate) for day, rate in sorted(dated.items())]
        if isinstance(rates, Rate):
            starts = [(self.start, rates)]
        pieces = [(self.start, 0, 0.0)]
        for start, rate in starts:
            before, hazard, speed = pieces[-1]
            start = max(start, self.start)
            reached = hazard + math.floor(speed * (start - before) + 0.5)
            pieces.append((start, reached, _a_minute(rate)))
        return pieces

    def _lines(self) -> Lines:
        sources = [len(line.sources) for line in self.lines]
        destinations = list(dict.fromkeys(line.destination for line in self.lines))
        goods = list(self.scenario.goods)
        may_have = [
            [name in possible for name in self.programmes]
            for line, records in zip(self.lines, self.records, strict=True)
            for possible in [programmes_of(line, [programme for _, _, programme in records or ()])]
        ]
        return columns(
            Lines,
            self.lines,
            self._distribution,
            place=[self.places.index((line.destination, line.goods)) for line in self.lines],
            destination=[destinations.index(line.destination) for line in self.lines],
            goods=[goods.index(line.goods) for line in self.lines],
            programme=float_rows([self._cumulated(line) for line in self.lines], len(self.programmes) - 1),
            may_have=np.array(may_have, dtype=bool),
            source_first=np.cumsum([0, *sources])[:-1],
            source_count=sources,
            patience_review=[line.patience.review for line in self.lines],
            patience_suspension=[line.patience.suspension for line in self.lines],
            patience_unserved=[line.patience.unserved for line in self.lines],
            loss=float_rows([[getattr(line.trust.loss, act) for act in LOSSES] for line in self.lines], len(LOSSES)),
            half_life=[line.trust.half_life for line in self.lines],
        )

    def _distribution(self, _: int, written: Any) -> int:
        """The row of a distribution on the clock."""
        return self.table.add(written)

    def _cumulated(self, line: DemandLine) -> list[float]:
        """The cumulated chances of a line's programmes: 1.0 from the last on, if no order is without one."""
        chances = shares(line.programmes)
        return [
            float(reached) for reached in accumulate(chances.get(name, Fraction(0)) for name in self.programmes[1:])
        ]

    def _sources(self) -> Sources:
        used = [
            (index, name, line, supplier)
            for index, (name, line) in enumerate(self.scenario.demand.items())
            for supplier in line.sources
        ]
        sources = [line.sources[supplier] for _, _, line, supplier in used]
        licensors = [licensor(self.scenario, line, supplier) for _, _, line, supplier in used]
        programmes = [source.qualification for source in sources]
        return columns(
            Sources,
            sources,
            self._distribution,
            line=[index for index, _, _, _ in used],
            supplier=[self.suppliers[supplier] for _, _, _, supplier in used],
            authority=[-1 if office is None else self.authorities[office] for office in licensors],
            starts=[self._starts(programme) for programme in programmes],
            time=[None if programme is None else programme.time for programme in programmes],
            success=[1.0 if programme is None else programme.success for programme in programmes],
            digest=[self.digest(f"source/{name}/{supplier}") for _, name, _, supplier in used],
        )

    def _starts(self, programme: Qualification | None) -> int:
        if programme is None:
            return FROM_THE_START
        return self.minute(programme.starts) if isinstance(programme.starts, date) else AT_DISRUPTION

    def _suppliers(self) -> Suppliers:
        usable = {
            supplier for line in self.lines for supplier, source in line.sources.items() if source.qualification is None
        }
        used = {supplier for line in self.lines for supplier in line.sources}
        suppliers = list(self.scenario.suppliers.values())
        return columns(
            Suppliers,
            suppliers,
            self._distribution,
            digest=[self.digest(f"supplier/{name}") for name in self.suppliers],
            country=tuple(supplier.country for supplier in suppliers),
            authority=[
                -1 if supplier.authority is None else self.authorities[supplier.authority] for supplier in suppliers
            ],
            price=[math.floor(supplier.price * 1_000_000 + 0.5) for supplier in suppliers],
            open=[
                name in usable or name not in used or supplier.ramp_up.minutes == 0
                for name, supplier in self.scenario.suppliers.items()
            ],
        )

    def _stages(self) -> Stages:
        offices = [
            (index, stage)
            for index, authority in enumerate(self.scenario.authorities.values())
            for stage in stages_of(authority)
        ]
        purposes = {number: name for name, number in PURPOSES.items()}
        addresses = []
        for _, stage in offices:
            name = f"work/{stage.stage}"
            addresses.append(address(name))
            other = purposes.setdefault(addresses[-1], name)
            if other != name:
                message = f"stage `{stage.stage}` has the same digest as `{other}`: rename it"
                raise ScenarioError([Fault("", 0, 0, "", message)])
        return columns(
            Stages,
            [stage for _, stage in offices],
            lambda number, written: self.table.add(written, offices[number][0]),
            authority=[index for index, _ in offices],
            purpose=addresses,
        )

    def _authorities(self) -> Authorities:
        authorities = list(self.scenario.authorities.values())
        further = [authority.case_by_case for authority in authorities]
        ordinary = [len(authority.review) for authority in authorities]
        special = [0 if case is None else len(case.review) for case in further]
        first = np.cumsum([0, *(a + b for a, b in zip(ordinary, special, strict=True))])[:-1]
        approvals = zip(authorities, further, strict=True)
        return columns(
            Authorities,
            authorities,
            self._distribution,
            digest=[self.digest(f"authority/{name}") for name in self.authorities],
            validity_calendar=_calendars_of([authority.validity for authority in authorities]),
            approval_case_by_case=[one.approval if case is None else case.approval for one, case in approvals],
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
        dates = [first + timedelta(days=day) for day in range(days)]
        working = np.ones((len(self.authorities), days), dtype=np.int64)
        for index, authority in enumerate(self.scenario.authorities.values()):
            working[index] = working_days(authority.calendar, dates)
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
                (incident.destinations is None or line.destination in incident.destinations)
                and (incident.goods is None or line.goods in incident.goods)
                for line in self.lines
            ]
            for incident in incidents
        ]
        return columns(
            Incidents,
            incidents,
            self._distribution,
            digest=[self.digest(f"incident/{name}") for name in self.scenario.incidents],
            minute=[-1 if incident.on is None else self.minute(incident.on) for incident in incidents],
            rate=[0.0 if incident.rate is None else _a_minute(incident.rate) for incident in incidents],
            scope=np.array(scope, dtype=bool).reshape(len(incidents), len(self.lines)),
        )

    def _cells(self) -> tuple[Int, Int, Int, Int]:
        shape = (len(self.authorities), len(self.places), len(self.programmes))
        cell = np.arange(math.prod(shape), dtype=np.int64).reshape(shape)
        authority, place, programme = (np.ascontiguousarray(axis.ravel()) for axis in np.indices(shape))
        return cell, ints(authority), ints(place), ints(programme)


def _a_minute(rate: Rate) -> float:
    """How many arrivals a minute of a rate brings, in 2⁻³² of an arrival."""
    return float(rate.per_year) * ONE_ARRIVAL / MINUTES_A_YEAR


def _calendars_of(written: Sequence[Duration | str | None]) -> list[int]:
    """By authority: itself where a time of its runs on its calendar, else -1."""
    return [index if isinstance(time, Duration) and time.working else -1 for index, time in enumerate(written)]
