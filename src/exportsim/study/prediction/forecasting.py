"""The recipe of a forecast."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from exportsim.arguments import listed, whole
from exportsim.compile import compile_plan
from exportsim.errors import ExportsimError
from exportsim.plan import Float
from exportsim.playing.play import Design, play
from exportsim.playing.settings import Settings, SettingsKeywords, settings_of
from exportsim.scenario import Scenario, ScenarioOrPath, checked
from exportsim.study.calibration.observations import Observations, read_observations
from exportsim.study.point_faults import Point
from exportsim.study.points import MOST_POINTS, judged, points_table
from exportsim.study.points import points as points_of
from exportsim.study.prediction.asked import MOST, FiguresMeasurer, PredictedFigure, figures_asked, recorded_figure
from exportsim.study.prediction.forecast import Forecast
from exportsim.study.study import Recorder, one_policy

if TYPE_CHECKING:
    import pandas as pd

SAMPLES, FUTURES = 128, 20
OUTCOMES, PERIOD = ("exports",), ("year",)  # of which something is forecast where nothing is asked for
METHOD = "sobol"
LEAST = 2  # points, and futures, that a forecast rests on


def predict(
    scenario: ScenarioOrPath,
    *,
    policy: str | None = None,
    outcomes: Iterable[str] = (),
    by: Iterable[str] = (),
    record: str | os.PathLike[str] | pd.DataFrame | None = None,
    samples: int = SAMPLES,
    **settings: Unpack[SettingsKeywords],
) -> Forecast:
    """Forecast figures over all that is uncertain in a scenario, and over chance.

    Parameters
    ----------
    scenario : Scenario or path-like
    policy : str, optional
        Under which the figures are to come. May be left out where there is but one.
    outcomes : iterable of str
        What is forecast: what a record can hold (see :func:`exportsim.calibrate`), in each period of ``by``; or any
        other outcome, of the whole run. Exports if neither this nor a record is given.
    by : iterable of str
        By what those that a record can hold are told apart: one of ``year``, ``quarter`` and ``month``, and any of
        ``line``, ``supplier``, ``goods``, ``destination`` and ``authority``. By year if nothing is given.
    record : path-like or DataFrame, optional
        What happened, as for :func:`exportsim.calibrate`: its figures are forecast as well, and held against it.
    samples : int
        How many points of the scenario's ``uncertainties`` are played, Sobol's: 128 by default, balanced in powers of
        two. Without any, as many futures of the scenario itself.
    **settings
        As for :func:`exportsim.run`; ``futures``, 20 by default, are those of each point, no two points the same. There
        is no ``store`` for them.

    Returns
    -------
    Forecast
        Interrupted (Ctrl-C) after the second point, it rests on the first points, all of which were finished.

    Raises
    ------
    ExportsimError
        If the record, a policy, an outcome or a number is not what it must be; or, with the faults of all points, if
        any is not valid.
    """
    scenario = checked(scenario)
    policy = one_policy(scenario, policy, "under which the figures are to come")
    playing = settings_of(settings, futures=FUTURES)
    if playing.store is not None:
        raise ExportsimError("store: it keeps outcomes of whole runs, and none of the figures of a forecast")
    whole(samples, "samples", least=LEAST, most=MOST_POINTS)
    whole(samples * playing.futures, "samples × futures")
    recorded = None if record is None else read_observations(record, scenario)
    names, apart = listed(outcomes, "outcomes"), listed(by, "by")
    if recorded is None and not names:
        names = list(OUTCOMES)
    elif apart and not names:
        raise ExportsimError("by: it says how outcomes are told apart, and none is asked for beside the record")
    figures = [] if recorded is None else [recorded_figure(row) for row in recorded.rows]
    figures += figures_asked(scenario, compile_plan(scenario), names, apart or PERIOD)
    by_key: dict[tuple[object, ...], PredictedFigure] = {}
    for figure in figures:
        by_key.setdefault(figure.key, figure)  # with its period as the record has it
    figures = list(by_key.values())
    if not 1 <= len(figures) <= MOST:
        raise ExportsimError(f"found {len(figures):,} figures to forecast, expected 1 to {MOST:,}")
    recorder = Recorder(scenario, playing)
    points = points_of(scenario, {}, samples, METHOD, playing.seed) if scenario.uncertainties else []
    design = _design(scenario, policy, FiguresMeasurer(figures), points, playing)
    by_point: dict[int, Float] = {}
    with recorder.until_ended():
        # Of points, each has futures of its own; without any there is one future for each of theirs.
        at_once = playing if points else replace(playing, futures=samples * playing.futures)
        for played in play(design, at_once, partly=not points):
            by_point[played.point] = played.part
    unbroken = list(itertools.takewhile(by_point.__contains__, range(max(len(points), 1))))
    recorder.need(len(unbroken) >= LEAST if points else bool(unbroken) and len(by_point[0]) >= LEAST)
    pool = np.stack([by_point[number] for number in unbroken])
    question = _question(points, pool, samples, recorded, playing)
    forecast = Forecast(
        provenance=recorder.provenance(
            [policy], interrupted=question["interrupted"], futures=pool.shape[1], forecast=question
        ),
        scenario=scenario,
        policy=policy,
        figures=tuple(figures),
        record=recorded,
        pool=pool,
        points=points_table({number: points[number] if points else {} for number in unbroken}),
    )
    return recorder.finished(forecast)


def _design(
    scenario: Scenario, policy: str, measurer: FiguresMeasurer, points: Sequence[Point], settings: Settings
) -> Design[Float]:
    """What is played: the points, each of which is judged before, or the scenario as it stands."""
    packed = judged(scenario, points, [policy], settings.executor, settings.patience) if points else ()
    return Design(compile_plan(scenario), (policy,), policy, measurer, points=packed, apart=bool(points))


def _question(
    points: Sequence[Point], pool: Float, samples: int, record: Observations | None, settings: Settings
) -> dict[str, Any]:
    """What provenance says of what was asked, and what was played of it."""
    asked = len(points) or 1
    short = len(pool) < asked or (not points and pool.shape[1] < samples * settings.futures)
    origin = {} if record is None else {"record": record.name, "record_digest": record.digest}
    return {
        "samples": samples,
        "asked": asked,
        "points": len(pool),
        "method": METHOD,
        "paths": list(points[0]) if points else [],
        "interrupted": short,
        **origin,
    }
