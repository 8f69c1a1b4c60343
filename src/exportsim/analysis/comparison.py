"""Tables of intervals: each policy by itself, and each policy less the reference, future by future.

The difference is taken within each future, where the policies met the same luck, and only then averaged: what chance
does to both alike drops out (common random numbers). It is defined where both are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from exportsim.analysis.intervals import Interval, interval

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("mean", "low", "high", "sd", "n", "unit")


def summarised(outcomes: pd.DataFrame, units: Mapping[str, str]) -> pd.DataFrame:
    """The mean of each outcome under each policy, with its interval.

    Parameters
    ----------
    outcomes : DataFrame
        Indexed by (policy, future), a column per outcome.
    units : mapping
        The unit of each outcome.

    Returns
    -------
    DataFrame
        Indexed by (policy, outcome), with columns ``mean, low, high, sd, n, unit``.
    """
    return _table(
        (policy, name, interval(values), units[str(name)])
        for policy, table in _by_policy(outcomes)
        for name, values in table.items()
    )


def compared(outcomes: pd.DataFrame, units: Mapping[str, str], reference: str) -> pd.DataFrame:
    """The mean difference of each outcome from the reference, paired future by future, with its interval.

    Parameters and result are those of :func:`summarised`; the reference itself is left out.
    """
    tables = dict(_by_policy(outcomes))
    standard = tables[reference]
    return _table(
        (policy, name, interval(values), units[str(name)])
        for policy, table in tables.items()
        if policy != reference
        for name, values in (table - standard).items()
    )


def _by_policy(outcomes: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for policy, table in outcomes.groupby(level="policy", sort=False):
        yield str(policy), table.droplevel("policy")


def _table(rows: Iterator[tuple[str, object, Interval, str]]) -> pd.DataFrame:
    import pandas as pd

    records = [(policy, str(name), *found, unit) for policy, name, found, unit in rows]
    table = pd.DataFrame.from_records(records, columns=["policy", "outcome", *COLUMNS])
    return table.astype(dict.fromkeys(COLUMNS[:4], "float64") | {"n": "int64"}).set_index(["policy", "outcome"])
