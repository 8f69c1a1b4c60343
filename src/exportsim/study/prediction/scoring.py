"""How a forecast did: where what was recorded lies in it, and what it costs by rules that reward honesty.

A forecast is some values that are equally likely. What is recorded is measured with an error, so each value stands for
a measurement of it: the errors, taken for normal, are added to the values before anything is said of them.

The rules are proper: whoever says what she believes pays the least. The continuous ranked probability score is, of
values x and what was recorded y, E|x − y| − E|x − x′|/2, in the unit of the figure: of a single value it is its
absolute error. The interval score of a range that is to hold a share s is its width, and 2/(1 − s) for every unit by
which it was missed. They are a few lines of NumPy here: the library that has them compiles all it has when it is
imported beside Numba, which takes ten seconds.

References: T. Gneiting and A. E. Raftery (2007), Strictly proper scoring rules, prediction, and estimation, JASA 102;
C. Czado, T. Gneiting and L. Held (2009), Predictive model assessment for count data, Biometrics 65.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from exportsim.outcomes import SHARE
from exportsim.plan import Float

SHARES = (0.5, 0.8, 0.95)  # of what may come, that ranges hold
MIDDLE = 0.8  # the one that is printed, and scored
LIKELY = 200  # values that a forecast is kept as
ERRORS = 41  # values that stand for an error of measurement
BINS = 10  # of a histogram


class Range(NamedTuple):
    """Within what a figure is forecast to lie."""

    low: float
    high: float


class Score(NamedTuple):
    """How the forecast of one figure did."""

    median: float
    ranges: tuple[Range, ...]
    """By :data:`SHARES`."""
    below: float
    """The share of the forecast that is below what was recorded."""
    up_to: float
    """The share that is not above it."""
    crps: float
    interval_score: float
    """Of the range that holds :data:`MIDDLE`."""

    @property
    def percentile(self) -> float:
        """Where in the forecast what was recorded lies, from 0 to 1: of equal values half are below it."""
        return (self.below + self.up_to) / 2

    @property
    def relative_width(self) -> float:
        """The width of the range that holds :data:`MIDDLE`, in medians; NaN if the median is 0."""
        low, high = self.ranges[SHARES.index(MIDDLE)]
        return (high - low) / abs(self.median) if self.median else math.nan

    def inside(self, observed: float) -> float:
        """The least of :data:`SHARES` whose range holds what was recorded; NaN if none does."""
        held = (share for share, (low, high) in zip(SHARES, self.ranges, strict=True) if low <= observed <= high)
        return next(held, math.nan)


def quantiles(values: Float, shares: Sequence[float]) -> list[float]:
    """Quantiles of values that are equally likely (Hazen's: each of n stands for one n-th); NaN of no values."""
    if not len(values):
        return [math.nan] * len(shares)
    return [float(each) for each in np.quantile(values, shares, method="hazen")]


def ranges_of(values: Float) -> tuple[Range, ...]:
    """The middle ranges that hold each of :data:`SHARES`."""
    ends = quantiles(values, [end for share in SHARES for end in ((1 - share) / 2, (1 + share) / 2)])
    return tuple(Range(low, high) for low, high in zip(ends[::2], ends[1::2], strict=True))


def equally_likely(values: Float) -> Float:
    """The same forecast in :data:`LIKELY` values, or in its own where they are fewer; in order."""
    if len(values) <= LIKELY:
        return np.sort(values)
    return np.array(quantiles(values, ((np.arange(LIKELY) + 0.5) / LIKELY).tolist()))


def scored(values: Float, observed: float, error: float, unit: str) -> Score:
    """How a forecast did whose values are equally likely; ``error`` is one standard deviation of the measurement."""
    measured = np.sort(np.add.outer(values, error * _normal()).ravel())
    # No record is below zero, no share above one, whatever the errors.
    recordable = np.clip(measured, 0.0, 1.0 if unit == SHARE else math.inf)
    ranges = ranges_of(recordable)
    below, up_to = np.searchsorted(measured, observed), np.searchsorted(measured, observed, side="right")
    return Score(
        median=quantiles(recordable, [0.5])[0],
        ranges=ranges,
        below=float(below / len(measured)),
        up_to=float(up_to / len(measured)),
        crps=crps(measured, observed),
        interval_score=interval_score(ranges[SHARES.index(MIDDLE)], observed, MIDDLE),
    )


def crps(values: Float, observed: float) -> float:
    """The continuous ranked probability score of values in order that are equally likely."""
    number = len(values)
    ranks = 2 * np.arange(number) - number + 1  # of values in order E|x − x′|/2 is a sum over single ones
    return float(np.abs(values - observed).mean() - values @ ranks / number**2)


def interval_score(held: Range, observed: float, share: float) -> float:
    """The interval score of a range that is to hold a share."""
    missed = max(held.low - observed, 0.0) + max(observed - held.high, 0.0)
    return held.high - held.low + 2 / (1 - share) * missed


def histogram(below: Float, up_to: Float, bins: int = BINS) -> Float:
    """How many figures lie in each tenth of their forecasts; sums to their number.

    A figure of which the forecast has a lump at what was recorded counts in all tenths that the lump covers, by how
    much of each (Czado, Gneiting and Held 2009).
    """
    edges = np.linspace(0, 1, bins + 1)
    width = up_to - below
    lump = np.clip((edges[:, np.newaxis] - below) / np.where(width > 0, width, 1.0), 0, 1)
    # In the last bin one that lies above all of its forecast, too.
    step = np.where(edges[:, np.newaxis] < 1, edges[:, np.newaxis] > below, True)
    reached: Float = np.where(width > 0, lump, step).sum(axis=1)
    return np.diff(reached)


class Tally(NamedTuple):
    """How many figures did what."""

    figures: int
    inside: tuple[int, ...]
    """In the ranges that hold :data:`SHARES`."""
    above: int
    """Above their medians, of those that are not at it."""
    apart: int
    """Not at their medians."""
    wide: int
    """With a range that is at least as wide as its median."""

    def chance_inside(self, share: float) -> float:
        """Of a number inside that is no more likely, were figures independent of each other and the forecasts right."""
        from scipy.stats import binomtest

        return float(binomtest(self.inside[SHARES.index(share)], self.figures, share).pvalue)

    @property
    def chance_above(self) -> float:
        """The same for how many lie above their medians."""
        from scipy.stats import binomtest

        return float(binomtest(self.above, self.apart, 0.5).pvalue) if self.apart else 1.0


def tallied(rows: Iterable[Mapping[Any, Any]]) -> Tally:
    """Count figures by their scores, with the columns ``inside``, ``percentile`` and ``relative_width``."""
    rows = list(rows)
    apart = [row["percentile"] for row in rows if row["percentile"] != 0.5]
    return Tally(
        figures=len(rows),
        inside=tuple(sum(row["inside"] <= share for row in rows) for share in SHARES),
        above=sum(percentile > 0.5 for percentile in apart),
        apart=len(apart),
        wide=sum(not row["relative_width"] < 1 for row in rows),
    )


@cache
def _normal() -> Float:
    """Values that stand for a standard normal variable: equally likely, with a standard deviation of 1."""
    from scipy.special import ndtri

    values: Float = ndtri((np.arange(ERRORS) + 0.5) / ERRORS)
    return values / np.float64(values.std())
