"""The observed figures as a play of the model gives them: one pass over a ledger's rows.

An order's application is known by its line, number and attempt, another application (``traffic``) by its authority
and number. Other applications are of no line, goods, destination or supplier: they count where a figure names none of
these, as they do in the figures that an authority publishes of all its work.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np

from exportsim.analysis.checked_sums import interpolated
from exportsim.analysis.counting_tables import licensing, line_axes
from exportsim.analysis.figures import in_days
from exportsim.analysis.ledger_rows import (
    UNDECIDED,
    Applications,
    applications,
    exports,
    processing_times,
    published_days,
    working_days,
)
from exportsim.lifecycle import Fact
from exportsim.outcomes import MONEY, NUMBER, SHARE, Outcome
from exportsim.packed_rows import Mask, columns, of_those
from exportsim.plan import Float, Int, Plan
from exportsim.study.calibration.observations import Kind, Of, kind_of
from exportsim.study.calibration.standing import PermitsInForce, clearing_times, in_force, permits_in_force, waiting


class Wanted(Protocol):
    """A figure that a record holds, or may come to hold."""

    @property
    def outcome(self) -> str:
        """What it is, by its name."""

    @property
    def start(self) -> int:
        """Minute from ``period.start`` of the scenario."""

    @property
    def end(self) -> int:
        """The first minute after it."""

    @property
    def selectors(self) -> tuple[tuple[str, str], ...]:
        """What it is of: pairs of a selector and a name of the scenario."""


class Group(NamedTuple):
    """Observations of one outcome of one thing."""

    kind: Kind
    number: Int  # (observations,) among all
    start: Int  # (observations,) minute
    end: Int  # (observations,)
    chosen: Mask  # (lines, suppliers + 1) whether it counts; the last supplier is none
    traffic: Mask  # (authorities,) whether other applications to it count


class Figures:
    """Works out the observed figures of plays."""

    def __init__(self, plan: Plan, observations: Sequence[Wanted]) -> None:
        self._plan, self._count, self._authority = plan, len(observations), licensing(plan)
        alike: dict[tuple[object, ...], list[int]] = {}
        for number, observation in enumerate(observations):
            alike.setdefault((observation.outcome, observation.selectors), []).append(number)
        self._groups = [_group(plan, observations, numbers) for numbers in alike.values()]

    def of(self, rows: Int) -> Float:
        """The figures of a play, shape (observations,): money in currency units; NaN for a share or time of nothing."""
        figures, played = np.empty(self._count), _Played(rows, self._plan)
        for group in self._groups:
            figures[group.number] = self._of_group(played, group)
        return figures

    def _of_group(self, played: _Played, group: Group) -> Float:
        if group.kind.sum is not None:
            return self._sums(played.rows, group, group.kind.sum)
        if group.kind.of is Of.IN_FORCE:
            permits = permits_in_force(played.rows, self._authority)
            counted = group.chosen[permits.line, permits.supplier]
            return in_force(PermitsInForce(*(column[counted] for column in permits)), group.end)
        if group.kind.of is Of.WAITING:
            made = _chosen(played.made, group)
            if not group.kind.tenths:
                return waiting(made, group.end)
            return clearing_times(made, group.end, group.kind, working_days(self._plan))
        return _closures(played.closed, self._taken(played.closed, group.kind), group)

    def _taken(self, closed: Applications, kind: Kind) -> Int:
        """The time that each application took: whole days of a share, as offices publish it, minutes of a quantile."""
        calendar = closed.authority if kind.working else np.full(len(closed.authority), -1)
        count = published_days if kind.within else processing_times
        away = closed.away[:, 2 * bool(kind.within) + bool(kind.working)]
        return count(working_days(self._plan), calendar, closed.applied, closed.ended) - away

    def _sums(self, rows: Int, group: Group, outcome: Outcome) -> Float:
        if outcome.name == "exports":
            counted = exports(rows, self._authority, since=self._plan.start)
        else:
            assert outcome.record is not None
            counted = columns(rows, outcome.record)
        authority = np.where(counted.line < 0, counted.detail, -1)
        counted = of_those(counted, _counts(group, counted.line, counted.supplier, authority))
        if outcome.unit == MONEY:
            sums = np.append(0, np.cumsum(counted.amount)) / 100
        else:
            sums = np.arange(len(counted.minute) + 1, dtype=np.float64)
        first, past = np.searchsorted(counted.minute, [group.start, group.end])
        return np.asarray(sums[past] - sums[first], dtype=np.float64)


def _group(plan: Plan, observations: Sequence[Wanted], numbers: Sequence[int]) -> Group:
    own, names, authority = [observations[number] for number in numbers], plan.names, licensing(plan)
    wanted, kind = dict(own[0].selectors), kind_of(own[0].outcome)
    assert kind is not None  # else it had not been read
    chosen = np.ones(authority.shape, dtype=bool)
    for selector, (part, parts) in line_axes(plan).items():
        if selector in wanted:
            chosen &= (part == parts.index(wanted[selector]))[:, np.newaxis]
    if "supplier" in wanted:
        chosen &= np.arange(authority.shape[1]) == names.suppliers.index(wanted["supplier"])
    if "authority" in wanted:
        chosen &= authority == names.authorities.index(wanted["authority"])
    others = np.full(len(names.authorities), wanted.keys() <= {"authority"} and own[0].outcome != "approved_value")
    if "authority" in wanted:
        others &= np.arange(len(others)) == names.authorities.index(wanted["authority"])
    start, end = np.array([(observation.start, observation.end) for observation in own], dtype=np.int64).T
    return Group(kind, np.array(numbers, dtype=np.int64), start, end, chosen, others)


def _counts(group: Group, line: Int, supplier: Int, authority: Int) -> Mask:
    """Whether each fact counts. The line and the supplier -1 read the last places, which is right for suppliers."""
    if len(group.traffic) == 0:
        return group.chosen[line, supplier]
    return np.where(line >= 0, group.chosen[line, supplier], group.traffic[authority])


def _closures(closed: Applications, taken: Int, group: Group) -> Float:
    """Numbers, shares and times of the applications closed in each period."""
    counted = _counts(group, closed.line, closed.supplier, closed.authority)
    if not group.kind.within:  # who withdrew has no processing time
        counted &= closed.decided
    minute, taken, by = closed.ended[counted], taken[counted], closed.by[counted]
    firsts, pasts = np.searchsorted(minute, [group.start, group.end])
    if group.kind.unit == NUMBER:
        return np.asarray(pasts - firsts, dtype=np.float64)
    figures = np.full(len(group.number), np.nan)
    if group.kind.unit == SHARE:
        so = taken <= group.kind.within if group.kind.within else by == Fact.DENIED
        these = np.append(0, np.cumsum(so))
        np.divide(these[pasts] - these[firsts], pasts - firsts, out=figures, where=pasts > firsts)
        return figures
    for number, (first, past) in enumerate(zip(firsts, pasts, strict=True)):
        times = taken[first:past].copy()  # what finds the quantile shuffles them
        if len(times):
            figures[number] = in_days(np.int64(interpolated(times, 0, len(times), group.kind.tenths)))
    return figures


def _chosen(made: Applications, group: Group) -> Applications:
    """The applications that a group is of."""
    counted = _counts(group, made.line, made.supplier, made.authority)
    return Applications(*(column[counted] for column in made))


class _Played:
    """A play, with what several groups need of it worked out once."""

    def __init__(self, rows: Int, plan: Plan) -> None:
        self.rows, self._plan = rows, plan

    @cached_property
    def made(self) -> Applications:
        """All applications, those of orders and others."""
        return applications(self.rows, self._plan)

    @cached_property
    def closed(self) -> Applications:
        """Those decided or withdrawn, by the minute in which they were."""
        closed = np.flatnonzero(self.made.by != UNDECIDED)
        closed = closed[np.argsort(self.made.ended[closed], kind="stable")]
        return Applications(*(column[closed] for column in self.made))
