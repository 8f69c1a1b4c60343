"""What the reference engine adds to SimPy: the order of one minute, and desks whose number can change.

SimPy takes the events of a moment by priority, then in the order in which they were scheduled; its own urgent and
normal events have the priorities 0 and 1. What needs no time uses those. Everything that was waited for has a priority
far above them, made of :class:`~exportsim.lifecycle.Moment`, number and attempt, so a minute runs in the stated order
and each event's consequences are over before the next begins.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from typing import Any

import simpy
from simpy.events import Event

from exportsim.lifecycle import Moment

SETTLED = 2  # after SimPy's URGENT and NORMAL, before anything that was waited for


class Clock(simpy.Environment):
    """SimPy's environment, its time whole minutes."""

    @property
    def now(self) -> int:
        """The minute, from ``period.start``."""
        return self._now  # type: ignore[return-value]


class At(Event):
    """A wait until a minute, in the stated order of that minute. It can be called off."""

    def __init__(self, env: Clock, minute: int, moment: Moment, number: int, attempt: int = 0) -> None:
        self.env = env
        self.callbacks: list[Callable[[Any], None]] = []
        self._value = None
        self._ok = True
        self._defused = False
        env.schedule(self, (moment << 56) | (number << 16) | attempt, minute - env.now)  # type: ignore[arg-type]

    def call_off(self) -> None:
        """Let the minute pass without anything happening."""
        if self.callbacks is not None:
            self.callbacks.clear()


class Settled(Event):
    """A wait, within the minute, until everything that needs no time has happened."""

    def __init__(self, env: Clock) -> None:
        self.env = env
        self.callbacks: list[Callable[[Any], None]] = []
        self._value = None
        self._ok = True
        self._defused = False
        env.schedule(self, SETTLED)  # type: ignore[arg-type]


class Turn(Event):
    """The wait of one who waits for a desk; ``rank`` says how it ranks among the others as things stand."""

    def __init__(self, env: Clock, rank: Callable[[], int]) -> None:
        super().__init__(env)
        self.rank = rank


def _alike() -> int:
    return 0


class Desks:
    """Officers of a stage, or slots of a supplier: first come first served, and their number can change.

    Where ``ranked``, those of a lower rank are served first, and within a rank who came first.

    A free desk is taken without an event, so most visits cost SimPy nothing; its own resource makes two events a visit.
    """

    def __init__(self, env: Clock, number: int) -> None:
        self.env, self.number, self.taken = env, number, 0
        self.queue: deque[Turn] = deque()
        self.ranked = False

    def take(self, rank: Callable[[], int] = _alike) -> Generator[Event, Any, None]:
        """Take a desk, now or when there is one. Who is interrupted leaves the queue."""
        if self.taken < self.number:
            self.taken += 1
            return
        turn = Turn(self.env, rank)
        self.queue.append(turn)
        try:
            yield turn
        except simpy.Interrupt:
            self.queue.remove(turn)
            raise

    def leave(self) -> None:
        """Leave a desk to the first who waits."""
        self.taken -= 1
        self._call()

    def resize(self, number: int) -> None:
        """Set the number of desks. More are taken up at once; fewer finish what they hold."""
        self.number = number
        self._call()

    def first(self, most: int) -> list[Turn]:
        """The first who wait, so many at most (-1: all), by rank."""
        turns = sorted(self.queue, key=lambda turn: turn.rank()) if self.ranked else list(self.queue)
        return turns if most < 0 else turns[:most]

    def call(self, turn: Turn) -> None:
        """Let one who waits go on, though there is no desk."""
        self.queue.remove(turn)
        turn.succeed()

    def _call(self) -> None:
        while self.queue and self.taken < self.number:
            self.taken += 1
            turn = min(self.queue, key=lambda turn: turn.rank()) if self.ranked else self.queue[0]
            self.queue.remove(turn)
            turn.succeed()
