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
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import NamedTuple

import numpy as np

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

_AT_ONCE = 1 << 22  # numbers of a table of resamples that are made at once
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
    columns: Sequence[Float],
    *,
    level: float = LEVEL,
    shares: Sequence[bool],
    bounds: Sequence[Bounds | None] | None = None,
) -> list[Interval]:
    """The intervals of many figures, each as :func:`interval` finds it; those of as many futures share resamples."""
    defined = [np.sort(column[~np.isnan(column)]) for column in columns]
    results = [_student(column, level) for column in defined]
    odd: dict[int, list[int]] = {}  # by the number of futures, those for which Student's interval will not do
    for number, (mean, share) in enumerate(zip(results, shares, strict=True)):
        if mean.method == STUDENT and mean.n >= FEWEST and _is_odd(defined[number], share):
            odd.setdefault(mean.n, []).append(number)
    for numbers in odd.values():
        ends = resampled([defined[number] for number in numbers], level)
        for number, (low, high) in zip(numbers, ends, strict=True):
            results[number] = results[number]._replace(low=low, high=high, method=BOOTSTRAP)
    for number, (mean, share) in enumerate(zip(results, shares, strict=True)):
        least, most = (bounds and bounds[number]) or (OF_SHARES_APART if share else UNBOUNDED)
        if not math.isnan(mean.low):
            low, high = (min(max(end, least), most) for end in (mean.low, mean.high))
            results[number] = mean._replace(low=low, high=high)
    return results


def resampled(columns: Sequence[Float], level: float) -> list[tuple[float, float]]:
    """The bootstrap interval of the mean of each column (Efron 1987, §3, eq. 2.3 and 6.6; Hesterberg 2015, §5.1)."""
    from scipy.special import ndtr, ndtri

    table = np.column_stack(columns)
    n = len(table)
    means = np.concatenate([counts @ table for counts in _resamples(n)]) / n
    wide = math.sqrt(n / (n - 1)) * student(level, n - 1)
    bounds = []
    for column, drawn in zip(table.T, means.T, strict=True):
        middle = math.fsum(column) / n
        below = (np.count_nonzero(drawn < middle) + np.count_nonzero(drawn <= middle)) / (2 * len(drawn))
        bias = ndtri(below)
        away = column - middle
        acceleration = np.sum(away**3) / (6 * np.sum(away**2) ** 1.5)
        normal = bias + np.array([-wide, wide])
        levels = ndtr(bias + normal / np.maximum(1 - acceleration * normal, 1e-9))
        low, high = np.quantile(drawn, levels)
        bounds.append((float(low), float(high)))
    return bounds


def resample_places(n: int, resamples: int) -> Iterable[Int]:
    """Which of n values each resample takes: arrays of shape (some resamples, n), the same on every machine."""
    # The bits of a bit generator never change, what others make of them may (NEP 19).
    # 2⁶⁴ is as good as a multiple of n.
    source = np.random.PCG64(_SEED)
    step = max(1, _AT_ONCE // n)
    for first in range(0, resamples, step):
        number = min(step, resamples - first)
        yield (source.random_raw(number * n) % np.uint64(n)).astype(np.int64).reshape(number, n)


def student(level: float, freedom: int) -> float:
    """The quantile of Student's t that a two-sided interval of a level needs."""
    from scipy.special import stdtrit  # scipy.stats takes ten times as long to import

    return float(stdtrit(freedom, (1 + level) / 2))


def _student(defined: Float, level: float) -> Interval:
    """Student's interval, or what there is without one."""
    n = len(defined)
    if not n:
        return Interval(math.nan, math.nan, math.nan, math.nan, 0, NONE)
    values = defined.tolist()
    mean = math.fsum(values) / n
    if n == 1:
        return Interval(mean, math.nan, math.nan, math.nan, 1, NONE)
    if values[0] == values[-1]:  # the division may miss the common value by its last bit
        return Interval(values[0], values[0], values[0], 0.0, n, CONSTANT)
    sd = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    half = student(level, n - 1) * sd / math.sqrt(n)
    return Interval(mean, mean - half, mean + half, sd, n, STUDENT)


def _is_odd(values: Float, share: bool) -> bool:
    """Whether Student's interval will not do; the skewness is not corrected for the size of the sample."""
    away = values - values.mean()
    spread = np.mean(away**2)
    skewness = float(np.mean(away**3) / spread**1.5) if spread > 0 else 0.0
    return (share and len(values) < MANY) or len(values) <= COCHRAN * skewness**2


def _resamples(n: int) -> Iterable[Float]:
    """How often each resample takes each of n values: arrays of shape (some resamples, n)."""
    # Fewer of very many values (never fewer than 999), to save time.
    for places in resample_places(n, max(999, min(4999, 10_000_000 // n))):
        rows = np.arange(len(places), dtype=np.int64)[:, np.newaxis] * n
        counts = np.bincount((places + rows).ravel(), minlength=places.size)
        yield counts.reshape(places.shape).astype(np.float64)
