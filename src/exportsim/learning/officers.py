"""How many officers a stage has: the most applications that are in hand at once, where beginnings are recorded.

Where a log names the officers and nobody waits for them, or only ends are recorded, they are those that are named.

Where only ends are, the officers and the work are told from each other by this: with so many officers, first come first
served, each application is taken up when it is ready, or when the officer is free who is so first. Too few officers
leave too little work where many wait, too many leave too much: the number is right at which work has nothing to do with
how many were there before. That is a guess, and said to be one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from exportsim.learning.changes import Change, numbers_over_time
from exportsim.learning.in_hand import InHand, in_hand
from exportsim.learning.intervals import OUTSIDE
from exportsim.learning.people import Named
from exportsim.plan import Float, Int
from exportsim.scenario.quantities import MINUTES_A_DAY

FULL = 0.9  # of the waiting: while so much of it all are at work, it is for them
SPARE = 0.01  # of the time in which so many are in hand: in less than this, more are by mistake
NOBODY = 0.01  # of the work: who waits less does not wait
BACKWARDS = 0.001  # of visits that would have ended before they began
STEPS = 24  # numbers of officers that are tried


@dataclass(frozen=True)
class Officers:
    """What was found of the officers of a stage.

    Attributes
    ----------
    number : int
        At first, if it changes.
    low : int
    high : float
        Infinite where nobody waits: then there may be any number more.
    how : str
        ``full`` (those who wait do so while all are at work), ``changed`` (the same, and their number changed),
        ``free`` (nobody waits), ``named`` (nobody waits, or of ends alone, and the log names them), ``apart`` (who
        waits does so while officers are free), ``even`` (of ends alone), ``back`` (the same, and some came back) or
        ``quiet`` (of ends alone, and nobody seems to wait).
    n : int
        Visits by which it was found.
    explained : float
        The share of the waiting in which all are at work.
    starts : ndarray or None
        Where only ends are recorded, when each visit was taken up with so many.
    changes : tuple of Change
    otherwise : tuple of (int, float)
        Where they are named, between what their number lies without the names.
    """

    number: int
    low: int
    high: float
    how: str
    n: int
    explained: float
    starts: Int | None = None
    changes: tuple[Change, ...] = ()
    otherwise: tuple[int, float] | None = None

    def at(self, minutes: Int) -> Int:
        """How many there are at some moments."""
        number: Int = np.full(len(minutes), self.number)
        for change in self.changes:
            number[minutes >= change.day * MINUTES_A_DAY] = change.number
        return number


def officers_in_hand(hand: InHand, ready: Int, start: Int, work: Float, named: Named | None = None) -> Officers:
    """The officers of a stage of which beginnings are recorded, given when first visits were ready and taken up."""
    waited = (start - ready).astype(float)
    total, n = waited.sum(), len(start)
    if not n or total <= NOBODY * max(float(work.sum()), 1.0):
        most = max(hand.most, 1)
        free = Officers(most, most, math.inf, "free", n, 1.0)
        return free if named is None or not named.one_at_a_time else _named(free, named)
    if (changed := _changed(hand, ready, start)) is not None:
        return changed
    number = explained = 0.0
    for number in dict.fromkeys([hand.most, _without_a_few(hand)]):
        explained = float((hand.time_at(number, start) - hand.time_at(number, ready)).sum() / total)
        if explained >= FULL:
            return Officers(number, number, float(number), "full", n, explained)
    most = in_hand(ready, start, int(start.max())).most + hand.most
    return Officers(2 * most, most, math.inf, "apart", n, explained)


def _named(found: Officers, named: Named) -> Officers:
    """As many as are named, but no fewer than have been at work at once."""
    number = max(named.number, found.low)
    return replace(
        found, number=number, low=max(named.low, found.low), high=float(max(named.high, number)), how="named",
        n=named.n, otherwise=(found.low, found.high),
    )  # fmt: skip


def _changed(hand: InHand, ready: Int, start: Int) -> Officers | None:
    """Officers whose number changes; None if it does not, or does not account for who waits."""
    moments = np.unique(start[start > ready])
    numbers = hand.after(moments)
    starts = np.unique(start)
    first, waited, changes = numbers_over_time(moments, numbers, starts, hand.after(starts))
    if not changes:
        return None
    found = Officers(
        first, first, float(first) if waited else math.inf, "changed", len(start), 0.0, changes=tuple(changes)
    )
    all_at_work = found.at(hand.minutes)
    full = (hand.time_at(all_at_work, start) - hand.time_at(all_at_work, ready)).sum()
    found = replace(found, explained=float(full / (start - ready).sum()))
    return found if min(found.explained, float((numbers == found.at(moments)).mean())) >= FULL else None


def _without_a_few(hand: InHand) -> int:
    """The number above which so little time is spent that it may be a mistake."""
    number = hand.most
    while number > 1 and hand.time_above(number - 1) <= SPARE * hand.time_above(number - 2):
        number -= 1
    return number


def answered(hand: InHand, officers: Officers, back_since: Int, back_start: Int, ready: Int, start: Int) -> Int:
    """When applications that came back to a stage had been answered.

    Who is taken up while an officer is free has not waited. Who has waited came between those who were taken up just
    before and just after, since who comes first is served first.
    """
    order = np.argsort(start, kind="stable")
    ready, start = ready[order], start[order]
    place = np.searchsorted(start, back_start)
    before = ready[np.clip(place - 1, 0, len(ready) - 1)]
    after = ready[np.clip(place, 0, len(ready) - 1)]
    between = np.clip((before + after) // 2, back_since, back_start)
    found: Int = np.where(hand.at(back_start) >= officers.at(back_start), between, back_start)
    return found


def starts_with(number: int, ready: Int, ends: Int) -> Int:
    """When visits, in the order in which they were ready, were taken up by so many officers, given when they ended."""
    free = np.sort(ends)
    starts = ready.copy()
    if number < len(ready):
        starts[number:] = np.maximum(ready[number:], free[: len(free) - number])
    return starts


def officers_by_ends(
    ready: Int, ends: Int, took: Callable[[Int, Int], Int] = np.subtract, named: Named | None = None
) -> Officers:
    """The officers of a stage of which only ends are recorded; visits are in the order in which they were ready.

    ``took`` says how long something took, given its end and its beginning: on the clock, or in working time. Those who
    are named are so many, unless some visits had then ended before they began.
    """
    found = _by_ends(ready, ends, took)
    if named is None or not named.one_at_a_time or not len(ready):
        return found
    starts = starts_with(named.number, ready, ends)
    if float((ends < starts).mean()) > BACKWARDS:
        return found
    return replace(
        found, number=named.number, low=named.low, high=float(named.high), how="named", n=named.n, starts=starts,
        otherwise=(found.low, found.high),
    )  # fmt: skip


def _by_ends(ready: Int, ends: Int, took: Callable[[Int, Int], Int]) -> Officers:
    n = len(ready)
    if not n:
        return Officers(1, 1, math.inf, "quiet", n, 1.0, ready)
    most = InHand(ready, ends).most
    there = np.arange(n) - np.searchsorted(np.sort(ends), ready, "right")
    ranks_of_there = _ranks(there)
    noise = -float(ndtri(OUTSIDE)) / math.sqrt(max(n - 3, 1))
    tried: dict[int, tuple[float, Int]] = {}
    for number in sorted({round(each) for each in np.geomspace(1, max(most, 1), STEPS)}):
        starts = starts_with(number, ready, ends)
        if float((ends < starts).mean()) <= BACKWARDS:
            tried[number] = (_together(_ranks(took(np.maximum(ends, starts), starts)), ranks_of_there), starts)
    if len(tried) > 1:
        best = min(tried, key=lambda number: abs(tried[number][0]))
        places = sorted(tried)
        at = places.index(best)
        for number in range(places[max(at - 1, 0)] + 1, places[min(at + 1, len(places) - 1)]):
            starts = starts_with(number, ready, ends)
            tried[number] = (_together(_ranks(took(np.maximum(ends, starts), starts)), ranks_of_there), starts)
    best = min(tried, key=lambda number: abs(tried[number][0])) if tried else max(most, 1)
    likely = [number for number in tried if abs(tried[number][0]) <= noise] or [best]
    if not tried or abs(tried[max(tried)][0]) <= noise:
        low = min(likely)
        return Officers(max(most, 1), low, math.inf, "quiet", n, 1.0, ready)
    return Officers(best, min(likely), float(max(likely)), "even", n, 1.0, tried[best][1])


def _ranks(values: Int) -> Float:
    """The ranks of values, the mean rank for those that are alike."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Float = (ends - (counts - 1) / 2)[place]
    return ranks


def _together(one: Float, other: Float) -> float:
    """How far ranks go together, from -1 to 1 (Spearman 1904)."""
    if one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
