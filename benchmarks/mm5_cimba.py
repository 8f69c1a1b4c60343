"""M/M/5 in cimba, as its documentation has it: officers are processes that take what is applied for out of a store.

Its engine is written in C, and Numba compiles the processes. It keeps the three times of an application if one asks for
them, as here. Its luck is its own.
"""

import cimba as cb  # type: ignore[import-not-found]
import numpy as np
from cimba import inputs
from numpy.typing import NDArray

OFFICERS = 5


class Queue(cb.Model):  # type: ignore[misc]
    """Applications, officers, and what happened."""

    applications: cb.Param[int]
    gap: cb.Input[float] = inputs.dist.exponential(mean=1.0)
    work: cb.Input[float] = inputs.dist.exponential(mean=1.0)
    waiting: cb.Store[float]
    applied: cb.Dataset
    started: cb.Dataset
    ended: cb.Dataset

    @cb.process  # type: ignore[untyped-decorator]
    def arrivals(self):  # type: ignore[no-untyped-def]
        """Applications come one after the other."""
        for _ in range(self.applications):
            cb.hold(self.gap.next())
            self.waiting.put(cb.now())

    @cb.process(copies=OFFICERS)  # type: ignore[untyped-decorator]
    def officer(self):  # type: ignore[no-untyped-def]
        """Take up whoever waits, work, and note when."""
        while True:
            applied = self.waiting.get()
            started = cb.now()
            cb.hold(self.work.next())
            self.applied.record(applied)
            self.started.record(started)
            self.ended.record(cb.now())


def simulate(applications: int, gap: float, work: float, officers: int, seed: int) -> NDArray[np.float64]:
    """When each application was applied for, and when its review started and ended."""
    assert officers == OFFICERS, "how many copies there are of a process is written into it"
    queue = Queue()
    queue.applications = applications
    queue.gap, queue.work = inputs.dist.exponential(mean=gap), inputs.dist.exponential(mean=work)
    queue.applied, queue.started, queue.ended = cb.Dataset(), cb.Dataset(), cb.Dataset()
    for kept in (queue.applied, queue.started, queue.ended):
        kept.capture()
    found = cb.Experiment(queue, window=cb.Window.until_idle(), seed=seed).run()[queue]
    return np.column_stack([kept.trial(0, 0)[1] for kept in (found.applied, found.started, found.ended)])
