"""Calibration: known values are recovered, trade-offs and what is not identified are named, an overlay is valid."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, spearmanr

import exportsim as xs
from exportsim.playing.settings import settings_of
from exportsim.report.calibration import describe
from exportsim.report.plots import predictive_check, save_figures
from exportsim.report.text import page
from exportsim.study.calibration.observations import read_observations
from exportsim.study.calibration.parameters import fitted_parameters
from exportsim.study.calibration.posterior import correlations, interval, posterior_points
from exportsim.study.calibration.trials import Trials
from shell import Shell
from worlds import as_file, one_office

ROOT = Path(__file__).parents[1]
ORDERS, VALUE = "demand.line.orders", "demand.line.value.lognormal.mean"
PATIENCE = "demand.line.patience.suspension"
WORLD = as_file(
    one_office(
        title="One buyer",
        period={"start": "2016-01-01", "end": "2018-12-31", "warm_up": "6mo"},
        goods={"parts": {}},
        authorities__office={
            "country": "DE", "validity": "2y", "review": [{"stage": "review", "officers": 50, "work": "10bd"}],
        },
        suppliers__maker={"country": "DE", "authority": "office", "slots": 50, "lead_time": "30d"},
        demand={
            "line": {
                "buyer": "navy", "destination": "TR", "goods": "parts", "orders": "40/y",
                "value": {"lognormal": {"mean": "1M", "cv": 0.3}}, "parts": 1, "sources": {"maker": {"weight": 1}},
                "patience": {"review": "2y", "suspension": "1y", "unserved": "1y"},
            }
        },
        uncertainties={"demand.line.patience.suspension": {"uniform": ["6mo", "2y"]}},
    )
)  # fmt: skip
YEARS = ("2016", "2017", "2018")


def record(outcome: str, values: list[float], error: float) -> pd.DataFrame:
    return pd.DataFrame({"outcome": outcome, "period": YEARS, "value": values, "error": error, "source": "judgement"})


@pytest.fixture(scope="module")
def traded() -> xs.Calibration:
    """Exports alone are observed: rate times value is known, neither of them is, nor a patience that nothing tries."""
    fit = {ORDERS: {"uniform": ["20/y", "80/y"]}, VALUE: {"uniform": ["500k", "2M"]}, PATIENCE: None}
    return xs.calibrate(xs.loads(WORLD), record("exports", [40e6, 41e6, 39e6], 1e6), fit, trials=72, futures=30)


def test_a_trade_off_is_found_where_there_is_one_by_construction(traded: xs.Calibration) -> None:
    first = traded.pairs.iloc[0]
    assert {first["one"], first["other"]} == {ORDERS, VALUE}
    assert first["trades_off"] and first["correlation"] < -0.9
    assert traded.pairs["trades_off"].sum() == 1
    products = traded.posterior_values()[ORDERS] * traded.posterior_values()[VALUE]  # a year, in thousands
    low, high = interval(products.to_numpy())
    assert low < 40_000 < high and (high - low) / 40_000 < 0.5


def test_a_parameter_that_nothing_depends_on_is_not_identified(traded: xs.Calibration) -> None:
    table = traded.estimates.set_index("path")
    assert not table.loc[PATIENCE, "identified"]
    assert table.loc[PATIENCE, "width"] == pytest.approx(1, abs=0.06)
    text = page(describe(traded)).text()
    assert "Not identified" in text and "trade off" in text
    assert max(map(len, text.split("\n"))) <= 80


def test_a_fit_is_good_where_the_record_is_what_the_model_gives(traded: xs.Calibration) -> None:
    assert traded.degrees == 0 and math.isnan(traded.chi_square_chance)
    assert traded.predictive_chance > 0.1
    assert (traded.fit["z"].abs() < 2).all()
    assert ((traded.fit["low"] < traded.fit["observed"]) & (traded.fit["observed"] < traded.fit["high"])).all()


def test_a_record_that_the_model_cannot_give_is_a_bad_fit() -> None:
    found = xs.calibrate(
        xs.loads(WORLD),
        record("ordered_number", [10, 120, 10], 1),
        {ORDERS: {"uniform": ["20/y", "80/y"]}},
        trials=24,
        futures=30,
    )
    assert found.degrees == 2
    assert found.chi_square_chance < 0.01 and found.predictive_chance < 0.01


@pytest.mark.long
def test_known_rates_are_recovered() -> None:
    """Of eight intervals that are right with probability 0.95, fewer than five hold with probability 0.0004."""
    scenario, fit = xs.loads(WORLD), {ORDERS: {"uniform": ["20/y", "80/y"]}}
    fitted = fitted_parameters(scenario, fit)
    chance = np.random.default_rng(11)
    held = 0
    for number in range(8):
        share = chance.random(1)
        rows = read_observations(record("ordered_number", [1, 1, 1], 2), scenario).rows
        world = Trials(
            scenario, "as-before", rows, fitted, settings_of({"futures": 1, "seed": 500 + number, "workers": 1}), most=1
        )
        truth = world.simulated(share)[0]
        measured = np.clip(truth + 2 * chance.standard_normal(3), 0, None)
        found = xs.calibrate(
            scenario, record("ordered_number", measured.tolist(), 2), fit, trials=24, futures=40, workers=1
        )
        low, high = interval(found.posterior[:, 0])
        held += low <= share[0] <= high
        # Three years of a Poisson stream: the rate is known to about 2 √(rate / 3), and no better.
        row = found.estimates.iloc[0]
        assert 0.4 < (row["high"] - row["low"]) / (4 * math.sqrt(max(truth.mean(), 20) / 3)) < 1.6
    assert held >= 5


@pytest.mark.long
def test_shares_of_published_times_give_the_lognormal_that_has_them() -> None:
    """Where officers abound, times are the work: 62 % within 20 and 89 % within 60 working days are those of a
    lognormal with the median 13.9 and the 90th percentile 63.9."""
    z20, z60 = norm.ppf(0.62), norm.ppf(0.89)
    sigma = math.log(3) / (z60 - z20)
    median = 20 / math.exp(z20 * sigma)
    text = WORLD.replace("officers: 50, work: 10bd", "officers: 400, work: {lognormal: {median: 10bd, p90: 40bd}}")
    scenario = xs.loads(
        text.replace("stage: review", "stage: work").replace("}]}", "}], traffic: {applications: 500/y}}")
    )
    table = pd.DataFrame(
        {
            "outcome": ["within_20bd", "within_60bd"],
            "period": "2017/2018",
            "value": [0.62, 0.89],
            "error": 0.005,
            "source": "judgement",
        }
    )
    place = "authorities.office.review.work.work.lognormal"
    fit = {f"{place}.median": {"uniform": ["8bd", "20bd"]}, f"{place}.p90": {"uniform": ["40bd", "100bd"]}}
    found = xs.calibrate(scenario, table, fit, trials=64, futures=20).estimates
    for row, value in zip(found.to_dict("records"), (median, median * math.exp(norm.ppf(0.9) * sigma)), strict=True):
        assert row["identified"] and row["low"] < value < row["high"]


def test_points_of_a_known_posterior_have_its_quantiles_and_correlation() -> None:
    spread, correlation = 0.05, 0.8
    precision = np.linalg.inv(spread**2 * np.array([[1, correlation], [correlation, 1]]))

    def density(points: np.ndarray) -> np.ndarray:
        away = points[:, :2] - 0.4
        return -0.5 * np.einsum("ij,jk,ik->i", away, precision, away)

    points = posterior_points(density, 3, 4096, 1)
    for column in points.T[:2]:
        assert interval(column) == pytest.approx((0.4 - 1.96 * spread, 0.4 + 1.96 * spread), abs=0.25 * spread)
    assert np.diff(interval(points[:, 2])) / 0.95 == pytest.approx(1, abs=0.03)
    assert correlations(points)[0, 1] == pytest.approx(6 / math.pi * math.asin(correlation / 2), abs=0.05)
    assert correlations(points)[0, 1] == pytest.approx(spearmanr(points[:, 0], points[:, 1]).statistic, abs=1e-12)


def test_futures_in_which_a_figure_is_undefined_are_counted_and_no_share_is_predicted_above_one() -> None:
    """Of two orders a year none is decided in one future of e² = 7.4, and there is no share in it; else it is 1."""
    table = record("within_20bd", [0.9] * 3, 0.2).iloc[:1]
    rare = xs.loads(WORLD.replace("orders: 40/y", "orders: 2/y"))
    found = xs.calibrate(rare, table, {ORDERS: {"uniform": ["1.5/y", "2.5/y"]}}, trials=24, futures=40)
    left = found.provenance["calibration"]["left_out"]
    played = [found.provenance["futures"], left["drawn"]]
    assert all(0 < gone < 0.35 * of for gone, of in zip((left["best"], left["replicas"]), played, strict=True))
    assert len(found.prediction.replicas) == left["drawn"] - left["replicas"]
    text = " ".join(page(describe(found)).text().split())
    assert f"At the best values {left['best']} of 40 futures are left out" in text
    assert f"At values of the posterior {left['replicas']} of {left['drawn']:,} futures are left out" in text
    assert found.fit["high"].max() == found.fit["predicted"].max() == 1.0  # with its error, half of them above


def test_the_number_of_workers_makes_no_difference() -> None:
    one, two = (
        xs.calibrate(
            xs.loads(WORLD), record("exports", [40e6] * 3, 1e6), {ORDERS: {"uniform": ["20/y", "80/y"]}},
            trials=24, futures=20, workers=workers,
        )
        for workers in (1, 2)
    )  # fmt: skip
    np.testing.assert_array_equal(one.known, two.known)
    assert one.values == two.values


def test_an_overlay_is_a_scenario_with_the_best_values_and_their_source(tmp_path: Path, traded: xs.Calibration) -> None:
    base = tmp_path / "worlds" / "one.yaml"
    base.parent.mkdir()
    base.write_text(WORLD, encoding="utf-8")
    traded.overlay(tmp_path / "fitted.yaml", base)
    text = (tmp_path / "fitted.yaml").read_text(encoding="utf-8")
    assert "extends: worlds/one.yaml" in text and traded.observations.digest[:16] in text.split("\n")[0]
    fitted = xs.load(tmp_path / "fitted.yaml")
    line = fitted.demand["line"]
    assert str(line.orders) == traded.values[ORDERS]
    assert str(line.value.lognormal.mean) == traded.values[VALUE]
    assert line.value.lognormal.cv == 0.3  # the rest of a distribution stays
    assert line.source == {"orders": ["calibration"], "value": ["calibration"]}
    assert line.patience.source == {"suspension": ["calibration"]}
    assert "seed 1" in fitted.sources["calibration"]
    assert {path.name for path in tmp_path.iterdir()} == {"fitted.yaml", "worlds"}


def test_an_overlay_is_not_written_over_the_scenario_itself(tmp_path: Path, traded: xs.Calibration) -> None:
    with pytest.raises(xs.ExportsimError, match="this is the scenario itself"):
        traded.overlay(tmp_path / "one.yaml", tmp_path / "one.yaml")


def test_figures_show_every_observation(tmp_path: Path, traded: xs.Calibration) -> None:
    ax = predictive_check(traded)
    observed = next(line for line in ax.lines if line.get_gid() == "observed" or len(line.get_xdata()) == 3)
    assert observed.get_ydata() == pytest.approx([40, 41, 39])
    names = {path.name for path in save_figures(traded, tmp_path / "figures")}
    assert names == {"predictive_check-exports.svg", "posterior_pair.svg"}


@pytest.mark.parametrize(
    ("fit", "said"),
    [
        ({"demand.lines.orders": {"uniform": ["1/y", "2/y"]}}, "there is no `lines` in `demand`, did you mean `line`?"),
        ({ORDERS: None}, "no range is given"),
        ({"demand.line.oders": None}, "fit: demand.line.oders: unknown key `oders`, did you mean `orders`?"),
        ({ORDERS: {"uniform": ["3/y"]}}, "expected another value in `uniform`"),
        ({ORDERS: {"uniform": ["3/y", "2/y"]}}, "low (3.0) must be less than high (2.0)"),
        ({ORDERS: ["1/y", "2/y"]}, "expected a distribution"),
        ({ORDERS: {"empirical": ["1/y", "2/y"]}}, "found a list of values"),
        ({ORDERS: {"uniform": ["1d", "2d"]}}, "found `1d`, expected a rate"),
        ({"demand.line": {"uniform": [1, 2]}, ORDERS: {"uniform": ["1/y", "2/y"]}}, "lies within demand.line"),
        ({}, "found 0 parameters, expected 1 to 8"),
    ],
)
def test_what_cannot_be_fitted_is_told(fit: dict[str, object], said: str) -> None:
    with pytest.raises(xs.ExportsimError) as caught:
        fitted_parameters(xs.loads(WORLD), fit)
    assert said in str(caught.value)


def test_a_date_that_is_no_change_of_the_rate_is_a_slip() -> None:
    text = WORLD.replace("orders: 40/y", "orders: {2016-01-01: 40/y, 2017-07-01: 50/y}")
    with pytest.raises(xs.ExportsimError, match="there is no date `2017-07-02`, did you mean `2017-07-01`"):
        fitted_parameters(xs.loads(text), {f"{ORDERS}.2017-07-02": {"uniform": ["1/y", "2/y"]}})


def test_whole_numbers_are_fitted_as_such() -> None:
    path = "authorities.office.review.review.officers"
    (officers,) = fitted_parameters(xs.loads(WORLD), {path: {"uniform": [1, 9]}})
    assert [officers.written(share) for share in (0.0, 0.5, 1.0)] == [1, 5, 9]


def test_the_policy_of_the_record_is_not_guessed() -> None:
    scenario = xs.load(ROOT / "scenarios" / "quickstart.yaml")
    with pytest.raises(xs.ExportsimError, match="policy: name the one under which the record came to be"):
        xs.calibrate(
            scenario, record("exports", [1, 1, 1], 1), {"demand.radar-parts.orders": {"uniform": ["1/y", "2/y"]}}
        )


def test_the_command_tells_writes_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say = Shell(capsys)
    (tmp_path / "one.yaml").write_text(WORLD, encoding="utf-8")
    record("exports", [40e6] * 3, 1e6).to_csv(tmp_path / "record.csv", index=False)
    asked = ["calibrate", str(tmp_path / "one.yaml"), "--data", str(tmp_path / "record.csv")]
    prior = f"{ORDERS}={{uniform: [20/y, 80/y]}}"
    told = say(*asked, "--fit", prior, "--trials", "24", "--futures", "20", "--out", str(tmp_path / "o.yaml"), "--json")
    assert told.status == 0, told.err
    document = json.loads(told.out)
    assert document["values"][ORDERS] == str(xs.load(tmp_path / "o.yaml").demand["line"].orders)
    assert len(document["fit"]) == 3 and document["pairs"] == []
    for wrong, word in (
        (["--fit", "demand.line.orders="], "expected `path`"),
        (["--fit", prior, "--fit", prior], "given twice"),
        (["--fit", prior, "--trials", "5"], "trials: found 5, expected a whole number from 24"),
        (["--fit", prior, "--out", str(tmp_path / "o.txt")], "found the ending `.txt`"),
        (["--fit", prior, "--policy", "as-befor"], "did you mean `as-before`?"),
    ):
        refused = say(*asked, *wrong)
        assert refused.status == 2 and word in refused.err and "Traceback" not in refused.err
