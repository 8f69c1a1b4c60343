"""Intervals of what is counted and measured in a log, at 95 %."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv, chdtrc, gammaincinv, ndtri

from exportsim.plan import Float, Int

OUTSIDE = 0.025  # on each side
UNLIKE = 0.01  # the chance at which groups, or years, are taken for different


class Estimate(NamedTuple):
    """A number that was found, within what it lies, and of how many cases or times."""

    value: float
    low: float
    high: float
    n: int


def share(count: int, of: int) -> Estimate:
    """A share, with the interval of Clopper and Pearson (1934)."""
    if not of:
        return Estimate(math.nan, 0.0, 1.0, 0)
    low = float(betaincinv(count, of - count + 1, OUTSIDE)) if count else 0.0
    high = float(betaincinv(count + 1, of - count, 1 - OUTSIDE)) if count < of else 1.0
    return Estimate(count / of, low, high, of)


def rate(count: int, years: float) -> Estimate:
    """A number in a year, with the exact interval of what arrives at random (Garwood 1936)."""
    low = float(gammaincinv(count, OUTSIDE)) if count else 0.0
    return Estimate(count / years, low / years, float(gammaincinv(count + 1, 1 - OUTSIDE)) / years, count)


def time_to_each(total: float, count: int) -> Estimate:
    """The mean time until something happens that comes at random, given for how long it could and how often it did."""
    low, high = float(gammaincinv(count, OUTSIDE)), float(gammaincinv(count + 1, 1 - OUTSIDE))
    return Estimate(total / count, total / high, total / low, count)


def mean(values: Float) -> Estimate:
    """A mean, with the interval of normal theory."""
    n = len(values)
    half = -float(ndtri(OUTSIDE)) * float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else math.inf
    middle = float(values.mean())
    return Estimate(middle, max(0.0, middle - half), middle + half, n)


def quantile(ordered: Float, level: float) -> Estimate:
    """A quantile of sorted values, with the interval that the orders of values give (David and Nagaraja 2003)."""
    n = len(ordered)
    half = -float(ndtri(OUTSIDE)) * math.sqrt(n * level * (1 - level))
    low, high = math.floor(n * level - half), math.ceil(n * level + half)
    return Estimate(
        float(np.quantile(ordered, level)), float(ordered[max(low - 1, 0)]), float(ordered[min(high, n - 1)]), n
    )


def differ(counts: Int, of: Float) -> float:
    """The chance that counts differ as much as they do if all have the same rate: Pearson's test."""
    expected = of * counts.sum() / of.sum()
    there = expected > 0
    return float(chdtrc(max(int(there.sum()) - 1, 1), ((counts - expected)[there] ** 2 / expected[there]).sum()))
