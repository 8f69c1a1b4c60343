"""The clock of the compiled engine: take the least event, let it and its consequences happen, take the next."""

from __future__ import annotations

from exportsim.chance import PURPOSES
from exportsim.engine.compiled.arrivals import arrival_key, arrive
from exportsim.engine.compiled.heap import (
    ATTEMPT_SHIFT,
    CLASS_BITS,
    ENTITY_BITS,
    FIELD,
    FIELD_BITS,
    LATER_HALF,
    entity_of,
    event_key,
    key_at,
    note_at,
    pop,
)
from exportsim.engine.compiled.luck import look_ahead
from exportsim.engine.compiled.orders import (
    call_off,
    end_lag,
    end_part,
    end_patience,
    end_record,
    end_review,
    expire,
    leave_record,
    plan_sitting,
    settle,
    sit,
    try_unserved,
)
from exportsim.engine.compiled.policy import act, check_threshold, drawn_outcome, happen, next_incident, reopen
from exportsim.engine.compiled.review import end_answer
from exportsim.engine.compiled.rows import (
    DESKS,
    EXCLUDED,
    HEAP,
    INCIDENTS,
    LEDGER,
    MEASURE_STATES,
    MEASURES,
    ORDERS,
    PLACES,
    SINGLE,
    SOURCES,
    STAGES,
    StateNumbers,
    count,
    desk_at,
    luck_of,
    measure_at,
    source_at,
    source_state_at,
    state_of,
    supplier_at,
    supplier_state_at,
    width,
    world_of,
)
from exportsim.engine.compiled.sharing import FIRST, GONE_ON_WITH, PAST, ROWS_AFTER, ROWS_BEFORE, STATE, WORLD
from exportsim.engine.compiled.sourcing import try_to_qualify
from exportsim.engine.compiled.writing import number, plan_event, resize, slots_of, write
from exportsim.jit import compiled, compiled_part, fixed_at, inlined_part, put_whole, whole_at
from exportsim.jit import width as row_width
from exportsim.lifecycle import Fact, Moment
from exportsim.plan import AT_DISRUPTION, FROM_THE_START, TRIGGER_AFTER, TRIGGER_ON, TRIGGER_WHEN, Int
from exportsim.rules import slot_delay

MEASURE, QUALIFICATION, REVIEW_END = int(Moment.MEASURE), int(Moment.QUALIFICATION), int(Moment.REVIEW_END)
RECORDED_DECISION, LEFT_OPEN = int(Moment.RECORDED_DECISION), int(Moment.LEFT_OPEN)
SITTING, ANSWER = int(Moment.SITTING), int(Moment.ANSWER)
EXPIRY, PRODUCTION_END, PATIENCE = int(Moment.EXPIRY), int(Moment.PRODUCTION_END), int(Moment.PATIENCE)
FILING, RESTART, CALL_OFF = int(Moment.FILING), int(Moment.RESTART), int(Moment.CALL_OFF)
QUALIFIED_FACT, SLOT_OPENED = int(Fact.QUALIFIED), int(Fact.SLOT_OPENED)
FOR_SUCCESS = PURPOSES["success"]
STATE_NUMBERS = row_width(StateNumbers)


@compiled
def play_steps(steps: Int, at_the_start: int, seed: int, future: int) -> int:
    """Play policies in a future, step by step (:mod:`exportsim.engine.compiled.sharing`), until a table is full.

    ``at_the_start`` is the address of a state of which nothing is played. Which table is full is returned, 0 if none.
    """
    for k in range(len(steps)):
        w, s, other = steps[k, WORLD], steps[k, STATE], steps[k, GONE_ON_WITH]
        if other != s:
            world_of(w).seed, world_of(w).future = seed, future
            take_over(s, other)
        steps[k, ROWS_BEFORE] = state_of(s).ledger_rows
        if other == at_the_start:
            start(w, s)
        plan_measures(w, s, steps[k, FIRST], steps[k, PAST])
        play_until(w, s, steps[k, PAST])
        steps[k, ROWS_AFTER] = state_of(s).ledger_rows
        if state_of(s).full != 0:
            return state_of(s).full
    return 0


@compiled_part
def take_over(s: int, other: int) -> None:
    """Make a state what another is, between two events; tables have the same room in both."""
    for place in range(SINGLE, SINGLE + STATE_NUMBERS):
        put_whole(s, place, whole_at(other, place))
    state = state_of(s)
    copy(s, other, LEDGER, state.ledger_rows)
    copy(s, other, HEAP, state.events)
    copy(s, other, ORDERS, state.ranks)
    copy(s, other, EXCLUDED, state.ranks)
    copy(s, other, PLACES, 2 * state.ranks)
    for table in range(DESKS, MEASURE_STATES + 1):
        copy(s, other, table, count(s, table))


@compiled_part
def copy(s: int, other: int, table: int, rows: int) -> None:
    """Copy the first rows of a table."""
    own, given = fixed_at(s, table), fixed_at(other, table)
    for place in range(rows * width(s, table)):
        put_whole(own, place, whole_at(given, place))


@compiled_part
def play_until(w: int, s: int, past: int) -> None:
    """Play what is before a minute, until the run is over or a table is full."""
    state, world = state_of(s), world_of(w)
    past_key = event_key(min(past, world.end) - world.start, 0, 0)
    look_ahead(w, s)
    while state.full == 0:
        next_arrival = arrival_key(w, state.arrived)
        if state.events > 0 and key_at(fixed_at(s, HEAP), 0) < next_arrival:
            if key_at(fixed_at(s, HEAP), 0) >= past_key:
                break
            left = pop(fixed_at(s, HEAP), state.events)
            key, note = key_at(fixed_at(s, HEAP), left), note_at(fixed_at(s, HEAP), left)
            state.events = left
            state.now = minute_of(w, key)
            happens(w, s, key, note)
        elif next_arrival >= past_key:
            break
        elif state.arrived < luck_of(world.arriving).orders:
            state.now = minute_of(w, next_arrival)
            arrive(w, s)
        else:
            state.window += 1
            state.arrived = 0
            look_ahead(w, s)
        settle(w, s)


@inlined_part
def minute_of(w: int, key: int) -> int:
    """The minute of an event."""
    return (key >> (ENTITY_BITS + CLASS_BITS)) + world_of(w).start


@inlined_part
def happens(w: int, s: int, key: int, note: int) -> None:
    """One event."""
    moment = (key >> ENTITY_BITS) & ((1 << CLASS_BITS) - 1)
    entity = entity_of(key)
    attempt, first, second = note >> ATTEMPT_SHIFT, (note >> FIELD_BITS) & FIELD, note & FIELD
    if moment == REVIEW_END:
        end_review(w, s, entity, attempt, first, second - 1)
    elif moment == PRODUCTION_END:
        end_part(w, s, entity, attempt, first, second)
    elif moment == RECORDED_DECISION:
        end_record(w, s, entity)
    elif moment == LEFT_OPEN:
        leave_record(w, s, (first << FIELD_BITS) | second)
    elif moment == SITTING:
        sit(w, s, entity, first)
    elif moment == ANSWER:
        end_answer(w, s, entity, attempt)
    elif moment == CALL_OFF:
        call_off(w, s, entity)
    elif moment == EXPIRY:
        expire(w, s, entity, attempt)
    elif moment == FILING:
        end_lag(w, s, entity, attempt, first)
    elif moment == RESTART:
        reopen(w, s, entity)
    elif moment == PATIENCE:
        end_patience(w, s, entity, first, second)
    elif moment == MEASURE:
        if entity >= LATER_HALF:
            happen(w, s, entity - LATER_HALF)
        elif measure_at(w, entity).trigger == TRIGGER_WHEN:
            check_threshold(w, s, entity)
        else:
            act(w, s, entity, drawn_outcome(w, entity, max(attempt, 1)), -1)
    elif moment == QUALIFICATION:
        if entity >= LATER_HALF:
            open_slot(w, s, entity - LATER_HALF, attempt)
        else:
            end_try(w, s, entity)


@compiled_part
def start(w: int, s: int) -> None:
    """Plan the first events, but for measures."""
    state_of(s).now = world_of(w).start
    for source in range(count(w, SOURCES)):
        starts = source_at(w, source).starts
        if starts != FROM_THE_START and starts != AT_DISRUPTION:
            source_state_at(s, source).begins = starts
            try_to_qualify(w, s, source)
    for stage in range(count(w, STAGES)):
        plan_sitting(w, s, stage, 0)
    for incident in range(count(w, INCIDENTS)):
        next_incident(w, s, incident)


@compiled_part
def plan_measures(w: int, s: int, first: int, past: int) -> None:
    """Plan the measures that may first act from one minute on and before another, but for those after incidents."""
    for number_of_measure in range(count(w, MEASURES)):
        measure = measure_at(w, number_of_measure)
        minute = max(measure.minute, world_of(w).start) if measure.trigger == TRIGGER_ON else 0
        if measure.trigger != TRIGGER_AFTER and first <= minute < past:
            plan_event(w, s, minute, MEASURE, number_of_measure, 0, 0, 0)


@compiled_part
def end_try(w: int, s: int, source_number: int) -> None:
    """The end of a try at qualifying a source: it succeeds, or is made again."""
    source, state = source_at(w, source_number), source_state_at(s, source_number)
    if not number(w, source.digest, 0, FOR_SUCCESS, state.tries) < source.success:
        try_to_qualify(w, s, source_number)
        return
    state.qualified = 1
    write(s, QUALIFIED_FACT, source.line, 0, 0, source.supplier, -1, 0, -1)
    if state.begins < supplier_state_at(s, source.supplier).ramping_since:
        supplier_state_at(s, source.supplier).ramping_since = state.begins
        open_slot(w, s, source.supplier, 1)
        supplier = supplier_at(w, source.supplier)
        for slot in range(2, supplier.slots + 1):
            delay = slot_delay(slot, supplier.slots, supplier.ramp_up)
            due = max(state.begins + delay, state_of(s).now)
            plan_event(w, s, due, QUALIFICATION, LATER_HALF + source.supplier, slot, 0, 0)
        settle(w, s)
    try_unserved(w, s)


@compiled_part
def open_slot(w: int, s: int, supplier: int, slot: int) -> None:
    """Open one more slot; whoever waits takes it."""
    if slot <= desk_at(s, slots_of(w, supplier)).number:
        return  # of two qualifications before the run, the one found later was the earlier
    write(s, SLOT_OPENED, -1, 0, 0, supplier, slot, 0, -1)
    resize(s, slots_of(w, supplier), slot)
