"""Playing many points of what is uncertain: by point, policy and future, the outcomes asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor

from exportsim.analysis.outcomes import outcomes
from exportsim.compile import compile_plan
from exportsim.plan import Float
from exportsim.playing.blocks import Block, Played, joined, parcel_of, ranges
from exportsim.playing.compilation import get_ready
from exportsim.playing.delegation import executing, play_blocks
from exportsim.playing.settings import Settings
from exportsim.playing.store.shelf import Shelf
from exportsim.playing.worker import Task
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
        self.policies = policies_played(scenario, policies)
        self._reference = scenario.reference
        self._plan = compile_plan(scenario)
        self.units = {each.name: each.unit for each in outcomes(self._plan)}
        # Every point would judge the uncertainties and expectations again, and none has a use for them.
        bare = replace(scenario, uncertainties={}, expect=[])
        self._judged: Judged = judged(bare, found, policies, settings.executor, settings.patience)
        self.points = self._judged.points

    def play(self) -> Iterator[tuple[int, Float]]:
        """Play all points.

        Yields
        ------
        values : ndarray of float64, shape (policies, futures, outcomes)
        """
        settings = self._settings
        if settings.executor is None:
            self._get_ready()
        cuts = list(ranges(self._plan, 0, settings.futures))
        parts: dict[int, dict[int, Played]] = {}
        done, total = 0, len(self.points) * len(self.policies) * settings.futures
        workers = min(settings.workers, len(self.points) * settings.futures)
        with executing(settings.executor, workers) as executor:
            for number, played in self._played(executor, cuts):
                point, cut = divmod(number, len(cuts))
                mine = parts.setdefault(point, {})
                mine[cut] = played
                done += played.values.shape[0] * played.values.shape[1]
                if len(mine) == len(cuts):
                    del parts[point]
                    yield point, joined([mine[cut] for cut in range(len(cuts))]).values
                if settings.progress is not None:
                    settings.progress.played(done, total)

    def _played(self, executor: Executor, cuts: Sequence[tuple[int, int]]) -> Iterator[tuple[int, Played]]:
        store = self._store
        if store is None:
            return play_blocks(self._blocks(cuts), executor, patience=self._settings.patience)

        def shelf(number: int) -> Shelf:
            point = number // len(cuts)
            return store.shelf(self._judged.scenario(point), varied=self.points[point], warn=self._settings.announce)

        return play_blocks(self._blocks(cuts), executor, shelf, patience=self._settings.patience)

    def _blocks(self, cuts: Sequence[tuple[int, int]]) -> Iterator[Block]:
        for content in self._judged.packed:
            parcel = parcel_of(content)
            for first, past in cuts:
                yield Block(
                    parcel,
                    self.policies,
                    self._reference,
                    first,
                    past,
                    self._settings.seed,
                    self._settings.engine,
                    monthly=False,
                )

    def _get_ready(self) -> None:
        """Compile the engine here, and not in the threads."""
        names = self._plan.names.policies
        every = tuple(names.index(name) for name in self.policies)
        settings = self._settings
        task = Task(self._plan, every, 0, settings.futures, settings.seed, settings.engine, 1, False, False)
        get_ready(task, self._settings.announce)
