"""The smallest acts of the compiled engine: writing a fact, planning an event, drawing, and the queues for desks."""

from __future__ import annotations

from exportsim import chance
from exportsim.engine.compiled.heap import event_key, event_note, push
from exportsim.engine.compiled.rows import (
    AGENDA,
    DESKS,
    FIRST_LEAD,
    FIRST_WORK,
    HEAP,
    HEAP_FULL,
    LEADS,
    LEDGER,
    LEDGER_FULL,
    LINE_STATES,
    LINES,
    LUCK,
    POINT_XS,
    POINT_YS,
    SHARES,
    STAGES,
    SUPPLIER_STATES,
    WORKING,
    WORKING_BEFORE,
    WORKING_DAY,
    cell_at,
    count,
    desk_at,
    distribution_at,
    entry,
    fact_at,
    here_at,
    line_at,
    order_at,
    place_at,
    real_entry,
    real_run,
    source_at,
    stage_at,
    state_of,
    stream_at,
    supplier_at,
    traffic_at,
    waiting_at,
    whole_run,
    width,
    world_of,
)
from exportsim.jit import compiled_part, fixed_at, inlined_part
from exportsim.packed_rows import packed_part
from exportsim.plan import FIRST, VALUES
from exportsim.rules import part_value, share_value, visit_index
from exportsim.working_time import advance

FOR_ARRIVAL, FOR_LEAD_TIME = chance.PURPOSES["arrival"], chance.PURPOSES["lead_time"]


@compiled_part
def write(
    s: int, fact: int, line: int, order: int, attempt: int, supplier: int, detail: int, amount: int, cell: int
) -> None:
    """Write a row of the ledger; beyond the room there is, say so and write nothing."""
    state = state_of(s)
    if state.ledger_rows >= count(s, LEDGER):
        state.full = LEDGER_FULL
        return
    row = fact_at(s, state.ledger_rows)
    row.when, row.amount, row.who, row.what = packed_part(
        state.now, fact, line, order, attempt, supplier, detail, amount, cell
    )
    state.ledger_rows += 1


@compiled_part
def write_of(w: int, s: int, o: int, attempt: int, source: int, fact: int, detail: int, cents: int) -> None:
    """Write a fact of any of an order's attempts."""
    order = order_at(s, o)
    supplier = source_at(w, source).supplier if source >= 0 else -1
    write(s, fact, order.line, order.number, attempt, supplier, detail, cents, -1)


@compiled_part
def write_now(w: int, s: int, o: int, fact: int, detail: int, cents: int) -> None:
    """Write a fact of an order's present attempt."""
    order = order_at(s, o)
    write_of(w, s, o, order.attempt, order.source, fact, detail, cents)


@compiled_part
def write_at_stage(w: int, s: int, o: int, fact: int, stage: int) -> None:
    """Write what befalls an application, of an order or another one, at a stage."""
    order = order_at(s, o)
    if order.line < count(w, LINES):
        write_now(w, s, o, fact, stage, 0)
    else:
        write(s, fact, -1, order.number, 1, -1, stage, 0, -1)


@compiled_part
def plan_event(w: int, s: int, minute: int, moment: int, entity: int, attempt: int, first: int, second: int) -> None:
    """Plan an event, unless the run is over before it."""
    world, state = world_of(w), state_of(s)
    if minute >= world.end:
        return
    key = event_key(minute - world.start, moment, entity)
    if state.events >= count(s, HEAP):
        state.full = HEAP_FULL
        return
    push(fixed_at(s, HEAP), state.events, key, event_note(attempt, first, second))
    state.events += 1


@inlined_part
def number(w: int, stream: int, entity: int, purpose: int, index: int) -> float:
    """The number in (0, 1) at an address."""
    world = world_of(w)
    return chance.uniform(world.seed, world.future, stream, entity, purpose, index)


@inlined_part
def arrival_gap(w: int, stream: int, occurrence: int) -> int:
    """The hazard between an arrival and the one before it, in 2⁻³² arrivals."""
    world = world_of(w)
    return chance.gap(world.seed, world.future, stream, occurrence, FOR_ARRIVAL)


@compiled_part
def draw(w: int, distribution: int, stream: int, entity: int, purpose: int, index: int) -> int:
    """A whole value of a distribution at an address."""
    drawn = distribution_at(w, distribution)
    if drawn.always >= 0:
        return drawn.always
    u = number(w, stream, entity, purpose, index)
    if drawn.kind < VALUES:
        return chance.whole(chance.by_parameters(drawn.kind, drawn.a, drawn.b, drawn.c, u))
    first = drawn.point_first
    last = first + drawn.point_count
    return chance.whole(
        chance.by_points(drawn.kind, real_run(w, POINT_XS, first, last), real_run(w, POINT_YS, first, last), u)
    )


@inlined_part
def foreseen_row(w: int, s: int, o: int, index: int) -> int:
    """Where the luck of an order at an index is foreseen; -1 if it is not a first attempt's, or its window is past."""
    order = order_at(s, o)
    here = here_at(world_of(w).luck, order.line)
    return here.base + order.number if index == 1 and order.number > here.before else -1


@inlined_part
def number_of(w: int, s: int, o: int, index: int, purpose: int, kind: int) -> float:
    """The number in (0, 1) of an order at an index, of a kind that is foreseen of first attempts."""
    row = foreseen_row(w, s, o, index)
    if row >= 0:
        return real_entry(world_of(w).luck, LUCK, kind, row)
    order = order_at(s, o)
    return number(w, stream_at(w, order.line).digest, order.number, purpose, index)


@inlined_part
def work_of(w: int, s: int, o: int) -> int:
    """The minutes that an officer works on an order at its stage."""
    order = order_at(s, o)
    stage, arrivals = stage_at(w, order.stage), stream_at(w, order.line)
    index = visit_index(order.attempt, order.round, order.returns, stage.most)
    row, k = foreseen_row(w, s, o, index), order.stage - arrivals.stage_first
    if row >= 0 and 0 <= k < arrivals.stage_count:
        return entry(world_of(w).luck, LUCK, FIRST_WORK + k, row)
    return draw(w, stage.work, arrivals.digest, order.number, stage.purpose, index)


@inlined_part
def lead_time_of(w: int, s: int, o: int) -> int:
    """The minutes that the production of an order's part takes."""
    order = order_at(s, o)
    row, arrivals = foreseen_row(w, s, o, order.attempt), stream_at(w, order.line)
    if row >= 0 and order.part <= LEADS and order.source == arrivals.source:
        return entry(world_of(w).luck, LUCK, FIRST_LEAD + order.part - 1, row)
    lead_time = supplier_at(w, source_at(w, order.source).supplier).lead_time
    return draw(w, lead_time, arrivals.digest, order.number, FOR_LEAD_TIME, order.attempt << 16 | order.part)


@inlined_part
def value_of(w: int, s: int, o: int, part: int) -> int:
    """Cents of one part of an order."""
    order = order_at(s, o)
    line = line_at(w, order.line)
    if line.share_count > 0:
        return share_value(
            order.value, whole_run(w, SHARES, line.share_first, line.share_first + line.share_count), part
        )
    return part_value(order.value, order.parts, part)


@inlined_part
def later(w: int, s: int, minutes: int, calendar: int) -> int:
    """The minute after so many, on an authority's calendar or (-1) on the clock."""
    now = state_of(s).now
    if calendar < 0:
        return now + minutes
    days = width(w, WORKING)
    working = whole_run(w, WORKING, calendar * days, (calendar + 1) * days)
    before = whole_run(w, WORKING_BEFORE, calendar * (days + 1), (calendar + 1) * (days + 1))
    day = whole_run(w, WORKING_DAY, calendar * (days + 1), (calendar + 1) * (days + 1))
    return advance(world_of(w).calendar_origin, working, before, day, now, minutes)


@inlined_part
def slots_of(w: int, supplier: int) -> int:
    """The desk that stands for the production slots of a supplier: they come after the stages' officers."""
    return count(w, STAGES) + supplier


@inlined_part
def officers_place(o: int) -> int:
    """An order's place in a queue for an officer."""
    return 2 * o


@inlined_part
def slots_place(o: int) -> int:
    """An order's place in a queue for a slot: while its permit is renewed, it may stand in both."""
    return 2 * o + 1


@compiled_part
def take(s: int, p: int, desk_number: int) -> bool:
    """Take a desk if one is free, else join the end of its queue with a place."""
    desk = desk_at(s, desk_number)
    if desk.taken < desk.number:
        desk.taken += 1
        return True
    place, last = place_at(s, p), desk.queue_last
    place.ahead = last
    place.behind = -1
    if last >= 0:
        place_at(s, last).behind = p
    else:
        desk.queue_first = p
    desk.queue_last = p
    return False


@compiled_part
def quit_queue(s: int, p: int, desk_number: int) -> None:
    """Leave the queue for a desk."""
    place, desk = place_at(s, p), desk_at(s, desk_number)
    if place.ahead >= 0:
        place_at(s, place.ahead).behind = place.behind
    else:
        desk.queue_first = place.behind
    if place.behind >= 0:
        place_at(s, place.behind).ahead = place.ahead
    else:
        desk.queue_last = place.ahead


@compiled_part
def first_by_rank(s: int, p: int) -> int:
    """Of the places in a queue for an officer, from the first on, that of whoever is taken up next as things stand."""
    best, rank = p, rank_of(s, p)
    while p >= 0 and rank > FIRST:
        if rank_of(s, p) < rank:
            best, rank = p, rank_of(s, p)
        p = place_at(s, p).behind
    return best


@compiled_part
def first_of(s: int, p: int, number_of_places: int) -> int:
    """Of so many places in a queue for officers, from the first on, that of the first by rank."""
    best = p
    if state_of(s).is_ranked != 0:
        for _ in range(number_of_places):
            if rank_of(s, p) < rank_of(s, best):
                best = p
            p = place_at(s, p).behind
    return best


@inlined_part
def rank_of(s: int, p: int) -> int:
    """How the application at a place ranks: by its cell or, of others, by its authority."""
    order, lines = order_at(s, p // 2), count(s, LINE_STATES)
    return cell_at(s, order.cell).priority if order.line < lines else traffic_at(s, order.line - lines).priority


@compiled_part
def call(s: int, desk_number: int) -> None:
    """Give free desks to those who wait, by rank, within one first come first served.

    They go on when the order at hand must wait.
    """
    desk, state = desk_at(s, desk_number), state_of(s)
    while desk.queue_first >= 0 and desk.taken < desk.number:
        p = desk.queue_first
        if state.is_ranked != 0 and desk_number < count(s, DESKS) - count(s, SUPPLIER_STATES):
            p = first_by_rank(s, p)
        quit_queue(s, p, desk_number)
        desk.taken += 1
        last = state.agenda_last
        waiting_at(s, last).place = p
        state.agenda_last = last + 1 if last + 1 < count(s, AGENDA) else 0


@compiled_part
def leave(s: int, desk_number: int) -> None:
    """Leave a desk to the first who waits."""
    desk_at(s, desk_number).taken -= 1
    call(s, desk_number)


@compiled_part
def resize(s: int, desk_number: int, number: int) -> None:
    """Set the number of desks: more are taken up at once, fewer finish what they hold."""
    desk_at(s, desk_number).number = number
    call(s, desk_number)


@compiled_part
def next_on_agenda(s: int) -> int:
    """The place of the next who has been given a desk, -1 if there is none."""
    state = state_of(s)
    first = state.agenda_first
    if first == state.agenda_last:
        return -1
    state.agenda_first = first + 1 if first + 1 < count(s, AGENDA) else 0
    return waiting_at(s, first).place
