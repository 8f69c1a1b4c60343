"""Fates: where the value of every order ended, and how each cent of it moved between two policies. Whole cents only.

An order is the same under every policy of a future, so its value is split twice, and one split can be carried over into
the other. What has the same fate under both stays where it is. The rest is moved in the order of fates, the first of
what is left under the reference to the first of what is left under the policy (the north-west corner rule of the
transportation problem, Dantzig 1951). Money is interchangeable within an order, so no other rule is truer; this one
needs fewer moves than there are fates to leave and to enter, and seen from the other policy it is the same moves turned
round. Whatever the rule, what leaves and enters each fate is what the two policies say (P8).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from exportsim.analysis.checked_sums import plus
from exportsim.analysis.counting_tables import supplied
from exportsim.analysis.ledger_rows import ALIEN
from exportsim.errors import ExportsimError
from exportsim.jit import compiled, compiled_part
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.packed_rows import OF_ANOTHER, Mask, columns, row_at, rows_of
from exportsim.plan import Int, Plan

#: The fates that are not a delivery by a supplier, in their order; see ``docs/fates.md``.
ENDS = ("lost/refused", "lost/cancelled", "lost/impatient", "lost/unserved", "pending", "before")
REFUSED, CANCELLED, IMPATIENT, UNSERVED, PENDING, BEFORE = range(6)
ENDED = 6  # the word after them, in an order's record: which of the first four it would be lost to

DIFFERENT = -2

#: What a fact says of its order's value: where it would be lost to from now on, or one of the three below.
ROLES = {
    Fact.DENIED: REFUSED,
    Fact.CANCELLED: CANCELLED,
    Fact.WITHDRAWN: IMPATIENT,
    Fact.ORDERED: (PLACED := 10),
    Fact.DELIVERED: (DELIVERED := 11),
    Fact.LOST: (LOST := 12),
}
NOTHING = -1
ROLE = tuple(ROLES.get(fact, NOTHING) for fact in Fact)


def fates(plan: Plan) -> tuple[str, ...]:
    """Every fate there is, in their order: ``delivered/SUPPLIER`` in the order of the file, then :data:`ENDS`."""
    return (*(f"delivered/{supplier}" for supplier in plan.names.suppliers), *ENDS)


def possible_fates(plan: Plan) -> Mask:
    """Whether orders of each line can have each fate, shape (lines, fates): deliveries by its sources, and all ends."""
    return np.pad(supplied(plan), ((0, 0), (0, len(ENDS))), constant_values=True)


class Mover:
    """Finds how the cents of every order moved between two plays of one future; a thread has its own."""

    def __init__(self, plan: Plan) -> None:
        self._supplied = supplied(plan)
        self._first = [np.empty(len(self._supplied) + 1, dtype=np.int64) for _ in range(2)]
        self._split = [np.empty(1 << 12, dtype=np.int64) for _ in range(2)]
        self._moves = np.empty((1 << 13, 5), dtype=np.int64)

    def moves(self, reference: Int, policy: Int) -> Int:
        """The moves of a future.

        Shape (moves, 5): line, number of the order, number of its fate under the reference and under the policy, and
        cents, more than zero. Order by order; of each first what stayed, then what moved. Good until the next.
        """
        for side, rows in enumerate((reference, policy)):
            self._divide(side, rows)
        needed = 2 * max(int(first[-1]) for first in self._first)  # no order has more moves than fates under both
        if len(self._moves) < needed:
            self._moves = np.empty((2 * needed, 5), dtype=np.int64)
        (before, after), (one, other) = self._first, self._split
        number = moves(before, after, one, other, self._supplied.shape[1] + ENDED, self._moves)
        if number == DIFFERENT:
            raise ExportsimError("these two ledgers do not have the same orders: they are not of the same future")
        return self._moves[:number]

    def splits(self, rows: Int) -> Int:
        """Where the value of each order of a play ended.

        Shape (splits, 4): line, number of the order, number of the fate, and cents, more than zero.
        """
        return self.moves(rows, rows)[:, [0, 1, 2, 4]]  # nothing moves

    def _divide(self, side: int, rows: Int) -> None:
        needed = split(rows, self._supplied, self._first[side], self._split[side])
        if needed > len(self._split[side]):
            self._split[side] = np.empty(2 * needed, dtype=np.int64)
            needed = split(rows, self._supplied, self._first[side], self._split[side])
        if needed == ALIEN:
            raise ExportsimError(OF_ANOTHER)


@compiled
def split(rows: Int, supplied: Mask, first: Int, cents: Int) -> int:
    """Divide the value of every order among its fates.

    Written are, to ``first``, shape (lines + 1,), where the records of each line begin, and where all end; and to
    ``cents`` a record for each order of a line: the cents of each fate and a word of its own.
    """
    first[:] = 0
    lines, suppliers = supplied.shape
    width = suppliers + ENDED + 1
    for r in range(len(rows)):
        row = row_at(rows, r)
        if not 0 <= row.fact < len(ROLE) or row.line >= lines:
            return ALIEN
        if ROLE[row.fact] == PLACED:
            if row.line < 0 or row.order < 1:
                return ALIEN
            first[row.line + 1] = max(first[row.line + 1], row.order)
    for line in range(lines):
        first[line + 1] = first[line] + first[line + 1] * width
    needed = int(first[lines])
    if needed > len(cents):
        return needed
    cents[:needed] = 0

    for r in range(len(rows)):
        row = row_at(rows, r)
        role, line, amount = ROLE[row.fact], row.line, row.amount
        if role == NOTHING or line < 0:
            continue
        record = first[line] + (row.order - 1) * width
        if not first[line] <= record < first[line + 1]:
            return ALIEN
        ends = record + suppliers
        if role == PLACED:
            cents[ends + PENDING], cents[ends + ENDED] = amount, UNSERVED
        elif role < PLACED:
            cents[ends + ENDED] = role
        else:
            to = ends + cents[ends + ENDED]
            if role == DELIVERED:
                supplier = row.supplier
                if not 0 <= supplier < suppliers or not supplied[line, supplier]:
                    return ALIEN
                to = record + supplier
            if row.minute < 0:
                to = ends + BEFORE
            cents[ends + PENDING] -= amount
            cents[to] += amount
    return needed


@compiled
def moves(a_first: Int, b_first: Int, a: Int, b: Int, fates: int, written: Int) -> int:
    """Carry one split over into another.

    The records of each line begin at ``a_first`` under the reference and at ``b_first`` under the policy, shape
    (lines + 1,). To ``written`` go the moves, shape (twice the words of all records, 5), see :meth:`Mover.moves`.
    """
    number = 0
    for line in range(len(a_first) - 1):
        if a_first[line + 1] != b_first[line + 1]:
            return DIFFERENT
        for order, record in enumerate(range(a_first[line], a_first[line + 1], fates + 1), 1):
            for k in range(fates):
                number = _move(a, b, record + k, record + k, record, line, order, written, number)
            i = j = record
            while i < record + fates and j < record + fates:
                number = _move(a, b, i, j, record, line, order, written, number)
                i += a[i] == 0
                j += b[j] == 0
            for k in range(record, record + fates):
                if a[k] != 0 or b[k] != 0:
                    return DIFFERENT
    return number


@compiled_part
def _move(a: Int, b: Int, i: int, j: int, record: int, line: int, order: int, written: Int, number: int) -> int:
    """Move what can be moved from one fate to another, and write it down."""
    cents = min(a[i], b[j])
    if cents <= 0:
        return number
    a[i] -= cents
    b[j] -= cents
    written[number, 0], written[number, 1], written[number, 4] = line, order, cents
    written[number, 2], written[number, 3] = i - record, j - record
    return number + 1


@compiled
def add(moves: Int, row: Int, sums: Int) -> None:
    """Add moves up; ``row``, shape (lines, fates, fates), is that of the sum to which their cents go, -1 for none."""
    for m in range(len(moves)):
        to = row[moves[m, 0], moves[m, 2], moves[m, 3]]
        if to >= 0:
            sums[to] = plus(sums[to], moves[m, 4])


class Ending(NamedTuple):
    """How one order ended under one policy."""

    line: int
    order: int
    ordered: int  # minute
    ended: int  # minute of its last delivery or of its loss, its arrival if there is neither
    cents: int
    fates: Mapping[str, int]  # cents by fate, as in fates()

    @property
    def open(self) -> bool:
        """Whether some of it is open at the end of the period."""
        return "pending" in self.fates

    @property
    def complete(self) -> bool:
        """Whether all of it was delivered."""
        return not self.open and not self.under("lost")

    def under(self, fate: str) -> int:
        """Cents whose fate is a certain one, or of a kind: ``lost`` is all of ``lost/…``."""
        return sum(cents for name, cents in self.fates.items() if fate in (name, *name.split("/")))

    def came_to(self, fate: str, other: Ending | None) -> int:
        """Cents of it that came to one of :data:`WHY`, given how it ended under the other policy."""
        if fate == "delayed":
            later = other is not None and self.complete and other.complete and self.ended > other.ended
            return self.under("delivered") if later else 0
        return self.under(fate) if fate != "delivered" or self.complete else 0


#: What may be asked for: orders delivered whole, under both policies and later under the first (``delayed``), or of
#: which some value came to a fate.
WHY = ("delivered", "lost", "refused", "cancelled", "impatient", "unserved", "pending", "delayed")


def endings(plan: Plan, ledger: Ledger) -> dict[tuple[int, int], Ending]:
    """How every order of a run ended."""
    words, rows = fates(plan), rows_of(ledger)
    split: dict[tuple[int, int], dict[str, int]] = {}
    for line, order, fate, cents in Mover(plan).splits(rows).tolist():
        split.setdefault((line, order), {})[words[fate]] = cents
    ends, begins = columns(rows, Fact.DELIVERED, Fact.LOST), columns(rows, Fact.ORDERED)
    orders = zip(ends.line.tolist(), ends.order.tolist(), strict=True)
    last = dict(zip(orders, ends.minute.tolist(), strict=True))
    placed = np.column_stack([begins.line, begins.order, begins.minute, begins.amount])
    return {
        (line, order): Ending(line, order, minute, last.get((line, order), minute), cents, split[line, order])
        for line, order, minute, cents in placed.tolist()
    }
