"""A binary heap of events for the compiled engine: two columns of int64, compared one after the other.

The first column packs (minute from the start of the run, class, entity), the second (attempt, and what the event needs
to know), so the order of one minute is that of :mod:`exportsim.lifecycle`.
"""

from __future__ import annotations

from exportsim.jit import compiled
from exportsim.plan import Int

ENTITY_BITS = 32
CLASS_BITS = 3
ATTEMPT_SHIFT = 44
FIELD_BITS = 22
FIELD = (1 << FIELD_BITS) - 1


@compiled
def event_key(minute: int, moment: int, entity: int) -> int:
    """The first column: minute (not negative), class and entity."""
    return (minute << (ENTITY_BITS + CLASS_BITS)) | (moment << ENTITY_BITS) | entity


@compiled
def event_note(attempt: int, first: int, second: int) -> int:
    """The second column: attempt and two small numbers."""
    return (attempt << ATTEMPT_SHIFT) | (first << FIELD_BITS) | second


@compiled
def push(keys: Int, notes: Int, size: int, key: int, note: int) -> None:
    """Add an event to a heap of some size, for which there must be room."""
    hole = size
    while hole > 0:
        parent = (hole - 1) >> 1
        if keys[parent] < key or (keys[parent] == key and notes[parent] <= note):
            break
        keys[hole], notes[hole] = keys[parent], notes[parent]
        hole = parent
    keys[hole], notes[hole] = key, note


@compiled
def pop(keys: Int, notes: Int, size: int) -> int:
    """Take the least event away; it is left behind the others, at the returned size.

    Returns
    -------
    int
        The new size, which is also the place in which the event now stands.
    """
    least_key, least_note = keys[0], notes[0]
    size -= 1
    key, note = keys[size], notes[size]
    hole = 0
    while True:
        child = 2 * hole + 1
        if child >= size:
            break
        right = child + 1
        if right < size and (keys[right] < keys[child] or (keys[right] == keys[child] and notes[right] < notes[child])):
            child = right
        if key < keys[child] or (key == keys[child] and note <= notes[child]):
            break
        keys[hole], notes[hole] = keys[child], notes[child]
        hole = child
    keys[hole], notes[hole] = key, note
    keys[size], notes[size] = least_key, least_note
    return size
