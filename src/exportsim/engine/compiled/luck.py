"""What can be told of a future before anything happens in it: who orders and when, and the luck of first attempts.

Luck is looked up at addresses, so it can be looked up in any order: here ahead of the play, for one purpose of many
orders after the other, which a processor works on several at a time, and once for all policies of a future. What is not
foreseen (later attempts, other sources, what few orders need) is drawn when it is needed, by the same functions.

The orders of a future are foreseen in windows of time: one if the future has few enough, and then its policies share
it; else each play foresees window after window in the same memory. When orders arrive is the same under all policies,
but for those that come ahead of an announced measure: a policy under which there are such has a list of its own of what
arrives in a window. They come from the same window, as none ends between an announcement and the last order that may
come ahead because of it.
"""

from __future__ import annotations

from exportsim.chance import PURPOSES, by_parameters, by_points, gap_of, minute_of, uniform, whole
from exportsim.engine.compiled.heap import entity_of, event_key, is_before, key_at, note_at, pop, push, set_event
from exportsim.engine.compiled.rows import (
    ANNOUNCEMENTS,
    APPROVAL,
    ARRIVING,
    BATCH,
    CENTS,
    ENDS,
    FIRST_LEAD,
    FIRST_WORK,
    HASTENED,
    LEADS,
    LINES,
    LUCK,
    LUCK_FULL,
    MERGING,
    MINUTE,
    MOVED,
    PARTS,
    PIECE_HAZARDS,
    PIECE_RATES,
    PIECE_STARTS,
    POINT_XS,
    POINT_YS,
    PROGRAMME,
    PROGRAMMES,
    SOURCE,
    STREAMS,
    UNIFORMS,
    announcement_at,
    arrived_at,
    count,
    distribution_at,
    entry,
    here_at,
    line_at,
    luck_of,
    real_run,
    record_at,
    set_entry,
    source_at,
    stage_at,
    state_of,
    stream_at,
    supplier_at,
    whole_run,
    width,
    world_of,
)
from exportsim.jit import compiled_part, fixed_at, inlined_part
from exportsim.lifecycle import Moment
from exportsim.plan import EXPONENTIAL, LOGNORMAL, MOST_PARTS, NEVER, VALUES, Float, Int
from exportsim.rules import minute_ahead, programme_of

FIRST_BATCH = 8  # of arrivals: how many there will be is not known, so batches begin small and grow
ARRIVAL = int(Moment.ARRIVAL)
FOR_ARRIVAL, FOR_VALUE = PURPOSES["arrival"], PURPOSES["value"]
FOR_PROGRAMME, FOR_PARTS = PURPOSES["programme"], PURPOSES["parts"]
FOR_AHEAD, FOR_AHEAD_WHEN = PURPOSES["ahead"], PURPOSES["ahead_when"]
FOR_SOURCE, FOR_APPROVAL, FOR_LEAD_TIME = PURPOSES["source"], PURPOSES["approval"], PURPOSES["lead_time"]


@compiled_part
def look_ahead(w: int, s: int) -> None:
    """See to it that what is foreseen is the window in which the state stands, of the world's future."""
    world, state = world_of(w), state_of(s)
    luck = luck_of(world.luck)
    if luck.seed != world.seed or luck.future != world.future or luck.window != state.window:
        luck.seed, luck.future, luck.window = world.seed, world.future, state.window
        if not foresee(w, world.luck, state.window):
            luck.window = -1
            state.full = LUCK_FULL
            return
    if world.arriving != world.luck:
        put_in_turn(w, world.luck, world.arriving)


@compiled_part
def foresee(w: int, f: int, window: int) -> bool:
    """Foresee a window; whether there is room for it."""
    luck, past = luck_of(f), 0
    for stream in range(count(w, STREAMS)):
        past = foresee_arrivals(w, f, window, stream, past)
        if past < 0:
            return False
    luck.orders = past
    merge(w, f)
    for stream in range(count(w, STREAMS)):
        here = here_at(f, stream)
        for k in range(0, here.orders, BATCH):
            orders = min(BATCH, here.orders - k)
            row, number = here.first + k, here.before + k + 1
            most_parts = 0
            if stream < count(w, LINES):
                most_parts = foresee_orders(w, f, stream, row, number, orders)
            foresee_first_attempts(w, f, stream, row, number, orders, most_parts)
    return True


@inlined_part
def end_of_window(w: int, window: int) -> int:
    """The minute before which a window ends."""
    return entry(world_of(w).luck, ENDS, window, 0)


# ---------------------------------------------------------------------------------------------------- who and when


@compiled_part
def foresee_arrivals(w: int, f: int, window: int, stream: int, row: int) -> int:
    """Foresee when orders of a stream arrive in a window, in rows from ``row`` on: the row after, -1 without room."""
    before = arrived_at(f, window * count(w, STREAMS) + stream)
    after = arrived_at(f, (window + 1) * count(w, STREAMS) + stream)
    here, arrivals = here_at(f, stream), stream_at(w, stream)
    here.first, here.before, here.base = row, before.number, row - before.number - 1
    here.orders = 0
    past, room = end_of_window(w, window), width(f, LUCK)
    minutes = whole_run(f, LUCK, MINUTE * room, (MINUTE + 1) * room)
    if arrivals.record_first >= 0:
        k = before.number
        while k < arrivals.record_count and record_at(w, arrivals.record_first + k).minute < past:
            if row + here.orders >= room:
                return -1
            minutes[row + here.orders] = record_at(w, arrivals.record_first + k).minute
            here.orders += 1
            k += 1
        after.number = k
        return row + here.orders
    first = arrivals.piece_first
    last = first + arrivals.piece_count
    starts, hazards = whole_run(w, PIECE_STARTS, first, last), whole_run(w, PIECE_HAZARDS, first, last)
    rates = real_run(w, PIECE_RATES, first, last)
    number, hazard, batch = before.number, before.hazard, FIRST_BATCH
    while True:
        u = real_run(f, UNIFORMS, 0, batch)
        draw_uniforms(w, arrivals.digest, number + 1, FOR_ARRIVAL, 0, u)
        gaps = whole_run(f, UNIFORMS, BATCH, BATCH + batch)
        for i in range(batch):
            gaps[i] = gap_of(u[i])
        for i in range(batch):
            reached = hazard + gaps[i]
            minute = minute_of(reached, starts, hazards, rates)
            if minute >= past:
                after.number, after.hazard = number, hazard
                return row + here.orders
            if row + here.orders >= room:
                return -1
            minutes[row + here.orders] = minute
            number, hazard = number + 1, reached
            here.orders += 1
        batch = min(2 * batch, BATCH)


@compiled_part
def merge(w: int, f: int) -> None:
    """Put all that arrives in a window in its order: pairs of an event's key and of the column of its luck."""
    start, planned = world_of(w).start, 0
    merging, arriving = fixed_at(f, MERGING), fixed_at(f, ARRIVING)
    for stream in range(count(w, STREAMS)):
        here = here_at(f, stream)
        if here.orders > 0:
            minute = entry(f, LUCK, MINUTE, here.first)
            push(merging, planned, event_key(minute - start, ARRIVAL, stream), here.first)
            planned += 1
    end, place = event_key(end_of_window(w, luck_of(f).window) - start, 0, 0), 0
    while planned > 0:
        key, row = key_at(merging, 0), note_at(merging, 0)
        planned = pop(merging, planned)
        stream = entity_of(key)
        past = here_at(f, stream).first + here_at(f, stream).orders
        others = key_at(merging, 0) if planned > 0 else end
        while key < others:  # so long, orders of one stream follow each other
            set_event(arriving, place, key, row)
            place += 1
            row += 1
            key = event_key(entry(f, LUCK, MINUTE, row) - start, ARRIVAL, stream) if row < past else end
        if row < past:
            push(merging, planned, key, row)
            planned += 1
    set_event(arriving, place, end, -1)


# -------------------------------------------------------------------------------------------------- ahead of measures


@compiled_part
def put_in_turn(w: int, f: int, own: int) -> None:
    """Put what arrives in a window in its order under a policy under which orders come ahead of measures."""
    luck, turns = luck_of(f), luck_of(own)
    if turns.seed == luck.seed and turns.future == luck.future and turns.window == luck.window:
        return
    turns.seed, turns.future, turns.window = luck.seed, luck.future, luck.window
    moved = bring_ahead(w, f, own)
    given, arriving, merging, place = fixed_at(f, ARRIVING), fixed_at(own, ARRIVING), fixed_at(own, MERGING), 0
    for k in range(luck.orders + 1):
        key, row = key_at(given, k), note_at(given, k)
        if row >= 0 and entry(own, MOVED, row, 0) != NEVER:
            continue
        while moved > 0 and is_before(key_at(merging, 0), note_at(merging, 0), key, row):
            moved = pop(merging, moved)
            set_event(arriving, place, key_at(merging, moved), note_at(merging, moved))
            place += 1
        set_event(arriving, place, key, row)
        place += 1
    turns.orders = luck.orders


@compiled_part
def bring_ahead(w: int, f: int, own: int) -> int:
    """Find the orders of a window that come ahead of measures, and when: how many."""
    start, moved = world_of(w).start, 0
    for stream in range(count(w, STREAMS)):
        here = here_at(f, stream)
        for row in range(here.first, here.first + here.orders):
            minute = NEVER
            if stream < count(w, LINES) and line_at(w, stream).ahead_within > 0:
                minute = time_ahead(w, f, stream, row)
            set_entry(own, MOVED, row, 0, minute)
            if minute != NEVER:
                push(fixed_at(own, MERGING), moved, event_key(minute - start, ARRIVAL, stream), row)
                moved += 1
    return moved


@compiled_part
def time_ahead(w: int, f: int, line_number: int, row: int) -> int:
    """The minute in which an order comes ahead of the measure that is announced first, or NEVER."""
    line, digest = line_at(w, line_number), stream_at(w, line_number).digest
    minute, programme = entry(f, LUCK, MINUTE, row), entry(f, LUCK, PROGRAMME, row)
    order_number = row - here_at(f, line_number).base
    for k in range(count(w, ANNOUNCEMENTS)):
        announced = announcement_at(w, k)
        if announced.minute <= minute < announced.minute + line.ahead_within and entry(
            w, HASTENED, k, line_number * (width(w, PROGRAMMES) + 1) + programme
        ):
            seed, future = world_of(w).seed, world_of(w).future
            if not uniform(seed, future, digest, order_number, FOR_AHEAD, 0) < line.ahead_share:
                return NEVER
            u = uniform(seed, future, digest, order_number, FOR_AHEAD_WHEN, 0)
            return minute_ahead(announced.since, announced.minute, u)
    return NEVER


# -------------------------------------------------------------------------------------------------------------- what


@compiled_part
def foresee_orders(w: int, f: int, line_number: int, row: int, number: int, orders: int) -> int:
    """Foresee what orders of a line are, unless their records say, from one on: the most parts that any has."""
    line, digest, record_first = line_at(w, line_number), stream_at(w, line_number).digest, -1
    if stream_at(w, line_number).record_first >= 0:
        record_first = stream_at(w, line_number).record_first + number - 1
    cents = column(f, CENTS, row, orders)
    if line.value >= 0:
        draw_ahead(w, f, line.value, digest, number, FOR_VALUE, 0, cents)
    programmes, columns = column(f, PROGRAMME, row, orders), width(w, PROGRAMMES)
    chances = real_run(w, PROGRAMMES, line_number * columns, (line_number + 1) * columns)
    programmes[:] = 0
    if columns > 0 and chances[columns - 1] > 0.0:
        u = real_run(f, UNIFORMS, 0, orders)
        draw_uniforms(w, digest, number, FOR_PROGRAMME, 0, u)
        for i in range(orders):
            programmes[i] = programme_of(chances, u[i])
    if record_first >= 0:
        for i in range(orders):
            record = record_at(w, record_first + i)
            if record.cents >= 0:
                cents[i] = record.cents
            if record.programme >= 0:
                programmes[i] = record.programme
    parts, most_parts = column(f, PARTS, row, orders), 1
    draw_ahead(w, f, line.parts, digest, number, FOR_PARTS, 0, parts)
    for i in range(orders):
        cents[i] = max(cents[i], line.least)
        parts[i] = min(max(parts[i], 1), cents[i], MOST_PARTS)
        most_parts = max(most_parts, parts[i])
    return most_parts


@compiled_part
def foresee_first_attempts(
    w: int, f: int, stream: int, row: int, number: int, orders: int, most_parts: int
) -> None:  # fmt: skip
    """Foresee the luck of first attempts, with the stages and the source that are likely."""
    arrivals = stream_at(w, stream)
    digest = arrivals.digest
    if arrivals.may_be_denied != 0:
        draw_uniforms(w, digest, number, FOR_APPROVAL, 1, real_column(f, APPROVAL, row, orders))
    if stream < count(w, LINES) and line_at(w, stream).source_count > 1:
        draw_uniforms(w, digest, number, FOR_SOURCE, 1, real_column(f, SOURCE, row, orders))
    for k in range(arrivals.stage_count):
        stage = stage_at(w, arrivals.stage_first + k)
        if stage.work >= 0:  # who sits has no work
            draw_ahead(w, f, stage.work, digest, number, stage.purpose, 1, column(f, FIRST_WORK + k, row, orders))
    if arrivals.source >= 0:
        lead_time = supplier_at(w, source_at(w, arrivals.source).supplier).lead_time
        for part in range(1, min(most_parts, LEADS) + 1):
            leads = column(f, FIRST_LEAD + part - 1, row, orders)
            draw_ahead(w, f, lead_time, digest, number, FOR_LEAD_TIME, 1 << 16 | part, leads)


@inlined_part
def column(f: int, kind: int, row: int, orders: int) -> Int:
    """Whole numbers of one kind that are foreseen of orders that follow each other."""
    first = kind * width(f, LUCK) + row
    return whole_run(f, LUCK, first, first + orders)


@inlined_part
def real_column(f: int, kind: int, row: int, orders: int) -> Float:
    """Real numbers of one kind that are foreseen of orders that follow each other."""
    first = kind * width(f, LUCK) + row
    return real_run(f, LUCK, first, first + orders)


@compiled_part
def draw_uniforms(w: int, stream: int, entity: int, purpose: int, index: int, u: Float) -> None:
    """The numbers in (0, 1) at the addresses of entities that follow each other."""
    seed, future = world_of(w).seed, world_of(w).future
    for i in range(len(u)):
        u[i] = uniform(seed, future, stream, entity + i, purpose, index)


@compiled_part
def draw_ahead(
    w: int, f: int, distribution: int, stream: int, entity: int, purpose: int, index: int, drawn: Int
) -> None:  # fmt: skip
    """Whole values of a distribution at the addresses of entities that follow each other.

    Usual kinds have loops of their own, in which nothing is decided, so that a processor works on several at a time.
    """
    of = distribution_at(w, distribution)
    kind, a, b, c = of.kind, of.a, of.b, of.c
    if of.always >= 0:
        drawn[:] = of.always
        return
    u = real_run(f, UNIFORMS, 0, len(drawn))
    draw_uniforms(w, stream, entity, purpose, index, u)
    if kind == EXPONENTIAL:
        for i in range(len(u)):
            drawn[i] = whole(by_parameters(EXPONENTIAL, a, b, c, u[i]))
    elif kind == LOGNORMAL:
        for i in range(len(u)):
            drawn[i] = whole(by_parameters(LOGNORMAL, a, b, c, u[i]))
    elif kind < VALUES:
        for i in range(len(u)):
            drawn[i] = whole(by_parameters(kind, a, b, c, u[i]))
    else:
        last = of.point_first + of.point_count
        xs, ys = real_run(w, POINT_XS, of.point_first, last), real_run(w, POINT_YS, of.point_first, last)
        for i in range(len(u)):
            drawn[i] = whole(by_points(kind, xs, ys, u[i]))
