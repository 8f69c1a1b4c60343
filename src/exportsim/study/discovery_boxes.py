"""Boxes in what is uncertain that hold the points at which something fails: found by PRIM or by a tree.

*PRIM* (Friedman and Fisher 1999) peels a twentieth of the points off one side at a time, as `ema_workbench` does it.
The *tree* is scikit-learn's (CART, Breiman et al. 1984), grown best first; its leaves are boxes. Of PRIM's trajectory
that box is taken, and of the leaves that many, whose coverage and density have the greatest harmonic mean.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from exportsim.arguments import required
from exportsim.plan import Float
from exportsim.study.parameter_axes import Axis

Bool = npt.NDArray[np.bool_]
Bounds = dict[int, tuple[float, float] | frozenset[int]]  # by axis: least and greatest value within, or the words

LEAST_MASS = 0.05  # of all points, of a box or leaf
MOST_LEAVES = 8
SIGNIFICANT = 0.05  # greatest quasi-p of a limit that is kept


class Side(NamedTuple):
    """One limit of a box: values of an axis over or under a number, or words that are within."""

    axis: int
    over: float = -math.inf
    under: float = math.inf
    words: frozenset[int] | None = None

    def holds(self, column: Float) -> Bool:
        """Which values are within."""
        if self.words is not None:
            return np.isin(column, sorted(self.words))
        return (column > self.over) & (column < self.under)


Sides = tuple[Side, ...]


class Step(NamedTuple):
    """What could have been chosen."""

    coverage: float
    density: float
    mass: float
    restricted: int
    chosen: bool


class Search(NamedTuple):
    """What a search came to."""

    boxes: list[Sides]
    steps: list[Step]


def within(columns: Float, box: Sides) -> Bool:
    """Which points (rows) are in a box."""
    inside = np.ones(len(columns), dtype=np.bool_)
    for side in box:
        inside &= side.holds(columns[:, side.axis])
    return inside


def within_any(columns: Float, boxes: Sequence[Sides]) -> Bool:
    """Which points are in one of some boxes."""
    inside = np.zeros(len(columns), dtype=np.bool_)
    for box in boxes:
        inside |= within(columns, box)
    return inside


def scored(inside: Bool, fails: Bool) -> tuple[float, float]:
    """Coverage (of the failing points, those within) and density (of the points within, those failing)."""
    hits = int((inside & fails).sum())
    return hits / max(1, int(fails.sum())), hits / max(1, int(inside.sum()))


def balance(coverage: float, density: float) -> float:
    """The harmonic mean of the two: high only where both are."""
    return 2 * coverage * density / (coverage + density) if coverage + density else 0.0


def quasi_p(columns: Float, fails: Bool, box: Sides, side: Side) -> float:
    """How likely the box's density were by chance, if that limit did nothing (Bryant and Lempert 2010, §3).

    A one-sided binomial test: of as many points as are in the box, at least as many fail, where each fails with the
    probability of the box without the limit. The limit was chosen for its density, so it is no p-value.
    """
    from scipy.stats import binomtest

    inside = within(columns, box)
    wider = within(columns, tuple(other for other in box if other != side))
    chance = float(fails[wider].mean())
    return float(binomtest(int((inside & fails).sum()), int(inside.sum()), chance, alternative="greater").pvalue)


def _step(columns: Float, score: tuple[float, float], boxes: Sequence[Sides], chosen: bool) -> Step:
    paths = {side.axis for box in boxes for side in box}
    return Step(*score, float(within_any(columns, boxes).mean()), len(paths), chosen)


def _by_prim(axes: Sequence[Axis], columns: Float, fails: Bool, most: int, seed: int) -> Search:
    """One box after the other, each among the points that the ones before have left."""
    boxes: list[Sides] = []
    steps: list[Step] = []
    left, best = np.ones(len(fails), dtype=np.bool_), 0.0
    while len(boxes) < most and fails[left].any() and not fails[left].all():
        trajectory = _peeled(axes, columns[left], fails[left], LEAST_MASS * len(fails) / left.sum())
        candidates = [_sides(columns, bounds) for bounds in trajectory]
        scores = [scored(within(columns[left], box), fails[left]) for box in candidates]
        chosen = max(range(len(candidates)), key=lambda step: balance(*scores[step]))
        if not boxes:
            steps = [_step(columns, scores[step], [box], step == chosen) for step, box in enumerate(candidates)]
        box = _significant(columns[left], fails[left], candidates[chosen])
        reached = balance(*scored(within_any(columns, [*boxes, box]), fails))
        if not box or reached <= best:
            break
        boxes.append(box)
        best, left = reached, ~within_any(columns, boxes)
    return Search(boxes, steps)


def _peeled(axes: Sequence[Axis], columns: Float, fails: Bool, least: float) -> list[Bounds]:
    """The boxes of PRIM's trajectory, from all points on."""
    import pandas as pd

    table = pd.DataFrame({str(k): columns[:, k] for k in range(len(axes))})
    for k, axis in enumerate(axes):
        if axis.words:
            table[str(k)] = pd.Categorical(table[str(k)].map(lambda code: f"w{int(code)}"))
    with importing_ema("discovery by PRIM"):
        import matplotlib as mpl

        with mpl.rc_context():  # it sets colours
            from ema_workbench.analysis import prim
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The inplace keyword")  # pandas 3 of ema_workbench 2.5
        # Any box will do, however thin: which one is for us to choose.
        peeling = prim.Prim(table, fails, threshold=1e-9, mass_min=min(least, 0.5)).find_box()
    trajectory: list[Bounds] = []
    for limits in peeling.box_lims:
        bounds: Bounds = {}
        for k, axis in enumerate(axes):
            if str(k) in limits:  # else one value is left on it
                low, high = limits[str(k)]
                bounds[k] = frozenset(int(word[1:]) for word in low) if axis.words else (float(low), float(high))
        trajectory.append(bounds)
    return trajectory


@contextmanager
def importing_ema(what: str) -> Iterator[None]:
    """Inside, ema_workbench is imported without its saying what it misses."""
    with required("ema_workbench", f"{what} needs", "discovery"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="ipyparallel not installed", category=UserWarning)
        warnings.filterwarnings("ignore", category=ImportWarning)
        yield


def _by_tree(axes: Sequence[Axis], columns: Float, fails: Bool, most: int, seed: int) -> Search:
    """The leaves in which most fail, as many as are best together."""
    leaves = [_sides(columns, bounds) for bounds in _leaves(axes, columns, fails, seed)]
    leaves.sort(key=lambda box: -scored(within(columns, box), fails)[1])
    together = [leaves[: number + 1] for number in range(len(leaves))]
    scores = [scored(within_any(columns, boxes), fails) for boxes in together]
    chosen = max(range(min(most, len(leaves))), key=lambda number: balance(*scores[number]))
    steps = [_step(columns, scores[number], boxes, number == chosen) for number, boxes in enumerate(together)]
    boxes = [_significant(columns, fails, box) for box in leaves[: chosen + 1]]
    return Search([*dict.fromkeys(box for box in boxes if box)], steps)


def _leaves(axes: Sequence[Axis], columns: Float, fails: Bool, seed: int) -> Iterator[Bounds]:
    # Not by ema_workbench, whose CART forgets which word a split has chosen, and takes another seed each time.
    with required("scikit-learn", "discovery by a tree needs", "discovery"):
        from sklearn.tree import DecisionTreeClassifier

    # A column per number, and one per word that says whether it is this one.
    features = [(k, word) for k, axis in enumerate(axes) for word in (range(len(axis.words)) if axis.words else [-1])]
    table = np.column_stack([columns[:, k] if word < 0 else columns[:, k] == word for k, word in features])
    least = max(1, math.ceil(LEAST_MASS * len(fails)))
    grown = DecisionTreeClassifier(max_leaf_nodes=MOST_LEAVES, min_samples_leaf=least, random_state=seed)
    tree = grown.fit(table, fails).tree_
    everything: Bounds = {
        k: frozenset(range(len(axis.words))) if axis.words else (-math.inf, math.inf) for k, axis in enumerate(axes)
    }

    def below(node: int, bounds: Bounds) -> Iterator[Bounds]:
        if tree.children_left[node] < 0:
            yield bounds
            return
        (k, word), middle = features[tree.feature[node]], float(tree.threshold[node])
        old = bounds[k]
        left, right = (
            (old - {word}, old & {word})
            if isinstance(old, frozenset)
            else ((old[0], min(old[1], middle)), (max(old[0], middle), old[1]))
        )
        yield from below(tree.children_left[node], bounds | {k: left})
        yield from below(tree.children_right[node], bounds | {k: right})

    return below(0, everything)


def _significant(columns: Float, fails: Bool, box: Sides) -> Sides:
    """The box without the limits that chance explains, those that say least taken off first."""
    while box:
        chances = [quasi_p(columns, fails, box, side) for side in box]
        worst = int(np.argmax(chances))
        if chances[worst] <= SIGNIFICANT:
            break
        box = box[:worst] + box[worst + 1 :]
    return box


def _sides(columns: Float, bounds: Bounds) -> Sides:
    """The limits that keep any point out, each the roundest number that keeps out the same points."""
    sides: list[Side] = []
    for k, bound in bounds.items():
        column = columns[:, k]
        if isinstance(bound, frozenset):
            if not set(column.astype(int)) <= bound:
                sides.append(Side(k, words=bound))
            continue
        low, high = bound
        if (column < low).any():
            sides.append(Side(k, over=roundest(column[column < low].max(), column[column >= low].min())))
        if (column > high).any():
            sides.append(Side(k, under=roundest(column[column > high].min(), column[column <= high].max())))
    return tuple(sides)


def roundest(outside: float, inside: float) -> float:
    """The number with the fewest digits that parts two values; it may be the one outside, not the one inside."""
    out, inner = Decimal(repr(float(outside))), Decimal(repr(float(inside)))
    part: Callable[[Decimal], bool] = (lambda r: out <= r < inner) if out < inner else (lambda r: inner < r <= out)
    for places in range(max(out.adjusted(), inner.adjusted()) + 1, -16, -1):
        step = Decimal(1).scaleb(places)
        nearest = (inner / step).to_integral_value()
        for multiple in (nearest, nearest - 1, nearest + 1):
            if part(multiple * step):
                return float(multiple * step)
    return float(outside)


#: By method, what finds boxes, the best first, as long as each makes all together better. Points (rows) have at least
#: two values on each axis (columns); some fail and some do not.
SEARCHES = {"prim": _by_prim, "tree": _by_tree}
