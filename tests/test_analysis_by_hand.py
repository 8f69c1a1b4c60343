"""Outcomes and series of a ledger written by hand, every expected figure worked out beside it."""

from __future__ import annotations

import math
import statistics
from datetime import datetime
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exportsim import ExportsimError
from exportsim.analysis.checked_sums import MOST, NONE, OVERFLOWN, interpolated, plus, smallest, spend
from exportsim.analysis.counting_tables import final_year, months, places
from exportsim.analysis.figures import FIGURES
from exportsim.analysis.ledger_rows import Plays
from exportsim.analysis.outcomes import Grouped, Grouping, measure, outcomes, values
from exportsim.analysis.series import blank, frame, taken, total
from exportsim.compile import compile_plan
from exportsim.ledger import Ledger, Row
from exportsim.lifecycle import Fact
from exportsim.outcomes import OUTCOMES
from exportsim.packed_rows import rows_of
from exportsim.plan import Plan
from exportsim.scenario import build
from worlds import two_sources

DAY = 1440
NORTH, SOUTH, NOBODY = 0, 1, -1


def world(**changes: Any) -> dict[str, Any]:
    """2020 with 60 days before it; north is licensed to TR by gac and costs a tenth more, south needs no permit."""
    usual = two_sources(
        period={"start": "2020-01-01", "end": "2020-12-31", "warm_up": "60d"},
        currency="CAD",
        authorities__gac={
            "country": "CA", "service_standard": "20d", "review": [{"stage": "desk", "officers": 1, "work": "1d"}],
        },
        suppliers__north={"country": "CA", "authority": "gac", "slots": 1, "lead_time": "1d", "price": 1.1},
        suppliers__south={"country": "ZA", "slots": 1, "lead_time": "1d"},
        demand__line__orders="1/y", demand__line__value=100, demand__line__programmes={"nato": 0.5},
        demand__line__sources={"north": {}, "south": {}},
        policies={"free": {"measures": []}}, title=None,
    )  # fmt: skip
    return usual | changes


@pytest.fixture(scope="module")
def plan() -> Plan:
    return compile_plan(build(world()))


def row(
    day: float, fact: Fact, order: int, attempt: int, supplier: int, detail: int = 0, cents: int = 0, *, line: int = 0
) -> Row:
    return (round(day * DAY), fact, line, order, attempt, supplier, detail, cents)


STORY = [
    # Order 1 comes in the warm-up; half of it is delivered there and half in January.
    row(-20, Fact.ORDERED, 1, 0, NOBODY, 0, 100_000),
    row(-20, Fact.SOURCED, 1, 1, NORTH, -1, 100_000),
    row(-20, Fact.APPLIED, 1, 1, NORTH, 0, 100_000),
    row(-10, Fact.APPROVED, 1, 1, NORTH, 0, 100_000),
    row(-5, Fact.DELIVERED, 1, 1, NORTH, 1, 50_000),
    # Order 2, of a NATO programme, is held and denied at north, and delivered by south.
    row(5, Fact.ORDERED, 2, 0, NOBODY, 1, 30_000),
    row(5, Fact.SOURCED, 2, 1, NORTH, -1, 30_000),
    row(5, Fact.APPLIED, 2, 1, NORTH, 0, 30_000),
    row(10, Fact.DELIVERED, 1, 1, NORTH, 2, 50_000),
    row(15, Fact.HELD, 2, 1, NORTH, 0),
    row(40, Fact.DENIED, 2, 1, NORTH, 0),
    row(40, Fact.SOURCED, 2, 2, SOUTH, -1, 30_000),
    # Order 3 gets a permit on 1 March at midnight; it is suspended, then cancelled, and the order is lost.
    row(50, Fact.ORDERED, 3, 0, NOBODY, 0, 20_001),
    row(50, Fact.SOURCED, 3, 1, NORTH, -1, 20_001),
    row(50, Fact.APPLIED, 3, 1, NORTH, 0, 20_001),
    row(60, Fact.APPROVED, 3, 1, NORTH, 0, 20_001),
    row(70, Fact.SUSPENDED, 3, 1, NORTH, 0, 20_001),
    row(100, Fact.DELIVERED, 2, 2, SOUTH, 1, 30_000),
    row(100, Fact.CANCELLED, 3, 1, NORTH, 0, 20_001),
    row(100, Fact.UNSERVED, 3, 1, NOBODY, -1, 20_001),
    row(130, Fact.LOST, 3, 1, NOBODY, 3, 20_001),
    # Order 4 is in review when the year ends.
    row(360, Fact.ORDERED, 4, 0, NOBODY, 0, 5_000),
    row(360, Fact.SOURCED, 4, 1, NORTH, -1, 5_000),
    row(360, Fact.APPLIED, 4, 1, NORTH, 0, 5_000),
    row(361, Fact.REVIEW_STARTED, 4, 1, NORTH, 0),
]


def ledger(plan: Plan, rows: list[Row] = STORY) -> Ledger:
    rows = sorted(rows, key=lambda entry: entry[0])  # a ledger is in the order of its minutes
    return Ledger.of(rows, names=plan.names, origin=plan.origin, policy=0, seed=1, future=0)


@pytest.fixture(scope="module")
def found(plan: Plan) -> dict[str, float]:
    return measure(ledger(plan), plan).outcomes


@pytest.fixture(scope="module")
def table(plan: Plan) -> pd.DataFrame:
    return frame(measure(ledger(plan), plan).series, plan)


def stock(table: pd.DataFrame, name: str) -> dict[str, tuple[int, float]]:
    """The months at whose ends something stood, with its number and value."""
    rows = table[table[name] > 0].groupby("month")[[name, f"{name}_value"]].sum()
    return {f"{month:%m}": (int(n), float(v)) for month, (n, v) in zip(rows.index, rows.to_numpy(), strict=True)}


def test_exports_are_what_licensed_suppliers_deliver_in_the_period(found: dict[str, float]) -> None:
    assert found["exports"] == 500.00  # not the half delivered in the warm-up, nor what south delivered


def test_delivered_counts_every_supplier(found: dict[str, float]) -> None:
    assert found["delivered"] == 800.00
    assert (found["delivered/north"], found["delivered/south"]) == (500.00, 300.00)


def test_elsewhere_is_what_is_delivered_without_being_exported(found: dict[str, float]) -> None:
    assert found["elsewhere"] == 300.00


def test_counted_totals_are_conserved_to_the_cent(found: dict[str, float]) -> None:
    assert (found["ordered"], found["open_at_start"]) == (550.01, 500.00)
    assert (found["lost"], found["pending"]) == (200.01, 50.00)
    names = ("ordered", "open_at_start", "exports", "elsewhere", "lost", "pending")
    cents = {name: round(100 * found[name]) for name in names}
    ended = cents["exports"] + cents["elsewhere"] + cents["lost"] + cents["pending"]
    assert cents["ordered"] + cents["open_at_start"] == ended


def test_exports_are_told_by_authority_and_what_is_received_by_destination(found: dict[str, float]) -> None:
    assert (found["exports/gac"], found["received/TR"]) == (500.00, 800.00)


def test_incidents_and_evidence_are_numbers_of_the_period(plan: Plan) -> None:
    happened = [row(day, Fact.INCIDENT, 0, 0, NOBODY, 0, line=-1) for day in (-3, 20, 20, 300)]
    evidence = [row(day, Fact.EVIDENCE, 0, 0, NOBODY, 0, 900, line=-1) for day in (-3, 300)]
    found = measure(ledger(plan, STORY + happened + evidence), plan).outcomes
    assert (found["incidents"], found["evidence"]) == (3, 1)


def test_delay_is_weighted_by_value_and_runs_from_the_order_even_if_that_lies_in_the_warm_up(
    found: dict[str, float],
) -> None:
    assert found["delay"] == (30 * 500 + 95 * 300) / 800


def test_premium_is_spend_less_value(found: dict[str, float]) -> None:
    assert found["premium"] == 50.00


def test_processing_times_are_of_the_decisions_in_the_period(found: dict[str, float]) -> None:
    assert found["processing_time_mean"] == 22.5
    assert found["processing_time_median"] == 22.5  # of 35 and 10 days: halfway between
    assert found["processing_time_p90"] == 32.5  # nine tenths of the way


def test_within_standard_is_of_what_was_closed_in_the_period_whenever_it_was_applied_for(
    plan: Plan, found: dict[str, float]
) -> None:
    assert found["within_standard"] == 1 / 2  # orders 2 (35 days) and 3; order 4 is not closed
    later = [(DAY, *entry[1:]) if entry[1] == Fact.APPROVED and entry[3] == 1 else entry for entry in STORY]
    outcomes = measure(ledger(plan, later), plan).outcomes
    assert outcomes["within_standard"] == 1 / 3  # order 1, too, which took 21 days
    assert outcomes["within_standard_cohort"] == 1 / 2


def test_an_office_counts_the_days_that_begin_after_that_of_the_application(plan: Plan) -> None:
    def shares(applied: float, denied: float) -> tuple[float, float]:
        rows = [
            row(applied, Fact.ORDERED, 1, 0, NOBODY, 0, 100),
            row(applied, Fact.SOURCED, 1, 1, NORTH, -1, 100),
            row(applied, Fact.APPLIED, 1, 1, NORTH, 0, 100),
            row(denied, Fact.DENIED, 1, 1, NORTH, 0),
        ]
        outcomes = measure(ledger(plan, rows), plan).outcomes
        return outcomes["within_standard"], outcomes["within_standard_cohort"]

    assert shares(5, 25) == (1, 1)
    assert shares(5, 25.9) == (1, 0)  # within 20 whole days; to the minute it is late
    assert shares(5.9, 25.9) == (1, 1)
    assert shares(5.9, 26) == (0, 0)  # 20 days, 2 hours and 24 minutes


def test_what_was_withdrawn_in_time_is_closed_in_time(plan: Plan) -> None:
    rows = [
        row(5, Fact.ORDERED, 1, 0, NOBODY, 0, 100),
        row(5, Fact.SOURCED, 1, 1, NORTH, -1, 100),
        row(5, Fact.APPLIED, 1, 1, NORTH, 0, 100),
        row(24, Fact.WITHDRAWN, 1, 1, NORTH, 0, 100),
    ]
    assert measure(ledger(plan, rows), plan).outcomes["within_standard"] == 1
    rows[-1] = row(26, Fact.WITHDRAWN, 1, 1, NORTH, 0, 100)
    assert measure(ledger(plan, rows), plan).outcomes["within_standard"] == 0


def test_the_backlog_is_what_is_applied_for_and_open_at_the_end(plan: Plan, found: dict[str, float]) -> None:
    assert (found["backlog"], found["backlog_age_median"]) == (1, 6)  # order 4, and 2020 has 366 days
    held = [
        row(5, Fact.ORDERED, 5, 0, NOBODY, 0, 100),
        row(5, Fact.SOURCED, 5, 1, NORTH, -1, 100),
        row(6, Fact.APPLIED, 5, 1, NORTH, 0, 100),
        row(15, Fact.HELD, 5, 1, NORTH, 0),
    ]
    outcomes = measure(ledger(plan, STORY + held), plan).outcomes
    assert (outcomes["backlog"], outcomes["backlog_age_median"]) == (2, (6 + 360) / 2)


def test_shares_by_number_are_of_parts_whatever_they_are_worth(plan: Plan, found: dict[str, float]) -> None:
    assert found["final_share_by_number/north"] == found["final_share_by_number/south"] == 1 / 2
    more = [row(20, Fact.DELIVERED, 1, 1, NORTH, 2, 1), row(21, Fact.DELIVERED, 1, 1, NORTH, 2, 1)]
    outcomes = measure(ledger(plan, STORY + more), plan).outcomes
    assert outcomes["final_share_by_number/north"] == 3 / 4
    assert outcomes["final_share/north"] == 50_002 / 80_002


def test_by_year_applications_count_in_the_year_in_which_they_are_closed_or_made_or_open() -> None:
    two_years = compile_plan(build(world(period={"start": "2020-01-01", "end": "2021-12-31", "warm_up": "60d"})))
    rows = [
        *(entry for entry in STORY if entry[3] == 4),
        row(376, Fact.APPROVED, 4, 1, NORTH, 0, 5_000),  # in 2021, of an application of 2020
        row(400, Fact.ORDERED, 5, 0, NOBODY, 0, 100),
        row(400, Fact.SOURCED, 5, 1, NORTH, -1, 100),
        row(400, Fact.APPLIED, 5, 1, NORTH, 0, 100),  # open at the end, and late
    ]
    grouping = Grouping(two_years, ["year", "authority"])
    figures = grouping.figures(1)
    grouping.count(Plays([rows_of(ledger(two_years, rows))]), figures)
    of = dict(zip(grouping.outcomes, grouping.values(figures)[0].T.tolist(), strict=True))
    of = {name: dict(zip(grouping.labels, values, strict=True)) for name, values in of.items()}
    here, there = (2020, "gac"), (2021, "gac")
    assert math.isnan(of["processing_time_mean"][here]) and of["processing_time_mean"][there] == 16
    assert math.isnan(of["within_standard"][here]) and of["within_standard"][there] == 1
    assert (of["within_standard_cohort"][here], of["within_standard_cohort"][there]) == (1, 0)
    assert (of["backlog"][here], of["backlog"][there]) == (1, 1)
    assert measure(ledger(two_years, rows), two_years).outcomes["backlog"] == 1  # not the sum of the years
    together = Grouping(two_years, ["authority"])
    merged = together.merged(Grouped(("year", "authority"), figures[np.newaxis]))[0, 0]
    assert merged[together.labels.index(("gac",)), FIGURES.index("backlog")] == 1


def test_an_application_within_its_standard_at_the_end_is_not_judged_yet(found: dict[str, float]) -> None:
    assert found["within_standard_cohort"] == 1 / 2


def test_waiting_undecided_beyond_the_standard_is_late(plan: Plan) -> None:
    rows = [entry for entry in STORY if entry[3] != 2] + [
        row(5, Fact.ORDERED, 5, 0, NOBODY, 0, 100),
        row(5, Fact.SOURCED, 5, 1, NORTH, -1, 100),
        row(5, Fact.APPLIED, 5, 1, NORTH, 0, 100),
        row(15, Fact.HELD, 5, 1, NORTH, 0),
    ]
    assert measure(ledger(plan, rows), plan).outcomes["within_standard_cohort"] == 1 / 2


def test_an_application_withdrawn_before_its_standard_ran_out_is_not_judged(plan: Plan) -> None:
    rows = [
        row(5, Fact.ORDERED, 1, 0, NOBODY, 0, 100),
        row(5, Fact.SOURCED, 1, 1, NORTH, -1, 100),
        row(5, Fact.APPLIED, 1, 1, NORTH, 0, 100),
        row(24, Fact.WITHDRAWN, 1, 1, NORTH, 0, 100),
    ]
    assert math.isnan(measure(ledger(plan, rows), plan).outcomes["within_standard_cohort"])
    rows[-1] = row(26, Fact.WITHDRAWN, 1, 1, NORTH, 0, 100)
    assert measure(ledger(plan, rows), plan).outcomes["within_standard_cohort"] == 0


def test_the_last_year_is_the_whole_of_a_short_period_and_its_shares_add_up(found: dict[str, float]) -> None:
    assert found["final_share/north"] == 500 / 800
    assert found["final_share/south"] == 300 / 800


def test_the_last_year_begins_on_the_day_a_year_before_the_end() -> None:
    long = compile_plan(build(world(period={"start": "2018-01-01", "end": "2020-12-31"})))
    assert final_year(long) == (datetime(2020, 1, 1) - datetime(2018, 1, 1)).days * DAY


def test_what_does_not_happen_is_undefined_and_not_zero(plan: Plan) -> None:
    empty = measure(ledger(plan, []), plan).outcomes
    undefined = {"delay", "within_standard", "final_share/north", "processing_time_median"}
    assert all(math.isnan(empty[name]) for name in undefined)
    assert empty["exports"] == empty["pending"] == 0


def test_every_outcome_of_the_table_is_measured_and_no_other(plan: Plan, found: dict[str, float]) -> None:
    assert list(found) == [outcome.name for outcome in outcomes(plan)]
    # Two suppliers for each of the three that name one; one authority and one destination.
    assert len(outcomes(plan)) == len(OUTCOMES) + 3
    assert all(outcome.definition.endswith(".") for outcome in OUTCOMES)


def test_the_currency_is_the_unit_of_money(plan: Plan) -> None:
    assert {outcome.unit for outcome in outcomes(plan)} == {"CAD", "days", "share", "number"}


def test_flows_stand_in_the_month_of_their_fact(table: pd.DataFrame) -> None:
    delivered = table[table["delivered"] > 0]
    assert list(delivered["month"].dt.month) == [1, 4]
    assert list(delivered["supplier"]) == ["north", "south"]
    assert list(delivered["delivered_value"]) == [500.00, 300.00]
    assert list(delivered["spend"]) == [550.00, 300.00]


def test_facts_of_the_warm_up_do_not_flow(table: pd.DataFrame) -> None:
    assert table["ordered"].sum() == 3
    assert table["approved"].sum() == 1
    assert table["ordered_value"].sum() == 550.01


def test_a_denial_is_told_with_the_value_that_was_open(table: pd.DataFrame) -> None:
    denied = table[table["denied"] > 0]
    assert list(denied[["programme", "denied_value"]].itertuples(index=False, name=None)) == [("nato", 300.00)]


def test_a_cell_is_told_by_destination_goods_programme_and_authority(table: pd.DataFrame) -> None:
    cells = table[table["applied"] > 0][["authority", "destination", "goods", "programme"]].drop_duplicates()
    assert sorted(cells.itertuples(index=False, name=None)) == [
        ("gac", "TR", "sensors", "nato"),
        ("gac", "TR", "sensors", "none"),
    ]
    assert set(table[table["supplier"] == "south"]["authority"]) == {""}


def test_a_stock_is_what_stands_before_the_midnight_that_ends_the_month(table: pd.DataFrame) -> None:
    assert stock(table, "in_review") == {"02": (1, 200.01), "12": (1, 50.00)}  # approved on 1 March at midnight
    assert stock(table, "held") == {"01": (1, 300.00)}
    assert stock(table, "suspended") == {"03": (1, 200.01)}
    assert stock(table, "unserved") == {"04": (1, 200.01)}
    assert stock(table, "in_force") == {}


def test_a_permit_that_is_used_up_is_in_force_no_more(plan: Plan) -> None:
    rows = [entry for entry in STORY if entry[3] == 1]
    rows[-1] = row(40, Fact.DELIVERED, 1, 1, NORTH, 2, 50_000)
    table = frame(measure(ledger(plan, rows), plan).series, plan)
    assert stock(table, "in_force") == {"01": (1, 500.00)}


def test_a_reinstated_permit_is_in_force_again(plan: Plan) -> None:
    rows = [entry for entry in STORY if entry[3] == 3 and entry[0] <= 70 * DAY]
    rows.append(row(80, Fact.REINSTATED, 3, 1, NORTH, 0, 20_001))
    table = frame(measure(ledger(plan, rows), plan).series, plan)
    assert "03" not in stock(table, "suspended")
    assert list(stock(table, "in_force")) == [f"{month:02}" for month in range(3, 13)]


def test_open_value_is_with_the_supplier_of_the_attempt(table: pd.DataFrame) -> None:
    february = table[(table["month"] == "2020-02-01") & (table["open"] > 0)]
    assert dict(zip(february["supplier"], february["open_value"], strict=True)) == {"north": 200.01, "south": 300.00}


def test_open_value_moves_by_what_is_ordered_delivered_and_lost(table: pd.DataFrame) -> None:
    monthly = table.groupby("month")[["open_value", "ordered_value", "delivered_value", "lost_value"]].sum()
    monthly = monthly.reindex(pd.date_range("2020-01-01", "2020-12-01", freq="MS"), fill_value=0.0)
    flow = (monthly["ordered_value"] - monthly["delivered_value"] - monthly["lost_value"]).cumsum() + 500.00
    np.testing.assert_allclose(monthly["open_value"], flow, atol=1e-9)


def test_series_of_several_plays_add_up_exactly(plan: Plan) -> None:
    one = measure(ledger(plan), plan).series
    both = total([one, one])
    assert np.array_equal(both.key, one.key)
    assert np.array_equal(both.cents, 2 * one.cents)
    pd.testing.assert_frame_equal(frame(both, plan, futures=2), frame(one, plan, futures=1), check_exact=True)


def test_months_are_the_calendars_and_end_with_the_period() -> None:
    plan = compile_plan(build(world(period={"start": "2020-01-15", "end": "2020-03-10"})))
    labels, ends = months(plan)
    assert [f"{label:%m-%d}" for label in labels] == ["01-01", "02-01", "03-01"]
    assert list(ends) == [17 * DAY, 46 * DAY, 56 * DAY] == [*ends[:2], plan.end]


def test_an_approval_without_application_is_no_processing_time(plan: Plan) -> None:
    rows = [
        row(1, Fact.ORDERED, 1, 0, NOBODY, 0, 100),
        row(1, Fact.SOURCED, 1, 1, NORTH, -1, 100),
        row(1, Fact.APPROVED, 1, 1, NORTH, 0, 100),
    ]
    assert math.isnan(measure(ledger(plan, rows), plan).outcomes["processing_time_median"])


def test_other_applications_have_a_processing_time_of_their_own(plan: Plan, found: dict[str, float]) -> None:
    traffic = [
        (0, Fact.APPLIED, -1, 1, 1, -1, 0, 0),
        (DAY, Fact.APPLIED, -1, 2, 1, -1, 0, 0),
        (4 * DAY, Fact.APPROVED, -1, 1, 1, -1, 0, 0),
        (7 * DAY, Fact.DENIED, -1, 2, 1, -1, 0, 0),
        (8 * DAY, Fact.APPLIED, -1, 3, 1, -1, 0, 0),
    ]
    both = measure(ledger(plan, [*STORY, *traffic]), plan).outcomes
    traffic += [  # sent back for a day: 7 days less 1
        (10 * DAY, Fact.APPLIED, -1, 4, 1, -1, 0, 0),
        (12 * DAY, Fact.RETURNED, -1, 4, 1, -1, 0, 0),
        (13 * DAY, Fact.ANSWERED, -1, 4, 1, -1, 0, 0),
        (20 * DAY, Fact.DENIED, -1, 4, 1, -1, 0, 0),
    ]
    three = measure(ledger(plan, [*STORY, *traffic]), plan).outcomes
    assert both.pop("traffic_processing_time_median") == 5  # of 4 and 6 days
    assert both.pop("traffic_processing_time_mean") == 5
    assert three["traffic_processing_time_mean"] == 19 / 3
    assert three["traffic_processing_time_median"] == 6
    assert both == {name: value for name, value in found.items() if name in both}


def test_a_standard_in_working_days_runs_on_the_authoritys_calendar() -> None:
    authority = world()["authorities"]["gac"] | {"service_standard": "5bd", "calendar": {"weekend": ["sat", "sun"]}}
    plan = compile_plan(build(world(authorities={"gac": authority})))

    def share(days: int) -> float:
        rows = [
            row(0, Fact.ORDERED, 1, 0, NOBODY, 0, 100),  # a Wednesday
            row(0, Fact.SOURCED, 1, 1, NORTH, -1, 100),
            row(0, Fact.APPLIED, 1, 1, NORTH, 0, 100),
            row(days, Fact.DENIED, 1, 1, NORTH, 0),
        ]
        return measure(ledger(plan, rows), plan).outcomes["within_standard"]

    assert share(7) == 1  # the next Wednesday at midnight: five working days, to the minute
    assert share(8) == 0


@pytest.mark.parametrize(
    ("cents", "price", "paid"),
    [(100, 1_150_000, 115), (1, 500_000, 1), (1, 499_999, 0), (3, 1_500_000, 5), (10**15, 10**9, 10**18)],
)
def test_spend_is_to_the_nearest_cent_halves_up(cents: int, price: int, paid: int) -> None:
    assert spend(cents, price) == paid


@pytest.mark.parametrize(("cents", "price"), [(10**15, 10**13), (10**18, 10**8), (2**52, 9_000_000_000_000)])
def test_spend_that_leaves_sixty_four_bits_is_known_to(cents: int, price: int) -> None:
    assert spend(cents, price) == OVERFLOWN


BRINK = st.one_of(st.integers(-MOST, MOST), st.sampled_from([MOST, -MOST, OVERFLOWN, 0, 1, -1]))


@given(BRINK, BRINK)
def test_a_sum_is_exact_or_known_not_to_be(a: int, b: int) -> None:
    fits = OVERFLOWN not in (a, b) and -MOST <= a + b <= MOST
    assert plus(a, b) == (a + b if fits else OVERFLOWN)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=40), st.integers(0, 10**6))
def test_the_kth_smallest_is_found(numbers: list[int], k: int) -> None:
    k %= len(numbers)
    room = np.array([-1, *numbers, 99], dtype=np.int64)
    assert smallest(room, 1, len(numbers) + 1, k) == sorted(numbers)[k]
    assert sorted(room[1:-1].tolist()) == sorted(numbers) and (room[0], room[-1]) == (-1, 99)


@pytest.mark.parametrize("number", [1, 2, 9, 10, 11, 20, 33])
def test_quantiles_lie_on_a_line_between_the_times_about_their_rank(plan: Plan, number: int) -> None:
    rows = [
        entry
        for order in range(1, number + 1)
        for entry in (
            row(1, Fact.ORDERED, order, 0, NOBODY, 0, 100),
            row(1, Fact.APPLIED, order, 1, NORTH, 0, 100),
            row(1 + order, Fact.DENIED, order, 1, NORTH, 0),
        )
    ]
    found = measure(ledger(plan, rows), plan).outcomes
    assert found["processing_time_median"] == (number + 1) / 2
    assert found["processing_time_p90"] == 1 + 9 * (number - 1) / 10


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60), st.integers(0, 10))
def test_quantiles_are_those_of_numpy_and_pandas(minutes: list[int], tenths: int) -> None:
    room = np.array([-1, *minutes, 99], dtype=np.int64)
    found = interpolated(room, 1, len(minutes) + 1, tenths)
    assert (room[0], room[-1], sorted(room[1:-1].tolist())) == (-1, 99, sorted(minutes))
    assert found / 10 == pytest.approx(np.percentile(minutes, 10 * tenths, method="linear"), rel=1e-14, abs=1e-9)
    assert found / 10 == pytest.approx(pd.Series(minutes).quantile(tenths / 10), rel=1e-14, abs=1e-9)
    if tenths == 5:
        assert found == 10 * statistics.median([*map(Fraction, minutes)])
    assert interpolated(room, 1, 1, tenths) == NONE


def one_order(cents: int, days: int, number: int = 1) -> list[Row]:
    return [
        row(0, Fact.ORDERED, number, 0, NOBODY, 0, cents),
        row(0, Fact.SOURCED, number, 1, SOUTH, -1, cents),
        row(days, Fact.DELIVERED, number, 1, SOUTH, 1, cents),
    ]


def test_the_delay_of_great_values_is_exact(plan: Plan) -> None:
    """Cents times minutes pass sixty-four bits."""
    cents = 10**15 + 1
    rows = [entry for number in range(1, 9) for entry in one_order(cents, 300 + number % 2, number)]
    assert measure(ledger(plan, rows), plan).outcomes["delay"] == 300.5


def test_money_of_great_values_is_rounded_once(plan: Plan) -> None:
    cents = 2**53 + 1  # no float
    rows = one_order(2**51, 1) + one_order(2**51, 1, 2) + one_order(2**51, 1, 3) + one_order(2**51 + 1, 1, 4)
    assert measure(ledger(plan, rows), plan).outcomes["delivered"] == cents / 100


@pytest.mark.parametrize(("cents", "number"), [(2**52 - 1, 2100), (2**53, 1), (2**62, 3)])
def test_a_sum_that_leaves_sixty_four_bits_is_an_error_and_never_wrong(plan: Plan, cents: int, number: int) -> None:
    rows = [entry for order in range(1, number + 1) for entry in one_order(cents, 1, order)]
    with pytest.raises(ExportsimError, match="sums of money have grown past"):
        measure(ledger(plan, rows), plan)


def test_a_total_that_leaves_sixty_four_bits_is_an_error(plan: Plan) -> None:
    one = measure(ledger(plan, one_order(2**51, 1)), plan).series
    half = one._replace(cents=one.cents * 2**11)
    assert total([half]).cents.max() == 2**62
    with pytest.raises(ExportsimError, match="sums of money have grown past"):
        total([half, half])


ALIENS = [
    (0, Fact.ORDERED, 1, 1, 0, NOBODY, 0, 100),  # no such line
    (0, Fact.ORDERED, 0, 1, 0, 2, 0, 100),  # no such supplier
    (0, Fact.ORDERED, 0, 1, 0, NOBODY, 2, 100),  # no such programme
    (0, Fact.ORDERED, 0, 0, 0, NOBODY, 0, 100),  # orders are numbered from 1
    (0, Fact.SOURCED, 0, 1, 1, NORTH, -1, 100),  # it was never ordered
    (0, Fact.APPLIED, 0, 1, 1, NORTH, 1, 100),  # no such authority
    (0, Fact.APPLIED, -1, 1, 1, -1, 1, 100),
    (0, Fact.DELIVERED, 0, 1, 1, NOBODY, 1, 100),
    (0, 24, 0, 1, 1, NORTH, 1, 100),  # no such fact
]


@pytest.mark.parametrize("alien", ALIENS)
def test_a_ledger_of_another_scenario_is_refused(plan: Plan, alien: Row) -> None:
    with pytest.raises(ExportsimError, match="of another scenario"):
        measure(ledger(plan, [alien]), plan)


def test_a_place_is_a_line_a_source_or_none_and_a_programme_that_can_be(plan: Plan) -> None:
    found = places(plan)
    assert list(zip(found.supplier, found.programme, strict=True)) == [
        (supplier, programme) for supplier in (NOBODY, NORTH, SOUTH) for programme in (0, 1)
    ]


def test_figures_of_many_plays_are_read_as_those_of_one(plan: Plan, found: dict[str, float]) -> None:
    from exportsim.analysis.counter import Counter

    counter = Counter(plan)
    figures = counter.figures(2, 3)
    counter.count(rows_of(ledger(plan)), figures[1, 2])
    np.testing.assert_array_equal(values(figures, plan)[1, 2], list(found.values()))


def test_what_is_counted_without_a_journal_is_in_none(plan: Plan) -> None:
    from exportsim.analysis.counter import Counter, Journal

    counter, journal = Counter(plan), Journal()
    table = blank(counter.terms)
    for noted in (journal, None, journal, None):
        counter.count(rows_of(ledger(plan)), counter.figures(), journal=noted)
    journal.post(table)
    one = measure(ledger(plan), plan).series
    twice = taken(table, counter.terms)
    assert np.array_equal(twice.key, one.key) and np.array_equal(twice.cents, 2 * one.cents)
    assert np.array_equal(twice.number, 2 * one.number)
    assert not table.any()
