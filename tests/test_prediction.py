"""Forecasts: each point has futures of its own, quantiles are those of all plays, and scores are as defined."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

import exportsim as xs
from exportsim import files
from exportsim.compile import compile_plan
from exportsim.digits import short
from exportsim.disk import FileSystem
from exportsim.errors import ExportsimError, ScenarioError
from exportsim.language import use
from exportsim.plan import Float
from exportsim.playing.play import play
from exportsim.report.doubt import range_text
from exportsim.report.number_format import percentage, unit_of
from exportsim.report.plots import forecast_fan, percentile_histogram
from exportsim.report.plots.sheet import said_of
from exportsim.report.prediction import FEWEST, describe, describe_scores, sentences, verdict, verdict_words
from exportsim.report.text import page
from exportsim.scenario import vary
from exportsim.study.points import points as points_of
from exportsim.study.prediction import forecasting, kept, scoring
from exportsim.study.prediction.asked import figures_asked
from exportsim.study.prediction.forecast import chance_of
from exportsim.study.prediction.scoring import (
    LIKELY,
    MIDDLE,
    SHARES,
    Range,
    crps,
    equally_likely,
    histogram,
    interval_score,
    quantiles,
    scored,
    tallied,
)
from pressing import Finger
from shell import Shell
from worlds import as_file, one_source, two_sources

SLOTS, RATE = "suppliers.north.slots", "demand.line.orders"
UNCERTAIN = {SLOTS: {"uniform": [1, 6]}, "authorities.gac.approval": {"triangular": [0.5, 0.9, 1]}}
WORLD = two_sources(uncertainties=UNCERTAIN)
HEAD = "outcome,period,destination,value,error,source\n"
RECORD = HEAD + "exports,2020,TR,15M,1M,x\nexports,2021,,9M,1M,x\napproved,2020-01/2020-06,,11,0.5,x\n"


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    Path("my.yaml").write_text(as_file(WORLD))
    Path("certain.yaml").write_text(as_file(one_source()))
    Path("record.csv").write_text(RECORD)
    return Shell(capsys)


@pytest.fixture(scope="module")
def scenario() -> xs.Scenario:
    return xs.build(WORLD)


@pytest.fixture(scope="module")
def forecast(scenario: xs.Scenario, tmp_path_factory: pytest.TempPathFactory) -> xs.Forecast:
    path = tmp_path_factory.mktemp("record") / "record.csv"
    path.write_text(RECORD)
    asked: dict[str, Any] = {"outcomes": ["exports", "approved", "processing_time_median", "pending"], "by": ["year"]}
    return xs.predict(scenario, policy="free", record=path, samples=8, futures=5, **asked)


def rows(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


# Scores, by hand and by their definitions


def test_what_lies_where_in_values_that_are_known() -> None:
    values = np.arange(1.0, 101)  # each stands for one hundredth
    found = scored(values, 90.0, 1e-9, "number")
    assert (found.below, found.up_to) == (0.895, 0.895) or math.isclose(found.percentile, 0.895, abs_tol=0.005)
    assert found.median == pytest.approx(50.5)
    assert [tuple(held) for held in found.ranges] == [
        pytest.approx((25.5, 75.5)), pytest.approx((10.5, 90.5)), pytest.approx((3, 98)),
    ]  # fmt: skip
    assert found.relative_width == pytest.approx(80 / 50.5)
    assert found.inside(90.0) == 0.8 and found.inside(60.0) == 0.5 and found.inside(97.0) == 0.95
    assert math.isnan(found.inside(99.0)) and math.isnan(found.inside(1.0))
    # E|x - y| less a half of E|x - x'|.
    assert found.crps == pytest.approx(
        np.mean(np.abs(values - 90)) - np.mean(np.abs(np.subtract.outer(values, values))) / 2
    )
    assert found.interval_score == pytest.approx(80.0)  # inside: the width alone
    assert scored(values, 92.5, 1e-9, "number").interval_score == pytest.approx(80 + 2 * 10)  # missed by 2


def test_the_interval_score_is_the_width_and_what_was_missed() -> None:
    assert interval_score(Range(2.0, 5.0), 3.0, 0.8) == 3.0
    assert interval_score(Range(2.0, 5.0), 1.5, 0.8) == pytest.approx(3.0 + 10 * 0.5)
    assert interval_score(Range(2.0, 5.0), 7.0, 0.5) == pytest.approx(3.0 + 4 * 2.0)


NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(st.lists(NUMBERS, min_size=1, max_size=30), NUMBERS)
def test_the_crps_is_that_of_its_definition(values: list[float], observed: float) -> None:
    """The integral of the squared distance of the two distribution functions."""
    ordered = sorted(values)
    steps = sorted([*ordered, observed])
    integral = sum(
        (end - start) * (sum(value <= start for value in ordered) / len(ordered) - (observed <= start)) ** 2
        for start, end in pairwise(steps)
    )
    assert crps(np.array(ordered), observed) == pytest.approx(integral, rel=1e-9, abs=1e-6)


def test_a_forecast_of_one_value_pays_its_error() -> None:
    assert crps(np.array([3.0]), 7.0) == 4.0


def test_errors_of_measurement_widen_a_forecast() -> None:
    """A value that is certain, measured with an error: what may be recorded is normal."""
    found = scored(np.full(200, 100.0), 110.0, 5.0, "number")
    low, high = found.ranges[SHARES.index(MIDDLE)]
    assert (low, high) == (
        pytest.approx(100 - 5 * norm.ppf(0.9), rel=0.01),
        pytest.approx(100 + 5 * norm.ppf(0.9), rel=0.01),
    )
    assert found.percentile == pytest.approx(norm.cdf(2), abs=0.02)
    assert scored(np.zeros(5), 0.0, 5.0, "number").ranges[-1].low == 0  # nothing is recorded below zero
    assert scored(np.ones(5), 1.0, 0.5, "share").ranges[-1].high == 1


def test_of_equal_values_half_are_below() -> None:
    found = scored(np.array([0.0, 0.0, 0.0, 5.0]), 0.0, 1e-9, "number")
    assert found.percentile == pytest.approx((found.below + found.up_to) / 2) == pytest.approx(0.375, abs=0.02)
    assert found.ranges[0].low == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20))
def test_the_histogram_counts_each_figure_once(pairs: list[tuple[float, float]]) -> None:
    below, up_to = (np.array(column) for column in zip(*map(sorted, pairs), strict=True))
    counts = histogram(below, up_to)
    plainly = [0.0] * 10
    for low, high in map(sorted, pairs):
        for each in range(10):
            start, end = each / 10, (each + 1) / 10
            if high > low:
                plainly[each] += max(0.0, min(high, end) - max(low, start)) / (high - low)
    lumps = sum(high > low for low, high in map(sorted, pairs))
    points = np.histogram([low for low, high in map(sorted, pairs) if low == high], bins=np.linspace(0, 1, 11))[0]
    assert counts.sum() == pytest.approx(len(pairs)) and lumps + points.sum() == len(pairs)
    np.testing.assert_allclose(counts, np.array(plainly) + points, atol=1e-9)


@given(st.lists(NUMBERS, min_size=1, max_size=2 * LIKELY))
def test_what_is_kept_of_a_forecast_has_its_quantiles(values: list[float]) -> None:
    whole, kept_values = np.array(values), equally_likely(np.array(values))
    assert len(kept_values) == min(len(values), LIKELY) and (np.diff(kept_values) >= 0).all()
    assert quantiles(kept_values, [0.5])[0] == pytest.approx(quantiles(whole, [0.5])[0], rel=0.02, abs=1e4)
    assert kept_values.min() >= whole.min() and kept_values.max() <= whole.max()


def test_chance_and_inputs_are_told_apart() -> None:
    draw = np.random.default_rng(1)
    inputs, chance = draw.normal(0, 3, (4000, 1)), draw.normal(0, 1, (4000, 5))
    assert chance_of(inputs + chance) == pytest.approx(0.1, abs=0.01)
    assert chance_of(chance) == pytest.approx(1, abs=0.02)
    assert chance_of(np.repeat(inputs, 5, axis=1)) == pytest.approx(0, abs=1e-12)
    assert math.isnan(chance_of(np.zeros((4, 5))))
    holes = np.where(draw.uniform(size=chance.shape) < 0.3, np.nan, inputs + chance)
    assert chance_of(holes) == pytest.approx(0.1, abs=0.015)


# What is forecast


def test_periods_are_those_of_the_calendar_within_the_scenario() -> None:
    def asked(start: str, end: str, *by: str) -> list[str]:
        found = xs.build(one_source(period={"start": start, "end": end}))
        return [figure.period for figure in figures_asked(found, compile_plan(found), ["exports"], by)]

    assert asked("2020-01-01", "2021-12-31", "year") == ["2020", "2021"]
    assert asked("2020-02-01", "2021-04-30", "year") == ["2020-02/2020-12", "2021-01/2021-04"]
    assert asked("2020-02-01", "2020-10-31", "quarter") == [
        "2020-02/2020-03", "2020-04/2020-06", "2020-07/2020-09", "2020-10",
    ]  # fmt: skip
    assert asked("2020-01-15", "2020-04-20", "month") == ["2020-02", "2020-03"]
    assert asked("2020-01-01", "2021-12-31") == ["2020/2021"] and asked("2020-01-15", "2020-04-20") == [""]


def test_periods_are_read_as_they_are_written(scenario: xs.Scenario) -> None:
    for by in ("year", "quarter", "month"):
        for figure in figures_asked(scenario, compile_plan(scenario), ["exports"], [by]):
            record = pd.DataFrame(
                {"outcome": ["exports"], "period": figure.period, "value": 1e6, "error": 1e6, "source": "x"}
            )
            found = xs.predict(scenario, policy="free", record=record, samples=2, futures=1).figures[0]
            assert (found.start, found.end) == (figure.start, figure.end)
            break


def test_outcomes_are_told_apart_by_what_there_is(scenario: xs.Scenario) -> None:
    found = figures_asked(scenario, compile_plan(scenario), ["exports", "ordered"], ["destination", "goods"])
    assert [figure.of for figure in found] == ["sensors, TR"] * 2
    by_supplier = figures_asked(scenario, compile_plan(scenario), ["delivered"], ["supplier", "year"])
    assert [(figure.of, figure.period) for figure in by_supplier] == [
        ("north", "2020"), ("north", "2021"), ("south", "2020"), ("south", "2021"),
    ]  # fmt: skip
    assert [figure.of for figure in figures_asked(scenario, compile_plan(scenario), ["approved"], ["authority"])] == [
        "gac"
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"policy": "fre"}, "unknown policy `fre`; did you mean `free`?"),
        ({"policy": None}, "policy: name the one under which the figures are to come, one of `free`, `strict`"),
        ({"outcomes": ["aproved"]}, "unknown outcome `aproved`; did you mean `approved`?"),
        ({"by": ["yeer"], "outcomes": ["exports"]}, "by: found `yeer`, did you mean `year`?"),
        ({"by": ["year", "month"], "outcomes": ["exports"]}, "by: found year and month, expected one kind of period"),
        ({"by": ["supplier"], "outcomes": ["ordered"]}, "by: `ordered` is of no supplier"),
        ({"samples": 1}, "samples: found 1, expected a whole number from 2 to 1000000"),
        ({"futures": 1 << 31}, "samples × futures: found 4294967296"),
        ({"store": "plays"}, "store: it keeps outcomes of whole runs"),
    ],
)
def test_what_cannot_be_forecast_is_said(scenario: xs.Scenario, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ExportsimError) as error:
        xs.predict(scenario, **{"policy": "free", "samples": 2, "futures": 1, **asked})
    assert str(error.value).startswith(said)


# What comes of it


def test_each_point_has_futures_of_its_own_and_figures_are_those_of_its_ledgers(
    scenario: xs.Scenario, forecast: xs.Forecast
) -> None:
    points = points_of(scenario, {}, 8, "sobol", 1)
    plainly = np.empty((8, 5, 3))
    bare = xs.replace(scenario, uncertainties={})
    for number, point in enumerate(points):
        world = vary(bare, point)
        plan = compile_plan(world)
        for future in range(5):
            ledger = xs.simulate(world, "free", seed=1, future=5 * number + future)
            table = ledger.frame()
            delivered = table[(table["fact"] == "delivered") & (table["supplier"] == "north")]
            plainly[number, future, 0] = delivered[delivered["when"].dt.year == 2020]["cents"].sum() / 100
            approved = table[(table["fact"] == "approved") & (table["when"].dt.year == 2020)]
            plainly[number, future, 1] = (approved["when"].dt.month <= 6).sum()
            plainly[number, future, 2] = xs.measure(ledger, plan).outcomes["pending"]
    keys = [(figure.outcome, figure.period, figure.of) for figure in forecast.figures]
    wanted = [("exports", "2020", "TR"), ("approved", "2020-01/2020-06", ""), ("pending", "", "")]
    np.testing.assert_array_equal(forecast.pool[:, :, list(map(keys.index, wanted))], plainly)
    for column, key in enumerate(wanted):
        row = forecast.table.iloc[keys.index(key)]
        pooled = plainly[:, :, column].ravel()
        assert row["median"] == np.quantile(pooled, 0.5, method="hazen")
        for share in SHARES:
            ends = np.quantile(pooled, [(1 - share) / 2, (1 + share) / 2], method="hazen")
            assert (row[f"low_{100 * share:.0f}"], row[f"high_{100 * share:.0f}"]) == tuple(ends)


def test_figures_of_the_record_come_first_and_none_twice(forecast: xs.Forecast) -> None:
    assert [(figure.outcome, figure.period, figure.of) for figure in forecast.figures] == [
        ("exports", "2020", "TR"), ("exports", "2021", ""), ("approved", "2020-01/2020-06", ""),
        ("exports", "2020", ""), ("approved", "2020", ""), ("approved", "2021", ""),
        ("processing_time_median", "2020", ""), ("processing_time_median", "2021", ""), ("pending", "", ""),
    ]  # fmt: skip


def test_in_what_order_points_stand_does_not_matter(forecast: xs.Forecast) -> None:
    order = np.random.default_rng(3).permutation(len(forecast.pool))
    shuffled = replace(forecast, pool=forecast.pool[order], points=forecast.points.iloc[order])
    pd.testing.assert_frame_equal(shuffled.table, forecast.table, rtol=1e-12)
    pd.testing.assert_frame_equal(shuffled.scores, forecast.scores, rtol=1e-12)


def test_who_plays_does_not_matter(scenario: xs.Scenario) -> None:
    asked: dict[str, Any] = {"policy": "free", "samples": 4, "futures": 3, "outcomes": ["exports", "denied", "delay"]}
    pool = xs.predict(scenario, **asked).pool
    np.testing.assert_array_equal(xs.predict(scenario, **asked, engine="reference").pool, pool)
    np.testing.assert_array_equal(xs.predict(scenario, **asked, workers=1).pool, pool)
    with ThreadPoolExecutor(2) as executor:
        np.testing.assert_array_equal(xs.predict(scenario, **asked, executor=executor).pool, pool)
    assert (xs.predict(scenario, **asked, seed=2).pool != pool).any()


def test_where_nothing_is_uncertain_there_is_chance_alone() -> None:
    certain = xs.build(one_source())
    found = xs.predict(certain, samples=4, futures=3, outcomes=["delivered"])
    run = xs.run(certain, futures=12)
    assert found.pool.shape == (1, 12, 1) and found.certain and found.provenance["futures"] == 12
    np.testing.assert_array_equal(
        np.sort(found.pool.ravel()), np.sort(run.values[0, :, list(run.units).index("delivered")])
    )
    assert found.table["chance"].tolist() == [1.0]
    said = page(describe(found)).text()
    assert "over 12 futures: only chance is in it" in said.replace("\n", " ").replace("  ", " ")


def test_it_covers_what_the_same_model_comes_to_and_would_not_without_the_doubt(scenario: xs.Scenario) -> None:
    """Of further futures at further points about 80 % lie in the range of 80 %: with 128 of them, a number as far from
    that has a chance above one in a thousand. At a single point the ranges are too narrow, and this says so."""
    rate = {RATE: {"uniform": ["5/y", "60/y"]}}
    unsure = xs.replace(scenario, uncertainties=rate)
    asked: dict[str, Any] = {"policy": "free", "outcomes": ["ordered_number"], "by": ["year"]}
    forecast = xs.predict(unsure, samples=64, futures=10, **asked)
    further = xs.predict(unsure, samples=64, futures=2, seed=77, **asked).pool

    def chance(found: xs.Forecast) -> float:
        inside = 0
        for number in range(2):  # a year of each of two futures of a point
            low, high = found.table["low_80"].iloc[number], found.table["high_80"].iloc[number]
            inside += int(((low <= further[:, number, number]) & (further[:, number, number] <= high)).sum())
        return float(binomtest(inside, 128, 0.8).pvalue)

    assert chance(forecast) > 0.001
    assert chance(xs.predict(xs.replace(scenario, uncertainties={}), samples=64, futures=10, **asked)) < 0.001


def test_ctrl_c_keeps_the_first_points(scenario: xs.Scenario) -> None:
    asked: dict[str, Any] = {"policy": "free", "samples": 64, "futures": 4, "workers": 1}
    whole = xs.predict(scenario, **asked)
    found = xs.predict(scenario, **asked, progress=Finger(24))
    points = len(found.pool)
    assert 2 <= points < 64 and found.interrupted and len(found.points) == points
    np.testing.assert_array_equal(found.pool, whole.pool[:points])
    assert f"interrupted after {points} of 64 points" in page(describe(found)).text()


def test_ctrl_c_before_the_second_point_leaves_nothing(scenario: xs.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*given: Any, **asked: Any) -> Iterator[Any]:
        yield next(play(*given, **asked))
        raise KeyboardInterrupt

    monkeypatch.setattr(forecasting, "play", stopped)
    with pytest.raises(KeyboardInterrupt):
        xs.predict(scenario, policy="free", samples=8, futures=2)


def test_progress_is_of_all_plays(scenario: xs.Scenario) -> None:
    finger = Finger(10**9)
    xs.predict(scenario, policy="free", samples=4, futures=3, workers=1, progress=finger)
    assert finger.told[-1] == (12, 12)


# Against a record


def test_the_record_is_scored_by_what_was_forecast(forecast: xs.Forecast) -> None:
    row = rows(forecast.scores)[0]
    plainly = scored(np.sort(forecast.values(0)), 15e6, 1e6, "EUR")
    assert (row["percentile"], row["crps"]) == (plainly.percentile, plainly.crps)
    assert row["inside"] == plainly.inside(15e6) or math.isnan(row["inside"])
    assert (row["low_80"], row["high_80"]) == tuple(plainly.ranges[1]) and row["source"] == "x"
    assert forecast.tally.figures == 3 == len(forecast.scores)


@pytest.mark.parametrize(
    ("row", "place", "said"),
    [
        ("export,2020,,1M,1M,x", "3:1", "unknown outcome `export`, did you mean `exports`?"),
        ("exports,2020,TK,1M,1M,x", "3:3", "unknown destination `TK`"),
        ("exports,2031,,1M,1M,x", "3:2", "`2031` is not within the scenario's period"),
        ("within_20bd,2020,,1.2,0.1,x", "3:4", "found `1.2`, expected a share from 0 to 1"),
    ],
)
def test_a_figure_that_is_unknown_is_told_with_its_place(shell: Shell, row: str, place: str, said: str) -> None:
    Path("record.csv").write_text(f"{HEAD}exports,2021,,1M,1M,x\n{row}\n")
    told = shell("predict", "my.yaml", "--policy", "free", "--record", "record.csv")
    assert told.status == 2 and f"record.csv:{place}" in told.err and said in told.err


def row_of(percentile: float, *, inside: float = 0.5, width: float = 0.3) -> dict[str, float]:
    return {"percentile": percentile, "inside": inside, "relative_width": width}


def test_verdicts_on_many_figures() -> None:
    class Told:
        def __init__(self, *rows: dict[str, float]) -> None:
            self.tally, self.against = tallied(rows), ["record.csv"]

    def said(*rows: dict[str, float]) -> str:
        return " ".join(verdict(Told(*rows)))  # type: ignore[arg-type]

    even = [row_of(p) for p in np.linspace(0.15, 0.85, 8)]
    outside = [row_of(0.01, inside=math.nan), row_of(0.99, inside=math.nan)]
    assert said() == ""
    assert "Too few to say whether the ranges are as wide as they should be" in said(*even)
    assert "Nothing says that the ranges are too narrow or too wide: 8 were to be expected" in said(*even, *outside)
    assert said(*even, *outside).startswith(
        "Of 10 figures of record.csv, 8 lie in the ranges that are to hold 50 %, 8 (80"
    )
    assert "The ranges are too narrow: 8 were to be expected" in said(*outside * 5)
    assert "The ranges are too wide: 24 were to be expected" in said(*[row_of(p) for p in np.linspace(0.4, 0.6, 30)])
    assert "The forecasts are too low: 10 figures lie above" in said(*[row_of(0.7)] * 10)
    assert "The forecasts are too high: 10 figures lie below" in said(*[row_of(0.3)] * 10)
    assert "too low" not in said(*[row_of(0.5)] * 10)
    assert "2 of the ranges of 80 % are at least as wide as their medians" in said(
        row_of(0.4, width=1.2), row_of(0.6, width=math.nan), row_of(0.2)
    )


def test_the_answer_comes_first_with_a_name_and_a_range_and_what_is_chance(forecast: xs.Forecast) -> None:
    of_record, *_, asked = sentences(forecast)
    assert of_record.startswith("Of 3 figures of ") and page(describe(forecast)).text().split("\n")[1].startswith(
        "Of 3"
    )
    # Of the figures that are in no record the first, in its last period.
    row = rows(forecast.table)[3]
    low, high, median = (row[name] / 1e6 for name in ("low_80", "high_80", "median"))
    assert asked == (
        f"Exports, 2020, under “free”: EUR {range_text(low, high)} million with a probability of 80 %, EUR "
        f"{short(median)} million in the middle; of this variance {percentage(row['chance'])} is chance and "
        f"{percentage(1 - row['chance'])} doubt about inputs"
    )
    assert describe(forecast).data()["sentences"] == [*verdict(forecast), asked]
    bare = replace(forecast, record=None)
    (first,) = sentences(bare)
    factor, _ = unit_of("EUR", [bare.table["high_80"].iloc[0]])
    said = range_text(*(bare.table.iloc[0][f"{end}_80"] / factor for end in ("low", "high")))
    assert first.startswith(f"Exports TR, 2020, under “free”: EUR {said} ")
    with use("fr"):
        assert "de cette variance" in next(iter(sentences(bare)))


def test_of_a_figure_that_is_the_same_in_every_future_that_is_said(scenario: xs.Scenario) -> None:
    never = vary(scenario, {"authorities.gac.approval": 0})
    asked: dict[str, Any] = {"policy": "free", "samples": 2, "futures": 2, "outcomes": ["approved"], "by": ["supplier"]}
    (said,) = sentences(xs.predict(xs.replace(never, uncertainties={SLOTS: [1, 2]}), **asked))
    assert said == "Permits issued north, 2020/2021, under “free”: 0 in each of 4 futures"
    certain = xs.replace(scenario, uncertainties={})
    (said,) = sentences(xs.predict(certain, **{**asked, "outcomes": ["within_20bd"], "futures": 6, "by": ["year"]}))
    assert said.endswith(" in the middle") and " % with a probability of 80 %, " in said


def test_verdicts_on_one_figure() -> None:
    assert verdict_words(row_of(0.6)) == "in the 50 %" and verdict_words(row_of(0.6, inside=0.95)) == "in the 95 % only"
    assert verdict_words(row_of(0.99, inside=math.nan)) == "above the 95 %"
    assert verdict_words(row_of(0.01, inside=math.nan)) == "below the 95 %"
    assert verdict_words(row_of(0.2, inside=0.8, width=2)) == "in the 80 %, wide"


def test_a_figure_that_is_undefined_everywhere_is_forecast_as_nothing(scenario: xs.Scenario) -> None:
    record = pd.DataFrame(
        {
            "outcome": "processing_time_median",
            "period": ["2020-06", "2021-06"],
            "value": 9.0,
            "error": 1.0,
            "source": "x",
        }
    )
    quiet = vary(scenario, {RATE: "0.0001/y"})
    found = xs.predict(quiet, policy="free", record=record, samples=2, futures=2)
    assert found.table["undefined"].tolist() == [1.0, 1.0] and found.table["median"].isna().all()
    assert len(found.scores) == 0 and list(found.scores)[:2] == ["outcome", "period"]
    assert "2 figures are undefined in some futures" in page(describe(found)).text().replace("\n  ", " ")
    with pytest.raises(ExportsimError, match="no figure is forecast that a record can hold"):
        found.keep("none.csv")


# Kept, and scored later


def test_forecasts_are_added_and_scored_later_as_they_would_have_been(forecast: xs.Forecast, tmp_path: Path) -> None:
    file, record = tmp_path / "forecasts.csv", tmp_path / "record.csv"
    assert forecast.keep(file) == 8  # all but the one of the whole run
    first = file.read_bytes()
    later = replace(forecast, provenance={**forecast.provenance, "started": "2031-01-01T00:00:00+00:00", "seed": 9})
    assert later.keep(file) == 8
    assert file.read_bytes().startswith(first) and file.read_text().count("outcome,period") == 1
    # Other words for the same days, another order, and a figure that nobody has forecast.
    record.write_text(
        "value,error,source,outcome,period,destination,line\n11,0.5,x,approved,2020-01/2020-06,,\n"
        "15M,1M,x,exports,2020-01/2020-12,TR,\n9M,1M,x,exports,2021,,\n1,1,x,denied,2020,,line\n"
    )
    found = xs.score(file, record)
    assert [row["made"] for row in rows(found.table)] == [forecast.provenance["started"]] * 3 + [
        "2031-01-01T00:00:00+00:00"
    ] * 3
    assert set(found.table["scenario"]) == {forecast.provenance["scenario"]} and found.waiting == 10
    columns = [name for name in forecast.scores if name not in ("period", "source")]
    both = [table[columns].reset_index(drop=True) for table in (found.table.head(3), forecast.scores)]
    pd.testing.assert_frame_equal(*both, rtol=1e-6, check_dtype=False)
    assert [row.outcome for row in found.not_forecast] == ["denied"]
    said = page(describe_scores(found)).text().replace("\n  ", " ")
    assert "10 forecasts more are of figures that the record does not hold." in said
    assert "1 figure of the record was not forecast: applications denied line 2020." in said


def test_the_same_forecast_counts_once_however_often_it_is_kept(forecast: xs.Forecast, tmp_path: Path) -> None:
    file, record = tmp_path / "forecasts.csv", tmp_path / "record.csv"
    record.write_text(RECORD)
    again = replace(forecast, provenance={**forecast.provenance, "started": "2031-01-01T00:00:00+00:00"})
    for each in (forecast, again):
        each.keep(file)
    assert len(file.read_text().splitlines()) == 17
    found = xs.score(file, record)
    assert len(found.table) == 3 and set(found.table["made"]) == {forecast.provenance["started"]}


def test_what_is_kept_can_be_read_by_a_person(forecast: xs.Forecast, tmp_path: Path) -> None:
    file = tmp_path / "forecasts.csv"
    forecast.keep(file)
    with file.open(newline="") as stream:
        first = next(csv.DictReader(stream))
    assert (first["outcome"], first["period"], first["destination"], first["unit"]) == ("exports", "2020", "TR", "EUR")
    assert float(first["low_80"]) == forecast.table["low_80"].iloc[0]
    assert (first["policy"], first["samples"], first["futures"]) == ("free", "8", "5")
    assert len(first["values"].split()) == min(40, LIKELY)


class _FailsToMove(FileSystem):
    def replace(self, old: Path, new: Path) -> None:
        raise OSError(28, "No space left on device")


def test_what_was_kept_is_never_lost(forecast: xs.Forecast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "forecasts.csv"
    forecast.keep(file)
    before = file.read_bytes()
    with files.exchanged(_FailsToMove()), pytest.raises(ExportsimError, match="cannot write: No space left on device"):
        forecast.keep(file)
    assert file.read_bytes() == before and [path.name for path in tmp_path.iterdir()] == ["forecasts.csv"]
    # Somebody else is adding to it.
    monkeypatch.setattr(kept, "PATIENCE", 0.1)
    (tmp_path / "forecasts.csv.adding").mkdir()
    with pytest.raises(
        ExportsimError, match=r"somebody else is adding to it; if nobody is, remove the folder forecasts\.csv\.adding"
    ):
        forecast.keep(file)
    (tmp_path / "forecasts.csv.adding").rmdir()
    # A last line that an editor has left without its end.
    file.write_bytes(before.rstrip(b"\n"))
    forecast.keep(file)
    assert len(kept.kept_forecasts(file, file.read_bytes())) == 16
    with ThreadPoolExecutor(4) as many:
        monkeypatch.setattr(kept, "PATIENCE", 60.0)
        list(many.map(lambda _: forecast.keep(file), range(6)))
    assert len(kept.kept_forecasts(file, file.read_bytes())) == 16 + 6 * 8


def test_nothing_is_added_to_what_is_no_file_of_forecasts(forecast: xs.Forecast, tmp_path: Path) -> None:
    other = tmp_path / "orders.csv"
    other.write_text("day,worth\n2020-01-01,100\n")
    with pytest.raises(ScenarioError, match="this is no file of forecasts"):
        forecast.keep(other)
    assert other.read_text() == "day,worth\n2020-01-01,100\n"
    with pytest.raises(ExportsimError, match=r"found the ending `\.txt`, expected \.csv"):
        forecast.keep(tmp_path / "x.txt")


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("outcome", "exprts", "unknown outcome `exprts`, did you mean `exports`?"),
        ("period", "20", "found `20`, expected a year (`2016`), a month"),
        ("values", "1 two 3", "found `1 two 3`, expected numbers with blanks between them"),
        ("values", "", "found ``, expected numbers"),
    ],
)
def test_a_kept_forecast_that_is_wrong_is_told_with_its_place(
    forecast: xs.Forecast, tmp_path: Path, column: str, value: str, said: str
) -> None:
    file, record = tmp_path / "forecasts.csv", tmp_path / "record.csv"
    forecast.keep(file)
    record.write_text(RECORD)
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    table.loc[1, column] = value
    table.to_csv(file, index=False)
    with pytest.raises(ScenarioError) as error:
        xs.score(file, record)
    (fault,) = error.value.faults
    assert (fault.line, fault.column) == (3, list(table).index(column) + 1) and fault.message.startswith(said)


def test_forecasts_in_several_currencies_are_scored_apart(forecast: xs.Forecast, tmp_path: Path) -> None:
    file = tmp_path / "forecasts.csv"
    forecast.keep(file)
    file.write_text(file.read_text().replace(",EUR,", ",GBP,", 1))
    with pytest.raises(ExportsimError, match="found forecasts in EUR and GBP; keep those of each currency in a file"):
        xs.score(file, tmp_path / "record.csv")


# On the command line, and drawn


def test_the_commands_forecast_keep_and_score(shell: Shell) -> None:
    told = shell(
        "predict", "my.yaml", "--policy", "free", "--record", "record.csv", "--samples", "4", "--futures", "5",
        "--outcome", "approved", "--by", "quarter,destination", "--keep", "f.csv", "--out", "f.parquet",
        "--figures", "fig",
    )  # fmt: skip
    assert told.status == 0, told.err
    assert "Held against record.csv" in told.out and "Too few to say" in told.out and "Written to f.csv" in told.out
    assert {path.name for path in Path("fig").iterdir()} >= {"forecast_fan-approved-TR.svg", "percentile_histogram.svg"}
    read = xs.open_study("f.parquet")
    assert isinstance(read, xs.Forecast) and len(read.figures) == 3 + 8
    told = shell("score", "f.csv", "--record", "record.csv", "--json", "--out", "scores.csv")
    data = json.loads(told.out)
    assert told.status == 0 and len(data["scores"]) == 3 and data["waiting"] == 8 and sum(data["histogram"]) == 3
    assert len(pd.read_csv("scores.csv")) == 3
    data = json.loads(shell("predict", "my.yaml", "--policy", "free", "--samples", "2", "--futures", "2", "--json").out)
    assert (data["points"], data["futures"], len(data["figures"])) == (2, 2, 2) and data["paths"] == list(UNCERTAIN)
    assert data["scores"] == [] and data["verdict"] == []


def test_nothing_that_has_come_true_is_said(shell: Shell) -> None:
    shell("predict", "my.yaml", "--policy", "free", "--samples", "2", "--futures", "2", "--keep", "f.csv")
    Path("record.csv").write_text(HEAD + "denied,2020,,1,1,x\n")
    told = shell("score", "f.csv", "--record", "record.csv", "--figures", "fig")
    assert told.status == 0 and not list(Path("fig").iterdir())
    assert "None of the 2 forecasts in it is of a figure of the record: nothing has come true." in told.out.replace(
        "\n  ", " "
    )
    assert shell("score", "f.csv", "--record", "record.csv", "--language", "fr").status == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("predict my.yaml", "--policy: name the one under which the figures are to come"),
        ("predict my.yaml --policy free --by year --record record.csv", "none is asked for beside the record"),
        ("predict certain.yaml --keep certain.yaml", "found the ending `.yaml`, expected .csv"),
        ("predict certain.yaml --record record.csv --keep record.csv", "record.csv: this would replace record.csv"),
        ("predict certain.yaml --keep record.csv", "this is no file of forecasts"),
        ("predict certain.yaml --samples 1", "--samples: found 1"),
        ("score none.csv --record record.csv", "none.csv: cannot be read"),
        ("score record.csv --record record.csv", "record.csv:1:1: this is no file of forecasts"),
        ("score record.csv", "found neither --record nor --decisions"),
    ],
)
def test_mistakes_have_a_status_of_their_own(shell: Shell, words: str, said: str) -> None:
    told = shell(*words.split())
    assert told.status == 2 and said in told.err and told.out == ""


def test_a_forecast_interrupted_has_its_status(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xs, "predict", partial(_stopped, xs.predict))
    told = shell("predict", "my.yaml", "--policy", "free", "--samples", "64", "--futures", "4", "--workers", "1")
    assert told.status == 130 and "of 64 points" in told.err


def _stopped(predict: Any, *given: Any, **asked: Any) -> xs.Forecast:
    found: xs.Forecast = predict(*given, **{**asked, "progress": Finger(24)})
    return found


def test_fans_are_those_of_the_table(forecast: xs.Forecast) -> None:
    ax = forecast_fan(forecast, "exports-TR")
    bars = [patch for patch in ax.patches if patch.get_gid() == "band/0.8"]
    row = forecast.table.iloc[0]
    assert len(bars) == 1
    low, height = bars[0].get_y(), bars[0].get_height()  # type: ignore[attr-defined]
    assert (low, low + height) == (pytest.approx(row["low_80"] / 1e6), pytest.approx(row["high_80"] / 1e6))
    by_month = xs.predict(xs.build(one_source()), samples=4, futures=5, outcomes=["delivered"], by=["month"])
    ax = forecast_fan(by_month)
    assert [each.get_gid() for each in ax.collections] == ["band/0.95", "band/0.8", "band/0.5"]
    top = np.asarray(ax.collections[1].get_paths()[0].vertices)[:, 1].max()
    factor, unit = unit_of("EUR", by_month.table["median"])
    assert {each.get_alpha() for each in ax.collections} == {0.28}  # one over the other: the narrowest is the strongest
    assert f"({unit}) in " in said_of(ax).title and "over chance alone." in said_of(ax).note
    assert "over inputs and chance. Points:" in said_of(forecast_fan(forecast, "exports-TR")).note
    assert top == pytest.approx(by_month.table["high_80"].max() / factor)
    with pytest.raises(ExportsimError, match="unknown series `exports-TK`; did you mean `exports-TR`"):
        forecast_fan(forecast, "exports-TK")


def test_labels_of_many_quarters_are_short_and_lie_beside_each_other() -> None:
    world = {**one_source(), "period": {"start": "2015-04-01", "end": "2025-12-31"}}
    by_quarter = xs.predict(xs.build(world), samples=2, futures=2, outcomes=["delivered"], by=["quarter"])
    ax = forecast_fan(by_quarter)
    ax.figure.canvas.draw()
    labels = [label for label in ax.get_xticklabels() if label.get_text()]
    assert [label.get_text() for label in labels] == [f"Q1 {year}" for year in range(2016, 2026)]
    assert all(one.get_window_extent().x1 < other.get_window_extent().x0 for one, other in pairwise(labels))


def test_the_histogram_has_all_figures(forecast: xs.Forecast) -> None:
    ax = percentile_histogram(forecast)
    heights = [patch.get_height() for patch in ax.patches]  # type: ignore[attr-defined]
    assert sum(heights) == pytest.approx(len(forecast.scores)) and len(heights) == scoring.BINS
    assert all(tick == round(tick) for tick in ax.get_yticks())
    with pytest.raises(ExportsimError, match="no figure that was forecast has been recorded"):
        percentile_histogram(replace(forecast, record=None))


def test_a_forecast_is_read_back_whole(forecast: xs.Forecast, tmp_path: Path) -> None:
    forecast.save(tmp_path / "f.parquet")
    found = xs.open_study(tmp_path / "f.parquet")
    assert isinstance(found, xs.Forecast)
    pool: Float = found.pool
    np.testing.assert_array_equal(pool, forecast.pool)
    pd.testing.assert_frame_equal(found.scores, forecast.scores)
    assert found.figures == forecast.figures and repr(found) == repr(forecast)
    assert "Forecast of A small world" in found._repr_html_()


def test_enough_figures_are_ten() -> None:
    assert FEWEST == 10
