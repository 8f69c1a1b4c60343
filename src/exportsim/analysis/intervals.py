"""Means of independent futures and their confidence intervals, by a rule that is stated and named with each.

*Student's t* (1908): mean ± t(0.975, n − 1) · sd / √n, with n the futures in which the outcome is defined. It assumes
independent futures, which the addresses of chance give, and a mean near enough to normal. Cochran (1977, §2.15) puts
that at n > 25 γ², γ being the skewness.

*Bootstrap*: where there are fewer futures than that, or the outcome is a share of fewer than 1000 futures, the
bias-corrected and accelerated percentiles of resampled means (BCa, Efron 1987), which follow the skewness and never
leave the range of what was found. Plain BCa is too narrow for few futures; as Hesterberg (2015, §5.1) does for
percentiles, its normal quantile 1.96 is put wider, to √(n / (n − 1)) · t(0.975, n − 1). Fewer than :data:`FEWEST`
futures are not resampled.

An interval ends at the bounds of its figure: a share's at 0 and 1, that of a value or a time at 0. The true mean is
within them, so that what is cut off never covered it, and the interval covers as often as before.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exportsim.analysis.column_sums import Places, exact_sums, resampled_sums
from exportsim.plan import Float, Int

LEVEL = 0.95
FEWEST = 10  # futures to resample: of fewer, the resampled means are too few and too near
MANY = 1000  # futures: of as many, Student's is as good for shares, unless they are skewed
COCHRAN = 25.0

#: How an interval was found: not at all (fewer than two futures), without need (the same in every future), by one of
#: the two ways above, or by Wilson's (1927) for shares of futures in which something is so.
NONE, CONSTANT, STUDENT, BOOTSTRAP, WILSON = METHODS = ("none", "constant", "student", "bootstrap", "wilson")

Bounds = tuple[float, float]
#: Between what the mean of a figure is: any figure, a value or a time, a share, and the difference of two shares.
UNBOUNDED, FROM_ZERO, OF_SHARE, OF_SHARES_APART = (-math.inf, math.inf), (0.0, math.inf), (0.0, 1.0), (-1.0, 1.0)

AT_ONCE = 64  # figures that are resampled at once, so that a processor has them at hand
_IN_CACHE = 1 << 15  # raw numbers that are made places at once
_RAW_KEPT = 1 << 20  # which are the same for every number of values: 8 MB
_AT_ONCE = 1 << 22  # places of resamples that are made at once; so few are kept
_SEED = 20150101  # of the resamples: the same for the same number of futures, whoever asks


class Interval(NamedTuple):
    """A mean over futures, and what is known of it."""

    mean: float
    low: float
    high: float
    sd: float
    """Standard deviation from future to future, with n − 1."""
    n: int
    """Futures in which the figure is defined."""
    method: str = ""
    """One of :data:`METHODS`."""

    @property
    def half(self) -> float:
        """Half its width; NaN for fewer than two futures."""
        return (self.high - self.low) / 2


class Verdict(Enum):
    """What the interval of a difference says."""

    SAME = "same"
    DOUBTFUL = "not distinguishable from none"
    LESS = "less"
    MORE = "more"
    UNKNOWN = "unknown"


def verdict(mean: float, low: float, high: float) -> Verdict:
    """What a difference comes to, from its mean and interval: what every table, sentence and figure says of it."""
    if math.isnan(mean) or math.isnan(low) or math.isnan(high):
        return Verdict.UNKNOWN
    if mean == low == high == 0:
        return Verdict.SAME
    if low <= 0 <= high:
        return Verdict.DOUBTFUL
    return Verdict.MORE if low > 0 else Verdict.LESS


def interval(
    values: Iterable[float], *, level: float = LEVEL, share: bool = False, bounds: Bounds | None = None
) -> Interval:
    """The mean of some values with its confidence interval.

    There is a value for each future, NaN where undefined. ``share`` says whether they are shares, or differences of
    shares, and ``bounds`` between what the true mean must be; of shares at least −1 and 1. With one value only the mean
    is known; with none nothing is: the rest is NaN. Sums are correctly rounded (``math.fsum``) and resamples are taken
    of sorted values, so the order of the futures makes no difference.
    """
    return intervals([np.fromiter(values, dtype=np.float64)], level=level, shares=[share], bounds=[bounds])[0]


def intervals(
    columns: Sequence[Float] | Float,
    *,
    level: float = LEVEL,
    shares: Sequence[bool],
    bounds: Sequence[Bounds | None] | None = None,
) -> list[Interval]:
    """The intervals of many figures, each the same, to the bit, as :func:`interval` finds it."""
    return means(columns, level=level, shares=shares, bounds=bounds).each()


def mean_alone(values: Float) -> float:
    """The mean that :func:`interval` finds, without its interval, which takes longer to find."""
    defined = np.sort(values[~np.isnan(values)])
    return float(_means_of(defined[np.newaxis])[0][0]) if len(defined) else math.nan


class Means(NamedTuple):
    """The intervals of many figures: of each field of :class:`Interval` an array."""

    mean: Float
    low: Float
    high: Float
    sd: Float
    n: Int
    method: NDArray[np.object_]

    def each(self) -> list[Interval]:
        """One by one."""
        return list(map(Interval, *(part.tolist() for part in self)))


def means(
    columns: Sequence[Float] | Float,
    *,
    level: float = LEVEL,
    shares: Sequence[bool],
    bounds: Sequence[Bounds | None] | None = None,
) -> Means:
    """The same as arrays. A row for each figure if ``columns`` is one table."""
    table = np.sort(_table(columns), axis=1)  # what is undefined comes last
    share = np.array(shares, dtype=bool)
    limits = bounds or [None] * len(share)
    least, most = np.array(
        [limit or (OF_SHARES_APART if of else UNBOUNDED) for of, limit in zip(shares, limits, strict=True)]
    ).reshape(-1, 2).T  # fmt: skip
    defined = table.shape[1] - np.count_nonzero(np.isnan(table), axis=1)
    figures, methods = np.full((4, len(table)), np.nan), np.full(len(table), NONE, dtype=object)
    for n in np.unique(defined[defined > 0]).tolist():
        rows = np.flatnonzero(defined == n)
        figures[:, rows], methods[rows] = _of_as_many(np.ascontiguousarray(table[rows, :n]), share[rows], level)
    mean, low, high, sd = figures
    return Means(mean, np.clip(low, least, most), np.clip(high, least, most), sd, defined, methods)


def resampled(table: Float, level: float) -> Float:
    """The bootstrap interval of the mean of each row (Efron 1987, §3, eq. 2.3 and 6.6; Hesterberg 2015, §5.1).

    Shape (2, rows).
    """
    if len(table) > AT_ONCE:
        return np.concatenate(
            [resampled(table[first : first + AT_ONCE], level) for first in range(0, len(table), AT_ONCE)], axis=1
        )
    from scipy.special import ndtr, ndtri

    n = table.shape[1]
    drawn = np.concatenate([resampled_sums(places, table) for places in _resamples(n)], axis=1) / n
    drawn.sort(axis=1)
    wide = math.sqrt(n / (n - 1)) * student(level, n - 1)
    middle = (exact_sums(table) / n)[:, np.newaxis]
    # Resamples whose mean is the mean itself count half. Rounding sets both off by less than this.
    near = n * np.finfo(np.float64).eps * np.abs(table).max(axis=1, keepdims=True)
    below = np.count_nonzero(drawn < middle - near, axis=1) + np.count_nonzero(drawn <= middle + near, axis=1)
    bias = ndtri(below / (2 * drawn.shape[1]))[:, np.newaxis]
    away = table - middle
    squares = away * away
    spread = np.sum(squares, axis=1)
    acceleration = (np.sum(squares * away, axis=1) / (6 * spread * np.sqrt(spread)))[:, np.newaxis]
    normal = bias + np.array([-wide, wide])
    levels = ndtr(bias + normal / np.maximum(1 - acceleration * normal, 1e-9))
    return quantiles(drawn, levels).T


def quantiles(ordered: Float, levels: Float) -> Float:
    """Quantiles of each row, in rising order, at levels of its own; on a straight line between two values (NumPy's)."""
    last = ordered.shape[1] - 1
    at = levels * last
    before = np.floor(at).astype(np.int64)
    part = at - before
    low = np.take_along_axis(ordered, before, axis=1)
    high = np.take_along_axis(ordered, np.minimum(before + 1, last), axis=1)
    step = high - low
    found: Float = np.where(part >= 0.5, high - step * (1 - part), low + step * part)
    return found


def resample_places(n: int, resamples: int) -> Iterator[Places]:
    """Which of n values each resample takes: arrays of shape (some resamples, n), the same on every machine."""
    size, step = np.uint64(n), max(1, _AT_ONCE // n)
    stretches = _raw_numbers(resamples * n)
    left = next(stretches)
    for first in range(0, resamples, step):
        places = np.empty(min(step, resamples - first) * n, dtype=np.uint32)
        done = 0
        while done < len(places):
            drawn, left = np.split(left, [len(places) - done])
            multiples = drawn // size  # three times as fast as `%`; 2⁶⁴ is as good as a multiple of n
            multiples *= size
            np.subtract(drawn, multiples, out=places[done : done + len(drawn)], casting="unsafe")
            done += len(drawn)
            left = left if len(left) else next(stretches, left)
        yield places.reshape(-1, n)


def _raw_numbers(count: int) -> Iterator[NDArray[np.uint64]]:
    """The first raw numbers of the one seed, in stretches that stay in a processor's cache; they serve every n."""
    # The bits of a bit generator never change, what others make of them may (NEP 19).
    kept = _first_raw_numbers()
    yield from (kept[start : min(start + _IN_CACHE, count)] for start in range(0, min(count, len(kept)), _IN_CACHE))
    if count > len(kept):
        source = np.random.PCG64(_SEED).advance(len(kept))
        for start in range(len(kept), count, _IN_CACHE):
            yield source.random_raw(min(_IN_CACHE, count - start))


@lru_cache(1)
def _first_raw_numbers() -> NDArray[np.uint64]:
    return np.asarray(np.random.PCG64(_SEED).random_raw(_RAW_KEPT))


@lru_cache(64)
def student(level: float, freedom: int) -> float:
    """The quantile of Student's t that a two-sided interval of a level needs."""
    from scipy.special import stdtrit  # scipy.stats takes ten times as long to import

    return float(stdtrit(freedom, (1 + level) / 2))


def _table(columns: Sequence[Float] | Float) -> Float:
    """Figures as the rows of one table; of those of fewer futures, the rest is undefined."""
    if isinstance(columns, np.ndarray):
        return columns
    table = np.full((len(columns), max(map(len, columns), default=0)), np.nan)
    for row, column in zip(table, columns, strict=True):
        row[: len(column)] = column
    return table


def _of_as_many(table: Float, share: NDArray[np.bool_], level: float) -> tuple[Float, NDArray[np.object_]]:
    """What is known of rows of values in rising order, all defined: mean, low, high and sd of each, and by what method.

    Squares are products: what ``pow`` makes of them is not the same everywhere.
    """
    n, nothing = table.shape[1], np.full(len(table), np.nan)
    mean, same = _means_of(table)
    if n == 1:
        return np.stack([mean, nothing, nothing, nothing]), np.full(len(table), NONE, dtype=object)
    away = table - mean[:, np.newaxis]
    sd = np.sqrt(exact_sums(away * away) / (n - 1))
    half = student(level, n - 1) * sd / math.sqrt(n)
    low, high = mean - half, mean + half
    methods = np.where(same, CONSTANT, STUDENT).astype(object)
    odd = np.flatnonzero(~same & _are_odd(table, share) & (n >= FEWEST))
    if len(odd):
        low[odd], high[odd] = resampled(table[odd], level)
        methods[odd] = BOOTSTRAP
    return np.stack([mean, low, high, sd]), methods


def _means_of(table: Float) -> tuple[Float, NDArray[np.bool_]]:
    """Of rows of values in rising order: their means, and whether all of a row are the same."""
    mean, same = exact_sums(table) / table.shape[1], table[:, 0] == table[:, -1]
    mean[same] = table[same, 0]  # the division may miss the common value by its last bit
    return mean, same


def _are_odd(table: Float, share: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where Student's interval will not do; the skewness is not corrected for the size of the sample."""
    n = table.shape[1]
    away = table - table.mean(axis=1, keepdims=True)
    squares = away * away
    spread, third = np.mean(squares, axis=1), np.mean(squares * away, axis=1)
    skewness = np.divide(third, spread * np.sqrt(spread), out=np.zeros(len(table)), where=spread > 0)
    odd: NDArray[np.bool_] = (share & (n < MANY)) | (n <= COCHRAN * skewness * skewness)
    return odd


def _resamples(n: int) -> Iterable[Places]:
    """Which of n values each resample takes: arrays of shape (some resamples, n)."""
    # Fewer of very many values (never fewer than 999), to save time.
    resamples = max(999, min(4999, 10_000_000 // n))
    return _kept(n, resamples) if resamples * n <= _AT_ONCE else resample_places(n, resamples)


@lru_cache(4)
def _kept(n: int, resamples: int) -> tuple[Places, ...]:
    """Resamples that are few enough to be kept for those who ask next."""
    return tuple(resample_places(n, resamples))
