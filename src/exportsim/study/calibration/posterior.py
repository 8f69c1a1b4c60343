"""What the record says of the parameters: points of the posterior, intervals, and what trades off against what.

Points are drawn by a sequential Monte Carlo sampler (Del Moral, Doucet and Jasra 2006): points of the prior are
weighed by a small power of the likelihood, drawn anew by their weights and moved about, until the power is 1. It begins
with all of the prior, so that neither a second peak nor a parameter that the record says nothing of is overlooked.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from exportsim.plan import Float
from exportsim.study.points import unit_points

LEVEL = 0.95
KEPT = 0.5  # of the points, the effective number at each power
MOVES = 6  # Metropolis steps after each power
LAST_MOVES = 24  # and after the last


def posterior_points(
    log_density: Callable[[Float], Float], dimensions: int, number: int, seed: int, *, power: float = 1.0
) -> Float:
    """Points of a density over the unit cube.

    Shape (number, dimensions), all of one weight; ``log_density`` is that of points of that shape, up to a constant.
    """
    chance = np.random.default_rng([seed, dimensions, number])
    points = unit_points(dimensions, number, "sobol", seed)
    height, reached = log_density(points), 0.0
    while reached < power:
        step = _step(height, power - reached)
        reached = power if step >= power - reached else reached + step
        weight = np.exp(step * (height - height.max()))
        # Systematic: as many of each as its weight says, to the nearest.
        places = (np.arange(number) + chance.random()) / number
        drawn = np.minimum(np.searchsorted(np.cumsum(weight) / weight.sum(), places), number - 1)
        points, height = points[drawn], height[drawn]
        for _ in range(LAST_MOVES if reached == power else MOVES):
            points, height = _moved(points, height, log_density, reached, chance)
    return points


def interval(values: Float, level: float = LEVEL) -> tuple[float, float]:
    """The bounds that leave as much of the posterior below as above."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def correlations(shares: Float) -> Float:
    """Rank correlations (Spearman) of the parameters, shape (parameters, parameters)."""
    ranks = shares.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    return np.atleast_2d(np.corrcoef(ranks, rowvar=False))


def _step(height: Float, most: float) -> float:
    """The greatest step of the power at which the effective number of points is still so much; by halving."""

    def effective(step: float) -> float:
        weight = np.exp(step * (height - height.max()))
        return float(weight.sum() ** 2 / (weight**2).sum()) / len(weight)

    low, high = 0.0, most
    if effective(high) >= KEPT:
        return high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(middle) >= KEPT else (low, middle)
    return high


def _moved(
    points: Float, height: Float, log_density: Callable[[Float], Float], power: float, chance: np.random.Generator
) -> tuple[Float, Float]:
    """A Metropolis step of every point, as long as the points are spread; what leaves the cube is thrown back in."""
    number, dimensions = points.shape
    spread = np.atleast_2d(np.cov(points, rowvar=False)) + 1e-12 * np.eye(dimensions)
    length = chance.choice([0.3, 1.0, 2.38], size=(number, 1)) / np.sqrt(dimensions)
    step = chance.standard_normal((number, dimensions)) @ np.linalg.cholesky(spread).T
    folded = np.mod(points + length * step, 2.0)
    proposed = np.minimum(folded, 2.0 - folded)
    there = log_density(proposed)
    taken = np.log(chance.random(number)) < power * (there - height)
    return np.where(taken[:, np.newaxis], proposed, points), np.where(taken, there, height)
