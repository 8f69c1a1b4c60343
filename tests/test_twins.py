"""Two engines, one meaning: reference and compiled write the same ledger, row for row, bit for bit.

An example is a scenario, every policy of which is played by both against one future. How many there are is said in
``conftest.py``; that these tests can fail is shown in ``test_mutants.py``.
"""

from __future__ import annotations

import atexit
import math
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportsim import ExportsimError, Ledger, Scenario, load, testing
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.engine.compiled import Player, Players, orders_expected
from exportsim.engine.compiled.luck_rows import ENDS
from exportsim.engine.compiled.tables import Luck
from exportsim.packed_rows import ledger_of
from exportsim.scenario import build, explicit_text
from exportsim.scenario.schema import Register
from worlds import one_office

SHIPPED = sorted((Path(__file__).parents[1] / "scenarios").glob("*.yaml"))
REGISTERS = Path(tempfile.mkdtemp(prefix="registers-"))
atexit.register(shutil.rmtree, REGISTERS, ignore_errors=True)

addresses = st.sampled_from([0, 1, 2, 2**32 - 1])  # of seeds and of futures
crowds = testing.scenarios(folder=REGISTERS, crowded=True)


def examples(times: int) -> settings:
    """So many times the examples of the profile."""
    return settings(max_examples=times * settings.default.max_examples)  # type: ignore[attr-defined]


def assert_same(expected: Ledger, found: Ledger, scenario: Scenario) -> None:
    """Two ledgers are one; if not, say where, and give the scenario that shows it."""
    if expected == found:
        return
    rows = list(zip(expected.rows(), found.rows(), strict=False))
    first = next((place for place, (one, other) in enumerate(rows) if one != other), len(rows))
    around = [ledger.frame().iloc[max(first - 3, 0) : first + 4].to_string() for ledger in (expected, found)]
    registers = [line.orders for line in scenario.demand.values() if isinstance(line.orders, Register)]
    pytest.fail(
        f"row {first} of policy {list(scenario.policies)[found.policy]}, seed {found.seed}, future {found.future}\n"
        f"expected:\n{around[0]}\nfound:\n{around[1]}\n{explicit_text(scenario)}"
        + "".join(f"\n{one.register_}:\n{Path(scenario.folder, one.register_).read_text()}" for one in registers)
    )


def assert_twins(scenario: Scenario, *, seed: int, future: int, most: int | None = None) -> None:
    """Both engines agree on every policy, or on the last ones, so many at most; what these share is played once."""
    plan = compile_plan(scenario)
    policies = range(len(plan.policies))[-(most or 0) :]
    for policy, rows in zip(policies, Players(plan, policies).play(seed=seed, future=future), strict=True):
        expected = simulate(plan, policy, seed=seed, future=future)
        assert_same(expected, ledger_of(rows, plan, policy, seed, future), scenario)


@examples(12)
@given(testing.scenarios(folder=REGISTERS), addresses, addresses)
def test_any_world_has_one_ledger(scenario: Scenario, seed: int, future: int) -> None:
    assert_twins(scenario, seed=seed, future=future)


@pytest.mark.long
@examples(5)
@given(testing.scenarios(max_days=60), addresses, addresses)
def test_any_world_whose_orders_come_at_a_rate_has_one_ledger(scenario: Scenario, seed: int, future: int) -> None:
    assert_twins(scenario, seed=seed, future=future)


@pytest.mark.long
@examples(20)
@given(crowds, addresses, addresses)
def test_any_crowded_world_has_one_ledger(scenario: Scenario, seed: int, future: int) -> None:
    assert_twins(scenario, seed=seed, future=future)


@pytest.mark.long
@examples(13)
@given(testing.scenarios(crowded=True), addresses, addresses)
def test_any_world_with_a_rush_has_one_ledger(scenario: Scenario, seed: int, future: int) -> None:
    assert_twins(scenario, seed=seed, future=future)


@pytest.mark.long
@examples(5)
@given(crowds, st.lists(st.tuples(addresses, addresses), min_size=2, max_size=4))
def test_a_player_has_forgotten_the_futures_before(scenario: Scenario, played: list[tuple[int, int]]) -> None:
    plan = compile_plan(scenario)
    policy = len(plan.policies) - 1
    player = Player(plan, policy)
    for seed, future in [*played, *reversed(played)]:
        assert_same(simulate(plan, policy, seed=seed, future=future), player.ledger(seed=seed, future=future), scenario)


@examples(3)
@given(crowds, st.integers(1, 20), addresses)
def test_luck_that_is_foreseen_in_windows_is_the_same(scenario: Scenario, most: int, future: int) -> None:
    """Windows of a few orders, and policies that take turns with them: in one play, and in plays of their own."""
    plan = compile_plan(scenario)
    luck, policies = Luck(plan, most), range(len(plan.policies))
    for players in [Players(plan, policies, luck), *(Players(plan, [policy], luck) for policy in policies)] * 2:
        for rows, policy in zip(players.play(seed=0, future=future), players.policies, strict=True):
            expected = simulate(plan, policy, seed=0, future=future)
            assert_same(expected, ledger_of(rows, plan, policy, 0, future), scenario)


def test_a_great_future_is_foreseen_in_windows_and_what_they_take_does_not_grow_with_it() -> None:
    plan = compile_plan(build(one_office(demand__x__orders="200/d", policies={"none": {}})))
    expected = orders_expected(plan)
    whole, windows = Luck(plan), Luck(plan, 1000)
    (end,), ends = whole.view(ENDS)[:, 0], windows.view(ENDS)[:, 0]
    assert end == ends[-1] == plan.end and whole.orders > expected
    assert np.diff(ends, prepend=plan.start).max() < 1000 / expected * (plan.end - plan.start) * 1.01
    assert 1000 - 3 * math.sqrt(1000) < windows.orders < 1000 + 8 * math.sqrt(1000)


@pytest.mark.long
@examples(5)
@given(crowds, addresses)
def test_players_grow_from_the_smallest_rooms(scenario: Scenario, future: int) -> None:
    plan = compile_plan(scenario)
    policies = range(len(plan.policies))
    players = Players(plan, policies)
    players._rooms = dict.fromkeys(players._rooms, 1)
    players._make_room()
    players._luck.make_room(1)
    for policy, rows in zip(policies, players.play(seed=0, future=future), strict=True):
        expected = simulate(plan, policy, seed=0, future=future)
        assert_same(expected, ledger_of(rows, plan, policy, 0, future), scenario)


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[pytest.mark.long] * (path.stem == "uk-licensing"), id=path.stem) for path in SHIPPED],
)
def test_shipped_scenarios_have_one_ledger(path: Path) -> None:
    """Of a national office, which the reference engine plays for fifteen seconds, by day a future of one policy."""
    scenario = load(path)
    examples = settings.default.max_examples  # type: ignore[attr-defined]
    futures = 500 * examples / orders_expected(compile_plan(scenario))
    for future in range(max(1, min(examples // 2, int(futures)))):
        assert_twins(scenario, seed=0, future=future, most=1 if futures < 1 else None)


def test_orders_that_come_several_a_minute_have_one_ledger() -> None:
    """A day of five orders a minute, and as many other applications."""
    scenario = world(
        period={"start": "2020-01-01", "end": "2020-01-01"},
        authorities={
            "office": {
                "country": "CA",
                "review": [{"stage": "desk", "officers": 40, "work": {"empirical": ["0d", "1min", "5min"]}}],
                "traffic": {"applications": "7200/d"},
                "approval": 0.5,
            }
        },
        suppliers={
            "maker": {"country": "CA", "authority": "office", "slots": 3, "lead_time": "1min"},
            "mill": {"country": "TR", "slots": 2, "lead_time": {"empirical": ["0d", "1min"]}},
        },
        demand={
            "x": {
                "buyer": "b", "destination": "TR", "goods": "lamps", "orders": "7200/d", "value": 100, "parts": 2,
                "sources": {"maker": {}, "mill": {}}, "patience": {"review": "10min"},
            },
        },
    )  # fmt: skip
    assert_twins(scenario, seed=0, future=0)
    minutes = simulate(compile_plan(scenario), 0, seed=0, future=0, engine="compiled").minute
    assert len(minutes) > 20 * len(set(minutes.tolist()))


def world(**changes: object) -> Scenario:
    usual = one_office(
        authorities={"office": {"country": "CA", "validity": "1d"}},
        demand__x__orders="20/y", demand__x__value=100, policies={"none": {}},
    )  # fmt: skip
    return build(usual | changes)


def test_a_ledger_longer_than_the_first_guess_is_played_again_with_more_room() -> None:
    """Permits of a day for work of a month: some thirty renewals an order, each of three facts."""
    plan = compile_plan(world())
    ledger = simulate(plan, 0, seed=1, future=0, engine="compiled")
    orders = int((ledger.attempt == 0).sum())
    assert len(ledger) > 32 * orders + 256
    assert ledger == simulate(plan, 0, seed=1, future=0)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_an_order_without_end_is_the_users_mistake(engine: str) -> None:
    authorities = {"office": {"country": "CA", "validity": "1min"}}
    suppliers = {"maker": {"country": "CA", "authority": "office", "slots": 1, "lead_time": "60d"}}
    plan = compile_plan(world(authorities=authorities, suppliers=suppliers))
    with pytest.raises(ExportsimError, match="reviewed more than 65535 times: is validity too short"):
        simulate(plan, 0, seed=1, future=0, engine=engine)


def test_python_in_a_run_needs_the_reference_engine() -> None:
    plan = compile_plan(world())
    with pytest.raises(ExportsimError, match="they need engine `reference`"):
        simulate(plan, 0, seed=1, future=0, engine="compiled", observers=[print])


def test_the_comparison_sees_a_single_wrong_cent_and_gives_a_scenario_that_shows_it(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("date\n2020-02-02\n2020-03-03\n")
    written = explicit_text(world()).replace("orders: 20/y", "orders: {register: orders.csv, date: date}")
    (tmp_path / "world.yaml").write_text(written)
    scenario = load(tmp_path / "world.yaml")
    ledger = simulate(compile_plan(scenario), 0, seed=1, future=0)
    rows = ledger.rows()
    rows[-1] = (*rows[-1][:-1], rows[-1][-1] + 1)
    other = Ledger.of(rows, names=ledger.names, origin=ledger.origin, policy=0, seed=1, future=0)
    with pytest.raises(pytest.fail.Exception) as failed:
        assert_same(ledger, other, scenario)
    said = str(failed.value)
    assert said.startswith(f"row {len(rows) - 1} of policy none, seed 1, future 0")
    assert "exportsim: 1" in said
    assert "orders.csv:\ndate\n2020-02-02" in said
