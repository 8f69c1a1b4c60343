"""The compiled engine: the model as one loop over tables, compiled by Numba. Written to be fast; it says what the
reference engine says, row for row.

Its modules have the names and the order of the reference's: ``writing`` (facts, events, desks), ``sourcing``,
``orders``, ``policy``, ``arrivals``, ``loop``. World and state are tables of ``rows`` with named numbers, laid down by
``tables``; events are a ``heap``. What policies have in common is played once: ``sharing``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exportsim.engine.compiled import rows, sharing, tables
from exportsim.engine.compiled.loop import play_steps
from exportsim.engine.compiled.so_far import PlaySoFar, taken
from exportsim.errors import ExportsimError
from exportsim.ledger import Ledger
from exportsim.packed_rows import check_room, ledger_of
from exportsim.plan import NEVER, Int, Plan, most_rounds

TOO_MANY = {
    rows.TOO_MANY_VISITS: "an attempt of an order has been reviewed more than {rounds} times: is validity too short?",
    rows.TOO_MANY_WAITS: "an order has waited millions of times: does a threshold suspend it every minute?",
}
MOST_KEPT = 1 << 19  # orders for which there is room still after a play: it takes time to have it anew for each future
FULL = {rows.LEDGER_FULL: rows.LEDGER, rows.HEAP_FULL: rows.HEAP, rows.ORDERS_FULL: rows.ORDERS}


class Players:
    """Plays policies of a plan against the same futures, one after the other, in the same memory; of one thread.

    What the policies have in common is played once (:mod:`exportsim.engine.compiled.sharing`). Players of a plan that
    are given the same luck share what is foreseen of a future.

    Attributes
    ----------
    policies : tuple of int
        Their numbers in the plan.
    steps : list of Step
        How the policies share, in the order in which they are played.
    goes_on : bool
        Whether a play may go on from how another plan's stood: not where orders come ahead of measures, as more is
        foreseen then.
    copied : int or None
        Before which minute a copy is made of how the play stands that all policies share: before ``copy_at``, where
        they are alike so long.
    """

    def __init__(
        self, plan: Plan, policies: Sequence[int], luck: tables.Luck | None = None, *, copy_at: int = NEVER
    ) -> None:
        check_room(plan)
        self.policies, self._plan = tuple(policies), plan
        self._luck = tables.Luck(plan) if luck is None else luck
        self._worlds: list[tables.Memory] = []
        for policy in policies:
            self._worlds.append(tables.world(plan, policy, self._luck, *self._worlds[:1]))
        self._states, self._start = [tables.state(plan) for _ in policies], tables.state(plan)
        self.steps = sharing.steps_of(plan, policies)
        self.goes_on = not tables.spans_ahead(plan)
        self.copied = copy_at if plan.start < copy_at < plan.end and copy_at <= self.steps[0].past else None
        if not self.goes_on:
            self.copied = None
        if self.copied is not None:  # how the play of all stands before that minute, in a state of its own
            self._worlds.append(self._worlds[0])
            self._states.append(tables.state(plan))
            self.steps = sharing.with_copy(self.steps, self.copied, len(self.policies))
        self._steps = np.array([self._addresses(step) for step in self.steps])
        self._last = {step.player: number for number, step in enumerate(self.steps)}
        orders = tables.orders_with_luck(orders_expected(plan))
        self._rooms = {rows.LEDGER: 24 * orders + 256, rows.HEAP: 4 * orders + 256, rows.ORDERS: orders}
        self._make_room()

    def play(self, *, seed: int, future: int) -> list[Int]:
        """Play a future: by policy the ledger's rows, as in :mod:`exportsim.packed_rows`, good until the next play.

        Where the room for orders, events or facts is too small, the same is played again with twice as much.
        """
        self._make_room_to_work()
        while full := play_steps(self._steps, self._start.address, seed, future):
            self._give_room(full)
        if self.copied is None:
            self._free_room_to_work()
        rows_after = self._steps[:, sharing.ROWS_AFTER].tolist()
        return [self._ledgers[player][: rows_after[self._last[player]]] for player in range(len(self.policies))]

    def play_on(self, so_far: PlaySoFar, before: Int, *, seed: int, future: int, copied: bool = False) -> Int:
        """Play the only policy of these players on from how another's play stood, which was like its own so long.

        ``before`` are the rows of a ledger that begins as that did. ``copied`` says that a copy is made again, before
        the minute of these players. The rows of the whole ledger are good until the next play.
        """
        self._make_room_to_work()
        first = sharing.Step(0, 0, so_far.minute, NEVER)
        steps = [first] if self.copied is None or not copied else sharing.with_copy([first], self.copied, 1)
        addresses = np.array([self._addresses(step) for step in steps])
        while True:
            while any(self._rooms[table] < needed for table, needed in so_far.room.items()):
                self._rooms = {table: 2 * room for table, room in self._rooms.items()}
                self._make_room()
            if self._luck.orders < so_far.orders:
                self._luck.make_room(so_far.orders)
            so_far.put_back(self._states[0], self._luck)
            self._ledgers[0][: so_far.rows] = before[: so_far.rows]
            self._worlds[0].single["seed"], self._worlds[0].single["future"] = seed, future
            full = play_steps(addresses, self._start.address, seed, future)
            if not full:
                whole: Int = self._ledgers[0][: int(addresses[-1, sharing.ROWS_AFTER])]
                return whole
            self._give_room(full)

    def so_far(self) -> PlaySoFar | None:
        """How the play of all stood before the minute in which it was copied."""
        return None if self.copied is None else taken(self.copied, self._states[-1], self._luck)

    def _give_room(self, full: int) -> None:
        """Make twice as much room where there was too little."""
        if full in TOO_MANY:
            raise ExportsimError(TOO_MANY[full].format(rounds=most_rounds(self._plan.stages)))
        if full == rows.LUCK_FULL:
            self._luck.make_room(2 * self._luck.orders)
        else:
            self._rooms[FULL[full]] *= 2
            self._make_room()

    def shared(self) -> list[tuple[int, int]]:
        """Of each step of the last play, which rows of its player's ledger are of it: the first, and past the last."""
        rows_of_step: list[tuple[int, int]] = self._steps[:, [sharing.ROWS_BEFORE, sharing.ROWS_AFTER]].tolist()
        return rows_of_step

    def _addresses(self, step: sharing.Step) -> list[int]:
        """A step as the compiled engine reads it, and room for what it writes."""
        other = self._start if step.other < 0 else self._states[step.other]
        world, state = self._worlds[step.player], self._states[step.player]
        return [world.address, state.address, other.address, step.first, step.past, 0, 0]

    def _make_room(self) -> None:
        """Make room in all states alike: what is played in one is gone on with in another."""
        for state in self._states:
            tables.make_room(state, self._plan, self._rooms)
        self._ledgers, self._works = [state.view(rows.LEDGER) for state in self._states], True

    def _make_room_to_work(self) -> None:
        """Make the room again that was freed after a play."""
        if not self._works:
            self._resize({table: room for table, room in self._rooms.items() if table != rows.LEDGER})
            self._works = True

    def _free_room_to_work(self) -> None:
        """Free all room but the ledgers', where it is much: whoever reads the ledgers needs room as well."""
        if self._rooms[rows.ORDERS] > MOST_KEPT:
            self._resize({rows.HEAP: 0, rows.ORDERS: 0})
            self._works = False

    def _resize(self, rooms: dict[int, int]) -> None:
        for state in self._states:
            tables.make_room(state, self._plan, rooms)


class Player:
    """Plays one policy of a plan, future after future, in the same memory. Of one thread at a time."""

    def __init__(self, plan: Plan, policy: int, luck: tables.Luck | None = None) -> None:
        self._plan, self._policy = plan, policy
        self._players = Players(plan, [policy], luck)

    def play(self, *, seed: int, future: int) -> Int:
        """Play against a future: the ledger's rows, as those of :meth:`Players.play`."""
        return self._players.play(seed=seed, future=future)[0]

    def ledger(self, *, seed: int, future: int) -> Ledger:
        """The same as a ledger of its own."""
        return ledger_of(self.play(seed=seed, future=future), self._plan, self._policy, seed, future)


def orders_expected(plan: Plan) -> float:
    """How many orders and other applications a play is expected to have, those of registers among them."""
    return float(tables.orders_by(plan, np.array([plan.end]))[0])


def play(plan: Plan, policy: int, *, seed: int, future: int) -> Ledger:
    """Play a policy against a future; see :func:`exportsim.engine.simulate`."""
    rows = Player(plan, policy).play(seed=seed, future=future)  # what else a player holds goes before they are copied
    return ledger_of(rows, plan, policy, seed, future)
