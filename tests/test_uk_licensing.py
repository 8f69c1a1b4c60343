"""The national scenario: near the record of 2022, and what a policy towards some does to everyone else's waiting.

Statements about means are tested one-sided at 1 %, as in ``test_shipped_scenarios.py``, over futures of one seed.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import exportsim as xs
from exportsim.analysis.intervals import interval
from exportsim.analysis.ledger_rows import processing_times, working_days
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.ledger import Ledger
from exportsim.lifecycle import Fact
from exportsim.plan import Plan
from exportsim.scenario import load
from exportsim.study.expectations import HELD

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "benchmarks"))  # its programs import each other

from licence_waits import GROUPS, SCENARIO, SPANS, TRAFFIC, Year, by_group, closed, minute_of, year_of  # noqa: E402

PAGE = (ROOT / "docs" / "uk-licensing.md").read_text(encoding="utf-8")
FUTURES = range(8)
CHANGE = date(2023, 1, 1)
ALLIES = ("united-states", "germany", "france", "italy", "canada", "australia")
OTHERS, SIX, THREE, EVERYBODY = range(len(GROUPS) + 1)

Play = Callable[[str, int], Ledger]
Saved = Callable[[str, str, int], list[float]]


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
def saved(play: Play, plan: Plan) -> Saved:
    """Working days by which those of a group are decided sooner in a span of time than under the reference."""

    @cache
    def days(policy: str, span: str, future: int) -> list[float]:
        return by_group(play(policy, future), plan, *SPANS[span])

    def less(policy: str, span: str, group: int, than: str = "baseline") -> list[float]:
        return [days(than, span, future)[group] - days(policy, span, future)[group] for future in FUTURES]

    return less


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


@pytest.mark.long
def test_what_the_file_expects_holds() -> None:
    examined = xs.check_expectations(load(SCENARIO), futures=30, plays=0)
    assert {finding.expectation.said(): finding.verdict for finding in examined.findings} == {
        statement.said(): HELD for statement in load(SCENARIO).expect
    }


# ------------------------------------------------------------------------------------------- everyone else's waiting


def test_a_hold_is_nobody_elses_gain_and_its_end_is_at_everybodys_cost(play: Play, saved: Saved, plan: Plan) -> None:
    """What is held has been reviewed, and is reviewed again when it has grown old."""
    for future in FUTURES:
        held = play("turkiye-hold", future)
        year = (held.minute >= minute_of(held, CHANGE)) & (held.minute < minute_of(held, date(2024, 1, 1)))
        licensed = held.supplier == plan.names.suppliers.index("british")
        turkish = (held.line == plan.names.lines.index("turkiye")) & year & licensed
        assert int((turkish & (held.fact == Fact.HELD)).sum()) > 300
        assert not (turkish & np.isin(held.fact, (Fact.APPROVED, Fact.DENIED))).any()
    assert max(map(abs, saved("turkiye-hold", "2023", OTHERS))) < 0.1
    for group in (OTHERS, SIX):
        assert_above([-days for days in saved("turkiye-hold", "January to March 2024", group)], 0.5)


def test_a_hold_makes_the_published_figure_better_while_it_lasts(play: Play, plan: Plan) -> None:
    """What is held is not closed; when it is, it is late."""

    def share(policy: str, year: int) -> list[float]:
        return [year_of(play(policy, future), plan, year).within_20 for future in FUTURES]

    better, worse = (np.subtract(share("turkiye-hold", year), share("baseline", year)) for year in (2023, 2024))
    assert_above(list(better), 0.002)
    assert_above(list(-worse), 0.002)


@pytest.mark.parametrize("policy", ["more-officers", "general-licence"])
def test_officers_and_a_general_licence_shorten_everybodys_wait(policy: str, saved: Saved) -> None:
    assert_above(saved(policy, "2023", OTHERS), 0.3)
    assert_above(saved(policy, "2023", THREE), 0.2)


def test_under_a_general_licence_allies_apply_no_more(play: Play, plan: Plan) -> None:
    allies = [plan.names.lines.index(name) for name in ALLIES]
    for future in FUTURES:
        ledger = play("general-licence", future)
        ordered = ledger.fact == Fact.APPLIED
        late = ledger.minute >= minute_of(ledger, CHANGE)
        assert np.isin(ledger.line[ordered & ~late], allies).any()
        assert not np.isin(ledger.line[ordered & late], allies).any()


def test_a_presumption_of_denial_frees_officers_and_spares_the_carve_out(play: Play, saved: Saved, plan: Plan) -> None:
    """One in five of those without hope of it tries all the same, and of these one in ten is approved."""
    assert_above(saved("israel-denial", "2023", OTHERS), 0.05)
    israel, tried, issued = plan.names.lines.index("israel"), 0, 0
    for future in FUTURES:
        ledger = play("israel-denial", future)
        ours = ledger.line == israel
        ordered = ours & (ledger.fact == Fact.ORDERED)
        spared = ledger.order[ordered & (ledger.detail == plan.names.programmes.index("f-35"))]
        licensed = ledger.supplier == plan.names.suppliers.index("british")
        late = ledger.minute >= minute_of(ledger, CHANGE)
        new = ~np.isin(ledger.order, ledger.order[ours & (ledger.fact == Fact.APPLIED) & ~late])
        others = ours & licensed & new & ~np.isin(ledger.order, spared)
        tried += int((others & (ledger.fact == Fact.APPLIED)).sum())
        issued += int((others & (ledger.fact == Fact.APPROVED)).sum())
        carved = ours & licensed & new & np.isin(ledger.order, spared)
        assert int((carved & (ledger.fact == Fact.APPROVED)).sum()) > 30
    assert 0.1 < tried / (len(FUTURES) * 2 * 475 * 0.9 * 10 / 11) < 0.3
    assert 0.05 < issued / tried < 0.15


# ----------------------------------------------------------------------------------------------- who is served first


@pytest.mark.parametrize(("policy", "than"), [("allies-first", "baseline"), ("vacancies-allies-first", "vacancies")])
def test_what_is_given_to_some_is_taken_from_the_others(policy: str, than: str, saved: Saved) -> None:
    """Six allies, who are a fifth of all, wait less and the others more; the mean over everybody is what it was."""
    assert_above(saved(policy, "2023", SIX, than), 0.5)
    assert_above([-days for days in saved(policy, "2023", OTHERS, than)], 0.1)
    assert max(map(abs, saved(policy, "2023", EVERYBODY, than))) < 0.5


def test_without_a_queue_there_is_little_to_be_first_in(saved: Saved) -> None:
    """With all posts filled being first saves a day; with ten vacant, all that the others wait."""
    filled = saved("allies-first", "2023", SIX)
    vacant = saved("vacancies-allies-first", "2023", SIX, "vacancies")
    assert_above(list(np.subtract(vacant, np.multiply(5, filled))))


def test_a_queue_outlasts_the_vacancies(saved: Saved) -> None:
    """In the year after they are filled everybody waits longer than in the year in which they were vacant."""
    during, after = (saved("vacancies", span, OTHERS) for span in ("2023", "2024"))
    assert_above([-days for days in during], 5)
    assert_above(list(np.subtract(during, after)))


def test_questions_stop_the_clock(play: Play, plan: Plan) -> None:
    """One in five applications is sent back at least once; the days are not among those that are published."""
    ledger = play("baseline", 0)
    span = date(2022, 1, 1), date(2023, 1, 1)
    found = closed(ledger, plan, *span)
    start, end = (minute_of(ledger, day) for day in span)
    returned = (ledger.fact == Fact.RETURNED) & (ledger.minute >= 0) & (ledger.minute < minute_of(ledger, CHANGE))
    assert 0.2 < returned.sum() / len(found.days) < 0.28
    assert (found.line == TRAFFIC).sum() > 12_000
    told = (Fact.APPLIED, Fact.RETURNED, Fact.ANSWERED, Fact.APPROVED, Fact.DENIED)
    rows = np.flatnonzero((ledger.line == TRAFFIC) & np.isin(ledger.fact, told))
    by_number = rows[np.argsort(ledger.order[rows], kind="stable")]
    at_office: dict[int, int] = {}  # minutes of working days, of other applications that were sent back once
    for application in np.split(by_number, np.flatnonzero(np.diff(ledger.order[by_number])) + 1):
        facts, minutes = ledger.fact[application].tolist(), ledger.minute[application]
        if facts[:3] == [Fact.APPLIED, Fact.RETURNED, Fact.ANSWERED] and len(facts) == 4 and start <= minutes[3] < end:
            spent = processing_times(working_days(plan), np.zeros(2, dtype=np.int64), minutes[[0, 2]], minutes[[1, 3]])
            at_office[int(ledger.order[application[0]])] = int(spent.sum())
    assert len(at_office) > 1_000
    published = Counter(np.rint(found.days[found.line == TRAFFIC] * 1440).astype(int).tolist())
    assert not Counter(at_office.values()) - published
