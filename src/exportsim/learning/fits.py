"""Which distribution times and amounts have: the simplest kind of a scenario that they do not contradict."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, ndtr, stdtrit

from exportsim.learning.intervals import OUTSIDE, Estimate, mean, quantile
from exportsim.plan import Float
from exportsim.scenario.distributions import Z_90

FEW = 20  # values: of fewer, no kind is told from another
EACH = 50  # values: of fewer, each is written
LEVELS = (0.0, 0.02, 0.05, *np.arange(0.1, 0.95, 0.05).round(2).tolist(), 0.95, 0.975, 0.99, 0.995, 1.0)
# How far the values of so many may lie from a kind whose parameters were found from them, at 1 % (Stephens 1974).
OF_EXPONENTIAL, OF_NORMAL = 1.308, 1.035

Written = Callable[[float], object]  # an amount, as it stands in a scenario


@dataclass(frozen=True)
class Fit:
    """What was found of some values.

    Attributes
    ----------
    kind : str
        ``constant``, ``exponential``, ``lognormal``, ``values`` or ``quantiles``.
    value : object
        As it is written in a scenario.
    figures : dict
        What it is known by, each with its interval.
    mean : Estimate
    """

    kind: str
    value: object
    figures: dict[str, Estimate]
    mean: Estimate


def fit(values: Float, written: Written) -> Fit:
    """The kind of distribution of some values, and within what its parameters lie.

    All the same: that value. Else the exponential or the lognormal, whichever lies nearer, unless the values lie
    farther from it than one time in a hundred such values would. Else a line through their quantiles, whose mean is
    theirs.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    middle = mean(ordered)
    if ordered[-1] - ordered[0] <= 1:
        return Fit("constant", written(float(np.median(ordered))), {"mean": middle}, middle)
    n = len(ordered)
    found: list[tuple[float, Callable[[], Fit]]] = []
    if n >= FEW:
        distance = _distance(-np.expm1(-ordered / middle.value))
        far = (distance - 0.2 / n) * (math.sqrt(n) + 0.26 + 0.5 / math.sqrt(n)) / OF_EXPONENTIAL
        found.append((far, lambda: _exponential(middle, written)))
        if ordered[0] > 0:
            logs = np.log(ordered)
            distance = _distance(ndtr((logs - logs.mean()) / logs.std(ddof=1)))
            far = distance * (math.sqrt(n) - 0.01 + 0.85 / math.sqrt(n)) / OF_NORMAL
            found.append((far, lambda: _lognormal(logs, middle, written)))
        far, made = min(found, key=lambda each: each[0])
        if far < 1:
            return made()
    figures = {"mean": middle, "median": quantile(ordered, 0.5), "p90": quantile(ordered, 0.9)}
    if n < EACH:
        return Fit("values", {"empirical": [written(value) for value in ordered.tolist()]}, figures, middle)
    points = dict(zip(LEVELS, _line(ordered), strict=True))
    line = {"empirical": {"quantiles": {level: written(value) for level, value in points.items()}}}
    return Fit("quantiles", line, figures, middle)


def _distance(levels: Float) -> float:
    """The greatest distance between what a kind says of sorted values and their own places (Kolmogorov 1933)."""
    n = len(levels)
    steps = np.arange(n + 1) / n
    return float(max((steps[1:] - levels).max(), (levels - steps[:-1]).max()))


def _exponential(middle: Estimate, written: Written) -> Fit:
    n = middle.n
    low, high = (n * middle.value / float(gammaincinv(n, level)) for level in (1 - OUTSIDE, OUTSIDE))
    exact = Estimate(middle.value, low, high, n)
    return Fit("exponential", {"exponential": {"mean": written(middle.value)}}, {"mean": exact}, exact)


def _lognormal(logs: Float, middle: Estimate, written: Written) -> Fit:
    """By the median and the 90th percentile; the interval of that adds what either parameter may be off."""
    n, centre, spread = len(logs), float(logs.mean()), float(logs.std(ddof=1))
    wide = -float(stdtrit(n - 1, OUTSIDE)) * spread
    high = centre + Z_90 * spread

    def estimate(log: float, half: float) -> Estimate:
        return Estimate(math.exp(log), math.exp(log - half), math.exp(log + half), n)

    figures = {
        "median": estimate(centre, wide / math.sqrt(n)),
        "p90": estimate(high, wide * math.sqrt(1 / n + Z_90**2 / (2 * (n - 1)))),
    }
    value = {"lognormal": {name: written(each.value) for name, each in figures.items()}}
    return Fit("lognormal", value, figures, middle)


def _line(ordered: Float) -> list[float]:
    """The quantiles at :data:`LEVELS`, the last so far out that the mean beyond the last but one is that of the values.

    All are then multiplied by what gives the line the mean of all values.
    """
    points, widths = np.quantile(ordered, LEVELS), np.diff(np.array(LEVELS))
    beyond = ordered[ordered >= points[-2]]
    points[-1] = max(2 * float(beyond.mean()) - points[-2], points[-2])
    line = float((widths * (points[:-1] + points[1:]) / 2).sum())
    return [float(point) for point in points * (float(ordered.mean()) / line if line else 1.0)]
