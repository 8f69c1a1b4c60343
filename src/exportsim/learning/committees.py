"""Stages at which a committee sits: what ends there does so on its days, with all that waits or as many as it takes."""

from __future__ import annotations

from collections import deque
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exportsim.learning import intervals
from exportsim.learning.intervals import Estimate
from exportsim.learning.rhythms import rhythm_of
from exportsim.plan import Int
from exportsim.scenario.quantities import MINUTES_A_DAY

if TYPE_CHECKING:
    from exportsim.learning.calendar import OfficeDays
    from exportsim.learning.visits import Course

FORESEEN = 0.9  # of what ends: so much does at the sitting that it waited for
CAPPED = 2  # sittings with as many as on any, and more who wait: so often a committee takes no more


class Sittings(NamedTuple):
    """When a committee sits.

    Attributes
    ----------
    weeks : int
        From one sitting to the next.
    first : date
        A sitting on the day of the first application, or the last one before.
    most : int or None
        With how many it deals; None for all that wait.
    foreseen : Estimate
        The share of what ended that did so at the sitting that it then waited for.
    days : int
        On which it sat.
    """

    weeks: int
    first: date
    most: int | None
    foreseen: Estimate
    days: int


def sittings_of(course: Course, days: OfficeDays, stage: int) -> Sittings | None:
    """The sittings of a stage whose ends have a rhythm; None if others than the next would end what waits.

    None, too, if what comes to it has the rhythm already: then it takes the same time for all.
    """
    rhythm, visits = course.rhythms[stage], course.visits.of(stage)
    closed = visits.end >= 0
    first = visits.number[closed] == 0
    if rhythm is None or not first.any():
        return None
    came = rhythm_of(visits.ready[closed][first])
    if came is not None and came.weeks % rhythm.weeks == 0:
        return None
    ended = visits.ended[closed] // MINUTES_A_DAY
    # Of what comes back it is not known when it was answered: in time for the sitting that it ended at.
    ready = np.where(first, visits.ready[closed], ended * MINUTES_A_DAY - 1)
    every = 7 * rhythm.weeks
    begin = int(course.applied.min()) // MINUTES_A_DAY
    begin -= (begin - rhythm.day) % every
    last = course.last // MINUTES_A_DAY
    sat = np.unique(days.worked_from(np.arange(begin, last + 1, every)))
    counts = np.unique(ended, return_counts=True)[1]
    best: tuple[int, int | None] = (int(_as_foreseen(ready, ended, sat, None)[0][first].sum()), None)
    most = int(counts.max())
    held, full = _as_foreseen(ready, ended, sat, most)
    if full >= CAPPED and int(held[first].sum()) > best[0]:
        best = (int(held[first].sum()), most)
    foreseen = intervals.share(best[0], int(first.sum()))
    if foreseen.value < FORESEEN:
        return None
    return Sittings(rhythm.weeks, date.fromordinal(begin), best[1], foreseen, len(counts))


def _as_foreseen(ready: Int, ended: Int, sat: Int, most: int | None) -> tuple[Int, int]:
    """Whether each ended at the sitting that deals with it, and at how many sittings more waited than are taken.

    What comes on the day of a sitting may be dealt with on that day, or at the next.
    """
    order = np.lexsort((ended, ready))
    waiting: deque[int] = deque()
    dealt, full, at = np.full(len(ready), -1), 0, 0
    for day in sat.tolist():
        while at < len(order) and ready[order[at]] < day * MINUTES_A_DAY:
            waiting.append(int(order[at]))
            at += 1
        while at < len(order) and ready[order[at]] < (day + 1) * MINUTES_A_DAY and ended[order[at]] == day:
            waiting.append(int(order[at]))
            at += 1
        taken = len(waiting) if most is None else min(most, len(waiting))
        full += taken < len(waiting)
        for _ in range(taken):
            dealt[waiting.popleft()] = day
    held: Int = (dealt == ended).astype(np.int64)
    return held, full
