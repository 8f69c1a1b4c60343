"""A ledger sorted into the lives of its orders: what each turning point found, left behind, and how long that lasted.

All series and outcomes are sums over these rows. Nothing is summed here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.plan import NEVER, Int, Plan

#: Facts that change where an order stands. Reviews, finished and stranded parts may belong to an ended attempt.
TURNING = (
    Fact.ORDERED,
    Fact.SOURCED,
    Fact.UNSERVED,
    Fact.APPLIED,
    Fact.REFERRED,
    Fact.HELD,
    Fact.APPROVED,
    Fact.DENIED,
    Fact.WITHDRAWN,
    Fact.SUSPENDED,
    Fact.REINSTATED,
    Fact.CANCELLED,
    Fact.EXPIRED,
    Fact.DELIVERED,
    Fact.LOST,
)


class History(NamedTuple):
    """The turning points of all orders of a ledger, order by order and in the ledger's order within each.

    Axes: R turning points, O orders. Warm-up included.
    """

    minute: Int  # (R,)
    until: Int  # (R,) minute of the order's next turning point, NEVER after its last
    fact: Int  # (R,)
    line: Int  # (R,)
    programme: Int  # (R,) of the order
    supplier: Int  # (R,) -1 none; what ends an attempt names it, and what follows comes in the same minute
    authority: Int  # (R,) that licenses `supplier` to the line's destination, -1 none
    detail: Int  # (R,)
    cents: Int  # (R,) of what the fact speaks of: a part's value if delivered, else what was open
    open: Int  # (R,) cents of the order that are open afterwards
    order: Int  # (R,) index into the arrays below
    placed: Int  # (O,) minute of the order
    first: Int  # (O,) its first supplier, -1 none yet


def history(ledger: Ledger, plan: Plan) -> History:
    """Sort a ledger into the lives of its orders.

    Parameters
    ----------
    ledger : Ledger
        Of any policy of the plan.
    plan : Plan
        What the ledger's indices stand for.

    Returns
    -------
    History
    """
    chosen = np.flatnonzero(among(ledger.fact, TURNING) & (ledger.line >= 0) & (ledger.order > 0))
    width = int(ledger.order.max(initial=0)) + 1
    number = ledger.line[chosen] * width + ledger.order[chosen]
    sorting = np.argsort(number, kind="stable")
    rows, number = chosen[sorting], number[sorting]
    minute, fact, line = ledger.minute[rows], ledger.fact[rows], ledger.line[rows]
    supplier, amount = ledger.supplier[rows], ledger.amount[rows]

    begins = np.ones(len(rows), dtype=bool)
    begins[1:] = number[1:] != number[:-1]
    starts = np.flatnonzero(begins)
    order = np.cumsum(begins) - 1
    until = np.full(len(rows), NEVER, dtype=np.int64)
    until[:-1] = np.where(begins[1:], NEVER, minute[1:])

    delivered = np.where(fact == Fact.DELIVERED, amount, 0)
    total = np.cumsum(delivered)
    still_open = amount[starts][order] - (total - (total - delivered)[starts][order])
    cents = np.where((fact == Fact.DELIVERED) | (fact == Fact.LOST), amount, still_open)
    still_open = np.where(fact == Fact.LOST, 0, still_open)

    first = np.full(len(starts), -1, dtype=np.int64)
    sourced = np.flatnonzero(fact == Fact.SOURCED)[::-1]  # backwards, so that the earliest is written last
    first[order[sourced]] = supplier[sourced]
    return History(
        minute=minute,
        until=until,
        fact=fact,
        line=line,
        programme=ledger.detail[rows][starts][order],
        supplier=supplier,
        authority=licensing(plan)[line, supplier],
        detail=ledger.detail[rows],
        cents=cents,
        open=still_open,
        order=order,
        placed=minute[starts],
        first=first,
    )


def among(fact: Int, facts: tuple[Fact, ...]) -> NDArray[np.bool_]:
    """Which rows state one of some facts."""
    table = np.zeros(len(Fact), dtype=np.bool_)
    table[list(facts)] = True
    return table[fact]


def licensing(plan: Plan) -> Int:
    """The authority whose permit a supplier needs for a line.

    Returns
    -------
    ndarray of int64, shape (lines, suppliers + 1)
        -1 where no permit is needed, and in the last column, which the supplier -1 (none) reads.
    """
    table = np.full((len(plan.names.lines), len(plan.names.suppliers) + 1), -1, dtype=np.int64)
    table[plan.sources.line, plan.sources.supplier] = plan.sources.authority
    return table


def spend(cents: Int, price: Int) -> Int:
    """What the buyer pays for a value, to the nearest cent, halves up.

    Parameters
    ----------
    cents : ndarray of int64
        Values.
    price : ndarray of int64
        Millionths of the value.

    Returns
    -------
    ndarray of int64
        Cents. The value is taken apart so that nothing overflows below 10**15 cents at 1000 times the value.
    """
    whole, rest = np.divmod(cents, 1_000_000)
    return whole * price + (rest * price + 500_000) // 1_000_000
