"""What arrives, in the compiled engine: orders from rates or registers, and the other applications of authorities."""

from __future__ import annotations

from exportsim.chance import PURPOSES, minute_of
from exportsim.engine.compiled.orders import live, pass_traffic
from exportsim.engine.compiled.tables import (
    ATTEMPT,
    COUNT,
    EXCLUDED,
    FULL,
    HAZARD,
    LINES,
    NUMBER,
    OPEN,
    ORDER_LINE,
    ORDER_PARTS,
    ORDER_VALUE,
    ORDERS,
    ORDERS_FULL,
    PARTS,
    PIECE_COUNT,
    PIECE_FIRST,
    PIECE_HAZARDS,
    PIECE_RATES,
    PIECE_STARTS,
    PROGRAMME,
    PROGRAMMES,
    RANKS,
    RECORD_CENTS,
    RECORD_COUNT,
    RECORD_FIRST,
    RECORD_MINUTE,
    RECORD_PROGRAMME,
    RUN_STREAM,
    SOURCE,
    STAGE,
    STAGE_COUNT,
    STAGE_END,
    STAGE_FIRST,
    STREAM_DIGEST,
    TRAFFIC,
    VALUE,
    add,
    clear,
    count,
    get,
    put,
    real_run,
    set_value,
    value,
    whole_run,
    width,
)
from exportsim.engine.compiled.writing import arrival_gap, draw, number, plan_event, tell, write
from exportsim.jit import compiled_part, inlined_part
from exportsim.lifecycle import Fact, Moment
from exportsim.plan import MOST_PARTS, NEVER
from exportsim.rules import programme_of

ARRIVAL = int(Moment.ARRIVAL)
ORDERED, APPLIED = int(Fact.ORDERED), int(Fact.APPLIED)
FOR_ARRIVAL, FOR_VALUE = PURPOSES["arrival"], PURPOSES["value"]
FOR_PROGRAMME, FOR_PARTS = PURPOSES["programme"], PURPOSES["parts"]


@inlined_part
def arrival_after(w: int, stream: int, hazard: int, occurrence: int) -> tuple[int, int]:
    """The minute of a stream's ``occurrence``-th arrival, and the hazard accumulated by then.

    Parameters
    ----------
    hazard : int
        Accumulated by the arrival before it.
    """
    if stream < count(w, LINES) and get(w, stream, RECORD_FIRST) >= 0:
        if occurrence > get(w, stream, RECORD_COUNT):
            return NEVER, 0
        return get(w, get(w, stream, RECORD_FIRST) + occurrence - 1, RECORD_MINUTE), 0
    hazard += arrival_gap(w, get(w, stream, STREAM_DIGEST), occurrence)
    first = get(w, stream, PIECE_FIRST)
    last = first + get(w, stream, PIECE_COUNT)
    starts, hazards = whole_run(w, PIECE_STARTS, first, last), whole_run(w, PIECE_HAZARDS, first, last)
    return minute_of(hazard, starts, hazards, real_run(w, PIECE_RATES, first, last)), hazard


@inlined_part
def next_arrival(w: int, s: int, stream: int) -> None:
    """Plan a stream's next arrival."""
    add(s, stream, COUNT, 1)
    before, occurrence = get(s, stream, HAZARD), get(s, stream, COUNT)
    minute, hazard = arrival_after(w, stream, before, occurrence)
    put(s, stream, HAZARD, hazard)
    plan_event(w, s, minute, ARRIVAL, stream, 0, 0, 0)


@compiled_part
def arrive(w: int, s: int, stream: int) -> None:
    """An order, or another application, arrives, and its life begins."""
    o, occurrence = value(s, RANKS), get(s, stream, COUNT)
    if o >= count(s, ORDERS):
        set_value(s, FULL, ORDERS_FULL)
        return
    set_value(s, RANKS, o + 1)
    clear(s, ORDERS, o)
    clear(s, EXCLUDED, o)
    put(s, o, ORDER_LINE, stream)
    put(s, o, NUMBER, occurrence)
    put(s, o, RUN_STREAM, get(w, stream, STREAM_DIGEST))
    put(s, o, SOURCE, -1)
    next_arrival(w, s, stream)
    if stream < count(w, LINES):
        order(w, s, o)
        live(w, s, o)
        return
    authority = stream - count(w, LINES)
    write(s, APPLIED, -1, occurrence, 1, -1, authority, 0, -1)
    add(s, authority, TRAFFIC, 1)
    put(s, o, ATTEMPT, 1)
    put(s, o, STAGE, get(w, authority, STAGE_FIRST))
    put(s, o, STAGE_END, get(s, o, STAGE) + get(w, authority, STAGE_COUNT))
    pass_traffic(w, s, o)


@compiled_part
def order(w: int, s: int, o: int) -> None:
    """Draw what an order is, unless its record says."""
    line, entity, digest = get(s, o, ORDER_LINE), get(s, o, NUMBER), get(s, o, RUN_STREAM)
    cents = programme = -1
    if get(w, line, RECORD_FIRST) >= 0:
        record = get(w, line, RECORD_FIRST) + entity - 1
        cents, programme = get(w, record, RECORD_CENTS), get(w, record, RECORD_PROGRAMME)
    if cents < 0:
        cents = draw(w, get(w, line, VALUE), digest, entity, FOR_VALUE, 0)
    if programme < 0:
        columns = width(w, PROGRAMMES)
        programmes = real_run(w, PROGRAMMES, line * columns, (line + 1) * columns)
        programme = programme_of(programmes, number(w, digest, entity, FOR_PROGRAMME, 0))
    cents = max(cents, 1)
    parts = draw(w, get(w, line, PARTS), digest, entity, FOR_PARTS, 0)
    put(s, o, ORDER_VALUE, cents)
    put(s, o, OPEN, cents)
    put(s, o, PROGRAMME, programme)
    put(s, o, ORDER_PARTS, min(max(parts, 1), cents, MOST_PARTS))
    tell(w, s, o, ORDERED, programme, cents)
