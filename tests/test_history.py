"""The history that all policies have in common: where it stands, how it is told, and that it is nobody's difference."""

from __future__ import annotations

from typing import Any

import pytest

import exportsim
from exportsim.compile import compile_plan
from exportsim.engine.compiled.sharing import steps_of
from exportsim.errors import ScenarioError
from exportsim.lifecycle import Fact
from exportsim.plan import NEVER
from exportsim.playing.store.scenario_plays import digests
from exportsim.report.contents import describe
from exportsim.report.measures import history_sentences, measure_sentences
from exportsim.scenario import Scenario, build, explicit
from exportsim.scenario.policies import addresses_of, luck_of
from worlds import one_office

EMBARGO = {"on": "2018-03-01", "name": "embargo", "applications": "deny", "destinations": ["TR"]}
LIFT = {"on": "2019-05-01", "applications": "open"}
OWN = {"on": "2020-06-01", "name": "own", "applications": "hold"}


def world(*history: dict[str, Any], **changes: Any) -> Scenario:
    policies = {"free": {}, "stopped": {"measures": [OWN]}, "stopped-too": {"extends": "stopped"}}
    written = {"demand__x__orders": "100/y", "suppliers__maker__slots": 20, "policies": policies, "reference": "free"}
    return build(one_office(**written | {"history": list(history)} | changes))


def delivered(scenario: Scenario, policy: str) -> int:
    ledger = exportsim.simulate(scenario, policy=policy, future=0)
    return sum(row[7] for row in ledger.rows() if row[1] == Fact.DELIVERED)


def test_what_was_decided_before_is_in_force_under_every_policy() -> None:
    assert delivered(world(), "free") > 0
    assert [delivered(world(EMBARGO), policy) for policy in ("free", "stopped", "stopped-too")] == [0, 0, 0]
    lifted = world(EMBARGO, LIFT)
    assert [delivered(lifted, policy) for policy in ("free", "stopped")] == [
        delivered(world(), policy) for policy in ("free", "stopped")
    ]


def test_the_longer_ago_trust_was_lost_the_more_of_it_has_returned() -> None:
    second = {"country": "ZA", "slots": 20, "lead_time": "30d"}
    trust = {"loss": {"deny": 0.9}, "half_life": "6mo"}
    shares = []
    for day in ("2012-01-01", "2019-06-01", "2019-12-30"):
        stop = EMBARGO | {"on": day}
        scenario = world(
            stop, LIFT | {"on": "2019-12-31"}, suppliers__other=second, demand__x__trust=trust,
            demand__x__sources={"maker": {}, "other": {}},
        )  # fmt: skip
        ledger = exportsim.simulate(scenario, policy="free", future=0)
        chosen = [ledger.names.suppliers[row[5]] for row in ledger.rows() if row[1] == Fact.SOURCED]
        shares.append(chosen[:30].count("maker"))
    assert shares[0] > shares[1] > shares[2]


def test_the_history_is_no_difference_between_policies() -> None:
    plan = compile_plan(world(EMBARGO, LIFT | {"on": "2020-02-01"}))
    first, *_ = steps_of(plan, [0, 1])
    assert first.past == (int(plan.policies[1].minute[-1])) < NEVER
    assert steps_of(plan, [1, 2])[0].past == NEVER


def test_policies_whose_measures_lie_before_the_run_part_in_its_first_minute() -> None:
    plan = compile_plan(world(policies={"free": {}, "early": {"measures": [EMBARGO]}}, period__warm_up="10d"))
    assert steps_of(plan, [0, 1])[0].past == plan.start == -10 * 1440


def test_luck_and_addresses_are_by_name_or_by_place_in_the_history() -> None:
    scenario = world(LIFT, EMBARGO, LIFT | {"on": "2020-02-01"})
    assert luck_of(scenario, "stopped") == ["measure/embargo", "history/1", "history/3", "measure/own"]
    assert addresses_of(scenario, "stopped") == [
        "history.embargo", "history.measure-1", "history.measure-3", "policies.stopped.measures.own",
    ]  # fmt: skip
    assert luck_of(scenario, "stopped") == luck_of(scenario, "stopped-too")


@pytest.mark.parametrize("address", ["history.embargo.on", "history.0.on"])
def test_a_value_of_the_history_is_set_by_name_or_number(address: str) -> None:
    changed = build(explicit(world(EMBARGO)), overrides={address: "2020-12-31"})
    assert str(changed.history[0].on) == "2020-12-31"


def test_whoever_looks_for_it_in_a_policy_is_told_where_it_stands() -> None:
    with pytest.raises(ScenarioError, match=r"stands in the history.*`history.embargo`"):
        build(explicit(world(EMBARGO)), overrides={"policies.stopped.measures.embargo.on": "2020-12-31"})


def test_it_is_told_once_and_not_with_each_policy() -> None:
    scenario = world(EMBARGO)
    assert history_sentences(scenario) == ["From 1 March 2018, applications for Türkiye are denied."]
    assert measure_sentences(scenario, "free") == []
    assert len(measure_sentences(scenario, "stopped")) == 1
    document = describe(scenario)
    told = str(document.blocks)
    (step,) = document.data()["history"]
    assert step["address"] == "history.embargo" and step["sentence"] == history_sentences(scenario)[0]
    assert "history" not in describe(world()).data()
    assert told.count("embargo: From 1 March 2018") == 1 and "History, the same under all policies" in told


def test_a_store_knows_what_was_decided_before_as_part_of_each_policy() -> None:
    (world_of_one, policies), (world_of_other, others) = digests(world()), digests(world(EMBARGO))
    assert world_of_one == world_of_other
    assert all(policies[name] != others[name] for name in policies)


def test_a_name_of_the_history_is_nobody_elses() -> None:
    with pytest.raises(ScenarioError, match="again in the history"):
        world(EMBARGO, EMBARGO | {"on": "2019-01-01"})
    with pytest.raises(ScenarioError, match="again in this policy: the history has it"):
        world(EMBARGO | {"name": "own"})


def test_there_is_nothing_to_cancel_before_the_run() -> None:
    for act in ("suspended", "all"):
        scenario = world({"on": "2019-03-01", "cancel": act})
        found = {warning.path: warning.message for warning in scenario.origin.warnings}
        assert "there is no permit to cancel" in found["history.measure-1"]


def test_a_measure_may_not_lie_time_out_of_mind_before_the_run() -> None:
    with pytest.raises(ScenarioError, match=r"1500-01-01 is more than 500 years before the period"):
        world(EMBARGO | {"on": "1500-01-01"})
