"""How an experiment tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Somebody who wants to know how far an experiment is; no engine and no experiment prints."""

    def played(self, done: int, total: int) -> None:
        """Something more has been played. Told now and then, at the end, and from the thread that began it.

        Parameters
        ----------
        done : int
            Plays so far: of one policy in one future each.
        total : int
            Plays in all: futures × policies. Where the number of futures is not given, as many as are thought to be
            needed; it may grow.
        """


class PartOfProgress:
    """Says how far one run is as a part of several, as if each had as many plays."""

    def __init__(self, all_runs: Progress, number: int, runs: int) -> None:
        self._all_runs, self._number, self._runs = all_runs, number, runs

    def played(self, done: int, total: int) -> None:
        """As :class:`Progress` says."""
        self._all_runs.played(self._number * total + done, self._runs * total)
