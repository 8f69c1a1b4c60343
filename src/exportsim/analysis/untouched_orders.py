"""Which orders a policy leaves alone: the same facts in the same minutes as under another, in the same future.

An order's facts are told apart by a digest of 64 bits, made of all of them in their order, so that a ledger is read
once, whatever it is compared with. That two different lives have one digest is as likely as guessing it.
"""

from __future__ import annotations

import numpy as np

from exportsim.analysis.figures import quotient
from exportsim.jit import compiled
from exportsim.lifecycle import MEANINGS, Fact
from exportsim.packed_rows import row_at
from exportsim.plan import Int

#: By fact, whether its detail counts. That of some is the number of a measure, which differs from policy to policy: to
#: the order it makes no difference which of them it was that suspended a permit.
TELLING = tuple(int(MEANINGS[fact].detail != "measures") for fact in Fact)

# Odd numbers that spread what is multiplied by them over 64 bits: digits of π, e, √2, √3 and the golden ratio.
PI, E, ROOT_2, ROOT_3, GOLDEN = (
    0x3243F6A8885A308D, 0x2B7E151628AED2A7, 0x16A09E667F3BCC91, 0x1BB67AE8584CAA73, 0x19E3779B97F4A7C1,
)  # fmt: skip


class Untouched:
    """Counts untouched orders, future after future; a thread has its own."""

    def __init__(self, lines: int) -> None:
        self._first = np.zeros(lines, dtype=np.int64)
        self._digests = np.empty((2, 0, 2), dtype=np.int64)

    def compare_with(self, rows: Int) -> None:
        """Take a ledger as that with which others of the same future are compared."""
        orders = lay_out(rows, self._first)
        if self._digests.shape[1] < orders:
            self._digests = np.empty((2, 2 * orders, 2), dtype=np.int64)
        self._standard, self._other = self._digests[:, :orders]
        self._digest(rows, self._standard)

    def count(self, rows: Int) -> tuple[int, int]:
        """Compare another ledger with it."""
        self._digest(rows, self._other)
        return alike(self._standard, self._other)

    def _digest(self, rows: Int, digests: Int) -> None:
        with np.errstate(over="ignore"):  # a digest runs over, in the interpreter too
            digest(rows, self._first, digests)


def shares(counted: Int) -> list[float]:
    """The share of untouched orders of each policy, over all futures; NaN where there is no order.

    Counted by :meth:`Untouched.count`, shape (policies, futures, 2).
    """
    shares: list[float] = quotient(*counted.sum(axis=1).T).tolist()
    return shares


@compiled
def lay_out(rows: Int, first: Int) -> int:
    """Write for each line where its order number 0 would be, and return how many orders there are."""
    first[:] = 0
    for r in range(len(rows)):
        row = row_at(rows, r)
        if row.fact == 0 and row.line >= 0:
            first[row.line] += 1
    past = 0
    for line in range(len(first)):
        number = first[line]
        first[line] = past - 1
        past += number
    return past


@compiled
def digest(rows: Int, first: Int, digests: Int) -> None:
    """Digest the facts of each order.

    ``first`` is as :func:`lay_out` wrote it, of a ledger of the same future. Written to ``digests``, shape (orders, 2),
    are the digest of each order and the minute of its last fact.
    """
    for order in range(len(digests)):
        digests[order, 0], digests[order, 1] = 0, 0
    for r in range(len(rows)):
        row = row_at(rows, r)
        if row.line >= 0 and row.order > 0:
            order = first[row.line] + row.order
            what = row.minute * PI + row.amount * E + (row.attempt << 8 | row.fact) * ROOT_2
            what += row.supplier * ROOT_3 + row.detail * TELLING[row.fact] * GOLDEN
            mixed = (digests[order, 0] ^ what) * GOLDEN
            digests[order, 0] = mixed ^ mixed >> 29
            digests[order, 1] = row.minute


@compiled
def alike(standard: Int, other: Int) -> tuple[int, int]:
    """How many orders have the same digest, of those with a fact in the period; and how many these are."""
    same = orders = 0
    for order in range(len(standard)):
        counts = standard[order, 1] >= 0 or other[order, 1] >= 0
        orders += counts
        same += counts and standard[order, 0] == other[order, 0]
    return same, orders
