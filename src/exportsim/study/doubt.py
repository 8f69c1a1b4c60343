"""Doubt about inputs: over what range a result moves if what a scenario calls uncertain is as it may be.

A small design of points over the scenario's ``uncertainties`` is played, each point with the first futures of the run
itself, so that points differ by their inputs and not by their luck. The points are Sobol's (scrambled; Owen 1995): each
number that is uncertain is spread evenly over what it may be, as in a Latin hypercube; of more points the first are the
same, which a store need not play again; and the first points of a design are a design themselves, so that what is
finished at an early end is what would have come of asking for so many.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from exportsim.analysis.plausibility import PLAYED
from exportsim.arguments import whole
from exportsim.errors import ExportsimError, Fault, LostError
from exportsim.language import text
from exportsim.plan import Float
from exportsim.playing.progress import Stage
from exportsim.playing.settings import Settings, SettingsKeywords, settings_of
from exportsim.scenario import Scenario, ScenarioOrPath, checked
from exportsim.study.input_ranges import LEAST, Doubt
from exportsim.study.points import MOST_POINTS, PointRun, points_table
from exportsim.study.points import points as points_of
from exportsim.study.result import Result
from exportsim.study.study import Recorder, as_recorded, policies_played

POINTS, FUTURES = 32, 25
METHOD = "sobol"
LONG = 2.0  # seconds, that are told beforehand


def doubt(scenario: Result | ScenarioOrPath, *, points: int = POINTS, **settings: Unpack[SettingsKeywords]) -> Doubt:
    """Find over what range a result moves if what the scenario calls uncertain is as it may be.

    Parameters
    ----------
    scenario : Result, Scenario or path-like
        Of a result: its policies, its first futures, its seed and its engine.
    points : int
        How many points of the scenario's ``uncertainties`` to play, 2 at least: Sobol's, the same that
        :func:`exportsim.sweep` takes of the same seed. They are balanced in powers of two.
    **settings
        As for :func:`exportsim.run`, the same at every point, but 25 futures by default (as many as the result has, if
        that is fewer); progress is that of the plays of all points together.

    Returns
    -------
    Doubt
        Interrupted (Ctrl-C) after the second point, it holds the first points, all of which were finished.

    Raises
    ------
    ExportsimError
        If nothing is uncertain, or the result has measures written in Python; or, with the faults of all points, if
        any is not valid: then nothing has been played.
    LostError
        As :func:`exportsim.run` raises it; its ``kept`` is the Doubt of the first points, if there are two.
    KeyboardInterrupt
        If it is interrupted before that.
    """
    if isinstance(scenario, Result):
        result, origin = scenario, scenario.provenance
        refuse_rules(result.rules)
        playing = settings_of({"seed": origin["seed"], "engine": origin["engine"], **settings}, futures=FUTURES)
        playing = replace(playing, futures=min(playing.futures, result.futures))
        scenario, policies = result.scenario, result.policies
    else:
        playing, scenario = settings_of(settings, futures=FUTURES), checked(scenario)
        policies = policies_played(scenario, None)
    recorder = Recorder(scenario, playing)
    found = played(point_run(scenario, points, "points", policies, playing), scenario, playing, recorder)
    recorder.need(found is not None)
    assert found is not None
    return recorder.finished(found)


def refuse_rules(rules: Mapping[str, object]) -> None:
    """Say that measures written in Python are played at no points."""
    if rules:
        raise ExportsimError(f"rules: of {next(iter(rules))}; a range over inputs is played without them")


def point_run(scenario: Scenario, number: int, what: str, policies: Sequence[str], settings: Settings) -> PointRun:
    """The points of a scenario's uncertainties, each of which can be played; ``what`` has asked for so many."""
    whole(number, what, least=LEAST, most=MOST_POINTS)
    if not scenario.uncertainties:
        raise ExportsimError(f"{what}: the scenario has no `uncertainties` to take points of")
    asked = points_of(scenario, {}, number, METHOD, settings.seed)
    return PointRun(scenario, asked, policies=policies, settings=settings)


def with_doubt(result: Result, planned: PointRun, settings: Settings) -> Result:
    """A result with the range over inputs that belongs to it: at points, its own first futures are played."""
    settings, started = replace(settings, futures=min(FUTURES, result.futures)), time.perf_counter()
    if settings.progress is not None:
        if settings.announce is not None and settings.store is None:
            _announce(result, planned, settings)
        settings = replace(settings, progress=Stage(settings.progress, before=result.futures * len(result.policies)))
    recorder = Recorder(result.scenario, settings)
    found = played(planned, result.scenario, settings, recorder)
    record = record_of(planned, settings, 0 if found is None else len(found.points))
    if isinstance(recorder.ended, LostError):
        record["lost"] = str(recorder.ended)
    noticed = (
        [] if found is None else [Fault(PLAYED, 0, 0, "uncertainties", said) for said in found.left_out(result.values)]
    )
    origin = {
        **result.provenance,
        "seconds": result.provenance["seconds"] + round(time.perf_counter() - started, 3),
        "warnings": as_recorded(noticed, result.provenance["warnings"]),
        "doubt": record,
    }
    return recorder.finished(replace(result, doubt=found, noticed=(*result.noticed, *noticed), provenance=origin))


def plays_of(planned: PointRun, futures: int) -> int:
    """How many plays points are, if a run has so many futures."""
    return len(planned.points) * len(planned.policies) * min(FUTURES, futures)


def _announce(result: Result, planned: PointRun, settings: Settings) -> None:
    """Say to who watches how long the points will take, by what the run took, if that is worth saying."""
    assert settings.announce is not None
    plays = plays_of(planned, result.futures)
    seconds = result.provenance["seconds"] * plays / (result.futures * len(result.policies))
    if seconds < LONG:
        return
    unit, number = ("seconds", round(seconds)) if seconds < 100 else ("minutes", round(seconds / 60))
    took = text(f"doubt.{unit}", number=number)
    points = len(planned.points)
    settings.announce(text("doubt.to_come", points=points, futures=settings.futures, time=took))


def played(planned: PointRun, scenario: Scenario, settings: Settings, recorder: Recorder) -> Doubt | None:
    """What comes of points: of the first ones that are finished, if they are enough for a range."""
    by_point: dict[int, Float] = {}
    with recorder.until_ended():
        for number, values in planned.play(settings):
            by_point[number] = values
    unbroken = list(itertools.takewhile(by_point.__contains__, range(len(planned.points))))
    if len(unbroken) < LEAST:
        return None
    finished = {number: planned.points[number] for number in unbroken}
    record = record_of(planned, settings, len(unbroken))
    return Doubt(
        provenance=recorder.provenance(planned.policies, interrupted=record["interrupted"], doubt=record),
        scenario=scenario,
        points=points_table(finished),
        plays=np.stack([by_point[number] for number in unbroken]),
        policies=planned.policies,
        units=planned.units,
    )


def record_of(planned: PointRun, settings: Settings, finished: int) -> dict[str, Any]:
    """What provenance says of points of which so many were played."""
    asked = len(planned.points)
    return {
        "points": finished,
        "asked": asked,
        "futures": settings.futures,
        "method": METHOD,
        "paths": list(planned.points[0]),
        "interrupted": finished < asked,
    }
