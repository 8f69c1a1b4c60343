"""The compiled engine: the model as one loop over tables, compiled by Numba. Written to be fast; it says what the
reference engine says, row for row.

Its modules have the names and the order of the reference's: ``writing`` (facts, events, desks), ``sourcing``,
``orders``, ``policy``, ``arrivals``, ``loop``. World and state are ``tables`` with named columns, events a ``heap``.
"""

from __future__ import annotations

import numpy as np

from exportsim.engine.compiled.arrivals import count_arrivals
from exportsim.engine.compiled.loop import run
from exportsim.engine.compiled.tables import (
    COUNTERS,
    DIRECTORY,
    FULL,
    ROW_WIDTH,
    ROWS,
    ROWS_FULL,
    TOO_MANY_ATTEMPTS,
    new_state,
    tables,
)
from exportsim.errors import ExportsimError
from exportsim.ledger import COLUMNS, Ledger
from exportsim.plan import MOST_ATTEMPTS, Plan


def play(plan: Plan, policy: int, *, seed: int, future: int) -> Ledger:
    """Play a policy against a future; see :func:`exportsim.engine.simulate`.

    The room for the ledger and the heap is a guess; where it is too small, the same is played again with twice as much.
    """
    whole, real = tables(plan, policy, seed, future)
    orders = int(count_arrivals(whole, real))
    rows, events = 32 * orders + 256, 8 * orders + 256
    while True:
        state = new_state(plan, orders, rows, events)
        run(whole, real, *state)
        counters = state[0][state[0][DIRECTORY * COUNTERS] :]
        full = counters[FULL]
        if full == TOO_MANY_ATTEMPTS:
            raise ExportsimError(f"an order has come to more than {MOST_ATTEMPTS} attempts: is validity too short?")
        if not full:
            break
        rows, events = (2 * rows, events) if full == ROWS_FULL else (rows, 2 * events)
    table = state[2].reshape(-1, ROW_WIDTH)[: counters[ROWS], : len(COLUMNS)]
    columns = dict(zip(COLUMNS, np.ascontiguousarray(table.T), strict=True))
    return Ledger(**columns, names=plan.names, origin=plan.origin, policy=policy, seed=seed, future=future)
