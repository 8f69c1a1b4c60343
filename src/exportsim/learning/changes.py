"""When the number of officers of a stage changed, as applications that had waited were taken up.

Whoever has waited is taken up when an officer becomes free, while all others are at work: so many are then in hand as
there are officers. Each such moment tells their number.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exportsim.plan import Int
from exportsim.scenario.quantities import MINUTES_A_DAY

WEEK = 7 * MINUTES_A_DAY
CHANCE = 0.01  # at which a change is taken for one
SHUFFLES = 999
FEWEST = 5  # moments with more at work: fewer may be mistakes


class Change(NamedTuple):
    """A new number of officers: from which day on, between which days the change lies, and by how many moments."""

    day: int  # since the year 1, as `date.toordinal` has it
    low: int
    high: int
    number: int
    n: int
    waited: bool  # whether anybody waits then: if not, there may be more


class _Part(NamedTuple):
    """Moments in a row with one number of officers."""

    first: int  # minute
    last: int
    number: int
    n: int
    waited: bool


def numbers_over_time(minutes: Int, numbers: Int, starts: Int, at_work: Int) -> tuple[int, bool, list[Change]]:
    """The number of officers at first, whether anybody then waits, and its changes, by what it was at some moments.

    The moments are divided where two numbers tell most of them; a division stands if the weeks, each with the number
    that most of its moments tell, are divided as clearly in fewer than one in a hundred of their other orders. Each
    part is then divided in turn. Before the first of these moments, and after the last, nobody waits: there are as many
    officers as are at work at most, if that are more.

    ``starts`` are all moments at which anybody is taken up, and ``at_work`` how many officers then are: they tell that
    there are so many, if not how many.
    """
    parts = _parts(minutes, numbers, starts, at_work)
    changes = []
    for old, new in pairwise(parts):
        between = (starts > old.last) & (starts < new.first) & (at_work > min(old.number, new.number))
        told, before, after = starts[between].tolist(), old.last, new.first
        if new.number > old.number:
            after = min(told, default=after)
        else:
            before = max(told, default=before)
        low, high = min(before // MINUTES_A_DAY + 1, after // MINUTES_A_DAY), after // MINUTES_A_DAY
        # More officers take up at once who waits; fewer take up nobody until enough of them have finished.
        day = high if new.number > old.number else low
        changes.append(Change(day, low, high, new.number, new.n, new.waited))
    return parts[0].number, parts[0].waited, changes


def _parts(minutes: Int, numbers: Int, starts: Int, at_work: Int) -> list[_Part]:
    """The times with one number of officers each, in their order."""
    bounds = [0, *_divided(minutes, numbers, 0, len(minutes)), len(minutes)]
    parts: list[_Part] = []
    for begin, end in pairwise(bounds):
        part = _Part(int(minutes[begin]), int(minutes[end - 1]), _usual(numbers[begin:end]), end - begin, True)
        if parts and parts[-1].number == part.number:
            part = part._replace(first=parts[-1].first, n=parts[-1].n + part.n)
            parts.pop()
        parts.append(part)
    of_first, of_last = minutes[numbers == parts[0].number], minutes[numbers == parts[-1].number]
    head = (starts < of_first[0]) & (at_work > parts[0].number)
    tail = (starts > of_last[-1]) & (at_work > parts[-1].number)
    if tail.sum() >= FEWEST:
        parts[-1] = parts[-1]._replace(last=int(of_last[-1]))
        parts.append(_Part(int(starts[tail][0]), int(starts[-1]), int(at_work[tail].max()), int(tail.sum()), False))
    if head.sum() >= FEWEST:
        parts[0] = parts[0]._replace(first=int(of_first[0]))
        parts.insert(0, _Part(int(starts[0]), int(starts[head][-1]), int(at_work[head].max()), int(head.sum()), False))
    return parts


def _usual(numbers: Int) -> int:
    """The number that most moments tell."""
    return int(np.bincount(numbers).argmax())


def _divided(minutes: Int, numbers: Int, begin: int, end: int) -> list[int]:
    """Where a part of the moments is divided, and its parts in turn."""
    its = numbers[begin:end]
    week = minutes[begin:end] // WEEK
    starts = np.flatnonzero(np.append(True, week[1:] != week[:-1])) if len(its) else np.zeros(0, np.int64)
    if len(starts) < 2 or its.min() == its.max():
        return []
    by_week = _told(np.array([_usual(each) for each in np.split(its, starts[1:])]))
    clear = _division(by_week)[0]
    order = np.random.default_rng(0)
    as_clear = sum(_division(by_week[order.permutation(len(by_week))])[0] >= clear for _ in range(SHUFFLES))
    if clear <= by_week.sum(axis=0).max() or (1 + as_clear) / (1 + SHUFFLES) >= CHANCE:
        return []
    at = begin + _division(_told(its))[1]
    return [*_divided(minutes, numbers, begin, at), at, *_divided(minutes, numbers, at, end)]


def _told(numbers: Int) -> NDArray[np.int64]:
    """Of each moment, which of the numbers that there are it tells; shape (moments, numbers)."""
    told: NDArray[np.int64] = (numbers[:, None] == np.unique(numbers)).astype(np.int64)
    return told


def _division(told: NDArray[np.int64]) -> tuple[int, int]:
    """How many moments two numbers tell, one before and one after the best division, and where that is."""
    before = np.cumsum(told, axis=0)
    score = before[:-1].max(axis=1) + (before[-1] - before[:-1]).max(axis=1)
    at = int(score.argmax())
    return int(score[at]), at + 1
