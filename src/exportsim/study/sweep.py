"""A sweep: every policy against the same futures, at every point of a grid or of a sample of what is uncertain.

A point is the scenario with some values replaced, and comes to what :func:`exportsim.run` finds of it by itself. What
is kept of it are the means, their intervals and the paired differences from the reference, so that a sweep of thousands
of points is a table and no more.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from exportsim.analysis.intervals import intervals
from exportsim.analysis.outcomes import bounds_of
from exportsim.arguments import chosen, listed, whole
from exportsim.errors import LostError
from exportsim.outcomes import SHARE
from exportsim.plan import Float
from exportsim.playing.patience import PATIENCE
from exportsim.playing.progress import Progress
from exportsim.playing.store import Store
from exportsim.provenance import provenance
from exportsim.scenario import ScenarioOrPath, checked
from exportsim.scenario.writer import explicit_form
from exportsim.study.evaluation import Course
from exportsim.study.points import METHODS, Point, points
from exportsim.study.run import FUTURES
from exportsim.study.table_file import keep

if TYPE_CHECKING:
    import pandas as pd

#: The columns of the table beside the varied paths, which follow the first.
COLUMNS = (
    "point", "policy", "outcome", "mean", "low", "high", "sd", "n",
    "difference", "difference_low", "difference_high", "unit",
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
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
    interrupted : bool
        Whether some are missing.
    provenance : mapping
        All that is needed to play it again.
    """

    table: pd.DataFrame
    points: pd.DataFrame
    paths: tuple[str, ...]
    reference: str
    asked: int
    interrupted: bool
    provenance: Mapping[str, Any]

    def __repr__(self) -> str:
        title = self.provenance["title"] or "untitled"
        return f"<Sweep of {title!r}: {len(self.points)} of {self.asked} points, {len(self.paths)} paths>"

    def regret(self, outcome: str = "exports", *, most: bool = True) -> pd.DataFrame:
        """By how much each policy falls short of the best one of each point (Savage 1951), over the points.

        Parameters
        ----------
        outcome : str
        most : bool
            Whether more is better.

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

        chosen(outcome, list(dict.fromkeys(self.table["outcome"])), "outcome")
        rows = self.table[self.table["outcome"] == outcome]
        order = list(dict.fromkeys(rows["policy"]))
        means = rows.pivot(index="point", columns="policy", values="mean")[order].dropna()
        best = means.max(axis=1) if most else means.min(axis=1)
        short = means.rsub(best, axis=0) if most else means.sub(best, axis=0)
        first = short == 0
        found = pd.DataFrame(
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
        return found.sort_values("worst", kind="stable").rename_axis("policy")

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


def sweep(
    scenario: ScenarioOrPath,
    over: Mapping[str, Iterable[Any]] | None = None,
    *,
    samples: int | None = None,
    method: str = "sobol",
    futures: int = FUTURES,
    seed: int = 1,
    policies: Iterable[str] | None = None,
    outcome: Iterable[str] | None = None,
    engine: str = "compiled",
    workers: int | None = None,
    executor: Executor | None = None,
    store: str | os.PathLike[str] | Store | None = None,
    patience: str | float = PATIENCE,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
) -> Sweep:
    """Play every policy against the same futures, at every point of a grid, of a sample, or of both crossed.

    Parameters
    ----------
    scenario : Scenario or path-like
    over : mapping of str to iterable
        By dotted path, the values to put there, as in a scenario file:
        ``{"suppliers.aselsan.ramp_up": ["6mo", "1y"]}``.
    samples : int, optional
        How many points of the scenario's ``uncertainties`` to take. Sobol' points are balanced in powers of two.
    method : str
        ``"sobol"`` (scrambled), or ``"lhs"``, a Latin hypercube. ``seed`` is its seed too.
    futures, seed, policies, engine, workers, executor, store, patience, announce
        As :func:`exportsim.run` takes them, the same at every point.
    outcome : iterable of str, optional
        Those to keep, all by default.
    progress : Progress, optional
        Told of the plays of all points together.

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
    chosen(method, METHODS, "method")
    seed, futures = whole(seed, "seed"), whole(futures, "futures", least=1)
    scenario = checked(scenario)
    course = Course(
        scenario,
        points(scenario, over or {}, samples, method, seed),
        policies=None if policies is None else listed(policies, "policies"),
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
    wanted = (
        None
        if outcome is None
        else [chosen(name, tuple(course.units), "outcome") for name in listed(outcome, "outcome")]
    )
    started, clock = datetime.now(UTC), time.perf_counter()
    records: dict[int, list[tuple[Any, ...]]] = {}
    ended: KeyboardInterrupt | LostError | None = None
    try:
        for number, values in course.play():
            records[number] = _records(course, scenario.reference, values, number, wanted)
    except (KeyboardInterrupt, LostError) as end:
        ended = end
    if ended is not None and not records:  # means over some of a point's futures are not what was asked for
        raise ended
    asked, finished = len(course.points), sorted(records)
    origin = provenance(
        scenario,
        policies=course.policies,
        futures=futures,
        seed=seed,
        engine=engine,
        started=started,
        seconds=time.perf_counter() - clock,
        interrupted=len(finished) < asked,
    )
    origin["sweep"] = {
        "over": {path: [said(value) for value in values] for path, values in _grid(over, course.points).items()},
        **({} if samples is None else {"samples": samples, "method": method}),
        "points": len(finished),
        "asked": asked,
    }
    paths = tuple(course.points[0])
    rows = [row for number in finished for row in records[number]]
    table, each = _tables(rows, {number: course.points[number] for number in finished}, paths)
    if isinstance(ended, LostError):
        origin["lost"] = str(ended)
    found = Sweep(table, each, paths, scenario.reference, asked, len(finished) < asked, origin)
    if isinstance(ended, LostError):
        raise LostError(str(ended), found)
    return found


def _records(
    course: Course, reference: str, values: Float, number: int, wanted: Sequence[str] | None
) -> list[tuple[Any, ...]]:
    """The rows of a point, in the order of :data:`COLUMNS`."""
    standard = course.policies.index(reference)
    columns = [
        (place, row, name, unit)
        for place in range(len(course.policies))
        for row, (name, unit) in enumerate(course.units.items())
        if wanted is None or name in wanted
    ]
    shares = [unit == SHARE for *_, unit in columns]
    # Two calls, as `summary` and `compare` make them: in one, sums might be taken in another order.
    means = intervals(
        [values[place, :, row] for place, row, *_ in columns],
        shares=shares,
        bounds=[bounds_of(name, unit) for *_, name, unit in columns],
    )
    less = [values[place, :, row] - values[standard, :, row] for place, row, *_ in columns]
    differences = intervals(less, shares=shares)  # unbounded, but for those of shares
    return [
        (number, course.policies[place], name, *mean[:5], *difference[:3], unit)
        for (place, _, name, unit), mean, difference in zip(columns, means, differences, strict=True)
    ]


def said(value: Any) -> Any:
    """A value of a point as a table holds it: numbers as they are, all else as text."""
    plain = explicit_form(value)
    if isinstance(plain, str | int | float) and not isinstance(plain, bool):
        return plain
    return json.dumps(plain, ensure_ascii=False)


def _grid(over: Mapping[str, Iterable[Any]] | None, found: Sequence[Point]) -> dict[str, list[Any]]:
    """The values of the grid by path, read off its points: what was given may have been an iterator."""
    return {path: [*{repr(point[path]): point[path] for point in found}.values()] for path in over or {}}


def _tables(
    records: Sequence[tuple[Any, ...]], found: Mapping[int, Point], paths: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tidy table, and that of the points."""
    import pandas as pd

    each = pd.DataFrame({"point": list(found)})
    for path in paths:
        column = [said(point[path]) for point in found.values()]
        # One kind a column: numbers where all are, text otherwise.
        each[path] = column if not any(isinstance(value, str) for value in column) else list(map(str, column))
    table = pd.DataFrame.from_records(records, columns=list(COLUMNS))
    table = each.merge(table, on="point", validate="one_to_many")
    return table[["point", *paths, *COLUMNS[1:]]], each
