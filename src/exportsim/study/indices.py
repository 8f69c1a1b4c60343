"""Sensitivity indices of any function of the unit cube, with intervals, and how they settle as samples are added.

The designs are SALib's: Saltelli's for Sobol' indices, Morris's trajectories for elementary effects. So are the
estimators of the Sobol' indices; elementary effects are differences along the trajectories. A function has a column for
each of some futures: what is analysed is the mean of its columns. Beside the indices stands what the mean is where a
parameter is lowest and where it is highest, whatever the others are.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from exportsim.analysis.intervals import LEVEL, resample_places
from exportsim.arguments import chosen, required, whole
from exportsim.errors import ExportsimError
from exportsim.plan import Float, Int
from exportsim.study.points import MOST_POINTS, inside

if TYPE_CHECKING:
    import pandas as pd

METHODS = ("sobol", "morris")
SAMPLES = {"sobol": 256, "morris": 32}  # where their number is not given
LEAST = 8  # base samples: of fewer nothing is said
LEVELS = 4  # of Morris's grid
PARTS = (8, 4, 2, 1)  # of the base samples, by which it is seen whether the indices have settled
RESAMPLES = 999
LEADING = {"sobol": "total", "morris": "mu_star"}  # the index by which parameters are ranked
ENDS = {"sobol": 1 / 5, "morris": 1 / LEVELS}  # of a parameter's distribution: a fifth, or one level of the grid
SMALL = 1e-12  # a spread, beside the values themselves, that is rounding and no more

_AT_ONCE = 100  # resamples


class Design(NamedTuple):
    """Points of the unit cube: base samples one after the other, each of as many rows."""

    method: str
    names: tuple[str, ...]
    samples: int
    rows: int  # of each base sample
    units: Float  # (samples × rows, parameters), above 0 and below 1

    def first(self, samples: int) -> Design:
        """The design of the first base samples: what it would have been for so many."""
        return self._replace(samples=samples, units=self.units[: samples * self.rows])

    def completed(self, rows: int) -> Design:
        """The design of the base samples that are complete after so many rows; none where they are too few."""
        samples = min(rows // self.rows, self.samples)
        if self.method == "sobol" and samples:
            samples = 1 << (samples.bit_length() - 1)
        return self.first(samples if samples >= LEAST else 0)

    def blocks(self, values: Float) -> Float:
        """What there is of each row, by base sample."""
        return values.reshape(self.samples, self.rows, *values.shape[1:])


class Analysis(NamedTuple):
    """What is found, as :class:`exportsim.Sensitivity` has it, but for the units."""

    values: Float  # (rows, futures that have a value in every row)
    convergence: pd.DataFrame
    chance: float


def design(
    names: Sequence[str], method: str = "sobol", samples: int | None = None, seed: int = 1, second_order: bool = False
) -> Design:
    """Where a function is to be evaluated."""
    chosen(method, METHODS, "method")
    number = whole(SAMPLES[method] if samples is None else samples, "samples", least=LEAST, most=MOST_POINTS)
    if method == "sobol" and number & (number - 1):
        low = 1 << (number.bit_length() - 1)
        raise ExportsimError(f"samples: found {number}, expected a power of two, such as {low} or {2 * low}")
    if method == "morris" and second_order:
        raise ExportsimError("second_order: found the method `morris`, expected `sobol`, which alone looks at pairs")
    count = len(names)
    rows = count + 1 if method == "morris" else (2 if second_order else 1) * count + 2
    if number * rows > MOST_POINTS:
        raise ExportsimError(f"found {number * rows:,} points, expected at most {MOST_POINTS:,}")
    with required("SALib", "sensitivity analysis needs", "sensitivity"):
        from SALib.sample import morris, sobol
    edge = 1 / (2 * LEVELS) if method == "morris" else 0.0
    problem = {"num_vars": count, "names": list(names), "bounds": [[edge, 1 - edge]] * count}
    # A generator and no number: of the number 0 SALib would in places make no seed at all.
    source = np.random.default_rng(seed)
    if method == "morris":
        units = morris.sample(problem, number, num_levels=LEVELS, seed=source)
    else:
        units = sobol.sample(problem, number, calc_second_order=second_order, seed=source)
    return Design(method, tuple(names), number, rows, inside(units))


def analyse(values: Float, done: Design, what: str = "the outcome") -> Analysis:
    """Analyse the mean over futures of the values at a design, shape (rows, futures)."""
    values = _defined(values, what)
    means = values.mean(axis=1)
    if np.ptp(means) <= SMALL * np.abs(values).max():
        raise ExportsimError(
            f"{what} has the same mean, {means[0]:,.6g}, at all {len(means):,} points: "
            "nothing that is uncertain changes it, and there is no variance to explain"
        )
    import pandas as pd

    rows = []
    for size in (done.samples // part for part in PARTS if done.samples // part >= LEAST):
        part = done.first(size)
        rows += [(size, *row) for row in _indices(part, values[: len(part.units)])]
    columns = ["samples", "parameter", "other", "index", "value", "low", "high", "futures_se"]
    return Analysis(values, pd.DataFrame(rows, columns=columns), chance(done, values))


def chance(done: Design, values: Float) -> float:
    """The share of the variance of means between points that is the luck of these futures with these parameters."""
    # Of Saltelli's design the first and last rows: independent points.
    return chance_share(values if done.method == "morris" else np.concatenate(list(done.blocks(values)[:, [0, -1]])))


def chance_share(points: Float) -> float:
    """The share of the variance of means over futures that is luck of these futures at these points.

    In the two-way layout of points and futures without repetition (Scheffé 1959, §4.2), the mean square of the
    interaction over that between points, and no more than 1. What a future does to all points alike is no part of it.
    1 where the means are all the same; NaN of fewer than two points or futures.
    """
    count, futures = points.shape
    if count < 2 or futures < 2:
        return float("nan")
    means = points.mean(axis=1, keepdims=True)
    between = futures * means.var(ddof=1)
    rest = points - means - points.mean(axis=0) + points.mean()
    within = np.sum(rest**2) / ((count - 1) * (futures - 1))
    return float(min(1.0, within / between)) if between > 0 else 1.0


def places_of(number: int) -> list[Int]:
    """Which of so many things each of :data:`RESAMPLES` resamples takes: some resamples at once, (number, some)."""
    drawn = np.concatenate(list(resample_places(number, RESAMPLES)))
    return [drawn[start : start + _AT_ONCE].T for start in range(0, RESAMPLES, _AT_ONCE)]


def weights(places: Int, number: int) -> Float:
    """How much each of some things weighs in the mean of each resample: shape (number, resamples)."""
    return np.stack([np.bincount(column, minlength=number) / number for column in places.T], axis=1)


def limits(resampled: Float) -> tuple[Float, Float]:
    """The percentiles that bound an interval of level 95 %, over the last axis; of nothing, NaN."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)
        low, high = np.nanquantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=-1)
    return low, high


def edges(method: str) -> tuple[float, float]:
    """Up to which point, and from which on, an end is: of Morris's grid, its outer levels."""
    outer = 1 / (2 * LEVELS) if method == "morris" else ENDS[method]
    return outer, 1 - outer


def ends(done: Design, values: Float) -> pd.DataFrame:
    """The means at either end of each parameter, from all rows of the design that lie there; NaN where none does.

    The values are of shape (rows, futures), the columns as of :attr:`exportsim.Sensitivity.tornado`.
    """
    import pandas as pd

    share, futures = ENDS[done.method], values.shape[1]
    at_end = np.stack([done.units < share, done.units > 1 - share])  # ends, rows, parameters
    count = at_end.reshape(2, done.samples, done.rows, -1).sum(axis=2)
    total = _sums(done, at_end, values.mean(axis=1))
    resamples = np.concatenate([weights(places, done.samples) for places in places_of(done.samples)], axis=1)
    with np.errstate(invalid="ignore"):  # an end without rows is undefined
        mean = total.sum(axis=1) / count.sum(axis=1)
        resampled = np.einsum("esp,sr->epr", total, resamples) / np.einsum("esp,sr->epr", count, resamples)
        of_futures = np.stack([_sums(done, at_end, column).sum(axis=1) for column in values.T]) / count.sum(axis=1)
    table: dict[str, object] = {"parameter": list(done.names)}
    for name, at, of_resamples in zip(("low", "high"), mean, resampled, strict=True):
        low, high = limits(of_resamples)
        table |= {f"{name}_mean": at, f"{name}_low": low, f"{name}_high": high}
    low, high = limits(resampled[1] - resampled[0])
    table |= {"difference": mean[1] - mean[0], "difference_low": low, "difference_high": high}
    table["futures_se"] = np.full(len(done.names), np.nan)
    if futures > 1:
        differences = (of_futures[:, 1] - of_futures[:, 0]).T
        table["futures_se"] = differences.std(axis=1, ddof=1) / np.sqrt(futures)
    return pd.DataFrame(table)


def _sums(done: Design, at_end: npt.NDArray[np.bool_], values: Float) -> Float:
    """By end, base sample and parameter, the sum of the values of the rows that lie there."""
    sums: Float = (at_end * values[:, np.newaxis]).reshape(2, done.samples, done.rows, -1).sum(axis=2)
    return sums


def _defined(values: Float, what: str) -> Float:
    """The futures with a value at every point."""
    holes = np.isnan(values)
    complete = ~holes.any(axis=0)
    if complete.any():
        return values[:, complete]
    raise ExportsimError(
        f"{what} is undefined in {holes.sum():,} of {holes.size:,} plays, at {holes.any(axis=1).sum():,} of "
        f"{len(holes):,} points; expected at least one of the {holes.shape[1]:,} futures in which it is defined at all"
    )


def _indices(done: Design, values: Float) -> list[tuple[Any, ...]]:
    """Every index with its interval, by resampling base samples, and its standard error, by resampling futures."""
    names, count = done.names, len(done.names)
    blocks = done.blocks(values)
    if done.method == "morris":
        labels = [(name, "", index) for index in ("mu_star", "mu", "sigma") for name in names]
        blocks, estimate = _elementary_effects(done, blocks), _morris
    else:
        labels = [(name, "", index) for index in ("first", "total") for name in names]
        if done.rows > count + 2:
            labels += [(*pair, "second") for pair in itertools.combinations(names, 2)]
        estimate = partial(_sobol, count=count)
    mean, futures = blocks.mean(axis=2), blocks.shape[2]
    again = [estimate(np.moveaxis(mean[places], 1, 2)) for places in places_of(done.samples)]
    low, high = limits(np.concatenate(again, axis=1))
    error = np.full(len(labels), np.nan)
    if futures > 1:
        other = [estimate(blocks @ weights(places, futures)) for places in places_of(futures)]
        # Resamples vary less than what they are taken of, by (n - 1) / n (Efron and Tibshirani 1993, §5.3).
        error = np.concatenate(other, axis=1).std(axis=-1, ddof=1) * np.sqrt(futures / (futures - 1))
    value = estimate(mean[:, :, np.newaxis])[:, 0]
    columns = (value.tolist(), low.tolist(), high.tolist(), error.tolist())
    return [(*label, *numbers) for label, *numbers in zip(labels, *columns, strict=True)]


def _sobol(blocks: Float, count: int) -> Float:
    """First and total effects (Saltelli et al. 2010), then those of pairs (Saltelli 2002), by SALib's estimators.

    Blocks are of shape (samples, rows, columns); rows are A, A with one parameter of B, B with one parameter of A if
    pairs are asked for, and B. What comes is of shape (indices, columns): 0 of a column that does not vary.
    """
    from SALib.analyze import sobol

    away = blocks - blocks.mean(axis=(0, 1))  # the estimators are biased where the mean is far from zero
    spread = away.std(axis=(0, 1))
    rows = np.moveaxis(np.divide(away, spread, out=np.zeros_like(away), where=spread > 0), 1, 0)
    a, b, mixed, other = rows[0], rows[-1], rows[1 : count + 1], rows[count + 1 : -1]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Constant values")  # of a resample; the whole is not constant
        indices = [order(a, ab, b) for order in (sobol.first_order, sobol.total_order) for ab in mixed]
        if len(other):
            pairs = itertools.combinations(range(count), 2)
            indices += [sobol.second_order(a, mixed[j], mixed[k], other[j], b) for j, k in pairs]
    return np.stack(indices)


def _elementary_effects(done: Design, blocks: Float) -> Float:
    """What each step of a trajectory changes, over its length (Morris 1991): shape (samples, parameters, futures).

    The grid is 1 long, from its lowest level to its highest.
    """
    steps = np.diff(done.blocks(done.units), axis=1) / (1 - 1 / LEVELS)
    moved = np.abs(steps).argmax(axis=2)  # at each step, the one parameter that moves
    length = np.take_along_axis(steps, moved[..., np.newaxis], axis=2)
    effects = np.empty_like(blocks[:, 1:])
    np.put_along_axis(effects, moved[..., np.newaxis], np.diff(blocks, axis=1) / length, axis=1)
    return effects


def _morris(effects: Float) -> Float:
    """Of effects (samples, parameters, columns), mean size (Campolongo et al. 2007), mean and standard deviation."""
    return np.concatenate([np.abs(effects).mean(axis=0), effects.mean(axis=0), effects.std(axis=0, ddof=1)])
