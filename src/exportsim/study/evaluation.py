"""Playing many points of what is uncertain: by point, policy and future, the outcomes asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from exportsim.analysis.outcomes import outcomes
from exportsim.arguments import chosen, whole
from exportsim.compile import compile_plan
from exportsim.errors import LostError
from exportsim.plan import Float
from exportsim.playing.blocks import Block, Played, joined, parcel_of, ranges
from exportsim.playing.compilation import get_ready
from exportsim.playing.delegation import executing, play_blocks
from exportsim.playing.patience import PATIENCE, seconds
from exportsim.playing.progress import Progress
from exportsim.playing.store import Store
from exportsim.playing.store.shelf import Shelf
from exportsim.playing.worker import Task
from exportsim.scenario import ScenarioOrPath, checked, replace
from exportsim.study.points import Judged, Point, judged
from exportsim.study.run import crew, policies_played


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Outcomes at points.

    Attributes
    ----------
    units : mapping of str to str
        The unit of each outcome asked for, in the order asked.
    values : ndarray of float64, shape (points, policies, futures, outcomes)
        NaN where an outcome is undefined.
    """

    points: list[Point]
    policies: tuple[str, ...]
    units: dict[str, str]
    values: Float
    asked: int
    interrupted: bool
    lost: LostError | None = None


class Course:
    """Points about to be played: all of them have been checked.

    Attributes
    ----------
    units : mapping of str to str
        The unit of each outcome.
    """

    def __init__(
        self,
        scenario: ScenarioOrPath,
        found: Sequence[Point],
        *,
        policies: Sequence[str] | None,
        futures: int,
        seed: int,
        engine: str = "compiled",
        workers: int | None = None,
        executor: Executor | None = None,
        store: str | os.PathLike[str] | Store | None = None,
        patience: str | float = PATIENCE,
        progress: Progress | None = None,
        announce: Callable[[str], None] | None = None,
    ) -> None:
        self._seed, self._futures = whole(seed, "seed"), whole(futures, "futures", least=1)
        self._engine, self._executor, self._patience = engine, executor, seconds(patience)
        self._workers = crew(workers, engine, len(found) * self._futures)
        self._store = None if store is None else Store.at(store)
        self._progress, self._announce = progress, announce
        scenario = checked(scenario)
        self.policies = policies_played(scenario, policies)
        self._reference = scenario.reference
        self._plan = compile_plan(scenario)
        self.units = {each.name: each.unit for each in outcomes(self._plan)}
        # Every point would judge the uncertainties and expectations again, and none has a use for them.
        bare = replace(scenario, uncertainties={}, expect=[])
        self._judged: Judged = judged(bare, found, policies, executor, self._patience)
        self.points = self._judged.points

    def play(self) -> Iterator[tuple[int, Float]]:
        """Play all points.

        Yields
        ------
        values : ndarray of float64, shape (policies, futures, outcomes)
        """
        if self._executor is None:
            self._get_ready()
        cuts = list(ranges(self._plan, 0, self._futures))
        parts: dict[int, dict[int, Played]] = {}
        done, total = 0, len(self.points) * len(self.policies) * self._futures
        with executing(self._executor, self._workers) as executor:
            for number, played in self._played(executor, cuts):
                point, cut = divmod(number, len(cuts))
                mine = parts.setdefault(point, {})
                mine[cut] = played
                done += played.values.shape[0] * played.values.shape[1]
                if len(mine) == len(cuts):
                    del parts[point]
                    yield point, joined([mine[cut] for cut in range(len(cuts))]).values
                if self._progress is not None:
                    self._progress.played(done, total)

    def _played(self, executor: Executor, cuts: Sequence[tuple[int, int]]) -> Iterator[tuple[int, Played]]:
        store = self._store
        if store is None:
            return play_blocks(self._blocks(cuts), executor, patience=self._patience)

        def shelf(number: int) -> Shelf:
            point = number // len(cuts)
            return store.shelf(self._judged.scenario(point), varied=self.points[point], warn=self._announce)

        return play_blocks(self._blocks(cuts), executor, shelf, patience=self._patience)

    def _blocks(self, cuts: Sequence[tuple[int, int]]) -> Iterator[Block]:
        for content in self._judged.packed:
            parcel = parcel_of(content)
            for first, past in cuts:
                yield Block(
                    parcel, self.policies, self._reference, first, past, self._seed, self._engine, monthly=False
                )

    def _get_ready(self) -> None:
        """Compile the engine here, and not in the threads."""
        names = self._plan.names.policies
        every = tuple(names.index(name) for name in self.policies)
        task = Task(self._plan, every, 0, self._futures, self._seed, self._engine, 1, False, False)
        get_ready(task, self._announce)


def evaluate(
    scenario: ScenarioOrPath,
    found: Sequence[Point],
    *,
    outcome: Sequence[str],
    policies: Sequence[str] | None = None,
    futures: int,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    executor: Executor | None = None,
    store: str | os.PathLike[str] | Store | None = None,
    patience: str | float = PATIENCE,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
) -> Evaluation:
    """Play policies at points, all against the same futures."""
    course = Course(
        scenario, found, policies=policies, futures=futures, seed=seed, engine=engine, workers=workers,
        executor=executor, store=store, patience=patience, progress=progress, announce=announce,
    )  # fmt: skip
    names = [chosen(name, tuple(course.units), "outcome") for name in outcome]
    columns = [list(course.units).index(name) for name in names]
    values: dict[int, Float] = {}
    ended: KeyboardInterrupt | LostError | None = None
    try:
        for number, played in course.play():
            values[number] = played[..., columns]
    except (KeyboardInterrupt, LostError) as end:
        ended = end
    done = next((number for number in range(len(found)) if number not in values), len(found))
    if ended is not None and not done:
        raise ended
    return Evaluation(
        list(found[:done]),
        course.policies,
        {name: course.units[name] for name in names},
        np.stack([values[number] for number in range(done)]),
        len(found),
        done < len(found),
        ended if isinstance(ended, LostError) else None,
    )
