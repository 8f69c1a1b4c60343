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
from exportsim.engine.compiled.standings import ALL_PRODUCED, ENDED, IN_PRODUCTION, WAITS, WAITS_FOR_SLOT
from exportsim.engine.compiled.writing import draw, later, lead_time_of, plan_event, slots_of, take, write, write_now
from exportsim.jit import compiled_part, inlined_part
from exportsim.lifecycle import REASONS, Fact, Moment
from exportsim.plan import STANDARD, SUSPENDED
from exportsim.rules import part_value

REVIEW, SUSPENSION, IS_EXCLUDED, IS_UNSERVED = range(len(REASONS))
MOST_TOKENS = FIELD  # waits of one order, begun and ended: an event has room for no more
FOR_SUSPENSION = PURPOSES["patience/suspension"]
EXPIRY = int(Moment.EXPIRY)
PATIENCE = int(Moment.PATIENCE)
PRODUCTION_END = int(Moment.PRODUCTION_END)
APPROVED_FACT = int(Fact.APPROVED)
SUSPENDED_FACT = int(Fact.SUSPENDED)
REINSTATED = int(Fact.REINSTATED)
DELIVERED_FACT = int(Fact.DELIVERED)


@compiled_part
def issue_permit(w: int, s: int, o: int, expires: bool) -> None:
    """Issue the permit, suspended if its cell is. Where nothing was applied for, there is nothing that expires."""
    order = order_at(s, o)
    cell, licensor = cell_at(s, order.cell), source_at(w, order.source).authority
    write_now(w, s, o, APPROVED_FACT, licensor, order.open)
    order.has_permit = 1
    cell.in_force += 1
    validity, calendar = cell.validity, licensor if cell.validity_works != 0 else -1
    if validity == STANDARD:
        validity, calendar = authority_at(w, licensor).validity, authority_at(w, licensor).validity_calendar
    if expires and validity >= 0:
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
    for part in range(order.delivered + 1, order.part):
        deliver(w, s, o, part)
    if order.open == 0:
        order.standing = ENDED


@compiled_part
def produce(w: int, s: int, o: int) -> int:
    """Begin the next part, or wait for what has been produced to be delivered, or be done."""
    order = order_at(s, o)
    if order.part <= order.parts:
        if take(s, o, slots_of(w, source_at(w, order.source).supplier)):
            start_part(w, s, o)
        else:
            order.standing = WAITS_FOR_SLOT
    else:
        order.standing = ALL_PRODUCED if order.open > 0 else ENDED
    return WAITS


@inlined_part
def start_part(w: int, s: int, o: int) -> None:
    """A production slot takes up a part."""
    order = order_at(s, o)
    order.standing = IN_PRODUCTION
    minute = state_of(s).now + lead_time_of(w, s, o)
    plan_event(w, s, minute, PRODUCTION_END, o, order.attempt, order.part, order.source)


@compiled_part
def deliver(w: int, s: int, o: int, part: int) -> None:
    """Deliver a finished part. A permit whose last part is delivered is used up."""
    order = order_at(s, o)
    cents = part_value(order.value, order.parts, part)
    order.open -= cents
    order.delivered = part
    supplier = source_at(w, order.source).supplier
    write(s, DELIVERED_FACT, order.line, order.number, order.attempt, supplier, part, cents, order.cell)
    if order.cell >= 0 and order.open == 0:
        order.has_permit = 0
        cell_at(s, order.cell).in_force -= 1


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
