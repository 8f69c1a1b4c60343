"""The series: what flowed in each month and what stood at its end, by line, supplier and cell, in counts and cents.

A play's series are kept as :class:`Entries`, the sums that are not nought, because most are; :func:`frame` spreads them
into a table. A cell is a destination, goods and programme, and the authority that licenses the supplier to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exportsim.analysis.history import History, among, licensing, spend
from exportsim.lifecycle import Fact
from exportsim.plan import Int, Plan

if TYPE_CHECKING:
    import pandas as pd


class Quantity(NamedTuple):
    """One quantity of the series."""

    name: str
    what: str
    stock: bool
    """Standing at the end of the month, rather than flowing in it."""


FLOWS: dict[str, tuple[Fact, str]] = {
    "ordered": (Fact.ORDERED, "orders placed, and their value"),
    "applied": (Fact.APPLIED, "applications made, and the value applied for"),
    "approved": (Fact.APPROVED, "permits issued (without application in exempt cells), and the value authorised"),
    "denied": (Fact.DENIED, "applications denied, and the value that was open"),
    "withdrawn": (Fact.WITHDRAWN, "attempts ended by the buyer's patience in review or suspension, and the value open"),
    "cancelled": (Fact.CANCELLED, "permits cancelled, and the value authorised and undelivered"),
    "expired": (Fact.EXPIRED, "permits expired, and the value authorised and undelivered"),
    "delivered": (Fact.DELIVERED, "parts delivered, and their value"),
    "lost": (Fact.LOST, "orders of which nobody will deliver the rest, and the value of the rest"),
}
STOCKS: dict[str, tuple[tuple[Fact, ...], str]] = {
    "in_review": ((Fact.APPLIED, Fact.REFERRED), "applications at a stage of review, and the value applied for"),
    "held": ((Fact.HELD,), "applications reviewed and undecided, and the value applied for"),
    "in_force": (
        (Fact.APPROVED, Fact.REINSTATED, Fact.DELIVERED),
        "permits in force and not used up, and the value authorised and undelivered",
    ),
    "suspended": ((Fact.SUSPENDED,), "permits suspended, and the value authorised and undelivered"),
    "unserved": ((Fact.UNSERVED,), "orders that no source may serve now, and the value open"),
}
SPEND = "spend"
OPEN = "open"

#: Every quantity, in the order of its number.
SERIES: tuple[Quantity, ...] = (
    *(Quantity(name, what, False) for name, (_, what) in FLOWS.items()),
    Quantity(SPEND, "what buyers pay for the parts delivered: value × price", False),
    *(Quantity(name, what, True) for name, (_, what) in STOCKS.items()),
    Quantity(OPEN, "orders neither delivered nor lost, and the value open", True),
)
_MINUTE = timedelta(minutes=1)
NUMBER = {quantity.name: number for number, quantity in enumerate(SERIES)}


class Entries(NamedTuple):
    """The sums of a play that are not nought, by rising key; :func:`split` reads the key."""

    key: Int  # (entries,)
    number: Int  # (entries,) of orders, applications, permits or parts
    cents: Int  # (entries,)


class Axes(NamedTuple):
    """What a key is made of."""

    month: Int
    line: Int
    supplier: Int  # -1 none
    programme: Int
    quantity: Int


def months(plan: Plan) -> tuple[list[datetime], Int]:
    """The calendar months of the period.

    Returns
    -------
    list of datetime
        The first day of each month.
    ndarray of int64, shape (months,)
        The minute at which each ends: the midnight after its last day, or the end of the period.
    """
    first = plan.origin.replace(day=1)
    labels, ends = [first], []
    while True:
        after = _next_month(labels[-1])
        minute = (after - plan.origin) // _MINUTE
        if minute >= plan.end:
            ends.append(plan.end)
            return labels, np.array(ends, dtype=np.int64)
        ends.append(minute)
        labels.append(after)


def series(lives: History, plan: Plan) -> Entries:
    """Sum a play's flows and month-end stocks.

    Flows count facts from ``period.start`` on; stocks count what stands, whenever it began. A fact at midnight
    belongs to the day that begins, so a stock is what stands just before the midnight that ends the month.

    Parameters
    ----------
    lives : History
        The play, sorted by order.
    plan : Plan
        The scenario it was played in.

    Returns
    -------
    Entries
    """
    ends = months(plan)[1]
    parts: list[tuple[Int, Int, Int]] = []  # keys, counts, cents

    counted = lives.minute >= 0
    month = np.searchsorted(ends, lives.minute, side="right")
    for name, (fact, _) in FLOWS.items():
        rows = counted & (lives.fact == fact)
        supplier = lives.supplier[rows]
        keys = _key(plan, month[rows], lives.line[rows], supplier, lives.programme[rows], NUMBER[name])
        parts.append((keys, np.ones(len(keys), dtype=np.int64), lives.cents[rows]))
        if fact == Fact.DELIVERED:
            paid = spend(lives.cents[rows], plan.suppliers.price[supplier])
            parts.append((keys + (NUMBER[SPEND] - NUMBER[name]), parts[-1][1], paid))

    from_month, to_month = month.copy(), np.searchsorted(ends, lives.until, side="right")
    stands = (to_month > from_month) & (lives.open > 0)
    licensed = lives.authority >= 0
    for name, (facts, _) in STOCKS.items():
        rows = stands & among(lives.fact, facts) & (licensed | (name == "unserved"))
        parts.append(_standing(lives, plan, rows, from_month, to_month, NUMBER[name]))
    parts.append(_standing(lives, plan, stands, from_month, to_month, NUMBER[OPEN]))
    keys, counts, cents = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return _summed(keys, counts, cents)


def total(plays: Sequence[Entries]) -> Entries:
    """Add the series of several plays of one plan, exactly."""
    if not plays:
        return Entries(*(np.zeros(0, dtype=np.int64) for _ in Entries._fields))
    return _summed(*(np.concatenate([getattr(play, field) for play in plays]) for field in Entries._fields))


def frame(entries: Entries, plan: Plan, *, futures: int | None = None) -> pd.DataFrame:
    """Spread a play's series, or the mean of several plays', into a table.

    Parameters
    ----------
    entries : Entries
        Of one play, or the :func:`total` of several.
    plan : Plan
        What the keys stand for.
    futures : int, optional
        By how many to divide, for a mean.

    Returns
    -------
    pandas.DataFrame
        A row per month, line, supplier and programme in which anything flowed or stood, and for each quantity of
        :data:`SERIES` two columns: its number (``delivered``) and its value in currency units (``delivered_value``).
        ``month`` is the first day of the month. The supplier is empty where the order is with none.
    """
    import pandas as pd

    where, spread = np.unique(entries.key // len(SERIES), return_inverse=True)
    axes = split(where * len(SERIES), plan)
    quantity = entries.key % len(SERIES)
    names = plan.names
    authority = licensing(plan)[axes.line, axes.supplier]
    labels = pd.DatetimeIndex(months(plan)[0]).as_unit("ms")
    columns: dict[str, object] = {
        "month": labels[axes.month],
        "line": _named(axes.line, names.lines),
        "supplier": _named(axes.supplier, names.suppliers),
        "authority": _named(authority, names.authorities),
        "destination": _named(plan.lines.destination[axes.line], names.destinations),
        "goods": _named(plan.lines.goods[axes.line], names.goods),
        "programme": _named(axes.programme, names.programmes),
    }
    counts = np.zeros((len(where), len(SERIES)), dtype=np.int64)
    cents = np.zeros((len(where), len(SERIES)), dtype=np.int64)
    counts[spread, quantity] = entries.number
    cents[spread, quantity] = entries.cents
    for number, what in enumerate(SERIES):
        if what.name != SPEND:
            columns[what.name] = counts[:, number] if futures is None else counts[:, number] / futures
        columns[what.name if what.name == SPEND else f"{what.name}_value"] = cents[:, number] / (100 * (futures or 1))
    return pd.DataFrame(columns)


def split(key: Int, plan: Plan) -> Axes:
    """What each key stands for."""
    key, quantity = np.divmod(key, len(SERIES))
    key, programme = np.divmod(key, len(plan.names.programmes))
    key, supplier = np.divmod(key, len(plan.names.suppliers) + 1)
    month, line = np.divmod(key, len(plan.names.lines))
    return Axes(month, line, supplier - 1, programme, quantity)


def _key(plan: Plan, month: Int, line: Int, supplier: Int, programme: Int, quantity: int) -> Int:
    place = (month * len(plan.names.lines) + line) * (len(plan.names.suppliers) + 1) + supplier + 1
    return (place * len(plan.names.programmes) + programme) * len(SERIES) + quantity


def _standing(
    lives: History, plan: Plan, rows: np.ndarray[tuple[int], np.dtype[np.bool_]], first: Int, past: Int, quantity: int
) -> tuple[Int, Int, Int]:
    """Keys, counts and cents of what stands at the ends of the months from ``first`` to before ``past``."""
    chosen = np.flatnonzero(rows)
    lasting = past[chosen] - first[chosen]
    each = np.repeat(chosen, lasting)
    step = np.arange(len(each)) - np.repeat(np.cumsum(lasting) - lasting, lasting)
    keys = _key(plan, first[each] + step, lives.line[each], lives.supplier[each], lives.programme[each], quantity)
    return keys, np.ones(len(each), dtype=np.int64), lives.open[each]


def _summed(keys: Int, counts: Int, cents: Int) -> Entries:
    if not len(keys):
        return Entries(keys, counts, cents)
    sorting = np.argsort(keys, kind="stable")
    keys = keys[sorting]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return Entries(keys[starts], np.add.reduceat(counts[sorting], starts), np.add.reduceat(cents[sorting], starts))


def _named(index: Int, names: tuple[str, ...]) -> pd.Categorical:
    """Names as categories, in the scenario's order; -1 is the empty text."""
    import pandas as pd

    codes: Int = np.where(index < 0, len(names), index)
    kind = pd.CategoricalDtype([*names, ""])
    named: pd.Categorical = pd.Categorical.from_codes(codes, dtype=kind)
    return named


def _next_month(day: datetime) -> datetime:
    return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
