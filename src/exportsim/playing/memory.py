"""What is kept in memory of what was played, up to so many bytes: what nobody asked for longest goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from exportsim.analysis.ledger_rows import Standing
from exportsim.plan import Int
from exportsim.playing.ledgers import Acts, Ledgers, SoFar
from exportsim.playing.small_ledgers import SmallLedger, pack, put_together

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


class Stretch(NamedTuple):
    """Rows of a ledger, packed, that follow those that are kept under a key."""

    after: Hashable | None  # None: they are the first
    packed: SmallLedger


class LedgersInMemory(Ledgers):
    """The ledgers of a scenario's policies, as far as they are kept in memory; whatever is played joins them.

    ``keys`` say of each policy what it is that is played, ``world`` what is the same under all of them. What ledgers
    have in common, up to where it is known how their plays stood, is kept once.
    """

    def __init__(self, memory: Memory, keys: Mapping[str, Hashable], world: Hashable) -> None:
        self._memory, self._keys, self._world = memory, keys, world
        self._this_thread = threading.local()

    def rows(self, policy: str, future: int) -> Int | None:
        """The rows of a ledger, good until the next of this policy in this thread; None if it is to be played."""
        packed = self._parts((self._keys[policy], future))
        if packed is None:
            return None
        shape = sum(part.words.shape[1] for part in packed), len(packed[0].base)
        rooms: dict[str, Int] = self._this_thread.__dict__
        room = rooms.get(policy)
        if room is None or len(room) < shape[0] or room.shape[1] != shape[1]:
            room = rooms[policy] = np.empty((shape[0] + shape[0] // 8, shape[1]), dtype=np.int64)
        rows = room[: shape[0]]
        put_together(packed, rows)
        return rows

    def keep(self, policy: str, future: int, rows: Int, after: Standing | None) -> None:
        """Keep the rows of a ledger that was played, but those that are kept already."""
        key = (self._keys[policy], future)
        if after is None:
            self._keep_rows(key, rows, None, plays=1)
        else:
            self._keep_rows(key, rows[after.rows :], after.key, plays=1)

    def so_far(self, acts: Acts, future: int) -> SoFar | None:
        """The latest that is kept of how a play stood that acts like this one."""
        for minute in sorted(self._memory.get(("minutes", self._world)) or (), reverse=True):
            key = self._key_so_far(acts, minute, future)
            play: PlaySoFar | None = self._memory.get(("play", key))
            packed = None if play is None else self._parts(key)
            if play is not None and packed is not None:
                return SoFar(key, play, packed)
        return None

    def keep_so_far(self, acts: Acts, future: int, play: PlaySoFar, rows: Int, after: SoFar | None) -> Hashable:
        """Keep how a play stood that acts like this one so long, with the rows of its ledger by then."""
        minutes = self._memory.get(("minutes", self._world)) or frozenset()
        if play.minute not in minutes:
            self._memory.put(("minutes", self._world), minutes | {play.minute}, 0)
        key = self._key_so_far(acts, play.minute, future)
        self._memory.put(("play", key), play, play.size)
        if after is None:
            self._keep_rows(key, rows, None)
        else:
            self._keep_rows(key, rows[after.play.rows :], after.key)
        return key

    def lives(self, policy: str, future: int) -> Int | None:
        """How the orders fare under a policy, to tell which another leaves alone; None if that is not known."""
        lives: Int | None = self._memory.get(("lives", self._keys[policy], future))
        return lives

    def keep_lives(self, policy: str, future: int, lives: Int) -> None:
        """Keep how they fare under one that was counted."""
        self._memory.put(("lives", self._keys[policy], future), lives, lives.nbytes)

    def known(self, key: Hashable) -> Any:
        """What was read of plays and is kept under a key; None if nothing is."""
        return self._memory.get((self._world, key))

    def keep_known(self, key: Hashable, thing: object, size: int) -> None:
        """Keep what was read of plays, of so many bytes."""
        self._memory.put((self._world, key), thing, size)

    def _keep_rows(self, key: Hashable, rows: Int, after: Hashable | None, plays: int = 0) -> None:
        packed = pack(rows)
        self._memory.put(("rows", key), Stretch(after, packed), packed.size, plays=plays)

    def _parts(self, key: Hashable | None) -> list[SmallLedger] | None:
        """All rows that are kept under a key, with those before; None if any are missing."""
        parts: list[SmallLedger] = []
        while key is not None:
            stretch: Stretch | None = self._memory.get(("rows", key))
            if stretch is None:
                return None
            key = stretch.after
            parts.insert(0, stretch.packed)
        return parts

    def _key_so_far(self, acts: Acts, minute: int, future: int) -> Hashable:
        """Under which it is kept: policies that act alike until then have one."""
        return self._world, minute, frozenset(act for act in acts if act[0] < minute), future
