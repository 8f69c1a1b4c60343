"""Which of a scenario's uncertainties an outcome depends on, and how surely that is known.

The uncertainties are sampled in the unit cube and put through their distributions; every point is played against the
same futures. What is analysed is the mean of the outcome over these futures, or of its paired difference between two
policies: the indices are of that mean, and how they depend on the choice of the futures is told beside them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np

from exportsim.arguments import chosen, whole
from exportsim.errors import ExportsimError, LostError
from exportsim.plan import Float
from exportsim.playing.cluster_watch import PATIENCE
from exportsim.playing.progress import Progress
from exportsim.playing.store import Store
from exportsim.provenance import provenance
from exportsim.scenario import Scenario, ScenarioOrPath, checked
from exportsim.study.evaluation import Evaluation, evaluate
from exportsim.study.indices import LEADING, Design, analyse, design
from exportsim.study.points import Point, placed
from exportsim.study.sweep import said
from exportsim.study.table_file import keep
from exportsim.study.tornado import edges, ends

if TYPE_CHECKING:
    import pandas as pd

FUTURES = 20
INDEX = "1"  # the unit of an index that is a share of the variance


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity:
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
    interrupted : bool
        Whether some are missing.
    scenario : Scenario or path-like
    provenance : mapping
        All that is needed to play it again.
    """

    table: pd.DataFrame
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
    interrupted: bool
    scenario: Scenario
    provenance: Mapping[str, Any]

    def __repr__(self) -> str:
        title = self.provenance["title"] or "untitled"
        return f"<Sensitivity of {self.what} in {title!r}: {self.method}, {self.samples} samples>"

    @property
    def what(self) -> str:
        """The outcome with the policy that it is of."""
        return _what(self.outcome, self.policy, self.reference)

    def ranking(self) -> list[str]:
        """The parameters, by total effect or mean size of elementary effects: the strongest first."""
        rows = self.table[self.table["index"] == LEADING[self.method]]
        return list(rows.sort_values("value", ascending=False, kind="stable")["parameter"])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the table: beside its place first, then into it, so that it is there whole or not at all.

        Parameters
        ----------
        path : path-like
            Ends in ``.parquet``, with the provenance in its metadata under ``exportsim``; or in ``.csv``. A file that
            is there is replaced.

        Raises
        ------
        ExportsimError
            If it ends otherwise, or cannot be written.
        """
        keep(self.table, path, self.provenance)


def sensitivity(
    scenario: ScenarioOrPath,
    *,
    policy: str,
    outcome: str = "exports",
    reference: str | None = None,
    method: str = "sobol",
    samples: int | None = None,
    second_order: bool = False,
    futures: int = FUTURES,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    executor: Executor | None = None,
    store: str | os.PathLike[str] | Store | None = None,
    patience: str | float = PATIENCE,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
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
    futures, seed, engine, workers, executor, store, patience, announce
        As :func:`exportsim.run` takes them, the same at every point; ``seed`` is that of the samples, too.
    progress : Progress, optional
        Told of the plays of all points together.

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
    seed, futures = whole(seed, "seed"), whole(futures, "futures", least=1)
    scenario = checked(scenario)
    policies = [policy] if reference is None else [policy, reference]
    for each in policies:
        chosen(each, tuple(scenario.policies), "policy")
    if policy == reference:
        raise ExportsimError(f"reference: found {reference!r}, the policy itself; expected another")
    uncertain = scenario.uncertainties
    if not uncertain:
        raise ExportsimError("the scenario has no `uncertainties`, of whose effects this would be")
    planned = design(list(uncertain), method, samples, seed, second_order)
    found = placed(uncertain, planned.units)
    started, clock = datetime.now(UTC), time.perf_counter()
    played: list[Evaluation] = []

    def values(units: Float) -> Float:
        played.append(
            evaluate(
                scenario,
                found,
                outcome=[outcome],
                policies=policies,
                futures=futures,
                seed=seed,
                engine=engine,
                workers=workers,
                executor=executor,
                store=store,
                patience=patience,
                progress=progress,
                announce=announce,
            )
        )
        one, *other = (played[0].values[:, played[0].policies.index(name), :, 0] for name in policies)
        return one - other[0] if other else one

    try:
        analysis = analyse(values, planned, _what(outcome, policy, reference))
    except KeyboardInterrupt:  # too little is finished for an answer
        if played and played[0].lost is not None:
            raise played[0].lost from None
        raise
    (evaluation,) = played
    unit, done = evaluation.units[outcome], analysis.design
    convergence = analysis.convergence.assign(unit=INDEX if method == "sobol" else unit)
    origin = provenance(
        scenario,
        policies=[name for name in scenario.policies if name in evaluation.policies],
        futures=futures,
        seed=seed,
        engine=engine,
        started=started,
        seconds=time.perf_counter() - clock,
        interrupted=evaluation.interrupted,
    )
    origin["sensitivity"] = {
        "outcome": outcome,
        "policy": policy,
        "reference": reference,
        "method": method,
        "samples": done.samples,
        "second_order": second_order,
        "futures": analysis.values.shape[1],
        "points": len(done.units),
        "asked": len(planned.units),
        "salib": metadata.version("SALib"),
    }
    if evaluation.lost is not None:
        origin["lost"] = str(evaluation.lost)
    table = convergence[convergence["samples"] == done.samples]
    answer = Sensitivity(
        table=table.drop(columns="samples").reset_index(drop=True),
        convergence=convergence,
        tornado=_tornado(scenario, done, analysis.values, unit),
        points=_points(evaluation.points[: len(done.units)], analysis.values.mean(axis=1)),
        outcome=outcome,
        policy=policy,
        reference=reference,
        unit=unit,
        method=method,
        samples=done.samples,
        futures=analysis.values.shape[1],
        chance=analysis.chance,
        asked=len(planned.units),
        interrupted=evaluation.interrupted,
        scenario=scenario,
        provenance=origin,
    )
    if evaluation.lost is not None:
        raise LostError(str(evaluation.lost), answer)
    return answer


def _what(outcome: str, policy: str, reference: str | None) -> str:
    return f"{outcome} under {policy}" + ("" if reference is None else f", less those under {reference},")


def _tornado(scenario: Scenario, done: Design, values: Float, unit: str) -> pd.DataFrame:
    at = np.repeat(np.array([edges(done.method)]).T, len(done.names), axis=1)
    lowest, highest = ([said(value) for value in point.values()] for point in placed(scenario.uncertainties, at))
    found = ends(done, values)
    found.insert(1, "lowest", list(map(str, lowest)))
    found.insert(2, "highest", list(map(str, highest)))
    return found.assign(unit=unit)


def _points(found: list[Point], means: Float) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame({"point": range(len(found))})
    for path in found[0]:
        column = [said(point[path]) for point in found]
        # One kind a column: numbers where all are, text otherwise.
        table[path] = list(map(str, column)) if any(isinstance(value, str) for value in column) else column
    return table.assign(value=means)
