"""A scenario as a model of the EMA Workbench, for its samplers, evaluators, analyses and optimisers.

What is uncertain is given as a number from 0 to 1: the probability with which the value does not exceed the one played.
So the worlds follow the scenario's distributions whatever the sampler; those of SALib know bounds alone. :func:`worlds`
tells the values. A list of values is a categorical parameter, its values equally likely.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exportsim.analysis.intervals import intervals
from exportsim.analysis.outcomes import outcomes
from exportsim.arguments import chosen, listed, whole
from exportsim.compile import compile_plan
from exportsim.errors import ExportsimError
from exportsim.outcomes import SHARE
from exportsim.scenario import Scenario, ScenarioOrPath, checked, opened, replace, vary
from exportsim.study.points import Point, cell, placed
from exportsim.study.run import run

if TYPE_CHECKING:
    import pandas as pd

LEVER = "policy_name"  # `policy` is an attribute of every model of the workbench
NAME = "exportsim"


class Play:
    """What the model calls: policies played in a world against the same futures, to the means of their outcomes.

    Attributes
    ----------
    paths : dict of str to str
        The dotted path of each parameter.
    """

    def __init__(self, scenario: Scenario, names: Sequence[str], futures: int, seed: int, engine: str) -> None:
        self._scenario, self._uncertain = replace(scenario, uncertainties={}), dict(scenario.uncertainties)
        self._names, self._futures, self._seed, self._engine = tuple(names), futures, seed, engine
        self.paths = dict(zip(identifiers([*self._uncertain]), self._uncertain, strict=True))

    def point(self, given: Mapping[str, Any]) -> Point:
        """The values of a world, by path, as they would be written in the scenario."""
        point: Point = {}
        for name, path in self.paths.items():
            uncertainty = self._uncertain[path]
            if name not in given:
                continue
            if isinstance(uncertainty, list):
                # Its value, or the name of it that a table of experiments has.
                point[path] = next((each for each in uncertainty if str(cell(each)) == str(given[name])), given[name])
            else:
                unit = np.clip(np.array([[float(given[name])]]), 2.0**-53, 1 - 2.0**-53)
                point |= placed({path: uncertainty}, unit)[0]
        return point

    def __call__(self, **given: Any) -> dict[str, float]:
        """By outcome, the mean over futures, as :meth:`exportsim.Result.summary` has it."""
        policy = given.get(LEVER, self._scenario.reference)
        result = run(
            vary(self._scenario, self.point(given)),
            futures=self._futures,
            seed=self._seed,
            policies=[policy],
            engine=self._engine,
            workers=1,
        )
        rows = [[*result.units].index(name) for name in self._names]
        place = result.policies.index(policy)
        shares = [result.units[name] == SHARE for name in self._names]
        found = intervals([result.values[place, :, row] for row in rows], shares=shares)
        return dict(zip(self._names, (each.mean for each in found), strict=True))


def model(
    scenario: ScenarioOrPath,
    *,
    futures: int,
    seed: int = 1,
    outcomes: Iterable[str] = ("exports",),
    engine: str = "compiled",
) -> Any:
    """The scenario as a model.

    Parameters
    ----------
    scenario : Scenario or path-like
        With ``uncertainties``.
    futures, seed, engine
        As :func:`exportsim.run` takes them, the same in every experiment.
    outcomes : iterable of str
        Means over futures; NaN where undefined.

    Returns
    -------
    ema_workbench.Model
        ``uncertainties``, named by their paths with ``_`` for what is no letter or digit; the lever ``policy_name``,
        the policy played (the reference where none is given); and a ``ScalarOutcome`` each, named in the same way.

    Raises
    ------
    ExportsimError
        If ema_workbench is not there, or what is asked for is not.
    """
    ema = _library()
    scenario = checked(scenario)
    seed, futures = whole(seed, "seed"), whole(futures, "futures", least=1)
    if not scenario.uncertainties:
        raise ExportsimError("the scenario has no `uncertainties`, expected what the workbench is to vary")
    names = [chosen(name, _known(scenario), "outcome") for name in dict.fromkeys(listed(outcomes, "outcomes"))]
    play = Play(scenario, names, futures, seed, engine)
    made = ema.Model(NAME, function=play)
    constants, uncertain = [], []
    for name, path in play.paths.items():
        uncertainty = scenario.uncertainties[path]
        if not isinstance(uncertainty, list):
            uncertain.append(ema.RealParameter(name, 0.0, 1.0))
        elif len(uncertainty) > 1:
            values = [ema.em_framework.Category(str(cell(value)), value) for value in uncertainty]
            uncertain.append(ema.CategoricalParameter(name, values))
        else:
            constants.append(ema.Constant(name, uncertainty[0]))
    made.uncertainties, made.constants = uncertain, constants
    if len(scenario.policies) > 1:
        made.levers = [ema.CategoricalParameter(LEVER, list(scenario.policies))]
    made.outcomes = [
        ema.ScalarOutcome(label, variable_name=name) for label, name in zip(identifiers(names), names, strict=True)
    ]
    return made


def policies(scenario: ScenarioOrPath, names: Iterable[str] | None = None) -> list[Any]:
    """The scenario's policies as the workbench's, to perform experiments with.

    Parameters
    ----------
    scenario : Scenario or path-like
    names : iterable of str, optional
        All by default.

    Returns
    -------
    list of ema_workbench.Policy
    """
    ema = _library()
    known = tuple(opened(scenario).policies)
    found = [chosen(name, known, "policy") for name in (known if names is None else listed(names, "names"))]
    return [ema.Policy(name, **{LEVER: name}) for name in found]


def worlds(model: Any, experiments: pd.DataFrame) -> pd.DataFrame:
    """What was played: the values of the scenario in place of the workbench's numbers from 0 to 1.

    Parameters
    ----------
    model : ema_workbench.Model
        One of :func:`model`.
    experiments : DataFrame
        As the workbench returns them.

    Returns
    -------
    DataFrame
        The same rows, a column per path, with values as they would be written.
    """
    import pandas as pd

    rows = [model.function.point(row) for row in experiments.to_dict("records")]
    return pd.DataFrame(rows, index=experiments.index)


def identifiers(names: Sequence[str]) -> list[str]:
    """Names that are identifiers of Python, as the workbench is going to ask for; told apart by a number if need be."""
    found: list[str] = []
    for name in names:
        plain = re.sub(r"\W", "_", name)
        same = sum(re.sub(r"_\d+$", "", other) == plain or other == plain for other in found)
        found.append(f"{plain}_{same + 1}" if plain in found else plain)
    return found


def _known(scenario: Scenario) -> tuple[str, ...]:
    return tuple(each.name for each in outcomes(compile_plan(scenario)))


def _library() -> Any:
    """The workbench, which tells what it misses when it is imported."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="ipyparallel not installed", category=UserWarning)
            warnings.filterwarnings("ignore", category=ImportWarning)
            import ema_workbench
    except ImportError:
        raise ExportsimError(
            "a model of the EMA Workbench needs ema_workbench, which is not installed: "
            "pip install 'exportsim[discovery]'"
        ) from None
    return ema_workbench
