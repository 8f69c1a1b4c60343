"""A heap of events for the compiled engine, four below each: pairs of int64, compared one after the other.

The first number packs (minute from the start of the run, class, entity), the second (attempt, and what the event needs
to know), so the order of one minute is that of :mod:`exportsim.lifecycle`. A heap is the address of its pairs.
"""

from __future__ import annotations

from exportsim.jit import compiled_part, inlined_part, put_whole, whole_at

ENTITY_BITS = 30  # a thousand million orders: memory ends long before
CLASS_BITS = 5  # room for thirty-two classes; 28 bits are left for minutes, which are enough for 500 years
ATTEMPT_SHIFT = 44
FIELD_BITS = 22
FIELD = (1 << FIELD_BITS) - 1
LATER_HALF = 1 << (ENTITY_BITS - 1)  # of entities: in one minute incidents come after measures, and slots after sources


@compiled_part
def event_key(minute: int, moment: int, entity: int) -> int:
    """The first number: minute (not negative), class and entity."""
    return (minute << (ENTITY_BITS + CLASS_BITS)) | (moment << ENTITY_BITS) | entity


@inlined_part
def entity_of(key: int) -> int:
    """The entity of a first number."""
    return key & ((1 << ENTITY_BITS) - 1)


@compiled_part
def event_note(attempt: int, first: int, second: int) -> int:
    """The second number: attempt and two small numbers."""
    return (attempt << ATTEMPT_SHIFT) | (first << FIELD_BITS) | second


@compiled_part
def key_at(heap: int, place: int) -> int:
    """The first number of the event at a place."""
    return whole_at(heap, 2 * place)


@compiled_part
def note_at(heap: int, place: int) -> int:
    """The second number of the event at a place."""
    return whole_at(heap, 2 * place + 1)


@compiled_part
def set_event(heap: int, place: int, key: int, note: int) -> None:
    """Put an event at a place."""
    put_whole(heap, 2 * place, key)
    put_whole(heap, 2 * place + 1, note)


@compiled_part
def is_before(key: int, note: int, other_key: int, other_note: int) -> bool:
    """Whether an event comes before another. Written without a branch, which would be guessed wrong half the time."""
    return (key < other_key) | ((key == other_key) & (note < other_note))


@compiled_part
def push(heap: int, hole: int, key: int, note: int) -> None:
    """Put an event in a hole of the heap, or above it: behind the last, where there must be room, or lower down."""
    while hole > 0:
        parent = (hole - 1) >> 2
        if not is_before(key, note, key_at(heap, parent), note_at(heap, parent)):
            break
        set_event(heap, hole, key_at(heap, parent), note_at(heap, parent))
        hole = parent
    set_event(heap, hole, key, note)


@compiled_part
def lesser(heap: int, one: int, other: int) -> int:
    """Of two places, the one with the event that comes first."""
    first = is_before(key_at(heap, other), note_at(heap, other), key_at(heap, one), note_at(heap, one))
    return one + first * (other - one)


@compiled_part
def pop(heap: int, size: int) -> int:
    """Take the least event away; it is left behind the others, at the returned size.

    The hole it leaves sinks to the bottom, always to the lesser side, and takes the last event in from there: that one
    belongs near the bottom, so it need not be compared on the way down.
    """
    least_key, least_note = key_at(heap, 0), note_at(heap, 0)
    size -= 1
    key, note = key_at(heap, size), note_at(heap, size)
    hole, child = 0, 1
    while child + 3 < size:
        least = lesser(heap, lesser(heap, child, child + 1), lesser(heap, child + 2, child + 3))
        set_event(heap, hole, key_at(heap, least), note_at(heap, least))
        hole, child = least, 4 * least + 1
    if child < size:
        least = child
        for other in range(child + 1, size):
            least = lesser(heap, least, other)
        set_event(heap, hole, key_at(heap, least), note_at(heap, least))
        hole = least
    push(heap, hole, key, note)
    set_event(heap, size, least_key, least_note)
    return size
