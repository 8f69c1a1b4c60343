"""Policies in order of an outcome, and how sure that order is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.intervals import Bounds, intervals
from exportsim.plan import Float

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    *("mean", "low", "high", "best", "mean_rank"),
    *("ahead", "ahead_low", "ahead_high", "ahead_method", "n", "left_out", "unit"),
)


def ranked(figures: pd.DataFrame, *, unit: str, bounds: Bounds | None = None, most: bool = True) -> pd.DataFrame:
    """Put policies in order of the mean of a figure.

    Returns
    -------
    DataFrame
        Indexed by ``policy``, the best mean first, with the columns

        ``mean, low, high``
            the figure and its interval;
        ``best``
            the share of futures in which the policy is the best; those in which several are, they share equally;
        ``mean_rank``
            its rank from future to future, 1 for the best, on average; equals have the mean of their ranks;
        ``ahead, ahead_low, ahead_high, ahead_method``
            by how much it is better than the next policy, paired future by future, with its interval: zero in it,
            the order of the two is not certain. Undefined for the last;
        ``n, left_out, unit``
            the number of futures, of those left out because the figure is undefined under some policy, and its unit.
    """
    import pandas as pd

    complete = figures.dropna()
    values = complete.to_numpy(dtype=np.float64)
    better = values if most else -values
    means = [interval.mean for interval in intervals(list(values.T), shares=[False] * values.shape[1])]
    order = np.argsort([-mean if most else mean for mean in means], kind="stable")
    ordered = values[:, order]
    gaps = list((better[:, order[:-1]] - better[:, order[1:]]).T)
    shares = [unit == "share"] * (len(order) + len(gaps))
    found = intervals([*ordered.T, *gaps], shares=shares, bounds=[*[bounds] * len(order), *[None] * len(gaps)])
    own, ahead = found[: len(order)], found[len(order) :]
    best, ranks = _standing(better)
    table = pd.DataFrame(
        {
            "mean": [each.mean for each in own],
            "low": [each.low for each in own],
            "high": [each.high for each in own],
            "best": best[order],
            "mean_rank": ranks[order],
            "ahead": [*(each.mean for each in ahead), np.nan],
            "ahead_low": [*(each.low for each in ahead), np.nan],
            "ahead_high": [*(each.high for each in ahead), np.nan],
            "ahead_method": [*(each.method for each in ahead), ""],
            "n": len(complete),
            "left_out": len(figures) - len(complete),
            "unit": unit,
        },
        index=pd.Index([str(figures.columns[place]) for place in order], name="policy"),
    )
    return table[list(COLUMNS)]


def _standing(better: Float) -> tuple[Float, Float]:
    """By policy: the probability of being best, and the mean rank."""
    if not len(better):
        return np.full(better.shape[1], np.nan), np.full(better.shape[1], np.nan)
    first = better == better.max(axis=1, keepdims=True)
    best: Float = np.mean(first / first.sum(axis=1, keepdims=True), axis=0)
    above = np.sum(better[:, np.newaxis, :] > better[:, :, np.newaxis], axis=2)
    level = np.sum(better[:, np.newaxis, :] == better[:, :, np.newaxis], axis=2)
    ranks: Float = np.mean(above + (level + 1) / 2, axis=0)
    return best, ranks
