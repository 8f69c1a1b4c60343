"""Tables of intervals: each policy by itself, each policy less the reference, and the policies in order of an outcome.

The difference is taken within each future, where the policies met the same luck, and only then averaged: what chance
does to both alike drops out (common random numbers). It is defined where both are. What that bought is told: the
variance that as many futures apart for each policy would have had, over that which they had.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exportsim.analysis.intervals import Bounds, Interval, Means, intervals, means, quantiles, verdict
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


class Figures(NamedTuple):
    """Figures over futures."""

    levels: tuple[str, ...]  # what tells them apart, the policy first, beside the outcome
    keys: list[Key]  # of each figure: its policy, what else tells it apart, its outcome
    table: Float  # (figures, futures)


def figures_of(
    values: Float,
    policies: Sequence[str],
    outcomes: Sequence[str],
    by: Sequence[str] = (),
    labels: Sequence[Key] = ((),),
) -> Figures:
    """Those of values of shape (policies, groups, futures, outcomes), given the labels of the groups."""
    keys = [(policy, *label, outcome) for policy, label, outcome in itertools.product(policies, labels, outcomes)]
    return Figures(("policy", *by), keys, values.swapaxes(-1, -2).reshape(len(keys), -1))


def figures_in(outcomes: pd.DataFrame) -> Figures:
    """Those of a table indexed by (policy, …, future), a column per outcome, in the order in which it has them."""
    levels = list(outcomes.index.names[:-1])
    columns = {
        (*(key if isinstance(key, tuple) else (key,)), str(name)): table[name].to_numpy()
        for key, table in outcomes.groupby(level=levels if len(levels) > 1 else levels[0], sort=False)
        for name in table.columns
    }
    return Figures(tuple(map(str, levels)), list(columns), np.array(list(columns.values()), dtype=np.float64))


def summarised(figures: Figures, units: Mapping[str, str]) -> pd.DataFrame:
    """The mean of each outcome under each policy, with its interval, given the unit of each outcome."""
    return _table(figures, {}, units, COLUMNS)


def compared(
    figures: Figures, units: Mapping[str, str], reference: str, untouched: Mapping[str, float] | None = None
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
    policies, standard = beside(figures, reference)
    shares = [math.nan if untouched is None else untouched[str(key[0])] for key in policies.keys]
    more = _paired(policies.table, standard) | {"untouched": np.array(shares, dtype=np.float64)}
    return _table(policies._replace(table=policies.table - standard), more, units, COMPARED)


def beside(figures: Figures, reference: str) -> tuple[Figures, Float]:
    """The figures of all policies but the reference, and the table of that which each is compared with."""
    place = {key[1:]: row for row, key in enumerate(figures.keys) if key[0] == reference}
    rows = [row for row, key in enumerate(figures.keys) if key[0] != reference]
    keys = [figures.keys[row] for row in rows]
    return Figures(figures.levels, keys, figures.table[rows]), figures.table[[place[key[1:]] for key in keys]]


def means_of(figures: Figures, units: Mapping[str, str], *, differences: bool) -> Means:
    """The intervals of figures, or of differences of them, within the bounds of each outcome."""
    named = [(str(key[-1]), units[str(key[-1])]) for key in figures.keys]
    limits = {name: bounds_of(name, unit, difference=differences) for name, unit in dict.fromkeys(named)}
    return means(figures.table, shares=[unit == SHARE for _, unit in named], bounds=[limits[name] for name, _ in named])


def _paired(policies: Float, references: Float) -> dict[str, Float]:
    """What can be said of the difference of the rows of two tables beside its interval."""
    names = (*QUANTILES, "below", "above", "variance_ratio", "correlation")
    found = {name: np.full(len(policies), np.nan) for name in names}
    both = ~np.isnan(policies - references)
    defined = np.count_nonzero(both, axis=1)
    for n in np.unique(defined[defined > 0]).tolist():
        rows = np.flatnonzero(defined == n)
        policy, reference = (table[rows][both[rows]].reshape(-1, n) for table in (policies, references))
        difference = policy - reference
        found["below"][rows] = np.count_nonzero(difference < 0, axis=1) / n
        found["above"][rows] = np.count_nonzero(difference > 0, axis=1) / n
        levels = np.broadcast_to(list(QUANTILES.values()), (len(rows), len(QUANTILES)))
        for name, column in zip(QUANTILES, quantiles(np.sort(difference, axis=1), levels).T, strict=True):
            found[name][rows] = column
        spreads = [np.var(table, axis=1) for table in (policy, reference, difference)]
        varies = [np.ptp(table, axis=1) > 0 for table in (policy, reference, difference)]
        np.divide(spreads[0] + spreads[1], spreads[2], out=spreads[2], where=varies[2])
        found["variance_ratio"][rows] = np.where(varies[2], spreads[2], np.nan)
        away, beside = (table - table.mean(axis=1, keepdims=True) for table in (policy, reference))
        together, apart = np.mean(away * beside, axis=1), np.sqrt(spreads[0]) * np.sqrt(spreads[1])
        alike = np.divide(together, apart, out=np.full(len(rows), np.nan), where=varies[0] & varies[1])
        found["correlation"][rows] = np.clip(alike, -1, 1)
    return found


def _table(
    figures: Figures, more: Mapping[str, Float], units: Mapping[str, str], columns: Sequence[str]
) -> pd.DataFrame:
    """The intervals of figures, and what more is known of each, as a table."""
    import pandas as pd

    paired = "verdict" in columns
    found = means_of(figures, units, differences=paired)
    known = {**found._asdict(), **more, "unit": [units[str(key[-1])] for key in figures.keys]}
    if paired:
        ends = zip(found.mean.tolist(), found.low.tolist(), found.high.tolist(), strict=True)
        known["verdict"] = [verdict(*each).value for each in ends]
    levels = [list(level) for level in zip(*figures.keys, strict=True)] or [[]] * (len(figures.levels) + 1)
    index = pd.MultiIndex.from_arrays(levels, names=[*figures.levels, "outcome"])
    words = {"method", "unit", "verdict"}
    return pd.DataFrame(
        {name: pd.Series(known[name], index=index, dtype="str" if name in words else None) for name in columns}
    )


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
