"""Doubt about inputs: over what range a result moves if what a scenario calls uncertain is as it may be.

A small design of points over the scenario's ``uncertainties`` is played, each point with the first futures of the run
itself, so that points differ by their inputs and not by their luck. The points are Sobol's (scrambled; Owen 1995): each
number that is uncertain is spread evenly over what it may be, as in a Latin hypercube; of more points the first are the
same, which a store need not play again; and the first points of a design are a design themselves, so that what is
finished at an early end is what would have come of asking for so many.
"""

from __future__ import annotations

import itertools
import math
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack

import numpy as np

from exportsim.arguments import chosen, listed, whole
from exportsim.errors import ExportsimError, LostError
from exportsim.language import text
from exportsim.plan import Float
from exportsim.playing.progress import Stage
from exportsim.playing.settings import Settings, SettingsKeywords, settings_of
from exportsim.scenario import Scenario, ScenarioOrPath, checked
from exportsim.study.indices import chance_share
from exportsim.study.points import MOST_POINTS, PointRun, points_table
from exportsim.study.points import points as points_of
from exportsim.study.result import Result
from exportsim.study.study import Recorder, TableStudy, policies_played

if TYPE_CHECKING:
    import pandas as pd

POINTS, FUTURES = 32, 25
LEAST = 2  # points of which there is a range
METHOD = "sobol"
LONG = 2.0  # seconds, that are told beforehand
SHARE = 0.8  # of the points' means, that lie within the range: the 10th to the 90th percentile
RANGED = ("exports", "elsewhere", "lost", "pending")  # outcomes of which every report has the range


class InputRange(NamedTuple):
    """Within what an outcome's mean lies at most of the points."""

    low: float
    high: float
    chance: float
    """The share of the variance between points that is sampling error: their futures are few."""
    points: int
    """At which the outcome is defined."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Doubt(TableStudy):
    """How far a result moves over the values that its scenario's ``uncertainties`` allow.

    Attributes
    ----------
    table : DataFrame
        A row per point, policy and outcome: ``point``, a column per path that is varied, ``policy``, ``outcome``,
        ``mean`` over the futures, ``difference``, the mean of the paired difference from the reference, and ``unit``.
    points : DataFrame
        A row per point: ``point``, and a column per path.
    paths : tuple of str
        What is varied.
    values : ndarray of float64, shape (points, policies, outcomes)
        The means over the futures in which the outcome is defined, NaN where it is in none. Read-only.
    plays : ndarray of float64, shape (points, policies, futures, outcomes)
        Every outcome of every play, NaN where undefined. Read-only.
    policies : tuple of str
    futures : int
        Of each point: 0, 1, … ``futures - 1`` of the run's.
    units : mapping
        The unit of each outcome.
    reference : str
        The scenario's.
    asked : int
        How many points there were to be. Of an early end the first ones are kept, which are those of a smaller design.
    scenario : Scenario
    """

    scenario: Scenario
    points: pd.DataFrame
    plays: Float
    policies: tuple[str, ...]
    units: Mapping[str, str]

    def __post_init__(self) -> None:
        self.plays.flags.writeable = False

    def __reduce__(self) -> tuple[Callable[[], Doubt], tuple[()]]:
        """How it is pickled: made anew, as an array comes back such that it can be written to."""
        return partial(type(self), **{attribute.name: getattr(self, attribute.name) for attribute in fields(self)}), ()

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self.points.columns[1:])

    @cached_property
    def values(self) -> Float:
        means = _means(self.plays.swapaxes(2, 3))
        means.flags.writeable = False
        return means

    @property
    def futures(self) -> int:
        return int(self.plays.shape[2])

    @property
    def reference(self) -> str:
        return self.scenario.reference

    @property
    def asked(self) -> int:
        return int(self.provenance["doubt"]["asked"])

    @cached_property
    def table(self) -> pd.DataFrame:
        import pandas as pd

        outcomes, standard = list(self.units), self.policies.index(self.reference)
        keys = pd.MultiIndex.from_product(
            [self.points["point"], self.policies, outcomes], names=["point", "policy", "outcome"]
        )
        differences = _means((self.plays - self.plays[:, [standard]]).swapaxes(2, 3))
        figures = pd.DataFrame({"mean": self.values.ravel(), "difference": differences.ravel()}, index=keys)
        table = self.points.merge(figures.reset_index(), on="point", validate="one_to_many")
        return table.assign(unit=table["outcome"].map(dict(self.units)))

    def range(
        self, outcome: str | Sequence[str], policy: str, reference: str | None = None, share: float = SHARE
    ) -> InputRange:
        """The range over inputs: within what an outcome's mean lies at so many of the points.

        Parameters
        ----------
        outcome : str or sequence of str
            Of several the sum.
        policy : str
        reference : str, optional
            Of the difference from this policy, paired future by future, rather than of the outcome itself.
        share : float
            How many of the points lie within: 0.8 is from the 10th to the 90th percentile of their means, where each
            of n points stands for one n-th of what may be (Hazen's percentiles).

        Returns
        -------
        InputRange
            ``low`` and ``high`` in the outcome's unit, NaN if it is defined at no point; ``chance``, the share of the
            points' variance that is sampling error: the mean square of the interaction of points and futures over that
            between points (Scheffé 1959, §4.2), 1 if no input changes anything, NaN of a single future; ``points``, at
            which the outcome is defined.

        Raises
        ------
        ExportsimError
            If there is no such outcome or policy, or the share is none.
        """
        outcomes = tuple(self.units)
        names = [outcome] if isinstance(outcome, str) else outcome
        columns = [outcomes.index(chosen(name, outcomes, "outcome")) for name in names]
        plays = self._of(policy)[..., columns].sum(axis=-1)
        if reference is not None:
            plays = plays - self._of(reference)[..., columns].sum(axis=-1)
        if not 0 < share < 1:
            raise ExportsimError(f"share: found {share!r}, expected a number above 0 and below 1")
        means = _means(plays)
        known = ~np.isnan(means)
        if not known.any():
            return InputRange(math.nan, math.nan, math.nan, 0)
        low, high = np.quantile(means[known], [(1 - share) / 2, (1 + share) / 2], method="hazen")
        plays = plays[known]
        chance = chance_share(plays[:, ~np.isnan(plays).any(axis=0)])
        return InputRange(float(low), float(high), chance, int(known.sum()))

    def ranges(self, outcomes: Sequence[str] = RANGED) -> pd.DataFrame:
        """The ranges of several outcomes and of their differences from the reference, as :meth:`range` has them.

        Returns
        -------
        DataFrame
            Indexed by (policy, outcome): ``low, high, chance``, ``difference_low, difference_high,
            difference_chance`` and ``unit``.
        """
        import pandas as pd

        keys = list(itertools.product(self.policies, listed(outcomes, "outcomes")))
        rows = [
            (*self.range(outcome, policy)[:3], *self.range(outcome, policy, self.reference)[:3], self.units[outcome])
            for policy, outcome in keys
        ]
        names = ["low", "high", "chance"]
        columns = [*names, *(f"difference_{name}" for name in names), "unit"]
        index = pd.MultiIndex.from_tuples(keys, names=["policy", "outcome"])
        return pd.DataFrame(rows, index=index, columns=columns)

    def _of(self, policy: str) -> Float:
        """The plays under a policy, shape (points, futures, outcomes)."""
        return self.plays[:, self.policies.index(chosen(policy, self.policies, "policy"))]

    def _in_short(self) -> str:
        return f"{len(self.points)} of {self.asked} points, {len(self.paths)} paths"

    def _shown(self) -> str:
        return self.ranges().to_html(float_format="{:,.3g}".format, border=0)


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
    seconds = result.provenance["seconds"] + round(time.perf_counter() - started, 3)
    origin = {**result.provenance, "seconds": seconds, "doubt": record}
    return recorder.finished(replace(result, doubt=found, provenance=origin))


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


def _means(plays: Float) -> Float:
    """The mean over the last axis of what is defined, NaN where nothing is."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        means: Float = np.nanmean(plays, axis=-1)
    return means
