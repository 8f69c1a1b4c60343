"""The life of an order in the compiled engine: the reference's process as a machine that goes from wait to wait."""

from __future__ import annotations

from exportsim.chance import PURPOSES
from exportsim.engine.compiled.heap import FIELD
from exportsim.engine.compiled.permits import (
    begin_or_deliver,
    begin_part,
    deliver,
    end_permit,
    produce,
    start_part,
    start_patience,
    stop_patience,
)
from exportsim.engine.compiled.review import (
    apply,
    begin_again,
    begin_review,
    decide_as_recorded,
    follow_record,
    is_returned,
    next_round,
    pass_stages,
    pass_traffic,
    review_left_open,
    send_back,
    start_review,
    treatment,
)
from exportsim.engine.compiled.rows import (
    EXCLUDED,
    LINES,
    SITTINGS,
    cell_at,
    count,
    desk_at,
    entry,
    line_at,
    order_at,
    place_at,
    set_entry,
    source_at,
    stage_at,
    state_of,
)
from exportsim.engine.compiled.sourcing import cell_of, choose, disrupt, has_candidate, lose_trust, would_file
from exportsim.engine.compiled.standings import (
    AT_GATE,
    AT_WORK,
    ENDED,
    GOES_ON,
    IN_PRODUCTION,
    IS_WITHDRAWN,
    NOT_BEGUN,
    NOT_CALLED_OFF,
    PERMITTED,
    QUEUED,
    UNFILED,
    UNSERVED,
    WAITS,
    WAITS_FOR_SLOT,
)
from exportsim.engine.compiled.writing import (
    first_of,
    leave,
    next_on_agenda,
    officers_place,
    plan_event,
    quit_queue,
    slots_of,
    slots_place,
    value_of,
    write_at_stage,
    write_now,
    write_of,
)
from exportsim.jit import compiled_part, inlined_part
from exportsim.lifecycle import REASONS, Fact, Moment
from exportsim.plan import EXEMPT, LOSS_DENY
from exportsim.rules import is_on_record

REVIEW, SUSPENSION, IS_EXCLUDED, IS_UNSERVED, IS_UNFILED = range(len(REASONS))
FILING = int(Moment.FILING)
FOR_UNSERVED = PURPOSES["patience/unserved"]
SOURCED = int(Fact.SOURCED)
UNSERVED_FACT, UNFILED_FACT = int(Fact.UNSERVED), int(Fact.UNFILED)
LOST = int(Fact.LOST)
REVIEW_STARTED, REVIEW_ENDED = int(Fact.REVIEW_STARTED), int(Fact.REVIEW_ENDED)
SITTING = int(Moment.SITTING)
DENIED_FACT = int(Fact.DENIED)
WITHDRAWN = int(Fact.WITHDRAWN)
EXPIRED = int(Fact.EXPIRED)
FINISHED = int(Fact.FINISHED)
STRANDED = int(Fact.STRANDED)


@compiled_part
def live(w: int, s: int, o: int) -> None:
    """Attempt after attempt until the order must wait, is delivered or lost."""
    go_on(w, s, o, next_attempt(w, s, o))


@compiled_part
def go_on(w: int, s: int, o: int, comes_to: int) -> None:
    """Carry on from what a step came to."""
    while comes_to != WAITS:
        if comes_to == GOES_ON:
            begin_or_deliver(w, s, o)
            return
        if comes_to == IS_WITHDRAWN:
            end_attempt(w, s, o, WITHDRAWN, REVIEW)
        else:
            end_attempt(w, s, o, DENIED_FACT, source_at(w, order_at(s, o).source).authority)
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
    order.source = source
    order.part = order.delivered + 1
    order.lag = 0
    order.round = 0
    order.returns = 0
    write_now(w, s, o, SOURCED, -1, order.open)
    if source_at(w, source).authority < 0:
        order.cell = -1
        return GOES_ON
    order.cell = cell_of(w, s, o, source)
    if is_on_record(order.attempt, order.placed, line.bound_until):
        return follow_record(w, s, o)
    if would_file(w, s, o):
        return apply(w, s, o)
    write_now(w, s, o, UNFILED_FACT, source_at(w, source).authority, order.open)
    order.standing = UNFILED
    start_patience(w, s, o, line.patience_unserved, FOR_UNSERVED, order.attempt, IS_UNFILED)
    return WAITS


@compiled_part
def end_record(w: int, s: int, o: int) -> None:
    """What is recorded of an application becomes of it."""
    go_on(w, s, o, decide_as_recorded(w, s, o))


@compiled_part
def leave_record(w: int, s: int, o: int) -> None:
    """Records bind no more: an application that is still open goes to the stages."""
    go_on(w, s, o, review_left_open(w, s, o))


@compiled_part
def reconsider_filing(w: int, s: int, o: int) -> None:
    """The regime of an unfiled order's cell has changed: it is filed after a lag, or is not to be filed yet."""
    order = order_at(s, o)
    if would_file(w, s, o) != (order.lag & 1 != 0):
        order.lag += 1
        if order.lag & 1 != 0:
            minute = state_of(s).now + line_at(w, order.line).filing_lag
            plan_event(w, s, minute, FILING, o, order.attempt, order.lag & FIELD, 0)


@compiled_part
def end_lag(w: int, s: int, o: int, attempt: int, lag: int) -> None:
    """The order is filed, if it is still to be."""
    order = order_at(s, o)
    if order.standing == UNFILED and order.attempt == attempt and order.lag & FIELD == lag:
        order.lag += 1
        stop_patience(s, o)
        go_on(w, s, o, apply(w, s, o))


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


@compiled_part
def leave_stage(w: int, s: int, o: int) -> None:
    """What comes of an application when the work on it at its stage has ended: it goes back, or on."""
    order = order_at(s, o)
    if stage_at(w, order.stage).most != 0 and is_returned(w, s, o):
        send_back(w, s, o)
        return
    order.stage += 1
    order.returns = 0
    if order.line >= count(w, LINES):
        pass_traffic(w, s, o)
    else:
        go_on(w, s, o, pass_stages(w, s, o, False))


@compiled_part
def sit(w: int, s: int, stage_number: int, sitting: int) -> None:
    """A committee deals with the first who wait, each as far as it can go before the next is taken."""
    stage, there, dealt_with = stage_at(w, stage_number), 0, 0
    plan_sitting(w, s, stage_number, sitting + 1)
    p = desk_at(s, stage_number).queue_first
    while p >= 0:
        there += 1
        p = place_at(s, p).behind
    while there > 0 and (stage.sits_most < 0 or dealt_with < stage.sits_most):
        p = first_of(s, desk_at(s, stage_number).queue_first, there)
        there -= 1
        dealt_with += 1
        o = p // 2
        quit_queue(s, p, stage_number)
        write_at_stage(w, s, o, REVIEW_STARTED, stage_number)
        write_at_stage(w, s, o, REVIEW_ENDED, stage_number)
        leave_stage(w, s, o)
        settle(w, s)


@compiled_part
def plan_sitting(w: int, s: int, stage_number: int, sitting: int) -> None:
    """Plan a sitting of a stage, from 0, if it has so many."""
    stage = stage_at(w, stage_number)
    if sitting < stage.sits_count:
        plan_event(w, s, entry(w, SITTINGS, stage.sits_first + sitting, 0), SITTING, stage_number, 0, sitting, 0)


@inlined_part
def end_review(w: int, s: int, o: int, attempt: int, stage: int, source: int) -> None:
    """The end of an officer's work, on an application that may have been withdrawn."""
    order = order_at(s, o)
    if order.standing == AT_WORK and order.attempt == attempt:
        write_at_stage(w, s, o, REVIEW_ENDED, stage)
        leave(s, stage)
        leave_stage(w, s, o)
    else:
        write_of(w, s, o, attempt, source, REVIEW_ENDED, stage, 0)
        leave(s, stage)


@compiled_part
def decide_held(w: int, s: int, o: int, review_again: bool) -> None:
    """The regime of a held application's cell has changed: decide it, or review it again."""
    cell_at(s, order_at(s, o).cell).held -= 1
    at_gate = not review_again or treatment(w, s, o) == EXEMPT
    if not at_gate:
        begin_again(w, s, o)
    go_on(w, s, o, pass_stages(w, s, o, at_gate))


@inlined_part
def end_part(w: int, s: int, o: int, attempt: int, part: int, source: int) -> None:
    """The end of production of a part, for an attempt that may have ended."""
    order = order_at(s, o)
    cents, slots = value_of(w, s, o, part), slots_of(w, source_at(w, source).supplier)
    if order.production == IN_PRODUCTION and order.attempt == attempt:
        write_now(w, s, o, FINISHED, part, cents)
        leave(s, slots)
        if order.standing == PERMITTED and order.is_suspended == 0:
            deliver(w, s, o, part)
        order.part += 1
        produce(w, s, o)
    else:
        write_of(w, s, o, attempt, source, FINISHED, part, cents)
        write_of(w, s, o, attempt, source, STRANDED, part, cents)
        leave(s, slots)


@compiled_part
def interrupt(w: int, s: int, o: int, fact: int, detail: int) -> None:
    """End the order's attempt, wherever it stands, and let it go elsewhere."""
    order = order_at(s, o)
    standing = order.standing
    if standing == QUEUED:
        quit_queue(s, officers_place(o), order.stage)
    if standing in (QUEUED, AT_WORK):
        cell_at(s, order.cell).in_review -= 1
    elif standing == AT_GATE:
        cell_at(s, order.cell).held -= 1
    end_attempt(w, s, o, fact, detail)
    live(w, s, o)


@compiled_part
def end_attempt(w: int, s: int, o: int, fact: int, detail: int) -> None:
    """Write down why an attempt is over, and what that means for source, trust, parts and permit."""
    order = order_at(s, o)
    source = order.source
    write_now(w, s, o, fact, detail, 0 if fact == DENIED_FACT else order.open)
    set_entry(s, EXCLUDED, o, source - line_at(w, order.line).source_first, 1)
    if fact == DENIED_FACT:
        lose_trust(w, s, source, LOSS_DENY, state_of(s).now)
        disrupt(w, s, order.line, state_of(s).now)
    for part in range(order.delivered + 1, order.part):
        write_now(w, s, o, STRANDED, part, value_of(w, s, o, part))
    stop_patience(s, o)
    end_permit(s, o)
    if order.production == WAITS_FOR_SLOT:
        quit_queue(s, slots_place(o), slots_of(w, source_at(w, source).supplier))
    order.source = -1
    order.standing, order.production = ENDED, NOT_BEGUN


@compiled_part
def end_patience(w: int, s: int, o: int, reason: int, token: int) -> None:
    """Patience runs out, if the wait is not over."""
    if order_at(s, o).token != token:
        return
    if reason == IS_UNSERVED:
        lose(w, s, o, IS_UNSERVED)
        stop_patience(s, o)
    else:
        interrupt(w, s, o, WITHDRAWN, reason)


@compiled_part
def expire(w: int, s: int, o: int, attempt: int) -> None:
    """A permit's validity ends, if it is still there and needed: what is undelivered is applied for again."""
    order = order_at(s, o)
    if order.has_permit == 0 or order.attempt != attempt or treatment(w, s, o) == EXEMPT:
        return
    end_permit(s, o)
    stop_patience(s, o)
    write_now(w, s, o, EXPIRED, source_at(w, order.source).authority, order.open)
    next_round(w, s, o)
    go_on(w, s, o, begin_review(w, s, o))


@compiled_part
def call_off(w: int, s: int, o: int) -> None:
    """The next part of an order may be begun, if an attempt waits for it: whichever, for the plan is the order's."""
    if order_at(s, o).production == NOT_CALLED_OFF:
        begin_part(w, s, o)


@compiled_part
def settle(w: int, s: int) -> None:
    """Let those who have been given a desk go on."""
    p = next_on_agenda(s)
    while p >= 0:
        o = p // 2
        if p == officers_place(o):
            start_review(w, s, o)
        else:
            start_part(w, s, o)
        p = next_on_agenda(s)
