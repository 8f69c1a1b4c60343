"""How forecasts did that were kept: each is held against a record of what has happened since."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from exportsim.errors import ExportsimError
from exportsim.outcomes import MONEY
from exportsim.study.calibration.observations import (
    SELECTORS,
    Observation,
    Observations,
    World,
    kind_of,
    read_observations,
)
from exportsim.study.prediction.forecast import Judged, score_columns, scores_of
from exportsim.study.prediction.kept import ORIGIN, KeptForecasts, read_kept
from exportsim.study.saved_parts import parts_of
from exportsim.version import __version__

if TYPE_CHECKING:
    import pandas as pd

FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Scores(Judged):
    """How kept forecasts did.

    Attributes
    ----------
    table : DataFrame
        A row per forecast that has come true, in the order in which they were kept: ``made``, ``exportsim`` (the
        version), ``scenario`` (its digest), ``title``, ``policy``, ``seed``, ``samples`` and ``futures`` of the
        forecast, and the columns of :attr:`exportsim.Forecast.scores`.
    forecasts : KeptForecasts
    record : Observations
    provenance : mapping
    """

    forecasts: KeptForecasts
    record: Observations

    def _parts(self) -> Mapping[str, object]:
        return parts_of(self)

    @cached_property
    def table(self) -> pd.DataFrame:
        recorded = {_key(row): row for row in self.record.rows}
        return scores_of(
            [
                dict(zip(ORIGIN, kept.origin, strict=True))
                | {"outcome": kept.outcome, "period": kept.period, "of": kept.of}
                | dict.fromkeys(SELECTORS, "")
                | dict(kept.selectors)
                | score_columns(kept.values, row)
                for kept in self.forecasts.rows
                if (row := recorded.get(kept.key)) is not None
            ],
            ORIGIN,
        )

    @property
    def scores(self) -> pd.DataFrame:
        """The table."""
        return self.table

    @property
    def waiting(self) -> int:
        """How many forecasts are of figures that the record does not hold."""
        return len(self.forecasts.rows) - len(self.table)

    @cached_property
    def not_forecast(self) -> tuple[Observation, ...]:
        """Figures of the record that nobody has forecast."""
        known = {kept.key for kept in self.forecasts.rows}
        return tuple(row for row in self.record.rows if _key(row) not in known)

    def _in_short(self) -> str:
        return f"{len(self.table)} of {len(self.forecasts.rows)} forecasts"


def score(forecasts: str | os.PathLike[str], record: str | os.PathLike[str] | pd.DataFrame) -> Scores:
    """Say how forecasts did that were kept, of figures that have come true.

    Parameters
    ----------
    forecasts : path-like
        The file that :meth:`exportsim.Forecast.keep` has added to. A forecast that was added several times counts
        once.
    record : path-like or DataFrame
        What happened, as for :func:`exportsim.calibrate`. Which figures of it were forecast is found by outcome, days
        and names.

    Returns
    -------
    Scores

    Raises
    ------
    ExportsimError
        If either cannot be read, or the forecasts are in several currencies.
    """
    started, kept = datetime.now(UTC), read_kept(forecasts)
    currencies = sorted({row.unit for row in kept.rows if (kind := kind_of(row.outcome)) and kind.unit == MONEY})
    if len(currencies) > 1:
        raise ExportsimError(
            f"{forecasts}: found forecasts in {' and '.join(currencies)}; keep those of each currency in a file of "
            "their own"
        )
    world = World(next(iter(currencies), ""), FIRST_DAY, LAST_DAY, None)
    recorded = read_observations(record, world)
    return Scores(
        provenance={
            "exportsim": __version__,
            "title": kept.name,
            "interrupted": False,
            "score": {
                "forecasts": kept.name,
                "forecasts_digest": kept.digest,
                "record": recorded.name,
                "record_digest": recorded.digest,
            },
            "started": started.isoformat(timespec="seconds"),
        },
        forecasts=kept,
        record=recorded,
    )


def _key(row: Observation) -> tuple[object, ...]:
    """What tells the figure of an observation from others, as forecasts have it."""
    days = tuple(FIRST_DAY + timedelta(minutes=minute) for minute in (row.start, row.end))
    return row.outcome, days, row.selectors
