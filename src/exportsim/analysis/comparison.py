"""Tables of intervals: each policy by itself, each policy less the reference, and the policies in order of an outcome.

The difference is taken within each future, where the policies met the same luck, and only then averaged: what chance
does to both alike drops out (common random numbers). It is defined where both are. What that bought is told: the
variance that as many futures apart for each policy would have had, over that which they had.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from exportsim.analysis.intervals import Bounds, Interval, intervals, verdict
from exportsim.analysis.outcomes import bounds_of
from exportsim.outcomes import SHARE
from exportsim.plan import Float

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("mean", "low", "high", "sd", "n", "method", "unit")
QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
COMPARED = (
    *(*COLUMNS[:-1], "verdict", "below", "above"),
    *(*QUANTILES, "correlation", "variance_ratio", "untouched", "unit"),
)

NOTHING = Interval(np.nan, np.nan, np.nan, np.nan, 0)  # by how much the last of an order is better than the next

Key = tuple[Hashable, ...]


def summarised(outcomes: pd.DataFrame, units: Mapping[str, str]) -> pd.DataFrame:
    """The mean of each outcome under each policy, with its interval, given the unit of each outcome."""
    figures = _figures(outcomes)
    return _table(outcomes, figures, [{}] * len(figures), units, COLUMNS)


def compared(
    outcomes: pd.DataFrame, units: Mapping[str, str], reference: str, untouched: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """The mean difference of each outcome from the reference, paired future by future, with its interval.

    ``untouched`` is by policy the share of orders that it left as they are under the reference.

    Returns
    -------
    DataFrame
        Indexed by (policy, …, outcome) without the reference, with the columns ``mean, low, high, sd, n, method`` of
        the difference, policy less reference, over the futures in which both are defined; ``verdict`` (a word of
        :class:`exportsim.analysis.intervals.Verdict`); ``below, above``, the share of these futures in which the
        policy's figure is less, and is more; ``q05`` to ``q95``, quantiles of the difference over futures (interpolated
        linearly); ``correlation`` between both over futures (Pearson), undefined where one of them never varies;
        ``variance_ratio``, (variance of the policy + variance of the reference) / variance of the difference: how many
        times as many futures it would take with luck of their own (Law 2015, §11.2), undefined where the difference
        never varies; ``untouched`` as given, undefined if it is not; and ``unit``.
    """
    figures, differences, more = _figures(outcomes), {}, []
    for key, values in figures.items():
        if key[0] != reference:
            standard = figures[reference, *key[1:]]
            differences[key] = values - standard
            share = math.nan if untouched is None else untouched[str(key[0])]
            more.append(_paired(values, standard) | {"untouched": share})
    return _table(outcomes, differences, more, units, COMPARED)


def _paired(policy: Float, reference: Float) -> dict[str, float]:
    """What can be said of a difference beside its interval."""
    both = ~np.isnan(policy - reference)
    policy, reference = policy[both], reference[both]
    difference = policy - reference
    if not len(difference):
        return {}
    statistics = dict(zip(QUANTILES, np.quantile(difference, list(QUANTILES.values())).tolist(), strict=True))
    statistics |= {"below": float(np.mean(difference < 0)), "above": float(np.mean(difference > 0))}
    if len(difference) > 1 and np.ptp(difference) > 0:
        apart = np.var(policy) + np.var(reference)
        statistics["variance_ratio"] = float(apart / np.var(difference))
    if len(difference) > 1 and np.ptp(policy) > 0 and np.ptp(reference) > 0:
        statistics["correlation"] = float(np.clip(np.corrcoef(policy, reference)[0, 1], -1, 1))
    return statistics


def _figures(outcomes: pd.DataFrame) -> dict[Key, Float]:
    """Each outcome over futures, by policy, what lies between policy and future, and name, in the order it stands."""
    levels = list(outcomes.index.names[:-1])
    return {
        (*(key if isinstance(key, tuple) else (key,)), str(name)): table[name].to_numpy()
        for key, table in outcomes.groupby(level=levels if len(levels) > 1 else levels[0], sort=False)
        for name in table.columns
    }


def _table(
    outcomes: pd.DataFrame,
    figures: Mapping[Key, Float],
    more: Sequence[Mapping[str, float]],
    units: Mapping[str, str],
    columns: Sequence[str],
) -> pd.DataFrame:
    """The intervals of figures, and what more is known of each, as a table."""
    import pandas as pd

    paired = "verdict" in columns
    named = [(str(key[-1]), units[str(key[-1])]) for key in figures]
    means = intervals(
        list(figures.values()),
        shares=[unit == SHARE for _, unit in named],
        bounds=[bounds_of(name, unit, difference=paired) for name, unit in named],
    )
    records = [
        mean._asdict() | dict(extra) | {"unit": unit, "verdict": verdict(*mean[:3]).value}
        for mean, extra, (_, unit) in zip(means, more, named, strict=True)
    ]
    index = pd.MultiIndex.from_tuples(list(figures), names=[*outcomes.index.names[:-1], "outcome"])
    words = {"method", "unit", "verdict"}
    kinds = {name: "int64" if name == "n" else "str" if name in words else "float64" for name in columns}
    return pd.DataFrame(records, columns=list(columns), index=index).astype(kinds)


def ranked(figures: pd.DataFrame, *, unit: str, bounds: Bounds | None = None, most: bool = True) -> pd.DataFrame:
    """Put policies in order of the mean of a figure.

    Returns
    -------
    DataFrame
        Indexed by ``policy``, the best mean first, with the columns ``mean, low, high`` of the figure; ``best``, the
        share of futures in which the policy is the best (those in which several are, they share equally);
        ``mean_rank``, its rank from future to future, 1 for the best, on average (equals have the mean of their ranks);
        ``ahead, ahead_low, ahead_high, ahead_method``, by how much it is better than the next, paired future by future
        (with zero in the interval the order of the two is not certain; undefined for the last); and ``n, left_out,
        unit``: the futures, those left out because the figure is undefined under some policy, and its unit.
    """
    import pandas as pd

    complete = figures.dropna()
    values = complete.to_numpy(dtype=np.float64)
    better = values if most else -values
    means = [interval.mean for interval in intervals(list(values.T), shares=[False] * values.shape[1])]
    order = np.argsort([-mean if most else mean for mean in means], kind="stable")
    gaps = list((better[:, order[:-1]] - better[:, order[1:]]).T)
    measured = intervals(
        [*values[:, order].T, *gaps],
        shares=[unit == "share"] * (len(order) + len(gaps)),
        bounds=[*[bounds] * len(order), *[None] * len(gaps)],
    )
    own, ahead = (pd.DataFrame(part) for part in (measured[: len(order)], [*measured[len(order) :], NOTHING]))
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
