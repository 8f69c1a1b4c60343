"""The observed figures as a play of the model gives them: one pass over a ledger's rows.

An order's application is known by its line, number and attempt, another application (``traffic``) by its authority
and number. Other applications are of no line, goods, destination or supplier: they count where a figure names none of
these, as they do in the figures that an authority publishes of all its work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from exportsim.analysis.checked_sums import interpolated
from exportsim.analysis.counting_tables import licensing, line_axes
from exportsim.analysis.figures import in_days
from exportsim.analysis.ledger_rows import (
    AMOUNT,
    DETAIL,
    FACT,
    LINE,
    MINUTE,
    SUPPLIER,
    Mask,
    applications,
    exports,
    processing_times,
)
from exportsim.outcomes import MONEY
from exportsim.plan import Float, Int, Plan
from exportsim.study.calibration.observations import SUMS, TIMES, WITHIN, Observation
from exportsim.working_time import DAY


class Group(NamedTuple):
    """Observations of one outcome of one thing."""

    outcome: str
    place: Int  # (observations,) among all
    start: Int  # (observations,) minute
    end: Int  # (observations,)
    chosen: Mask  # (lines, suppliers + 1) whether it counts; the last supplier is none
    traffic: Mask  # (authorities,) whether other applications to it count


class Figures:
    """Works out the observed figures of plays."""

    def __init__(self, plan: Plan, observations: Sequence[Observation]) -> None:
        self._plan, self._number = plan, len(observations)
        kinds: dict[tuple[object, ...], list[int]] = {}
        for place, each in enumerate(observations):
            kinds.setdefault((each.outcome, each.selectors), []).append(place)
        self._groups = [_group(plan, [observations[place] for place in places], places) for places in kinds.values()]
        self._authority = licensing(plan)
        self._timed = any(group.outcome not in SUMS for group in self._groups)

    def of(self, rows: Int) -> Float:
        """The figures of a play, shape (observations,): money in currency units; NaN for a share or time of nothing."""
        found = np.empty(self._number)
        decided = _decided(rows, self._plan) if self._timed else None
        for group in self._groups:
            if group.outcome in SUMS:
                found[group.place] = self._sum(rows, group)
            else:
                assert decided is not None
                found[group.place] = _timed(decided, group)
        return found

    def _sum(self, rows: Int, group: Group) -> Float:
        outcome = SUMS[group.outcome]
        if outcome.name == "exports":
            counted = exports(rows, self._authority, since=self._plan.start)
        else:
            counted = rows[rows[:, FACT] == outcome.record]
        line, detail = counted[:, LINE], counted[:, DETAIL]
        counted = counted[_counts(group, line, counted[:, SUPPLIER], np.where(line < 0, detail, -1))]
        if outcome.unit == MONEY:
            sums = np.append(0, np.cumsum(counted[:, AMOUNT])) / 100
        else:
            sums = np.arange(len(counted) + 1, dtype=np.float64)
        first, past = np.searchsorted(counted[:, MINUTE], [group.start, group.end])
        return np.asarray(sums[past] - sums[first], dtype=np.float64)


class Decided(NamedTuple):
    """The applications decided, by the minute of the decision."""

    minute: Int
    line: Int  # -1 for other applications
    supplier: Int
    authority: Int
    taken: Int  # minutes on the clock
    worked: Int  # minutes of the authority's working days


def _group(plan: Plan, observations: Sequence[Observation], places: Sequence[int]) -> Group:
    names, wanted = plan.names, dict(observations[0].selectors)
    outcome, authority = observations[0].outcome, licensing(plan)
    chosen = np.ones(authority.shape, dtype=bool)
    for selector, (part, parts) in line_axes(plan).items():
        if selector in wanted:
            chosen &= (part == parts.index(wanted[selector]))[:, np.newaxis]
    if "supplier" in wanted:
        chosen &= np.arange(authority.shape[1]) == names.suppliers.index(wanted["supplier"])
    if "authority" in wanted:
        chosen &= authority == names.authorities.index(wanted["authority"])
    others = np.full(len(names.authorities), wanted.keys() <= {"authority"} and outcome != "approved_value")
    if "authority" in wanted:
        others &= np.arange(len(others)) == names.authorities.index(wanted["authority"])
    spans = np.array([(each.start, each.end) for each in observations], dtype=np.int64)
    return Group(outcome, np.array(places, dtype=np.int64), spans[:, 0], spans[:, 1], chosen, others)


def _counts(group: Group, line: Int, supplier: Int, authority: Int) -> Mask:
    """Whether each fact counts. The line and the supplier -1 read the last places, which is right for suppliers."""
    if len(group.traffic) == 0:
        return group.chosen[line, supplier]
    return np.where(line >= 0, group.chosen[line, supplier], group.traffic[authority])


def _timed(decided: Decided, group: Group) -> Float:
    some = _counts(group, decided.line, decided.supplier, decided.authority)
    minute = decided.minute[some]
    within, times = WITHIN.fullmatch(group.outcome), TIMES.fullmatch(group.outcome)
    working = within[2] == "bd" if within else bool(times and times[2])
    taken = (decided.worked if working else decided.taken)[some]
    found = np.full(len(group.place), np.nan)
    for place, (start, end) in enumerate(zip(group.start, group.end, strict=True)):
        each = taken[np.searchsorted(minute, start) : np.searchsorted(minute, end)]
        if len(each) and within:
            found[place] = np.mean(each <= int(within[1]) * DAY)
        elif len(each) and times:
            found[place] = in_days(np.int64(interpolated(each.copy(), 0, len(each), 5 if times[1] == "median" else 9)))
    return found


def _decided(rows: Int, plan: Plan) -> Decided:
    """The applications decided, those of orders and others, with the time that each took."""
    every = applications(rows, plan)
    kept = np.flatnonzero(every.decided)
    kept = kept[np.argsort(every.ended[kept], kind="stable")]
    line, supplier, authority, applied, ended, _ = (column[kept] for column in every)
    worked = processing_times(plan, authority, applied, ended)
    return Decided(ended, line, supplier, authority, ended - applied, worked)
