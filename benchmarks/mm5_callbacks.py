"""M/M/5 on SimPy's clock alone: no process and no resource, a callback for each event and a deque for the queue.

About the least that can be done with SimPy: two events an application.
"""

from __future__ import annotations

import random
from collections import deque
from typing import Any

import simpy


class Office:
    """Officers, those who wait for them, and what happened."""

    def __init__(self, applications: int, gap: float, work: float, officers: int, seed: int) -> None:
        self.env = simpy.Environment()
        self.luck = random.Random(seed).expovariate
        self.to_come, self.free = applications, officers
        self.arrival_rate, self.work_rate = 1 / gap, 1 / work
        self.waiting: deque[float] = deque()
        self.visits: list[tuple[float, float, float]] = []

    def expect(self) -> None:
        """Plan the next arrival."""
        if self.to_come:
            self.to_come -= 1
            self.env.timeout(self.luck(self.arrival_rate)).callbacks.append(self.arrive)

    def arrive(self, event: simpy.Event) -> None:
        """An application comes: an officer takes it up, or it waits."""
        self.expect()
        if self.free:
            self.free -= 1
            self.start(self.env.now)
        else:
            self.waiting.append(self.env.now)

    def start(self, applied: float) -> None:
        """An officer takes up an application."""
        times = applied, self.env.now
        self.env.timeout(self.luck(self.work_rate), times).callbacks.append(self.end)

    def end(self, event: Any) -> None:
        """A review ends, and the officer takes up the first who waits."""
        applied, started = event.value
        self.visits.append((applied, started, self.env.now))
        if self.waiting:
            self.start(self.waiting.popleft())
        else:
            self.free += 1


def simulate(applications: int, gap: float, work: float, officers: int, seed: int) -> list[tuple[float, float, float]]:
    """When each application was applied for, and when its review started and ended."""
    office = Office(applications, gap, work, officers, seed)
    office.expect()
    office.env.run()
    return office.visits
