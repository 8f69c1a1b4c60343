"""Playing many points of what is uncertain: by point, policy and future, the outcomes asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from exportsim.analysis.outcomes import outcomes
from exportsim.compile import compile_plan
from exportsim.experiment.choices import chosen, whole
from exportsim.experiment.listening import Part, listening
from exportsim.experiment.points import Point, judged
from exportsim.experiment.progress import Progress
from exportsim.experiment.run import run
from exportsim.plan import Float
from exportsim.scenario import Scenario, checked


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Outcomes at points.

    Attributes
    ----------
    points : list of dict
        Those that were played: 0, 1, …
    policies : tuple of str
        Those played, in the order of the scenario; the reference is always among them.
    units : mapping of str to str
        The unit of each outcome asked for, in the order asked.
    values : ndarray of float64, shape (points, policies, futures, outcomes)
        NaN where an outcome is undefined.
    asked : int
        How many points there were to be.
    interrupted : bool
        Whether some are missing.
    """

    points: list[Point]
    policies: tuple[str, ...]
    units: dict[str, str]
    values: Float
    asked: int
    interrupted: bool


def evaluate(
    scenario: Scenario,
    found: Sequence[Point],
    *,
    outcome: Sequence[str],
    policies: Sequence[str] | None = None,
    futures: int,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
) -> Evaluation:
    """Play policies at points, all against the same futures.

    Parameters
    ----------
    scenario : Scenario
    found : sequence of dict
        By dotted path, values as in a scenario file.
    outcome : sequence of str
        Those to keep.
    policies : sequence of str, optional
        All by default; the reference is played as well.
    futures, seed, engine, workers, progress, announce
        As :func:`exportsim.run` takes them.

    Returns
    -------
    Evaluation
        Interrupted (Ctrl-C) after the first point, it holds those that were finished.

    Raises
    ------
    ExportsimError
        With the faults of all points, if any is not valid. Nothing has been played.
    """
    seed, futures = whole(seed, "seed"), whole(futures, "futures", least=1)
    scenario = checked(scenario)
    known = {each.name: each.unit for each in outcomes(compile_plan(scenario))}
    names = [chosen(name, tuple(known), "outcome") for name in outcome]
    columns = [list(known).index(name) for name in names]
    for policy in policies or ():
        chosen(policy, tuple(scenario.policies), "policy")
    bare = scenario.replace(uncertainties={}) if scenario.uncertainties else scenario
    ready = judged(bare, found, policies)
    values: list[Float] = []
    played: tuple[str, ...] = ()
    pressed: list[bool] = []
    try:
        with listening(pressed):
            for number in range(len(ready.points)):
                result = run(
                    ready.scenario(number),
                    futures=futures,
                    seed=seed,
                    policies=policies,
                    engine=engine,
                    workers=workers,
                    progress=None if progress is None else Part(progress, number, len(ready.points), pressed),
                    announce=announce,
                )
                if result.interrupted:
                    break
                played = result.policies
                values.append(result.values[..., columns])
                if pressed:
                    break
    except KeyboardInterrupt:
        if not values:
            raise
    if not values:
        raise KeyboardInterrupt
    done = len(values)
    return Evaluation(
        list(found[:done]),
        played,
        {name: known[name] for name in names},
        np.stack(values),
        len(found),
        done < len(found),
    )
