"""What may be known of plays before they are asked for: their ledgers, and how they stood before some minute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from exportsim.plan import Int

if TYPE_CHECKING:
    from exportsim.engine.compiled.so_far import PlaySoFar

Acts: TypeAlias = frozenset[tuple[Any, ...]]  # all that a policy does; each measure begins with its first minute


class Ledgers(Protocol):
    """Ledgers that may be there already: those are read instead of played. How plays stood may be known, too."""

    def rows(self, policy: str, future: int) -> Int | None:
        """The rows of a ledger, good until the next of its policy in this thread; None if it is to be played."""

    def keep(self, policy: str, future: int, rows: Int) -> None:
        """Take the rows of a ledger that was played."""

    def so_far(self, acts: Acts, before: int, future: int) -> PlaySoFar | None:
        """The latest that is known of how a play stood that acts like this one, no later than before a minute."""

    def keep_so_far(self, acts: Acts, future: int, so_far: PlaySoFar) -> None:
        """Take how a play stood that acts like this one so long."""
