"""The Netherlands and China: what its page says holds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import exportsim as xs

SCENARIO = Path(__file__).parents[1] / "scenarios" / "netherlands-china.yaml"


@pytest.fixture(scope="module")
def result() -> xs.Result:
    return xs.run(SCENARIO, futures=100, by=["destination", "year"])


@pytest.fixture(scope="module")
def china(result: xs.Result) -> pd.DataFrame:
    """Means by policy and year, of China."""
    return result.account(by=["year", "destination"]).xs("CN", level="destination")


def test_what_is_announced_is_ordered_ahead_of_and_missing_afterwards(china: pd.DataFrame) -> None:
    ordered = china["ordered"].unstack("year")
    assert 1.15 < ordered.loc["historical", 2023] / ordered.loc["unannounced", 2023] < 1.4
    assert ordered.loc["historical", 2024] < 0.85 * ordered.loc["unannounced", 2024]
    years = [2021, 2022, 2025, 2026]
    pd.testing.assert_series_equal(
        ordered.loc["historical", years], ordered.loc["no-requirement", years], check_names=False
    )
    assert ordered.loc["historical"].sum() == pytest.approx(ordered.loc["unannounced"].sum(), abs=0.01)


def test_the_first_year_hides_the_requirement(china: pd.DataFrame) -> None:
    exports = china["exports"].unstack("year")
    before, after = exports.loc["historical", 2024], exports.loc["historical", 2025]
    assert before > 0.9 * exports.loc["no-requirement", 2024] > before * 0.9
    assert after < 0.75 * exports.loc["no-requirement", 2025]
    assert exports.loc["unannounced", 2024] < 0.85 * exports.loc["no-requirement", 2024]


def test_each_policy_does_to_exports_to_china_what_an_officer_would_say(result: xs.Result) -> None:
    exports = result.outcomes_by(["destination"])["exports"].unstack("future")
    china = exports.xs("CN", level="destination").mean(axis=1)
    assert china["presumed-denial"] < china["unannounced"] < china["historical"] < china["no-requirement"]
    less = result.compare(by=["destination"]).xs("exports", level="outcome")["mean"]
    assert abs(less["historical", "KR"]) < abs(less["historical", "CN"]) / 4


def test_the_world_begins_without_a_requirement(result: xs.Result) -> None:
    """Nothing was applied for at the Dutch office before the day, and Japan's requirement came in any case."""
    facts = xs.simulate(result.scenario, "historical").frame()
    applied = facts[facts["fact"] == "applied"].groupby("supplier", observed=True)["when"].min()
    assert applied["asml"] >= pd.Timestamp("2023-09-01")
    assert applied["nikon"] >= pd.Timestamp("2023-07-23")
