"""A play as it stands before a minute, taken out of the memory in which it is played, and put back there.

From there a policy can be played that was like the one that was played, so long.
"""

from __future__ import annotations

from typing import NamedTuple

from exportsim.engine.compiled import rows, tables
from exportsim.plan import Int

FIXED = range(rows.DESKS, rows.MEASURE_STATES + 1)  # tables of the state that are as long in every play
FORESEEN = (rows.HERE, rows.ARRIVED)  # the same of luck


class PlaySoFar(NamedTuple):
    """All that a play stands on but its ledger, of which so many rows were written."""

    minute: int
    rows: int
    room: dict[int, int]  # rows that are needed, of the tables that grow
    orders: int  # that are foreseen
    state: dict[int, Int]  # the content of tables, by table
    luck: dict[int, Int]
    numbers: tuple[Int, Int]  # the single ones of both

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(part.nbytes for part in (*self.state.values(), *self.luck.values(), *self.numbers))

    def put_back(self, state: tables.Memory, luck: tables.Luck) -> None:
        """Let a state and its luck, in which there is room, be as they were."""
        for memory, contents, numbers in zip((state, luck), (self.state, self.luck), self.numbers, strict=True):
            memory.header[rows.SINGLE :] = numbers
            for table, content in contents.items():
                memory.view(table)[: len(content), : content.shape[1]] = content


def taken(minute: int, state: tables.Memory, luck: tables.Luck) -> PlaySoFar:
    """How a state stands, of which nothing is after a minute."""
    events, ranks, facts = (int(state.single[name][0]) for name in ("events", "ranks", "ledger_rows"))
    orders = int(luck.single["orders"][0])
    contents = {rows.HEAP: events, rows.ORDERS: ranks, rows.EXCLUDED: ranks, rows.PLACES: 2 * ranks}
    of_state = {table: state.view(table)[:length].copy() for table, length in contents.items()}
    of_state |= {table: state.view(table).copy() for table in FIXED}
    of_luck = {table: luck.view(table).copy() for table in FORESEEN}
    of_luck[rows.LUCK] = luck.view(rows.LUCK)[:, :orders].copy()
    of_luck[rows.ARRIVING] = luck.view(rows.ARRIVING)[: orders + 1].copy()
    return PlaySoFar(
        minute,
        facts,
        {rows.LEDGER: facts, rows.HEAP: events, rows.ORDERS: ranks},
        orders,
        of_state,
        of_luck,
        (state.header[rows.SINGLE :].copy(), luck.header[rows.SINGLE :].copy()),
    )
