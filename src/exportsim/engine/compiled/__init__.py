"""The compiled engine: the model as one loop over tables, compiled by Numba. Written to be fast; it says what the
reference engine says, row for row.

Its modules have the names and the order of the reference's: ``writing`` (facts, events, desks), ``sourcing``,
``orders``, ``policy``, ``arrivals``, ``loop``. World and state are tables of ``rows`` with named numbers, laid down by
``tables``; events are a ``heap``.
"""

from __future__ import annotations

import numpy as np

from exportsim.engine.compiled import rows, tables
from exportsim.engine.compiled.loop import run
from exportsim.errors import ExportsimError
from exportsim.ledger import Ledger
from exportsim.packed_rows import check_room, ledger_of
from exportsim.plan import MOST_ATTEMPTS, Int, Plan

TOO_MANY = {
    rows.TOO_MANY_ATTEMPTS: f"an order has come to more than {MOST_ATTEMPTS} attempts: is validity too short?",
    rows.TOO_MANY_WAITS: "an order has waited millions of times: does a threshold suspend it every minute?",
}
FULL = {rows.LEDGER_FULL: rows.LEDGER, rows.HEAP_FULL: rows.HEAP, rows.ORDERS_FULL: rows.ORDERS}


class Player:
    """Plays one policy of a plan, future after future, in the same memory. Of one thread at a time.

    Players of a plan that are given the same luck share what is foreseen of a future.
    """

    def __init__(self, plan: Plan, policy: int, luck: tables.Luck | None = None) -> None:
        check_room(plan)
        self._plan, self._policy = plan, policy
        self._luck = tables.Luck(plan) if luck is None else luck
        self._world = tables.world(plan, policy, self._luck)
        self._state = tables.Memory(rows.StateNumbers)
        self._start = tables.at_the_start(plan, policy)
        for table, content in self._start.items():
            self._state.lay(table, content)
        orders = tables.orders_with_luck(orders_expected(plan))
        self._rooms = {rows.LEDGER: 24 * orders + 256, rows.HEAP: 4 * orders + 256, rows.ORDERS: orders}
        for table in self._rooms:
            self._make_room(table)

    def play(self, *, seed: int, future: int) -> Int:
        """Play against a future: the ledger's rows, as in :mod:`exportsim.packed_rows`, good until the next play.

        Where the room for orders, events or facts is too small, the same is played again with twice as much.
        """
        world, state = self._world.single, self._state.single
        world["seed"], world["future"] = seed, future
        while True:
            self._state.header[rows.SINGLE :] = 0
            for table, content in self._start.items():
                self._state.view(table)[:] = tables.words(content)
            run(self._world.address, self._state.address)
            full = int(state["full"][0])
            if not full:
                written: Int = self._state.view(rows.LEDGER)[: int(state["ledger_rows"][0])]
                return written
            if full in TOO_MANY:
                raise ExportsimError(TOO_MANY[full])
            if full == rows.LUCK_FULL:
                self._luck.make_room(2 * self._luck.orders)
            else:
                self._rooms[FULL[full]] *= 2
                self._make_room(FULL[full])

    def ledger(self, *, seed: int, future: int) -> Ledger:
        """The same as a ledger of its own."""
        return ledger_of(self.play(seed=seed, future=future), self._plan, self._policy, seed, future)

    def _make_room(self, table: int) -> None:
        room = self._rooms[table]
        self._state.room(table, room, rows.GROWING[table])
        if table == rows.ORDERS:
            most_sources = int(self._plan.lines.source_count.max(initial=0))
            self._state.room(rows.EXCLUDED, room, most_sources)
            self._state.room(rows.AGENDA, room + 1, 1)


def orders_expected(plan: Plan) -> float:
    """How many orders and other applications a play is expected to have, those of registers among them."""
    return float(tables.orders_by(plan, np.array([plan.end]))[0])


def play(plan: Plan, policy: int, *, seed: int, future: int) -> Ledger:
    """Play a policy against a future; see :func:`exportsim.engine.simulate`."""
    return Player(plan, policy).ledger(seed=seed, future=future)
