"""Ordering ahead of what is announced: what it does to orders under each policy, and that it is luck they share."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

import exportsim
from exportsim.analysis.divergence import Channel
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.engine.compiled import Players
from exportsim.engine.compiled.luck_rows import ENDS
from exportsim.engine.compiled.sharing import steps_of
from exportsim.engine.compiled.tables import Luck
from exportsim.invariants import check, check_plan, violations
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.packed_rows import ledger_of
from exportsim.report.measures import measure_sentences
from exportsim.scenario import Scenario, build
from exportsim.study.model_checks import checks
from worlds import one_office

STOP = {"on": "2020-08-01", "applications": "hold", "name": "stop"}
TOLD = STOP | {"announced": "2020-05-01"}
DAY = 1440


def world(share: float = 0.5, within: str = "3mo", told: dict[str, Any] | None = None, **changes: Any) -> Scenario:
    policies = {"free": {}, "stopped": {"measures": [STOP]}, "told": {"measures": [told or TOLD]}}
    written = {
        "demand__x__orders": "200/y",
        "demand__x__programmes": {"navy": 0.5},
        "demand__x__anticipation": {"share": share, "within": within},
        "suppliers__maker__slots": 50,
        "authorities__office__review": [{"stage": "desk", "officers": 50, "work": "5bd"}],
        "policies": policies,
        "reference": "free",
    }
    return build(one_office(**written | changes))


def minute(day: str) -> int:
    return (date.fromisoformat(day) - date(2020, 1, 1)).days * DAY


def ordered(ledger: Ledger) -> dict[int, int]:
    """By number, when an order came."""
    return {row[3]: row[0] for row in ledger.rows() if row[1] == Fact.ORDERED}


def orders_of(scenario: Scenario, policy: str, future: int = 0, engine: str = "compiled") -> dict[int, int]:
    return ordered(exportsim.simulate(scenario, policy=policy, future=future, engine=engine))


def test_those_who_come_ahead_are_some_of_those_who_would_come_after_and_come_before() -> None:
    scenario = world()
    free, told = orders_of(scenario, "free"), orders_of(scenario, "told")
    assert orders_of(scenario, "stopped") == free
    moved = {number for number in free if told[number] != free[number]}
    after = {number for number, own in free.items() if minute("2020-08-01") <= own < minute("2020-08-01") + 3 * 43_830}
    assert moved < after and 0.3 < len(moved) / len(after) < 0.7
    assert all(minute("2020-05-01") <= told[number] < minute("2020-08-01") for number in moved)
    assert free.keys() == told.keys()


def test_the_larger_the_share_the_more_come_ahead_and_those_of_the_smaller_among_them() -> None:
    found = [orders_of(world(share), "told") for share in (0.0, 0.2, 0.8, 1.0)]
    moved = [{number for number, own in found[0].items() if each[number] != own} for each in found]
    assert not moved[0] and moved[0] < moved[1] < moved[2] < moved[3]


def test_the_longer_the_time_the_more_come_ahead() -> None:
    early = [sum(at < minute("2020-08-01") for at in orders_of(world(within=within), "told").values())
             for within in ("1d", "1mo", "3mo")]  # fmt: skip
    assert early == sorted(set(early))


def test_what_is_exported_before_the_stop_is_more_where_it_is_announced() -> None:
    scenario, exports = world(share=0.9), dict[str, int]()
    for policy in scenario.policies:
        ledgers = (exportsim.simulate(scenario, policy=policy, future=future) for future in range(8))
        exports[policy] = sum(row[7] for ledger in ledgers for row in ledger.rows() if row[1] == Fact.DELIVERED)
    assert exports["free"] > exports["told"] > exports["stopped"]


def test_orders_of_after_the_end_of_the_period_do_not_come_ahead_and_a_warning_says_so() -> None:
    scenario = world(1.0, "1y", told=TOLD | {"on": "2020-12-01", "announced": "2020-11-01"})
    free, told = orders_of(scenario, "free"), orders_of(scenario, "told")
    assert told.keys() == free.keys() and max(told.values()) < minute("2020-12-01")
    ((path, message),) = [(each.path, each.message) for each in scenario.origin.warnings if "ahead" in each.message]
    assert path == "policies.told.measures.stop.announced" and "the period ends 31 days after it" in message
    fates = exportsim.run(scenario, futures=2, workers=1).fates("told", "free")
    assert fates["cents"].sum() > 0


@pytest.mark.parametrize("most", [10, 60, 10_000])
def test_both_engines_say_the_same_and_the_invariants_hold_however_luck_is_foreseen(most: int) -> None:
    scenario = world(0.6, "2mo")
    plan = compile_plan(scenario)
    check_plan(plan, scenario)
    luck = Luck(plan, most)
    for future in range(2):
        rows = Players(plan, [0, 1, 2], luck).play(seed=1, future=future)
        for policy in range(3):
            expected = simulate(plan, policy, seed=1, future=future, engine="reference")
            check(expected, scenario)
            assert ledger_of(rows[policy], plan, policy, 1, future) == expected
    ends = luck.view(ENDS)[:, 0]
    inside = (minute("2020-05-01") < ends) & (ends < minute("2020-08-01") + 2 * 43_830)
    assert not inside.any() and ends[-1] == plan.end and (most < 200) == (len(ends) > 1)


def test_policies_are_alike_until_the_announcement_and_share_their_play_so_long() -> None:
    scenario = world()
    plan = compile_plan(scenario)
    steps = steps_of(plan, [1, 2])
    assert steps[0].past == minute("2020-05-01")
    stopped, told = (exportsim.simulate(scenario, policy=policy, future=3).rows() for policy in ("stopped", "told"))
    alike = [next(i for i, row in enumerate(each) if row[0] >= steps[0].past) for each in (stopped, told)]
    assert stopped[: alike[0]] == told[: alike[1]] and alike[0] > 100


def test_an_announcement_that_moves_nothing_parts_nothing() -> None:
    plan = compile_plan(world(0.0))
    assert steps_of(plan, [1, 2])[0].past > plan.end
    kind = TOLD | {"applications": "open"}
    assert not compile_plan(world(told=kind)).policies[2].hastened.any()


def test_a_programme_that_is_spared_does_not_order_ahead() -> None:
    scenario = world(1.0, told=TOLD | {"except": {"programmes": ["navy"]}})
    ledger = exportsim.simulate(scenario, policy="told", future=0)
    free = orders_of(scenario, "free")
    programmes = {row[3]: ledger.names.programmes[row[6]] for row in ledger.rows() if row[1] == Fact.ORDERED}
    moved = {programmes[number] for number, at in ordered(ledger).items() if free.get(number) != at}
    assert moved == {"none"}


def test_the_invariants_see_an_order_that_should_have_come_ahead_and_one_that_should_not() -> None:
    late, early = world(1.0), world(0.0)
    for played, judged in ((early, late), (late, early)):
        ledger = exportsim.simulate(played, policy="told", future=0)
        assert any("ahead" in each or "follows" in each for each in violations(ledger, judged))


def test_what_is_announced_is_told() -> None:
    assert measure_sentences(world(), "told") == [
        "From 1 August 2020, all applications are held undecided. This is announced on 1 May 2020."
    ]


def noticed(scenario: Scenario) -> list[str]:
    return [warning.path for warning in scenario.origin.warnings if "ahead" in warning.message]


def test_a_warning_says_where_nobody_orders_ahead() -> None:
    assert noticed(world()) == []
    here = "policies.told.measures.stop.announced"
    kind = {"on": "2020-08-01", "name": "stop", "announced": "2020-05-01", "applications": "exempt"}
    assert noticed(world(told=kind)) == [here, "demand.x.anticipation"]
    assert noticed(world(0.0)) == [here]
    first = TOLD | {"on": "2020-01-01", "announced": "2019-12-01"}
    assert noticed(world(told=first)) == [here, "demand.x.anticipation"]
    assert np.array_equal(compile_plan(world(told=first)).policies[2].announced, [-1])


def test_a_trace_says_that_an_order_came_ahead_or_that_others_did() -> None:
    busy = world(1.0, authorities__office__review=[{"stage": "desk", "officers": 1, "work": "2d"}])
    free, told = orders_of(busy, "free"), orders_of(busy, "told")
    moved = next(number for number in free if told[number] != free[number])
    trace = exportsim.trace(busy, "told", f"x/{moved}", reference="free")
    assert trace.parting is not None and trace.parting.channel is Channel.AHEAD and trace.parting.act is None
    assert "The order came ahead of an announced measure under one policy alone." in " ".join(str(trace).split())
    assert trace.parting.minute == told[moved]
    waiting = max(number for number, own in free.items() if own < minute("2020-07-01"))
    other = exportsim.trace(busy, "told", f"x/{waiting}", reference="free")
    assert other.parting is not None and other.parting.channel is not Channel.AHEAD
    assert "other orders came ahead of what is announced" in " ".join(str(other).split())


def test_the_rules_of_every_scenario_hold_where_orders_come_ahead_and_a_history_is_in_force() -> None:
    history = [
        {"on": "2019-06-01", "applications": "case_by_case", "programmes": ["navy"]},
        {"on": "2020-02-01", "permits": "suspended", "programmes": ["none"]},
        {"on": "2019-07-01", "officers": {"desk": 3}},
    ]
    scenario = world(0.7, history=history, authorities__office__case_by_case={"approval": 0.5})
    assert [(check.name, check.broken) for check in checks(scenario, 1, 2, None) if check.broken] == []
