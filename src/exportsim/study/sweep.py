"""A sweep: every policy against the same futures, at every point of a grid or of a sample of what is uncertain.

A point is the scenario with some values replaced, and comes to what :func:`exportsim.run` finds of it by itself. What
is kept of it are the means, their intervals and the paired differences from the reference, so that a sweep of thousands
of points is a table and no more.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from exportsim.analysis.intervals import intervals
from exportsim.analysis.outcomes import bounds_of
from exportsim.arguments import chosen, listed
from exportsim.errors import ExportsimError
from exportsim.outcomes import SHARE
from exportsim.plan import Float
from exportsim.playing.settings import SettingsKeywords, settings_of
from exportsim.scenario import Scenario, ScenarioOrPath, checked, replace
from exportsim.study.point_faults import OVER
from exportsim.study.points import METHODS, PointRun, cell, points, points_table
from exportsim.study.study import Recorder, TableStudy
from exportsim.study.table_file import read_table

if TYPE_CHECKING:
    import pandas as pd

#: The columns of the table beside the varied paths, which follow the first.
COLUMNS = (
    "point", "policy", "outcome", "mean", "low", "high", "sd", "n",
    "difference", "difference_low", "difference_high", "unit",
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Sweep(TableStudy):
    """What came of a sweep.

    Attributes
    ----------
    table : DataFrame
        A row per point, policy and outcome. ``point`` is its number; a column per varied path has the value as it
        would be written; ``mean, low, high`` (95 % interval), ``sd`` and ``n`` are as :meth:`exportsim.Result.summary`
        has them, ``difference, difference_low, difference_high`` those of the difference from the point's reference,
        paired future by future, as :meth:`exportsim.Result.compare` has it; ``unit`` is that of all of them.
    points : DataFrame
        A row per point: ``point``, and a column per varied path.
    paths : tuple of str
        What was varied.
    reference : str
        The scenario's.
    asked : int
        How many points there were to be.
    """

    table: pd.DataFrame = field()

    @property
    def paths(self) -> tuple[str, ...]:
        return _paths(list(self.table.columns))

    @cached_property
    def points(self) -> pd.DataFrame:
        return self.table[["point", *self.paths]].drop_duplicates("point", ignore_index=True)

    @property
    def reference(self) -> str:
        return str(self.provenance["reference"])

    @property
    def asked(self) -> int:
        return int(self.provenance["sweep"]["asked"])

    def _in_short(self) -> str:
        return f"{len(self.points)} of {self.asked} points, {len(self.paths)} paths"

    def regret(self, outcome: str = "exports", *, most: bool | None = None) -> pd.DataFrame:
        """By how much each policy falls short of the best one of each point (Savage 1951), over the points.

        Parameters
        ----------
        outcome : str
        most : bool, optional
            Whether more is better; by default as :meth:`less_is_better` says.

        Returns
        -------
        DataFrame
            Indexed by policy, the least worst regret first. Columns ``mean`` and ``worst`` regret, ``worst_point`` (the
            number of the point where it is), ``best`` (the share of points at which the policy is best; equals share),
            ``n`` (the points, all alike in weight, at which the outcome's mean is known of every policy), ``left_out``
            (the others: where it is undefined under some policy, nobody's shortfall is known) and ``unit``.

        Raises
        ------
        ExportsimError
            If there is no such outcome.
        """
        import pandas as pd

        rows = self.rows_of(outcome)
        most = not self.less_is_better(outcome) if most is None else most
        order = list(dict.fromkeys(rows["policy"]))
        means = rows.pivot(index="point", columns="policy", values="mean")[order].dropna()
        best = means.max(axis=1) if most else means.min(axis=1)
        short = means.rsub(best, axis=0) if most else means.sub(best, axis=0)
        first = short == 0
        regrets = pd.DataFrame(
            {
                "mean": short.mean(),
                "worst": short.max(),
                "worst_point": short.idxmax() if len(short) else -1,
                "best": first.div(first.sum(axis=1), axis=0).mean(),
                "n": len(means),
                "left_out": rows["point"].nunique() - len(means),
                "unit": rows["unit"].iloc[0],
            }
        )
        return regrets.sort_values("worst", kind="stable").rename_axis("policy")

    def rows_of(self, outcome: str) -> pd.DataFrame:
        """The rows of :attr:`table` that are of an outcome."""
        chosen(outcome, list(dict.fromkeys(self.table["outcome"])), "outcome")
        return self.table[self.table["outcome"] == outcome]


def sweep(
    scenario: ScenarioOrPath,
    over: Mapping[str, Iterable[Any] | Mapping[str, Any]] | None = None,
    *,
    samples: int | None = None,
    method: str = "sobol",
    policies: Iterable[str] | None = None,
    outcome: Iterable[str] | None = None,
    **settings: Unpack[SettingsKeywords],
) -> Sweep:
    """Play every policy against the same futures, at every point of a grid, of a sample, or of both crossed.

    Parameters
    ----------
    scenario : Scenario or path-like
    over : mapping of str to iterable or mapping
        By dotted path, the values to put there, as in a scenario file:
        ``{"suppliers.aselsan.ramp_up": ["6mo", "1y"]}``; or a distribution, ``{"uniform": ["6mo", "2y"]}``, to be drawn
        in place of the scenario's own ``uncertainties``.
    samples : int, optional
        How many points to take of what is drawn: the scenario's ``uncertainties``, or the distributions of ``over``.
        Sobol' points are balanced in powers of two.
    method : str
        ``"sobol"`` (scrambled), or ``"lhs"``, a Latin hypercube. ``seed`` is its seed too.
    policies : iterable of str, optional
        Those to play, all by default. The reference is always played.
    outcome : iterable of str, optional
        Those to keep, all by default.
    **settings
        As for :func:`exportsim.run`, the same at every point; progress is that of the plays of all points together.

    Returns
    -------
    Sweep
        Interrupted (Ctrl-C) after the first point, it holds those that were finished.

    Raises
    ------
    ExportsimError
        If there is nothing to vary; or, with the faults of all points, if any is not valid. Nothing has been played.
    LostError
        As :func:`exportsim.run` raises it; its ``kept`` is the Sweep of the points that were finished.
    """
    import pandas as pd

    chosen(method, METHODS, "method")
    playing = settings_of(settings)
    scenario, over = _drawn(checked(scenario), over or {}, samples)
    named = None if policies is None else listed(policies, "policies")
    asked = points(scenario, over, samples, method, playing.seed)
    given = dict.fromkeys(over, OVER)
    point_run = PointRun(scenario, asked, policies=named, settings=playing, given=given)
    known = tuple(point_run.units)
    outcomes = known if outcome is None else [chosen(name, known, "outcome") for name in listed(outcome, "outcome")]
    recorder = Recorder(scenario, playing)
    rows: dict[int, list[tuple[Any, ...]]] = {}
    with recorder.until_ended():
        for number, values in point_run.play():
            rows[number] = _rows(point_run, scenario.reference, values, number, outcomes)
    recorder.need(bool(rows))  # means over some of a point's futures are not what was asked for
    finished = {number: asked[number] for number in sorted(rows)}
    # Read off the points: what was given may have been an iterator.
    grid = {path: {repr(point[path]): cell(point[path]) for point in asked} for path in over}
    question = {
        "over": {path: list(cells.values()) for path, cells in grid.items()},
        **({} if samples is None else {"samples": samples, "method": method}),
        "points": len(finished),
        "asked": len(asked),
    }
    origin = recorder.provenance(point_run.policies, interrupted=len(finished) < len(asked), sweep=question)
    figures = pd.DataFrame.from_records([row for number in finished for row in rows[number]], columns=list(COLUMNS))
    table = points_table(finished).merge(figures, on="point", validate="one_to_many")
    return recorder.finished(Sweep(table=table, provenance=origin))


def _drawn(
    scenario: Scenario, over: Mapping[str, Iterable[Any] | Mapping[str, Any]], samples: int | None
) -> tuple[Scenario, dict[str, Iterable[Any]]]:
    """The scenario with the distributions as its uncertainties, if there are any, and the lists of values."""
    laws = {path: law for path, law in over.items() if isinstance(law, Mapping)}
    if laws and samples is None:
        raise ExportsimError(
            f"samples: {next(iter(laws))} has a distribution, of which to draw so many; expected a number"
        )
    lists = {path: values for path, values in over.items() if path not in laws}
    return replace(scenario, uncertainties=laws) if laws else scenario, lists


def open_sweep(path: str | os.PathLike[str]) -> Sweep:
    """Read a sweep that :meth:`exportsim.Sweep.save` has written as Parquet.

    Parameters
    ----------
    path : path-like

    Raises
    ------
    ExportsimError
        If it cannot be read, is no such file, or does not hold what was written to it.
    """
    table, origin, _ = read_table(path, "sweep", lambda names: names == ["point", *_paths(names), *COLUMNS[1:]])
    return Sweep(table=table, provenance=origin)


def opened_sweep(sweep: Sweep | str | os.PathLike[str]) -> Sweep:
    """The sweep itself, or that of a file."""
    if isinstance(sweep, str | os.PathLike):
        return open_sweep(sweep)
    if not isinstance(sweep, Sweep):
        raise ExportsimError(f"found: found a {type(sweep).__name__}, expected a Sweep or the path of its file")
    return sweep


def _paths(columns: Sequence[str]) -> tuple[str, ...]:
    """The varied paths among the columns of a table."""
    return tuple(columns[1 : 1 - len(COLUMNS)])


def _rows(
    point_run: PointRun, reference: str, values: Float, number: int, outcomes: Sequence[str]
) -> list[tuple[Any, ...]]:
    """The rows of a point, in the order of :data:`COLUMNS`."""
    kinds = [(column, name, unit) for column, (name, unit) in enumerate(point_run.units.items()) if name in outcomes]
    columns = [(policy, *kind) for policy in range(len(point_run.policies)) for kind in kinds]
    standard, shares = point_run.policies.index(reference), [unit == SHARE for *_, unit in columns]
    kept = values[:, :, [column for column, *_ in kinds]].swapaxes(1, 2)  # (policies, outcomes, futures)
    found = intervals(
        np.concatenate([kept, kept - kept[standard]]).reshape(2 * len(columns), -1),
        shares=[*shares, *shares],
        # Differences are unbounded, but for those of shares.
        bounds=[*(bounds_of(name, unit) for *_, name, unit in columns), *[None] * len(columns)],
    )
    means, differences = found[: len(columns)], found[len(columns) :]
    return [
        (number, point_run.policies[policy], name, *mean[:5], *difference[:3], unit)
        for (policy, _, name, unit), mean, difference in zip(columns, means, differences, strict=True)
    ]
