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
    BOUNDS,
    COUNTERS,
    DIGEST,
    EVENTS,
    FULL,
    INCIDENTS,
    LINE,
    MEASURE_MINUTE,
    MEASURES,
    NOW,
    QUALIFIED,
    RAMP_UP,
    RAMPING,
    SLOTS,
    SOURCE_REALS,
    SOURCE_STATE,
    SOURCES,
    STAGES,
    START,
    STARTS,
    STREAMS,
    SUCCESS,
    SUPPLIER,
    SUPPLIERS,
    TRIES,
    TRIGGER,
    State,
    World,
    count,
    get,
    given,
    put,
    real,
    state_of,
    world_of,
)
from exportsim.engine.compiled.writing import number, plan_event, resize, write
from exportsim.jit import compiled, wholes
from exportsim.lifecycle import Fact, Moment
from exportsim.plan import AT_DISRUPTION, FROM_THE_START, TRIGGER_AFTER, TRIGGER_ON, TRIGGER_WHEN, Float, Int
from exportsim.rules import slot_delay

MEASURE, QUALIFICATION, REVIEW_END = int(Moment.MEASURE), int(Moment.QUALIFICATION), int(Moment.REVIEW_END)
EXPIRY, PRODUCTION_END, PATIENCE = int(Moment.EXPIRY), int(Moment.PRODUCTION_END), int(Moment.PATIENCE)
QUALIFIED_FACT, SLOT_OPENED = int(Fact.QUALIFIED), int(Fact.SLOT_OPENED)
FOR_SUCCESS = PURPOSES["success"]
LATER_HALF = 1 << 31  # incidents after measures, slots after sources


@compiled
def run(whole: Int, real: Float, state: Int, trust: Float, row: Int, key: Int, note: Int) -> None:
    """Play from the start to the end, or until the ledger or the heap is full.

    Parameters
    ----------
    whole, real : ndarray
        The world, from :func:`~exportsim.engine.compiled.tables.tables`.
    state, trust, row, key, note : ndarray
        From :func:`~exportsim.engine.compiled.tables.new_state`; changed.
    """
    play(world_of(whole, real), state_of(state, trust, row, key, note))


@compiled
def play(w: World, s: State) -> None:
    """Take event after event."""
    start(w, s)
    while get(s, COUNTERS, 0, EVENTS) > 0 and get(s, COUNTERS, 0, FULL) == 0:
        left = pop(wholes(s.key), wholes(s.note), get(s, COUNTERS, 0, EVENTS))
        key, note = wholes(s.key)[left], wholes(s.note)[left]
        put(s, COUNTERS, 0, EVENTS, left)
        put(s, COUNTERS, 0, NOW, (key >> (ENTITY_BITS + CLASS_BITS)) + given(w, BOUNDS, 0, START))
        happens(w, s, key, note)
        settle(w, s)


@compiled
def happens(w: World, s: State, key: int, note: int) -> None:
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
        elif given(w, MEASURES, entity, TRIGGER) == TRIGGER_WHEN:
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


@compiled
def start(w: World, s: State) -> None:
    """Plan the first events."""
    put(s, COUNTERS, 0, NOW, given(w, BOUNDS, 0, START))
    for stream in range(count(w, STREAMS)):
        next_arrival(w, s, stream)
    for source in range(count(w, SOURCES)):
        starts = given(w, SOURCES, source, STARTS)
        if starts != FROM_THE_START and starts != AT_DISRUPTION:
            put(s, SOURCE_STATE, source, BEGINS, starts)
            try_to_qualify(w, s, source)
    for measure in range(count(w, MEASURES)):
        trigger = given(w, MEASURES, measure, TRIGGER)
        if trigger != TRIGGER_AFTER:
            minute = given(w, MEASURES, measure, MEASURE_MINUTE) if trigger == TRIGGER_ON else 0
            plan_event(w, s, minute, MEASURE, measure, 0, 0, 0)
    for incident in range(count(w, INCIDENTS)):
        next_incident(w, s, incident)


@compiled
def end_try(w: World, s: State, source: int) -> None:
    """The end of a try at qualifying a source: it succeeds, or is made again."""
    u = number(w, given(w, SOURCES, source, DIGEST), 0, FOR_SUCCESS, get(s, SOURCE_STATE, source, TRIES))
    if not u < real(w, SOURCE_REALS, source, SUCCESS):
        try_to_qualify(w, s, source)
        return
    put(s, SOURCE_STATE, source, QUALIFIED, 1)
    supplier = given(w, SOURCES, source, SUPPLIER)
    write(s, QUALIFIED_FACT, given(w, SOURCES, source, LINE), 0, 0, supplier, -1, 0, -1)
    if get(s, RAMPING, supplier, 0):
        put(s, RAMPING, supplier, 0, 0)
        open_slot(w, s, supplier, 1)
        slots = given(w, SUPPLIERS, supplier, SLOTS)
        for slot in range(2, slots + 1):
            delay = slot_delay(slot, slots, given(w, SUPPLIERS, supplier, RAMP_UP))
            plan_event(w, s, get(s, COUNTERS, 0, NOW) + delay, QUALIFICATION, LATER_HALF + supplier, slot, 0, 0)
        settle(w, s)
    try_unserved(w, s)


@compiled
def open_slot(w: World, s: State, supplier: int, slot: int) -> None:
    """Open one more slot; whoever waits takes it."""
    write(s, SLOT_OPENED, -1, 0, 0, supplier, slot, 0, -1)
    resize(s, count(w, STAGES) + supplier, slot)
