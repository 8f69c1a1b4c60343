"""How forecasts did that were kept: each is held against a record of what has happened since."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from exportsim.errors import ExportsimError
from exportsim.outcomes import MONEY
from exportsim.scenario import ScenarioOrPath, checked
from exportsim.study.calibration.observations import (
    SELECTORS,
    Observation,
    World,
    kind_of,
    read_observations,
)
from exportsim.study.prediction.decisions import TOLD, Extract, extract_of, judged, told
from exportsim.study.prediction.forecast import Judged, score_columns, scores_of
from exportsim.study.prediction.kept import CASE, ORIGIN, KeptForecasts, read_kept
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
        forecast, and the columns of :attr:`exportsim.Forecast.scores`. With an extract, also ``until`` (the day of
        which it tells), ``decided`` (whether it was before that), ``probability`` (how likely the forecast had that),
        ``brier`` and ``log_score``; of what is still open ``percentile``, ``inside``, ranges and what goes with them
        are empty, and ``crps`` is of days up to ``until``.
    forecasts : KeptForecasts
    record : Observations or None
        What happened, as figures.
    extract : Extract or None
        What was decided, case by case.
    provenance : mapping
    """

    forecasts: KeptForecasts
    extract: Extract | None = None

    @property
    def against(self) -> list[str]:
        """The names of the files that they were held against."""
        return [each.name for each in (self.record, self.extract) if each is not None]

    def _parts(self) -> Mapping[str, object]:
        return parts_of(self)

    @cached_property
    def table(self) -> pd.DataFrame:
        recorded = {} if self.record is None else {_key(row): row for row in self.record.rows}
        known = {} if self.extract is None else {id(row): what for row, what in told(self.forecasts.rows, self.extract)}
        rows = []
        for kept in self.forecasts.rows:
            row, values, columns = recorded.get(kept.key), kept.values, dict[str, Any]()
            if (what := known.get(id(kept))) is not None:
                row, values, columns = judged(kept, what)
            if row is not None or columns:
                of = {"outcome": kept.outcome, "period": kept.period, "of": kept.of, "unit": kept.unit}
                scored = {} if row is None else score_columns(values, row)
                of |= dict.fromkeys(SELECTORS, "") | dict(kept.selectors)
                rows.append(dict(zip(ORIGIN, kept.origin, strict=True)) | of | scored | columns)
        return scores_of(rows, ORIGIN, () if self.extract is None else TOLD)

    @property
    def scores(self) -> pd.DataFrame:
        """The rows of the table that say where a figure lies in its forecast."""
        return self.table[self.table["percentile"].notna()]

    @property
    def decisions(self) -> pd.DataFrame:
        """The rows of the table that are of single applications, decided or still open."""
        return self.table[self.table["outcome"] == CASE]

    @property
    def waiting(self) -> int:
        """How many forecasts are of figures that the record does not hold."""
        return len(self.forecasts.rows) - len(self.table)

    @cached_property
    def not_forecast(self) -> tuple[Observation, ...]:
        """Figures of the record that nobody has forecast."""
        known = {kept.key for kept in self.forecasts.rows}
        if self.record is None:
            return ()
        return tuple(row for row in self.record.rows if _key(row) not in known)

    def _in_short(self) -> str:
        return f"{len(self.table)} of {len(self.forecasts.rows)} forecasts"


def score(
    forecasts: str | os.PathLike[str],
    record: str | os.PathLike[str] | pd.DataFrame | None = None,
    *,
    decisions: ScenarioOrPath | None = None,
) -> Scores:
    """Say how forecasts did that were kept, of figures that have come true.

    Parameters
    ----------
    forecasts : path-like
        The file that :meth:`exportsim.Forecast.keep` or :meth:`exportsim.Backlog.keep` has added to. A forecast that
        was added several times counts once.
    record : path-like or DataFrame, optional
        What happened, as for :func:`exportsim.calibrate`. Which figures of it were forecast is found by outcome, days
        and names.
    decisions : Scenario or path-like, optional
        A scenario whose registers are later extracts, which say what was decided since: when applications are decided
        that were open as the forecast was made. They are found by their lines and numbers.

    Returns
    -------
    Scores

    Raises
    ------
    ExportsimError
        If any of these cannot be read, neither of the last two is given, or the forecasts are in several currencies.
    """
    if record is None and decisions is None:
        raise ExportsimError("found neither `record` nor `decisions`, expected what has happened since")
    started, kept = datetime.now(UTC), read_kept(forecasts)
    currencies = sorted({row.unit for row in kept.rows if (kind := kind_of(row.outcome)) and kind.unit == MONEY})
    if len(currencies) > 1:
        raise ExportsimError(
            f"{forecasts}: found forecasts in {' and '.join(currencies)}; keep those of each currency in a file of "
            "their own"
        )
    world = World(next(iter(currencies), ""), FIRST_DAY, LAST_DAY, None)
    recorded = None if record is None else read_observations(record, world)
    extract = None if decisions is None else extract_of(checked(decisions))
    return Scores(
        provenance={
            "exportsim": __version__,
            "title": kept.name,
            "interrupted": False,
            "score": {
                "forecasts": kept.name,
                "forecasts_digest": kept.digest,
                **({} if recorded is None else {"record": recorded.name, "record_digest": recorded.digest}),
                **({} if extract is None else {"decisions": extract.name, "decisions_digest": extract.digest}),
            },
            "started": started.isoformat(timespec="seconds"),
        },
        forecasts=kept,
        record=recorded,
        extract=extract,
    )


def _key(row: Observation) -> tuple[object, ...]:
    """What tells the figure of an observation from others, as forecasts have it."""
    days = tuple(FIRST_DAY + timedelta(minutes=minute) for minute in (row.start, row.end))
    return row.outcome, days, row.selectors
