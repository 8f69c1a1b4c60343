"""The clock of the compiled engine: take the least event, let it and its consequences happen, take the next."""

from __future__ import annotations

from exportsim.chance import PURPOSES
from exportsim.engine.compiled.arrivals import arrive, next_arrival
from exportsim.engine.compiled.heap import (
    ATTEMPT_SHIFT,
    CLASS_BITS,
    ENTITY_BITS,
    FIELD,
    FIELD_BITS,
    LATER_HALF,
    key_at,
    note_at,
    pop,
)
from exportsim.engine.compiled.orders import (
    end_part,
    end_patience,
    end_review,
    expire,
    settle,
    try_unserved,
)
from exportsim.engine.compiled.policy import act, check_threshold, drawn_outcome, happen, next_incident
from exportsim.engine.compiled.sourcing import try_to_qualify
from exportsim.engine.compiled.tables import (
    BEGINS,
    DESKS,
    DIGEST,
    EVENTS,
    FULL,
    HEAP,
    INCIDENTS,
    LINE,
    MEASURE_MINUTE,
    MEASURES,
    NOW,
    QUALIFIED,
    RAMP_UP,
    RAMPING_SINCE,
    SLOTS,
    SOURCES,
    STAGES,
    START,
    STARTS,
    STREAMS,
    SUCCESS,
    SUPPLIER,
    TRIES,
    TRIGGER,
    count,
    get,
    put,
    real,
    set_value,
    value,
)
from exportsim.engine.compiled.writing import number, plan_event, resize, write
from exportsim.jit import compiled, compiled_part, inlined_part, whole_at
from exportsim.lifecycle import Fact, Moment
from exportsim.plan import AT_DISRUPTION, FROM_THE_START, TRIGGER_AFTER, TRIGGER_ON, TRIGGER_WHEN
from exportsim.rules import slot_delay

MEASURE, QUALIFICATION, REVIEW_END = int(Moment.MEASURE), int(Moment.QUALIFICATION), int(Moment.REVIEW_END)
EXPIRY, PRODUCTION_END, PATIENCE = int(Moment.EXPIRY), int(Moment.PRODUCTION_END), int(Moment.PATIENCE)
QUALIFIED_FACT, SLOT_OPENED = int(Fact.QUALIFIED), int(Fact.SLOT_OPENED)
FOR_SUCCESS = PURPOSES["success"]


@compiled
def run(w: int, s: int) -> None:
    """Play from the start to the end, or until a table is full.

    Parameters
    ----------
    w, s : int
        Addresses of the world and of the state, which is at the start.
    """
    start(w, s)
    while value(s, EVENTS) > 0 and value(s, FULL) == 0:
        left = pop(whole_at(s, HEAP), value(s, EVENTS))
        key, note = key_at(whole_at(s, HEAP), left), note_at(whole_at(s, HEAP), left)
        set_value(s, EVENTS, left)
        set_value(s, NOW, (key >> (ENTITY_BITS + CLASS_BITS)) + value(w, START))
        happens(w, s, key, note)
        settle(w, s)


@inlined_part
def happens(w: int, s: int, key: int, note: int) -> None:
    """One event."""
    moment = (key >> ENTITY_BITS) & ((1 << CLASS_BITS) - 1)
    entity = key & ((1 << ENTITY_BITS) - 1)
    attempt, first, second = note >> ATTEMPT_SHIFT, (note >> FIELD_BITS) & FIELD, note & FIELD
    if moment == REVIEW_END:
        end_review(w, s, entity, attempt, first, second - 1)
    elif moment == PRODUCTION_END:
        end_part(w, s, entity, attempt, first, second)
    elif moment == EXPIRY:
        expire(w, s, entity, attempt)
    elif moment == PATIENCE:
        end_patience(w, s, entity, first, second)
    elif moment == MEASURE:
        if entity >= LATER_HALF:
            happen(w, s, entity - LATER_HALF)
        elif get(w, entity, TRIGGER) == TRIGGER_WHEN:
            check_threshold(w, s, entity)
        else:
            act(w, s, entity, drawn_outcome(w, entity, max(attempt, 1)), -1)
    elif moment == QUALIFICATION:
        if entity >= LATER_HALF:
            open_slot(w, s, entity - LATER_HALF, attempt)
        else:
            end_try(w, s, entity)
    else:
        arrive(w, s, entity)


@compiled_part
def start(w: int, s: int) -> None:
    """Plan the first events."""
    set_value(s, NOW, value(w, START))
    for stream in range(count(w, STREAMS)):
        next_arrival(w, s, stream)
    for source in range(count(w, SOURCES)):
        starts = get(w, source, STARTS)
        if starts != FROM_THE_START and starts != AT_DISRUPTION:
            put(s, source, BEGINS, starts)
            try_to_qualify(w, s, source)
    for measure in range(count(w, MEASURES)):
        trigger = get(w, measure, TRIGGER)
        if trigger != TRIGGER_AFTER:
            minute = get(w, measure, MEASURE_MINUTE) if trigger == TRIGGER_ON else 0
            plan_event(w, s, minute, MEASURE, measure, 0, 0, 0)
    for incident in range(count(w, INCIDENTS)):
        next_incident(w, s, incident)


@compiled_part
def end_try(w: int, s: int, source: int) -> None:
    """The end of a try at qualifying a source: it succeeds, or is made again."""
    u = number(w, get(w, source, DIGEST), 0, FOR_SUCCESS, get(s, source, TRIES))
    if not u < real(w, source, SUCCESS):
        try_to_qualify(w, s, source)
        return
    put(s, source, QUALIFIED, 1)
    supplier = get(w, source, SUPPLIER)
    write(s, QUALIFIED_FACT, get(w, source, LINE), 0, 0, supplier, -1, 0, -1)
    since = get(s, source, BEGINS)
    if since < get(s, supplier, RAMPING_SINCE):
        put(s, supplier, RAMPING_SINCE, since)
        open_slot(w, s, supplier, 1)
        slots = get(w, supplier, SLOTS)
        for slot in range(2, slots + 1):
            delay = slot_delay(slot, slots, get(w, supplier, RAMP_UP))
            due = max(since + delay, value(s, NOW))
            plan_event(w, s, due, QUALIFICATION, LATER_HALF + supplier, slot, 0, 0)
        settle(w, s)
    try_unserved(w, s)


@compiled_part
def open_slot(w: int, s: int, supplier: int, slot: int) -> None:
    """Open one more slot; whoever waits takes it."""
    if slot <= get(s, count(w, STAGES) + supplier, DESKS):
        return  # of two qualifications before the run, the one found later was the earlier
    write(s, SLOT_OPENED, -1, 0, 0, supplier, slot, 0, -1)
    resize(s, count(w, STAGES) + supplier, slot)
