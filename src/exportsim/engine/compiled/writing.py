"""The smallest acts of the compiled engine: writing a fact, planning an event, drawing, and the queues for desks."""

from __future__ import annotations

from exportsim import chance
from exportsim.engine.compiled.heap import event_key, event_note, push
from exportsim.engine.compiled.tables import (
    AGENDA,
    AGENDA_FIRST,
    AGENDA_LAST,
    AHEAD,
    ALWAYS,
    ATTEMPT,
    BEHIND,
    CALENDAR,
    CALENDAR_ORIGIN,
    DESK,
    DESKS,
    END,
    EVENTS,
    FULL,
    FUTURE,
    HEAP,
    HEAP_FULL,
    KIND,
    LEDGER,
    LEDGER_FULL,
    NOW,
    NUMBER,
    ON_AGENDA,
    ORDER_LINE,
    POINT_COUNT,
    POINT_FIRST,
    POINT_XS,
    POINT_YS,
    QUEUE_FIRST,
    QUEUE_LAST,
    ROW_WIDTH,
    ROWS,
    SEED,
    SOURCE,
    START,
    SUPPLIER,
    TAKEN,
    WORKING,
    WORKING_BEFORE,
    WORKING_DAY,
    A,
    B,
    C,
    add,
    count,
    get,
    put,
    real,
    real_run,
    set_value,
    value,
    whole_run,
    width,
)
from exportsim.jit import compiled_part, inlined_part, put_whole, whole_at
from exportsim.plan import VALUES
from exportsim.working_time import advance

FOR_ARRIVAL = chance.PURPOSES["arrival"]


@compiled_part
def write(
    s: int, fact: int, line: int, order: int, attempt: int, supplier: int, detail: int, amount: int, cell: int
) -> None:
    """Write a row of the ledger; beyond the room there is, say so and write nothing."""
    row = value(s, ROWS)
    if row >= count(s, LEDGER):
        set_value(s, FULL, LEDGER_FULL)
        return
    ledger, first = whole_at(s, LEDGER), row * ROW_WIDTH
    put_whole(ledger, first, value(s, NOW))
    put_whole(ledger, first + 1, fact)
    put_whole(ledger, first + 2, line)
    put_whole(ledger, first + 3, order)
    put_whole(ledger, first + 4, attempt)
    put_whole(ledger, first + 5, supplier)
    put_whole(ledger, first + 6, detail)
    put_whole(ledger, first + 7, amount)
    put_whole(ledger, first + 8, cell)
    set_value(s, ROWS, row + 1)


@compiled_part
def tell_of(w: int, s: int, o: int, attempt: int, source: int, fact: int, detail: int, cents: int) -> None:
    """Write a fact of any of an order's attempts."""
    supplier = get(w, source, SUPPLIER) if source >= 0 else -1
    write(s, fact, get(s, o, ORDER_LINE), get(s, o, NUMBER), attempt, supplier, detail, cents, -1)


@compiled_part
def tell(w: int, s: int, o: int, fact: int, detail: int, cents: int) -> None:
    """Write a fact of an order's present attempt."""
    tell_of(w, s, o, get(s, o, ATTEMPT), get(s, o, SOURCE), fact, detail, cents)


@compiled_part
def plan_event(w: int, s: int, minute: int, moment: int, entity: int, attempt: int, first: int, second: int) -> None:
    """Plan an event, unless the run is over before it."""
    if minute >= value(w, END):
        return
    key = event_key(minute - value(w, START), moment, entity)
    planned = value(s, EVENTS)
    if planned >= count(s, HEAP):
        set_value(s, FULL, HEAP_FULL)
        return
    push(whole_at(s, HEAP), planned, key, event_note(attempt, first, second))
    set_value(s, EVENTS, planned + 1)


@inlined_part
def number(w: int, stream: int, entity: int, purpose: int, index: int) -> float:
    """The number in (0, 1) at an address."""
    return chance.uniform(value(w, SEED), value(w, FUTURE), stream, entity, purpose, index)


@inlined_part
def arrival_gap(w: int, stream: int, occurrence: int) -> int:
    """The hazard between an arrival and the one before it, in 2⁻³² arrivals."""
    return chance.gap(value(w, SEED), value(w, FUTURE), stream, occurrence, FOR_ARRIVAL)


@compiled_part
def draw(w: int, distribution: int, stream: int, entity: int, purpose: int, index: int) -> int:
    """A whole value of a distribution at an address."""
    always = get(w, distribution, ALWAYS)
    if always >= 0:
        return always
    u = number(w, stream, entity, purpose, index)
    kind = get(w, distribution, KIND)
    if kind < VALUES:
        a, b, c = real(w, distribution, A), real(w, distribution, B), real(w, distribution, C)
        return chance.whole(chance.by_parameters(kind, a, b, c, u))
    first = get(w, distribution, POINT_FIRST)
    last = first + get(w, distribution, POINT_COUNT)
    return chance.whole(
        chance.by_points(kind, real_run(w, POINT_XS, first, last), real_run(w, POINT_YS, first, last), u)
    )


@inlined_part
def later(w: int, s: int, minutes: int, calendar: int) -> int:
    """The minute after so many, on an authority's calendar or (-1) on the clock."""
    now = value(s, NOW)
    if calendar < 0:
        return now + minutes
    days = width(w, WORKING)
    working = whole_run(w, WORKING, calendar * days, (calendar + 1) * days)
    before = whole_run(w, WORKING_BEFORE, calendar * (days + 1), (calendar + 1) * (days + 1))
    day = whole_run(w, WORKING_DAY, calendar * (days + 1), (calendar + 1) * (days + 1))
    return advance(value(w, CALENDAR_ORIGIN), working, before, day, now, minutes)


@inlined_part
def end_of(w: int, s: int, distribution: int, stream: int, entity: int, purpose: int, index: int) -> int:
    """When something that begins now and takes a drawn time will end."""
    minutes = draw(w, distribution, stream, entity, purpose, index)
    return later(w, s, minutes, get(w, distribution, CALENDAR))


@compiled_part
def take(s: int, o: int, desk: int) -> bool:
    """Take a desk if one is free, else join the end of its queue."""
    if get(s, desk, TAKEN) < get(s, desk, DESKS):
        add(s, desk, TAKEN, 1)
        return True
    last = get(s, desk, QUEUE_LAST)
    put(s, o, DESK, desk)
    put(s, o, AHEAD, last)
    put(s, o, BEHIND, -1)
    if last >= 0:
        put(s, last, BEHIND, o)
    else:
        put(s, desk, QUEUE_FIRST, o)
    put(s, desk, QUEUE_LAST, o)
    return False


@compiled_part
def quit_queue(s: int, o: int) -> None:
    """Leave the queue for a desk."""
    desk, ahead, behind = get(s, o, DESK), get(s, o, AHEAD), get(s, o, BEHIND)
    if ahead >= 0:
        put(s, ahead, BEHIND, behind)
    else:
        put(s, desk, QUEUE_FIRST, behind)
    if behind >= 0:
        put(s, behind, AHEAD, ahead)
    else:
        put(s, desk, QUEUE_LAST, ahead)


@compiled_part
def call(s: int, desk: int) -> None:
    """Give free desks to those who wait, first come first served; they go on when the order at hand must wait."""
    while get(s, desk, QUEUE_FIRST) >= 0 and get(s, desk, TAKEN) < get(s, desk, DESKS):
        o = get(s, desk, QUEUE_FIRST)
        quit_queue(s, o)
        add(s, desk, TAKEN, 1)
        last = value(s, AGENDA_LAST)
        put(s, last, ON_AGENDA, o)
        set_value(s, AGENDA_LAST, last + 1 if last + 1 < count(s, AGENDA) else 0)


@compiled_part
def leave(s: int, desk: int) -> None:
    """Leave a desk to the first who waits."""
    add(s, desk, TAKEN, -1)
    call(s, desk)


@compiled_part
def resize(s: int, desk: int, number: int) -> None:
    """Set the number of desks: more are taken up at once, fewer finish what they hold."""
    put(s, desk, DESKS, number)
    call(s, desk)


@compiled_part
def next_on_agenda(s: int) -> int:
    """The next who has been given a desk, -1 if there is none."""
    first = value(s, AGENDA_FIRST)
    if first == value(s, AGENDA_LAST):
        return -1
    set_value(s, AGENDA_FIRST, first + 1 if first + 1 < count(s, AGENDA) else 0)
    return get(s, first, ON_AGENDA)
