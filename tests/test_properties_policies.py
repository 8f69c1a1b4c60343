"""A measure acts only on what it changes, and not before it acts (P6)."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import exportsim
from exportsim import testing
from exportsim.ledger import Ledger, Row
from exportsim.lifecycle import Fact
from exportsim.scenario import build

REGISTERS = Path(tempfile.mkdtemp(prefix="registers-"))
atexit.register(shutil.rmtree, REGISTERS, ignore_errors=True)

Written = dict[str, Any]
worlds = testing.worlds(folder=REGISTERS)
futures = st.integers(0, 3)


def facts(ledger: Ledger) -> list[Row]:
    """All rows but those of measures."""
    return [row for row in ledger.rows() if row[1] != Fact.MEASURE]


@st.composite
def measures_that_change_nothing(draw: DrawFn, world: Written) -> list[Written]:
    """On the empty policy: open what is open, put in force what is, keep the officers, cancel what is not suspended."""

    def nothing() -> SearchStrategy[Written]:
        authority = draw(st.sampled_from(sorted(world["authorities"])))
        review = world["authorities"][authority]["review"]
        stages = {stage["stage"]: stage["officers"] for stage in review if "officers" in stage}  # others sit
        kept = {"authorities": [authority], "officers": stages} if stages else {"applications": "open"}
        return st.sampled_from(
            [
                {"applications": "open"},
                {"permits": "in_force"},
                {"cancel": "suspended"},
                kept,
                {"applications": "open"} | kept,
            ]
        )

    scopes = st.sampled_from([{}, {"programmes": ["none"]}, {"authorities": sorted(world["authorities"])[:1]}])
    found = []
    for _ in range(draw(st.integers(1, 4))):
        trigger = draw(
            st.one_of(
                st.sampled_from(testing.important_days(world)).map(lambda day: {"on": day}),
                st.just({"when": {"in_review": {"above": 0, "below": 0}, "every": "1d"}}),
                st.sampled_from(
                    [{"after": incident} for incident in world.get("incidents", {})] or [{"on": world["period"]["end"]}]
                ),
            )
        )
        found.append(draw(scopes) | trigger | draw(nothing()))
    return found


@given(st.data(), futures)
def test_a_policy_whose_measures_change_nothing_is_the_empty_policy(data: st.DataObject, future: int) -> None:
    world = data.draw(worlds)
    idle = {"measures": data.draw(measures_that_change_nothing(world))}
    scenario = build(world | {"policies": {"empty": {"measures": []}, "idle": idle}}, allow_outside=True)
    empty, played = (exportsim.simulate(scenario, policy=policy, future=future) for policy in ("empty", "idle"))
    assert facts(played) == empty.rows()


@given(st.data(), futures)
def test_a_measure_changes_nothing_before_it_acts(data: st.DataObject, future: int) -> None:
    world = data.draw(worlds)
    policy = data.draw(testing.policies(world))
    extra = data.draw(testing.measures(world)) | {"name": "extra"}
    fewer, more = dict(policy), {"extends": "fewer", "measures": [extra]}
    scenario = build(world | {"policies": {"fewer": fewer, "more": more}}, allow_outside=True)
    before, after = (exportsim.simulate(scenario, policy=name, future=future) for name in ("fewer", "more"))
    extras = {number for number, name in enumerate(after.names.measures[after.policy]) if name.startswith("extra")}
    acts = [row[0] for row in after.rows() if row[1] == Fact.MEASURE and row[6] in extras]
    if (announced := scenario.policies["more"].measures[-1].announced) is not None:  # some order ahead of it
        acts.append((datetime.combine(announced, time(), before.origin.tzinfo) - before.origin) // timedelta(minutes=1))
    until = min(acts, default=1 << 60)
    assert [row for row in after.rows() if row[0] < until] == [row for row in before.rows() if row[0] < until]


@given(testing.scenarios(folder=REGISTERS), futures)
def test_demand_is_the_same_under_every_policy(scenario: exportsim.Scenario, future: int) -> None:
    """The same orders of the same value; at the same time, unless the policy announces something to order ahead of."""
    demands = {}
    for policy in scenario.policies:
        rows = exportsim.simulate(scenario, policy=policy, future=future).rows()
        demands[policy] = {row[2:4]: (row[0], *row[4:]) for row in rows if row[1] == Fact.ORDERED}
    usual = demands[scenario.reference]
    announces = any(measure.announced for policy in scenario.policies.values() for measure in policy.measures)
    for name, demand in demands.items():
        assert {order: what[1:] for order, what in demand.items()} == {order: what[1:] for order, what in usual.items()}
        if not announces:
            assert demand == usual, name
