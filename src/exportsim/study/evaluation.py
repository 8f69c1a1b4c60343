"""Playing many points of what is uncertain: by point, policy and future, the outcomes asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exportsim.analysis.outcomes import outcomes
from exportsim.compile import compile_plan
from exportsim.plan import Float
from exportsim.playing.measurers import OutcomesMeasurer
from exportsim.playing.play import Design, play
from exportsim.playing.settings import Settings
from exportsim.playing.store.scenario_plays import ScenarioPlays
from exportsim.scenario import Scenario, replace
from exportsim.study.points import Judged, Point, judged
from exportsim.study.run import policies_played


class Course:
    """Points about to be played: all of them have been checked.

    Attributes
    ----------
    units : mapping of str to str
        The unit of each outcome.
    """

    def __init__(
        self, scenario: Scenario, found: Sequence[Point], *, policies: Sequence[str] | None, settings: Settings
    ) -> None:
        self._settings, self._store = settings, settings.open_store()
        self._last: tuple[int, ScenarioPlays] | None = None
        self.policies = policies_played(scenario, policies)
        self._reference = scenario.reference
        self._plan = compile_plan(scenario)
        self.units = {each.name: each.unit for each in outcomes(self._plan)}
        # Every point would judge the uncertainties and expectations again, and none has a use for them.
        bare = replace(scenario, uncertainties={}, expect=[])
        self._judged: Judged = judged(bare, found, policies, settings.executor, settings.patience)
        self.points = self._judged.points

    def play(self) -> Iterator[tuple[int, Float]]:
        """Play all points; yields the number of each that is complete.

        Yields
        ------
        values : ndarray of float64, shape (policies, futures, outcomes)
        """
        measurer = OutcomesMeasurer(monthly=False)
        design = Design(self._plan, self.policies, self._reference, measurer, points=self._judged.packed)
        for played in play(design, self._settings, None if self._store is None else self._kept):
            yield played.point, played.part.values

    def _kept(self, point: int) -> ScenarioPlays:
        """What the store has of a point; its blocks are asked for one after the other."""
        if self._last is None or self._last[0] != point:
            assert self._store is not None
            scenario, varied = self._judged.scenario(point), self.points[point]
            kept = self._store.of_scenario(scenario, monthly=False, varied=varied, warn=self._settings.announce)
            self._last = point, kept
        return self._last[1]
