"""Trials: a scenario with given values played in many futures, for the observed figures alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from exportsim.compile import compile_plan
from exportsim.engine.compiled import Player
from exportsim.engine.compiled.loop import run
from exportsim.errors import ExportsimError
from exportsim.plan import Float
from exportsim.playing.compilation import is_ready
from exportsim.playing.progress import Progress
from exportsim.scenario import Scenario, replace
from exportsim.scenario.reader import point_of
from exportsim.study.calibration.figures import Figures
from exportsim.study.calibration.likelihood import ObservedValues, log_likelihood
from exportsim.study.calibration.observations import Observation
from exportsim.study.calibration.parameters import Parameter, point


class Trials:
    """Tries values, against the same futures each time, and remembers what it tried.

    Attributes
    ----------
    shares : list of ndarray of float64, shape (parameters,)
        What was tried.
    """

    def __init__(
        self,
        scenario: Scenario,
        policy: str,
        observations: Sequence[Observation],
        fitted: Sequence[Parameter],
        *,
        futures: int,
        seed: int,
        workers: int,
        progress: Progress | None,
        most: int,
    ) -> None:
        self._scenario = replace(scenario, uncertainties={}) if scenario.uncertainties else scenario
        self._policy, self._observations, self._fitted = policy, observations, fitted
        self._futures, self._seed, self._workers = futures, seed, min(workers, futures)
        self._progress, self._most, self._done = progress, most, 0
        self._record = ObservedValues.of(observations)
        self._end = max(each.end for each in observations)
        self.shares: list[Float] = []
        self.known: list[float] = []

    def get_ready(self, announce: Callable[[str], None] | None) -> None:
        """Compile what is not compiled yet, and say so."""
        is_ready("compiled", [run], announce)

    def simulated(self, shares: Float) -> Float:
        """The observed figures at shares of the priors, shape (futures, observations)."""
        return self.played(point(self._fitted, shares))

    def played(self, values: dict[str, Any]) -> Float:
        """The same at values as in a scenario file, by path."""
        # What comes after the last observation makes no difference to any of them.
        plan = compile_plan(point_of(self._scenario, values))._replace(end=self._end)
        policy = plan.names.policies.index(self._policy)
        found = np.empty((self._futures, len(self._observations)))

        def work(first: int) -> None:
            player, figures = Player(plan, policy), Figures(plan, self._observations)
            for future in range(first, self._futures, self._workers):
                found[future] = figures.of(player.play(seed=self._seed, future=future))

        if self._workers == 1:
            work(0)
        else:
            with ThreadPoolExecutor(self._workers) as threads:
                list(threads.map(work, range(self._workers)))
        self._done += 1
        if self._progress is not None:
            self._progress.played(self._done * self._futures, max(self._done, self._most) * self._futures)
        return found

    def try_all(self, shares: Float) -> None:
        """Try shares of the priors, shape (trials, parameters), and remember the log-likelihood of each."""
        for each in shares:
            likely = log_likelihood(self.simulated(each), self._record)
            self.shares.append(each)
            self.known.append(likely)

    def tried(self) -> tuple[Float, Float]:
        """What was tried, shape (trials, parameters), and the log-likelihoods."""
        known = np.array(self.known)
        if np.isnan(known).all():
            raise ExportsimError(
                "the observed figures are undefined wherever the parameters were tried: "
                "in most futures there is nothing to take a share or a time of"
            )
        return np.array(self.shares), known
