"""Little's law: how much there is, over time, adds up to how long each was there. Of every record, exactly.

Minutes are whole, so both sides are integers: the integral of the number in a place over a window, and the sum of the
sojourns there within it. No statistics, no tolerance.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from exportsim import testing
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.engine.compiled import orders_expected
from exportsim.engine.extensions import Rule, View
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.scenario import build, load
from exportsim.scenario.schema import Scenario

SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
SEED = 20201005
AFTER = 1 << 60  # minutes: after every run

WATCHED = ("in_review", "held", "in_force")
LANDS = {
    Fact.APPLIED: "in_review",
    Fact.REFERRED: "in_review",
    Fact.HELD: "held",
    Fact.APPROVED: "in_force",
    Fact.REINSTATED: "in_force",
    Fact.SUSPENDED: None,
    Fact.DENIED: None,
    Fact.WITHDRAWN: None,
    Fact.CANCELLED: None,
    Fact.EXPIRED: None,
}  # where a fact takes an application or a permit

Stay = tuple[str, int, int, int]
"""Where, from which minute to which, and how many (applications, or cents)."""


def stays(ledger: Ledger, end: int) -> list[Stay]:
    """How long each application was in review and at the gate, and each permit in force, one by one.

    What lasts to the end of the run ends with it.
    """
    found: list[Stay] = []
    where: dict[tuple[int, int, int], tuple[str, int]] = {}
    undelivered: dict[tuple[int, int], int] = {}

    def move(key: tuple[int, int, int], minute: int, place: str | None) -> None:
        if key in where:
            before, since = where.pop(key)
            found.append((before, since, minute, 1))
        if place is not None:
            where[key] = place, minute

    for minute, fact, line, order, attempt, _, detail, amount in ledger.rows():
        key = (line, order, attempt) if line >= 0 else (-1 - detail, order, 0)  # other traffic: by authority
        if fact in LANDS:
            traffic = line < 0 and fact != Fact.APPLIED
            move(key, minute, None if traffic else LANDS[Fact(fact)])
        elif fact == Fact.ORDERED:
            undelivered[line, order] = amount
        elif fact == Fact.DELIVERED:
            undelivered[line, order] -= amount
            if not undelivered[line, order]:
                move(key, minute, None)
    for place, since in where.values():
        found.append((place, since, end, 1))
    return found


def sojourn(found: Sequence[Stay], place: str, start: int, end: int) -> int:
    """All the time that was spent in a place within a window, one by one."""
    return sum(
        number * max(min(until, end) - max(since, start), 0) for where, since, until, number in found if where == place
    )


def eventful() -> Scenario:
    """Three months with everything that moves an application or a permit; small, so that every minute can be asked."""
    return build(
        {
            "exportsim": 1,
            "period": {"start": "2020-01-01", "end": "2020-02-29", "warm_up": "30d"},
            "currency": "CAD",
            "goods": {"imaging": {}},
            "authorities": {
                "gac": {
                    "country": "CA",
                    "validity": "14d",
                    "approval": 0.8,
                    "review": [
                        {"stage": "intake", "officers": 2, "work": {"exponential": {"mean": "1d"}}},
                        {"stage": "advice", "officers": 4, "work": {"lognormal": {"median": "1bd", "p90": "3bd"}}},
                    ],
                    "case_by_case": {
                        "approval": 0.7,
                        "review": [{"stage": "minister", "officers": 1, "work": {"exponential": {"mean": "12h"}}}],
                    },
                    "traffic": {"applications": "200/y"},
                }
            },
            "suppliers": {
                "wescam": {
                    "country": "CA",
                    "authority": "gac",
                    "slots": 6,
                    "lead_time": {"exponential": {"mean": "4d"}},
                },
                "hensoldt": {"country": "ZA", "slots": 1, "lead_time": "5d"},
            },
            "demand": {
                "sensors": {
                    "buyer": "baykar",
                    "destination": "TR",
                    "goods": "imaging",
                    "orders": "300/y",
                    "value": 100,
                    "parts": 3,
                    "programmes": {"nato": 0.3},
                    "sources": {"wescam": {"weight": 20}, "hensoldt": {}},
                    "patience": {"review": {"exponential": {"mean": "20d"}}, "suspension": "9d", "unserved": "10d"},
                }
            },
            "policies": {"unrestricted": {"measures": []}},
        }
    )


# The acts of an eventful policy, as rules in Python: rules of a minute are asked in their order, so the watching rule,
# before them, sees what the minutes before have left.
ACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("2020-01-10", {"permits": "suspended", "programmes": ["none"]}),
    ("2020-01-13", {"cancel": "suspended"}),
    ("2020-01-15", {"permits": "in_force"}),
    ("2020-01-18", {"applications": "case_by_case", "programmes": ["none"]}),
    ("2020-01-26", {"applications": "hold"}),
    ("2020-02-03", {"applications": "case_by_case", "programmes": ["nato"]}),
    ("2020-02-06", {"applications": "open"}),
    ("2020-02-10", {"permits": "suspended"}),
    ("2020-02-18", {"permits": "in_force"}),
    ("2020-02-24", {"applications": "deny"}),
)


@pytest.mark.long
def test_littles_law_of_what_is_counted_every_minute() -> None:
    """What the run counts, as thresholds do, adds up to the sojourns in its ledger: exactly.

    The two sides are strangers: one is the engine's own count of who is where, asked every minute of the period, the
    other is made of nothing but the times in the ledger.
    """
    counted: Counter[str] = Counter()

    def watch(view: View) -> None:
        for figure in WATCHED:
            counted[figure] += view.figure(figure)

    acts = [Rule(f"act-{day}", lambda _, act=act: act, date.fromisoformat(day)) for day, act in ACTS]  # type: ignore[misc]
    plan = compile_plan(eventful())
    # Of minute m is seen what the minutes before it have left, which lasts from m − 1 to m.
    watching = Rule("watch", watch, date(2020, 1, 1), every="1min")
    ledger = simulate(plan, 0, seed=SEED, future=0, rules=[watching, *acts])
    found = stays(ledger, plan.end)
    for figure in WATCHED:
        assert counted[figure] == sojourn(found, figure, -1, plan.end - 1)
        assert counted[figure] > 1440
    assert set(LANDS) <= set(ledger.fact.tolist())


def entered_and_left(ledger: Ledger) -> tuple[dict[str, list[tuple[int, int]]], list[Stay]]:
    """The record of a ledger read twice: by the change that a fact makes in a place, and by who stayed there how long.

    Returns
    -------
    changes : dict of list of (minute, change)
        Nobody is told apart.
    found : list of Stay
        Only what was left again; what was not is left open, until `AFTER`.
    """
    changes: dict[str, list[tuple[int, int]]] = defaultdict(list)
    since: dict[tuple[str, tuple[int, int, int]], tuple[int, int]] = {}
    found: list[Stay] = []

    def enter(place: str, key: tuple[int, int, int], minute: int, number: int = 1) -> None:
        assert (place, key) not in since
        changes[place].append((minute, number))
        since[place, key] = minute, number

    def leave(place: str, key: tuple[int, int, int], minute: int, number: int = 1) -> None:
        changes[place].append((minute, -number))
        entered, there = since.pop((place, key))
        found.append((place, entered, minute, number))
        if there > number:
            since[place, key] = entered, there - number

    for minute, fact, line, order, attempt, _, detail, amount in ledger.rows():
        key = line, order, attempt
        if fact == Fact.REVIEW_STARTED:
            enter(f"desks of {detail}", key, minute)
        elif fact == Fact.REVIEW_ENDED:
            leave(f"desks of {detail}", key, minute)
        elif fact == Fact.HELD:
            enter("gate", key, minute)
        elif fact == Fact.ORDERED:
            enter("cents on order", (line, order, 0), minute, amount)
        elif fact in (Fact.DELIVERED, Fact.LOST):
            leave("cents on order", (line, order, 0), minute, amount)
        if fact in (Fact.APPROVED, Fact.DENIED, Fact.WITHDRAWN, Fact.REFERRED) and ("gate", key) in since:
            leave("gate", key, minute)
    found += [(place, entered, AFTER, number) for (place, _), (entered, number) in since.items()]
    return changes, found


def assert_littles_law(ledger: Ledger, start: int, end: int) -> None:
    """At every stage, at the gate and for money: the integral of how much is there is the sum of the sojourns."""
    changes, found = entered_and_left(ledger)
    for place, moves in changes.items():
        minutes, steps = np.array(moves, dtype=np.int64).T
        there = steps.cumsum()
        assert (there >= 0).all()
        lasted = np.diff(np.clip(minutes, start, end), append=end)
        assert int(there @ lasted) == sojourn(found, place, start, end)


@given(testing.scenarios())
@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_littles_law_of_every_record(scenario: Scenario) -> None:
    """In whole minutes and cents, with measures, withdrawals and holds, over the run and over a part of it."""
    plan = compile_plan(scenario)
    for policy in range(len(plan.policies)):
        ledger = simulate(plan, policy, seed=SEED, future=0, engine="compiled")
        assert_littles_law(ledger, plan.start, plan.end)
        assert_littles_law(ledger, plan.end // 3, plan.end // 2)


@pytest.mark.long
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_littles_law_of_the_shipped_scenarios(path: Path) -> None:
    """Every policy of every scenario that comes with the project; of a national office, the one with most measures."""
    plan = compile_plan(load(path))
    policies = range(len(plan.policies))
    if orders_expected(plan) > 10_000:
        policies = [max(policies, key=lambda policy: len(plan.policies[policy].minute))]
    for policy in policies:
        ledger = simulate(plan, policy, seed=SEED, future=0, engine="compiled")
        assert_littles_law(ledger, 0, plan.end)


def test_a_lost_end_of_review_breaks_littles_law() -> None:
    """The law can fail: a ledger in which one stay is ended twice, or ended by another, is refused."""
    plan = compile_plan(eventful())
    ledger = simulate(plan, 0, seed=SEED, future=0)
    ended = np.flatnonzero(ledger.fact == Fact.REVIEW_ENDED)
    order = ledger.order.copy()
    order[ended[3]] = order[ended[9]]
    wrong = replace(ledger, order=order)
    with pytest.raises((AssertionError, KeyError)):
        assert_littles_law(wrong, 0, plan.end)
