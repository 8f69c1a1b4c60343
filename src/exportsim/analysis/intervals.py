"""Means of independent futures and their confidence intervals.

The interval is Student's: mean ± t(0.975, n − 1) · sd / √n, with n the futures in which the outcome is defined
(Student 1908). It assumes independent futures, which the addresses of chance give, and a mean near enough to normal.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

LEVEL = 0.95


class Interval(NamedTuple):
    """A mean over futures, and what is known of it."""

    mean: float
    low: float
    high: float
    sd: float
    """Standard deviation from future to future, with n − 1."""
    n: int
    """Futures in which the figure is defined."""

    @property
    def half(self) -> float:
        """Half its width; NaN for fewer than two futures."""
        return (self.high - self.low) / 2


def interval(values: Iterable[float], *, level: float = LEVEL) -> Interval:
    """The mean of some values with its confidence interval.

    Parameters
    ----------
    values : iterable of float
        One per future; NaN where undefined.
    level : float
        Probability with which such an interval covers the true mean.

    Returns
    -------
    Interval
        With one value only the mean is known; with none nothing is: the rest is NaN. Sums are correctly rounded
        (``math.fsum``), so the order of the futures makes no difference.
    """
    defined = [value for value in map(float, values) if not math.isnan(value)]
    n = len(defined)
    if not n:
        return Interval(math.nan, math.nan, math.nan, math.nan, 0)
    mean = math.fsum(defined) / n
    if n == 1:
        return Interval(mean, math.nan, math.nan, math.nan, 1)
    if min(defined) == max(defined):  # the division may miss the common value by its last bit
        return Interval(defined[0], defined[0], defined[0], 0.0, n)
    sd = math.sqrt(math.fsum((value - mean) ** 2 for value in defined) / (n - 1))
    half = student(level, n - 1) * sd / math.sqrt(n)
    return Interval(mean, mean - half, mean + half, sd, n)


def student(level: float, freedom: int) -> float:
    """The quantile of Student's t that a two-sided interval of a level needs."""
    from scipy.special import stdtrit  # scipy.stats takes ten times as long to import

    return float(stdtrit(freedom, (1 + level) / 2))
