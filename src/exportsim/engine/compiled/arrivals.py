"""What arrives, in the compiled engine: orders, and the other applications of authorities, as they were foreseen."""

from __future__ import annotations

from exportsim.engine.compiled.heap import entity_of, key_at, note_at
from exportsim.engine.compiled.orders import live
from exportsim.engine.compiled.review import pass_traffic
from exportsim.engine.compiled.rows import (
    ARRIVING,
    CENTS,
    EXCLUDED,
    GROWING,
    LINES,
    LUCK,
    ORDERS,
    ORDERS_FULL,
    PARTS,
    PROGRAMME,
    authority_at,
    clear,
    count,
    entry,
    here_at,
    order_at,
    state_of,
    traffic_at,
    width,
    world_of,
)
from exportsim.engine.compiled.writing import write, write_now
from exportsim.jit import compiled_part, fixed_at, inlined_part
from exportsim.lifecycle import Fact

ORDER_WIDTH = GROWING[ORDERS]
ORDERED, APPLIED = int(Fact.ORDERED), int(Fact.APPLIED)


@inlined_part
def arrival_key(w: int, place: int) -> int:
    """When, under the world's policy, what comes at a place among the arrivals of a window arrives: an event's key.

    After the last of them it is the end of the window. Nothing else says when an order arrives.
    """
    return key_at(fixed_at(world_of(w).arriving, ARRIVING), place)


@compiled_part
def arrive(w: int, s: int) -> None:
    """The next order, or other application, arrives, and its life begins."""
    state, luck = state_of(s), world_of(w).luck
    o = state.ranks
    if o >= count(s, ORDERS):
        state.full = ORDERS_FULL
        return
    stream = entity_of(arrival_key(w, state.arrived))
    row = note_at(fixed_at(world_of(w).arriving, ARRIVING), state.arrived)
    state.ranks += 1
    state.arrived += 1
    clear(s, ORDERS, o, ORDER_WIDTH)
    order = order_at(s, o)
    order.line = stream
    order.number = row - here_at(luck, stream).base
    order.source = -1
    if stream < count(w, LINES):
        clear(s, EXCLUDED, o, width(s, EXCLUDED))
        order.value = order.open = entry(luck, LUCK, CENTS, row)
        order.programme = entry(luck, LUCK, PROGRAMME, row)
        order.parts = entry(luck, LUCK, PARTS, row)
        order.placed = state.now
        write_now(w, s, o, ORDERED, order.programme, order.value)
        live(w, s, o)
        return
    licensor = stream - count(w, LINES)
    authority = authority_at(w, licensor)
    write(s, APPLIED, -1, order.number, 1, -1, licensor, 0, -1)
    traffic_at(s, licensor).in_review += 1
    order.attempt = 1
    order.stage = authority.stage_first
    order.stage_end = order.stage + authority.stage_count
    pass_traffic(w, s, o)
