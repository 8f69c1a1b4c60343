"""A log as visits of cases to stages: which activities are stages, in which order, and what each case did at them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exportsim.learning.log import NONE, Log
from exportsim.learning.rhythms import Rhythm, rhythm_of
from exportsim.plan import Float, Int

Bools = NDArray[np.bool_]
RARE = 0.01  # of cases: an activity of fewer is no stage
FEWEST = 5  # cases, or a third of a few: the same
MARK = 0.99  # of its rows that take no time: an activity that only marks a moment
ALL_BUT = 0.95  # of its rows with which a case begins: where only ends are recorded it marks the application


@dataclass(frozen=True)
class Visits:
    """What cases did at their stages, in the order of cases and of time.

    Attributes
    ----------
    stage, case : ndarray
    number : ndarray
        0 for the first visit of a case to the stage, and one more for each that follows at once.
    ready : ndarray
        The minute at which the case had ended all before it.
    start, end : ndarray
        The minutes between which it was worked on, less what lies before ``ready``; ``start`` is ``ready`` where only
        ends are recorded, and ``end`` NONE where it is open.
    began, ended : ndarray
        As they are recorded, whatever else was under way.
    whole : ndarray of bool
        Whether both are recorded.
    known : ndarray of bool
        Whether it is known what followed.
    back : ndarray of bool
        Whether the case came back to the stage at once.
    officer : ndarray
        Who did it, NONE where that is not recorded.
    """

    stage: Int
    case: Int
    number: Int
    ready: Int
    start: Int
    end: Int
    began: Int
    ended: Int
    whole: Bools
    known: Bools
    back: Bools
    officer: Int

    def of(self, stage: int) -> Visits:
        """Those to one stage."""
        there = self.stage == stage
        return Visits(*(getattr(self, name)[there] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Course:
    """The cases of a log, as an office with stages in a row would see them.

    Attributes
    ----------
    stages : tuple of str
        Activities, in order.
    timed : tuple of bool
        Of each stage, whether beginnings are recorded.
    marks, rare : tuple of str
        Activities that only mark a moment, and those of too few cases.
    rhythms : tuple of Rhythm or None
        Of each stage, the days on which it ends, if they have a rhythm.
    piled : tuple of str
        Activities with such days that are no committee's.
    visits : Visits
    applied, ended : ndarray, shape (cases,)
        Minutes; ``ended`` is that of the latest row.
    worked : ndarray, shape (cases,)
        The minute at which the last visit had ended.
    finished : ndarray of bool, shape (cases,)
        Whether nothing more is to come.
    withdrawn, approved : ndarray of bool, shape (cases,)
    visited : ndarray of bool, shape (cases, stages)
    passed : ndarray of bool, shape (cases, stages)
        Whether it is known that the case went to the stage, or past it.
    outside, beside : int
        Visits to a stage after a later one, which are left out, and visits that began before another had ended.
    last : int
        The latest minute of the log.
    """

    stages: tuple[str, ...]
    timed: tuple[bool, ...]
    marks: tuple[str, ...]
    rare: tuple[str, ...]
    rhythms: tuple[Rhythm | None, ...]
    piled: tuple[str, ...]
    visits: Visits
    applied: Int
    ended: Int
    worked: Int
    finished: Bools
    withdrawn: Bools
    approved: Bools
    visited: Bools
    passed: Bools
    outside: int
    beside: int
    last: int


def course_of(
    log: Log, approved: Bools, withdrawn: Bools, decided: Bools | None, no_committees: Collection[str] = ()
) -> Course:
    """The course of the cases; ``decided`` says of each whether its outcome is recorded, None if no outcome is.

    What takes no time is a stage if it is on days that have a rhythm, unless it is known to be no committee.
    """
    number = len(log.activities)
    moment = np.where(log.start >= 0, log.start, log.end)
    until = np.where(log.end >= 0, log.end, log.start)
    order = np.lexsort((until, moment, log.case))
    begins = np.searchsorted(log.case[order], np.arange(len(log.cases)))
    first_of_case = order[begins]
    last = int(until.max())
    both, rows = (
        np.bincount(log.activity[kept], minlength=number)
        for kept in ((log.start >= 0) & (log.end >= 0), np.full(len(log.case), True))
    )
    timed = both >= rows / 2
    still = np.bincount(log.activity[(log.start == log.end)], minlength=number)
    leads = np.bincount(log.activity[first_of_case], minlength=number)
    mark = np.where(timed, still >= MARK * rows, leads >= ALL_BUT * rows) & (rows > 0)
    if (log.applied >= 0).any():
        mark &= timed
    applies = mark & (leads >= ALL_BUT * rows)
    rhythms = [
        None if applies[each] else rhythm_of(log.end[(log.activity == each) & (log.end >= 0)]) for each in range(number)
    ]
    for each, name in enumerate(log.activities):
        mark[each] &= rhythms[each] is None or name in no_committees
    cases_with = np.bincount(np.unique(log.case * number + log.activity) % number, minlength=number)
    rare = cases_with < max(RARE * len(log.cases), min(FEWEST, len(log.cases) / 3))
    kept = np.flatnonzero(~mark & ~rare)
    ranked = _in_order(log, order, kept)
    place = np.full(number, NONE)
    place[ranked] = np.arange(len(ranked))
    applied = moment[first_of_case].copy()
    applied = np.where((log.applied >= 0) & (log.applied < applied), log.applied, applied)
    ended = np.zeros(len(log.cases), dtype=np.int64)
    np.maximum.at(ended, log.case, until)
    open_rows = log.end < 0
    finished = _finished(log, order, ended, last) if decided is None else decided & ~withdrawn
    rows_of_visits, worked, outside, beside = _walk(log, order, place, timed, applied)
    stage, case, visit, ready, start, end, row = rows_of_visits
    visited = np.zeros((len(log.cases), len(ranked)), dtype=bool)
    visited[case, stage] = True
    reached = (
        np.where(visited.any(axis=1), len(ranked) - 1 - visited[:, ::-1].argmax(axis=1), -1)
        if len(ranked)
        else (np.full(len(log.cases), -1))
    )
    passed = visited | finished[:, None] | (reached[:, None] > np.arange(len(ranked)))
    follows = np.append((case[1:] == case[:-1]) & (stage[1:] == stage[:-1]), False) if len(case) else np.zeros(0, bool)
    goes_on = reached[case] > stage
    visits = Visits(
        stage=stage, case=case, number=visit, ready=ready, start=start, end=end,
        began=np.where(log.start[row] >= 0, log.start[row], start), ended=log.end[row],
        whole=(log.start[row] >= 0) & (log.end[row] >= 0),
        known=(end >= 0) & (follows | goes_on | finished[case]), back=follows,
        officer=log.officer.number[row],
    )  # fmt: skip
    return Course(
        stages=tuple(log.activities[activity] for activity in ranked),
        timed=tuple(bool(timed[activity]) for activity in ranked),
        marks=tuple(log.activities[activity] for activity in np.flatnonzero(mark & ~rare)),
        rare=tuple(log.activities[activity] for activity in np.flatnonzero(rare & (rows > 0))),
        rhythms=tuple(rhythms[activity] for activity in ranked),
        piled=tuple(name for name in log.activities if name in no_committees),
        visits=visits, applied=applied, ended=ended, worked=worked,
        finished=finished & ~np.isin(np.arange(len(log.cases)), log.case[open_rows]),
        withdrawn=withdrawn, approved=approved, visited=visited, passed=passed,
        outside=outside, beside=beside, last=last,
    )  # fmt: skip


def _in_order(log: Log, order: Int, kept: Int) -> Int:
    """Activities in the order in which cases first come to them: by how many others each comes before more often."""
    firsts: Float = np.full((len(log.cases), len(kept)), np.inf)
    column = {int(activity): place for place, activity in enumerate(kept)}
    place_of = np.array([column.get(activity, NONE) for activity in range(len(log.activities))])
    places = place_of[log.activity[order]]
    rows = np.flatnonzero(places >= 0)[::-1]  # the first of a case is written last
    firsts[log.case[order][rows], places[rows]] = rows
    before = np.array([
        [((firsts[:, one] < firsts[:, other]) & np.isfinite(firsts[:, other])).sum() for other in range(len(kept))]
        for one in range(len(kept))
    ]).reshape(len(kept), len(kept))  # fmt: skip
    wins = (before > before.T).sum(axis=1)
    return kept[np.lexsort((-before.sum(axis=1), -wins))]


def _finished(log: Log, order: Int, ended: Int, last: int) -> Bools:
    """Cases that are over, where no outcome is recorded.

    A case is taken for open if its last activity is not one with which most cases that have it end, and it has been
    silent at the end of the log for no longer than nine of ten silences between two activities of a case last.
    """
    cases, activities = log.case[order], log.activity[order]
    until = np.where(log.end >= 0, log.end, log.start)[order]
    is_last = np.append(cases[1:] != cases[:-1], True)
    ends = np.bincount(activities[is_last], minlength=len(log.activities))
    closing = 2 * ends >= np.bincount(activities, minlength=len(log.activities))
    silences = (until[1:] - until[:-1])[~is_last[:-1]]
    silent = float(np.quantile(silences, 0.9)) if len(silences) else 0.0
    finished: Bools = closing[activities[is_last]] | (last - ended > silent)
    return finished


def _walk(log: Log, order: Int, place: Int, timed: Bools, applied: Int) -> tuple[tuple[Int, ...], Int, int, int]:
    """The visits of all cases: stage, case, number, ready, start, end and row of each; when each case had been worked.

    A case goes from stage to stage in one direction. What it does at an earlier stage after a later one, and at what is
    no stage, is time between two visits. Of what runs beside another visit, only what lies after that counts.
    """
    columns = (log.case, place[log.activity], log.start, log.end, timed[log.activity])
    cases, places, starts, ends, begun = (column[order].tolist() for column in columns)
    rows, worked = order.tolist(), applied.tolist()
    found: list[tuple[int, ...]] = []
    case = current = NONE
    at = number = outside = beside = 0
    for row, now, stage, start, end, is_timed in zip(rows, cases, places, starts, ends, begun, strict=True):
        if now != case:
            case, current, number, at = now, NONE, 0, applied[now]
        if stage < 0:
            continue
        if stage < current:
            outside += 1
            continue
        number = number + 1 if stage == current else 0
        current = stage
        recorded = (start if start >= 0 else end) if is_timed else at
        beside += recorded < at
        since = max(recorded, at)
        until = max(end, since) if end >= 0 else NONE
        found.append((stage, case, number, int(at), since, until, row))
        at = worked[case] = max(since, until)
    table = np.array(found, dtype=np.int64).reshape(len(found), 7)
    return tuple(np.ascontiguousarray(table.T)), np.array(worked, dtype=np.int64), outside, beside
