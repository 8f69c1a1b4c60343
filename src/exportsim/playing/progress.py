"""How an experiment tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Somebody who wants to know how far an experiment is; no engine and no experiment prints."""

    def played(self, done: int, total: int) -> None:
        """So many of so many plays are done, of one policy in one future each; the total may grow with a precision.

        Called now and then and at the end, from the thread that began.
        """


class Stage:
    """Says how far one of several stages is, as a part of all of them; so many plays come before it and after it."""

    def __init__(self, all_stages: Progress, *, before: int = 0, after: int = 0) -> None:
        self._all_stages, self._before, self._after = all_stages, before, after

    def played(self, done: int, total: int) -> None:
        """As :class:`Progress` says."""
        self._all_stages.played(self._before + done, self._before + total + self._after)


class PartOfProgress:
    """Says how far one run is as a part of several, as if each had as many plays."""

    def __init__(self, all_runs: Progress, number: int, runs: int) -> None:
        self._all_runs, self._number, self._runs = all_runs, number, runs

    def played(self, done: int, total: int) -> None:
        """As :class:`Progress` says."""
        self._all_runs.played(self._number * total + done, self._runs * total)
