"""The life of an order in the compiled engine: the reference's process as a machine that goes from wait to wait."""

from __future__ import annotations

from exportsim.chance import PURPOSES
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
    begin_review,
    next_round,
    pass_stages,
    pass_traffic,
    start_review,
    treatment,
)
from exportsim.engine.compiled.rows import (
    EXCLUDED,
    LINES,
    cell_at,
    count,
    entry,
    line_at,
    order_at,
    set_entry,
    source_at,
    state_of,
)
from exportsim.engine.compiled.sourcing import cell_of, choose, disrupt, has_candidate, lose_trust
from exportsim.engine.compiled.standings import (
    AT_GATE,
    AT_WORK,
    ENDED,
    GOES_ON,
    IN_PRODUCTION,
    NOT_BEGUN,
    NOT_CALLED_OFF,
    PERMITTED,
    QUEUED,
    UNSERVED,
    WAITS,
    WAITS_FOR_SLOT,
)
from exportsim.engine.compiled.writing import (
    leave,
    next_on_agenda,
    officers_place,
    quit_queue,
    slots_of,
    slots_place,
    value_of,
    write,
    write_now,
    write_of,
)
from exportsim.jit import compiled_part, inlined_part
from exportsim.lifecycle import REASONS, Fact
from exportsim.plan import EXEMPT, LOSS_DENY

REVIEW, SUSPENSION, IS_EXCLUDED, IS_UNSERVED = range(len(REASONS))
FOR_UNSERVED = PURPOSES["patience/unserved"]
SOURCED = int(Fact.SOURCED)
UNSERVED_FACT = int(Fact.UNSERVED)
LOST = int(Fact.LOST)
REVIEW_ENDED = int(Fact.REVIEW_ENDED)
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
    order.round = 0
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


@compiled_part
def decide_held(w: int, s: int, o: int) -> None:
    """The regime of a held application's cell has changed: decide it."""
    cell_at(s, order_at(s, o).cell).held -= 1
    go_on(w, s, o, pass_stages(w, s, o, True))


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
    next_round(s, o)
    go_on(w, s, o, begin_review(w, s, o))


@compiled_part
def call_off(w: int, s: int, o: int, attempt: int) -> None:
    """The next part of an order may be begun, if the attempt that waits for it has not ended."""
    order = order_at(s, o)
    if order.production == NOT_CALLED_OFF and order.attempt == attempt:
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
