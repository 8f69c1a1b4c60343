"""Ctrl-C, pressed while something is played."""

from __future__ import annotations


class Finger:
    """Presses Ctrl-C after so many plays, and keeps what progress was told, after nothing of nothing."""

    def __init__(self, plays: int) -> None:
        self.plays, self.told = plays, [(0, 0)]

    def played(self, done: int, total: int) -> None:
        """As the progress of a study."""
        self.told.append((done, total))
        if done >= self.plays:
            raise KeyboardInterrupt
