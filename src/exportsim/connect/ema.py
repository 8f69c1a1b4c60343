"""A scenario as a model of the EMA Workbench, for its samplers, evaluators, analyses and optimisers.

What is uncertain is given as a number from 0 to 1: the probability with which the value does not exceed the one played.
So the worlds follow the scenario's distributions whatever the sampler; those of SALib know bounds alone. :func:`worlds`
tells the values. A list of values is a categorical parameter, its values equally likely.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exportsim.analysis.intervals import intervals
from exportsim.analysis.outcomes import outcomes as outcomes_of
from exportsim.arguments import chosen, listed, whole
from exportsim.compile import compile_plan
from exportsim.errors import ExportsimError
from exportsim.outcomes import SHARE
from exportsim.scenario import Scenario, ScenarioOrPath, checked, opened, replace, vary
from exportsim.scenario.python_nodes import tree_of
from exportsim.scenario.scaling import in_place
from exportsim.scenario.tied_draws import drawn
from exportsim.study.discovery_boxes import importing_ema
from exportsim.study.point_faults import Point
from exportsim.study.points import cell, inside, placed
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

    def point(self, parameters: Mapping[str, Any]) -> Point:
        """The values of a world, by path, as they would be written in the scenario."""
        point: Point = {}
        for name, path in self.paths.items():
            if name not in parameters:
                continue
            uncertainty, parameter = self._uncertain[path], parameters[name]
            draw = drawn(uncertainty)
            if isinstance(draw, list):
                # Its value, or the name of it that a table of experiments has.
                point[path] = next((value for value in draw if str(cell(value)) == str(parameter)), parameter)
            else:
                point |= placed({path: uncertainty}, inside(np.array([[float(parameter)]])))[0]
        return in_place(tree_of(self._scenario), point, self._uncertain)

    def __call__(self, **parameters: Any) -> dict[str, float]:
        """By outcome, the mean over futures, as :meth:`exportsim.Result.summary` has it."""
        policy = parameters.get(LEVER, self._scenario.reference)
        result = run(
            vary(self._scenario, self.point(parameters)),
            futures=self._futures,
            seed=self._seed,
            policies=[policy],
            engine=self._engine,
            workers=1,
        )
        columns, values = [*result.units], result.values[result.policies.index(policy)]
        means = intervals(
            [values[:, columns.index(name)] for name in self._names],
            shares=[result.units[name] == SHARE for name in self._names],
        )
        return {name: interval.mean for name, interval in zip(self._names, means, strict=True)}


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
    known = [outcome.name for outcome in outcomes_of(compile_plan(scenario))]
    names = [chosen(name, known, "outcome") for name in dict.fromkeys(listed(outcomes, "outcomes"))]
    play = Play(scenario, names, futures, seed, engine)
    made = ema.Model(NAME, function=play)
    constants, uncertain = [], []
    for name, path in play.paths.items():
        draw = drawn(scenario.uncertainties[path])
        if not isinstance(draw, list):
            uncertain.append(ema.RealParameter(name, 0.0, 1.0))
        elif len(draw) > 1:
            values = [ema.em_framework.Category(str(cell(value)), value) for value in draw]
            uncertain.append(ema.CategoricalParameter(name, values))
        else:
            constants.append(ema.Constant(name, draw[0]))
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
    """
    ema = _library()
    known = tuple(opened(scenario).policies)
    asked = [chosen(name, known, "policy") for name in (known if names is None else listed(names, "names"))]
    return [ema.Policy(name, **{LEVER: name}) for name in asked]


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
    labels: list[str] = []
    for name in names:
        plain = re.sub(r"\W", "_", name)
        same = sum(re.sub(r"_\d+$", "", other) == plain or other == plain for other in labels)
        labels.append(f"{plain}_{same + 1}" if plain in labels else plain)
    return labels


def _library() -> Any:
    with importing_ema("a model of the EMA Workbench"):
        import ema_workbench
    return ema_workbench
