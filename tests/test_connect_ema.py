"""A scenario in the EMA Workbench: its own evaluators come to what a run with these values finds, bit for bit."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exportsim
from exportsim import ExportsimError, Scenario
from exportsim.connect import ema
from exportsim.connect.ema import identifiers
from exportsim.scenario import replace, vary
from exportsim.study.points import placed

SCENARIOS = Path(__file__).parents[1] / "scenarios"
UNCERTAINTIES = {
    "suppliers.turkish.ramp_up": {"triangular": ["2mo", "1y", "2y"]},
    "suppliers.british.slots": {"uniform": [1, 6]},
    "demand.radar-parts.orders": ["6/y", "20/y"],
    "demand.radar-parts.parts": [2],
}
NAMES = ["suppliers_turkish_ramp_up", "suppliers_british_slots", "demand_radar_parts_orders"]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return replace(exportsim.load(SCENARIOS / "quickstart.yaml"), uncertainties=UNCERTAINTIES)


@pytest.fixture(scope="module")
def model(scenario: Scenario) -> Any:
    return ema.model(scenario, futures=4, seed=3, outcomes=["exports", "final_share/turkish"])


def test_experiments_are_runs_with_these_values_bit_for_bit(scenario: Scenario, model: Any) -> None:
    workbench = ema._library()
    names = ["as-before", "licences-suspended"]
    experiments, outcomes = workbench.perform_experiments(model, scenarios=3, policies=ema.policies(scenario, names))
    worlds = ema.worlds(model, experiments)
    for place, row in enumerate(experiments.to_dict("records")):
        units = np.array([[row[NAMES[0]], row[NAMES[1]]]])
        drawn = placed({path: UNCERTAINTIES[path] for path in list(UNCERTAINTIES)[:2]}, units)[0]
        point = drawn | {"demand.radar-parts.orders": str(row[NAMES[2]]), "demand.radar-parts.parts": 2}
        assert worlds.iloc[place].dropna().to_dict() == {k: point[k] for k in list(UNCERTAINTIES)[:3]}
        policy = str(row["policy"])
        alone = exportsim.run(vary(scenario, point), futures=4, seed=3, policies=[policy]).summary()["mean"]
        assert outcomes["exports"][place] == alone[policy, "exports"]
        assert outcomes["final_share_turkish"][place] == alone[policy, "final_share/turkish"]
    assert len(set(outcomes["exports"])) > 3


def test_several_processes_find_the_same(scenario: Scenario, model: Any) -> None:
    workbench = ema._library()
    worlds = [
        workbench.Scenario(str(k), **{NAMES[0]: u, NAMES[1]: 1 - u, NAMES[2]: "20/y"}) for k, u in enumerate((0.2, 0.7))
    ]
    chosen = ema.policies(scenario, ["licences-suspended"])
    _, alone = workbench.perform_experiments(model, scenarios=worlds, policies=chosen)
    with warnings.catch_warnings():
        # The workbench starts a thread and then forks, against which Python warns from 3.12 on.
        warnings.filterwarnings("ignore", message=".*multi-threaded", category=DeprecationWarning)
        with workbench.MultiprocessingEvaluator(model, n_processes=2) as evaluator:
            _, together = evaluator.perform_experiments(scenarios=worlds, policies=chosen)
    assert sorted(alone["exports"]) == sorted(together["exports"]) and len(set(alone["exports"])) == 2


def test_worlds_follow_the_distributions_whatever_the_sampler(model: Any) -> None:
    """Half of a triangular distribution lies below its median, under a sampler that knows bounds alone as well."""
    workbench = ema._library()
    from ema_workbench.em_framework.samplers import sample_uncertainties

    for sampler in (workbench.Samplers.LHS, workbench.Samplers.UNIFORM_LHS):
        drawn = [dict(world) for world in sample_uncertainties(model, 40, sampler=sampler.value)]
        months = [
            float(str(model.function.point(world)["suppliers.turkish.ramp_up"]).removesuffix("mo")) for world in drawn
        ]
        # Low 2, mode 12, high 24: the distribution function at the mode is 10/22, the median 24 − √(½ · 22 · 12).
        median = 24 - np.sqrt(0.5 * 22 * 12)
        assert sum(value <= median for value in months) == 20


def test_the_parameters_and_levers_are_the_scenarios(scenario: Scenario, model: Any) -> None:
    assert [each.name for each in model.uncertainties] == NAMES
    assert [each.name for each in model.constants] == ["demand_radar_parts_parts"]
    (lever,) = model.levers
    assert [each.value for each in lever.categories] == list(scenario.policies)
    assert [policy["policy_name"] for policy in ema.policies(scenario)] == list(scenario.policies)


def test_names_that_would_be_the_same_are_told_apart() -> None:
    assert identifiers(["a.b", "a-b", "a_b", "c"]) == ["a_b", "a_b_2", "a_b_3", "c"]


def test_what_is_not_there_is_told(scenario: Scenario) -> None:
    with pytest.raises(ExportsimError, match="no `uncertainties`"):
        ema.model(replace(scenario, uncertainties={}), futures=1)
    with pytest.raises(ExportsimError, match="did you mean `exports`"):
        ema.model(scenario, futures=1, outcomes=["export"])
    with pytest.raises(ExportsimError, match="did you mean `as-before`"):
        ema.policies(scenario, ["as-befor"])
