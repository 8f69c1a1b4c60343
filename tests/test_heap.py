"""The heap of events gives them in order, whatever was pushed and popped before, and keeps to its room."""

from __future__ import annotations

import heapq
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exportsim.engine.compiled.heap import (
    ATTEMPT_SHIFT,
    CLASS_BITS,
    ENTITY_BITS,
    FIELD,
    FIELD_BITS,
    event_key,
    event_note,
    key_at,
    note_at,
    pop,
    push,
)
from exportsim.jit import vector
from exportsim.lifecycle import Moment
from exportsim.plan import MOST_ATTEMPTS, MOST_PARTS
from exportsim.scenario.checks import LONGEST_RUN
from exportsim.scenario.text import MOST_NODES

LARGEST = 200
Event = tuple[int, int]

few = st.integers(0, 3)
events = st.lists(st.tuples(few, few), max_size=LARGEST)


class Heap:
    """A heap with room for ``LARGEST`` events, its vector held."""

    def __init__(self) -> None:
        self.held, self.address = vector(2 * LARGEST, np.int64)
        self.size = 0

    def push(self, event: Event) -> None:
        push(self.address, self.size, *event)
        self.size += 1

    def pop(self) -> Event:
        self.size = pop(self.address, self.size)
        return key_at(self.address, self.size), note_at(self.address, self.size)


@given(events)
def test_events_come_in_order(pushed: list[Event]) -> None:
    heap = Heap()
    for event in pushed:
        heap.push(event)
    assert [heap.pop() for _ in pushed] == sorted(pushed)
    assert heap.size == 0


@pytest.mark.parametrize("size", range(LARGEST + 1))
def test_events_come_in_order_from_a_heap_of_any_size(size: int) -> None:
    luck = random.Random(size)
    pushed = [(luck.randrange(1 + size // 3), luck.randrange(3)) for _ in range(size)]
    heap = Heap()
    for event in pushed:
        heap.push(event)
    assert [heap.pop() for _ in pushed] == sorted(pushed)


@given(st.lists(st.one_of(st.none(), st.tuples(few, few)), max_size=LARGEST))
def test_pushing_and_popping_in_turn_is_as_in_pythons_heap(acts: list[Event | None]) -> None:
    heap = Heap()
    other: list[Event] = []
    for event in acts:
        if event is not None:
            heap.push(event)
            heapq.heappush(other, event)
        elif other:
            assert heap.pop() == heapq.heappop(other)
    assert [heap.pop() for _ in range(heap.size)] == sorted(other)


minutes = st.integers(0, (1 << 63 - ENTITY_BITS - CLASS_BITS) - 1)
moments = st.sampled_from([int(moment) for moment in Moment])
entities = st.integers(0, (1 << ENTITY_BITS) - 1)


@given(st.tuples(minutes, moments, entities), st.tuples(minutes, moments, entities))
def test_keys_are_ordered_by_minute_class_and_entity(one: tuple[int, int, int], other: tuple[int, int, int]) -> None:
    assert (event_key(*one) < event_key(*other)) == (one < other)
    assert 0 <= event_key(*one) < 1 << 63


fields = st.integers(0, FIELD)
notes = st.tuples(st.integers(0, MOST_ATTEMPTS), fields, fields)


@given(notes, notes)
def test_notes_are_ordered_by_attempt_first(one: tuple[int, int, int], other: tuple[int, int, int]) -> None:
    assert (event_note(*one) < event_note(*other)) == (one < other)
    assert 0 <= event_note(*one) < 1 << 63


@given(notes)
def test_what_a_note_holds_can_be_read_back(held: tuple[int, int, int]) -> None:
    note = event_note(*held)
    assert (note >> ATTEMPT_SHIFT, (note >> FIELD_BITS) & FIELD, note & FIELD) == held


def test_the_largest_of_everything_has_room() -> None:
    """Beside parts, a field holds stages, sources and the tokens of patience: a few an attempt."""
    half = (1 << 31) - 1  # of a word, in which an order's row has such numbers
    assert max(FIELD, (1 << ENTITY_BITS) - 1, MOST_ATTEMPTS, MOST_NODES) <= half
    assert max(Moment) < 1 << CLASS_BITS
    assert MOST_PARTS <= FIELD
    assert ATTEMPT_SHIFT == 2 * FIELD_BITS
    longest = LONGEST_RUN * 366 * 1440
    assert longest < 1 << 63 - ENTITY_BITS - CLASS_BITS


@pytest.mark.parametrize("setting", ["NUMBA_BOUNDSCHECK", "NUMBA_DISABLE_JIT"])
def test_no_event_is_read_beyond_its_room_when_that_is_minded(setting: str, tmp_path: Path) -> None:
    """So a suite that passes under either setting has read nothing beyond a table."""
    code = """
import numpy as np
from exportsim.engine.compiled.heap import key_at, set_event
from exportsim.engine.compiled.rows import ORDERS, Order, StateNumbers, order_at
from exportsim.engine.compiled.tables import Memory
from exportsim.jit import compiled_part, vector, wholes, width

@compiled_part
def first_of_four(address, place):
    return wholes(address, place, place + 4)[0]

@compiled_part
def order_of_stage(s, o):
    order_at(s, o).stage = 7
    return order_at(s, o).stage

held, address = vector(6, np.int64)
set_event(address, 2, 7, 8)
assert key_at(address, 2) == 7
held[2] = 5
assert first_of_four(address, 2) == 5
tables = Memory(StateNumbers)
tables.room(ORDERS, 3, width(Order))
assert order_of_stage(tables.address, 2) == 7
for place in (-2, 3):
    for number, reach in enumerate((
        lambda: key_at(address, place),
        lambda: set_event(address, place, 1, 1),
        lambda: first_of_four(address, place),
        lambda: order_of_stage(tables.address, place),
    )):
        try:
            reach()
        except IndexError:
            continue
        raise SystemExit(f"nobody minded place {place} of {number}")
"""
    minded = os.environ | {setting: "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=minded, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_order_that_waits_more_often_than_an_event_can_tell_is_said_to() -> None:
    """Waits are counted in a field of an event; here the field is small."""
    code = """
from exportsim import ExportsimError
from exportsim.compile import compile_plan
from exportsim.engine.compiled import Player, permits
from exportsim.scenario import build

threshold = {"when": {"in_force": {"above": 1, "below": 1}, "every": "1d"}, "permits": "suspended"}
plan = compile_plan(build({
    "exportsim": 1, "period": {"start": "2020-01-01", "end": "2020-12-31"}, "currency": "EUR", "goods": {"lamps": {}},
    "authorities": {"office": {"country": "CA"}},
    "suppliers": {"maker": {"country": "CA", "authority": "office", "slots": 5, "lead_time": "300d"}},
    "demand": {"x": {
        "buyer": "b", "destination": "TR", "goods": "lamps", "orders": "20/y", "value": 100, "sources": {"maker": {}},
        "patience": {"suspension": "200d"},
    }},
    "policies": {"on-and-off": {"measures": [threshold | {"then": {"permits": "in_force"}, "source": "judgement"}]}},
    "reference": "on-and-off",
}))
Player(plan, 0).play(seed=1, future=0)
permits.MOST_TOKENS = 5
try:
    Player(plan, 0).play(seed=1, future=0)
except ExportsimError as error:
    assert "waited millions of times" in str(error), error
else:
    raise SystemExit("it waited on")
"""
    interpreted = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=interpreted, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
