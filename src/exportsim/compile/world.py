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
from exportsim.compile.arrays import float_rows, floats, ints
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
from exportsim.scenario.schema import DemandLine, Register, Scenario, Stage, days_of

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
                for stage in (*authority.review, *(authority.case_by_case.review if authority.case_by_case else ()))
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
            pieces.append((start, reached, float(rate.per_year) * ONE_ARRIVAL / MINUTES_A_YEAR))
        return pieces

    def _lines(self) -> Lines:
        sources = [len(line.sources) for line in self.lines]
        destinations = list(dict.fromkeys(line.destination for line in self.lines))
        goods = list(self.scenario.goods)
        add = self.table.add
        return Lines(
            value=ints(-1 if line.value is None else add(line.value) for line in self.lines),
            parts=ints(add(line.parts) for line in self.lines),
            place=ints(self.places.index((line.destination, line.goods)) for line in self.lines),
            destination=ints(destinations.index(line.destination) for line in self.lines),
            goods=ints(goods.index(line.goods) for line in self.lines),
            programme=float_rows([self._cumulated(line) for line in self.lines], len(self.programmes) - 1),
            may_have=np.array(
                [
                    [name in possible for name in self.programmes]
                    for line, records in zip(self.lines, self.records, strict=True)
                    for possible in [programmes_of(line, [programme for _, _, programme in records or ()])]
                ],
                dtype=bool,
            ),
            source_first=ints(np.cumsum([0, *sources])[:-1]),
            source_count=ints(sources),
            patience_review=ints(add(line.patience.review) for line in self.lines),
            patience_suspension=ints(add(line.patience.suspension) for line in self.lines),
            patience_unserved=ints(add(line.patience.unserved) for line in self.lines),
            loss=float_rows([[getattr(line.trust.loss, act) for act in LOSSES] for line in self.lines], len(LOSSES)),
            half_life=ints(minutes_or_never(line.trust.half_life) for line in self.lines),
        )

    def _cumulated(self, line: DemandLine) -> list[float]:
        """The cumulated chances of a line's programmes: 1.0 from the last on, if no order is without one."""
        chances = shares(line.programmes)
        return [
            float(reached) for reached in accumulate(chances.get(name, Fraction(0)) for name in self.programmes[1:])
        ]

    def _sources(self) -> Sources:
        rows = []
        for index, (name, line) in enumerate(self.scenario.demand.items()):
            for supplier, source in line.sources.items():
                programme = source.qualification
                office = licensor(self.scenario, line, supplier)
                starts = FROM_THE_START
                if programme is not None:
                    by_date = isinstance(programme.starts, date)
                    starts = self.minute(programme.starts) if by_date else AT_DISRUPTION  # type: ignore[arg-type]
                rows.append(
                    (
                        index, self.suppliers[supplier],
                        -1 if office is None else self.authorities[office],
                        source.weight, starts,
                        self.table.add(programme.time) if programme else -1,
                        programme.success if programme else 1.0,
                        self.digest(f"source/{name}/{supplier}"),
                    )
                )  # fmt: skip
        line_, supplier_, authority, weight, starts_, time, success, digest = zip(*rows, strict=True)
        return Sources(
            ints(line_), ints(supplier_), ints(authority), floats(weight), ints(starts_), ints(time), floats(success),
            ints(digest),
        )  # fmt: skip

    def _suppliers(self) -> Suppliers:
        usable = {
            supplier for line in self.lines for supplier, source in line.sources.items() if source.qualification is None
        }
        used = {supplier for line in self.lines for supplier in line.sources}
        suppliers = self.scenario.suppliers
        return Suppliers(
            digest=ints(self.digest(f"supplier/{name}") for name in suppliers),
            country=tuple(supplier.country for supplier in suppliers.values()),
            authority=ints(
                -1 if supplier.authority is None else self.authorities[supplier.authority]
                for supplier in suppliers.values()
            ),
            slots=ints(supplier.slots for supplier in suppliers.values()),
            lead_time=ints(self.table.add(supplier.lead_time) for supplier in suppliers.values()),
            price=ints(math.floor(supplier.price * 1_000_000 + 0.5) for supplier in suppliers.values()),
            ramp_up=ints(supplier.ramp_up.minutes for supplier in suppliers.values()),
            open=ints(
                name in usable or name not in used or supplier.ramp_up.minutes == 0
                for name, supplier in suppliers.items()
            ),
        )

    def _stages(self) -> Stages:
        rows: list[tuple[int, int, int, int]] = []
        purposes = {number: name for name, number in PURPOSES.items()}
        for index, authority in enumerate(self.scenario.authorities.values()):
            case_by_case: Sequence[Stage] = authority.case_by_case.review if authority.case_by_case else ()
            for stage in (*authority.review, *case_by_case):
                purpose = address(f"work/{stage.stage}")
                other = purposes.setdefault(purpose, f"work/{stage.stage}")
                if other != f"work/{stage.stage}":
                    message = f"stage `{stage.stage}` has the same digest as `{other}`: rename it"
                    raise ScenarioError([Fault("", 0, 0, "", message)])
                rows.append((index, stage.officers, self.table.add(stage.work, index), purpose))
        columns = list(zip(*rows, strict=True)) if rows else [()] * 4
        return Stages(*map(ints, columns))

    def _authorities(self) -> Authorities:
        authorities = list(self.scenario.authorities.values())
        ordinary = [len(authority.review) for authority in authorities]
        special = [len(authority.case_by_case.review) if authority.case_by_case else 0 for authority in authorities]
        first = np.cumsum([0, *(a + b for a, b in zip(ordinary, special, strict=True))])[:-1]
        standards = [authority.service_standard for authority in authorities]
        return Authorities(
            digest=ints(self.digest(f"authority/{name}") for name in self.scenario.authorities),
            validity=ints(minutes_or_never(authority.validity) for authority in authorities),
            validity_calendar=ints(
                index if isinstance(authority.validity, Duration) and authority.validity.working else -1
                for index, authority in enumerate(authorities)
            ),
            approval=floats(authority.approval for authority in authorities),
            approval_case_by_case=floats(
                authority.case_by_case.approval if authority.case_by_case else authority.approval
                for authority in authorities
            ),
            stage_first=ints(first),
            stage_count=ints(ordinary),
            case_first=ints(first + np.array(ordinary, dtype=np.int64)) if authorities else ints(()),
            case_count=ints(special),
            standard=ints(-1 if standard is None else standard.minutes for standard in standards),
            standard_calendar=ints(
                index if standard is not None and standard.working else -1 for index, standard in enumerate(standards)
            ),
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
        incidents = self.scenario.incidents
        scope = [
            [
                (incident.destinations is None or line.destination in incident.destinations)
                and (incident.goods is None or line.goods in incident.goods)
                for line in self.lines
            ]
            for incident in incidents.values()
        ]
        return Incidents(
            digest=ints(self.digest(f"incident/{name}") for name in incidents),
            minute=ints(-1 if incident.on is None else self.minute(incident.on) for incident in incidents.values()),
            rate=floats(
                0.0 if incident.rate is None else float(incident.rate.per_year) * ONE_ARRIVAL / MINUTES_A_YEAR
                for incident in incidents.values()
            ),
            window=ints(incident.window.minutes for incident in incidents.values()),
            exposure=ints(incident.exposure.cents for incident in incidents.values()),
            scope=np.array(scope, dtype=bool).reshape(len(incidents), len(self.lines)),
        )

    def _cells(self) -> tuple[Int, Int, Int, Int]:
        shape = (len(self.authorities), len(self.places), len(self.programmes))
        cell = np.arange(math.prod(shape), dtype=np.int64).reshape(shape)
        authority, place, programme = (np.ascontiguousarray(axis.ravel()) for axis in np.indices(shape))
        return cell, ints(authority), ints(place), ints(programme)


def minutes_or_never(written: Any) -> int:
    """Minutes of a duration, -1 for `never`."""
    return written.minutes if isinstance(written, Duration) else -1
