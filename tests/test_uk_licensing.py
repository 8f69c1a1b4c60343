"""The national scenario: near the record of 2022, and what a policy towards some does to everyone else's waiting.

Statements about means are tested one-sided at 1 %, as in ``test_shipped_scenarios.py``, over futures of one seed.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from exportsim.analysis.intervals import interval
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.plan import Plan
from exportsim.scenario import load

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "benchmarks"))  # its programs import each other

from licence_waits import SCENARIO, TRAFFIC, Closed, Year, decisions, minute_of, year_of  # noqa: E402

PAGE = (ROOT / "docs" / "uk-licensing.md").read_text(encoding="utf-8")
FUTURES = range(8)
CHANGE, END = date(2023, 1, 1), date(2025, 1, 1)
FAST, REFERRED = 0, 1
ALLIES = ("united-states", "germany", "france", "italy", "canada", "australia")

Play = Callable[[str, int], Ledger]
Decided = Callable[[str, int], Closed]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return compile_plan(load(SCENARIO))


@pytest.fixture(scope="module")
def play(plan: Plan) -> Play:
    """The ledger of a policy in a future, played once for all tests."""

    @cache
    def played(policy: str, future: int) -> Ledger:
        return simulate(plan, plan.names.policies.index(policy), seed=1, future=future, engine="compiled")

    return played


@pytest.fixture(scope="module")
def decided(play: Play, plan: Plan) -> Decided:
    """What was decided in the two years after the change."""

    @cache
    def found(policy: str, future: int) -> Closed:
        return decisions(play(policy, future), plan, CHANGE, END)

    return found


def others(found: Closed, track: int) -> np.ndarray:
    """Working days of the other traffic of a track."""
    return found.days[(found.line == TRAFFIC) & (found.authority == track)]


def saved(decided: Decided, policy: str, track: int) -> list[float]:
    """Working days by which the other traffic of a track is decided sooner than under the reference."""
    return [
        float(others(decided("baseline", future), track).mean() - others(decided(policy, future), track).mean())
        for future in FUTURES
    ]


def assert_above(values: list[float], bound: float = 0.0) -> None:
    found = interval(values, level=0.98)
    assert found.low > bound, found


# ------------------------------------------------------------------------------------------------ near the record


@pytest.fixture(scope="module")
def years(play: Play, plan: Plan) -> list[Year]:
    """2022, under the reference."""
    return [year_of(play("baseline", future), plan, 2022) for future in FUTURES]


@pytest.mark.parametrize(
    ("field", "recorded", "near"),
    [("within_20", 0.62, 0.03), ("within_60", 0.89, 0.01), ("median", 16, 1.25), ("refused", 0.031, 0.003)],
)
def test_2022_is_near_the_record(field: str, recorded: float, near: float, years: list[Year]) -> None:
    found = interval([getattr(year, field) for year in years], level=0.98)
    assert recorded - near < found.low <= found.high < recorded + near, found


@pytest.mark.parametrize(
    ("figure", "field", "times"),
    [
        ("within 20 working days", "within_20", 100),
        ("within 60 working days", "within_60", 100),
        ("median, working days", "median", 1),
        ("refused", "refused", 100),
        ("decided in the year", "decided", 1),
    ],
)
def test_the_page_states_the_fit_as_it_is(figure: str, field: str, times: float, years: list[Year]) -> None:
    """The page's mean and that of these few futures, which are some of the page's, are within both intervals."""
    row = re.search(rf"^\| {figure} \| [^|]+ \| ([\d,.]+) ± ([\d.]+)", PAGE, flags=re.MULTILINE)
    assert row is not None
    stated, half = float(row[1].replace(",", "")), float(row[2])
    found = interval([times * getattr(year, field) for year in years], level=0.99)
    assert abs(found.mean - stated) < found.half + half


def test_a_play_of_the_nation_takes_less_than_two_seconds(play: Play, plan: Plan) -> None:
    ledger = play("baseline", 0)  # compiled by now
    start = time.process_time()
    again = simulate(plan, 0, seed=1, future=0, engine="compiled")
    assert time.process_time() - start < 2
    assert again == ledger and len(ledger) > 400_000


def test_a_year_has_seventeen_thousand_applications(play: Play) -> None:
    counts = []
    for future in FUTURES:
        ledger = play("baseline", future)
        applied = (ledger.fact == Fact.APPLIED) & (ledger.minute >= 0)
        counts.append(float(applied.sum()) / 3)
    found = interval(counts, level=0.98)
    assert 16_700 < found.low < found.high < 17_400, found


# ------------------------------------------------------------------------------------------- everyone else's waiting


def test_a_hold_is_nobody_elses_gain(play: Play, decided: Decided, plan: Plan) -> None:
    """What is held has been reviewed. The other track is the same to the minute, the same track within a tenth day."""
    for future in FUTURES:
        assert np.array_equal(others(decided("turkiye-hold", future), FAST), others(decided("baseline", future), FAST))
        held = play("turkiye-hold", future)
        year = (held.minute >= minute_of(held, CHANGE)) & (held.minute < minute_of(held, date(2024, 1, 1)))
        licensed = held.supplier == plan.names.suppliers.index("makers-referred")
        turkish = (held.line == plan.names.lines.index("turkiye")) & year & licensed
        assert int((turkish & (held.fact == Fact.HELD)).sum()) > 300
        assert not (turkish & np.isin(held.fact, (Fact.APPROVED, Fact.DENIED))).any()
    assert max(map(abs, saved(decided, "turkiye-hold", REFERRED))) < 0.1


def test_more_officers_shorten_the_wait_of_their_track_alone(decided: Decided) -> None:
    assert_above(saved(decided, "more-officers", REFERRED), 0.5)
    assert saved(decided, "more-officers", FAST) == [0.0] * len(FUTURES)


def test_a_general_licence_makes_everyone_faster_and_the_statistic_worse(
    play: Play, decided: Decided, plan: Plan
) -> None:
    """The allies' applications were the quick ones; with them gone, fewer of the rest are decided within 20 days."""
    assert_above(saved(decided, "general-licence", FAST), 0.3)
    assert saved(decided, "general-licence", REFERRED) == [0.0] * len(FUTURES)
    lost = [
        float(
            (decided("baseline", future).whole <= 20).mean() - (decided("general-licence", future).whole <= 20).mean()
        )
        for future in FUTURES
    ]
    assert_above(lost, 0.01)
    allies = [plan.names.lines.index(name) for name in ALLIES]
    for future in FUTURES:
        ledger = play("general-licence", future)
        applied = (ledger.fact == Fact.APPLIED) & (ledger.minute >= minute_of(ledger, CHANGE))
        assert not np.isin(ledger.line[applied], allies).any()


def test_a_presumption_of_denial_frees_officers_and_spares_the_carve_out(
    play: Play, decided: Decided, plan: Plan
) -> None:
    assert_above(saved(decided, "israel-denial", REFERRED), 0.2)
    israel = plan.names.lines.index("israel")
    for future in FUTURES:
        ledger = play("israel-denial", future)
        ours = ledger.line == israel
        ordered = ours & (ledger.fact == Fact.ORDERED)
        spared = ledger.order[ordered & (ledger.detail == plan.names.programmes.index("f-35"))]
        licensed = ledger.supplier == plan.names.suppliers.index("makers-referred")
        later = ledger.minute >= minute_of(ledger, CHANGE)
        issued = ledger.order[ours & licensed & later & (ledger.fact == Fact.APPROVED)]
        assert len(issued) > 30 and np.isin(issued, spared).all()
