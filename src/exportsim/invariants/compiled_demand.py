"""Demand lines, their arrivals, records and sources, and suppliers, held against the scenario."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from exportsim.invariants.compiled import (
    Compiled,
    Faults,
    PlanRule,
    carried,
    close,
    hazard,
    minutes,
    never,
    same,
    stages_of,
    tiles,
)
from exportsim.invariants.recorded import bound_until, stages_reached
from exportsim.invariants.stated import NO_PROGRAMME, chances_of, digest, exact
from exportsim.plan import AT_DISRUPTION, FROM_THE_START, LOSSES, NEVER
from exportsim.scenario.quantities import Rate
from exportsim.scenario.register import records_of
from exportsim.scenario.schema import Register

ROUNDING = Fraction(1, 2**50)  # relative: a product of floats, and its parts
TINY = Fraction(1, 10**9)  # chances add up to 1 within this


def lines_buy_what_was_written(compiled: Compiled) -> Faults:
    """A line has its destination, its goods, its patience and trust; lines of one destination and goods one place."""
    plan = compiled.plan
    lines, names = plan.lines, plan.names
    places: dict[int, tuple[str, str]] = {}
    for index, (_, line) in enumerate(compiled.lines):
        pair, place = (line.destination, line.goods), int(lines.place[index])
        if not 0 <= place < plan.cell.shape[1] or places.setdefault(place, pair) != pair:
            yield f"lines.place[{index}]", f"found {place}, which is not the place of {pair}"
        yield from same(f"lines.loss[{index}]", lines.loss[index], [dict(line.trust.loss)[act] for act in LOSSES])
        yield from same(f"lines.half_life[{index}]", int(lines.half_life[index]), never(line.trust.half_life))
        ahead = line.anticipation
        share, within = (0.0, 0) if ahead is None else (float(ahead.share), minutes(ahead.within))
        yield from same(f"lines.ahead_share[{index}]", float(lines.ahead_share[index]), share)
        yield from same(f"lines.ahead_within[{index}]", int(lines.ahead_within[index]), within)
        for key in ("hold", "case_by_case", "deny"):
            column, share = f"filing_{key}", getattr(line.filing, key)
            yield from same(
                f"lines.{column}[{index}]", float(getattr(lines, column)[index]), -1.0 if share is None else share
            )
        yield from same(f"lines.filing_lag[{index}]", int(lines.filing_lag[index]), minutes(line.filing.lag))
        for name, written in (("destination", line.destination), ("goods", line.goods)):
            found, listed = int(getattr(lines, name)[index]), getattr(names, f"{name.rstrip('s')}s")
            if not (0 <= found < len(listed) and listed[found] == written):
                yield f"lines.{name}[{index}]", f"found {found}, which is not {written}"
    if len(places) != len(set(places.values())) or len(places) != plan.cell.shape[1]:
        yield "lines.place", f"found {places}, expected one place for each destination and goods"


def parts_are_worth_their_shares(compiled: Compiled) -> Faults:
    """A line has the shares that are written, and an order of it is worth so much that each part is worth a cent."""
    lines = compiled.plan.lines
    yield from tiles("lines.share_first", lines.share_first.tolist(), lines.share_count.tolist(), len(lines.share))
    for index, (_, line) in enumerate(compiled.lines):
        shares, first = line.deliveries.shares or [], int(lines.share_first[index])
        yield from same(f"lines.share_count[{index}]", int(lines.share_count[index]), len(shares))
        yield from same(f"lines.share[{index}]", lines.share[first : first + len(shares)], shares)
        least = max((-(-sum(shares) // share) for share in shares), default=1)
        yield from same(f"lines.least[{index}]", int(lines.least[index]), least)


def programmes_have_their_chances(compiled: Compiled) -> Faults:
    """What is added to the cumulated chance at a programme is its chance: 1 is reached where no order has none."""
    plan = compiled.plan
    for index, (_, line) in enumerate(compiled.lines):
        yield from same(f"lines.programme[{index}]", len(plan.lines.programme[index]), len(plan.names.programmes) - 1)
        chances, reached = chances_of(line.programmes), Fraction(0)
        for column, name in enumerate(plan.names.programmes[1:]):
            reached += chances.get(name, Fraction(0))
            path, found = f"lines.programme[{index}, {column}]", float(plan.lines.programme[index, column])
            yield from close(path, found, reached, 0 if reached == 1 else ROUNDING)


def lines_have_the_programmes_of_their_orders(compiled: Compiled) -> Faults:
    """A line may have a programme if an order of it may: by chance, or by a record within the run."""
    plan = compiled.plan
    for index in range(len(compiled.lines)):
        may_have = compiled.programmes(index)
        expected = [name in may_have for name in plan.names.programmes]
        yield from same(f"lines.may_have[{index}]", plan.lines.may_have[index], expected)


def orders_arrive_at_the_rates_written(compiled: Compiled) -> Faults:
    """Nothing arrives before the first date of a rate; from a date on its rate holds, and what is expected adds up."""
    streams = compiled.plan.streams
    rates = [None if isinstance(line.orders, Register) else line.orders for _, line in compiled.lines]
    rates += [authority.traffic.applications for _, authority in compiled.authorities]
    first, number = streams.first.tolist(), streams.pieces.tolist()
    for column in ("start", "hazard", "rate"):
        yield from tiles(f"streams.first of {column}", first, number, len(getattr(streams, column)))
    yield from same("streams.first", len(first), len(rates))
    for stream, rate in enumerate(rates):
        dated: dict[date, Rate] = {} if rate is None else rate if isinstance(rate, dict) else {compiled.first_day: rate}
        written = [(compiled.minute(day), hazard(dated[day])) for day in sorted(dated)]
        expected = [(compiled.minute(compiled.first_day), Fraction(0)), *written]
        yield from same(f"streams.pieces[{stream}]", number[stream], len(expected))
        for change in range(min(len(expected), number[stream], len(streams.start) - first[stream])):
            piece = first[stream] + change
            minute, speed = expected[change]
            yield from same(f"streams.start[{piece}]", int(streams.start[piece]), minute)
            yield from close(f"streams.rate[{piece}]", float(streams.rate[piece]), speed, speed * ROUNDING)
            since, before = expected[change - 1] if change else (minute, Fraction(0))
            came, known = before * (minute - since), int(streams.hazard[piece - 1]) if change else 0
            allowed = Fraction(1, 2) + came * ROUNDING
            yield from close(f"streams.hazard[{piece}]", int(streams.hazard[piece]), known + came, allowed)


def records_are_those_of_the_registers(compiled: Compiled) -> Faults:
    """A register's records within the run are there by date and row, with their cents and programme if it has them."""
    plan, streams = compiled.plan, compiled.plan.streams
    reached = 0
    index_of = {name: index for index, name in enumerate(plan.names.programmes)}
    yield from same("streams.record_first", len(streams.record_first), len(compiled.lines))
    for index, (_, line) in enumerate(compiled.lines):
        records = compiled.records[index]
        has_programmes = isinstance(line.orders, Register) and line.orders.programme is not None
        yield from same(
            f"streams.record_first[{index}]", int(streams.record_first[index]), -1 if records is None else reached
        )
        yield from same(f"streams.record_count[{index}]", int(streams.record_count[index]), len(records or ()))
        part = slice(reached, reached + len(records or ()))
        reached = part.stop
        for name, expected in (
            ("minute", [compiled.minute(record.when) for record in records or ()]),
            ("cents", [-1 if record.cents is None else record.cents for record in records or ()]),
            (
                "programme",
                [
                    index_of.get(record.programme or NO_PROGRAMME, -2) if has_programmes else -1
                    for record in records or ()
                ],
            ),
        ):
            yield from same(f"streams.record_{name}[{index}]", getattr(streams, f"record_{name}")[part], expected)
    for name in ("minute", "cents", "programme", "decided", "outcome", "expires", "stage", "turn"):
        yield from same(f"streams.record_{name}", len(getattr(streams, f"record_{name}")), reached)


def decisions_are_those_of_the_registers(compiled: Compiled) -> Faults:
    """What a register says of decisions stands beside its records, and binds until policies differ or its day."""
    streams, every = compiled.plan.streams, records_of(compiled.scenario)
    to_start, reached = compiled.scenario.period.start.toordinal() * 1440, 0
    for index, (name, line) in enumerate(compiled.lines):
        records = every.get(name)
        tells = isinstance(line.orders, Register) and line.orders.decided is not None
        until = bound_until(compiled.scenario, name) if tells else compiled.minute(compiled.first_day)
        path = f"lines.bound_until[{index}]"
        yield from same(path, int(compiled.plan.lines.bound_until[index]), NEVER if until is None else until)
        if records is None:
            continue
        places = sorted(range(len(records)), key=records.minutes.__getitem__)  # by date, then by row
        first, reached = reached, reached + len(records)
        for place, record in enumerate(places, start=first):
            decided, outcome, expires = (
                (-1, -1, -1) if records.decisions is None else (column[record] for column in records.decisions[:3])
            )
            for column, minute in (("decided", decided), ("expires", expires)):
                expected = NEVER if minute < 0 else minute - to_start
                found = int(getattr(streams, f"record_{column}")[place])
                yield from same(f"streams.record_{column}[{place}]", found, expected)
            yield from same(f"streams.record_outcome[{place}]", int(streams.record_outcome[place]), outcome)


def applications_stand_where_the_registers_say(compiled: Compiled) -> Faults:
    """What is open on the day of which a register tells stands at the stage that it names, in the order of its days."""
    plan, every = compiled.plan, records_of(compiled.scenario)
    to_start, order = compiled.scenario.period.start.toordinal() * 1440, list[tuple[int, int, int]]()
    for name, line in compiled.lines:
        records = every.get(name)
        if records is None or not isinstance(line.orders, Register):
            continue
        told = line.orders.as_of is not None and bound_until(compiled.scenario, name) == compiled.minute(
            line.orders.as_of
        )
        offices = [office for supplier in line.sources if (office := compiled.licensor(line, supplier)) is not None]
        named = [
            f"{office}/{stage.stage}"
            for office in offices[:1]
            for stage in stages_reached(line, stages_of(compiled.scenario.authorities[office]))
        ]
        for place in sorted(range(len(records)), key=records.minutes.__getitem__):
            found = plan.streams.record_stage[len(order)]
            stage = since = -1
            if told and records.decisions is not None:
                stage, since = records.decisions.stages[place], records.decisions.since[place]
            expected = -1 if stage < 0 else plan.names.stages.index(named[stage])
            yield from same(f"streams.record_stage[{len(order)}]", int(found), expected)
            came = records.minutes[place] - to_start
            order.append((came if since < 0 else since - to_start, came, len(order)))
    turns = {place: turn for turn, (_, _, place) in enumerate(sorted(order))}
    expected_turns = [turns[place] for place in range(len(order))]
    yield from same("streams.record_turn", plan.streams.record_turn, expected_turns)


def licences_are_those_of_the_registers(compiled: Compiled) -> Faults:
    """Where any register says `id`, each order of each that does has its licence's own number, by date, then by row."""
    every, expected = records_of(compiled.scenario), []
    for name, _ in compiled.lines:
        records = every.get(name)
        ids = [] if records is None or records.ids is None else zip(records.minutes, records.ids, strict=True)
        expected.append(tuple(number for _, number in sorted(ids, key=lambda dated: dated[0])))
    said = any(isinstance(line.orders, Register) and line.orders.id is not None for _, line in compiled.lines)
    yield from same("names.licences", compiled.plan.names.licences, expected if said else [])


def sources_are_those_of_their_lines(compiled: Compiled) -> Faults:
    """Each use of a supplier stands at its line, with the authority whose permit it needs and how it qualifies."""
    plan, sources = compiled.plan, compiled.plan.sources
    yield from tiles(
        "lines.source_first", plan.lines.source_first.tolist(), plan.lines.source_count.tolist(), len(sources.line)
    )
    written = [(index, line, name) for index, (_, line) in enumerate(compiled.lines) for name in line.sources]
    for number, (index, line, name) in enumerate(written):
        source = line.sources[name]
        licensor, qualification = compiled.licensor(line, name), source.qualification
        starts = FROM_THE_START
        if qualification is not None:
            starts = AT_DISRUPTION if qualification.starts == "disruption" else compiled.minute(qualification.starts)
        yield from carried(
            "sources",
            sources,
            number,
            source,
            line=index,
            supplier=compiled.supplier_names.index(name),
            authority=-1 if licensor is None else compiled.authority_names.index(licensor),
            starts=starts,
            success=1.0 if qualification is None else qualification.success,
            digest=digest(f"source/{compiled.lines[index][0]}/{name}"),
        )
    for index, (_, line) in enumerate(compiled.lines):
        yield from same(f"lines.source_count[{index}]", int(plan.lines.source_count[index]), len(line.sources))


def suppliers_are_those_written(compiled: Compiled) -> Faults:
    """A supplier has its country, authority, slots, price and ramp-up, and opens at once or slot by slot."""
    suppliers = compiled.plan.suppliers
    for index, (name, supplier) in enumerate(compiled.suppliers):
        uses = [line.sources[name] for _, line in compiled.lines if name in line.sources]
        waits = bool(uses) and all(use.qualification is not None for use in uses)
        at_once = not waits or not minutes(supplier.ramp_up)
        office = -1 if supplier.authority is None else compiled.authority_names.index(supplier.authority)
        in_millionths = suppliers.price[index].item()  # looked at below
        yield from carried(
            "suppliers", suppliers, index, supplier, authority=office, open=int(at_once), price=in_millionths
        )
        price, allowed = exact(supplier.price) * 10**6, Fraction(1, 2) + TINY
        yield from close(f"suppliers.price[{index}]", int(suppliers.price[index]), price, allowed)


RULES: tuple[PlanRule, ...] = (
    lines_buy_what_was_written,
    parts_are_worth_their_shares,
    programmes_have_their_chances,
    lines_have_the_programmes_of_their_orders,
    orders_arrive_at_the_rates_written,
    records_are_those_of_the_registers,
    decisions_are_those_of_the_registers,
    applications_stand_where_the_registers_say,
    licences_are_those_of_the_registers,
    sources_are_those_of_their_lines,
    suppliers_are_those_written,
)
