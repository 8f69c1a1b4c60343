"""Intervals and comparisons against cases whose answer is known."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from exportsim.analysis import intervals as intervals_module
from exportsim.analysis.column_sums import exact_sums, resampled_sums
from exportsim.analysis.comparison import COLUMNS, Figures, compared, figures_in, summarised
from exportsim.analysis.intervals import (
    FEWEST,
    FROM_ZERO,
    OF_SHARE,
    OF_SHARES_APART,
    UNBOUNDED,
    Verdict,
    interval,
    intervals,
    mean_alone,
    resample_places,
    resampled,
    student,
    verdict,
)
from exportsim.analysis.outcomes import bounds_of
from exportsim.outcomes import OUTCOMES

NAN = math.nan
UNITS = {"exports": "CAD", "delay": "days"}


def plays(**policies: list[tuple[float, float]]) -> pd.DataFrame:
    rows = {(policy, future): values for policy, outcomes in policies.items() for future, values in enumerate(outcomes)}
    index = pd.MultiIndex.from_tuples(list(rows), names=["policy", "future"])
    return pd.DataFrame(list(rows.values()), index=index, columns=["exports", "delay"])


def figures(**policies: list[tuple[float, float]]) -> Figures:
    return figures_in(plays(**policies))


def test_the_interval_is_students() -> None:
    values = [1.0, 2.0, 4.0, 9.0]
    found = interval(values)
    low, high = stats.t.interval(0.95, 3, loc=4.0, scale=stats.sem(values))
    assert (found.mean, found.n) == (4.0, 4)
    assert found.sd == pytest.approx(np.std(values, ddof=1), rel=1e-15)
    assert found.method == "student"
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
    assert found.method == "none"


def test_undefined_futures_are_left_out_and_counted_out() -> None:
    assert interval([1.0, NAN, 3.0]) == interval([1.0, 3.0])


def test_what_is_the_same_in_every_future_has_an_interval_of_no_width() -> None:
    found = interval([0.1] * 7)
    assert found == (0.1, 0.1, 0.1, 0.0, 7, "constant")


def test_the_order_of_the_futures_makes_no_difference() -> None:
    values = np.random.default_rng(3).lognormal(sigma=9, size=500)
    assert interval(values) == interval(values[::-1])


# The bootstrap


class Chosen(np.random.Generator):
    """A generator for scipy that takes the resamples that are taken here."""

    def integers(self, low: int, high: int, size: tuple[int, ...], **_: object) -> Any:
        return np.concatenate(list(resample_places(high, size[0])))


@pytest.mark.parametrize("n", [10, 60, 1000])
def test_the_bootstrap_is_that_of_scipy_at_the_level_that_few_futures_need(n: int) -> None:
    values = np.sort(np.random.default_rng(4).lognormal(sigma=1.5, size=n))
    quantile = math.sqrt(n / (n - 1)) * stats.t.ppf(0.975, n - 1)
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=4999, confidence_level=1 - 2 * stats.norm.cdf(-quantile),
        method="BCa", rng=Chosen(np.random.PCG64(1)), batch=4999,
    ).confidence_interval  # fmt: skip
    assert tuple(resampled(values[np.newaxis], 0.95)[:, 0]) == pytest.approx(tuple(theirs), rel=1e-12)


def test_resamples_are_the_same_on_every_machine_and_however_many_are_made_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = np.concatenate(list(resample_places(7, 1000)))
    assert places[0].tolist() == [1, 4, 2, 3, 5, 2, 5]
    assert (places.min(), places.max(), places.shape) == (0, 6, (1000, 7))
    monkeypatch.setattr(intervals_module, "_AT_ONCE", 7 * 13)
    np.testing.assert_array_equal(np.concatenate(list(resample_places(7, 1000))), places)


@pytest.mark.parametrize(("n", "resamples"), [(1, 1), (7, 1000), (150, 4999), (1000, 1500), (1 << 20, 3)])
def test_resamples_are_raw_numbers_of_one_seed_modulo_n(n: int, resamples: int) -> None:
    """What is kept of the raw numbers (the first million) is gone on with without a gap."""
    seed: int = intervals_module._SEED
    raw = np.random.PCG64(seed).random_raw(resamples * n)
    np.testing.assert_array_equal(np.concatenate(list(resample_places(n, resamples))), (raw % n).reshape(-1, n))


def skewed(n: int, odd: float) -> list[float]:
    """Zeros and ones in turn, and one value apart from them."""
    return [odd, *(float(k % 2) for k in range(n - 1))]


@pytest.mark.parametrize(
    ("values", "share", "method"),
    [
        (skewed(40, 0.5), False, "student"),
        (skewed(40, 9.0), False, "bootstrap"),  # skewed
        (skewed(40, -8.0), False, "bootstrap"),
        (skewed(4000, 9.0), False, "student"),  # no less so by itself, but there are many
        (skewed(40, 0.5), True, "bootstrap"),
        (skewed(9, 0.5), True, "student"),  # too few to resample
        (skewed(9, 9.0), False, "student"),
        ([1.0] * 40, True, "constant"),
        ([1.0], True, "none"),
    ],
)
def test_the_method_follows_cochrans_rule_and_is_named(values: list[float], share: bool, method: str) -> None:
    assert interval(values, share=share).method == method
    if method in ("student", "bootstrap") and not share and len(values) >= 10:
        assert (len(values) > 25 * stats.skew(values) ** 2) == (method == "student")


def test_the_bootstrap_of_shares_stays_among_shares() -> None:
    values = [0.0] * 30 + [0.2] * 2
    found = interval(values, share=True)
    assert 0 <= found.low < found.mean < found.high < 0.2
    assert found.mean - stats.t.ppf(0.975, 31) * found.sd / math.sqrt(32) < 0  # Student's does not


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=30),
    st.sampled_from([(OF_SHARE, True), (FROM_ZERO, False), ((-math.inf, 0.0), False), (None, True), (None, False)]),
)
def test_an_interval_ends_at_the_bounds_of_its_figure(values: list[float], how: tuple[Any, bool]) -> None:
    """It is otherwise what it was, and holds the mean: what is cut off cannot have been the true one."""
    bounds, share = how
    if bounds and bounds[1] == 0:
        values = [-value for value in values]
    free, cut = interval(values, share=share, bounds=UNBOUNDED), interval(values, share=share, bounds=bounds)
    low, high = bounds or (OF_SHARES_APART if share else UNBOUNDED)
    assert low <= cut.low <= cut.mean <= cut.high <= high or cut.method == "bootstrap"
    assert (cut.low, cut.high) == (min(max(free.low, low), high), min(max(free.high, low), high))
    assert (cut.mean, cut.sd, cut.n, cut.method) == (free.mean, free.sd, free.n, free.method)


def test_of_few_futures_no_share_leaves_zero_to_one_and_of_one_there_is_no_interval() -> None:
    found = interval([1.0, 0.0], share=True, bounds=OF_SHARE)
    assert found[:3] == (0.5, 0.0, 1.0) and found.method == "student"
    assert interval([1.0, 0.0], share=True)[1:3] == (-1.0, 1.0)  # a difference of shares
    assert interval([3.0, 500.0], bounds=FROM_ZERO).low == 0.0
    assert math.isnan(interval([1.0, NAN], share=True, bounds=OF_SHARE).low)


def test_only_the_premium_can_be_negative() -> None:
    for name, unit, *_ in OUTCOMES:
        low, high = bounds_of(name, unit)
        assert (low == -math.inf) == (name == "premium") and (high == 1) == (unit == "share")
        assert bounds_of(name, unit, difference=True) == (OF_SHARES_APART if unit == "share" else UNBOUNDED)


@pytest.mark.parametrize(
    ("found", "word"),
    [
        ((0.0, 0.0, 0.0), Verdict.SAME),
        ((1.0, 0.0, 3.0), Verdict.DOUBTFUL),  # its end is in it
        ((0.0, -1.0, 1.0), Verdict.DOUBTFUL),
        ((1.0, 1.0, 1.0), Verdict.MORE),
        ((-3.0, -9.0, -0.1), Verdict.LESS),
        ((1.0, NAN, NAN), Verdict.UNKNOWN),
        ((NAN, NAN, NAN), Verdict.UNKNOWN),
    ],
)
def test_a_verdict_is_what_the_interval_says(found: tuple[float, float, float], word: Verdict) -> None:
    assert verdict(*found) is word


def test_many_figures_at_once_have_the_intervals_that_each_has_by_itself() -> None:
    draw = np.random.default_rng(8)
    columns = [draw.lognormal(sigma=2, size=n) for n in (30, 50, 30, 1)] + [np.array([1, NAN, 3.0]), draw.random(50)]
    shares = [False] * 5 + [True]
    together = intervals(columns, shares=shares)
    for column, share, found in zip(columns, shares, together, strict=True):
        assert str(found) == str(interval(column, share=share))  # to the bit, and NaN where it has NaN


def plainly(values: list[float], *, share: bool) -> tuple[float, ...]:
    """The mean of some values, its interval and their deviation, worked out one resample at a time."""
    values = sorted(value for value in values if not math.isnan(value))
    n = len(values)
    mean = math.fsum(values) / n if n else NAN
    if n < 2:
        return mean, NAN, NAN, NAN, n
    if values[0] == values[-1]:
        return values[0], values[0], values[0], 0.0, n
    sd = statistics.stdev(values)
    t = stats.t.ppf(0.975, n - 1)
    skewness = stats.skew(values)
    if n < 10 or (n > 25 * skewness**2 and not (share and n < 1000)):
        return mean, mean - t * sd / math.sqrt(n), mean + t * sd / math.sqrt(n), sd, n
    drawn = sorted(math.fsum(values[k] for k in places) / n for places in next(iter(resample_places(n, 4999))).tolist())
    near = 1e-12 * max(map(abs, values))
    below = sum((value < mean - near) + (value <= mean + near) for value in drawn) / (2 * 4999)
    bias, wide = stats.norm.ppf(below), math.sqrt(n / (n - 1)) * t
    acceleration = (
        sum((value - mean) ** 3 for value in values) / 6 / sum((value - mean) ** 2 for value in values) ** 1.5
    )
    ends = []
    for z in (bias - wide, bias + wide):
        at = 4998 * stats.norm.cdf(bias + z / max(1 - acceleration * z, 1e-9))
        first = drawn[int(at)]
        ends.append(first + (at - int(at)) * (drawn[min(int(at) + 1, 4998)] - first))
    return mean, *(max(-1.0, min(1.0, end)) if share else end for end in ends), sd, n


KINDS = {
    "normal": lambda draw, n: draw.normal(size=n) * 1e7,
    "skewed": lambda draw, n: np.round(draw.lognormal(sigma=2, size=n) * 1e8) / 100,
    "share": lambda draw, n: draw.random(n),
    "rare share": lambda draw, n: (draw.random(n) < 0.1) * draw.integers(0, 3, n) / 2,
    "constant": lambda draw, n: np.full(n, draw.normal()),
    "undefined": lambda draw, n: np.where(draw.random(n) < 0.3, NAN, draw.lognormal(sigma=1.5, size=n)),
    "nothing": lambda draw, n: np.full(n, NAN),
}


@pytest.mark.parametrize("n", [1, 2, 9, 10, 60, 200])
def test_many_figures_at_once_come_to_what_is_worked_out_for_each_by_itself(n: int) -> None:
    draw = np.random.default_rng(n)
    names = [*KINDS, *KINDS]
    columns, shares = [KINDS[name](draw, n) for name in names], ["share" in name for name in names]
    found = intervals(np.array(columns), shares=shares)
    for name, column, share, each in zip(names, columns, shares, found, strict=True):
        if share and n < FEWEST:
            share = False
            each = interval(column)
        assert each[:5] == pytest.approx(plainly(column.tolist(), share=share), rel=1e-9, nan_ok=True), name
    assert n < FEWEST or found[2].method == "bootstrap"


def test_means_of_resamples_that_are_the_mean_itself_count_half_however_they_are_rounded() -> None:
    """Of tenths many a resample misses the mean by a last bit; of quarters none does."""
    tenths, quarters = (interval(values * 4, share=True) for values in ([0.1, 0.2, 0.3], [0.25, 0.5, 0.75]))
    assert tenths.method == quarters.method == "bootstrap"
    assert tenths[1:3] == pytest.approx((quarters.low / 2.5, quarters.high / 2.5), rel=1e-12)


@given(st.lists(st.floats(-1e300, 1e300, allow_nan=False), max_size=60))
def test_sums_are_correctly_rounded(values: list[float]) -> None:
    try:
        known = math.fsum(values)
    except OverflowError:
        assume(False)
    assert exact_sums(np.array([values, values[::-1]])).tolist() == [known, known]


@pytest.mark.parametrize("low", [0.0, 2.0**-80, -(2.0**-80)])
def test_a_sum_halfway_between_two_numbers_is_rounded_by_what_is_left_of_it(low: float) -> None:
    for sign in (1, -1):
        values = [sign * value for value in (2.0**53, 1.0, low)]
        assert exact_sums(np.array([values]))[0] == math.fsum(values)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 11])
def test_a_resample_is_the_sum_of_what_it_takes(n: int) -> None:
    draw = np.random.default_rng(6)
    table, places = draw.integers(0, 1000, (19, n)).astype(float), draw.integers(0, n, (7, n)).astype(np.uint32)
    np.testing.assert_array_equal(resampled_sums(places, table), table[:, places].sum(axis=2))


# Tables


def test_a_summary_has_a_row_for_each_policy_and_outcome() -> None:
    table = summarised(figures(free=[(1, 10), (3, NAN)], strict=[(0, 20), (0, 40)]), UNITS)
    assert list(table.columns) == list(COLUMNS) == ["mean", "low", "high", "sd", "n", "method", "unit"]
    assert list(table.index.names) == ["policy", "outcome"]
    assert table.loc[("free", "exports"), "mean"] == 2
    assert table.loc[("free", "delay"), "n"] == 1
    assert table.loc[("strict", "delay"), "unit"] == "days"
    assert list(table.index.unique("policy")) == ["free", "strict"]


def test_differences_are_taken_future_by_future() -> None:
    table = compared(figures(free=[(1, 10), (100, 5)], strict=[(0, 20), (99, 40)]), UNITS, "free")
    assert tuple(table.loc[("strict", "exports")][["mean", "low", "high", "sd"]]) == (-1, -1, -1, 0)
    assert list(table.index.unique("policy")) == ["strict"]


def test_a_difference_is_defined_where_both_are() -> None:
    table = compared(figures(free=[(1, NAN), (1, 5), (1, 6)], strict=[(1, 3), (1, NAN), (1, 9)]), UNITS, "free")
    assert (table.loc[("strict", "delay"), "n"], table.loc[("strict", "delay"), "mean"]) == (1, 3)


def test_no_difference_in_any_future_is_an_interval_at_zero() -> None:
    table = compared(figures(free=[(0.1, 1), (0.7, 1)], strict=[(0.1, 1), (0.7, 1)]), UNITS, "free")
    assert tuple(table.loc[("strict", "exports")][["mean", "low", "high", "sd", "n"]]) == (0, 0, 0, 0, 2)


@given(st.lists(st.floats(-1e9, 1e9) | st.just(NAN), max_size=30))
def test_a_mean_alone_is_the_mean_that_has_an_interval(values: list[float]) -> None:
    assert_same = np.testing.assert_array_equal
    assert_same(mean_alone(np.array(values)), interval(values).mean)
