"""Tables of intervals: each policy by itself, and each policy less the reference, future by future.

The difference is taken within each future, where the policies met the same luck, and only then averaged: what chance
does to both alike drops out (common random numbers). It is defined where both are. What that bought is told: the
variance that as many futures apart for each policy would have had, over that which they had.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exportsim.analysis.intervals import intervals, verdict
from exportsim.analysis.outcomes import bounds_of
from exportsim.outcomes import SHARE
from exportsim.plan import Float

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("mean", "low", "high", "sd", "n", "method", "unit")
QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
COMPARED = (
    *COLUMNS[:-1],
    "verdict",
    "below",
    "above",
    *QUANTILES,
    "correlation",
    "variance_ratio",
    "untouched",
    "unit",
)

Key = tuple[Hashable, ...]


def summarised(outcomes: pd.DataFrame, units: Mapping[str, str]) -> pd.DataFrame:
    """The mean of each outcome under each policy, with its interval.

    Parameters
    ----------
    units : mapping
        The unit of each outcome.
    """
    parts = [(*key, name, values) for key, table in _parts(outcomes) for name, values in _columns(table)]
    return _table(outcomes, parts, [{}] * len(parts), units, COLUMNS)


def compared(
    outcomes: pd.DataFrame, units: Mapping[str, str], reference: str, untouched: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """The mean difference of each outcome from the reference, paired future by future, with its interval.

    Parameters
    ----------
    outcomes, units
        As :func:`summarised` takes them.
    untouched : mapping, optional
        By policy, the share of orders that it left as they are under the reference.

    Returns
    -------
    DataFrame
        Indexed by (policy, …, outcome) without the reference, with the columns :data:`COMPARED`:

        ``mean, low, high, sd, n, method``
            of the difference, policy less reference, over the futures in which both are defined;
        ``verdict``
            of the difference, a word of :class:`exportsim.analysis.intervals.Verdict`;
        ``below, above``
            the share of these futures in which the policy's figure is less, and is more, than the reference's;
        ``q05`` to ``q95``
            quantiles of the difference over futures (interpolated linearly);
        ``correlation``
            between policy and reference over futures (Pearson), undefined where one of them never varies;
        ``variance_ratio``
            (variance of the policy + variance of the reference) / variance of the difference: how many times as many
            futures it would take with luck of their own (Law 2015, §11.2), undefined where the difference never varies;
        ``untouched``
            as given, undefined if it is not.
    """
    parts, more = [], []
    tables = dict(_parts(outcomes))
    for (policy, *group), table in tables.items():
        if policy == reference:
            continue
        standard = dict(_columns(tables[reference, *group]))
        share = math.nan if untouched is None else untouched[str(policy)]
        for name, values in _columns(table):
            parts.append((policy, *group, name, values - standard[name]))
            more.append(_paired(values, standard[name]) | {"untouched": share})
    return _table(outcomes, parts, more, units, COMPARED)


def _paired(policy: Float, reference: Float) -> dict[str, float]:
    """What can be said of a difference beside its interval."""
    both = ~np.isnan(policy - reference)
    policy, reference = policy[both], reference[both]
    difference = policy - reference
    if not len(difference):
        return {}
    quantiles = np.quantile(difference, list(QUANTILES.values())).tolist()
    found = {"below": float(np.mean(difference < 0)), "above": float(np.mean(difference > 0))}
    found |= dict(zip(QUANTILES, quantiles, strict=True))
    if len(difference) > 1 and np.ptp(difference) > 0:
        apart = np.var(policy) + np.var(reference)
        found["variance_ratio"] = float(apart / np.var(difference))
    if len(difference) > 1 and np.ptp(policy) > 0 and np.ptp(reference) > 0:
        found["correlation"] = float(np.clip(np.corrcoef(policy, reference)[0, 1], -1, 1))
    return found


def _parts(outcomes: pd.DataFrame) -> Iterator[tuple[Key, pd.DataFrame]]:
    """What is of one policy (and what lies between policy and future), in the order in which it stands."""
    levels = list(outcomes.index.names[:-1])
    for key, table in outcomes.groupby(level=levels if len(levels) > 1 else levels[0], sort=False):
        yield key if isinstance(key, tuple) else (key,), table.droplevel(levels)


def _columns(table: pd.DataFrame) -> Iterator[tuple[str, Float]]:
    for name in table.columns:
        yield str(name), table[name].to_numpy()


def _table(
    outcomes: pd.DataFrame,
    parts: Sequence[tuple[Any, ...]],
    more: Sequence[Mapping[str, float]],
    units: Mapping[str, str],
    columns: Sequence[str],
) -> pd.DataFrame:
    """The intervals of figures, each with its key before it, as a table."""
    import pandas as pd

    keys = [part[:-1] for part in parts]
    units_of = [units[key[-1]] for key in keys]
    paired = "verdict" in columns
    found = intervals(
        [part[-1] for part in parts],
        shares=[unit == SHARE for unit in units_of],
        bounds=[bounds_of(key[-1], unit, difference=paired) for key, unit in zip(keys, units_of, strict=True)],
    )
    records = [
        each._asdict() | dict(extra) | {"unit": unit, "verdict": verdict(*each[:3]).value}
        for each, extra, unit in zip(found, more, units_of, strict=True)
    ]
    index = pd.MultiIndex.from_tuples(keys, names=[*outcomes.index.names[:-1], "outcome"]) if keys else None
    table = pd.DataFrame.from_records(records, columns=list(columns), index=index)
    if index is None:
        names = [*outcomes.index.names[:-1], "outcome"]
        table.index = pd.MultiIndex.from_arrays([[] for _ in names], names=names)
    words = {"method", "unit", "verdict"}
    kinds = {name: "int64" if name == "n" else "str" if name in words else "float64" for name in columns}
    return table.astype(kinds)
