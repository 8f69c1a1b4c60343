"""Policies in order of an outcome, and how sure that order is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.intervals import Bounds, Interval, intervals
from exportsim.plan import Float

if TYPE_CHECKING:
    import pandas as pd


NOTHING = Interval(np.nan, np.nan, np.nan, np.nan, 0)  # by how much the last is better than the next


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
    means = [found.mean for found in intervals(list(values.T), shares=[False] * values.shape[1])]
    order = np.argsort([-mean if most else mean for mean in means], kind="stable")
    gaps = list((better[:, order[:-1]] - better[:, order[1:]]).T)
    found = intervals(
        [*values[:, order].T, *gaps],
        shares=[unit == "share"] * (len(order) + len(gaps)),
        bounds=[*[bounds] * len(order), *[None] * len(gaps)],
    )
    own, ahead = (pd.DataFrame(part) for part in (found[: len(order)], [*found[len(order) :], NOTHING]))
    best, ranks = _standing(better)
    return (
        own[["mean", "low", "high"]]
        .assign(
            best=best[order],
            mean_rank=ranks[order],
            ahead=ahead["mean"],
            ahead_low=ahead["low"],
            ahead_high=ahead["high"],
            ahead_method=ahead["method"],
            n=len(complete),
            left_out=len(figures) - len(complete),
            unit=unit,
        )
        .set_axis(pd.Index([str(figures.columns[column]) for column in order], name="policy"))
    )


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
