"""Intervals and comparisons against cases whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from exportsim.analysis.comparison import COLUMNS, compared, summarised
from exportsim.analysis.intervals import interval, student

NAN = math.nan
UNITS = {"exports": "CAD", "delay": "days"}


def plays(**policies: list[tuple[float, float]]) -> pd.DataFrame:
    rows = {(policy, future): values for policy, outcomes in policies.items() for future, values in enumerate(outcomes)}
    index = pd.MultiIndex.from_tuples(list(rows), names=["policy", "future"])
    return pd.DataFrame(list(rows.values()), index=index, columns=["exports", "delay"])


def test_the_interval_is_students() -> None:
    values = [1.0, 2.0, 4.0, 9.0]
    found = interval(values)
    low, high = stats.t.interval(0.95, 3, loc=4.0, scale=stats.sem(values))
    assert (found.mean, found.n) == (4.0, 4)
    assert found.sd == pytest.approx(np.std(values, ddof=1), rel=1e-15)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)


@pytest.mark.parametrize(("freedom", "quantile"), [(1, 12.7062), (4, 2.7764), (30, 2.0423), (999, 1.9623)])
def test_the_quantiles_are_those_of_the_printed_table(freedom: int, quantile: float) -> None:
    assert student(0.95, freedom) == pytest.approx(quantile, abs=5e-5)


def test_the_interval_covers_the_true_mean_as_often_as_it_says() -> None:
    # 2000 samples of 10 normal values with mean 3: the number covered is binomial(2000, 0.95). The bound is the
    # central 99.9 % of that distribution; for any seed the test fails with probability 0.001 if the level is right.
    samples = np.random.default_rng(20).normal(3.0, 2.0, size=(2000, 10))
    covered = sum(found.low <= 3.0 <= found.high for found in map(interval, samples))
    least, most = stats.binom.interval(0.999, 2000, 0.95)
    assert least <= covered <= most
    normal = sum(abs(np.mean(s) - 3) <= 1.96 * np.std(s, ddof=1) / math.sqrt(10) for s in samples)
    assert normal < least  # an interval that forgets Student is caught by the same bound


def test_one_future_has_a_mean_and_no_interval() -> None:
    found = interval([7.0])
    assert (found.mean, found.n) == (7.0, 1)
    assert all(map(math.isnan, (found.low, found.high, found.sd)))


def test_no_future_has_nothing() -> None:
    found = interval([NAN, NAN])
    assert found.n == 0
    assert all(map(math.isnan, found[:4]))


def test_undefined_futures_are_left_out_and_counted_out() -> None:
    assert interval([1.0, NAN, 3.0]) == interval([1.0, 3.0])


def test_what_is_the_same_in_every_future_has_an_interval_of_no_width() -> None:
    found = interval([0.1] * 7)
    assert found == (0.1, 0.1, 0.1, 0.0, 7)


def test_the_order_of_the_futures_makes_no_difference() -> None:
    values = np.random.default_rng(3).lognormal(sigma=9, size=500)
    assert interval(values) == interval(values[::-1])


def test_a_summary_has_a_row_for_each_policy_and_outcome() -> None:
    table = summarised(plays(free=[(1, 10), (3, NAN)], strict=[(0, 20), (0, 40)]), UNITS)
    assert list(table.columns) == list(COLUMNS) == ["mean", "low", "high", "sd", "n", "unit"]
    assert list(table.index.names) == ["policy", "outcome"]
    assert table.loc[("free", "exports"), "mean"] == 2
    assert table.loc[("free", "delay"), "n"] == 1
    assert table.loc[("strict", "delay"), "unit"] == "days"
    assert list(table.index.unique("policy")) == ["free", "strict"]


def test_differences_are_taken_future_by_future() -> None:
    table = compared(plays(free=[(1, 10), (100, 5)], strict=[(0, 20), (99, 40)]), UNITS, "free")
    assert tuple(table.loc[("strict", "exports")][["mean", "low", "high", "sd"]]) == (-1, -1, -1, 0)
    assert list(table.index.unique("policy")) == ["strict"]


def test_a_difference_is_defined_where_both_are() -> None:
    table = compared(plays(free=[(1, NAN), (1, 5), (1, 6)], strict=[(1, 3), (1, NAN), (1, 9)]), UNITS, "free")
    assert (table.loc[("strict", "delay"), "n"], table.loc[("strict", "delay"), "mean"]) == (1, 3)


def test_no_difference_in_any_future_is_an_interval_at_nought() -> None:
    table = compared(plays(free=[(0.1, 1), (0.7, 1)], strict=[(0.1, 1), (0.7, 1)]), UNITS, "free")
    assert tuple(table.loc[("strict", "exports")][["mean", "low", "high", "sd", "n"]]) == (0, 0, 0, 0, 2)
