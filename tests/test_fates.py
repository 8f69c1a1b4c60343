"""Fates, waterfall and hysteresis: ledgers written by hand with everything worked out, and what holds of any two."""

from __future__ import annotations

import atexit
import dataclasses
import math
import shutil
import tempfile
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import exportsim
from exportsim import Result, testing
from exportsim.analysis.checked_sums import MOST, check_sums
from exportsim.analysis.fates import ENDS, Mover, add, fates
from exportsim.analysis.hysteresis import Hysteresis, futures_share
from exportsim.analysis.intervals import interval
from exportsim.analysis.outcomes import measure
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.errors import ExportsimError
from exportsim.ledger import Row
from exportsim.lifecycle import REASONS, Fact
from exportsim.packed_rows import rows_of
from exportsim.plan import Int, Plan
from exportsim.playing import executor as executors
from exportsim.playing import play as plays
from exportsim.playing import settings as playing_settings
from exportsim.scenario import build
from exportsim.scenario.schema import Scenario
from exportsim.study import readings as module
from exportsim.study.futures import Futures
from rows import rows_stating

DAY = 1440
NORTH, SOUTH, WEST, NOBODY = 0, 1, 2, -1
MADE = {name: number for number, name in enumerate(REASONS)}


def world(**changes: Any) -> dict[str, Any]:
    """North and west are licensed to TR by gac; south needs no licence. West supplies the second line alone."""
    suppliers: dict[str, Any] = {
        "north": {"country": "CA", "authority": "gac", "slots": 9, "lead_time": "30d"},
        "south": {"country": "ZA", "slots": 9, "lead_time": "30d"},
        "west": {"country": "CA", "authority": "gac", "slots": 9, "lead_time": "30d"},
    }
    line = {"buyer": "buyer", "destination": "TR", "goods": "sensors", "orders": "20/y", "value": {"uniform": [1, 900]}}
    return {
        "exportsim": 1,
        "period": {"start": "2020-01-01", "end": "2023-12-31", "warm_up": "90d"},
        "currency": "CAD",
        "goods": {"sensors": {}, "engines": {}},
        "authorities": {"gac": {"country": "CA", "review": [{"stage": "desk", "officers": 3, "work": "20d"}]}},
        "suppliers": suppliers,
        "demand": {
            "line": line | {"parts": 3, "sources": {"north": {}, "south": {"weight": 0.5}, "west": {}}},
            "other": line | {"goods": "engines", "sources": {"west": {}}, "patience": {"review": "50d"}},
        },
        "policies": {
            "free": {"measures": []},
            "stop": {
                "measures": [
                    {"on": "2021-01-01", "applications": "hold"},
                    {"on": "2021-03-01", "permits": "suspended"},
                    {"on": "2021-04-01", "cancel": "suspended"},
                    {"on": "2022-01-01", "applications": "open", "permits": "in_force"},
                ]
            },
            "none": {"measures": []},
        },
        "reference": "free",
    } | changes


@pytest.fixture(scope="module")
def plan() -> Plan:
    return compile_plan(build(world()))


def row(
    day: float, fact: Fact, order: int, supplier: int = NOBODY, cents: int = 0, detail: int = 0, line: int = 0
) -> Row:
    return (round(day * DAY), fact, line, order, 1, supplier, detail, cents)


def rows(*told: Row) -> Int:
    return rows_stating(*sorted(told, key=lambda row: row[0]))


def placed(cents: int, *, day: float = 1, order: int = 1, line: int = 0) -> Row:
    return row(day, Fact.ORDERED, order, NOBODY, cents, line=line)


def lost(day: float, cents: int, reason: str = "excluded") -> Row:
    return row(day, Fact.LOST, 1, NOBODY, cents, MADE[reason])


def split(plan: Plan, told: Int) -> dict[tuple[int, int], dict[str, int]]:
    """By line and order: the cents of each fate."""
    found: dict[tuple[int, int], dict[str, int]] = {}
    for line, order, fate, cents in Mover(plan).splits(told).tolist():
        found.setdefault((line, order), {})[fates(plan)[fate]] = cents
    return found


def moved(plan: Plan, reference: Int, policy: Int) -> list[tuple[str, str, int]]:
    names = fates(plan)
    return [
        (names[before], names[after], cents)
        for _, _, before, after, cents in Mover(plan).moves(reference, policy).tolist()
    ]


# ------------------------------------------------------------------ one order, one play


STORIES = {
    "a part delivered, the rest open": (
        [row(9, Fact.DELIVERED, 1, NORTH, 40)],
        {"delivered/north": 40, "pending": 60},
    ),
    "two suppliers": (
        [row(9, Fact.DELIVERED, 1, SOUTH, 40), row(10, Fact.DELIVERED, 1, NORTH, 60)],
        {"delivered/north": 60, "delivered/south": 40},
    ),
    "denied": ([row(9, Fact.DENIED, 1, NORTH), lost(9, 100)], {"lost/refused": 100}),
    "denied, then never served": ([row(9, Fact.DENIED, 1, NORTH), lost(99, 100, "unserved")], {"lost/refused": 100}),
    "cancelled with a part delivered": (
        [row(8, Fact.DELIVERED, 1, NORTH, 40), row(9, Fact.CANCELLED, 1, NORTH, 60), lost(9, 60)],
        {"delivered/north": 40, "lost/cancelled": 60},
    ),
    "withdrawn from review": (
        [row(9, Fact.WITHDRAWN, 1, NORTH, 100, MADE["review"]), lost(9, 100)],
        {"lost/impatient": 100},
    ),
    "withdrawn from suspension": (
        [row(9, Fact.WITHDRAWN, 1, NORTH, 100, MADE["suspension"]), lost(9, 100)],
        {"lost/impatient": 100},
    ),
    "never an attempt": ([row(1, Fact.UNSERVED, 1, NOBODY, 100), lost(9, 100, "unserved")], {"lost/unserved": 100}),
    "expired, and denied a new permit": (
        [row(9, Fact.EXPIRED, 1, NORTH, 100), row(10, Fact.DENIED, 1, NORTH), lost(10, 100)],
        {"lost/refused": 100},
    ),
    "the last attempt says it": (
        [row(8, Fact.CANCELLED, 1, NORTH, 100), row(9, Fact.DENIED, 1, WEST), lost(9, 100)],
        {"lost/refused": 100},
    ),
    "denied, then expired and given up": (
        [
            row(8, Fact.DENIED, 1, NORTH),
            row(9, Fact.EXPIRED, 1, WEST, 100),
            row(12, Fact.WITHDRAWN, 1, WEST, 100, MADE["review"]),
            lost(99, 100, "unserved"),
        ],
        {"lost/impatient": 100},
    ),
    "denied, and delivered by another": (
        [row(8, Fact.DENIED, 1, NORTH), row(9, Fact.DELIVERED, 1, SOUTH, 100)],
        {"delivered/south": 100},
    ),
    "work of an ended attempt": (
        [row(8, Fact.DENIED, 1, NORTH), row(9, Fact.FINISHED, 1, NORTH, 50, 1), row(9, Fact.STRANDED, 1, NORTH, 50, 1)],
        {"pending": 100},
    ),
}


@pytest.mark.parametrize(("told", "expected"), STORIES.values(), ids=STORIES)
def test_an_orders_value_is_split_among_its_fates(plan: Plan, told: list[Row], expected: dict[str, int]) -> None:
    assert split(plan, rows(placed(100), *told)) == {(0, 1): expected}


@pytest.mark.parametrize(("minute", "told"), [(-1, "before"), (0, "delivered/north")])
def test_a_delivery_counts_from_the_first_minute_of_the_period(plan: Plan, minute: int, told: str) -> None:
    assert split(plan, rows(placed(100, day=-9), row(minute / DAY, Fact.DELIVERED, 1, NORTH, 100))) == {
        (0, 1): {told: 100}
    }


@pytest.mark.parametrize(("minute", "told"), [(-1, "before"), (0, "lost/unserved")])
def test_a_loss_counts_from_the_first_minute_of_the_period(plan: Plan, minute: int, told: str) -> None:
    assert split(plan, rows(placed(100, day=-9), lost(minute / DAY, 100))) == {(0, 1): {told: 100}}


def test_orders_of_several_lines_are_kept_apart(plan: Plan) -> None:
    told = rows(
        placed(100), placed(70, order=2), placed(30, line=1),
        row(2, Fact.QUALIFIED, 0, SOUTH),
        row(3, Fact.DELIVERED, 2, SOUTH, 70),
        row(3, Fact.DELIVERED, 1, WEST, 30, line=1),
        (5, Fact.DENIED, -1, 1, 1, NOBODY, 0, 0),
    )  # fmt: skip
    expected = {(0, 1): {"pending": 100}, (0, 2): {"delivered/south": 70}, (1, 1): {"delivered/west": 30}}
    assert split(plan, told) == expected


@pytest.mark.parametrize(
    "alien",
    [
        row(9, Fact.DELIVERED, 2, NORTH, 100),
        row(9, Fact.DELIVERED, 1, 3, 100),
        row(9, Fact.DELIVERED, 1, NOBODY, 100),
        row(9, Fact.DELIVERED, 1, NORTH, 100, line=1),
        row(9, Fact.LOST, 1, line=2),
        (9, len(Fact), 0, 1, 1, NORTH, 0, 0),
        placed(5, order=0),
    ],
)
def test_a_ledger_of_another_scenario_is_refused(plan: Plan, alien: Row) -> None:
    with pytest.raises(ExportsimError, match="another scenario"):
        split(plan, rows(placed(100), placed(100, line=1), alien))


# ------------------------------------------------------------------ one order, two plays


def delivered(**suppliers: int) -> list[Row]:
    numbers = {"north": NORTH, "south": SOUTH, "west": WEST}
    return [row(9, Fact.DELIVERED, 1, numbers[name], cents) for name, cents in suppliers.items()]


REFERENCE = rows(placed(100), *delivered(north=60, south=40))


def test_what_has_the_same_fate_stays_and_the_rest_moves(plan: Plan) -> None:
    policy = rows(placed(100), *delivered(south=70), row(10, Fact.DENIED, 1, NORTH), lost(10, 30))
    assert moved(plan, REFERENCE, policy) == [
        ("delivered/south", "delivered/south", 40),
        ("delivered/north", "delivered/south", 30),
        ("delivered/north", "lost/refused", 30),
    ]


def test_the_rest_moves_in_the_order_of_fates(plan: Plan) -> None:
    policy = rows(placed(100), *delivered(west=75))
    assert moved(plan, REFERENCE, policy) == [
        ("delivered/north", "delivered/west", 60),
        ("delivered/south", "delivered/west", 15),
        ("delivered/south", "pending", 25),
    ]


def test_the_other_way_round_the_moves_are_the_same_turned_round(plan: Plan) -> None:
    policy = rows(placed(100), *delivered(west=75))
    there, back = moved(plan, REFERENCE, policy), moved(plan, policy, REFERENCE)
    assert sorted(there) == sorted((before, after, cents) for after, before, cents in back)


@pytest.mark.parametrize(
    "other",
    [[placed(101)], [placed(100), placed(5, order=2)], [placed(100), placed(5, line=1)], []],
    ids=["value", "order", "line", "nothing"],
)
def test_ledgers_of_different_futures_are_refused(plan: Plan, other: list[Row]) -> None:
    for pair in ((REFERENCE, rows(*other)), (rows(*other), REFERENCE)):
        with pytest.raises(ExportsimError, match="same future"):
            Mover(plan).moves(*pair)


def test_a_ledger_may_be_longer_than_all_before(plan: Plan) -> None:
    mover = Mover(plan)
    many = rows(*(placed(100, order=order) for order in range(1, 5000)))
    assert mover.moves(many, many)[:, 4].sum() == 499_900


def test_a_sum_past_64_bits_is_an_error(plan: Plan) -> None:
    mover, sums = Mover(plan), np.array([MOST - 50])
    one = mover.moves(REFERENCE, REFERENCE)
    add(one, np.zeros((len(plan.names.lines), len(fates(plan)), len(fates(plan))), dtype=np.int64), sums)
    with pytest.raises(ExportsimError, match="quadrillion"):
        check_sums(sums)


# ------------------------------------------------------------------ a result


@pytest.fixture(scope="module")
def result() -> Result:
    return exportsim.run(build(world()), futures=8, engine="reference", keep_ledgers=True)


def cents(values: Any) -> list[int]:
    return [round(value * 100) for value in values]


def test_margins_are_the_two_policies_totals(result: Result) -> None:
    table, outcomes = result.fates("stop"), result.outcomes
    for side, policy in (("reference_fate", "free"), ("policy_fate", "stop")):
        margin = table.groupby(side, observed=False)["cents"].sum()
        found = outcomes.loc[policy]
        for supplier in ("north", "south", "west"):
            assert margin[f"delivered/{supplier}"] == sum(cents(found[f"delivered/{supplier}"]))
        assert margin[[fate for fate in ENDS if fate.startswith("lost/")]].sum() == sum(cents(found["lost"]))
        assert margin["pending"] == sum(cents(found["pending"]))
    assert (table["reference_fate"] != table["policy_fate"]).any()


def test_value_is_the_mean_of_a_future_and_share_that_of_the_fate_before(result: Result) -> None:
    table = result.fates("stop")
    np.testing.assert_allclose(table["value"] * 800, table["cents"])
    np.testing.assert_allclose(table.groupby("reference_fate", observed=True)["share"].sum(), 1)
    before = table.groupby("reference_fate", observed=True)["cents"].transform("sum")
    np.testing.assert_allclose(table["share"], table["cents"] / before)


def test_fates_by_line_and_goods_add_up_to_those_of_all(result: Result) -> None:
    whole, sides = result.fates("stop"), ["reference_fate", "policy_fate"]
    for by, columns in (
        (["line"], ["line"]),
        (["goods", "line"], ["goods", "line"]),
        (["destination"], ["destination"]),
    ):
        table = result.fates("stop", by=by)
        assert list(table.columns[: len(columns)]) == columns
        summed = table.groupby(sides, observed=True)["cents"].sum().reset_index()
        pd.testing.assert_frame_equal(summed, whole[[*sides, "cents"]])
    engines = result.fates("stop", by=["goods"]).query("goods == 'engines'")
    suppliers = {fate for side in sides for fate in engines[side] if fate.startswith("delivered/")}
    assert suppliers == {"delivered/west"}


def test_the_orders_of_each_future_add_up_to_the_table(result: Result) -> None:
    sides = ["reference_fate", "policy_fate"]
    orders = pd.concat([result.fates("stop", future=future, by=["goods"]) for future in range(result.futures)])
    summed = orders.groupby(sides, observed=True)["cents"].sum().reset_index()
    pd.testing.assert_frame_equal(summed, result.fates("stop")[[*sides, "cents"]])
    assert list(orders.columns) == ["line", "goods", "order", *sides, "value", "cents"]
    assert set(orders.query("line == 'other'")["goods"]) == {"engines"}


def test_against_itself_or_its_like_nothing_moves(result: Result) -> None:
    for table in (result.fates("none"), result.fates("stop", "stop")):
        assert (table["reference_fate"].astype(str) == table["policy_fate"].astype(str)).all()
    waterfall = result.waterfall("none")
    assert list(waterfall["bar"]) == ["reference", "kept/same", "policy", "difference"]
    assert waterfall["cents"].tolist()[-1] == 0


def test_a_pair_is_played_once_for_its_fates_its_waterfall_and_its_hysteresis(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    again, measured = dataclasses.replace(result), Futures.measured
    asked: list[Any] = []

    def noted(self: Futures, *given: Any, **more: Any) -> Any:
        asked.append(given[1])
        return measured(self, *given, **more)

    monkeypatch.setattr(Futures, "measured", noted)
    policy = next(name for name in again.policies if name != again.scenario.reference)
    pair = (again.scenario.reference, policy)
    for ask in (again.waterfall, again.hysteresis, again.waterfall, again.fates):
        ask(policy)
    again.fates(policy, by=["line", "goods"])
    assert asked == [pair]
    again.waterfall(policy, policy)
    again.waterfall(policy, by=["line"])
    assert asked == [pair, (policy, policy), pair]


def test_the_bars_of_the_waterfall_are_the_difference_in_exports_to_the_cent(result: Result) -> None:
    exports = {name: cents(result.outcomes.loc[name, "exports"]) for name in ("free", "stop")}
    table = result.waterfall("stop").set_index("bar")
    assert table.loc["reference", "cents"] == sum(exports["free"])
    assert table.loc["policy", "cents"] == sum(exports["stop"])
    change = table.query("part == 'change'")["cents"]
    assert change.sum() == table.loc["difference", "cents"] == sum(exports["stop"]) - sum(exports["free"]) != 0
    kept = table.query("part == 'kept'")["cents"].sum()
    assert kept - change[change < 0].sum() == sum(exports["free"])
    assert kept + change[change > 0].sum() == sum(exports["stop"])


def test_bars_have_the_intervals_of_the_comparison(result: Result) -> None:
    table = result.waterfall("stop").set_index("bar")
    compared = result.compare().loc["stop", "exports"]
    for column in ("mean", "low", "high", "sd", "n"):
        assert table.loc["difference", column] == pytest.approx(compared[column])
    assert set(table["unit"]) == {"CAD"}


def test_bars_by_line_add_up_to_those_of_all(result: Result) -> None:
    whole, table = result.waterfall("stop").set_index("bar")["cents"], result.waterfall("stop", by=["line"])
    assert table.groupby("bar")["cents"].sum().to_dict() == whole.to_dict()
    assert set(table["line"]) == {"line", "other"}


def test_played_again_by_the_compiled_engine_it_is_the_same(result: Result) -> None:
    again = exportsim.run(build(world()), futures=8)
    pd.testing.assert_frame_equal(again.fates("stop", by=["line"]), result.fates("stop", by=["line"]))
    pd.testing.assert_frame_equal(again.waterfall("stop"), result.waterfall("stop"))
    pd.testing.assert_frame_equal(again.hysteresis("stop"), result.hysteresis("stop"))


def test_what_several_threads_find_is_added_up(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    both_at_work, take = threading.Barrier(2), module.add

    def take_in_turn(*arguments: Any) -> None:
        both_at_work.wait(timeout=60)
        take(*arguments)

    monkeypatch.setattr(playing_settings, "usable_cores", lambda: 2)
    monkeypatch.setattr(executors, "THREADS_CHUNK", 0.0)  # a future each
    monkeypatch.setattr(plays, "MOMENT", 1e9)  # nothing is over so soon that threads are not worth while
    monkeypatch.setattr(module, "add", take_in_turn)
    threaded = dataclasses.replace(result, provenance={**result.provenance, "engine": "compiled"})
    tables = threaded.fates("stop"), threaded.waterfall("stop")
    monkeypatch.undo()
    pd.testing.assert_frame_equal(tables[0], result.fates("stop"))
    pd.testing.assert_frame_equal(tables[1], result.waterfall("stop"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"policy": "stopp"}, "did you mean `stop`"),
        ({"policy": "stop", "reference": "fre"}, "did you mean `free`"),
        ({"policy": "stop", "by": ["lines"]}, "did you mean `line`"),
        ({"policy": "stop", "by": "line"}, "expected a list"),
        ({"policy": "stop", "future": 8}, "from 0 to 7"),
    ],
)
def test_what_does_not_exist_is_told(result: Result, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ExportsimError, match=said):
        result.fates(**asked)


# ------------------------------------------------------------------ the waterfall by hand


def test_every_bar_by_hand() -> None:
    from exportsim.analysis.fate_tables import bar_rows, groups, waterfall_frame

    plan = compile_plan(build(world()))
    told = groups(plan, ())
    numbered = bar_rows(plan, told.of_line)
    sums = np.zeros((1, len(numbered.key)), dtype=np.int64)
    value = 1000
    # Of each pair of fates an order of the first line, each of another value.
    wanted = Counter[str]()
    exports = [0, 0]
    names = fates(plan)
    exported = {"delivered/north", "delivered/west"}
    for before in names:
        for after in names:
            row = numbered.of_move[0, names.index(before), names.index(after)]
            if row >= 0:
                sums[0, row] += value
            exports[0] += value * (before in exported)
            exports[1] += value * (after in exported)
            if before in exported and after in exported:
                wanted["kept/same" if before == after else "kept/other"] += value
            elif before in exported:
                wanted[{"pending": "delayed", "delivered/south": "taken_over/south"}.get(after, after)] -= value
            elif after in exported:
                wanted[f"gained/{before}"] += value
            value += 7
    table = waterfall_frame(sums, numbered, told, plan).set_index("bar")
    assert table.query("part in ('kept', 'change')")["cents"].to_dict() == wanted
    assert table.loc[["reference", "policy", "difference"], "cents"].tolist() == [*exports, exports[1] - exports[0]]
    assert [bar for bar in table.index if "/" not in bar] == ["reference", "delayed", "before", "policy", "difference"]
    assert len(table) == 3 + 2 + 7 + 7


# ------------------------------------------------------------------ hysteresis


def acts(policy: str, plan: Plan) -> list[Row]:
    """The rows of a policy's dated measures."""
    written = plan.policies[plan.names.policies.index(policy)]
    return [
        (int(minute), Fact.MEASURE, -1, 0, 0, NOBODY, branch, -1)
        for branch, minute in enumerate(written.minute)
    ]  # fmt: skip


BEGIN, END = 366 * DAY, 731 * DAY  # of the policy `stop`: 2021


def hysteresis_of(plan: Plan, *told: Row, policy: str = "stop") -> tuple[np.ndarray, np.ndarray]:
    """The restriction's figures, and those of each supplier."""
    measured = Hysteresis(plan, plan.names.policies.index("free"), plan.names.policies.index(policy))
    figures = measured.figures(rows(), rows(*acts(policy, plan), *told))
    return figures[:3], figures[3:].reshape(-1, 5)


def test_shares_before_during_and_after_are_those_of_the_suppliers_market(plan: Plan) -> None:
    found, suppliers = hysteresis_of(
        plan,
        row(-1, Fact.DELIVERED, 1, SOUTH, 999),
        row(0, Fact.DELIVERED, 1, NORTH, 30),
        row(365, Fact.DELIVERED, 1, SOUTH, 10),
        row(5, Fact.DELIVERED, 1, WEST, 60, line=1),
        row(366, Fact.DELIVERED, 1, SOUTH, 8),
        row(730, Fact.DELIVERED, 1, NORTH, 2),
        row(731, Fact.DELIVERED, 1, NORTH, 1),
        row(800, Fact.DELIVERED, 1, SOUTH, 3),
    )
    assert found.tolist() == [1, 1, 365]
    # The market of north and south is the first line, that of west both.
    np.testing.assert_allclose(suppliers[NORTH, :3], [30 / 40, 2 / 10, 1 / 4])
    np.testing.assert_allclose(suppliers[SOUTH, :3], [10 / 40, 8 / 10, 3 / 4])
    np.testing.assert_allclose(suppliers[WEST, :3], [60 / 100, 0, 0])


def test_half_the_old_share_is_regained_where_the_last_years_share_reaches_it(plan: Plan) -> None:
    told = [
        row(10, Fact.DELIVERED, 1, NORTH, 100),
        row(700, Fact.DELIVERED, 1, SOUTH, 10),
        row(740, Fact.DELIVERED, 1, NORTH, 9),
    ]
    _, suppliers = hysteresis_of(plan, *told, row(750, Fact.DELIVERED, 1, NORTH, 1))
    assert suppliers[NORTH, 3:].tolist() == [1, 750 - 731]
    # Without that cent it waits until the delivery of day 700 is a year old.
    _, suppliers = hysteresis_of(plan, *told)
    assert suppliers[NORTH, 3:].tolist() == [1, 700 + 365 - 731]


def test_a_share_that_was_never_lost_is_regained_at_once(plan: Plan) -> None:
    _, suppliers = hysteresis_of(plan, row(10, Fact.DELIVERED, 1, NORTH, 100), row(700, Fact.DELIVERED, 1, NORTH, 10))
    assert suppliers[NORTH, 3:].tolist() == [1, 0]


def test_a_share_that_is_not_regained_has_no_time(plan: Plan) -> None:
    _, suppliers = hysteresis_of(plan, row(10, Fact.DELIVERED, 1, NORTH, 100), row(740, Fact.DELIVERED, 1, SOUTH, 10))
    assert suppliers[NORTH, 3] == 0 and math.isnan(suppliers[NORTH, 4])
    assert np.isnan(suppliers[SOUTH, 3:]).all()  # it had no share to regain


def test_what_was_delivered_before_the_period_does_not_bring_a_share_back() -> None:
    plan = compile_plan(build(world(policies={"free": {"measures": []}, "stop": {"measures": [HOLD, LIFT]}})))
    deliveries = [row(5, Fact.DELIVERED, 1, NORTH, 10), row(20, Fact.DELIVERED, 1, SOUTH, 30)]
    _, suppliers = hysteresis_of(plan, row(-5, Fact.DELIVERED, 1, NORTH, 1000), *deliveries)
    assert suppliers[NORTH, [0, 3]].tolist() == [1, 0]


def test_a_policy_that_stops_nothing_has_no_restriction(plan: Plan) -> None:
    found, suppliers = hysteresis_of(plan, row(10, Fact.DELIVERED, 1, NORTH, 100), policy="none")
    assert found[0] == 0 and np.isnan(found[1:]).all() and np.isnan(suppliers).all()


def restricted(*measures: dict[str, Any], reference: list[dict[str, Any]] | None = None, more: Any = ()) -> Any:
    policies = {"free": {"measures": reference or []}, "tried": {"measures": list(measures)}}
    gac = world()["authorities"]["gac"] | {"case_by_case": {"review": []}}
    plan = compile_plan(build(world(policies=policies, authorities={"gac": gac})))
    found = Hysteresis(plan, 0, 1).restriction(rows(*acts("free", plan)), rows(*acts("tried", plan), *more))
    return None if found is None else tuple(None if minute is None else minute / DAY for minute in found)


HOLD, LIFT = {"on": "2020-01-11", "applications": "hold"}, {"on": "2020-02-01", "applications": "open"}


def test_a_restriction_lasts_from_the_first_stop_to_the_last() -> None:
    assert restricted(HOLD, LIFT) == (10, 31)
    assert restricted(HOLD, LIFT | {"goods": ["sensors"]}, {"on": "2020-03-01", "applications": "open"}) == (10, 60)
    assert restricted(HOLD, LIFT, HOLD | {"on": "2020-03-01"}, LIFT | {"on": "2020-04-01"}) == (10, 91)
    assert restricted({"on": "2020-01-11", "permits": "suspended"}, {"on": "2020-02-01", "permits": "in_force"}) == (
        10,
        31,
    )
    assert restricted(HOLD | {"applications": "deny"}, LIFT) == (10, 31)


def test_a_restriction_that_is_not_lifted_has_no_end() -> None:
    assert restricted(HOLD) == (10, None)
    assert restricted(HOLD, LIFT | {"goods": ["sensors"]}) == (10, None)


def test_case_by_case_is_no_restriction_and_ends_one() -> None:
    assert restricted(HOLD | {"applications": "case_by_case"}) is None
    assert restricted(HOLD, LIFT | {"applications": "case_by_case"}) == (10, 31)


def test_what_the_reference_stops_too_is_no_restriction() -> None:
    assert restricted(HOLD, LIFT, reference=[HOLD, LIFT]) is None
    assert restricted(HOLD, LIFT, reference=[HOLD | {"on": "2020-01-21"}, LIFT]) == (10, 20)


def test_a_cancellation_is_a_restriction_of_its_minute() -> None:
    cancelled = row(15, Fact.CANCELLED, 1, NORTH, 100)
    assert restricted({"on": "2020-01-16", "cancel": "all"}, more=[cancelled]) == (15, 15)
    assert restricted(HOLD, LIFT, more=[row(40, Fact.CANCELLED, 1, NORTH, 100)]) == (10, 40)
    assert restricted({"on": "2020-01-16", "cancel": "all"}) is None  # nothing was there to cancel


def test_the_table_of_hysteresis_counts_the_futures_that_each_figure_rests_on(result: Result) -> None:
    table = result.hysteresis("stop").set_index(["supplier", "figure"])
    assert table.loc[("", "restriction"), ["mean", "n"]].tolist() == [365, 8]
    assert table.loc[("", "lifted"), "mean"] == 1
    shares = table.loc[[("north", "before"), ("south", "before")], "mean"]
    assert 0 < shares.sum() < 1
    west = table.loc["west"]
    assert west.loc["regained", "n"] == 8
    assert west.loc["time_to_half", "n"] == round(west.loc["regained", "mean"] * 8)
    never = result.hysteresis("none").set_index(["supplier", "figure"])
    assert never.loc[("", "restricted"), "mean"] == 0 and never["n"].drop(("", "restricted")).eq(0).all()


def test_a_share_of_futures_has_wilsons_interval() -> None:
    found = futures_share(interval([1.0] * 3 + [0.0] * 7 + [math.nan]))
    assert found.n == 10 and found.mean == 0.3
    assert (found.low, found.high) == pytest.approx((0.10779, 0.60322), abs=1e-5)  # Newcombe's formulas, by hand
    assert futures_share(interval([1.0] * 10))[1:3] == pytest.approx((0.72247, 1), abs=1e-5)


# ------------------------------------------------------------------ whatever the scenario


REGISTERS = Path(tempfile.mkdtemp(prefix="registers-"))
atexit.register(shutil.rmtree, REGISTERS, ignore_errors=True)


def played(scenario: Scenario, future: int) -> tuple[Plan, list[Any]]:
    plan = compile_plan(scenario)
    return plan, [
        simulate(plan, policy, seed=1, future=future, engine="compiled") for policy in range(len(plan.policies))
    ]


@given(testing.scenarios(folder=REGISTERS), st.integers(0, 3))
def test_splits_are_what_the_outcomes_say(scenario: Scenario, future: int) -> None:
    plan, ledgers = played(scenario, future)
    for ledger in ledgers:
        found, total = measure(ledger, plan).outcomes, Counter[str]()
        ordered = {
            (line, order): amount
            for _, fact, line, order, _, _, _, amount in ledger.rows() if fact == Fact.ORDERED
        }  # fmt: skip
        splits = split(plan, rows_of(ledger))
        assert {key: sum(parts.values()) for key, parts in splits.items()} == ordered
        for parts in splits.values():
            assert min(parts.values()) > 0
            total.update(parts)
        for supplier in plan.names.suppliers:
            assert total[f"delivered/{supplier}"] == round(100 * found[f"delivered/{supplier}"])
        assert sum(total[fate] for fate in ENDS if fate.startswith("lost/")) == round(100 * found["lost"])
        assert total["pending"] == round(100 * found["pending"])


@given(testing.scenarios(folder=REGISTERS), st.integers(0, 3))
def test_the_moves_of_any_two_policies_have_their_splits_as_margins(scenario: Scenario, future: int) -> None:
    plan, ledgers = played(scenario, future)
    mover, (first, *_, last) = Mover(plan), [rows_of(ledger) for ledger in ledgers]
    moves = mover.moves(first, last).copy()
    before, after = mover.splits(first), mover.splits(last)
    for column, splits in ((2, before), (3, after)):
        margin = Counter[tuple[int, ...]]()
        for move in moves.tolist():
            margin[move[0], move[1], move[column]] += move[4]
        assert margin == {tuple(key): cents for *key, cents in splits.tolist()}
    # No more stays anywhere than can, and no less.
    stayed = Counter({(line, order, a): cents for line, order, a, b, cents in moves.tolist() if a == b})
    both = Counter({tuple(key): cents for *key, cents in before.tolist()}) & Counter(
        {tuple(key): cents for *key, cents in after.tolist()}
    )
    assert stayed == both
    turned = mover.moves(last, first)[:, [0, 1, 3, 2, 4]]
    assert sorted(turned.tolist()) == sorted(moves.tolist())


@given(testing.scenarios(folder=REGISTERS, max_policies=1), st.integers(1, 3))
def test_bars_and_fates_of_any_result_are_exact(scenario: Scenario, futures: int) -> None:
    result = exportsim.run(scenario, futures=futures, keep_ledgers=True)
    policy = result.policies[-1]
    exports = [sum(cents(result.outcomes.loc[name, "exports"])) for name in (scenario.reference, policy)]
    bars = result.waterfall(policy, by=["line"]).groupby("part")["cents"].sum()
    assert bars.get("change", 0) == bars["difference"] == exports[1] - exports[0]
    assert bars["exports"] == sum(exports)
    assert len(result.hysteresis(policy)) == 3 + 5 * len(result.plan.names.suppliers)
