"""What the rows of a ledger say, for all who count them: an export, a delivery, an application.

Rows are those of :mod:`exportsim.packed_rows`, in the order of their minutes. The period begins with minute 0; what is
before it is the warm-up.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from exportsim.jit import compiled, inlined_part
from exportsim.lifecycle import Fact
from exportsim.packed_rows import Mask, Stated, columns, of_those, row_at
from exportsim.plan import NEVER, Int, Plan
from exportsim.working_time import DAY, days_begun, elapsed

DELIVERED, MEASURE, CANCELLED = int(Fact.DELIVERED), int(Fact.MEASURE), int(Fact.CANCELLED)
APPLIED, RETURNED, ANSWERED = int(Fact.APPLIED), int(Fact.RETURNED), int(Fact.ANSWERED)
APPROVED, DENIED, WITHDRAWN = int(Fact.APPROVED), int(Fact.DENIED), int(Fact.WITHDRAWN)
UNDECIDED = -1
ALIEN = -1  # what compiled readers return of a ledger that is not of their plan


class Stretch(NamedTuple):
    """Rows of one of several ledgers of a future, which follow those that it has in common with another."""

    play: int  # number of the ledger
    other: int  # of the one in which the rows before the first are, too; -1 if there are none
    first: int  # row
    past: int  # row


class Standing(NamedTuple):
    """How far a ledger had come where it is known how its play stood, under a key by which more of that is kept."""

    play: int  # number of the ledger
    rows: int  # that were written; a stretch of the ledger ends there
    key: Hashable


class Plays(list[Int]):
    """The rows of every policy's ledger in a future, and their stretches, each after what it goes on with.

    A ledger of which nothing else is said has nothing in common with the others. ``begun`` is where the only ledger
    was gone on with, ``copied`` where one may be gone on with later, if they are.
    """

    def __init__(
        self,
        ledgers: Iterable[Int],
        stretches: Sequence[Stretch] = (),
        *,
        begun: Standing | None = None,
        copied: Standing | None = None,
    ) -> None:
        super().__init__(ledgers)
        self.stretches = stretches or [Stretch(play, -1, 0, len(rows)) for play, rows in enumerate(self)]
        self.begun, self.copied = begun, copied

    def among(self, ledgers: Sequence[Int], numbers: Sequence[int]) -> Plays:
        """The same with their numbers among other ledgers of the future, which have nothing in common with them."""
        stretches = [Stretch(play, -1, 0, len(rows)) for play, rows in enumerate(ledgers) if play not in numbers]
        stretches += [
            part._replace(play=numbers[part.play], other=-1 if part.other < 0 else numbers[part.other])
            for part in self.stretches
        ]
        begun, copied = (
            None if standing is None else standing._replace(play=numbers[standing.play])
            for standing in (self.begun, self.copied)
        )
        return Plays(ledgers, stretches, begun=begun, copied=copied)


def is_export(authority: Int) -> Mask:
    """Whether a delivery is an export: an authority licenses its supplier to its line (-1: none does).

    See :func:`exportsim.analysis.counting_tables.licensing`.
    """
    licensed: Mask = authority >= 0
    return licensed


is_export_part = inlined_part(is_export)  # the same of one delivery, in compiled code


def deliveries(rows: Int, since: int = 0) -> Stated[Int]:
    """The parts delivered, those of the period unless told otherwise."""
    parts = columns(rows, Fact.DELIVERED)
    return of_those(parts, parts.minute >= since)


def exports(rows: Int, authority: Int, since: int = 0) -> Stated[Int]:
    """The parts exported, given who licenses each line's suppliers."""
    parts = deliveries(rows, since)
    return of_those(parts, is_export(authority[parts.line, parts.supplier]))


@compiled
def exports_by_month(rows: Int, authority: Int, month_end: Int) -> Int:
    """The cents exported in each month, given the minutes at which months end; shape (months,)."""
    cents, month = np.zeros(len(month_end), dtype=np.int64), 0
    for place in range(len(rows)):
        part = row_at(rows, place)
        if part.fact != DELIVERED or part.minute < 0:
            continue
        if is_export_part(authority[part.line, part.supplier]):
            while month < len(month_end) and part.minute >= month_end[month]:
                month += 1
            if month < len(month_end):
                cents[month] += part.amount
    return cents


def acts(rows: Int) -> Int:
    """The rows of what measures do and of the permits that they cancel."""
    places = np.empty(len(rows), dtype=np.int64)
    found: Int = rows[places[: _find_acts(rows, places)]]
    return found


@compiled
def _find_acts(rows: Int, places: Int) -> int:
    """Write where these stand, and return how many there are."""
    found = 0
    for place in range(len(rows)):
        fact = row_at(rows, place).fact
        if fact in (MEASURE, CANCELLED):
            places[found] = place
            found += 1
    return found


class Applications(NamedTuple):
    """Applications, in the order in which they were made. Axis: applications."""

    line: Int  # -1 for an authority's other applications, which belong to no order
    supplier: Int
    authority: Int
    applied: Int  # minute
    ended: Int  # minute of the approval, denial or withdrawal; the end of the period if there is none
    by: Int  # the fact that ended it, UNDECIDED if there is none
    away: Int  # (applications, 4) what of that it was sent back for: minutes, minutes of the authority's working days,
    # whole days, whole working days

    @property
    def decided(self) -> Mask:
        """Whether it was approved or denied, rather than withdrawn or still open."""
        return np.isin(self.by, (Fact.APPROVED, Fact.DENIED))


def applications(rows: Int, plan: Plan) -> Applications:
    """Join applications and what ended them; those made in the warm-up are among them.

    An order's application is known by its line, number and attempt, another one by its authority and number. In the
    order of these, an application and what ended it are neighbours; a permit of an exempt cell has no application
    before it, and a withdrawal after the approval (in suspension) does not follow the application.
    """
    facts = columns(rows, Fact.APPLIED, Fact.APPROVED, Fact.DENIED, Fact.WITHDRAWN)
    whose = np.where(facts.line >= 0, facts.line, -1 - facts.detail)
    together = np.lexsort((facts.attempt, facts.order, whose))
    key = np.column_stack([whose, facts.order, facts.attempt])[together]
    facts = of_those(facts, together)
    begins = np.flatnonzero(facts.fact == Fact.APPLIED)
    following = np.minimum(begins + 1, max(len(together) - 1, 0))
    ends = (facts.fact[following] != Fact.APPLIED) & (key[following] == key[begins]).all(axis=1)
    made = np.argsort(together[begins])
    begun = of_those(facts, begins[made])
    return Applications(
        line=begun.line,
        supplier=begun.supplier,
        authority=begun.detail,
        applied=begun.minute,
        ended=np.where(ends, facts.minute[following], plan.end)[made],
        by=np.where(ends, facts.fact[following], UNDECIDED)[made],
        away=_sent_back(rows, plan, len(begins)),
    )


def _sent_back(rows: Int, plan: Plan, made: int) -> Int:
    """For how long each application was sent back, as :class:`Applications` has it, in their order."""
    away = np.zeros((made, 4), dtype=np.int64)
    if not plan.stages.most.any():
        return away
    facts = columns(rows, Fact.APPLIED, Fact.RETURNED, Fact.ANSWERED, Fact.APPROVED, Fact.DENIED, Fact.WITHDRAWN)
    at_stage = np.isin(facts.fact, (Fact.RETURNED, Fact.ANSWERED))
    authority = np.where(
        at_stage, np.append(plan.stages.authority, 0)[np.where(at_stage, facts.detail, -1)], facts.detail
    )
    whose = np.where(facts.line >= 0, facts.line, -1 - authority)
    together = np.lexsort((facts.attempt, facts.order, whose))
    key = np.column_stack([whose, facts.order, facts.attempt])[together]
    # The number of each application, in the order in which they were made; of what follows it, the same.
    number = np.cumsum(facts.fact == Fact.APPLIED) - 1
    latest = np.maximum.accumulate(np.where(facts.fact[together] == Fact.APPLIED, np.arange(len(together)), 0))
    back = np.flatnonzero(facts.fact[together] == Fact.RETURNED)
    following = np.minimum(back + 1, len(together) - 1)
    answered = (key[following] == key[back]).all(axis=1) & (following > back)
    since = facts.minute[together[back]]
    until = np.where(answered, facts.minute[together[following]], plan.end)
    office, clock = authority[together[back]], np.full(len(back), -1)
    days = working_days(plan)
    for column, (count, calendar) in enumerate(
        ((processing_times, clock), (processing_times, office), (published_days, clock), (published_days, office))
    ):
        np.add.at(away[:, column], number[together[latest[back]]], count(days, calendar, since, until))
    return away


class WorkingDays(NamedTuple):
    """What of :class:`exportsim.plan.Calendars` tells how long something took: the less, the sooner it is passed on."""

    origin: int
    working: Int
    before: Int


def working_days(plan: Plan) -> WorkingDays:
    """Those of a plan."""
    return WorkingDays(plan.calendars.origin, plan.calendars.working, plan.calendars.before)


@inlined_part
def minutes_taken(calendars: WorkingDays, calendar: int, begun: int, ended: int) -> int:
    """The time that an application took: minutes of an authority's working days, or of the clock (calendar -1)."""
    if calendar < 0:
        return ended - begun
    origin, working, before = calendars.origin, calendars.working[calendar], calendars.before[calendar]
    return int(elapsed(origin, working, before, ended) - elapsed(origin, working, before, begun))


@inlined_part
def whole_days(calendars: WorkingDays, calendar: int, begun: int, ended: int) -> int:
    """The days that offices publish: those that begin after the day of the application, to the day on which it was
    closed; an authority's working days, or all (calendar -1).
    """
    if calendar < 0:
        return ended // DAY - begun // DAY
    origin, before = calendars.origin, calendars.before[calendar]
    return int(days_begun(origin, before, ended) - days_begun(origin, before, begun))


@compiled
def processing_times(calendars: WorkingDays, calendar: Int, begun: Int, ended: Int) -> Int:
    """The minutes that many applications took, each on a calendar of its own."""
    taken = np.empty(len(begun), dtype=np.int64)
    for number in range(len(begun)):
        taken[number] = minutes_taken(calendars, calendar[number], begun[number], ended[number])
    return taken


@compiled
def published_days(calendars: WorkingDays, calendar: Int, begun: Int, ended: Int) -> Int:
    """The whole days that they took."""
    taken = np.empty(len(begun), dtype=np.int64)
    for number in range(len(begun)):
        taken[number] = whole_days(calendars, calendar[number], begun[number], ended[number])
    return taken


class Office(NamedTuple):
    """What an authority has to do with applications for orders, in stretches of time that follow each other."""

    waiting: Int  # applications that are neither decided nor withdrawn at the end of each
    closed: Int  # in each
    in_time: Int  # of these, within the service standard; none if there is no standard


def office_of(rows: Int, authority: int, plan: Plan, ends: Int) -> Office:
    """The applications for orders to an authority in a play, in stretches from minute 0 that end at these minutes."""
    counts = np.zeros((3, len(ends)), dtype=np.int64)
    offices = plan.authorities
    calendar, standard = (int(column[authority]) for column in (offices.standard_calendar, offices.standard))
    _count_office(rows, authority, len(plan.names.lines), working_days(plan), calendar, standard, ends, counts)
    return Office(*counts)


@compiled
def _count_office(
    rows: Int, authority: int, lines: int, calendars: WorkingDays, calendar: int, standard: int, ends: Int, counts: Int
) -> Int:  # fmt: skip
    """Write what :class:`Office` has, shape (3, stretches), and return it."""
    begins = np.zeros(lines + 1, dtype=np.int64)  # where the orders of each line begin among all
    for place in range(len(rows)):
        row = row_at(rows, place)
        if row.line >= 0:
            begins[row.line + 1] = max(begins[row.line + 1], row.order)
    begins = np.cumsum(begins)
    applied = np.full(begins[-1], NEVER)  # since when it is open at the authority
    away = np.full(begins[-1], NEVER)  # since when it is sent back
    stopped = np.zeros(begins[-1], dtype=np.int64)  # whole days for which it was
    stretch = waiting = 0
    for place in range(len(rows)):
        row = row_at(rows, place)
        minute, fact = row.minute, row.fact
        while stretch < len(ends) and ends[stretch] <= minute:
            counts[0, stretch] = waiting
            stretch += 1
        if row.line < 0 or row.order < 1:
            continue
        at = begins[row.line] + row.order - 1
        if fact == APPLIED:
            if row.detail == authority:
                applied[at], away[at], stopped[at] = minute, NEVER, 0
                waiting += 1
        elif applied[at] == NEVER:
            continue
        elif fact == RETURNED:
            away[at] = minute
        elif fact in (ANSWERED, APPROVED, DENIED, WITHDRAWN):
            if away[at] != NEVER:
                stopped[at] += whole_days(calendars, calendar, away[at], minute)
                away[at] = NEVER
            if fact != ANSWERED:
                waiting -= 1
                if minute >= 0 and stretch < len(ends):
                    days = whole_days(calendars, calendar, applied[at], minute) - stopped[at]
                    counts[1, stretch] += 1
                    counts[2, stretch] += standard >= 0 and days * DAY <= standard
                applied[at] = NEVER
    counts[0, stretch:] = waiting
    return counts


class Waits(NamedTuple):
    """The applications to one authority in several plays. Minutes run on the standard's calendar if it has one."""

    taken: Int  # (applications,) minutes from application to approval or denial, UNDECIDED if withdrawn or undecided
    left: Int  # (applications,) minutes from application to the end of the period; both less what it was sent back for


def waits_of(rows: Int, authority: int, plan: Plan) -> Waits:
    """The applications to an authority that were made for orders in the period of a play."""
    made = applications(rows, plan)
    own = np.flatnonzero((made.authority == authority) & (made.line >= 0) & (made.applied >= 0))
    calendar, applied = np.full(len(own), plan.authorities.standard_calendar[authority]), made.applied[own]
    away = made.away[own, int(plan.authorities.standard_calendar[authority] >= 0)]
    taken = processing_times(working_days(plan), calendar, applied, made.ended[own]) - away
    left = processing_times(working_days(plan), calendar, applied, np.full(len(own), plan.end)) - away
    return Waits(np.where(made.decided[own], taken, UNDECIDED), left)
