"""A ledger's rows of 32 bytes: what is packed comes back, and what has no room is refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exportsim.compile import compile_plan
from exportsim.engine.compiled import Player
from exportsim.engine.compiled.heap import ENTITY_BITS
from exportsim.engine.compiled.rows import GROWING, LEDGER
from exportsim.errors import ExportsimError
from exportsim.jit import compiled
from exportsim.ledger import COLUMNS, Ledger, Row
from exportsim.lifecycle import Fact
from exportsim.packed_rows import (
    FACT,
    MOST_NAMES,
    WORDS,
    check_room,
    columns,
    ledger_of,
    packed,
    row_at,
    rows_of,
    stating,
)
from exportsim.plan import MOST_ATTEMPTS, MOST_PARTS, Int
from exportsim.scenario import build
from exportsim.scenario.checks import LONGEST_RUN, MOST_CENTS, MOST_OPENING
from exportsim.scenario.text import MOST_NODES
from rows import rows_stating
from worlds import one_office

LONGEST_MINUTES = LONGEST_RUN * 366 * 1440
GREATEST = {
    "minute": LONGEST_MINUTES,
    "fact": max(Fact),
    "line": MOST_NODES,
    "order": 1 << ENTITY_BITS,
    "attempt": MOST_ATTEMPTS,
    "supplier": MOST_NODES,
    "detail": max(MOST_NODES, MOST_OPENING, MOST_PARTS),
    "amount": (1 << 63) - 1,
    "cell": 1 << 30,
}
LEAST = {"minute": -LONGEST_MINUTES, "line": -1, "supplier": -1, "detail": -1, "amount": -1, "cell": -1}


@compiled
def taken_apart(rows: Int, place: int) -> tuple[int, int, int, int, int, int, int, int, int]:
    row = row_at(rows, place)
    return (
        row.minute, row.fact, row.line, row.order, row.attempt, row.supplier, row.detail, row.amount, row.cell
    )  # fmt: skip


def ledger(*facts: Row) -> Ledger:
    about: Any = {"names": None, "origin": None}
    return Ledger.of(facts, **about, policy=0, seed=0, future=0)


@given(st.tuples(*(st.integers(LEAST.get(name, 0), most) for name, most in GREATEST.items())))
def test_a_fact_comes_back_as_it_was(fact: tuple[int, ...]) -> None:
    rows = np.array([packed(*fact)], dtype=np.int64)
    assert rows.nbytes == 32
    assert taken_apart(rows, 0) == fact == tuple(column.item() for column in columns(rows))


@pytest.mark.parametrize("name", GREATEST)
def test_the_greatest_and_the_least_numbers_have_room(name: str) -> None:
    """Each beside the least, and beside the greatest, of all others."""
    for other in (GREATEST, dict.fromkeys(GREATEST, 0) | LEAST):
        for number in (GREATEST[name], LEAST.get(name, 0)):
            fact = tuple((other | {name: number}).values())
            assert taken_apart(np.array([packed(*fact)], dtype=np.int64), 0) == fact


def test_a_fact_takes_what_the_compiled_engine_gives_it() -> None:
    assert GROWING[LEDGER] == WORDS
    assert max(Fact) <= FACT
    assert MOST_CENTS < 1 << 63


@pytest.mark.parametrize(
    ("column", "number"),
    [("minute", 1 << 31), ("fact", 64), ("fact", -1), ("line", 1 << 21), ("order", -1), ("order", 1 << 32),
     ("attempt", 1 << 16), ("attempt", -1), ("supplier", MOST_NAMES), ("supplier", -2), ("detail", 1 << 31)],
)  # fmt: skip
def test_a_ledger_with_a_number_that_has_no_room_is_of_another_scenario(column: str, number: int) -> None:
    fact = [0, int(Fact.ORDERED), 0, 1, 0, -1, 0, 500]
    rows_of(ledger(tuple(fact)))  # type: ignore[arg-type]
    fact[COLUMNS.index(column)] = number
    with pytest.raises(ExportsimError, match="of another scenario"):
        rows_of(ledger(tuple(fact)))  # type: ignore[arg-type]


def test_rows_are_told_apart_by_what_they_state() -> None:
    rows = rows_stating(
        (0, Fact.ORDERED, 0, 1, 0, -1, 2, 500), (7, Fact.LOST, 0, 1, 1, 3, 2, 500), (9, Fact.ORDERED, 1, 1, 0, -1, 0, 9)
    )
    assert stating(rows, Fact.ORDERED, Fact.DELIVERED).tolist() == [True, False, True]
    assert columns(rows, Fact.ORDERED).minute.tolist() == [0, 9]
    assert columns(rows, Fact.LOST).supplier.tolist() == [3]
    assert len(columns(rows, Fact.DELIVERED).minute) == 0


def test_a_ledger_of_its_own_outlives_the_rows_that_it_was_made_of() -> None:
    plan = compile_plan(build(one_office(policies={"none": {}})))
    player = Player(plan, 0)
    rows = player.play(seed=1, future=0)
    kept = ledger_of(rows, plan, 0, 1, 0)
    before = kept.rows()
    assert before
    rows[:] = 0
    assert kept.rows() == before


def test_a_plan_with_more_lines_or_suppliers_than_a_row_can_name_is_refused() -> None:
    fits: Any = SimpleNamespace(
        names=SimpleNamespace(lines=range(MOST_NAMES), suppliers=range(MOST_NAMES)),
        lines=SimpleNamespace(source_count=np.array([1, MOST_ATTEMPTS])),
    )
    check_room(fits)
    assert MOST_NAMES > 5 * MOST_NODES
    for part, said in (("lines", "1,048,576 demand lines"), ("suppliers", "1,048,576 suppliers")):
        setattr(fits.names, part, range(MOST_NAMES + 1))
        with pytest.raises(ExportsimError, match=f"found {said}, expected at most 1,048,575"):
            check_room(fits)
        setattr(fits.names, part, ())
    fits.lines.source_count[1] += 1
    with pytest.raises(ExportsimError, match="a demand line with 65,536 sources, expected at most 65,535"):
        check_room(fits)
