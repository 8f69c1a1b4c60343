"""Which of a scenario's uncertainties an outcome depends on, and how surely that is known.

The uncertainties are sampled in the unit cube and put through their distributions; every point is played against the
same futures. What is analysed is the mean of the outcome over these futures, or of its paired difference between two
policies: the indices are of that mean, and how they depend on the choice of the futures stands beside them.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from exportsim.arguments import chosen
from exportsim.errors import ExportsimError
from exportsim.plan import Float
from exportsim.playing.settings import SettingsKeywords, settings_of
from exportsim.scenario import Scenario, ScenarioOrPath, checked
from exportsim.study.indices import LEADING, Design, analyse, design, edges, ends
from exportsim.study.points import PointRun, cell, placed, points_table
from exportsim.study.saved_parts import parts_of, scenario_of
from exportsim.study.study import Recorder, TableStudy

if TYPE_CHECKING:
    import pandas as pd

FUTURES = 20
INDEX = "1"  # the unit of an index that is a share of the variance


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Sensitivity(TableStudy):
    """What an outcome depends on.

    Attributes
    ----------
    table : DataFrame
        A row per parameter and index: ``parameter``; ``other``, the second of a pair; ``index``; ``value``; ``low``,
        ``high``, the 95 % interval that the base samples leave; ``futures_se``, the standard error that the choice of
        the futures adds, NaN of a single future; ``unit``. The index is ``first`` or ``total``, or ``second`` of a
        pair, as shares of the variance between points; or ``mu_star``, ``mu`` or ``sigma`` in the outcome's unit.
    convergence : DataFrame
        The same for the first eighth, quarter and half of the base samples and for all of them, by ``samples``.
    tornado : DataFrame
        A row per parameter: ``lowest`` and ``highest``, the values up to which and from which on a fifth of its
        distribution lies (Morris: the outer levels of its grid); ``low_mean`` and ``high_mean``, the outcome's means
        there, with their intervals ``low_low, low_high, high_low, high_high``; ``difference``, its interval and its
        ``futures_se``; ``unit``. Of a list of values, the lowest are the first.
    points : DataFrame
        A row per point played: ``point``, a column per parameter, and ``value``, the outcome's mean over the futures.
    outcome, policy : str
    reference : str or None
        The policy that the difference is from.
    unit : str
        Of the outcome.
    method : str
    samples : int
        Base samples.
    futures : int
        Those analysed: in which the outcome is defined at all points.
    chance : float
        The share of the variance between points that is luck of these futures: NaN of a single one.
    asked : int
        How many points there were to be.
    scenario : Scenario
    """

    convergence: pd.DataFrame
    tornado: pd.DataFrame
    points: pd.DataFrame
    outcome: str
    policy: str
    reference: str | None
    unit: str
    method: str
    samples: int
    futures: int
    chance: float
    asked: int
    scenario: Scenario

    @cached_property
    def table(self) -> pd.DataFrame:
        rows = self.convergence[self.convergence["samples"] == self.samples]
        return rows.drop(columns="samples").reset_index(drop=True)

    def _in_short(self) -> str:
        return f"{self.what} {self.method}, {self.samples} samples"

    @property
    def what(self) -> str:
        """The outcome with the policy that it is of."""
        return _what(self.outcome, self.policy, self.reference)

    def _parts(self) -> Mapping[str, object]:
        return parts_of(self)

    @classmethod
    def of_parts(cls, provenance: Mapping[str, Any], parts: Mapping[str, Any]) -> Sensitivity:
        """What was saved."""
        return cls(provenance=provenance, **{**parts, "scenario": scenario_of(parts["scenario"])})

    def ranking(self) -> list[str]:
        """The parameters, by total effect or mean size of elementary effects: the strongest first."""
        rows = self.table[self.table["index"] == LEADING[self.method]]
        return list(rows.sort_values("value", ascending=False, kind="stable")["parameter"])


def sensitivity(
    scenario: ScenarioOrPath,
    *,
    policy: str,
    outcome: str = "exports",
    reference: str | None = None,
    method: str = "sobol",
    samples: int | None = None,
    second_order: bool = False,
    **settings: Unpack[SettingsKeywords],
) -> Sensitivity:
    """Find out which of a scenario's ``uncertainties`` an outcome depends on.

    Parameters
    ----------
    scenario : Scenario or path-like
    policy : str
        Under which the outcome is looked at.
    outcome : str
    reference : str, optional
        Look at the difference from this policy, paired future by future.
    method : str
        ``"sobol"``: first-order and total effects, as shares of the variance; ``"morris"``: elementary effects, which
        take fewer points.
    samples : int, optional
        Base samples of Sobol' indices, a power of two (256), each of which takes a point per parameter and two more;
        or Morris trajectories (32), each of a point per parameter and one more.
    second_order : bool
        Sobol' indices of pairs as well, which takes about twice as many points.
    **settings
        As for :func:`exportsim.run`, the same at every point, but 20 futures by default; ``seed`` is that of the
        samples, too, progress that of the plays of all points together.

    Returns
    -------
    Sensitivity
        Interrupted (Ctrl-C), of the complete base samples (Sobol': of as many of them as are a power of two).

    Raises
    ------
    ExportsimError
        If nothing is uncertain or the uncertainties change nothing, if no future has the outcome at every point; or,
        with the faults of all points, if any is not valid: then nothing has been played.
    LostError
        As :func:`exportsim.run` raises it; its ``kept`` is the Sensitivity of the complete base samples, if they are
        enough for one.
    KeyboardInterrupt
        If it is interrupted before the eighth base sample.
    """
    playing, scenario = settings_of(settings, futures=FUTURES), checked(scenario)
    known = tuple(scenario.policies)
    policies = [chosen(name, known, "policy") for name in (policy, reference) if name is not None]
    if policy == reference:
        raise ExportsimError(f"reference: found {reference!r}, the policy itself; expected another")
    if not scenario.uncertainties:
        raise ExportsimError("the scenario has no `uncertainties`, of whose effects this would be")
    planned = design(list(scenario.uncertainties), method, samples, playing.seed, second_order)
    recorder = Recorder(scenario, playing)
    point_run = PointRun(scenario, placed(scenario.uncertainties, planned.units), policies=policies, settings=playing)
    chosen(outcome, tuple(point_run.units), "outcome")
    column, rows = list(point_run.units).index(outcome), [point_run.policies.index(name) for name in policies]
    by_point: dict[int, Float] = {}  # the outcome of each future, or its difference between the policies
    with recorder.until_ended():
        for number, values in point_run.play():
            first, *other = (values[row, :, column] for row in rows)
            by_point[number] = first - other[0] if other else first
    unbroken = list(itertools.takewhile(by_point.__contains__, range(len(point_run.points))))
    done = planned.completed(len(unbroken))
    recorder.need(done.samples > 0)
    count, asked = len(done.units), len(point_run.points)
    analysis = analyse(np.stack([by_point[number] for number in range(count)]), done, _what(outcome, policy, reference))
    unit, futures = point_run.units[outcome], analysis.values.shape[1]
    question = {
        "outcome": outcome, "policy": policy, "reference": reference, "method": method, "samples": done.samples,
        "second_order": second_order, "futures": futures, "points": count, "asked": asked,
        "salib": metadata.version("SALib"),
    }  # fmt: skip
    answer = Sensitivity(
        provenance=recorder.provenance(point_run.policies, interrupted=len(unbroken) < asked, sensitivity=question),
        convergence=analysis.convergence.assign(unit=INDEX if method == "sobol" else unit),
        tornado=_tornado(scenario, done, analysis.values, unit),
        points=points_table(dict(enumerate(point_run.points[:count]))).assign(value=analysis.values.mean(axis=1)),
        outcome=outcome,
        policy=policy,
        reference=reference,
        unit=unit,
        method=method,
        samples=done.samples,
        futures=futures,
        chance=analysis.chance,
        asked=asked,
        scenario=scenario,
    )
    return recorder.finished(answer)


def _what(outcome: str, policy: str, reference: str | None) -> str:
    return f"{outcome} under {policy}" + ("" if reference is None else f", less those under {reference},")


def _tornado(scenario: Scenario, done: Design, values: Float, unit: str) -> pd.DataFrame:
    at = np.repeat(np.array([edges(done.method)]).T, len(done.names), axis=1)
    lowest, highest = ([cell(value) for value in point.values()] for point in placed(scenario.uncertainties, at))
    table = ends(done, values)
    table.insert(1, "lowest", list(map(str, lowest)))
    table.insert(2, "highest", list(map(str, highest)))
    return table.assign(unit=unit)
