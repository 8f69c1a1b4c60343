"""What is forecast, as tables: quantiles over all points and futures together, and how they did against a record."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from exportsim.errors import ExportsimError
from exportsim.plan import Float
from exportsim.scenario import Scenario
from exportsim.study.calibration.observations import SELECTORS, Observation, Observations, observation_of
from exportsim.study.prediction.asked import PredictedFigure, figure_of, recorded_figure
from exportsim.study.prediction.kept import add, likely_text, made_by
from exportsim.study.prediction.scoring import (
    SHARES,
    Range,
    Score,
    Tally,
    equally_likely,
    quantiles,
    ranges_of,
    scored,
    tallied,
)
from exportsim.study.saved_parts import parts_of, scenario_of
from exportsim.study.study import TableStudy

if TYPE_CHECKING:
    import pandas as pd

#: Columns of scores, after those that say what the figure is.
SCORED = (
    "observed",
    "error",
    "median",
    *(f"{end}_{100 * share:.0f}" for share in SHARES for end in Range._fields),
    "percentile",
    "inside",
    "relative_width",
    "crps",
    "interval_score",
    "below",
    "up_to",
    "unit",
    "source",
)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Judged(TableStudy):
    """Forecasts of which some have been held against a record."""

    record: Observations | None

    @property
    def against(self) -> list[str]:
        """The names of the files that they were held against."""
        return [] if self.record is None else [self.record.name]

    @property
    def scores(self) -> pd.DataFrame:
        """A row per figure that was forecast and recorded."""
        raise NotImplementedError

    @cached_property
    def tally(self) -> Tally:
        """How many figures did what."""
        return tallied(self.scores.to_dict("records"))


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Forecast(Judged):
    """What is to come, over all that is uncertain and over chance.

    Attributes
    ----------
    table : DataFrame
        A row per figure: ``outcome``, ``period``, ``of`` (what it is of, empty for all), ``line``, ``supplier``,
        ``goods``, ``destination``, ``authority``, ``mean``, ``median``, the ends of the ranges that hold 50, 80 and
        95 % (``low_50``, ``high_50`` and so on), ``chance`` (the share of the variance that would be left if all inputs
        were known; NaN where nothing varies), ``undefined`` (the share of futures in which there is no such figure) and
        ``unit``.
    scenario : Scenario
    policy : str
        Under which it is to come.
    figures : tuple of PredictedFigure
    record : Observations or None
        What it was held against.
    pool : ndarray of float64, shape (points, futures, figures)
        Every figure of every play, NaN where undefined. Each point has futures of its own.
    points : DataFrame
        A row per point: ``point``, and a column per path; one row without paths where nothing is uncertain.
    provenance : mapping
    """

    scenario: Scenario
    policy: str
    figures: tuple[PredictedFigure, ...]
    pool: Float
    points: pd.DataFrame

    def _parts(self) -> Mapping[str, object]:
        return parts_of(self)

    @classmethod
    def of_parts(cls, provenance: Mapping[str, Any], parts: Mapping[str, Any]) -> Forecast:
        """What was saved."""
        record = parts["record"]
        restored = {
            "scenario": scenario_of(parts["scenario"]),
            "figures": tuple(map(figure_of, parts["figures"])),
            "record": None
            if record is None
            else Observations(tuple(map(observation_of, record[0])), record[1], record[2]),
        }
        return cls(provenance=provenance, **{**parts, **restored})

    def keep(self, path: str | os.PathLike[str]) -> int:
        """Add the figures that a record can hold to a file of forecasts, to be scored when they have come true.

        Parameters
        ----------
        path : path-like
            Ends in ``.csv``. What is in it stays, and :func:`exportsim.score` reads it.

        Returns
        -------
        int
            How many figures were added.

        Raises
        ------
        ExportsimError
            If it cannot be written, holds something else, or no figure is one that a record can hold.
        """
        made = made_by(self.provenance, self.policy, len(self.pool), self.futures)
        rows = self.table.drop(columns=["of", "mean", "chance"]).to_dict("records")
        records = [
            {**made, **row, "values": likely}
            for number, row in enumerate(rows)
            if row["period"] and (likely := likely_text(self.values(number)))
        ]
        if not records:
            raise ExportsimError(
                "keep: no figure is forecast that a record can hold: ask for some by year, or as a record"
            )
        add(records, path)
        return len(records)

    def _in_short(self) -> str:
        return f"{len(self.figures)} figures, {len(self.pool)} points of {self.futures} futures"

    @property
    def futures(self) -> int:
        """Of each point."""
        return int(self.pool.shape[1])

    @property
    def certain(self) -> bool:
        """Whether chance alone is in it: the scenario calls nothing uncertain."""
        return not self.provenance["forecast"]["paths"]

    def values(self, figure: int) -> Float:
        """All values of a figure, by its number, over points and futures; those that are defined."""
        pooled = self.pool[:, :, figure].ravel()
        return pooled[~np.isnan(pooled)]

    @cached_property
    def table(self) -> pd.DataFrame:
        import pandas as pd

        records = []
        for number, figure in enumerate(self.figures):
            values = self.values(number)
            records.append(
                named(figure)
                | {"mean": float(values.mean()) if len(values) else math.nan, "median": quantiles(values, [0.5])[0]}
                | range_columns(ranges_of(values))
                | {
                    "chance": 1.0 if self.certain else chance_of(self.pool[:, :, number]),
                    "undefined": float(np.isnan(self.pool[:, :, number]).mean()),
                    "unit": figure.unit,
                }
            )
        return pd.DataFrame.from_records(records)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """How the figures did that the record holds.

        Returns
        -------
        DataFrame
            A row per figure: ``outcome``, ``period``, ``of``, ``line``, ``supplier``, ``goods``, ``destination``,
            ``authority``, ``observed``, ``error``, ``median`` and the ranges of ``table`` with the record's error in
            them, ``percentile`` (where in the forecast the figure lies, from 0 to 1), ``inside`` (the least of 0.5, 0.8
            and 0.95 whose range holds it, NaN if none does), ``relative_width`` (of the range that holds 80 %, in
            medians), ``crps``, ``interval_score`` (of the same range), ``below`` and ``up_to`` (the shares of the
            forecast below the figure and not above it), ``unit`` and ``source``. Figures that are undefined in all
            futures have no row.
        """
        numbers = {figure.key: number for number, figure in enumerate(self.figures)}
        rows = () if self.record is None else self.record.rows
        forecasts = ((row, self.values(numbers[recorded_figure(row).key])) for row in rows)
        return scores_of(
            [
                named(recorded_figure(row)) | score_columns(equally_likely(values), row)
                for row, values in forecasts
                if len(values)
            ]
        )


def named(figure: PredictedFigure) -> dict[str, Any]:
    """What a figure is, as columns of a table."""
    selected = dict(figure.selectors)
    of = {selector: selected.get(selector, "") for selector in SELECTORS}
    return {"outcome": figure.outcome, "period": figure.period, "of": figure.of, **of}


def range_columns(ranges: Sequence[Range]) -> dict[str, float]:
    """The ends of ranges as columns of a table."""
    pairs = zip(SHARES, ranges, strict=True)
    return {
        f"{end}_{100 * share:.0f}": value
        for share, held in pairs
        for end, value in zip(held._fields, held, strict=True)
    }


def score_columns(values: Float, row: Observation) -> dict[str, Any]:
    """How values that are equally likely did, as columns of a table."""
    found: Score = scored(values, row.value, row.error, row.unit)
    return (
        {"observed": row.value, "error": row.error, "median": found.median}
        | range_columns(found.ranges)
        | {
            "percentile": found.percentile,
            "inside": found.inside(row.value),
            "relative_width": found.relative_width,
            "crps": found.crps,
            "interval_score": found.interval_score,
            "below": found.below,
            "up_to": found.up_to,
            "unit": row.unit,
            "source": row.source,
        }
    )


def scores_of(
    records: Sequence[Mapping[str, Any]], first: Sequence[str] = (), more: Sequence[str] = ()
) -> pd.DataFrame:
    """Scores as a table, which has its columns without a row, too."""
    import pandas as pd

    columns = [*first, "outcome", "period", "of", *SELECTORS, *SCORED]
    return pd.DataFrame.from_records(records, columns=[*columns, *more])


def chance_of(plays: Float) -> float:
    """The share of the variance of a figure that is chance: what is left of it, on average, within a point.

    Of plays of shape (points, futures), by a one-way analysis of variance. The law of total variance splits it into
    that within points and that of their means; the means of a few futures vary by chance, too, which is taken off.
    """
    by_point = [point[~np.isnan(point)] for point in plays]
    known = [point for point in by_point if len(point) > 1]
    if len(known) < 2:
        return math.nan
    sizes, within = (np.array([f(point) for point in known]) for f in (len, lambda point: point.var(ddof=1)))
    means = np.array([point.mean() for point in known])
    chance = float(within @ (sizes - 1) / (sizes - 1).sum())
    inputs = max(0.0, float(means.var(ddof=1)) - chance * float((1 / sizes).mean()))
    return chance / (chance + inputs) if chance + inputs > 0 else math.nan
