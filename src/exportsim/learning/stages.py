"""What a log says of each stage: who needs it, how long its work takes, who works there, what goes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np

from exportsim.learning import intervals
from exportsim.learning.calendar import OfficeDays
from exportsim.learning.committees import Sittings
from exportsim.learning.fits import Fit, fit
from exportsim.learning.groups import Factor, Grouping, factors
from exportsim.learning.in_hand import InHand, in_hand
from exportsim.learning.intervals import Estimate
from exportsim.learning.officers import Officers, answered, officers_by_ends, officers_in_hand, starts_with
from exportsim.learning.people import Named, named_at
from exportsim.learning.visits import Bools, Course, Visits
from exportsim.plan import Float, Int
from exportsim.scenario.quantities import MINUTES_A_DAY, Duration

DIGITS = 3  # of a time that was measured; with more, three of them might stand after a point, as thousands do
MOST_RETURNS = 1000  # as a scenario has it
AROUND = 10  # first visits that ended just before what came back, and just after


@dataclass(frozen=True)
class Returned:
    """How often a stage sends back: the chance, the time to the answer, and how often at most."""

    chance: Estimate
    answer: Fit
    most: int


@dataclass(frozen=True)
class StageFound:
    """What was found of a stage.

    Attributes
    ----------
    name, activity : str
    timed : bool
        Whether beginnings are recorded.
    working : bool
        Whether its work runs in working days.
    share : Estimate
    officers : Officers
    work : Fit
    returns : Returned or None
    named : Named or None
        The officers that the log names.
    others : tuple of (int, Fit)
        What the officers may be as well, each number with the work that goes with it: where only ends are recorded,
        fewer and more; where applications wait while officers are free, the most in hand, and no waiting is work.
    factors : tuple of Factor
        By how much ``work`` is multiplied for groups that differ in it.
    only : mapping or None
        The destinations and goods that it is for, if not for all.
    past : Estimate or None
        The share of the others that came to it nonetheless.
    pooled : bool
        Whether groups differ in who needs it, and one share is taken for all.
    sits : Sittings or None
        The sittings of a committee, which has no officers and takes no time.
    matched : float
        By how much its work has been multiplied so that the draft takes the times of its log.
    """

    name: str
    activity: str
    timed: bool
    working: bool
    share: Estimate
    officers: Officers
    work: Fit
    returns: Returned | None
    named: Named | None = None
    others: tuple[tuple[int, Fit], ...] = ()
    factors: tuple[Factor, ...] = ()
    only: Mapping[str, list[str]] | None = None
    past: Estimate | None = None
    pooled: bool = False
    sits: Sittings | None = None
    matched: float = 1.0

    @property
    def alone(self) -> bool:
        """Whether its work is a guess, since only ends are recorded."""
        return not self.timed and self.sits is None and self.officers.n > 0


def span(minutes: float, *, working: bool) -> str:
    """A time as a scenario has it, in days or working days."""
    number = Decimal(f"{max(minutes, 0.0) / MINUTES_A_DAY:.{DIGITS}g}")
    return str(Duration(number, "bd" if working else "d"))


def scaled(value: object, by: float) -> Any:
    """A distribution of times with all of them multiplied."""
    if isinstance(value, dict):
        return {key: scaled(each, by) for key, each in value.items()}
    if isinstance(value, list):
        return [scaled(each, by) for each in value]
    time = Duration.parse(value)
    return str(Duration(Decimal(f"{float(time.number) * by:.4g}"), time.unit))


def stages_found(
    course: Course,
    days: OfficeDays,
    sittings: Sequence[Sittings | None],
    names: Sequence[str],
    line: Int,
    groupings: Sequence[Grouping],
) -> list[StageFound]:
    """What the log says of each stage, in their order; ``line`` is the line of demand of each case."""
    by_group = partial(factors, groupings=groupings)
    return [
        _stage(course, days, number, name, line, by_group) if sits is None else _committee(course, number, name, sits)
        for number, (name, sits) in enumerate(zip(names, sittings, strict=True))
    ]


def _committee(course: Course, number: int, name: str, sits: Sittings) -> StageFound:
    visits = course.visits.of(number)
    n = int((visits.end >= 0).sum())
    return StageFound(
        name, course.stages[number], course.timed[number], True, _needed(course, number),
        Officers(0, 0, 0.0, "sits", n, sits.foreseen.value), fit(np.zeros(1), partial(span, working=True)),
        _returned(visits, True, partial(_between, 7 * sits.weeks * MINUTES_A_DAY), None), sits=sits,
    )  # fmt: skip


def _between(every: int, since: Int, start: Int, _ready: Int, _start: Int) -> Int:
    """When what came back to a committee had been answered: between the sitting that dealt with it and the last."""
    found: Int = (np.maximum(since, start - every) + start) // 2
    return found


def _needed(course: Course, number: int) -> Estimate:
    """Who needs a stage, of those who came to it or past it."""
    passed = course.passed[:, number]
    return intervals.share(int((course.visited[:, number] & passed).sum()), int(passed.sum()))


def _stage(
    course: Course, days: OfficeDays, number: int, name: str, line: Int,
    by_group: Callable[[Float, Int], tuple[tuple[Factor, ...], Float]],
) -> StageFound:  # fmt: skip
    visits = course.visits.of(number)
    working, timed = days.working[number], course.timed[number]
    share = _needed(course, number)
    written = partial(span, working=working)
    named = named_at(course.visits, number, course.last, timed=timed)
    closed = (visits.end >= 0) & (visits.whole | (not timed))
    firsts = closed & (visits.number == 0)
    others: tuple[tuple[int, Fit], ...] = ()
    if timed:
        hand = in_hand(visits.began, visits.ended, course.last)
        # Time that the office does not work is no waiting, where its work runs in working days.
        officers = officers_in_hand(
            hand, visits.ready[firsts], visits.start[firsts], _took(days, visits, firsts, working), named
        )
        apart = officers.how == "apart"
        begun = np.where(apart & (visits.number == 0), visits.ready, visits.start)
        work = days.minutes(begun, np.maximum(visits.end, begun), working=working)
        returns = _returned(visits, timed, None if apart else partial(answered, hand, officers), None)
        if apart and firsts.any():
            alone = _took(days, visits, closed, working)
            others = ((max(hand.most, 1), fit(alone, written)),)
    else:
        since = _ready_by_ends(visits)
        by_ready = np.flatnonzero(visits.end >= 0)[np.argsort(since[visits.end >= 0], kind="stable")]
        ready, ends = since[by_ready], visits.end[by_ready]
        took = partial(_time, days, working)
        officers = officers_by_ends(ready, ends, took, named)
        if officers.how == "even" and len(ready) > firsts.sum():
            # When what came back was answered is a guess: officers may be a tenth more or fewer, one at least.
            step = max(1, officers.number // 10)
            low, high = min(officers.low, officers.number - step), max(officers.high, officers.number + step)
            officers = replace(officers, how="back", low=max(low, 1), high=high)
        begun = since.copy()
        if officers.starts is not None:
            begun[by_ready] = officers.starts
        work = days.minutes(begun, np.maximum(visits.end, begun), working=working)
        if len(ready):
            # The fewest officers that are likely, and so many that nobody waits.
            ends_of_range = (officers.low, max(InHand(ready, ends).most, 1))
            others = _with((each for each in ends_of_range if each != officers.number), ready, ends, days, working)
        closed = firsts
        returns = _returned(visits, timed, None, since)
    counted = closed & _not_cut_short(visits, closed, course.last)
    values = work[counted].astype(float) if counted.any() else np.zeros(1)
    unlike, alike = by_group(values, line[visits.case[counted]]) if counted.any() else ((), values)
    return StageFound(
        name,
        course.stages[number],
        timed,
        working,
        share,
        officers,
        fit(alike, written),
        returns,
        named, others, unlike,
    )  # fmt: skip


def _time(days: OfficeDays, working: bool, end: Int, begin: Int) -> Int:
    return days.minutes(begin, end, working=working)


def _took(days: OfficeDays, visits: Visits, kept: Bools, working: bool) -> Float:
    return days.minutes(visits.start[kept], visits.end[kept], working=working).astype(float)


def _not_cut_short(visits: Visits, closed: Bools, last: int) -> Bools:
    """Visits that had begun so early that even the longest would have ended in the log, if those are most of them.

    Of later ones only the short have an end.
    """
    if not closed.any():
        return closed
    longest = int((visits.end - visits.ready)[closed].max())
    early: Bools = visits.ready <= last - longest
    return early if 2 * int((early & closed).sum()) >= int(closed.sum()) else np.full(len(early), True)


def _ready_by_ends(visits: Visits) -> Int:
    """When visits were ready, where only ends are recorded.

    What came back was answered some time before it ended again: as long as first visits that ended then had been there.
    """
    ready, back = visits.ready.copy(), (visits.number > 0) & (visits.end >= 0)
    first = (visits.number == 0) & (visits.end >= 0)
    if back.any() and first.any():
        order = np.argsort(visits.end[first], kind="stable")
        ends, there = visits.end[first][order], (visits.end - visits.ready)[first][order]
        place = np.searchsorted(ends, visits.end[back])
        around = [int(np.median(there[max(at - AROUND, 0) : at + AROUND])) for at in place.tolist()]
        ready[back] = np.maximum(visits.end[back] - np.array(around), visits.ready[back])
    return ready


def _returned(visits: Visits, timed: bool, when: partial[Int] | None, ready: Int | None) -> Returned | None:
    """What goes back and comes again; ``when`` says when it was answered, or ``ready`` when it was there again."""
    again = visits.number > 0
    if not again.any():
        return None
    most = min(int(visits.number.max()), MOST_RETURNS)
    could = visits.known & (visits.number < most)
    if not could.any():
        return None
    chance = intervals.share(int((could & visits.back).sum()), int(could.sum()))
    closed = again & ((visits.end >= 0) | timed)
    since = visits.ready[closed]
    if ready is not None:
        until = ready[closed]
    elif when is None:
        until = visits.start[closed]
    else:
        first = (visits.number == 0) & (visits.end >= 0)
        until = visits.start[closed]
        if first.any():
            until = when(since, until, visits.ready[first], visits.start[first])
    answers = (until - since).astype(float) if closed.any() else np.zeros(1)
    return Returned(chance, fit(answers, partial(span, working=False)), most)


def _with(
    numbers: Iterable[int], ready: Int, ends: Int, days: OfficeDays, working: bool
) -> tuple[tuple[int, Fit], ...]:
    """The work that goes with so many officers, each."""
    found: list[tuple[int, Fit]] = []
    for number in numbers:
        starts = starts_with(number, ready, ends)
        took = days.minutes(starts, np.maximum(ends, starts), working=working).astype(float)
        found.append((number, fit(took, partial(span, working=working))))
    return tuple(found)


def rest_of(course: Course, name: str) -> StageFound | None:
    """The time from the last visit to the end of a case, as a stage at which nobody waits for an officer."""
    over = course.finished
    left = (course.ended - course.worked)[over].astype(float)
    if not len(left) or left.sum() <= 0:
        return None
    there = left > 0
    share = intervals.share(int(there.sum()), len(left))
    hand = in_hand(course.worked[over][there], course.ended[over][there], course.last)
    officers = Officers(2 * hand.most, hand.most, np.inf, "apart", int(there.sum()), 0.0)
    work = fit(left[there], partial(span, working=False))
    return StageFound(name, "", True, False, share, officers, work, None)
