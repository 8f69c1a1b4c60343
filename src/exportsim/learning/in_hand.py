"""How many visits to a stage are in hand over time."""

from __future__ import annotations

import numpy as np

from exportsim.plan import Float, Int


class InHand:
    """How many are in hand over time: from each of ``minutes`` on, ``level``."""

    def __init__(self, begin: Int, end: Int) -> None:
        times = np.concatenate([end, begin])
        steps = np.repeat([-1, 1], [len(end), len(begin)])
        order = np.lexsort((steps, times))  # who ends in a minute makes room in it
        minutes, level = times[order], np.cumsum(steps[order])
        last = np.append(minutes[1:] != minutes[:-1], True)
        self.most = int(level.max(initial=0))
        self.minutes, self.level = minutes[last], level[last]
        self._lasts = np.append(np.diff(self.minutes), 0)

    def time_above(self, number: int) -> int:
        """The minutes in which more than so many are in hand."""
        return int(self._lasts[self.level > number].sum())

    def time_at(self, number: int | Int, minutes: Int) -> Float:
        """The minutes until each of some moments in which so many or more are in hand; of each step if they differ."""
        full = np.concatenate([[0], np.cumsum(np.where(self.level >= number, self._lasts, 0)[:-1])])
        found: Float = np.interp(minutes, self.minutes, full)
        return found

    def at(self, minutes: Int) -> Int:
        """How many are in hand just before each of some moments."""
        place = np.searchsorted(self.minutes, minutes) - 1
        found: Int = np.where(place >= 0, self.level[place], 0)
        return found

    def after(self, minutes: Int) -> Int:
        """How many are in hand from each of some moments on."""
        found: Int = self.level[np.searchsorted(self.minutes, minutes, "right") - 1]
        return found


def in_hand(begin: Int, end: Int, last: int) -> InHand:
    """Visits in hand; one that has no end is to the end of the log."""
    return InHand(begin, np.where(end >= 0, end, last + 1))
