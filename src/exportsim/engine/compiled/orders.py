"""The life of an order in the compiled engine: the reference's process as a machine that goes from wait to wait."""

from __future__ import annotations

from exportsim.chance import PURPOSES
from exportsim.engine.compiled.heap import FIELD
from exportsim.engine.compiled.sourcing import cell_of, choose, disrupt, has_candidate, lose_trust
from exportsim.engine.compiled.tables import (
    APPROVAL,
    APPROVAL_CASE_BY_CASE,
    ATTEMPT,
    AUTHORITY,
    CASE_COUNT,
    CASE_FIRST,
    CELL,
    CELL_APPLICATIONS,
    CELL_PERMITS,
    DELIVERED,
    EXCLUDED,
    FULL,
    HAS_PERMIT,
    HELD_NOW,
    IN_FORCE_NOW,
    IN_REVIEW,
    IS_REFERRED,
    IS_SUSPENDED,
    LEAD_TIME,
    LINES,
    NOW,
    NUMBER,
    OPEN,
    ORDER_LINE,
    ORDER_PARTS,
    ORDER_VALUE,
    PART,
    PATIENCE_REVIEW,
    PATIENCE_SUSPENSION,
    PATIENCE_UNSERVED,
    RANKS,
    RUN_STREAM,
    SOURCE,
    SOURCE_COUNT,
    SOURCE_FIRST,
    STAGE,
    STAGE_COUNT,
    STAGE_END,
    STAGE_FIRST,
    STAGE_PURPOSE,
    STAGE_WORK,
    STAGES,
    STANDING,
    STOPPED_BY,
    SUPPLIER,
    TOKEN,
    TOO_MANY_ATTEMPTS,
    TOO_MANY_WAITS,
    TRAFFIC,
    VALIDITY,
    VALIDITY_CALENDAR,
    add,
    count,
    entry,
    get,
    put,
    real,
    set_entry,
    set_value,
    value,
)
from exportsim.engine.compiled.writing import (
    draw,
    end_of,
    later,
    leave,
    next_on_agenda,
    number,
    plan_event,
    quit_queue,
    take,
    tell,
    tell_of,
    write,
)
from exportsim.jit import compiled_part, inlined_part
from exportsim.lifecycle import REASONS, Fact, Moment
from exportsim.plan import EXEMPT, LOSS_DENY, MOST_ATTEMPTS, SUSPENDED
from exportsim.rules import DENIED, HELD, REFERRED, decision, part_value

REVIEW, SUSPENSION, IS_EXCLUDED, IS_UNSERVED = range(len(REASONS))

# Where an order stands, in the column STANDING.
ENDED, UNSERVED, QUEUED, AT_WORK, AT_GATE, WAITS_FOR_SLOT, IN_PRODUCTION, ALL_PRODUCED = range(8)
# What comes of a step: it waits for time, it goes on to production, its application was denied.
WAITS, GOES_ON, IS_DENIED = range(3)

MOST_TOKENS = FIELD  # waits of one order, begun and ended: an event has room for no more

FOR_APPROVAL, FOR_LEAD_TIME = PURPOSES["approval"], PURPOSES["lead_time"]
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
            end_attempt(w, s, o, DENIED_FACT, get(w, get(s, o, SOURCE), AUTHORITY), True)
            comes_to = next_attempt(w, s, o)


@compiled_part
def next_attempt(w: int, s: int, o: int) -> int:
    """Choose a source and apply, or find the order unserved or lost."""
    source = choose(w, s, o)
    line = get(s, o, ORDER_LINE)
    if source < 0:
        excluded = 0
        for k in range(get(w, line, SOURCE_COUNT)):
            excluded += entry(s, EXCLUDED, o, k)
        if excluded == get(w, line, SOURCE_COUNT):
            lose(w, s, o, IS_EXCLUDED)
        else:
            tell(w, s, o, UNSERVED_FACT, -1, get(s, o, OPEN))
            put(s, o, STANDING, UNSERVED)
            index = get(s, o, ATTEMPT) + 1
            start_patience(w, s, o, get(w, line, PATIENCE_UNSERVED), FOR_UNSERVED, index, IS_UNSERVED)
        return WAITS
    add(s, o, ATTEMPT, 1)
    if get(s, o, ATTEMPT) > MOST_ATTEMPTS:
        set_value(s, FULL, TOO_MANY_ATTEMPTS)
        return WAITS
    put(s, o, SOURCE, source)
    put(s, o, PART, get(s, o, DELIVERED) + 1)
    put(s, o, IS_SUSPENDED, 0)
    tell(w, s, o, SOURCED, -1, get(s, o, OPEN))
    if get(w, source, AUTHORITY) < 0:
        put(s, o, CELL, -1)
        return GOES_ON
    put(s, o, CELL, cell_of(w, s, o, source))
    return apply(w, s, o)


@compiled_part
def lose(w: int, s: int, o: int, reason: int) -> None:
    """Give up what is still open."""
    tell(w, s, o, LOST, reason, get(s, o, OPEN))
    put(s, o, OPEN, 0)
    put(s, o, STANDING, ENDED)


@compiled_part
def try_unserved(w: int, s: int) -> None:
    """Try the unserved orders again, in order of arrival. What is tried in vain leaves no fact."""
    for o in range(value(s, RANKS)):
        if get(s, o, STANDING) == UNSERVED and has_candidate(w, s, o):
            stop_patience(s, o)
            live(w, s, o)
            settle(w, s)


# ---------------------------------------------------------------------- application and review


@compiled_part
def apply(w: int, s: int, o: int) -> int:
    """Apply for a permit, or have it at once in an exempt cell."""
    authority, cell = get(w, get(s, o, SOURCE), AUTHORITY), get(s, o, CELL)
    if get(s, cell, CELL_APPLICATIONS) == EXEMPT:
        issue_permit(w, s, o, False)
        return GOES_ON
    tell(w, s, o, APPLIED, authority, get(s, o, OPEN))
    distribution = get(w, get(s, o, ORDER_LINE), PATIENCE_REVIEW)
    start_patience(w, s, o, distribution, FOR_REVIEW, get(s, o, ATTEMPT), REVIEW)
    put(s, o, IS_REFERRED, 0)
    put(s, o, STAGE, get(w, authority, STAGE_FIRST))
    put(s, o, STAGE_END, get(s, o, STAGE) + get(w, authority, STAGE_COUNT))
    add(s, cell, IN_REVIEW, 1)
    return pass_stages(w, s, o, False)


@compiled_part
def pass_stages(w: int, s: int, o: int, at_gate: bool) -> int:
    """Pass stages until time is needed or the application is decided; ``at_gate``, decide first."""
    authority, cell = get(w, get(s, o, SOURCE), AUTHORITY), get(s, o, CELL)
    while True:
        if not at_gate:
            if get(s, o, STAGE) < get(s, o, STAGE_END):
                if take(s, o, get(s, o, STAGE)):
                    start_review(w, s, o)
                else:
                    put(s, o, STANDING, QUEUED)
                return WAITS
            add(s, cell, IN_REVIEW, -1)
        at_gate = False
        decided = decision(
            get(s, cell, CELL_APPLICATIONS),
            get(s, o, IS_REFERRED) != 0,
            number(w, get(s, o, RUN_STREAM), get(s, o, NUMBER), FOR_APPROVAL, get(s, o, ATTEMPT)),
            real(w, authority, APPROVAL),
            real(w, authority, APPROVAL_CASE_BY_CASE),
        )
        if decided == HELD:
            tell(w, s, o, HELD_FACT, authority, 0)
            put(s, o, STANDING, AT_GATE)
            add(s, cell, HELD_NOW, 1)
            return WAITS
        if decided != REFERRED:
            break
        tell(w, s, o, REFERRED_FACT, authority, 0)
        put(s, o, IS_REFERRED, 1)
        put(s, o, STAGE, get(w, authority, CASE_FIRST))
        put(s, o, STAGE_END, get(s, o, STAGE) + get(w, authority, CASE_COUNT))
        add(s, cell, IN_REVIEW, 1)
    stop_patience(s, o)
    if decided == DENIED:
        return IS_DENIED
    issue_permit(w, s, o, True)
    return GOES_ON


@inlined_part
def start_review(w: int, s: int, o: int) -> None:
    """An officer takes up an application."""
    stage, attempt = get(s, o, STAGE), get(s, o, ATTEMPT)
    stream, entity = get(s, o, RUN_STREAM), get(s, o, NUMBER)
    if get(s, o, ORDER_LINE) < count(w, LINES):
        tell(w, s, o, REVIEW_STARTED, stage, 0)
    else:
        write(s, REVIEW_STARTED, -1, entity, 1, -1, stage, 0, -1)
    minute = end_of(w, s, get(w, stage, STAGE_WORK), stream, entity, get(w, stage, STAGE_PURPOSE), attempt)
    put(s, o, STANDING, AT_WORK)
    plan_event(w, s, minute, REVIEW_END, o, attempt, stage, get(s, o, SOURCE) + 1)


@inlined_part
def end_review(w: int, s: int, o: int, attempt: int, stage: int, source: int) -> None:
    """The end of an officer's work, on an application that may have been withdrawn."""
    if get(s, o, STANDING) == AT_WORK and get(s, o, ATTEMPT) == attempt:
        if get(s, o, ORDER_LINE) >= count(w, LINES):
            write(s, REVIEW_ENDED, -1, get(s, o, NUMBER), 1, -1, stage, 0, -1)
            leave(s, stage)
            add(s, o, STAGE, 1)
            pass_traffic(w, s, o)
        else:
            tell(w, s, o, REVIEW_ENDED, stage, 0)
            leave(s, stage)
            add(s, o, STAGE, 1)
            go_on(w, s, o, pass_stages(w, s, o, False))
    else:
        tell_of(w, s, o, attempt, source, REVIEW_ENDED, stage, 0)
        leave(s, stage)


@inlined_part
def pass_traffic(w: int, s: int, o: int) -> None:
    """An application that uses officers and nothing else goes to its next stage, or is decided."""
    if get(s, o, STAGE) < get(s, o, STAGE_END):
        if take(s, o, get(s, o, STAGE)):
            start_review(w, s, o)
        else:
            put(s, o, STANDING, QUEUED)
        return
    authority, entity = get(s, o, ORDER_LINE) - count(w, LINES), get(s, o, NUMBER)
    add(s, authority, TRAFFIC, -1)
    put(s, o, STANDING, ENDED)
    approval = real(w, authority, APPROVAL)  # a certain one needs no luck
    approved = approval >= 1.0 or number(w, get(s, o, RUN_STREAM), entity, FOR_APPROVAL, 1) < approval
    write(s, APPROVED_FACT if approved else DENIED_FACT, -1, entity, 1, -1, authority, 0, -1)


@compiled_part
def decide_held(w: int, s: int, o: int) -> None:
    """The regime of a held application's cell has changed: decide it."""
    add(s, get(s, o, CELL), HELD_NOW, -1)
    go_on(w, s, o, pass_stages(w, s, o, True))


# ---------------------------------------------------------------------- permit, production, delivery


@compiled_part
def issue_permit(w: int, s: int, o: int, expires: bool) -> None:
    """Issue the permit, suspended if its cell is. Where nothing was applied for, there is nothing that expires."""
    authority, cell = get(w, get(s, o, SOURCE), AUTHORITY), get(s, o, CELL)
    tell(w, s, o, APPROVED_FACT, authority, get(s, o, OPEN))
    put(s, o, HAS_PERMIT, 1)
    add(s, cell, IN_FORCE_NOW, 1)
    validity = get(w, authority, VALIDITY)
    if expires and validity >= 0:
        minute = later(w, s, validity, get(w, authority, VALIDITY_CALENDAR))
        plan_event(w, s, minute, EXPIRY, o, get(s, o, ATTEMPT), 0, 0)
    if get(s, cell, CELL_PERMITS) == SUSPENDED:
        suspend(w, s, o, get(s, cell, STOPPED_BY))


@compiled_part
def suspend(w: int, s: int, o: int, branch: int) -> None:
    """Suspend a permit: production goes on, delivery waits, and so does the buyer, for a while."""
    put(s, o, IS_SUSPENDED, 1)
    add(s, get(s, o, CELL), IN_FORCE_NOW, -1)
    tell(w, s, o, SUSPENDED_FACT, branch, get(s, o, OPEN))
    distribution = get(w, get(s, o, ORDER_LINE), PATIENCE_SUSPENSION)
    start_patience(w, s, o, distribution, FOR_SUSPENSION, get(s, o, ATTEMPT), SUSPENSION)


@compiled_part
def reinstate(w: int, s: int, o: int, branch: int) -> None:
    """Put a permit in force again and deliver at once what waited."""
    put(s, o, IS_SUSPENDED, 0)
    add(s, get(s, o, CELL), IN_FORCE_NOW, 1)
    stop_patience(s, o)
    tell(w, s, o, REINSTATED, branch, get(s, o, OPEN))
    for part in range(get(s, o, DELIVERED) + 1, get(s, o, PART)):
        deliver(w, s, o, part)
    if get(s, o, OPEN) == 0:
        put(s, o, STANDING, ENDED)


@compiled_part
def produce(w: int, s: int, o: int) -> int:
    """Begin the next part, or wait for what has been produced to be delivered, or be done."""
    if get(s, o, PART) <= get(s, o, ORDER_PARTS):
        if take(s, o, count(w, STAGES) + get(w, get(s, o, SOURCE), SUPPLIER)):
            start_part(w, s, o)
        else:
            put(s, o, STANDING, WAITS_FOR_SLOT)
    else:
        put(s, o, STANDING, ALL_PRODUCED if get(s, o, OPEN) > 0 else ENDED)
    return WAITS


@inlined_part
def start_part(w: int, s: int, o: int) -> None:
    """A production slot takes up a part."""
    source, attempt, part = get(s, o, SOURCE), get(s, o, ATTEMPT), get(s, o, PART)
    distribution = get(w, get(w, source, SUPPLIER), LEAD_TIME)
    stream, entity = get(s, o, RUN_STREAM), get(s, o, NUMBER)
    minutes = draw(w, distribution, stream, entity, FOR_LEAD_TIME, attempt << 16 | part)
    put(s, o, STANDING, IN_PRODUCTION)
    plan_event(w, s, value(s, NOW) + minutes, PRODUCTION_END, o, attempt, part, source)


@inlined_part
def end_part(w: int, s: int, o: int, attempt: int, part: int, source: int) -> None:
    """The end of production of a part, for an attempt that may have ended."""
    cents = part_value(get(s, o, ORDER_VALUE), get(s, o, ORDER_PARTS), part)
    slot = count(w, STAGES) + get(w, source, SUPPLIER)
    if get(s, o, STANDING) == IN_PRODUCTION and get(s, o, ATTEMPT) == attempt:
        tell(w, s, o, FINISHED, part, cents)
        leave(s, slot)
        if get(s, o, IS_SUSPENDED) == 0:
            deliver(w, s, o, part)
        add(s, o, PART, 1)
        produce(w, s, o)
    else:
        tell_of(w, s, o, attempt, source, FINISHED, part, cents)
        tell_of(w, s, o, attempt, source, STRANDED, part, cents)
        leave(s, slot)


@compiled_part
def deliver(w: int, s: int, o: int, part: int) -> None:
    """Deliver a finished part. A permit whose last part is delivered is used up."""
    cents = part_value(get(s, o, ORDER_VALUE), get(s, o, ORDER_PARTS), part)
    add(s, o, OPEN, -cents)
    put(s, o, DELIVERED, part)
    supplier, cell = get(w, get(s, o, SOURCE), SUPPLIER), get(s, o, CELL)
    line, entity = get(s, o, ORDER_LINE), get(s, o, NUMBER)
    write(s, DELIVERED_FACT, line, entity, get(s, o, ATTEMPT), supplier, part, cents, cell)
    if cell >= 0 and get(s, o, OPEN) == 0:
        put(s, o, HAS_PERMIT, 0)
        add(s, cell, IN_FORCE_NOW, -1)


# ---------------------------------------------------------------------- the end of an attempt


@compiled_part
def interrupt(w: int, s: int, o: int, fact: int, detail: int, exclude: bool) -> None:
    """End the order's attempt, wherever it stands, and let it go elsewhere."""
    standing = get(s, o, STANDING)
    if standing in (QUEUED, WAITS_FOR_SLOT):
        quit_queue(s, o)
    if standing in (QUEUED, AT_WORK):
        add(s, get(s, o, CELL), IN_REVIEW, -1)
    elif standing == AT_GATE:
        add(s, get(s, o, CELL), HELD_NOW, -1)
    end_attempt(w, s, o, fact, detail, exclude)
    live(w, s, o)


@compiled_part
def end_attempt(w: int, s: int, o: int, fact: int, detail: int, exclude: bool) -> None:
    """Write down why an attempt is over, and what that means for source, trust, parts and permit."""
    source, line = get(s, o, SOURCE), get(s, o, ORDER_LINE)
    tell(w, s, o, fact, detail, 0 if fact == DENIED_FACT else get(s, o, OPEN))
    if exclude:
        set_entry(s, EXCLUDED, o, source - get(w, line, SOURCE_FIRST), 1)
    if fact == DENIED_FACT:
        lose_trust(w, s, source, LOSS_DENY)
        disrupt(w, s, line)
    for part in range(get(s, o, DELIVERED) + 1, get(s, o, PART)):
        tell(w, s, o, STRANDED, part, part_value(get(s, o, ORDER_VALUE), get(s, o, ORDER_PARTS), part))
    stop_patience(s, o)
    if get(s, o, HAS_PERMIT) != 0:
        put(s, o, HAS_PERMIT, 0)
        if get(s, o, IS_SUSPENDED) == 0:
            add(s, get(s, o, CELL), IN_FORCE_NOW, -1)
    put(s, o, SOURCE, -1)
    put(s, o, STANDING, ENDED)


@compiled_part
def start_patience(w: int, s: int, o: int, distribution: int, purpose: int, index: int, reason: int) -> None:
    """From now on the buyer waits for so long and no longer."""
    if distribution < 0:
        return
    minutes = draw(w, distribution, get(s, o, RUN_STREAM), get(s, o, NUMBER), purpose, index)
    add(s, o, TOKEN, 1)
    if get(s, o, TOKEN) > MOST_TOKENS:
        set_value(s, FULL, TOO_MANY_WAITS)
        return
    plan_event(w, s, value(s, NOW) + minutes, PATIENCE, o, index, reason, get(s, o, TOKEN))


@compiled_part
def stop_patience(s: int, o: int) -> None:
    """The wait is over: what was planned for its end no longer counts."""
    add(s, o, TOKEN, 1)


@compiled_part
def end_patience(w: int, s: int, o: int, reason: int, token: int) -> None:
    """Patience runs out, if the wait is not over."""
    if get(s, o, TOKEN) != token:
        return
    if reason == IS_UNSERVED:
        lose(w, s, o, IS_UNSERVED)
        stop_patience(s, o)
    else:
        interrupt(w, s, o, WITHDRAWN, reason, True)


@compiled_part
def expire(w: int, s: int, o: int, attempt: int) -> None:
    """A permit's validity ends, if the permit is still there."""
    if get(s, o, HAS_PERMIT) != 0 and get(s, o, ATTEMPT) == attempt:
        interrupt(w, s, o, EXPIRED, get(w, get(s, o, SOURCE), AUTHORITY), False)


@compiled_part
def settle(w: int, s: int) -> None:
    """Let those who have been given a desk go on."""
    o = next_on_agenda(s)
    while o >= 0:
        if get(s, o, STANDING) == QUEUED:
            start_review(w, s, o)
        else:
            start_part(w, s, o)
        o = next_on_agenda(s)
