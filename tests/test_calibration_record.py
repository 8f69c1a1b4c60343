"""The record of a calibration: how it is read, and the same figures of a play."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_t

import exportsim as xs
from exportsim.compile import compile_plan
from exportsim.engine.compiled import Player
from exportsim.lifecycle import Fact
from exportsim.plan import Plan
from exportsim.study.calibration.figures import Figures
from exportsim.study.calibration.likelihood import ObservedValues, log_likelihood
from exportsim.study.calibration.observations import Observation, read_observations
from rows import rows_stating

SCENARIO = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
DATA = SCENARIO.parent / "data"
DAY = 1440


@pytest.fixture(scope="module")
def scenario() -> xs.Scenario:
    return xs.load(SCENARIO)


def read(tmp_path: Path, scenario: xs.Scenario, *lines: str) -> tuple[Observation, ...]:
    file = tmp_path / "record.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_observations(file, scenario).rows


def faults(tmp_path: Path, scenario: xs.Scenario, *lines: str) -> list[tuple[int, int, str]]:
    with pytest.raises(xs.ScenarioError) as caught:
        read(tmp_path, scenario, *lines)
    return [(fault.line, fault.column, fault.message) for fault in caught.value.faults]


HEAD = "outcome,period,supplier,value,error,source"


def test_a_row_is_read_with_its_minutes_and_its_unit(tmp_path: Path, scenario: xs.Scenario) -> None:
    money, share = read(
        tmp_path, scenario, HEAD, "exports,2018-02,british,1.5M,100k,ons", "within_20bd,2019/2020,,0.6,0.02,ons"
    )
    assert (money.start, money.end) == (31 * DAY, 59 * DAY)
    assert (money.value, money.error, money.unit) == (1_500_000, 100_000, "GBP")
    assert money.selectors == (("supplier", "british"),)
    assert (share.start, share.end) == (365 * DAY, (365 + 365 + 366) * DAY)
    assert (share.value, share.unit, share.selectors) == (0.6, "share", ())


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("export,2018,,1M,1M,x", 1, "unknown outcome `export`, did you mean `exports`?"),
        ("exports,2031,,1M,1M,x", 2, "`2031` is not within the scenario's period, which runs from 2018-01-01"),
        ("exports,2018-13,,1M,1M,x", 2, "found `2018-13`, expected a year"),
        ("exports,2018,britsh,1M,1M,x", 3, "unknown supplier `britsh`, did you mean `british`?"),
        ("ordered,2018,british,1M,1M,x", 3, "`ordered` is of no supplier"),
        ("exports,2018,,much,1M,x", 4, "found `much`, expected an amount of money"),
        ("within_20bd,2018,,1.2,0.1,x", 4, "found `1.2`, expected a share from 0 to 1"),
        ("exports,2018,,1M,0,x", 5, "found `0`, expected a standard deviation above 0"),
        ("exports,2018,,1M,1M,", 6, "found nothing, expected where the figure comes from"),
        ("exports,2018,,1M", 1, "found 4 fields, expected 6"),
    ],
)
def test_a_fault_is_told_with_its_line_and_column(
    tmp_path: Path, scenario: xs.Scenario, row: str, column: int, said: str
) -> None:
    ((line, place, message),) = faults(tmp_path, scenario, HEAD, "exports,2019,,1M,1M,x", row)
    assert (line, place) == (3, column)
    assert message.startswith(said)


def test_a_figure_stands_in_a_record_once(tmp_path: Path, scenario: xs.Scenario) -> None:
    row = "exports,2018,,1M,1M,x"
    assert faults(tmp_path, scenario, HEAD, row, row) == [(3, 2, "the same figure is in line 2")]


def test_columns_are_known(tmp_path: Path, scenario: xs.Scenario) -> None:
    found = faults(tmp_path, scenario, "outcome,perod,value,error,source")
    assert [message for *_, message in found] == [
        "there is no column `period`",
        "unknown column `perod`, did you mean `period`?",
    ]


def test_the_records_in_the_repository_can_be_read() -> None:
    canada = xs.load(SCENARIO.parent / "canada-turkiye.yaml")
    assert len(read_observations(DATA / "canada-exports-turkiye.csv", canada).rows) == 4
    assert len(read_observations(DATA / "uk-times-2022-2023.csv", xs.load(SCENARIO)).rows) == 5


WORLD = """
exportsim: 1
period: {start: 2018-01-01, end: 2019-12-31}
currency: GBP
goods: {radar: {}}
authorities:
  office: {country: GB, validity: 2y, review: [{stage: review, officers: 1, work: 5bd}], traffic: {applications: 9/y}}
suppliers: {british: {country: GB, authority: office, slots: 1, lead_time: 1d}, turkish: {country: TR, slots: 1, lead_time: 1d}}
demand:
  line: {buyer: navy, destination: TR, goods: radar, orders: 1/y, value: 1M, parts: 1,
    sources: {british: {weight: 1}, turkish: {weight: 1}}, patience: {review: 1y, suspension: 1y, unserved: 1y}}
policies: {as-before: {}}
"""  # noqa: E501


def test_the_figures_of_a_ledger_are_those_counted_by_hand() -> None:
    """2018-01-01 is a Monday. Order 1 waits 4 working days (and 6 on the clock), order 2 goes to Türkiye, the other
    application waits 10 working days and is denied in the second year."""
    world = xs.loads(WORLD)
    plan = compile_plan(world)
    friday, year = 4 * DAY, 365 * DAY
    rows = [
        (0, Fact.ORDERED, 0, 1, 0, -1, -1, 100),
        (friday - DAY, Fact.APPLIED, 0, 1, 1, 0, 0, 100),
        (friday - DAY, Fact.ORDERED, 0, 2, 0, -1, -1, 700),
        (friday + 5 * DAY, Fact.APPROVED, 0, 1, 1, 0, 0, 100),
        (friday + 6 * DAY, Fact.DELIVERED, 0, 1, 1, 0, 1, 100),
        (friday + 7 * DAY, Fact.DELIVERED, 0, 2, 1, 1, 1, 700),
        (year - 1, Fact.APPLIED, -1, 1, 0, -1, 0, 0),
        (year + 14 * DAY, Fact.DENIED, -1, 1, 0, -1, 0, 0),
    ]
    asked = {
        ("exports", "2018", ""): 1.0,
        ("exports", "2019", ""): 0.0,
        ("delivered", "2018", ""): 8.0,
        ("delivered", "2018", "turkish"): 7.0,
        ("ordered", "2018", ""): 8.0,
        ("ordered_number", "2018/2019", ""): 2.0,
        ("applied", "2018", ""): 2.0,
        ("applied", "2018", "british"): 1.0,
        ("approved", "2018", ""): 1.0,
        ("approved_value", "2018", ""): 1.0,
        ("denied", "2019", ""): 1.0,
        ("denied", "2019", "british"): 0.0,
        ("within_4bd", "2018", ""): 1.0,
        ("within_3bd", "2018", ""): 0.0,
        ("within_5d", "2018", ""): 0.0,
        ("within_6d", "2018", ""): 1.0,
        ("within_20bd", "2018/2019", ""): 1.0,
        ("within_9bd", "2018/2019", ""): 0.5,
        ("processing_time_median", "2018", ""): 6.0,
        ("processing_time_median_bd", "2018/2019", ""): 7 + 1 / 2880,  # of 4, and 10 and a minute
        ("processing_time_p90", "2018/2019", ""): 13.2 + 0.9 / 1440,  # of 6, and 14 and a minute
        ("processing_time_p90", "2018/2019", "british"): 6.0,
        ("within_9bd", "2019", "british"): math.nan,
    }
    table = pd.DataFrame(
        [{"outcome": a, "period": b, "supplier": c, "value": 0, "error": 1, "source": "x"} for a, b, c in asked]
    )
    observations = read_observations(table, world).rows
    found = dict(zip(asked, Figures(plan, observations).of(rows_stating(*rows)).tolist(), strict=True))
    for key, value in asked.items():
        assert found[key] == pytest.approx(value, nan_ok=True), key


def test_the_years_add_up_to_the_outcomes_of_a_run(scenario: xs.Scenario) -> None:
    result = xs.run(scenario, futures=3, seed=5, policies=["no-new-licences"])
    names = ("exports", "delivered", "ordered", "lost")
    table = pd.DataFrame(
        [
            {"outcome": name, "period": str(year), "value": 1, "error": 1, "source": "x"}
            for name in names
            for year in range(2018, 2025)
        ]
    )
    plan = compile_plan(scenario)
    figures = Figures(plan, read_observations(table, scenario).rows)
    player = Player(plan, plan.names.policies.index("no-new-licences"))
    place = result.policies.index("no-new-licences")
    for future in range(3):
        sums = figures.of(player.play(seed=5, future=future)).reshape(len(names), 7).sum(axis=1)
        for name, total in zip(names, sums.tolist(), strict=True):
            assert total == pytest.approx(result.values[place, future, list(result.units).index(name)], rel=1e-12)


def test_the_likelihood_is_that_of_scipys_multivariate_t() -> None:
    chance = np.random.default_rng(3)
    simulated = chance.normal(size=(30, 3)) @ np.array([[2.0, 0.5, 0], [0, 1, 0.3], [0, 0, 4]]) + [5, 6, 7]
    record = ObservedValues(np.array([6.0, 5.0, 9.0]), np.array([0.5, 0.1, 2.0]))
    k = np.cov(simulated, rowvar=False) * (1 + 1 / 30) + np.diag(record.errors**2)
    expected = multivariate_t.logpdf(record.values, simulated.mean(axis=0), k * 29 / 27, df=27)
    assert log_likelihood(simulated, record) == pytest.approx(float(expected), rel=1e-10)


def test_a_likelihood_of_figures_that_are_mostly_undefined_is_undefined() -> None:
    simulated = np.full((30, 1), np.nan)
    simulated[:10] = 1.0
    assert math.isnan(log_likelihood(simulated, ObservedValues(np.array([1.0]), np.array([1.0]))))


def test_what_stands_as_a_period_ends_is_counted_by_hand() -> None:
    """Five applications wait as 10 January ends: they are closed 1, 2, 2 and 6 weeks later, and never."""
    world = xs.loads(WORLD)
    plan = compile_plan(world)
    start = 10 * DAY
    applied = [(day * DAY, Fact.APPLIED, 0, day, 1, 0, 0, 5) for day in range(1, 6)]
    closed = [
        (start + 7 * DAY, Fact.APPROVED, 0, 1, 1, 0, 0, 5),
        (start + 14 * DAY, Fact.DENIED, 0, 2, 1, 0, 0, 5),
        (start + 14 * DAY + 720, Fact.WITHDRAWN, 0, 3, 1, 0, 0, 5),
        (start + 42 * DAY, Fact.APPROVED, 0, 4, 1, 0, 0, 5),
    ]
    others = [
        (6 * DAY, Fact.APPLIED, 0, 6, 1, 0, 0, 5),
        (start - 1, Fact.APPROVED, 0, 6, 1, 0, 0, 5),  # closed before
        (start, Fact.APPLIED, 0, 7, 1, 0, 0, 5),  # made after
    ]
    found = _figures(
        plan,
        world,
        sorted([*applied, *closed, *others]),
        ("waiting", "2018-01-10", ""),
        ("waiting", "2018-01-10", "turkish"),
        ("waiting", "2018-01", ""),
        ("clearing_time_median", "2018-01-10", ""),
        ("clearing_time_median_bd", "2018-01-10", ""),
        ("clearing_time_p90", "2018-01-10", ""),
        ("clearing_time_median", "2018-01-09", "turkish"),
        ("decided", "2018-01", ""),
        ("denied_share", "2018-01", ""),
        ("denied_share", "2018-03", ""),
    )
    # The middle one of five; of six at the end of January, two of the five and the seventh, three are open.
    assert found[:4] == [5, 0, 3, 14.5]
    assert found[4] == 10.5  # Thursday 11 January to Thursday noon two weeks later
    assert math.isnan(found[5])  # nine in ten of five lie between the fourth and the fifth, which is never closed
    assert math.isnan(found[6])
    assert found[7] == 3
    assert found[8] == pytest.approx(1 / 3)
    assert math.isnan(found[9])


def _figures(plan: Plan, world: xs.Scenario, rows: list[tuple[int, ...]], *asked: tuple[str, str, str]) -> list[float]:
    table = pd.DataFrame(
        [{"outcome": a, "period": b, "supplier": c, "value": 0, "error": 1, "source": "x"} for a, b, c in asked]
    )
    return Figures(plan, read_observations(table, world).rows).of(rows_stating(*rows)).tolist()


def test_a_permit_is_in_force_until_it_is_stopped_expires_or_is_used_up() -> None:
    world = xs.loads(WORLD)
    plan = compile_plan(world)
    rows = [
        *((0, Fact.ORDERED, 0, order, 0, -1, -1, 7) for order in (1, 2, 3, 4, 5)),
        *((DAY, Fact.APPROVED, 0, order, 1, 0, 0, 7) for order in (1, 2, 3, 4)),
        (DAY, Fact.APPROVED, -1, 1, 0, -1, 0, 0),  # other traffic, of which no permit is followed
        (2 * DAY, Fact.DELIVERED, 0, 1, 1, 0, 1, 4),
        (3 * DAY, Fact.DELIVERED, 0, 1, 1, 0, 2, 3),  # used up
        (4 * DAY, Fact.EXPIRED, 0, 2, 1, 0, 0, 7),
        (4 * DAY, Fact.SUSPENDED, 0, 3, 1, 0, 0, 7),
        (5 * DAY, Fact.REINSTATED, 0, 3, 1, 0, 0, 7),
        (6 * DAY, Fact.CANCELLED, 0, 3, 1, 0, 0, 7),
        (6 * DAY, Fact.DELIVERED, 0, 5, 1, 1, 1, 4),  # by the supplier who needs no permit
        (7 * DAY, Fact.SUSPENDED, 0, 4, 1, 0, 0, 7),
        (8 * DAY, Fact.WITHDRAWN, 0, 4, 1, 0, 1, 7),
    ]
    days = [f"2018-01-{day:02}" for day in range(1, 9)]
    asked = [("in_force", day, "") for day in days]
    rest = [("suspended", "2018", ""), ("cancelled", "2018", ""), ("in_force", "2018-01-02", "turkish")]
    found = _figures(plan, world, rows, *asked, *rest)
    assert found[:8] == [0, 4, 4, 3, 1, 2, 1, 0]
    assert found[8:] == [2, 1, 0]


@pytest.mark.parametrize("policy", ["historical", "unrestricted"])
def test_what_stands_at_the_ends_of_months_is_what_the_series_have(policy: str) -> None:
    """Two ways to count the same: the series follow every fact, and these figures join the facts of an order."""
    canada = xs.load(SCENARIO.parent / "canada-turkiye.yaml")
    result = xs.run(canada, futures=2, policies=[policy])
    months = pd.period_range(canada.period.start, canada.period.end, freq="M")
    table = pd.DataFrame(
        [
            {"outcome": name, "period": str(month), "destination": "TR", "value": 0, "error": 1, "source": "x"}
            for name in ("in_force", "waiting")
            for month in months
        ]
    )
    plan = compile_plan(canada)
    figures = Figures(plan, read_observations(table, canada).rows)
    player = Player(plan, plan.names.policies.index(policy))
    in_force, waiting = np.mean(
        [figures.of(player.play(seed=1, future=future)) for future in range(2)], axis=0
    ).reshape(2, len(months))
    series = result.series()
    series = (
        series[(series["policy"] == policy) & (series["destination"] == "TR")].groupby("month").sum(numeric_only=True)
    )
    series = series.reindex(months.to_timestamp(), fill_value=0)
    assert in_force.max() > 5
    np.testing.assert_allclose(in_force, series["in_force"])
    np.testing.assert_allclose(waiting, series["in_review"] + series["held"] + series["returned"])
