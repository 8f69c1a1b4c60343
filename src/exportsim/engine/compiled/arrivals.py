"""What arrives, in the compiled engine: orders from rates or registers, and the other applications of authorities."""

from __future__ import annotations

from exportsim.chance import PURPOSES, minute_of
from exportsim.engine.compiled.orders import live, pass_traffic
from exportsim.engine.compiled.tables import (
    ATTEMPT,
    AUTHORITIES,
    BOUNDS,
    COUNT,
    COUNTERS,
    END,
    HAZARD,
    LINE_REALS,
    LINES,
    LOSSES,
    NUMBER,
    OPEN,
    ORDER_LINE,
    ORDER_PARTS,
    ORDER_VALUE,
    ORDERS,
    PARTS,
    PIECE_COUNT,
    PIECE_FIRST,
    PIECE_HAZARDS,
    PIECE_RATES,
    PIECE_STARTS,
    PROGRAMME,
    RANKS,
    RECORD_CENTS,
    RECORD_COUNT,
    RECORD_FIRST,
    RECORD_MINUTE,
    RECORD_PROGRAMME,
    RECORDS,
    RUN_STREAM,
    SOURCE,
    STAGE,
    STAGE_COUNT,
    STAGE_END,
    STAGE_FIRST,
    STREAM_DIGEST,
    STREAM_STATE,
    STREAMS,
    TRAFFIC,
    VALUE,
    State,
    World,
    add,
    count,
    get,
    given,
    given_run,
    put,
    real_run,
    width,
    world_of,
)
from exportsim.engine.compiled.writing import arrival_gap, draw, number, plan_event, tell, write
from exportsim.jit import compiled
from exportsim.lifecycle import Fact, Moment
from exportsim.plan import MOST_PARTS, NEVER, Float, Int
from exportsim.rules import programme_of

ARRIVAL = int(Moment.ARRIVAL)
ORDERED, APPLIED = int(Fact.ORDERED), int(Fact.APPLIED)
FOR_ARRIVAL, FOR_VALUE = PURPOSES["arrival"], PURPOSES["value"]
FOR_PROGRAMME, FOR_PARTS = PURPOSES["programme"], PURPOSES["parts"]


@compiled
def arrival_after(w: World, stream: int, hazard: int, occurrence: int) -> tuple[int, int]:
    """The minute of a stream's ``occurrence``-th arrival, and the hazard accumulated by then.

    Parameters
    ----------
    hazard : int
        Accumulated by the arrival before it.
    """
    if stream < count(w, LINES) and given(w, STREAMS, stream, RECORD_FIRST) >= 0:
        if occurrence > given(w, STREAMS, stream, RECORD_COUNT):
            return NEVER, 0
        return given(w, RECORDS, given(w, STREAMS, stream, RECORD_FIRST) + occurrence - 1, RECORD_MINUTE), 0
    hazard += arrival_gap(w, given(w, STREAMS, stream, STREAM_DIGEST), occurrence)
    first = given(w, STREAMS, stream, PIECE_FIRST)
    last = first + given(w, STREAMS, stream, PIECE_COUNT)
    starts, hazards = given_run(w, PIECE_STARTS, first, last), given_run(w, PIECE_HAZARDS, first, last)
    return minute_of(hazard, starts, hazards, real_run(w, PIECE_RATES, first, last)), hazard


@compiled
def next_arrival(w: World, s: State, stream: int) -> None:
    """Plan a stream's next arrival."""
    add(s, STREAM_STATE, stream, COUNT, 1)
    before, occurrence = get(s, STREAM_STATE, stream, HAZARD), get(s, STREAM_STATE, stream, COUNT)
    minute, hazard = arrival_after(w, stream, before, occurrence)
    put(s, STREAM_STATE, stream, HAZARD, hazard)
    plan_event(w, s, minute, ARRIVAL, stream, 0, 0, 0)


@compiled
def arrive(w: World, s: State, stream: int) -> None:
    """An order, or another application, arrives, and its life begins."""
    o, occurrence = get(s, COUNTERS, 0, RANKS), get(s, STREAM_STATE, stream, COUNT)
    put(s, COUNTERS, 0, RANKS, o + 1)
    put(s, ORDERS, o, ORDER_LINE, stream)
    put(s, ORDERS, o, NUMBER, occurrence)
    put(s, ORDERS, o, RUN_STREAM, given(w, STREAMS, stream, STREAM_DIGEST))
    put(s, ORDERS, o, SOURCE, -1)
    next_arrival(w, s, stream)
    if stream < count(w, LINES):
        order(w, s, o)
        live(w, s, o)
        return
    authority = stream - count(w, LINES)
    write(s, APPLIED, -1, occurrence, 1, -1, authority, 0, -1)
    add(s, TRAFFIC, authority, 0, 1)
    put(s, ORDERS, o, ATTEMPT, 1)
    put(s, ORDERS, o, STAGE, given(w, AUTHORITIES, authority, STAGE_FIRST))
    put(s, ORDERS, o, STAGE_END, get(s, ORDERS, o, STAGE) + given(w, AUTHORITIES, authority, STAGE_COUNT))
    pass_traffic(w, s, o)


@compiled
def order(w: World, s: State, o: int) -> None:
    """Draw what an order is, unless its record says."""
    line, entity, digest = get(s, ORDERS, o, ORDER_LINE), get(s, ORDERS, o, NUMBER), get(s, ORDERS, o, RUN_STREAM)
    value = programme = -1
    if given(w, STREAMS, line, RECORD_FIRST) >= 0:
        record = given(w, STREAMS, line, RECORD_FIRST) + entity - 1
        value, programme = given(w, RECORDS, record, RECORD_CENTS), given(w, RECORDS, record, RECORD_PROGRAMME)
    if value < 0:
        value = draw(w, given(w, LINES, line, VALUE), digest, entity, FOR_VALUE, 0)
    if programme < 0:
        columns = width(w, LINE_REALS)
        programmes = real_run(w, LINE_REALS, line * columns + LOSSES, (line + 1) * columns)
        programme = programme_of(programmes, number(w, digest, entity, FOR_PROGRAMME, 0))
    value = max(value, 1)
    parts = draw(w, given(w, LINES, line, PARTS), digest, entity, FOR_PARTS, 0)
    put(s, ORDERS, o, ORDER_VALUE, value)
    put(s, ORDERS, o, OPEN, value)
    put(s, ORDERS, o, PROGRAMME, programme)
    put(s, ORDERS, o, ORDER_PARTS, min(max(parts, 1), value, MOST_PARTS))
    tell(w, s, o, ORDERED, programme, value)


@compiled
def count_arrivals(whole: Int, real: Float) -> int:
    """How many orders and other applications a run has: they come whatever else happens."""
    w = world_of(whole, real)
    total = 0
    for stream in range(count(w, STREAMS)):
        hazard = occurrence = 0
        while True:
            occurrence += 1
            minute, hazard = arrival_after(w, stream, hazard, occurrence)
            if minute >= given(w, BOUNDS, 0, END):
                break
            total += 1
    return total
