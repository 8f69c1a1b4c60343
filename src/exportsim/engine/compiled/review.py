"""Application and review in the compiled engine: stage after stage, then the decision."""

from __future__ import annotations

from exportsim.chance import PURPOSES
from exportsim.engine.compiled.heap import FIELD, FIELD_BITS
from exportsim.engine.compiled.luck_rows import APPROVAL
from exportsim.engine.compiled.permits import issue_permit, start_patience, stop_patience
from exportsim.engine.compiled.rows import (
    CELL_STATES,
    LINES,
    STAGE_CELLS,
    TOO_MANY_VISITS,
    WORK_FACTORS,
    authority_at,
    cell_at,
    count,
    distribution_at,
    entry,
    line_at,
    order_at,
    record_at,
    source_at,
    stage_at,
    state_of,
    stream_at,
    traffic_at,
    world_of,
)
from exportsim.engine.compiled.standings import (
    AT_GATE,
    AT_WORK,
    ENDED,
    GOES_ON,
    IS_DENIED,
    IS_WITHDRAWN,
    ON_RECORD,
    QUEUED,
    SENT_BACK,
    WAITS,
)
from exportsim.engine.compiled.writing import (
    draw,
    later,
    number,
    number_of,
    officers_place,
    plan_event,
    take,
    work_of,
    write,
    write_at_stage,
    write_now,
)
from exportsim.jit import compiled_part, inlined_part
from exportsim.lifecycle import REASONS, Fact, Moment
from exportsim.plan import EXEMPT, MOST_VISITS, NEVER, RECORDED_DENIED, RECORDED_WITHDRAWN
from exportsim.rules import DENIED, HELD, REFERRED, decision, multiplied, round_index, term, treated_as, visit_index

REVIEW, SUSPENSION, IS_EXCLUDED, IS_UNSERVED, IS_UNFILED = range(len(REASONS))
FOR_APPROVAL = PURPOSES["approval"]
FOR_REVIEW = PURPOSES["patience/review"]
FOR_TAKE_UP = PURPOSES["take_up"]
REVIEW_END, ANSWER = int(Moment.REVIEW_END), int(Moment.ANSWER)
RECORDED_DECISION, LEFT_OPEN_MOMENT = int(Moment.RECORDED_DECISION), int(Moment.LEFT_OPEN)
APPLIED = int(Fact.APPLIED)
REVIEW_STARTED, LEFT_OPEN = int(Fact.REVIEW_STARTED), int(Fact.LEFT_OPEN)
RETURNED, ANSWERED = int(Fact.RETURNED), int(Fact.ANSWERED)
REFERRED_FACT = int(Fact.REFERRED)
HELD_FACT = int(Fact.HELD)
APPROVED_FACT = int(Fact.APPROVED)
DENIED_FACT = int(Fact.DENIED)


@compiled_part
def apply(w: int, s: int, o: int) -> int:
    """Apply for a permit, or have it at once in an exempt cell."""
    if treatment(w, s, o) == EXEMPT:
        issue_permit(w, s, o, False, NEVER)
        return GOES_ON
    return begin_review(w, s, o)


@compiled_part
def begin_review(w: int, s: int, o: int) -> int:
    """Write down the application, and let it pass the stages."""
    write_now(w, s, o, APPLIED, source_at(w, order_at(s, o).source).authority, order_at(s, o).open)
    return be_reviewed(w, s, o)


@compiled_part
def be_reviewed(w: int, s: int, o: int) -> int:
    """Let an application pass the stages, the buyer's patience running from now on."""
    await_review(w, s, o)
    to_first_stage(w, s, o)
    return pass_stages(w, s, o, False)


@compiled_part
def await_review(w: int, s: int, o: int) -> None:
    """Let the buyer's patience for review run from now on."""
    order = order_at(s, o)
    index = round_index(order.attempt, order.round)
    start_patience(w, s, o, line_at(w, order.line).patience_review, FOR_REVIEW, index, REVIEW)


@compiled_part
def follow_record(w: int, s: int, o: int) -> int:
    """Write down an application of which is recorded what becomes of it, and let that come."""
    order = order_at(s, o)
    write_now(w, s, o, APPLIED, source_at(w, order.source).authority, order.open)
    order.standing = ON_RECORD
    cell_at(s, order.cell).in_review += 1
    record, until = record_at(w, place_of_record(w, s, o)), line_at(w, order.line).bound_until
    if record.decided >= until:
        plan_event(w, s, until, LEFT_OPEN_MOMENT, record.turn, order.attempt, o >> FIELD_BITS, o & FIELD)
        return WAITS
    if record.decided <= state_of(s).now:
        return decide_as_recorded(w, s, o)
    plan_event(w, s, record.decided, RECORDED_DECISION, o, order.attempt, 0, 0)
    return WAITS


@compiled_part
def place_of_record(w: int, s: int, o: int) -> int:
    """Where a register's record of an order stands."""
    order = order_at(s, o)
    return stream_at(w, order.line).record_first + order.number - 1


@compiled_part
def review_left_open(w: int, s: int, o: int) -> int:
    """Have an application reviewed that is open where records end: from where it stands, or the first stage."""
    order, record = order_at(s, o), record_at(w, place_of_record(w, s, o))
    cell_at(s, order.cell).in_review -= 1
    write_now(w, s, o, LEFT_OPEN, source_at(w, order.source).authority, order.open)
    if record.stage < 0:
        return be_reviewed(w, s, o)
    await_review(w, s, o)
    to_first_stage(w, s, o)
    if record.stage >= order.stage_end:
        to_case_stages(w, s, o)
    order.stage = record.stage
    join_stage(w, s, o)
    return WAITS


@compiled_part
def decide_as_recorded(w: int, s: int, o: int) -> int:
    """Decide an application as is recorded."""
    order, record = order_at(s, o), record_at(w, place_of_record(w, s, o))
    cell_at(s, order.cell).in_review -= 1
    if record.outcome == RECORDED_DENIED:
        return IS_DENIED
    if record.outcome == RECORDED_WITHDRAWN:
        return IS_WITHDRAWN
    issue_permit(w, s, o, True, record.expires)
    return GOES_ON


@compiled_part
def next_round(w: int, s: int, o: int) -> None:
    """Review what the order has applied for once more: its luck is drawn anew."""
    order = order_at(s, o)
    order.round += 1
    order.returns = 0
    if (order.round + 1) * (world_of(w).most_returns + 1) > MOST_VISITS:
        state_of(s).full = TOO_MANY_VISITS


@compiled_part
def begin_again(w: int, s: int, o: int) -> None:
    """Send a held application through the stages once more, from the first ordinary one."""
    order = order_at(s, o)
    next_round(w, s, o)
    write_now(w, s, o, REFERRED_FACT, source_at(w, order.source).authority, 0)
    to_first_stage(w, s, o)


@compiled_part
def to_first_stage(w: int, s: int, o: int) -> None:
    """Put an application in review, at the first ordinary stage."""
    order = order_at(s, o)
    authority = authority_at(w, source_at(w, order.source).authority)
    order.is_referred = 0
    order.stage = authority.stage_first
    order.stage_end = order.stage + authority.stage_count
    cell_at(s, order.cell).in_review += 1


@compiled_part
def to_case_stages(w: int, s: int, o: int) -> None:
    """Let an application that is in review be one that is referred, at the first stage of the further review."""
    order = order_at(s, o)
    authority = authority_at(w, source_at(w, order.source).authority)
    order.is_referred = 1
    order.stage = authority.case_first
    order.stage_end = order.stage + authority.case_count


@compiled_part
def needs(w: int, s: int, o: int) -> bool:
    """Whether an application needs the stage at which it stands."""
    order = order_at(s, o)
    stage, index = stage_at(w, order.stage), round_index(order.attempt, order.round)
    of_traffic = order.line >= count(w, LINES)
    if (of_traffic and stage.others == 0) or (not of_traffic and entry(w, STAGE_CELLS, order.stage, order.cell) == 0):
        return False
    return (
        stage.share >= 1.0 or number(w, stream_at(w, order.line).digest, order.number, stage.need, index) < stage.share
    )


@inlined_part
def go_past(w: int, s: int, o: int) -> None:
    """Go past the stages that the application does not need."""
    order = order_at(s, o)
    while order.stage < order.stage_end and stage_at(w, order.stage).for_some != 0 and not needs(w, s, o):
        order.stage += 1


@compiled_part
def pass_stages(w: int, s: int, o: int, at_gate: bool) -> int:
    """Pass stages until time is needed or the application is decided; ``at_gate``, decide first."""
    order = order_at(s, o)
    cell, licensor = cell_at(s, order.cell), source_at(w, order.source).authority
    authority = authority_at(w, licensor)
    while True:
        if not at_gate:
            go_past(w, s, o)
            if order.stage < order.stage_end:
                join_stage(w, s, o)
                return WAITS
            cell.in_review -= 1
        at_gate = False
        decided = decision(
            treatment(w, s, o),
            order.is_referred != 0,
            luck_of_approval(w, s, o),
            term(cell.approval, authority.approval),
            term(cell.approval, authority.approval_case_by_case),
            cell.approval_denied,
        )
        if decided == HELD:
            write_now(w, s, o, HELD_FACT, licensor, 0)
            order.standing = AT_GATE
            cell.held += 1
            return WAITS
        if decided != REFERRED:
            break
        write_now(w, s, o, REFERRED_FACT, licensor, 0)
        to_case_stages(w, s, o)
        cell.in_review += 1
    stop_patience(s, o)
    if decided == DENIED:
        return IS_DENIED
    issue_permit(w, s, o, True, NEVER)
    return GOES_ON


@compiled_part
def treatment(w: int, s: int, o: int) -> int:
    """How the applications of an order's cell are treated, and so this order's."""
    order = order_at(s, o)
    cell = cell_at(s, order.cell)
    if cell.applications != EXEMPT or cell.take_up >= 1.0:
        return cell.applications
    u = number(w, stream_at(w, order.line).digest, order.number, FOR_TAKE_UP, 0)
    return treated_as(cell.applications, u, cell.take_up)


@compiled_part
def luck_of_approval(w: int, s: int, o: int) -> float:
    """The number in (0, 1) by which an application is approved; 0 where none is denied on its merits."""
    order = order_at(s, o)
    index = round_index(order.attempt, order.round)
    if authority_at(w, source_at(w, order.source).authority).may_deny != 0:
        return number_of(w, s, o, index, FOR_APPROVAL, APPROVAL)
    if cell_at(s, order.cell).approval >= 0.0:  # by a measure: no such luck is foreseen
        return number(w, stream_at(w, order.line).digest, order.number, FOR_APPROVAL, index)
    return 0.0


@compiled_part
def kind_of(w: int, s: int, o: int) -> int:
    """Where the factors on the work on an application stand: those of its cell or, of others, of its authority."""
    order, lines = order_at(s, o), count(w, LINES)
    return order.cell if order.line < lines else count(s, CELL_STATES) + order.line - lines


@inlined_part
def start_review(w: int, s: int, o: int) -> None:
    """An officer takes up an application."""
    order = order_at(s, o)
    write_at_stage(w, s, o, REVIEW_STARTED, order.stage)
    minutes = work_of(w, s, o)
    if state_of(s).has_factors != 0:
        minutes = multiplied(minutes, entry(s, WORK_FACTORS, kind_of(w, s, o), order.stage))
    minute = later(w, s, minutes, distribution_at(w, stage_at(w, order.stage).work).calendar)
    order.standing = AT_WORK
    plan_event(w, s, minute, REVIEW_END, o, order.attempt, order.stage, order.source + 1)


@inlined_part
def join_stage(w: int, s: int, o: int) -> None:
    """An application comes to its stage: an officer takes it up, or it waits for one."""
    order = order_at(s, o)
    if take(s, officers_place(o), order.stage):
        start_review(w, s, o)
    else:
        order.standing = QUEUED


@compiled_part
def is_returned(w: int, s: int, o: int) -> bool:
    """Whether an application goes back to who made it, now that work on it at its stage has ended."""
    order = order_at(s, o)
    stage = stage_at(w, order.stage)
    index = visit_index(order.attempt, order.round, order.returns, stage.most)
    digest = stream_at(w, order.line).digest
    return order.returns < stage.most and number(w, digest, order.number, stage.sent_back, index) < stage.chance


@compiled_part
def send_back(w: int, s: int, o: int) -> None:
    """Send an application back with questions; it is in nobody's queue until they are answered."""
    order = order_at(s, o)
    stage = stage_at(w, order.stage)
    write_at_stage(w, s, o, RETURNED, order.stage)
    count_in_review(w, s, o, -1)
    order.standing = SENT_BACK
    index = visit_index(order.attempt, order.round, order.returns, stage.most)
    minutes = draw(w, stage.answer, stream_at(w, order.line).digest, order.number, stage.answered, index)
    plan_event(w, s, state_of(s).now + minutes, ANSWER, o, order.attempt, 0, 0)


@compiled_part
def end_answer(w: int, s: int, o: int, attempt: int) -> None:
    """Questions are answered, if the application has not been withdrawn: it joins the end of its stage's queue."""
    order = order_at(s, o)
    if order.standing != SENT_BACK or order.attempt != attempt:
        return
    write_at_stage(w, s, o, ANSWERED, order.stage)
    count_in_review(w, s, o, 1)
    order.returns += 1
    join_stage(w, s, o)


@compiled_part
def count_in_review(w: int, s: int, o: int, more: int) -> None:
    """Count an application, of an order or another one, among those in review, or no more."""
    order = order_at(s, o)
    if order.line < count(w, LINES):
        cell_at(s, order.cell).in_review += more
    else:
        traffic_at(s, order.line - count(w, LINES)).in_review += more


@inlined_part
def pass_traffic(w: int, s: int, o: int) -> None:
    """An application that uses officers and nothing else goes to its next stage, or is decided."""
    order = order_at(s, o)
    go_past(w, s, o)
    if order.stage < order.stage_end:
        join_stage(w, s, o)
        return
    licensor = order.line - count(w, LINES)
    traffic_at(s, licensor).in_review -= 1
    order.standing = ENDED
    authority = authority_at(w, licensor)
    approved = authority.may_deny == 0 or number_of(w, s, o, 1, FOR_APPROVAL, APPROVAL) < authority.approval
    write(s, APPROVED_FACT if approved else DENIED_FACT, -1, order.number, 1, -1, licensor, 0, -1)
