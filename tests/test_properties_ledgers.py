"""What holds of the ledger of every scenario, policy and future."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import exportsim
from exportsim import invariants, testing
from exportsim.compile import compile_plan
from exportsim.ledger import COLUMNS
from exportsim.scenario import build, digest, explicit
from exportsim.scenario.schema import Scenario
from worlds import two_sources

REGISTERS = Path(tempfile.mkdtemp(prefix="registers-"))
atexit.register(shutil.rmtree, REGISTERS, ignore_errors=True)

scenarios = testing.scenarios(folder=REGISTERS)
futures = st.integers(0, 3)


@given(scenarios, futures)
def test_every_ledger_keeps_every_rule(scenario: Scenario, future: int) -> None:
    for policy in scenario.policies:
        invariants.check(exportsim.simulate(scenario, policy=policy, future=future), scenario)


@given(scenarios)
def test_every_plan_is_what_its_scenario_says(scenario: Scenario) -> None:
    invariants.check_plan(compile_plan(scenario), scenario)


@given(testing.scenarios(folder=REGISTERS, crowded=True))
def test_every_crowded_plan_is_what_its_scenario_says(scenario: Scenario) -> None:
    invariants.check_plan(compile_plan(scenario), scenario)


@given(scenarios, futures, st.integers(0, 2))
def test_the_same_address_gives_the_same_ledger(scenario: Scenario, future: int, seed: int) -> None:
    policy = list(scenario.policies)[-1]
    once, again = (exportsim.simulate(scenario, policy=policy, future=future, seed=seed) for _ in range(2))
    assert once == again


@given(scenarios, futures)
def test_time_and_money_are_whole_numbers(scenario: Scenario, future: int) -> None:
    ledger = exportsim.simulate(scenario, policy=list(scenario.policies)[-1], future=future)
    for column in COLUMNS:
        assert getattr(ledger, column).dtype == np.int64, column


@given(scenarios, futures)
def test_the_explicit_form_is_the_same_scenario(scenario: Scenario, future: int) -> None:
    again = build(explicit(scenario), allow_outside=True)
    assert explicit(again) == explicit(scenario)
    assert digest(again) == digest(scenario)
    for policy in scenario.policies:
        assert exportsim.simulate(again, policy=policy, future=future) == exportsim.simulate(
            scenario, policy=policy, future=future
        )


def test_an_application_that_a_measure_holds_is_not_held_twice() -> None:
    """The measure cancels a permit, and its order comes to the gate of a cell that the same measure has put on hold."""
    scenario = build(
        two_sources(
            period={"start": "2020-01-01", "end": "2020-03-01"},
            authorities__gac={"country": "CA"},
            suppliers__north__slots=9,
            suppliers__south={"country": "CA", "authority": "gac", "slots": 9, "lead_time": "30d"},
            demand__line__sources={"north": {}, "south": {}},
            demand__line__orders={"2020-01-01": "9/d", "2020-01-02": "0/y"}, demand__line__value=100,
            policies={"both": {"measures": [{"on": "2020-01-11", "applications": "hold", "cancel": "all"}]}},
        )
    )  # fmt: skip
    ledger = exportsim.simulate(scenario, policy="both", future=0)
    facts = ledger.frame().groupby("fact").size()
    assert facts["held"] == facts["cancelled"] > 0
    invariants.check(ledger, scenario)
