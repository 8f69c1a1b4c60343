"""What the reference engine adds to SimPy: the order of one minute, and desks whose number can change.

SimPy takes the events of a moment by priority, then in the order in which they were scheduled; its own urgent and
normal events have the priorities 0 and 1. What needs no time uses those. Everything that was waited for has a priority
far above them, made of :class:`~exportsim.lifecycle.Moment`, number and attempt, so a minute runs in the stated order
and each event's consequences are over before the next begins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import simpy
from simpy.events import PENDING, Event

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


class Desks(simpy.Resource):
    """Officers of a stage, or slots of a supplier: first come first served, and their number can change."""

    def __init__(self, env: Clock, number: int) -> None:
        super().__init__(env, max(number, 1))
        self._capacity = number

    def resize(self, number: int) -> None:
        """Set the number of desks. More are taken up at once; fewer finish what they hold."""
        self._capacity = number
        while self.put_queue and len(self.users) < number:
            self._trigger_put(None)  # SimPy gives one place at a time


def is_waiting(event: Event) -> bool:
    """Whether an event has not been triggered yet."""
    return event._value is PENDING
