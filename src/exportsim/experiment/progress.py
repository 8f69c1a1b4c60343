"""How an experiment tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Somebody who wants to know how far an experiment is; no engine and no experiment prints."""

    def played(self, done: int, total: int) -> None:
        """One more policy has been played in one more future.

        Parameters
        ----------
        done : int
            Plays so far.
        total : int
            Plays in all: futures × policies.
        """
