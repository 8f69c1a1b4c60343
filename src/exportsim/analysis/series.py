"""The series: what flowed in each month and what stood at its end, by line, supplier and cell, in counts and cents.

Plays are counted into a dense table; what is kept of it are :class:`Entries`, the sums that are not zero, because
most are; :func:`frame` spreads them into a table for reading. A cell is a destination, goods and programme, and the
authority that licenses the supplier to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exportsim.analysis.checked_sums import OVERFLOWN, check_sums, plus, too_large
from exportsim.analysis.counting_tables import Terms, licensing, months, places
from exportsim.analysis.quantities import OPEN, SERIES, SLOT, SPEND
from exportsim.jit import compiled
from exportsim.plan import Int, Plan

if TYPE_CHECKING:
    import pandas as pd

SLOTS = tuple(SLOT[quantity.name] for quantity in SERIES)  # in the order of their numbers
STOCK_SLOTS = tuple(SLOT[quantity.name] for quantity in SERIES if quantity.stock)
LINE = 8  # words of a processor's cache line: four slots are one
OPEN_SLOT = SLOT[OPEN]


class Entries(NamedTuple):
    """The sums that are not zero, by rising key: (month × places + place) × quantities + quantity."""

    key: Int  # (entries,)
    number: Int  # (entries,) of orders, applications, permits or parts
    cents: Int  # (entries,)


def blank(terms: Terms) -> Int:
    """A table for the series of any number of plays: see :func:`exportsim.analysis.tally.post`."""
    size = len(terms.month_end) * terms.place_count * len(SLOTS) * 2
    words = np.zeros(size + LINE, dtype=np.int64)
    first = -(words.ctypes.data // words.itemsize) % LINE
    return words[first : first + size]


def taken(table: Int, terms: Terms) -> Entries:
    """The sums in a table, which is blank afterwards."""
    count = _cumulate(table, len(table) // len(terms.month_end))
    if count < 0:
        raise too_large()
    entries = Entries(*(np.empty(count, dtype=np.int64) for _ in Entries._fields))
    _take(table, entries)
    return entries


def total(plays: Sequence[Entries]) -> Entries:
    """Add the series of several plays of one plan, exactly."""
    if not plays:
        return Entries(*(np.zeros(0, dtype=np.int64) for _ in Entries._fields))
    key, number, cents = (np.concatenate([getattr(play, field) for play in plays]) for field in Entries._fields)
    # Marked in a row as long as a play's table, which is quicker than to sort them: keys are places in that table.
    marked = np.zeros(key.max(initial=-1) + 1, dtype=np.bool_)
    marked[key] = True
    keys = np.flatnonzero(marked)
    sums = np.zeros((len(keys), 2), dtype=np.int64)
    _add(sums, (np.cumsum(marked) - 1)[key], number, cents)
    check_sums(sums[:, 1])
    return Entries(keys, np.ascontiguousarray(sums[:, 0]), np.ascontiguousarray(sums[:, 1]))


def frame(entries: Entries, plan: Plan, *, futures: int | None = None) -> pd.DataFrame:
    """Spread a play's series, or the mean of several plays', into a table.

    It has a row per month, line, supplier and programme in which anything flowed or stood, and for each quantity of
    :data:`SERIES` two columns: its number (``delivered``) and its value in currency units (``delivered_value``).
    ``month`` is the first day of the month. The supplier is empty where the order is with none.
    """
    return frames([entries], plan, futures=futures).drop(columns="play")


def frames(plays: Sequence[Entries], plan: Plan, *, futures: int | None = None) -> pd.DataFrame:
    """The tables of several plays, each as :func:`frame` makes it, one below the other."""
    import pandas as pd

    where, names = places(plan), plan.names
    blocks = len(months(plan)[0]) * len(where.line)  # in one play
    key = np.concatenate([entries.key + play * blocks * len(SERIES) for play, entries in enumerate(plays)])
    blocks_found, row = np.unique(key // len(SERIES), return_inverse=True)
    play, block = np.divmod(blocks_found, blocks)
    month, place = np.divmod(block, len(where.line))
    line, supplier, programme = (column[place] for column in where)
    columns: dict[str, object] = {
        "play": play,
        "month": pd.DatetimeIndex(months(plan)[0]).as_unit("ms")[month],
        "line": _named(line, names.lines),
        "supplier": _named(supplier, names.suppliers),
        "authority": _named(licensing(plan)[line, supplier], names.authorities),
        "destination": _named(plan.lines.destination[line], names.destinations),
        "goods": _named(plan.lines.goods[line], names.goods),
        "programme": _named(programme, names.programmes),
    }
    counts, cents = np.zeros((2, len(SERIES), len(blocks_found)), dtype=np.int64)
    counts[key % len(SERIES), row] = np.concatenate([entries.number for entries in plays])
    cents[key % len(SERIES), row] = np.concatenate([entries.cents for entries in plays])
    for quantity, number, value in zip(SERIES, counts, cents, strict=True):
        if quantity.name != SPEND:
            columns[quantity.name] = number if futures is None else number / futures
        columns[quantity.name if quantity.name == SPEND else f"{quantity.name}_value"] = value / (100 * (futures or 1))
    return pd.DataFrame(columns)


@compiled
def _cumulate(table: Int, width: int) -> int:
    """Make what stands at each month's end of its changes. The number of entries that are not zero, or OVERFLOWN."""
    entries = 0
    step = 2 * len(SLOTS)
    for first in range(0, len(table), step):
        if first >= width:
            for slot in STOCK_SLOTS:
                at = first + 2 * slot
                table[at] += table[at - width]
                table[at + 1] = plus(table[at + 1], table[at - width + 1])
    for first in range(0, len(table), step):
        for slot in STOCK_SLOTS:
            if slot != OPEN_SLOT:
                at, of_all = first + 2 * slot, first + 2 * OPEN_SLOT
                table[of_all] += table[at]
                table[of_all + 1] = plus(table[of_all + 1], table[at + 1])
        for at in range(first, first + step, 2):
            if table[at + 1] == OVERFLOWN:
                return OVERFLOWN
            entries += table[at] != 0
    return entries


@compiled
def _take(table: Int, entries: Entries) -> None:
    """Write the sums that are not zero, and make them so."""
    entry = 0
    for block in range(len(table) // (2 * len(SLOTS))):
        for quantity in range(len(SLOTS)):
            at = 2 * (block * len(SLOTS) + SLOTS[quantity])
            if table[at] != 0:
                entries.key[entry] = block * len(SLOTS) + quantity
                entries.number[entry], entries.cents[entry] = table[at], table[at + 1]
                entry += 1
    table[:] = 0


@compiled
def _add(sums: Int, where: Int, number: Int, cents: Int) -> None:
    for entry in range(len(where)):
        sums[where[entry], 0] += number[entry]
        sums[where[entry], 1] = plus(sums[where[entry], 1], cents[entry])


def _named(index: Int, names: tuple[str, ...]) -> pd.Categorical:
    """Names as categories, in the scenario's order; -1 is the empty text."""
    import pandas as pd

    kind = pd.CategoricalDtype([*names, ""])
    return pd.Categorical.from_codes(np.where(index < 0, len(names), index), dtype=kind)
