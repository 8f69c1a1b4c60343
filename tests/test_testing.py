"""The strategies give valid scenarios, cheaply, and reach every part of the model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

import exportsim
from exportsim import testing
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.lifecycle import Fact
from exportsim.scenario import build
from exportsim.scenario.schema import Scenario

quick = settings(
    max_examples=200, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


@given(testing.mappings())
def test_generated_mappings_are_valid_scenarios(mapping: dict[str, Any]) -> None:
    assert isinstance(build(mapping, allow_outside=True), Scenario)


def test_registers_are_written_where_one_says(tmp_path: Path) -> None:
    scenario = find(
        testing.scenarios(max_days=60, folder=tmp_path),
        lambda one: any(hasattr(line.orders, "register_") for line in one.demand.values()),
        settings=quick,
    )
    assert any(tmp_path.glob("*.csv"))
    ledger = exportsim.simulate(scenario, policy="unrestricted", future=0)
    assert any(row[1] == Fact.ORDERED for row in ledger.rows())


def has_measure(**wanted: Any) -> Any:
    def found(scenario: Scenario) -> bool:
        return any(
            all(getattr(measure, name) == value for name, value in wanted.items())
            for policy in scenario.policies.values()
            for measure in policy.measures
        )

    return found


BEGINNINGS, FROM_EACH = 12, 40
APPLICATIONS = ("exempt", "open", "case_by_case", "hold", "deny")
REACHED: dict[str, Any] = {
    **{f"applications {regime}": has_measure(applications=regime) for regime in APPLICATIONS},
    "permits suspended": has_measure(permits="suspended"),
    "permits in force": has_measure(permits="in_force"),
    "cancel suspended": has_measure(cancel="suspended"),
    "cancel all": has_measure(cancel="all"),
    "officers": lambda scenario: any(m.officers for p in scenario.policies.values() for m in p.measures),
    "outcomes": lambda scenario: any(m.outcomes for p in scenario.policies.values() for m in p.measures),
    "evidence": lambda scenario: any(m.after for p in scenario.policies.values() for m in p.measures),
    "thresholds with release": lambda scenario: any(m.then for p in scenario.policies.values() for m in p.measures),
    "exceptions": lambda scenario: any(m.except_ for p in scenario.policies.values() for m in p.measures),
    "extends with exceptions": lambda scenario: any(p.extends and p.except_ for p in scenario.policies.values()),
    "traffic": lambda scenario: any(a.traffic.applications.per_year > 0 for a in scenario.authorities.values()
                                    if hasattr(a.traffic.applications, "per_year")),
    "holidays": lambda scenario: any(isinstance(a.calendar.holidays, list) for a in scenario.authorities.values()),
    "holidays of an office": lambda scenario: any(
        getattr(a.calendar.holidays, "category", None) for a in scenario.authorities.values()
    ),
    "long weekends": lambda scenario: any(len(a.calendar.weekend) > 4 for a in scenario.authorities.values()),
    "weekends that change": lambda scenario: any(
        isinstance(a.calendar.weekend, dict) for a in scenario.authorities.values()
    ),
    "ramp-up": lambda scenario: any(s.ramp_up.minutes for s in scenario.suppliers.values()),
    "qualification at disruption": lambda scenario: any(
        source.qualification is not None and source.qualification.starts == "disruption"
        for line in scenario.demand.values()
        for source in line.sources.values()
    ),
    "programmes": lambda scenario: any(line.programmes for line in scenario.demand.values()),
    "trust": lambda scenario: any(line.trust.loss.deny for line in scenario.demand.values()),
    "warm-up": lambda scenario: scenario.period.warm_up.minutes > 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def seen() -> tuple[set[str], set[str]]:
    """The parts of the model and the facts that some examples reach: a few hundred at most, as many as it takes.

    What is drawn depends on the modules that are loaded, so that no number of examples is enough wherever it is tried.
    """
    parts: set[str] = set()
    facts: set[str] = set()
    for beginning in range(BEGINNINGS):

        @seed(beginning)
        @settings(quick, max_examples=FROM_EACH)
        @given(testing.scenarios(max_days=60), st.integers(0, 3))
        def look(scenario: Scenario, future: int) -> None:
            parts.update(what for what, reached in REACHED.items() if what not in parts and reached(scenario))
            plan = compile_plan(scenario)
            for policy in range(len(plan.policies)):
                ledger = simulate(plan, policy, seed=1, future=future, engine="compiled")
                facts.update(Fact(fact).word for fact in set(ledger.fact.tolist()))

        look()
        if parts == REACHED.keys() and len(facts) == len(Fact):
            break
    return parts, facts


@pytest.mark.long
def test_every_part_of_the_model_is_reached(seen: tuple[set[str], set[str]]) -> None:
    assert REACHED.keys() - seen[0] == set()


@pytest.mark.long
def test_every_fact_happens_somewhere(seen: tuple[set[str], set[str]]) -> None:
    assert {fact.word for fact in Fact} - seen[1] == set()


@pytest.mark.long
def test_crowded_worlds_are_crowded(tmp_path: Path) -> None:
    """In most there are orders that share a minute, in many there are orders that come to a second attempt."""
    together: list[bool] = []
    again: list[bool] = []
    for beginning in range(BEGINNINGS):

        @seed(beginning)
        @settings(quick, max_examples=FROM_EACH)
        @given(testing.scenarios(crowded=True, folder=tmp_path, max_policies=1))
        def look(scenario: Scenario) -> None:
            ledger = exportsim.simulate(scenario, policy="historical", future=0, engine="compiled")
            minutes = ledger.minute[ledger.fact == Fact.ORDERED].tolist()
            together.append(len(set(minutes)) < len(minutes))
            again.append(bool((ledger.attempt > 1).any()))

        look()
    assert sum(together) > len(together) / 2
    assert sum(again) > len(again) / 4


def test_simple_scenarios_come_first() -> None:
    """What fails is shrunk to the smallest world there is."""
    smallest = find(testing.mappings(), lambda mapping: True, settings=quick)
    assert [len(smallest[part]) for part in ("authorities", "suppliers", "demand")] == [1, 1, 1]
    assert smallest["policies"] == {"unrestricted": {"measures": []}, "historical": {"measures": []}}


def test_the_package_does_not_need_hypothesis() -> None:
    code = "import sys, exportsim, exportsim.invariants; exportsim.build; assert 'hypothesis' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
