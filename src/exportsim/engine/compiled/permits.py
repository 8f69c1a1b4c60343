"""Permits, patience, production and delivery in the compiled engine."""

from __future__ import annotations

from exportsim.chance import PURPOSES
from exportsim.engine.compiled.heap import FIELD
from exportsim.engine.compiled.rows import (
    TOO_MANY_WAITS,
    authority_at,
    cell_at,
    line_at,
    order_at,
    source_at,
    state_of,
    stream_at,
)
from exportsim.engine.compiled.standings import (
    ALL_PRODUCED,
    ENDED,
    IN_PRODUCTION,
    NOT_BEGUN,
    NOT_CALLED_OFF,
    PERMITTED,
    WAITS_FOR_SLOT,
)
from exportsim.engine.compiled.writing import (
    draw,
    later,
    lead_time_of,
    plan_event,
    slots_of,
    slots_place,
    take,
    value_of,
    write,
    write_now,
)
from exportsim.jit import compiled_part, inlined_part
from exportsim.lifecycle import REASONS, Fact, Moment
from exportsim.plan import NEVER, STANDARD, SUSPENDED
from exportsim.rules import called_off

REVIEW, SUSPENSION, IS_EXCLUDED, IS_UNSERVED, IS_UNFILED = range(len(REASONS))
MOST_TOKENS = FIELD  # waits of one order, begun and ended: an event has room for no more
FOR_FIRST, FOR_EVERY = PURPOSES["deliveries/first"], PURPOSES["deliveries/every"]
FOR_SUSPENSION = PURPOSES["patience/suspension"]
EXPIRY = int(Moment.EXPIRY)
PATIENCE = int(Moment.PATIENCE)
CALL_OFF = int(Moment.CALL_OFF)
PRODUCTION_END = int(Moment.PRODUCTION_END)
APPROVED_FACT = int(Fact.APPROVED)
SUSPENDED_FACT = int(Fact.SUSPENDED)
REINSTATED = int(Fact.REINSTATED)
DELIVERED_FACT = int(Fact.DELIVERED)


@compiled_part
def issue_permit(w: int, s: int, o: int, expires: bool, expires_at: int) -> None:
    """Issue the permit, suspended if its cell is. Where nothing was applied for, there is nothing that expires.

    ``expires_at`` is when it is recorded to expire, else NEVER.
    """
    order = order_at(s, o)
    cell, licensor = cell_at(s, order.cell), source_at(w, order.source).authority
    write_now(w, s, o, APPROVED_FACT, licensor, order.open)
    order.has_permit = 1
    cell.in_force += 1
    validity, calendar = cell.validity, licensor if cell.validity_works != 0 else -1
    if validity == STANDARD:
        validity, calendar = authority_at(w, licensor).validity, authority_at(w, licensor).validity_calendar
    if expires_at < NEVER:
        plan_event(w, s, expires_at, EXPIRY, o, order.attempt, 0, 0)
    elif expires and validity >= 0:
        minute = later(w, s, validity, calendar)
        plan_event(w, s, minute, EXPIRY, o, order.attempt, 0, 0)
    if cell.permits == SUSPENDED:
        suspend(w, s, o, cell.stopped_by)


@compiled_part
def suspend(w: int, s: int, o: int, branch: int) -> None:
    """Suspend a permit: production goes on, delivery waits, and so does the buyer, for a while."""
    order = order_at(s, o)
    order.is_suspended = 1
    cell_at(s, order.cell).in_force -= 1
    write_now(w, s, o, SUSPENDED_FACT, branch, order.open)
    start_patience(w, s, o, line_at(w, order.line).patience_suspension, FOR_SUSPENSION, order.attempt, SUSPENSION)


@compiled_part
def reinstate(w: int, s: int, o: int, branch: int) -> None:
    """Put a permit in force again and deliver at once what waited."""
    order = order_at(s, o)
    order.is_suspended = 0
    cell_at(s, order.cell).in_force += 1
    stop_patience(s, o)
    write_now(w, s, o, REINSTATED, branch, order.open)
    deliver_waiting(w, s, o)


@compiled_part
def deliver_waiting(w: int, s: int, o: int) -> None:
    """Deliver the parts that are finished and waited for a permit in force."""
    order = order_at(s, o)
    for part in range(order.delivered + 1, order.part):
        deliver(w, s, o, part)
    if order.open == 0:
        order.standing, order.production = ENDED, NOT_BEGUN


@compiled_part
def begin_or_deliver(w: int, s: int, o: int) -> None:
    """With a permit, or without one where none is needed: begin production; renewed, deliver what waited."""
    order = order_at(s, o)
    order.standing = PERMITTED
    if order.production == NOT_BEGUN:
        produce(w, s, o)
    elif order.is_suspended == 0:
        deliver_waiting(w, s, o)


@compiled_part
def produce(w: int, s: int, o: int) -> None:
    """Begin the next part when it is called off, or wait for what has been produced to be delivered, or be done."""
    order = order_at(s, o)
    if order.part <= order.parts:
        line = line_at(w, order.line)
        if line.deliveries_first >= 0 or line.deliveries_every >= 0:
            due = call_off_of(w, s, o)
            if due > state_of(s).now:
                order.production = NOT_CALLED_OFF
                plan_event(w, s, due, CALL_OFF, o, order.attempt, 0, 0)
                return
        begin_part(w, s, o)
    elif order.open > 0:
        order.production = ALL_PRODUCED
    else:
        order.standing, order.production = ENDED, NOT_BEGUN


@compiled_part
def call_off_of(w: int, s: int, o: int) -> int:
    """The minute from which on the next part of an order may be begun."""
    order = order_at(s, o)
    line, stream = line_at(w, order.line), stream_at(w, order.line).digest
    first = every = 0
    if line.deliveries_first >= 0:
        first = draw(w, line.deliveries_first, stream, order.number, FOR_FIRST, 0)
    if line.deliveries_every >= 0:
        every = draw(w, line.deliveries_every, stream, order.number, FOR_EVERY, 0)
    return called_off(order.placed, first, every, order.part)


@compiled_part
def begin_part(w: int, s: int, o: int) -> None:
    """Begin the next part in one of the supplier's slots, or wait for one."""
    order = order_at(s, o)
    if take(s, slots_place(o), slots_of(w, source_at(w, order.source).supplier)):
        start_part(w, s, o)
    else:
        order.production = WAITS_FOR_SLOT


@inlined_part
def start_part(w: int, s: int, o: int) -> None:
    """A production slot takes up a part."""
    order = order_at(s, o)
    order.production = IN_PRODUCTION
    minute = state_of(s).now + lead_time_of(w, s, o)
    plan_event(w, s, minute, PRODUCTION_END, o, order.attempt, order.part, order.source)


@compiled_part
def deliver(w: int, s: int, o: int, part: int) -> None:
    """Deliver a finished part. A permit whose last part is delivered is used up."""
    order = order_at(s, o)
    cents = value_of(w, s, o, part)
    order.open -= cents
    order.delivered = part
    supplier = source_at(w, order.source).supplier
    write(s, DELIVERED_FACT, order.line, order.number, order.attempt, supplier, part, cents, order.cell)
    if order.cell >= 0 and order.open == 0:
        order.has_permit = 0
        cell_at(s, order.cell).in_force -= 1


@compiled_part
def end_permit(s: int, o: int) -> None:
    """Take the permit away, if there is one."""
    order = order_at(s, o)
    if order.has_permit != 0 and order.is_suspended == 0:
        cell_at(s, order.cell).in_force -= 1
    order.has_permit = order.is_suspended = 0


@compiled_part
def start_patience(w: int, s: int, o: int, distribution: int, purpose: int, index: int, reason: int) -> None:
    """From now on the buyer waits for so long and no longer."""
    if distribution < 0:
        return
    order = order_at(s, o)
    minutes = draw(w, distribution, stream_at(w, order.line).digest, order.number, purpose, index)
    order.token += 1
    if order.token > MOST_TOKENS:
        state_of(s).full = TOO_MANY_WAITS
        return
    plan_event(w, s, state_of(s).now + minutes, PATIENCE, o, order.attempt, reason, order.token)


@compiled_part
def stop_patience(s: int, o: int) -> None:
    """The wait is over: what was planned for its end no longer counts."""
    order_at(s, o).token += 1
