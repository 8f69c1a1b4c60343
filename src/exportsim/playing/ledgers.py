"""What may be known of plays before they are asked for: their ledgers, and how they stood before some minute."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from exportsim.analysis.ledger_rows import Standing
from exportsim.plan import Int
from exportsim.playing.small_ledgers import SmallLedger, put_together

if TYPE_CHECKING:
    from exportsim.engine.compiled.so_far import PlaySoFar

Acts: TypeAlias = frozenset[tuple[Any, ...]]  # all that a policy does; each measure begins with its first minute


class SoFar(NamedTuple):
    """How a play stood, with the rows of its ledger by then."""

    key: Hashable
    play: PlaySoFar
    packed: list[SmallLedger]  # in their order

    def rows(self) -> Int:
        """The rows, unpacked."""
        rows = np.empty((self.play.rows, self.packed[0].base.size), dtype=np.int64)
        put_together(self.packed, rows)
        return rows


class Ledgers:
    """Ledgers that may be there already: those are read instead of played. Here nothing is known, and nothing kept."""

    def rows(self, policy: str, future: int) -> Int | None:
        """The rows of a ledger, good until the next of its policy in this thread; None if it is to be played."""

    def keep(self, policy: str, future: int, rows: Int, after: Standing | None) -> None:
        """Take the rows of a ledger that was played, but those that are kept since it is known how its play stood."""

    def so_far(self, acts: Acts, future: int) -> SoFar | None:
        """The latest that is known of how a play stood that acts like this one."""

    def keep_so_far(self, acts: Acts, future: int, play: PlaySoFar, rows: Int, after: SoFar | None) -> Hashable:
        """Take how a play stood that acts like this one so long, with the rows of its ledger by then, but those of what
        it was gone on with; returns the key under which it is kept.
        """

    def known(self, key: Hashable) -> Any:
        """What was read of plays and is kept under a key; None if nothing is."""

    def keep_known(self, key: Hashable, thing: object, size: int) -> None:
        """Take what was read of plays, of so many bytes."""

    def lives(self, policy: str, future: int) -> Int | None:
        """How the orders fare under a policy, to tell which another leaves alone; None if that is not known."""

    def keep_lives(self, policy: str, future: int, lives: Int) -> None:
        """Take how they fare under one that was counted."""
