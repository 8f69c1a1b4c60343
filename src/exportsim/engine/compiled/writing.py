"""The smallest acts of the compiled engine: writing a fact, planning an event, drawing, and the queues for desks."""

from __future__ import annotations

from exportsim import chance
from exportsim.engine.compiled.heap import event_key, event_note, push
from exportsim.engine.compiled.tables import (
    AGENDA,
    AGENDA_FIRST,
    AGENDA_LAST,
    AHEAD,
    ATTEMPT,
    BEHIND,
    BOUNDS,
    CALENDAR,
    CALENDAR_ORIGIN,
    COUNTERS,
    DESK,
    DESK_STATE,
    DESKS,
    DISTRIBUTION_REALS,
    DISTRIBUTIONS,
    END,
    EVENTS,
    EVENTS_FULL,
    FULL,
    FUTURE,
    KIND,
    MOST_EVENTS,
    MOST_ROWS,
    NOW,
    NUMBER,
    ORDER_LINE,
    ORDERS,
    POINT_COUNT,
    POINT_FIRST,
    POINT_XS,
    POINT_YS,
    QUEUE_FIRST,
    QUEUE_LAST,
    ROW_WIDTH,
    ROWS,
    ROWS_FULL,
    SEED,
    SOURCE,
    SOURCES,
    START,
    SUPPLIER,
    TAKEN,
    WORKING,
    WORKING_BEFORE,
    WORKING_DAY,
    State,
    World,
    add,
    get,
    given,
    given_run,
    put,
    real,
    real_run,
    size,
    width,
)
from exportsim.jit import compiled, wholes
from exportsim.working_time import advance

FOR_ARRIVAL = chance.PURPOSES["arrival"]


@compiled
def write(
    s: State, fact: int, line: int, order: int, attempt: int, supplier: int, detail: int, amount: int, cell: int
) -> None:
    """Write a row of the ledger; beyond the room there is, say so and write nothing."""
    place = get(s, COUNTERS, 0, ROWS)
    if place >= get(s, COUNTERS, 0, MOST_ROWS):
        put(s, COUNTERS, 0, FULL, ROWS_FULL)
        return
    row = wholes(s.row)
    first = place * ROW_WIDTH
    row[first] = get(s, COUNTERS, 0, NOW)
    row[first + 1] = fact
    row[first + 2] = line
    row[first + 3] = order
    row[first + 4] = attempt
    row[first + 5] = supplier
    row[first + 6] = detail
    row[first + 7] = amount
    row[first + 8] = cell
    put(s, COUNTERS, 0, ROWS, place + 1)


@compiled
def written(s: State, place: int, column: int) -> int:
    """A number of a row of the ledger."""
    return int(wholes(s.row)[place * ROW_WIDTH + column])


@compiled
def tell_of(w: World, s: State, o: int, attempt: int, source: int, fact: int, detail: int, cents: int) -> None:
    """Write a fact of any of an order's attempts."""
    supplier = given(w, SOURCES, source, SUPPLIER) if source >= 0 else -1
    write(s, fact, get(s, ORDERS, o, ORDER_LINE), get(s, ORDERS, o, NUMBER), attempt, supplier, detail, cents, -1)


@compiled
def tell(w: World, s: State, o: int, fact: int, detail: int, cents: int) -> None:
    """Write a fact of an order's present attempt."""
    tell_of(w, s, o, get(s, ORDERS, o, ATTEMPT), get(s, ORDERS, o, SOURCE), fact, detail, cents)


@compiled
def plan_event(
    w: World, s: State, minute: int, moment: int, entity: int, attempt: int, first: int, second: int
) -> None:
    """Plan an event, unless the run is over before it."""
    if minute >= given(w, BOUNDS, 0, END):
        return
    key = event_key(minute - given(w, BOUNDS, 0, START), moment, entity)
    planned = get(s, COUNTERS, 0, EVENTS)
    if planned >= get(s, COUNTERS, 0, MOST_EVENTS):
        put(s, COUNTERS, 0, FULL, EVENTS_FULL)
        return
    push(wholes(s.key), wholes(s.note), planned, key, event_note(attempt, first, second))
    put(s, COUNTERS, 0, EVENTS, planned + 1)


@compiled
def number(w: World, stream: int, entity: int, purpose: int, index: int) -> float:
    """The number in (0, 1) at an address."""
    return chance.uniform(given(w, BOUNDS, 0, SEED), given(w, BOUNDS, 0, FUTURE), stream, entity, purpose, index)


@compiled
def arrival_gap(w: World, stream: int, occurrence: int) -> int:
    """The hazard between an arrival and the one before it, in 2⁻³² arrivals."""
    return chance.gap(given(w, BOUNDS, 0, SEED), given(w, BOUNDS, 0, FUTURE), stream, occurrence, FOR_ARRIVAL)


@compiled
def draw(w: World, distribution: int, stream: int, entity: int, purpose: int, index: int) -> int:
    """A whole value of a distribution at an address."""
    first = given(w, DISTRIBUTIONS, distribution, POINT_FIRST)
    last = first + given(w, DISTRIBUTIONS, distribution, POINT_COUNT)
    return chance.draw(
        given(w, DISTRIBUTIONS, distribution, KIND),
        real(w, DISTRIBUTION_REALS, distribution, 0),
        real(w, DISTRIBUTION_REALS, distribution, 1),
        real(w, DISTRIBUTION_REALS, distribution, 2),
        real_run(w, POINT_XS, first, last),
        real_run(w, POINT_YS, first, last),
        given(w, BOUNDS, 0, SEED),
        given(w, BOUNDS, 0, FUTURE),
        stream,
        entity,
        purpose,
        index,
    )


@compiled
def later(w: World, s: State, minutes: int, calendar: int) -> int:
    """The minute after so many, on an authority's calendar or (-1) on the clock."""
    now = get(s, COUNTERS, 0, NOW)
    if calendar < 0:
        return now + minutes
    days = width(w, WORKING)
    working = given_run(w, WORKING, calendar * days, (calendar + 1) * days)
    before = given_run(w, WORKING_BEFORE, calendar * (days + 1), (calendar + 1) * (days + 1))
    day = given_run(w, WORKING_DAY, calendar * (days + 1), (calendar + 1) * (days + 1))
    return advance(given(w, BOUNDS, 0, CALENDAR_ORIGIN), working, before, day, now, minutes)


@compiled
def end_of(w: World, s: State, distribution: int, stream: int, entity: int, purpose: int, index: int) -> int:
    """When something that begins now and takes a drawn time will end."""
    minutes = draw(w, distribution, stream, entity, purpose, index)
    return later(w, s, minutes, given(w, DISTRIBUTIONS, distribution, CALENDAR))


@compiled
def take(s: State, o: int, desk: int) -> bool:
    """Take a desk if one is free, else join the end of its queue."""
    if get(s, DESK_STATE, desk, TAKEN) < get(s, DESK_STATE, desk, DESKS):
        add(s, DESK_STATE, desk, TAKEN, 1)
        return True
    last = get(s, DESK_STATE, desk, QUEUE_LAST)
    put(s, ORDERS, o, DESK, desk)
    put(s, ORDERS, o, AHEAD, last)
    put(s, ORDERS, o, BEHIND, -1)
    if last >= 0:
        put(s, ORDERS, last, BEHIND, o)
    else:
        put(s, DESK_STATE, desk, QUEUE_FIRST, o)
    put(s, DESK_STATE, desk, QUEUE_LAST, o)
    return False


@compiled
def quit_queue(s: State, o: int) -> None:
    """Leave the queue for a desk."""
    desk, ahead, behind = get(s, ORDERS, o, DESK), get(s, ORDERS, o, AHEAD), get(s, ORDERS, o, BEHIND)
    if ahead >= 0:
        put(s, ORDERS, ahead, BEHIND, behind)
    else:
        put(s, DESK_STATE, desk, QUEUE_FIRST, behind)
    if behind >= 0:
        put(s, ORDERS, behind, AHEAD, ahead)
    else:
        put(s, DESK_STATE, desk, QUEUE_LAST, ahead)


@compiled
def call(s: State, desk: int) -> None:
    """Give free desks to those who wait, first come first served; they go on when the order at hand must wait."""
    while get(s, DESK_STATE, desk, QUEUE_FIRST) >= 0 and get(s, DESK_STATE, desk, TAKEN) < get(
        s, DESK_STATE, desk, DESKS
    ):
        o = get(s, DESK_STATE, desk, QUEUE_FIRST)
        quit_queue(s, o)
        add(s, DESK_STATE, desk, TAKEN, 1)
        put(s, AGENDA, get(s, COUNTERS, 0, AGENDA_LAST), 0, o)
        put(s, COUNTERS, 0, AGENDA_LAST, (get(s, COUNTERS, 0, AGENDA_LAST) + 1) % size(s, AGENDA))


@compiled
def leave(s: State, desk: int) -> None:
    """Leave a desk to the first who waits."""
    add(s, DESK_STATE, desk, TAKEN, -1)
    call(s, desk)


@compiled
def resize(s: State, desk: int, number: int) -> None:
    """Set the number of desks: more are taken up at once, fewer finish what they hold."""
    put(s, DESK_STATE, desk, DESKS, number)
    call(s, desk)


@compiled
def next_on_agenda(s: State) -> int:
    """The next who has been given a desk, -1 if there is none."""
    first = get(s, COUNTERS, 0, AGENDA_FIRST)
    if first == get(s, COUNTERS, 0, AGENDA_LAST):
        return -1
    put(s, COUNTERS, 0, AGENDA_FIRST, (first + 1) % size(s, AGENDA))
    return get(s, AGENDA, first, 0)
