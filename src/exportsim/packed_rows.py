"""The rows of a ledger as engines give them to all who count them: 32 bytes a fact, four words.

Numbers that are small share a word. Where each stands is known here alone: engines write the words of :func:`packed`,
compiled readers take a row apart with :func:`row_at`, others have :func:`columns`.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from exportsim.errors import ExportsimError
from exportsim.jit import inlined_part
from exportsim.ledger import COLUMNS, Ledger
from exportsim.lifecycle import Fact
from exportsim.plan import MOST_ATTEMPTS, Int, Plan

Number = TypeVar("Number", int, Int)  # of one row, or of many
Mask = NDArray[np.bool_]

WHEN, AMOUNT, WHO, WHAT = range(4)  # the words
WORDS = 4
# WHEN is minute and order, WHO line, supplier, attempt and fact, WHAT detail and cell: from the highest bits down. What
# may be -1, for none, is kept as one more than it is.
ORDER_BITS, CELL_BITS = 32, 32
FACT_BITS, ATTEMPT_BITS, SUPPLIER_BITS, LINE_BITS = 6, 16, 20, 20
ORDER, CELL, FACT, ATTEMPT, SUPPLIER = (
    (1 << bits) - 1 for bits in (ORDER_BITS, CELL_BITS, FACT_BITS, ATTEMPT_BITS, SUPPLIER_BITS)
)
SUPPLIER_SHIFT = FACT_BITS + ATTEMPT_BITS
LINE_SHIFT = SUPPLIER_SHIFT + SUPPLIER_BITS
MOST_NAMES = (1 << LINE_BITS) - 1  # demand lines, suppliers: several times as many as a file has room for

OF_ANOTHER = "this ledger is of another scenario, or does not begin where its orders do"


class Stated(NamedTuple, Generic[Number]):
    """A fact, or many: a ledger's columns, and the cell of a delivery under licence, else -1."""

    minute: Number
    fact: Number
    line: Number
    order: Number
    attempt: Number
    supplier: Number
    detail: Number
    amount: Number
    cell: Number


def packed(
    minute: Number,
    fact: Number,
    line: Number,
    order: Number,
    attempt: Number,
    supplier: Number,
    detail: Number,
    amount: Number,
    cell: Number,
) -> tuple[Number, Number, Number, Number]:
    """The words of a fact, or of many."""
    who = line + 1 << LINE_SHIFT | supplier + 1 << SUPPLIER_SHIFT | attempt << FACT_BITS | fact
    return minute << ORDER_BITS | order, amount, who, detail + 1 << CELL_BITS | cell + 1


def unpacked(when: Number, amount: Number, who: Number, what: Number) -> Stated[Number]:
    """The fact of some words, or the facts."""
    return Stated(
        when >> ORDER_BITS,
        who & FACT,
        (who >> LINE_SHIFT) - 1,
        when & ORDER,
        who >> FACT_BITS & ATTEMPT,
        (who >> SUPPLIER_SHIFT & SUPPLIER) - 1,
        (what >> CELL_BITS) - 1,
        amount,
        (what & CELL) - 1,
    )


packed_part, unpacked_part = inlined_part(packed), inlined_part(unpacked)  # the same of one fact, in compiled code


@inlined_part
def row_at(rows: Int, place: int) -> Stated[int]:
    """The fact in a row, in compiled code."""
    return unpacked_part(rows[place, WHEN], rows[place, AMOUNT], rows[place, WHO], rows[place, WHAT])


def stating(rows: Int, *facts: Fact) -> Mask:
    """Which rows state one of some facts."""
    said, found = rows[:, WHO] & FACT, np.zeros(len(rows), dtype=bool)
    for fact in facts:  # a few: to look for each is sooner done than for all of them in order
        found |= said == int(fact)
    return found


def columns(rows: Int, *facts: Fact) -> Stated[Int]:
    """The columns of a ledger's rows, or of those that state one of some facts."""
    return unpacked(*(rows[stating(rows, *facts)] if facts else rows).T)


def of_those(columns: Stated[Int], chosen: Mask | Int | slice) -> Stated[Int]:
    """The columns of some of their rows."""
    return Stated(*(column[chosen] for column in columns))


def rows_of(ledger: Ledger) -> Int:
    """A ledger in rows; which cell a delivery was in, it does not say."""
    stated: dict[str, Int] = {column: getattr(ledger, column) for column in COLUMNS}
    rows = np.column_stack(packed(**stated, cell=np.full(len(ledger), -1)))
    if not all(map(np.array_equal, columns(rows), stated.values())):  # a number that has no room
        raise ExportsimError(OF_ANOTHER)
    return rows


def ledger_of(rows: Int, plan: Plan, policy: int, seed: int, future: int) -> Ledger:
    """A ledger of its own, from the rows of a play, which are good until the next."""
    stated = columns(rows)
    stated = stated._replace(amount=stated.amount.copy())  # the others are no part of the rows
    return Ledger(
        **{column: getattr(stated, column) for column in COLUMNS},
        names=plan.names,
        origin=plan.origin,
        policy=policy,
        seed=seed,
        future=future,
    )


def check_room(plan: Plan) -> None:
    """Refuse a plan of which a row has no room for all lines or suppliers, or for an attempt with each source."""
    for what, names in (("demand lines", plan.names.lines), ("suppliers", plan.names.suppliers)):
        if len(names) > MOST_NAMES:
            raise ExportsimError(f"found {len(names):,} {what}, expected at most {MOST_NAMES:,}")
    if (sources := int(plan.lines.source_count.max(initial=0))) > MOST_ATTEMPTS:
        raise ExportsimError(f"found a demand line with {sources:,} sources, expected at most {MOST_ATTEMPTS:,}")
