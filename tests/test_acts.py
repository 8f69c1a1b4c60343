"""What measures set makes the difference that a licensing officer would expect; and a state that is kept has it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import exportsim as xs
from exportsim.compile import compile_plan
from exportsim.engine import ENGINES, simulate
from exportsim.scenario import build
from worlds import one_office

BUSY = {
    "demand__x__orders": "60/y",
    "demand__x__patience": {"review": "1y", "suspension": "90d"},
    "suppliers__maker__slots": 9,
    "suppliers__maker__lead_time": "60d",
}
TR = {"destinations": ["TR"]}
OTHERS = {"authorities__office__traffic": {"applications": "45/y"}}  # more than the office can do together
NONE_APPROVED = {"authorities__office__approval": 0}


def world(*acts: dict[str, Any], **changes: Any) -> xs.Scenario:
    """A world whose policies each take one act in spring."""
    policies = {
        f"policy-{number}": {"measures": [{"on": "2020-03-01", "name": "act"} | act] if act else []}
        for number, act in enumerate(acts)
    }
    return build(one_office(**{**BUSY, **changes, "policies": policies, "reference": "policy-0"}))


@pytest.mark.parametrize(
    ("less", "more", "outcome", "changes"),
    [
        ({"approval": 0.2}, {"approval": 0.8}, "exports", {}),
        ({"applications": "deny"}, {"applications": "deny", "approval": 0.8}, "exports", {}),
        (
            {"applications": "exempt", "take_up": 0.2},
            {"applications": "exempt"},
            "exports",
            {"authorities__office__approval": 0},
        ),
        ({"work": 3}, {"work": 0.5}, "exports", {}),
        ({"work": {"desk": 3}}, {"work": {"desk": 1}}, "exports", {}),
        (TR | {"priority": "last"}, TR | {"priority": "first"}, "exports", OTHERS),
        ({"validity": "61d"}, {"validity": "never"}, "exports", {"demand__x__parts": 3}),
    ],
)
def test_more_of_what_is_set_is_more_of_the_outcome(
    less: dict[str, Any], more: dict[str, Any], outcome: str, changes: dict[str, Any]
) -> None:
    result = xs.run(world(less, more, **changes), futures=4, seed=1)
    means = result.summary()["mean"].xs(outcome, level="outcome")
    assert means["policy-0"] < 0.95 * means["policy-1"]


@pytest.mark.parametrize(
    "act",
    [
        {"approval": 0.4},
        {"validity": "30d"},
        {"applications": "exempt", "take_up": 0.5},
        {"work": 2},
        TR | {"priority": "last"},
    ],
)
def test_a_play_goes_on_from_a_kept_one_in_which_nothing_was_set_or_something_else(act: dict[str, Any]) -> None:
    scenario = world(act)
    what_if = xs.WhatIf(scenario)
    what_if.result(2)
    for day in ("2020-05-01", "2020-09-01", "2020-04-01"):
        what_if.change({"policies.policy-0.measures.act.on": day})
        fresh = xs.run(what_if.scenario, futures=2)
        assert np.array_equal(what_if.result(2).values, fresh.values, equal_nan=True)


@pytest.mark.parametrize(("scope", "reached"), [({"authorities": ["office"]}, True), ({"destinations": ["TR"]}, False)])
def test_work_and_priority_reach_other_applications_where_the_scope_names_authorities_only(
    scope: dict[str, Any], reached: bool
) -> None:
    clock = {"authorities__office__calendar": {"weekend": []}, "authorities__office__review__0__work": "1d"}
    scenario = world(scope | {"work": 2}, **clock, **OTHERS)
    for engine in ENGINES:
        frame = simulate(compile_plan(scenario), 0, seed=1, future=0, engine=engine).frame()
        took: dict[bool, set[int]] = {True: set(), False: set()}
        begun: dict[tuple[Any, int], int] = {}
        for row in frame.itertuples():
            whose = row.line, row.order
            if row.fact == "review_started":
                begun[whose] = row.minute
            elif row.fact == "review_ended" and begun[whose] >= 60 * 1440:  # 1 March
                took[row.line is not None and row.line == "x"].add(row.minute - begun[whose])
        assert took == {True: {2880}, False: {2880 if reached else 1440}}
