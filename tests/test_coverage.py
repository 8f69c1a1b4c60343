"""Intervals cover what they say: over many repetitions, where the truth is known by formula.

The number of repetitions covered is binomial if the level is right. Each bound is the central 99.9 % of that: whatever
the seed, a test of a right level fails with probability 0.001.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

import exportsim
from exportsim import Result
from exportsim.analysis.intervals import Interval, interval, intervals
from exportsim.study.precision import Aim, futures_next, look
from worlds import two_sources

Draw = Callable[[np.random.Generator, int], Any]


def covered(found: list[Interval], truth: float) -> int:
    return sum(each.low <= truth <= each.high for each in found)


def repeated(draw: Draw, n: int, repetitions: int, *, share: bool = False) -> list[Interval]:
    source = np.random.default_rng(20)
    samples = [draw(source, n) for _ in range(repetitions)]
    return intervals(samples, shares=[share] * repetitions)  # resamples are the same for each anyway


def within(number: int, repetitions: int, level: float = 0.95) -> bool:
    least, most = stats.binom.interval(0.999, repetitions, level)
    return bool(least <= number <= most)


@pytest.mark.parametrize(
    ("draw", "truth", "n", "share"),
    [
        (lambda source, n: source.normal(3, 2, n), 3.0, 10, False),
        (lambda source, n: source.normal(3, 2, n), 3.0, 100, False),
        (lambda source, n: source.lognormal(0, 0.5, n), math.exp(0.125), 300, False),
        (lambda source, n: source.lognormal(0, 1, n), math.exp(0.5), 1000, False),
        (lambda source, n: source.beta(2, 5, n), 2 / 7, 30, True),
        (lambda source, n: source.beta(2, 5, n) - source.beta(5, 2, n), -3 / 7, 30, True),
        (lambda source, n: source.beta(0.5, 5, n), 0.5 / 5.5, 300, True),
    ],
    ids=["normal 10", "normal 100", "skewed 300", "very skewed 1000", "share", "difference of shares", "small share"],
)
def test_the_interval_covers_as_often_as_it_says(draw: Draw, truth: float, n: int, share: bool) -> None:
    assert within(covered(repeated(draw, n, 1000, share=share), truth), 1000)


@pytest.mark.parametrize(
    ("draw", "truth", "n"),
    [
        (lambda source, n: source.lognormal(0, 1, n), math.exp(0.5), 20),
        (lambda source, n: (source.random(n) < 0.1) * source.lognormal(0, 0.5, n), 0.1 * math.exp(0.125), 50),
    ],
    ids=["very skewed", "rare"],
)
def test_of_few_and_very_skewed_futures_it_covers_less_but_more_than_students(draw: Draw, truth: float, n: int) -> None:
    """As docs/comparison.md says: no interval can know of what no future has shown."""
    found = repeated(draw, n, 1000)
    quantile = stats.t.ppf(0.975, n - 1) / math.sqrt(n)
    students = sum(abs(each.mean - truth) <= quantile * each.sd for each in found)
    assert covered(found, truth) > students
    assert covered(found, truth) >= stats.binom.ppf(0.0005, 1000, 0.87)
    assert students < stats.binom.ppf(0.0005, 1000, 0.95)


def test_an_interval_that_is_too_narrow_is_caught() -> None:
    found = repeated(lambda source, n: source.normal(3, 2, n), 10, 1000)
    normal = sum(abs(each.mean - 3) <= 1.96 * each.sd / math.sqrt(10) for each in found)
    assert not within(normal, 1000)


# The whole way: a scenario in which all can be said beforehand

RATE, MEAN, CV, YEARS = 12, 1_000_000, 1.0, 2
REPETITIONS, EACH = 400, 30
STOP = {"on": "2022-01-01", "applications": "deny"}
WORLD = two_sources(
    period={"start": "2021-01-01", "end": "2022-12-31", "warm_up": "1y"},
    authorities={
        "office": {"country": "CA", "validity": "9y", "approval": 1.0,
                   "review": [{"stage": "desk", "officers": 900, "work": "0d"}]},
    },
    suppliers={"north": {"country": "CA", "authority": "office", "slots": 900, "lead_time": "0d"}},
    demand__line__orders=f"{RATE}/y", demand__line__value={"lognormal": {"mean": str(MEAN), "cv": CV}},
    demand__line__parts=1, demand__line__sources={"north": {"weight": 1}}, demand__line__patience={"unserved": "0d"},
    policies={"free": {"measures": []}, "stop": {"measures": [STOP]}},
)  # fmt: skip


@cache
def played() -> Result:
    return exportsim.run(exportsim.build(WORLD), futures=REPETITIONS * EACH, seed=7)


def expected(days: int) -> float:
    """Orders arrive as a Poisson process, and their values are independent of it: expected exports (Wald)."""
    return RATE * days / 365.25 * MEAN


@pytest.mark.parametrize(("policy", "days"), [("free", 730), ("stop", 365)])
def test_exports_played_are_covered_as_often_as_the_interval_says(policy: str, days: int) -> None:
    exports = played().outcomes["exports"].loc[policy].to_numpy().reshape(REPETITIONS, EACH)
    assert within(covered(intervals(list(exports), shares=[False] * REPETITIONS), expected(days)), REPETITIONS)


def test_differences_played_are_covered_as_often_as_the_interval_says() -> None:
    exports = played().outcomes["exports"].unstack("policy")
    differences = (exports["stop"] - exports["free"]).to_numpy().reshape(REPETITIONS, EACH)
    found = intervals(list(differences), shares=[False] * REPETITIONS)
    assert within(covered(found, -expected(365)), REPETITIONS)
    assert not within(covered(found, -1.2 * expected(365)), REPETITIONS)  # a wrong truth is not


def test_the_comparison_of_all_futures_knows_it_well() -> None:
    found = played().compare().loc[("stop", "exports")]
    assert found["low"] <= -expected(365) <= found["high"]
    assert found["high"] - found["low"] < 0.05 * expected(365)
    assert found["below"] == pytest.approx(1 - math.exp(-RATE * 365 / 365.25), abs=1e-3)  # a year without an order


# Looking again and again


@pytest.mark.long
def test_stopping_when_it_is_narrow_enough_costs_little_coverage() -> None:
    """Docs: at least 94 % where a single look has 95 %. Differences are normal, targets fall between two looks."""
    source = np.random.default_rng(5)
    repetitions = 1000
    for needed in (110, 400):
        aim = Aim("exports", False, "", 1.96 / math.sqrt(needed), False, 100, 4000)
        found = 0
        for _ in range(repetitions):
            values = source.normal(0, 1, (1, 4000))
            futures = 100
            while not look(values[:, :futures], 0, aim).enough:
                futures = futures_next(look(values[:, :futures], 0, aim), aim)
            last = interval(values[0, :futures])
            found += last.low <= 0 <= last.high
        assert found >= stats.binom.ppf(0.0005, repetitions, 0.94)
