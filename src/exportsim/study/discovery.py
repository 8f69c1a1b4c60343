"""Where a policy fails: boxes in what is uncertain that hold the points of a sweep at which it does.

Scenario discovery after Bryant and Lempert (2010). Points weigh alike: of a sample of the scenario's uncertainties, a
share of points is an estimated probability; of a grid, it is a share of the grid.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from exportsim.arguments import chosen, whole
from exportsim.errors import ExportsimError
from exportsim.language import text
from exportsim.names import quoted
from exportsim.plan import Float
from exportsim.study.discovery_boxes import SEARCHES, Bool, Side, Sides, Step, quasi_p, scored, within, within_any
from exportsim.study.naming import outcome_words, paths_in_words, policy_title
from exportsim.study.parameter_axes import Axis, amount, axes
from exportsim.study.saved_parts import parts_of
from exportsim.study.study import TableStudy
from exportsim.study.sweep import Sweep, opened_sweep

if TYPE_CHECKING:
    import pandas as pd

METHODS = tuple(SEARCHES)
FIGURES = ("mean", "difference", "regret")
UNDEFINED = ("leave-out", "fail", "pass")  # what a point counts as at which the figure is undefined
FEWEST = 20  # points: of fewer, a twentieth is none
RESAMPLES = 20


class Limit(NamedTuple):
    """One limit of a box."""

    path: str
    text: str  # "ramp_up > 17mo", or "orders among 10/y, 20/y"
    quasi_p: float


class Box(NamedTuple):
    """A box and the points in it."""

    sides: Sides
    limits: tuple[Limit, ...]
    coverage: float  # of the failing points, the share in the box
    density: float  # of the points in the box, the share that fails
    mass: float  # of all points, the share in the box
    points: int
    failing: int


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Discovery(TableStudy):
    """Where a policy fails.

    Attributes
    ----------
    table : DataFrame
        A row per limit: ``box``, ``path``, ``limit``, ``quasi_p``, and of its box the figures of :class:`Box`.
    policy, outcome, figure, method, unit : str
        What was asked; the unit is the outcome's.
    below, above : float or None
        What is failing, in that unit.
    axes : tuple of Axis
        What was varied with more than one value.
    points : DataFrame
        A row per point that counts, which is all but those left out: ``point``, a numeric column per path, ``value``,
        ``low`` and ``high`` (its 95 % interval; NaN for regret), all NaN where the figure is undefined, ``fails``, and
        ``box`` (the first that it is in, from 1; 0: none).
    undefined : int
        At how many points of the sweep the figure is undefined.
    undefined_as : str
        What these count as.
    boxes : tuple of Box
    coverage, density : float
        Of all boxes together.
    tradeoff : DataFrame
        What could have been chosen: ``coverage``, ``density``, ``mass``, ``restricted`` (paths) and ``chosen``. A row
        per step of PRIM's first box, or per number of leaves.
    stability : DataFrame
        Indexed by path: ``restricted``, the share of the resamples (random halves of the points) in whose boxes it was.
    held_out : tuple of float
        Coverage and density, on average, of the boxes of a half among the points of the other; halves without a box
        do not count, and NaN is where there is none.
    provenance : mapping
        The sweep's, with what was asked under ``discovery``.
    """

    policy: str
    outcome: str
    figure: str
    method: str
    unit: str
    below: float | None
    above: float | None
    axes: tuple[Axis, ...]
    points: pd.DataFrame
    undefined: int
    undefined_as: str
    boxes: tuple[Box, ...]
    coverage: float
    density: float
    tradeoff: pd.DataFrame
    stability: pd.DataFrame
    held_out: tuple[float, float]

    @cached_property
    def table(self) -> pd.DataFrame:
        import pandas as pd

        columns = ["box", "path", "limit", "quasi_p", "coverage", "density", "mass", "points", "failing"]
        rows = [(number, *limit, *box[2:]) for number, box in enumerate(self.boxes, start=1) for limit in box.limits]
        return pd.DataFrame.from_records(rows, columns=columns)

    def _parts(self) -> Mapping[str, object]:
        return parts_of(self)

    @classmethod
    def of_parts(cls, provenance: Mapping[str, Any], parts: Mapping[str, Any]) -> Discovery:
        """What was saved."""
        axes = tuple(_axis_of(*axis) for axis in parts["axes"])
        held_out = tuple(parts["held_out"])
        boxes = tuple(_box_of(*box) for box in parts["boxes"])
        return cls(provenance=provenance, **{**parts, "axes": axes, "boxes": boxes, "held_out": held_out})

    def _in_short(self) -> str:
        return " ".join(self.sentences)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer in words."""
        sentences = [self._failing()]
        for number, box in enumerate(self.boxes):
            limits = reduce(_and, self.limits_in_words(box))
            said = {"coverage": _percent(box.coverage), "density": _percent(box.density), "limits": limits}
            first = number == 0 and not self.undefined
            sentences.append(text("discovery.fails.first", **said) if first else text("discovery.fails.box", **said))
        if not self.boxes:
            sentences.append(text("discovery.fails.nowhere"))
        return tuple(sentences)

    def limits_in_words(self, box: Box) -> list[str]:
        """The limits of a box, each path in words: ``ramp up: Turkish yards > 17mo``."""
        names = paths_in_words(self, [axis.path for axis in self.axes])
        varied = [replace(axis, name=names[axis.path]) for axis in self.axes]
        return [_text(varied[side.axis], side) for side in box.sides]

    def _failing(self) -> str:
        """In how many worlds it fails, and what became of those in which the figure is undefined."""
        fails = self.points["fails"]
        policy = quoted(policy_title(self, self.policy))
        said = {"policy": policy, "share": _percent(fails.mean()), "worlds": len(fails)}
        if not self.undefined:
            return text("discovery.fails.all", **said)
        outcome = outcome_words(self, self.outcome)
        said |= {"undefined": self.undefined, "figure": text(f"discovery.figures.{self.figure}", outcome=outcome)}
        return text(f"discovery.fails.{self.undefined_as.replace('leave-out', 'left_out')}", **said)


def discover(
    found: Sweep | str | os.PathLike[str],
    policy: str,
    outcome: str = "exports",
    *,
    below: float | str | None = None,
    above: float | str | None = None,
    figure: str = "mean",
    most: bool | None = None,
    undefined: str = "leave-out",
    method: str = "prim",
    boxes: int = 3,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Discovery:
    """Find where a policy fails.

    Parameters
    ----------
    found : Sweep or path-like
        A sweep, or the file that it was written to.
    policy, outcome : str
    below, above : float or str, optional
        One of them: the policy fails at a point where the figure is below, or above. In the outcome's unit, or as
        written: ``"100M"``, ``"90d"``, ``"30%"``.
    figure : str
        ``"mean"``; ``"difference"`` from the reference; or ``"regret"``, by how much the mean falls short of the best
        policy's at the point.
    most : bool, optional
        Whether more of the outcome is better, for regret; by default as :meth:`Sweep.less_is_better` says.
    undefined : str
        What a point counts as at which the figure is undefined (no delay where nothing is delivered in any future):
        ``"leave-out"``, ``"fail"`` or ``"pass"``. Regret is undefined where any policy's mean is.
    method : str
        ``"prim"`` or ``"tree"``.
    boxes : int
        How many to find at most; each must make all together better.
    resamples : int
        Random halves of the points, in each of which all is done again.
    seed : int
        Of the halves, and of a tree's choice among equal splits.

    Raises
    ------
    ExportsimError
        If what was asked for is not there, the policy fails everywhere or nowhere, or the points are too few.
    """
    import pandas as pd

    sweep = opened_sweep(found)
    chosen(method, METHODS, "method")
    chosen(figure, FIGURES, "figure")
    chosen(undefined, UNDEFINED, "undefined")
    boxes, seed = whole(boxes, "boxes", least=1, most=100), whole(seed, "seed")
    resamples = whole(resamples, "resamples", most=10_000)
    rows = sweep.rows_of(outcome)
    chosen(policy, list(dict.fromkeys(sweep.table["policy"])), "policy")
    if (below is None) == (above is None):
        raise ExportsimError("failing: give either `below` or `above`")
    unit = str(rows["unit"].iloc[0])
    low, high = (
        None if level is None else amount(level, unit, side) for level, side in ((below, "below"), (above, "above"))
    )
    points = _figures(rows, policy, figure, not sweep.less_is_better(outcome) if most is None else most)
    unknown = points["value"].isna()
    if undefined == "leave-out":
        points = points[~unknown]
    positions = sweep.points.set_index("point").index.get_indexer(pd.Index(points["point"]))
    varied = [axis for axis in axes(sweep.points.iloc[positions], sweep.paths) if len(np.unique(axis.values)) > 1]
    value = points["value"].to_numpy(np.float64)
    fails: Bool = value < low if low is not None else value > high
    if undefined == "fail":
        fails |= np.isnan(value)
    _check_enough(f"{figure} of {outcome}", policy, unit, value, fails, int(unknown.sum()), varied=bool(varied))
    columns = np.column_stack([axis.values for axis in varied])
    search = SEARCHES[method](varied, columns, fails, boxes, seed)
    stability, held_out = _resampled(varied, columns, fails, method, boxes, resamples, seed)
    by_path = {axis.path: axis.values for axis in varied}
    inside = [*(within(columns, sides) for sides in search.boxes), np.ones(len(columns), dtype=np.bool_)]
    first = np.select(inside, [*range(1, len(inside)), 0])  # the first box that each point is in, from 1
    coverage, density = scored(within_any(columns, search.boxes), fails)
    asked = {
        "policy": policy, "outcome": outcome, "figure": figure, "below": low, "above": high, "method": method,
        "boxes": boxes, "resamples": resamples, "seed": seed, "undefined": undefined,
    }  # fmt: skip
    return Discovery(
        provenance={**sweep.provenance, "discovery": asked}, policy=policy, outcome=outcome, figure=figure,
        method=method, unit=unit, below=low, above=high, axes=tuple(varied),
        points=points.assign(**by_path, fails=fails, box=first).reset_index(drop=True),
        undefined=int(unknown.sum()), undefined_as=undefined,
        boxes=tuple(_box(varied, columns, fails, sides) for sides in search.boxes), coverage=coverage, density=density,
        tradeoff=pd.DataFrame.from_records(search.steps, columns=list(Step._fields)), stability=stability,
        held_out=held_out,
    )  # fmt: skip


def _figures(rows: pd.DataFrame, policy: str, figure: str, most: bool) -> pd.DataFrame:
    """Of each point the figure and its interval."""
    if figure == "regret":
        means = rows.pivot(index="point", columns="policy", values="mean")
        best = means.max(axis=1, skipna=False) if most else means.min(axis=1, skipna=False)
        short = (best - means[policy]).abs().rename("value")
        return short.reset_index().assign(low=np.nan, high=np.nan)
    columns = ["mean", "low", "high"] if figure == "mean" else ["difference", "difference_low", "difference_high"]
    return rows.loc[rows["policy"] == policy, ["point", *columns]].set_axis(["point", "value", "low", "high"], axis=1)


def _check_enough(
    what: str, policy: str, unit: str, value: Float, fails: Bool, undefined: int, *, varied: bool
) -> None:
    """Refuse what cannot be answered."""
    if len(value) < FEWEST:
        left = f" ({undefined} more are left out, where it is undefined; see `undefined`)" if undefined else ""
        raise ExportsimError(f"found {len(value)} points with a {what}{left}, expected at least {FEWEST}")
    if not varied:
        raise ExportsimError("every path has one value at all points: there is nothing to find limits of")
    if fails.all() or not fails.any():
        where = "everywhere" if fails.all() else "nowhere"
        known = value[~np.isnan(value)]
        span = f"goes from {known.min():,.10g} to {known.max():,.10g} {unit}" if len(known) else "is never defined"
        without = f", and is undefined at {undefined} points" if undefined and len(known) else ""
        raise ExportsimError(f"{policy} fails {where}: its {what} {span}{without}")


def _box(varied: Sequence[Axis], columns: Float, fails: Bool, sides: Sides) -> Box:
    inside = within(columns, sides)
    limits = tuple(
        Limit(varied[side.axis].path, _text(varied[side.axis], side), quasi_p(columns, fails, sides, side))
        for side in sides
    )
    hits = int((inside & fails).sum())
    return Box(sides, limits, *scored(inside, fails), float(inside.mean()), int(inside.sum()), hits)


def _axis_of(path: str, name: str, values: Float, unit: str, words: Sequence[str]) -> Axis:
    """An axis that was saved."""
    return Axis(path, name, values, unit, tuple(words))


def _box_of(sides: Sequence[Any], limits: Sequence[Any], *figures: Any) -> Box:
    """A box that was saved."""
    found = (Side(*side) for side in sides)
    known = (side if side.words is None else side._replace(words=frozenset(side.words)) for side in found)
    return Box(tuple(known), tuple(Limit(*limit) for limit in limits), *figures)


def _text(axis: Axis, side: Side) -> str:
    if side.words is not None:
        words = [axis.words[word] for word in sorted(side.words)]
        if len(words) == 1:
            return f"{axis.name} = {words[0]}"
        return text("discovery.among", name=axis.name, values=text("lists.comma").join(words))
    return f"{axis.name} > {axis.text(side.over)}" if side.over > -np.inf else f"{axis.name} < {axis.text(side.under)}"


def _resampled(
    varied: Sequence[Axis], columns: Float, fails: Bool, method: str, boxes: int, resamples: int, seed: int
) -> tuple[pd.DataFrame, tuple[float, float]]:
    """How often each path is restricted in boxes of half the points, and how these do among the other half."""
    import pandas as pd

    source, counts, scores, done = np.random.default_rng(seed), np.zeros(len(varied)), [], 0
    for _ in range(resamples):
        half = np.zeros(len(fails), dtype=np.bool_)
        half[source.permutation(len(fails))[: len(fails) // 2]] = True
        # A half in which nothing varies, or all or none fail, has nothing to say.
        if fails[half].all() or not fails[half].any() or (np.ptp(columns[half], axis=0) == 0).any():
            continue
        done += 1
        search = SEARCHES[method](varied, columns[half], fails[half], boxes, seed)
        counts[sorted({side.axis for box in search.boxes for side in box})] += 1
        if search.boxes and fails[~half].any():
            scores.append(scored(within_any(columns[~half], search.boxes), fails[~half]))
    share = counts / done if done else np.full(len(varied), np.nan)
    table = pd.DataFrame({"restricted": share}, index=pd.Index([axis.path for axis in varied], name="path"))
    coverage, density = np.mean(scores, axis=0) if scores else (np.nan, np.nan)
    return table.sort_values("restricted", ascending=False, kind="stable"), (float(coverage), float(density))


def _and(one: str, other: str) -> str:
    return text("lists.and", most=one, last=other)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"
