"""Either end of each parameter: the mean where it is lowest and where it is highest, whatever the others are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exportsim.plan import Float
from exportsim.study.indices import LEVELS, Design, limits, places_of, weights

if TYPE_CHECKING:
    import pandas as pd

SHARES = {"sobol": 1 / 5, "morris": 1 / LEVELS}  # of the distribution: a fifth, or one level of the grid


def edges(method: str) -> tuple[float, float]:
    """Where the ends are: up to which point and from which on; of Morris's grid, its outer levels."""
    outer = 1 / (2 * LEVELS) if method == "morris" else SHARES[method]
    return outer, 1 - outer


def ends(done: Design, values: Float) -> pd.DataFrame:
    """The means at either end, from all rows of the design that lie there.

    Parameters
    ----------
    values : ndarray of float64, shape (rows, futures)

    Returns
    -------
    DataFrame
        A row per parameter: ``parameter``; the means ``low_mean`` and ``high_mean`` with their intervals ``low_low,
        low_high, high_low, high_high``; ``difference, difference_low, difference_high`` and its standard error from
        the choice of the futures, ``futures_se``. Intervals are of level 95 %, from resampled base samples. NaN where
        no row lies.
    """
    import pandas as pd

    share, futures = SHARES[done.method], values.shape[1]
    inside = np.stack([done.units < share, done.units > 1 - share])  # of either end, rows, parameters
    count = inside.reshape(2, done.samples, done.rows, -1).sum(axis=2)
    total = _sums(done, inside, values.mean(axis=1))
    taken = np.concatenate([weights(places, done.samples) for places in places_of(done.samples)], axis=1)
    with np.errstate(invalid="ignore"):  # an end without rows is undefined
        mean = total.sum(axis=1) / count.sum(axis=1)
        again = np.einsum("esp,sr->epr", total, taken) / np.einsum("esp,sr->epr", count, taken)
        each = np.stack([_sums(done, inside, column).sum(axis=1) for column in values.T]) / count.sum(axis=1)
    table: dict[str, object] = {"parameter": list(done.names)}
    for name, place, found in zip(("low", "high"), mean, again, strict=True):
        low, high = limits(found)
        table |= {f"{name}_mean": place, f"{name}_low": low, f"{name}_high": high}
    low, high = limits(again[1] - again[0])
    table |= {"difference": mean[1] - mean[0], "difference_low": low, "difference_high": high}
    table["futures_se"] = np.full(len(done.names), np.nan)
    if futures > 1:
        by_future = (each[:, 1] - each[:, 0]).T
        table["futures_se"] = by_future.std(axis=1, ddof=1) / np.sqrt(futures)
    return pd.DataFrame(table)


def _sums(done: Design, inside: NDArray[np.bool_], values: Float) -> Float:
    """By end, base sample and parameter, the sum of the values of the rows that lie there."""
    weighed = inside * values[:, np.newaxis]
    found: Float = weighed.reshape(2, done.samples, done.rows, -1).sum(axis=2)
    return found
