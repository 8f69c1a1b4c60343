"""The maker's own view: its three files are read, and say what their page says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exportsim as xs

SCENARIOS = Path(__file__).parents[1] / "scenarios"
FUTURES = 100
FILES = ("company", "company-early", "company-second-source")


@pytest.fixture(scope="module")
def differences() -> dict[str, pd.DataFrame]:
    """By file: exports less than under `as-now`, by policy and destination."""
    found = {}
    for name in FILES:
        result = xs.run(SCENARIOS / f"{name}.yaml", futures=FUTURES, by=["destination"])
        found[name] = result.compare(by=["destination"]).xs("exports", level="outcome")
    return found


def test_what_is_slow_for_one_customer_is_felt_by_no_other(differences: dict[str, pd.DataFrame]) -> None:
    for name in FILES:
        of_one = differences[name].loc["slow-for-saudi-arabia"]
        assert of_one.loc["SA", "high"] < 0
        assert (of_one.loc[["NO", "TH"], ["low", "high"]] == 0).all(axis=None), name


def test_slow_for_all_costs_with_every_customer_and_as_much_with_that_one(differences: dict[str, pd.DataFrame]) -> None:
    for name in FILES:
        of_all = differences[name].loc["slow-for-all"]
        assert (of_all["high"] < 0).all(), name
        np.testing.assert_array_equal(
            of_all.loc["SA", "mean"], differences[name].loc[("slow-for-saudi-arabia", "SA"), "mean"]
        )


def test_an_earlier_application_keeps_more_than_a_second_plant(differences: dict[str, pd.DataFrame]) -> None:
    for destination in ("SA", "TH"):
        plain, early, second = (differences[name].loc[("slow-for-all", destination)] for name in FILES)
        assert plain["high"] < second["low"] < second["high"] < early["low"]
        assert early["mean"] > plain["mean"] / 2


def test_with_few_officers_the_others_wait_too() -> None:
    few = xs.load(SCENARIOS / "company.yaml", overrides={"authorities.office.review.assessment.officers": 3})
    result = xs.run(few, policies=["slow-for-saudi-arabia"], futures=FUTURES, by=["destination"])
    exports = result.compare(by=["destination"]).xs("exports", level="outcome").loc["slow-for-saudi-arabia"]
    assert (exports["high"] < 0).all()
