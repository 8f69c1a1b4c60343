"""Rules about production slots, lead times and qualification."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import NamedTuple

from exportsim.invariants.ledger_reading import Bounds, Cell, LedgerReading, Order, bounds
from exportsim.invariants.rule import Broken, Rule
from exportsim.lifecycle import Fact, State

BEFORE_CALL_OFFS, CALLED_OFF, AFTER_CALL_OFFS = range(3)
COSTLY = {"case_by_case", "hold", "deny"}


class Part(NamedTuple):
    """A finished part: when it could be begun at the soonest, and when it was finished, in which row."""

    asked: int
    turn: tuple[int, ...]
    """Among those that could be begun in its minute."""
    finished: int
    row: int
    certain: bool
    """Whether it could be begun then, rather than at some time from then on."""


def _parts(reading: LedgerReading) -> dict[int, list[Part]]:
    """The finished parts of each supplier, in the order in which they asked for a slot."""
    if "parts" not in reading.shared:
        reading.shared["parts"] = _read_parts(reading)
    found: dict[int, list[Part]] = reading.shared["parts"]
    return found


def _read_parts(reading: LedgerReading) -> dict[int, list[Part]]:
    found: dict[int, list[Part]] = {}
    for order in reading.orders.values():
        for attempt in order.attempts.values():
            asked = attempt.sourced if attempt.cell is None else attempt.approved
            for number in attempt.rows:
                if reading.facts[number] is Fact.FINISHED:
                    if 0 <= asked < number:
                        found.setdefault(attempt.supplier, []).append(_part(reading, order, asked, number))
                    asked = number
    return {supplier: sorted(parts, key=lambda part: (part.asked, part.turn)) for supplier, parts in found.items()}


def _part(reading: LedgerReading, order: Order, asked: int, number: int) -> Part:
    """A part that was finished in a row, of which nothing but its being called off stood in the way since another."""
    plan, minute, finished = reading.lines[order.line].deliveries, reading.minutes[asked], reading.minutes[number]
    apart = reading.rows[number][6] - 1
    (first, latest_first), (every, latest_every) = (
        Bounds(0, 0) if written is None else bounds(written) for written in (plan.first, plan.every)
    )
    due = reading.minutes[order.rows[0]] + first + apart * every
    exact = first == latest_first and (every == latest_every or not apart)
    if due > minute:
        return Part(due, (CALLED_OFF, order.rank), finished, number, exact)
    turn = AFTER_CALL_OFFS if _is_after_call_offs(reading, asked) else BEFORE_CALL_OFFS
    return Part(minute, (turn, asked), finished, number, exact)


def _is_after_call_offs(reading: LedgerReading, row: int) -> bool:
    """Whether a row comes after a patience or an arrival of its minute, and so after the parts that are called off."""
    if "late rows" not in reading.shared:
        late: dict[int, int] = {}
        for number, fact in enumerate(reading.facts):
            order = reading.order_of[number]
            others = fact is Fact.APPLIED and order is not None and order.line < 0
            gave_up = fact in (Fact.WITHDRAWN, Fact.LOST) and reading.before[number] is not State.SOURCING
            if fact is Fact.ORDERED or others or gave_up:
                late.setdefault(reading.minutes[number], number)
        reading.shared["late rows"] = late
    first: int = reading.shared["late rows"].get(reading.minutes[row], len(reading.rows))
    return row >= first


def parts_take_the_time_they_can(reading: LedgerReading) -> Broken:
    """No part is finished sooner than its supplier's lead time can be."""
    for supplier, parts in _parts(reading).items():
        least, _ = bounds(reading.suppliers[supplier].lead_time)
        for part in parts:
            if part.finished - part.asked < least:
                yield part.row, f"begun at minute {part.asked} at the soonest, it takes at least {least} minutes"


def _slots_at_first(reading: LedgerReading, supplier: int) -> int:
    """The slots that a supplier has from the start."""
    name, written = reading.supplier_names[supplier], reading.suppliers[supplier]
    uses = [line.sources[name] for line in reading.lines if name in line.sources]
    usable = not uses or any(source.qualification is None for source in uses)
    return written.slots if usable or written.ramp_up.minutes == 0 else 0


def slots_are_never_over_capacity(reading: LedgerReading) -> Broken:
    """A supplier never produces more parts at once than it has open slots (as far as the shortest lead time shows)."""
    opened = _openings(reading)
    for supplier, parts in _parts(reading).items():
        least, _ = bounds(reading.suppliers[supplier].lead_time)
        if least <= 0:
            continue
        begun = sorted(part.finished - least for part in parts)
        ended = sorted(part.finished for part in parts)
        for part in parts:
            minute = part.finished - least
            busy = bisect_right(begun, minute) - bisect_right(ended, minute)
            slots = _slots_at_first(reading, supplier) + bisect_right(opened.get(supplier, []), minute)
            if busy > slots:
                yield part.row, f"{busy} parts were in production at minute {minute}, in {slots} slots"


def slots_are_served_first_come_first_served(reading: LedgerReading) -> Broken:
    """Where lead times are constant, parts are begun in the order in which they asked, as soon as a slot is free."""
    opened = _openings(reading)
    for supplier, parts in _parts(reading).items():
        least, most = bounds(reading.suppliers[supplier].lead_time)
        if least <= 0 or most != least or not all(part.certain for part in parts):
            continue
        begun = sorted(part.finished - least for part in parts)
        ended = sorted(part.finished for part in parts)
        latest = reading.start
        for part in parts:
            minute = part.finished - least
            if minute < latest:
                yield part.row, f"begun at minute {minute}, before one that had asked earlier, at {latest}"
            latest = max(latest, minute)
            before = minute - 1  # every part begun by then is finished by now, so all are known
            if before >= part.asked:
                busy = bisect_right(begun, before) - bisect_right(ended, before)
                slots = _slots_at_first(reading, supplier) + bisect_right(opened.get(supplier, []), before)
                if busy < slots:
                    yield part.row, f"it waited at minute {before}, though {slots - busy} slots were free"


def _openings(reading: LedgerReading) -> dict[int, list[int]]:
    opened: dict[int, list[int]] = {}
    for number in reading.by_fact[Fact.SLOT_OPENED]:
        opened.setdefault(reading.rows[number][5], []).append(reading.minutes[number])
    return opened


def slots_open_evenly_from_the_first_qualification(reading: LedgerReading) -> Broken:
    """A supplier that nobody could use opens its slots one by one over its ramp-up, the first at once."""
    first: dict[int, Bounds] = {}
    disrupted = _disruptions(reading)
    for number in reading.by_fact[Fact.QUALIFIED]:
        supplier, (least, most) = reading.rows[number][5], _qualified_between(reading, number, disrupted)
        earliest, latest = first.get(supplier, (reading.end, reading.end))
        first[supplier] = Bounds(min(least, earliest), min(most, latest or 0))
    opened: dict[int, list[int]] = {}
    for number in reading.by_fact[Fact.SLOT_OPENED]:
        opened.setdefault(reading.rows[number][5], []).append(number)
    for supplier, written in enumerate(reading.suppliers):
        rows = opened.get(supplier, [])
        if supplier not in first or _slots_at_first(reading, supplier):
            for number in rows:
                yield number, "its slots are open from the start, or not yet"
            continue
        slots, ramp_up, gaps = written.slots, written.ramp_up.minutes, max(written.slots - 1, 1)
        earliest, latest = first[supplier].least, first[supplier].most or 0
        for slot, number in enumerate(rows, 1):
            minute, share = reading.minutes[number], (slot - 1) * ramp_up
            if reading.rows[number][6] != slot:
                yield number, f"slot {reading.rows[number][6]} opens as number {slot}"
            too_soon = 2 * ((minute - earliest) * gaps - share) < -gaps
            too_late = minute > reading.start and 2 * ((minute - latest) * gaps - share) > gaps
            if slot > slots or too_soon or too_late:
                after = minute - earliest
                yield number, f"slot {slot} of {slots} opens {after} minutes after the first qualification"
        due = sum(latest + -(-slot * ramp_up // gaps) < reading.end for slot in range(slots))
        if len(rows) < due:
            yield len(reading.rows), f"{reading.supplier_names[supplier]} opened {len(rows)} slots of {due}"


def sources_qualify_once_and_in_time(reading: LedgerReading) -> Broken:
    """A source qualifies at most once, if it has to, and no sooner than its start and one try allow."""
    seen: set[tuple[int, int]] = set()
    disrupted = _disruptions(reading)
    for number in reading.by_fact[Fact.QUALIFIED]:
        line, supplier = reading.rows[number][2], reading.rows[number][5]
        source = reading.source(line, supplier)
        if source is None or source.qualification is None:
            yield number, "no source that has to qualify"
            continue
        if (line, supplier) in seen:
            yield number, "it had qualified before"
        seen.add((line, supplier))
        starts = _start_of(reading, line, source.qualification.starts, disrupted)
        least, most = bounds(source.qualification.time)
        if starts is None:
            yield number, "the line has not been disrupted"
        elif reading.minutes[number] < max(starts + max(least, 1), reading.start):
            yield number, f"qualifying began at minute {starts} and takes at least {max(least, 1)} minutes"
        elif (
            source.qualification.success == 1
            and most is not None
            and reading.minutes[number] > max(starts + max(most, 1), reading.start)
        ):
            yield number, f"qualifying began at minute {starts} and takes at most {max(most, 1)} minutes"
    for line, written in enumerate(reading.lines):
        for name, source in written.sources.items():
            programme = source.qualification
            if programme is None or (line, reading.supplier_index[name]) in seen or programme.success < 1:
                continue
            starts, most = _start_of(reading, line, programme.starts, disrupted), bounds(programme.time).most
            if starts is not None and most is not None and starts + max(most, 1) < reading.end:
                yield len(reading.rows), f"{name} never qualified for {reading.line_names[line]}"


def _qualified_between(reading: LedgerReading, number: int, disrupted: dict[int, int]) -> tuple[int, int]:
    """When a source that is written to be qualified really came to be: perhaps before the run's first minute."""
    minute, line = reading.minutes[number], reading.rows[number][2]
    source = reading.source(line, reading.rows[number][5])
    programme = None if source is None else source.qualification
    starts = None if programme is None else _start_of(reading, line, programme.starts, disrupted)
    if minute > reading.start or programme is None or starts is None:
        return minute, minute
    least, most = bounds(programme.time)
    latest = minute if most is None or programme.success < 1 else min(starts + max(most, 1), minute)
    return min(starts + max(least, 1), minute), latest


def _start_of(reading: LedgerReading, line: int, starts: str | date, disrupted: dict[int, int]) -> int | None:
    return reading.minute_of(starts) if isinstance(starts, date) else disrupted.get(line)


def _disruptions(reading: LedgerReading) -> dict[int, int]:
    """The minute of each line's first disruption: its first denial, or the day of the first measure that bites it."""
    rows = [*reading.by_fact[Fact.DENIED], *reading.by_fact[Fact.CANCELLED]]
    found: dict[int, int] = {}
    for number in sorted(rows):
        if reading.rows[number][2] >= 0:
            found.setdefault(reading.rows[number][2], reading.minutes[number])
    for row, branch in reading.acts():
        if not branch.act.applications and not branch.act.permits:
            continue
        decided = branch.measure.on  # perhaps before the run: then it has counted since
        day = reading.minutes[row] if decided is None else reading.minute_of(decided)
        for line in range(len(reading.lines)):
            if any(_bites(reading, cell, row) for cell in reading.cells_of_line(line)):
                found[line] = min(found.get(line, reading.end), day)
    return found


def _bites(reading: LedgerReading, cell: Cell, row: int) -> bool:
    before, after = reading.regime(cell, row - 1), reading.regime(cell, row)
    return (before[0] != after[0] and after[0] in COSTLY) or (before[1] != after[1] and after[1] == "suspended")


RULES: tuple[Rule, ...] = (
    parts_take_the_time_they_can,
    slots_are_never_over_capacity,
    slots_are_served_first_come_first_served,
    slots_open_evenly_from_the_first_qualification,
    sources_qualify_once_and_in_time,
)
