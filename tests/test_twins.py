"""Two engines, one meaning: reference and compiled write the same ledger, row for row, bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportsim import ExportsimError, Ledger, Scenario, load, testing
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.engine.compiled.heap import pop, push
from exportsim.plan import Plan
from exportsim.scenario import build, explicit_text

SHIPPED = sorted((Path(__file__).parents[1] / "scenarios").glob("*.yaml"))


def assert_twins(plan: Plan, scenario: Scenario, policy: int, *, seed: int, future: int) -> None:
    """Both engines agree; if not, say where, and give the scenario that shows it."""
    reference, compiled = (
        simulate(plan, policy, seed=seed, future=future, engine=name) for name in ("reference", "compiled")
    )
    if reference == compiled:
        return
    rows = list(zip(reference.rows(), compiled.rows(), strict=False))
    first = next((place for place, (one, other) in enumerate(rows) if one != other), len(rows))
    around = [ledger.frame().iloc[max(first - 3, 0) : first + 4].to_string() for ledger in (reference, compiled)]
    name = plan.names.policies[policy]
    pytest.fail(
        f"row {first} of policy {name}, seed {seed}, future {future}\nreference:\n{around[0]}\ncompiled:\n{around[1]}\n"
        + explicit_text(scenario)
    )


@settings(max_examples=400)
@given(testing.scenarios(), st.integers(0, 3), st.integers(0, 2))
def test_every_policy_of_any_world_has_one_ledger(scenario: Scenario, future: int, seed: int) -> None:
    plan = compile_plan(scenario)
    for policy in range(len(plan.policies)):
        assert_twins(plan, scenario, policy, seed=seed, future=future)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_scenarios_have_one_ledger(path: Path) -> None:
    scenario = load(path)
    plan = compile_plan(scenario)
    for future in range(5):
        for policy in range(len(plan.policies)):
            assert_twins(plan, scenario, policy, seed=0, future=future)


def world(**changes: object) -> Scenario:
    return build(
        {
            "exportsim": 1,
            "period": {"start": "2020-01-01", "end": "2020-12-31"},
            "currency": "EUR",
            "goods": {"lamps": {}},
            "authorities": {"office": {"country": "CA", "validity": "1d"}},
            "suppliers": {"maker": {"country": "CA", "authority": "office", "slots": 1, "lead_time": "30d"}},
            "demand": {
                "x": {
                    "buyer": "b", "destination": "TR", "goods": "lamps", "orders": "20/y", "value": 100,
                    "sources": {"maker": {}},
                },
            },
            "policies": {"none": {}},
        }
        | changes
    )  # fmt: skip


def test_a_ledger_longer_than_the_first_guess_is_played_again_with_more_room() -> None:
    """Permits of a day for work of a month: hundreds of attempts an order, and as many stale events."""
    plan = compile_plan(world())
    ledger = simulate(plan, 0, seed=1, future=0, engine="compiled")
    orders = int((ledger.attempt == 0).sum())
    assert len(ledger) > 32 * orders + 256
    assert ledger == simulate(plan, 0, seed=1, future=0)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_an_order_without_end_is_the_users_mistake(engine: str) -> None:
    authorities = {"office": {"country": "CA", "validity": "1min"}}
    plan = compile_plan(world(authorities=authorities))
    with pytest.raises(ExportsimError, match="more than 65535 attempts: is validity too short"):
        simulate(plan, 0, seed=1, future=0, engine=engine)


def test_python_in_a_run_needs_the_reference_engine() -> None:
    plan = compile_plan(world())
    with pytest.raises(ExportsimError, match="they need engine `reference`"):
        simulate(plan, 0, seed=1, future=0, engine="compiled", observers=[print])


def test_the_comparison_sees_a_single_wrong_cent() -> None:
    plan = compile_plan(world())
    ledger = simulate(plan, 0, seed=1, future=0)
    rows = ledger.rows()
    rows[-1] = (*rows[-1][:-1], rows[-1][-1] + 1)
    other = Ledger.of(rows, names=ledger.names, origin=ledger.origin, policy=0, seed=1, future=0)
    assert other != ledger


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=60))
def test_the_heap_gives_events_in_order(events: list[tuple[int, int]]) -> None:
    keys, notes = np.empty(60, dtype=np.int64), np.empty(60, dtype=np.int64)
    for size, (key, note) in enumerate(events):
        push(keys, notes, size, key, note)
    taken = []
    for size in range(len(events), 0, -1):
        left = pop(keys, notes, size)
        taken.append((keys[left], notes[left]))
    assert taken == sorted(events)
