"""Trials: a scenario with given values played in many futures, for the observed figures alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from exportsim.compile import compile_plan
from exportsim.errors import ExportsimError
from exportsim.plan import Float, Int, Plan
from exportsim.playing.measurers import EachFuture
from exportsim.playing.play import Design, play_all
from exportsim.playing.settings import Settings
from exportsim.scenario import Scenario
from exportsim.scenario import replace as changed
from exportsim.scenario.reader import point_of
from exportsim.study.calibration.figures import Figures
from exportsim.study.calibration.likelihood import ObservedValues, log_likelihood
from exportsim.study.calibration.observations import Observation
from exportsim.study.calibration.parameters import Parameter, point


class Trials:
    """Tries values, against the same futures each time, and remembers what it tried and the log-likelihood there."""

    def __init__(
        self,
        scenario: Scenario,
        policy: str,
        observations: Sequence[Observation],
        fitted: Sequence[Parameter],
        settings: Settings,
        *,
        most: int,
    ) -> None:
        self._scenario = changed(scenario, uncertainties={}) if scenario.uncertainties else scenario
        self._policy, self._observations, self._fitted = policy, observations, fitted
        self._settings, self._most, self._done = settings, most, 0
        self._record = ObservedValues.of(observations)
        self._end = max(observation.end for observation in observations)
        self.shares: list[Float] = []
        self.known: list[float] = []

    def simulated(self, shares: Float) -> Float:
        """The observed figures at shares of the priors, shape (futures, observations)."""
        values = point(self._fitted, shares)
        # What comes after the last observation makes no difference to any of them.
        plan = compile_plan(point_of(self._scenario, values))._replace(end=self._end)
        design = Design(plan, (self._policy,), self._policy, EachFuture(self._figures))
        figures = play_all(design, replace(self._settings, progress=None))
        self._done += 1
        if self._settings.progress is not None:
            futures = self._settings.futures
            self._settings.progress.played(self._done * futures, max(self._done, self._most) * futures)
        return np.stack(figures)

    def _figures(self, plan: Plan) -> Callable[[int, Sequence[Int]], Float]:
        figures = Figures(plan, self._observations)
        return lambda _, ledgers: figures.of(ledgers[0])

    def try_all(self, shares: Float) -> None:
        """Try shares of the priors, shape (trials, parameters), and remember the log-likelihood of each."""
        for trial in shares:
            self.known.append(log_likelihood(self.simulated(trial), self._record))
            self.shares.append(trial)

    def tried(self) -> tuple[Float, Float]:
        """What was tried, shape (trials, parameters), and the log-likelihoods."""
        known = np.array(self.known)
        if np.isnan(known).all():
            raise ExportsimError(
                "the observed figures are undefined wherever the parameters were tried: "
                "in most futures there is nothing to take a share or a time of"
            )
        return np.array(self.shares), known
