"""What arrives, in the compiled engine: orders from rates or registers, and the other applications of authorities."""

from __future__ import annotations

from exportsim.chance import PURPOSES, minute_of
from exportsim.engine.compiled.orders import live, pass_traffic
from exportsim.engine.compiled.rows import (
    EXCLUDED,
    LINES,
    ORDERS,
    ORDERS_FULL,
    PIECE_HAZARDS,
    PIECE_RATES,
    PIECE_STARTS,
    PROGRAMMES,
    authority_at,
    clear,
    count,
    line_at,
    order_at,
    real_run,
    record_at,
    state_of,
    stream_at,
    stream_state_at,
    traffic_at,
    whole_run,
    width,
)
from exportsim.engine.compiled.writing import arrival_gap, draw, number, plan_event, write, write_now
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
    """The minute of a stream's ``occurrence``-th arrival, and the hazard accumulated by then."""
    arrivals = stream_at(w, stream)
    if stream < count(w, LINES) and arrivals.record_first >= 0:
        if occurrence > arrivals.record_count:
            return NEVER, 0
        return record_at(w, arrivals.record_first + occurrence - 1).minute, 0
    hazard += arrival_gap(w, arrivals.digest, occurrence)
    first = arrivals.piece_first
    last = first + arrivals.piece_count
    starts, hazards = whole_run(w, PIECE_STARTS, first, last), whole_run(w, PIECE_HAZARDS, first, last)
    return minute_of(hazard, starts, hazards, real_run(w, PIECE_RATES, first, last)), hazard


@inlined_part
def next_arrival(w: int, s: int, stream: int) -> None:
    """Plan a stream's next arrival."""
    state = stream_state_at(s, stream)
    state.count += 1
    minute, hazard = arrival_after(w, stream, state.hazard, state.count)
    state.hazard = hazard
    plan_event(w, s, minute, ARRIVAL, stream, 0, 0, 0)


@compiled_part
def arrive(w: int, s: int, stream: int) -> None:
    """An order, or another application, arrives, and its life begins."""
    state, occurrence = state_of(s), stream_state_at(s, stream).count
    o = state.ranks
    if o >= count(s, ORDERS):
        state.full = ORDERS_FULL
        return
    state.ranks += 1
    clear(s, ORDERS, o)
    clear(s, EXCLUDED, o)
    order = order_at(s, o)
    order.line = stream
    order.number = occurrence
    order.stream = stream_at(w, stream).digest
    order.source = -1
    next_arrival(w, s, stream)
    if stream < count(w, LINES):
        draw_order(w, s, o)
        live(w, s, o)
        return
    licensor = stream - count(w, LINES)
    authority = authority_at(w, licensor)
    write(s, APPLIED, -1, occurrence, 1, -1, licensor, 0, -1)
    traffic_at(s, licensor).in_review += 1
    order.attempt = 1
    order.stage = authority.stage_first
    order.stage_end = order.stage + authority.stage_count
    pass_traffic(w, s, o)


@compiled_part
def draw_order(w: int, s: int, o: int) -> None:
    """Draw what an order is, unless its record says."""
    order = order_at(s, o)
    line, arrivals, digest = line_at(w, order.line), stream_at(w, order.line), order.stream
    cents = programme = -1
    if arrivals.record_first >= 0:
        record = record_at(w, arrivals.record_first + order.number - 1)
        cents, programme = record.cents, record.programme
    if cents < 0:
        cents = draw(w, line.value, digest, order.number, FOR_VALUE, 0)
    if programme < 0:
        columns = width(w, PROGRAMMES)
        programmes = real_run(w, PROGRAMMES, order.line * columns, (order.line + 1) * columns)
        programme = programme_of(programmes, number(w, digest, order.number, FOR_PROGRAMME, 0))
    cents = max(cents, 1)
    parts = draw(w, line.parts, digest, order.number, FOR_PARTS, 0)
    order.value = cents
    order.open = cents
    order.programme = programme
    order.parts = min(max(parts, 1), cents, MOST_PARTS)
    write_now(w, s, o, ORDERED, programme, cents)
