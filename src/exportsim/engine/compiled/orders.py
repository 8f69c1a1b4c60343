"""The life of an order in the compiled engine: the reference's process as a machine that goes from wait to wait."""

from __future__ import annotations

from exportsim.chance import PURPOSES
from exportsim.engine.compiled.heap import FIELD
from exportsim.engine.compiled.rows import (
    APPROVAL,
    EXCLUDED,
    LINES,
    TOO_MANY_ATTEMPTS,
    TOO_MANY_WAITS,
    authority_at,
    cell_at,
    count,
    distribution_at,
    entry,
    line_at,
    order_at,
    set_entry,
    source_at,
    stage_at,
    state_of,
    stream_at,
    traffic_at,
)
from exportsim.engine.compiled.sourcing import cell_of, choose, disrupt, has_candidate, lose_trust
from exportsim.engine.compiled.writing import (
    draw,
    later,
    lead_time_of,
    leave,
    next_on_agenda,
    number_of,
    plan_event,
    quit_queue,
    slots_of,
    take,
    work_of,
    write,
    write_now,
    write_of,
)
from exportsim.jit import compiled_part, inlined_part
from exportsim.lifecycle import REASONS, Fact, Moment
from exportsim.plan import EXEMPT, LOSS_DENY, MOST_ATTEMPTS, SUSPENDED
from exportsim.rules import DENIED, HELD, REFERRED, decision, part_value

REVIEW, SUSPENSION, IS_EXCLUDED, IS_UNSERVED = range(len(REASONS))

# Where an order stands: `Order.standing`.
ENDED, UNSERVED, QUEUED, AT_WORK, AT_GATE, WAITS_FOR_SLOT, IN_PRODUCTION, ALL_PRODUCED = range(8)
# What comes of a step: it waits for time, it goes on to production, its application was denied.
WAITS, GOES_ON, IS_DENIED = range(3)

MOST_TOKENS = FIELD  # waits of one order, begun and ended: an event has room for no more

FOR_APPROVAL = PURPOSES["approval"]
FOR_REVIEW, FOR_SUSPENSION = PURPOSES["patience/review"], PURPOSES["patience/suspension"]
FOR_UNSERVED = PURPOSES["patience/unserved"]
REVIEW_END, EXPIRY, PATIENCE = int(Moment.REVIEW_END), int(Moment.EXPIRY), int(Moment.PATIENCE)
PRODUCTION_END = int(Moment.PRODUCTION_END)

SOURCED, UNSERVED_FACT, APPLIED, LOST = int(Fact.SOURCED), int(Fact.UNSERVED), int(Fact.APPLIED), int(Fact.LOST)
REVIEW_STARTED, REVIEW_ENDED = int(Fact.REVIEW_STARTED), int(Fact.REVIEW_ENDED)
REFERRED_FACT, HELD_FACT, APPROVED_FACT = int(Fact.REFERRED), int(Fact.HELD), int(Fact.APPROVED)
DENIED_FACT, WITHDRAWN, EXPIRED = int(Fact.DENIED), int(Fact.WITHDRAWN), int(Fact.EXPIRED)
SUSPENDED_FACT, REINSTATED = int(Fact.SUSPENDED), int(Fact.REINSTATED)
FINISHED, DELIVERED_FACT, STRANDED = int(Fact.FINISHED), int(Fact.DELIVERED), int(Fact.STRANDED)


@compiled_part
def live(w: int, s: int, o: int) -> None:
    """Attempt after attempt until the order must wait, is delivered or lost."""
    go_on(w, s, o, next_attempt(w, s, o))


@compiled_part
def go_on(w: int, s: int, o: int, comes_to: int) -> None:
    """Carry on from what a step came to."""
    while comes_to != WAITS:
        if comes_to == GOES_ON:
            comes_to = produce(w, s, o)
        else:
            end_attempt(w, s, o, DENIED_FACT, source_at(w, order_at(s, o).source).authority, True)
            comes_to = next_attempt(w, s, o)


@compiled_part
def next_attempt(w: int, s: int, o: int) -> int:
    """Choose a source and apply, or find the order unserved or lost."""
    source, order = choose(w, s, o), order_at(s, o)
    line = line_at(w, order.line)
    if source < 0:
        excluded = 0
        for k in range(line.source_count):
            excluded += entry(s, EXCLUDED, o, k)
        if excluded == line.source_count:
            lose(w, s, o, IS_EXCLUDED)
        else:
            write_now(w, s, o, UNSERVED_FACT, -1, order.open)
            order.standing = UNSERVED
            index = order.attempt + 1
            start_patience(w, s, o, line.patience_unserved, FOR_UNSERVED, index, IS_UNSERVED)
        return WAITS
    order.attempt += 1
    if order.attempt > MOST_ATTEMPTS:
        state_of(s).full = TOO_MANY_ATTEMPTS
        return WAITS
    order.source = source
    order.part = order.delivered + 1
    order.is_suspended = 0
    write_now(w, s, o, SOURCED, -1, order.open)
    if source_at(w, source).authority < 0:
        order.cell = -1
        return GOES_ON
    order.cell = cell_of(w, s, o, source)
    return apply(w, s, o)


@compiled_part
def lose(w: int, s: int, o: int, reason: int) -> None:
    """Give up what is still open."""
    order = order_at(s, o)
    write_now(w, s, o, LOST, reason, order.open)
    order.open = 0
    order.standing = ENDED


@compiled_part
def try_unserved(w: int, s: int) -> None:
    """Try the unserved orders again, in order of arrival. What is tried in vain leaves no fact."""
    for o in range(state_of(s).ranks):
        if order_at(s, o).standing == UNSERVED and has_candidate(w, s, o):
            stop_patience(s, o)
            live(w, s, o)
            settle(w, s)


# ---------------------------------------------------------------------- application and review


@compiled_part
def apply(w: int, s: int, o: int) -> int:
    """Apply for a permit, or have it at once in an exempt cell."""
    order = order_at(s, o)
    cell, licensor = cell_at(s, order.cell), source_at(w, order.source).authority
    if cell.applications == EXEMPT:
        issue_permit(w, s, o, False)
        return GOES_ON
    write_now(w, s, o, APPLIED, licensor, order.open)
    start_patience(w, s, o, line_at(w, order.line).patience_review, FOR_REVIEW, order.attempt, REVIEW)
    authority = authority_at(w, licensor)
    order.is_referred = 0
    order.stage = authority.stage_first
    order.stage_end = order.stage + authority.stage_count
    cell.in_review += 1
    return pass_stages(w, s, o, False)


@compiled_part
def pass_stages(w: int, s: int, o: int, at_gate: bool) -> int:
    """Pass stages until time is needed or the application is decided; ``at_gate``, decide first."""
    order = order_at(s, o)
    cell, licensor = cell_at(s, order.cell), source_at(w, order.source).authority
    authority = authority_at(w, licensor)
    while True:
        if not at_gate:
            if order.stage < order.stage_end:
                if take(s, o, order.stage):
                    start_review(w, s, o)
                else:
                    order.standing = QUEUED
                return WAITS
            cell.in_review -= 1
        at_gate = False
        decided = decision(
            cell.applications,
            order.is_referred != 0,
            number_of(w, s, o, order.attempt, FOR_APPROVAL, APPROVAL) if authority.may_deny != 0 else 0.0,
            authority.approval,
            authority.approval_case_by_case,
        )
        if decided == HELD:
            write_now(w, s, o, HELD_FACT, licensor, 0)
            order.standing = AT_GATE
            cell.held += 1
            return WAITS
        if decided != REFERRED:
            break
        write_now(w, s, o, REFERRED_FACT, licensor, 0)
        order.is_referred = 1
        order.stage = authority.case_first
        order.stage_end = order.stage + authority.case_count
        cell.in_review += 1
    stop_patience(s, o)
    if decided == DENIED:
        return IS_DENIED
    issue_permit(w, s, o, True)
    return GOES_ON


@inlined_part
def start_review(w: int, s: int, o: int) -> None:
    """An officer takes up an application."""
    order = order_at(s, o)
    if order.line < count(w, LINES):
        write_now(w, s, o, REVIEW_STARTED, order.stage, 0)
    else:
        write(s, REVIEW_STARTED, -1, order.number, 1, -1, order.stage, 0, -1)
    minute = later(w, s, work_of(w, s, o), distribution_at(w, stage_at(w, order.stage).work).calendar)
    order.standing = AT_WORK
    plan_event(w, s, minute, REVIEW_END, o, order.attempt, order.stage, order.source + 1)


@inlined_part
def end_review(w: int, s: int, o: int, attempt: int, stage: int, source: int) -> None:
    """The end of an officer's work, on an application that may have been withdrawn."""
    order = order_at(s, o)
    if order.standing == AT_WORK and order.attempt == attempt:
        if order.line >= count(w, LINES):
            write(s, REVIEW_ENDED, -1, order.number, 1, -1, stage, 0, -1)
            leave(s, stage)
            order.stage += 1
            pass_traffic(w, s, o)
        else:
            write_now(w, s, o, REVIEW_ENDED, stage, 0)
            leave(s, stage)
            order.stage += 1
            go_on(w, s, o, pass_stages(w, s, o, False))
    else:
        write_of(w, s, o, attempt, source, REVIEW_ENDED, stage, 0)
        leave(s, stage)


@inlined_part
def pass_traffic(w: int, s: int, o: int) -> None:
    """An application that uses officers and nothing else goes to its next stage, or is decided."""
    order = order_at(s, o)
    if order.stage < order.stage_end:
        if take(s, o, order.stage):
            start_review(w, s, o)
        else:
            order.standing = QUEUED
        return
    licensor = order.line - count(w, LINES)
    traffic_at(s, licensor).in_review -= 1
    order.standing = ENDED
    authority = authority_at(w, licensor)
    approved = authority.may_deny == 0 or number_of(w, s, o, 1, FOR_APPROVAL, APPROVAL) < authority.approval
    write(s, APPROVED_FACT if approved else DENIED_FACT, -1, order.number, 1, -1, licensor, 0, -1)


@compiled_part
def decide_held(w: int, s: int, o: int) -> None:
    """The regime of a held application's cell has changed: decide it."""
    cell_at(s, order_at(s, o).cell).held -= 1
    go_on(w, s, o, pass_stages(w, s, o, True))


# ---------------------------------------------------------------------- permit, production, delivery


@compiled_part
def issue_permit(w: int, s: int, o: int, expires: bool) -> None:
    """Issue the permit, suspended if its cell is. Where nothing was applied for, there is nothing that expires."""
    order = order_at(s, o)
    cell, licensor = cell_at(s, order.cell), source_at(w, order.source).authority
    write_now(w, s, o, APPROVED_FACT, licensor, order.open)
    order.has_permit = 1
    cell.in_force += 1
    authority = authority_at(w, licensor)
    if expires and authority.validity >= 0:
        minute = later(w, s, authority.validity, authority.validity_calendar)
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


@inlined_part
def end_part(w: int, s: int, o: int, attempt: int, part: int, source: int) -> None:
    """The end of production of a part, for an attempt that may have ended."""
    order = order_at(s, o)
    cents, slots = part_value(order.value, order.parts, part), slots_of(w, source_at(w, source).supplier)
    if order.standing == IN_PRODUCTION and order.attempt == attempt:
        write_now(w, s, o, FINISHED, part, cents)
        leave(s, slots)
        if order.is_suspended == 0:
            deliver(w, s, o, part)
        order.part += 1
        produce(w, s, o)
    else:
        write_of(w, s, o, attempt, source, FINISHED, part, cents)
        write_of(w, s, o, attempt, source, STRANDED, part, cents)
        leave(s, slots)


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


# ---------------------------------------------------------------------- the end of an attempt


@compiled_part
def interrupt(w: int, s: int, o: int, fact: int, detail: int, exclude: bool) -> None:
    """End the order's attempt, wherever it stands, and let it go elsewhere."""
    order = order_at(s, o)
    standing = order.standing
    if standing in (QUEUED, WAITS_FOR_SLOT):
        quit_queue(s, o)
    if standing in (QUEUED, AT_WORK):
        cell_at(s, order.cell).in_review -= 1
    elif standing == AT_GATE:
        cell_at(s, order.cell).held -= 1
    end_attempt(w, s, o, fact, detail, exclude)
    live(w, s, o)


@compiled_part
def end_attempt(w: int, s: int, o: int, fact: int, detail: int, exclude: bool) -> None:
    """Write down why an attempt is over, and what that means for source, trust, parts and permit."""
    order = order_at(s, o)
    source = order.source
    write_now(w, s, o, fact, detail, 0 if fact == DENIED_FACT else order.open)
    if exclude:
        set_entry(s, EXCLUDED, o, source - line_at(w, order.line).source_first, 1)
    if fact == DENIED_FACT:
        lose_trust(w, s, source, LOSS_DENY)
        disrupt(w, s, order.line)
    for part in range(order.delivered + 1, order.part):
        write_now(w, s, o, STRANDED, part, part_value(order.value, order.parts, part))
    stop_patience(s, o)
    if order.has_permit != 0:
        order.has_permit = 0
        if order.is_suspended == 0:
            cell_at(s, order.cell).in_force -= 1
    order.source = -1
    order.standing = ENDED


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
    plan_event(w, s, state_of(s).now + minutes, PATIENCE, o, index, reason, order.token)


@compiled_part
def stop_patience(s: int, o: int) -> None:
    """The wait is over: what was planned for its end no longer counts."""
    order_at(s, o).token += 1


@compiled_part
def end_patience(w: int, s: int, o: int, reason: int, token: int) -> None:
    """Patience runs out, if the wait is not over."""
    if order_at(s, o).token != token:
        return
    if reason == IS_UNSERVED:
        lose(w, s, o, IS_UNSERVED)
        stop_patience(s, o)
    else:
        interrupt(w, s, o, WITHDRAWN, reason, True)


@compiled_part
def expire(w: int, s: int, o: int, attempt: int) -> None:
    """A permit's validity ends, if the permit is still there."""
    order = order_at(s, o)
    if order.has_permit != 0 and order.attempt == attempt:
        interrupt(w, s, o, EXPIRED, source_at(w, order.source).authority, False)


@compiled_part
def settle(w: int, s: int) -> None:
    """Let those who have been given a desk go on."""
    o = next_on_agenda(s)
    while o >= 0:
        if order_at(s, o).standing == QUEUED:
            start_review(w, s, o)
        else:
            start_part(w, s, o)
        o = next_on_agenda(s)
