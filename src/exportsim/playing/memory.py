"""What is kept in memory of what was played, up to so many bytes: what nobody asked for longest goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from exportsim.plan import Int
from exportsim.playing.ledgers import Acts
from exportsim.playing.small_ledgers import SmallLedger, pack, unpack

if TYPE_CHECKING:
    from exportsim.engine.compiled.so_far import PlaySoFar

OVERHEAD = 512  # bytes that keeping a thing takes beside the thing, about


class Memory:
    """Keeps things by their keys, for all threads of a process; at most ``most`` bytes of them."""

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self.plays = 0  # that were put in, those that have gone included
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """What is kept under a key; None if nothing is, or nothing more."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Hashable, thing: object, size: int, *, plays: int = 0) -> None:
        """Keep a thing of so many bytes, in place of what was under this key."""
        with self._lock:
            self.plays += plays
            self.size += size + OVERHEAD - self._kept.pop(key, (None, 0))[1]
            self._kept[key] = thing, size + OVERHEAD
            while self.size > self.most:
                _, (_, dropped) = self._kept.popitem(last=False)
                self.size -= dropped


class LedgersInMemory:
    """The ledgers of a scenario's policies, as far as they are kept in memory; whatever is played joins them.

    ``keys`` say of each policy what it is that is played, ``world`` what is the same under all of them.
    """

    def __init__(self, memory: Memory, keys: Mapping[str, Hashable], world: Hashable) -> None:
        self._memory, self._keys, self._world = memory, keys, world
        self._this_thread = threading.local()

    def rows(self, policy: str, future: int) -> Int | None:
        """The rows of a ledger, good until the next of this policy in this thread; None if it is to be played."""
        packed: SmallLedger | None = self._memory.get((self._keys[policy], future))
        if packed is None:
            return None
        shape = packed.words.shape[1], len(packed.base)
        rooms: dict[str, Int] = self._this_thread.__dict__
        room = rooms.get(policy)
        if room is None or len(room) < shape[0] or room.shape[1] != shape[1]:
            room = rooms[policy] = np.empty((shape[0] + shape[0] // 8, shape[1]), dtype=np.int64)
        rows = room[: shape[0]]
        unpack(packed, rows)
        return rows

    def keep(self, policy: str, future: int, rows: Int) -> None:
        """Keep the rows of a ledger that was played."""
        packed = pack(rows)
        self._memory.put((self._keys[policy], future), packed, packed.size, plays=1)

    def so_far(self, acts: Acts, before: int, future: int) -> PlaySoFar | None:
        """The latest that is kept of how a play stood that acts like this one, no later than before a minute."""
        for minute in sorted(self._memory.get(("minutes", self._world)) or (), reverse=True):
            if minute <= before:
                so_far: PlaySoFar | None = self._memory.get(self._key_so_far(acts, minute, future))
                if so_far is not None:
                    return so_far
        return None

    def keep_so_far(self, acts: Acts, future: int, so_far: PlaySoFar) -> None:
        """Keep how a play stood that acts like this one so long."""
        minutes = self._memory.get(("minutes", self._world)) or frozenset()
        if so_far.minute not in minutes:
            self._memory.put(("minutes", self._world), minutes | {so_far.minute}, 0)
        self._memory.put(self._key_so_far(acts, so_far.minute, future), so_far, so_far.size)

    def _key_so_far(self, acts: Acts, minute: int, future: int) -> Hashable:
        """Under which it is kept: policies that act alike until then have one."""
        return self._world, minute, frozenset(act for act in acts if act[0] < minute), future
