"""What a plan contributes to counting: months, places, authorities, prices and standards, as arrays.

A *place* is a line, a supplier that is one of its sources (or none) and a programme that its orders may have: the part
of a series' key that is neither month nor quantity. Only places that can be are numbered, so that tables stay small.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from exportsim.analysis.ledger_rows import WorkingDays, working_days
from exportsim.analysis.quantities import OPEN, SERIES, SLOT
from exportsim.lifecycle import PASSAGES, Fact
from exportsim.packed_rows import Mask
from exportsim.plan import Int, Plan

MINUTE = timedelta(minutes=1)
TURNS, FLOW, STOCK = range(3)  # columns of Terms.meaning


class Terms(NamedTuple):
    """A plan as :func:`exportsim.analysis.tally.count_on` reads it.

    Axes: L lines, P suppliers, A authorities, G stages.
    """

    year: Int  # (months,) number of the month's year among those that groups are told apart by, 0 if by none
    group: Int  # (years, L, P + 1) number of the group; the last supplier is none
    end: int  # minute
    final: int  # minute at which the last year begins
    meaning: Int  # (facts, 3) 1 if an order turns there; the slots of what flows (-1 none) and stands
    month_end: Int  # (months,) minute
    place_count: int
    place: Int  # (L, P + 1, programmes) -1 where none can be; the last supplier is none
    authority: Int  # (L, P + 1) that licenses the supplier to the line's destination, -1 none
    destination: Int  # (L,)
    price: Int  # (P,) millionths of the value
    standard: Int  # (A, 2) minutes, -1 none, and the authority whose calendar they run on, -1 the clock
    calendars: WorkingDays
    office: Int  # (G,) authority of the stage


class Places(NamedTuple):
    """What the number of a place stands for."""

    line: Int  # (places,)
    supplier: Int  # (places,) -1 none
    programme: Int  # (places,)


class Groups(NamedTuple):
    """Groups by which figures are told apart, and the group of whatever happens."""

    year: Int  # (months,) number of the month's year, 0 if they are not told apart by year
    number: Int  # (years, L, P + 1) of the group; the last supplier is none
    labels: list[tuple[str | int, ...]]  # of each group


def terms(plan: Plan, groups: Groups | None = None) -> Terms:
    """A plan as counting reads it; without groups, all is counted together."""
    if groups is None:
        number = np.zeros((1, len(plan.names.lines), len(plan.names.suppliers) + 1), dtype=np.int64)
        groups = Groups(np.zeros(len(months(plan)[0]), dtype=np.int64), number, [()])
    place = places(plan)
    numbered = np.full((len(plan.names.lines), len(plan.names.suppliers) + 1, len(plan.names.programmes)), -1)
    numbered[place.line, place.supplier, place.programme] = np.arange(len(place.line))
    return Terms(
        year=groups.year,
        group=groups.number,
        end=plan.end,
        final=final_year(plan),
        meaning=_meaning(),
        month_end=months(plan)[1],
        place_count=len(place.line),
        place=numbered,
        authority=licensing(plan),
        destination=plan.lines.destination,
        price=plan.suppliers.price,
        standard=np.column_stack([plan.authorities.standard, plan.authorities.standard_calendar]),
        calendars=working_days(plan),
        office=plan.stages.authority,
    )


def places(plan: Plan) -> Places:
    """The line, supplier and programme of every place, in the order of their numbers."""
    possible = np.insert(supplied(plan), 0, True, axis=1)  # without a supplier, too
    line, supplier, programme = np.nonzero(possible[:, :, np.newaxis] & plan.lines.may_have[:, np.newaxis, :])
    return Places(line, supplier - 1, programme)


def supplied(plan: Plan) -> Mask:
    """Whether each supplier is a source of each line, shape (lines, suppliers)."""
    uses = np.zeros((len(plan.names.lines), len(plan.names.suppliers)), dtype=bool)
    uses[plan.sources.line, plan.sources.supplier] = True
    return uses


def line_axes(plan: Plan) -> dict[str, tuple[Int, tuple[str, ...]]]:
    """By what lines can be told apart: of each line the number of its part, and the names of the parts."""
    return {
        "line": (np.arange(len(plan.names.lines)), plan.names.lines),
        "destination": (plan.lines.destination, plan.names.destinations),
        "goods": (plan.lines.goods, plan.names.goods),
    }


def licensing(plan: Plan) -> Int:
    """The authority whose permit a supplier needs for a line.

    Shape (lines, suppliers + 1): -1 where no permit is needed, and in the last column, which the supplier -1 (none)
    reads.
    """
    table = np.full((len(plan.names.lines), len(plan.names.suppliers) + 1), -1, dtype=np.int64)
    table[plan.sources.line, plan.sources.supplier] = plan.sources.authority
    return table


def months(plan: Plan) -> tuple[list[datetime], Int]:
    """The calendar months of the period, and the minute at which each ends, shape (months,).

    A month ends at the midnight after its last day, or with the period.
    """
    labels, ends = _months(plan.origin, plan.end)
    return list(labels), np.array(ends, dtype=np.int64)


@lru_cache(16)  # whoever shows something over time asks for it, many times
def _months(origin: datetime, end: int) -> tuple[tuple[datetime, ...], tuple[int, ...]]:
    month, labels, ends = origin.replace(day=1), list[datetime](), [0]
    while ends[-1] < end:
        labels.append(month)
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
        ends.append(min((month - origin) // MINUTE, end))
    return tuple(labels), tuple(ends[1:])


def final_year(plan: Plan) -> int:
    """The minute at which the last year of the period begins: the same day a year before its end, or its start."""
    end = plan.origin + timedelta(minutes=plan.end)
    try:
        begin = end.replace(year=end.year - 1)
    except ValueError:  # 29 February
        begin = datetime(end.year - 1, 3, 1, tzinfo=end.tzinfo)
    return max(0, (begin - plan.origin) // MINUTE)


def _meaning() -> Int:
    """What each fact does to an order, as :class:`Terms` has it."""
    table = np.full((len(Fact), 3), (0, -1, SLOT[OPEN]), dtype=np.int64)
    table[[fact for _, fact, _ in PASSAGES], TURNS] = 1
    # An order goes on while officers review and slots produce, which may be for an attempt that has ended.
    table[[Fact.REVIEW_STARTED, Fact.REVIEW_ENDED, Fact.FINISHED], TURNS] = 0
    for quantity in SERIES:
        table[list(quantity.facts), STOCK if quantity.stock else FLOW] = SLOT[quantity.name]
    return table
