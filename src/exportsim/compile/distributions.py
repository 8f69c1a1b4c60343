"""Distributions as rows of numbers.

Parameters that need a logarithm or a gamma function are rounded to twelve significant digits, so that no platform's
library decides a cent.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Literal

import numpy as np

from exportsim.plan import (
    CONSTANT,
    EXPONENTIAL,
    LOGNORMAL,
    QUANTILES,
    TRIANGULAR,
    UNIFORM,
    VALUES,
    WEIBULL,
    Distributions,
)
from exportsim.scenario.distributions import (
    Z_90,
    Distribution,
    Empirical,
    Exponential,
    Lognormal,
    Quantiles,
    Triangular,
    Uniform,
    Weibull,
    numbers,
    uses_business_days,
)


class Table:
    """The table of distributions as it grows."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, float, float, float, int, int, int]] = []
        self.points: list[tuple[float, float]] = []

    def add(self, distribution: Distribution | Literal["never"] | None, authority: int = -1) -> int:
        """Add a row; ``authority`` is whose calendar business days run on."""
        if distribution is None or distribution == "never":
            return -1
        kind, a, b, c, points = parameters(distribution)
        calendar = authority if uses_business_days(distribution) else -1
        self.rows.append((kind, a, b, c, calendar, len(self.points), len(points)))
        self.points += points
        return len(self.rows) - 1

    def arrays(self) -> Distributions:
        kind, a, b, c, calendar, first, count = zip(*self.rows, strict=True) if self.rows else [()] * 7
        x, y = zip(*self.points, strict=True) if self.points else ((), ())
        ints, floats = (partial(np.array, dtype=kind) for kind in (np.int64, np.float64))
        return Distributions(
            ints(kind), floats(a), floats(b), floats(c), ints(calendar), ints(first), ints(count), floats(x), floats(y)
        )


def parameters(written: Distribution) -> tuple[int, float, float, float, list[tuple[float, float]]]:
    """Kind, three parameters and points of a distribution, in minutes, cents or plain numbers."""
    kind, shape, points = CONSTANT, numbers(written), list[tuple[float, float]]()
    if isinstance(written, Uniform):
        kind = UNIFORM
    elif isinstance(written, Triangular):
        kind = TRIANGULAR
    elif isinstance(written, Exponential):
        kind = EXPONENTIAL
    elif isinstance(written, Weibull):
        inverse = 1 / written.weibull.shape
        kind, shape = WEIBULL, [_rounded(shape[0] / math.gamma(1 + inverse)), _rounded(inverse)]
    elif isinstance(written, Lognormal):
        cv = written.lognormal.cv
        if cv is None:
            median, p90 = shape
            mu = math.log(median)
            sigma = (math.log(p90) - mu) / Z_90
        else:
            sigma = math.sqrt(math.log1p(cv**2))
            mu = math.log(shape[0]) - sigma**2 / 2
        kind, shape = LOGNORMAL, [_rounded(mu), _rounded(sigma)]
    elif isinstance(written, Empirical):
        if isinstance(written.empirical, Quantiles):
            kind, points = QUANTILES, sorted(zip(written.empirical.quantiles, shape, strict=True))
        else:
            kind, points = VALUES, [(0.0, value) for value in sorted(shape)]
        shape = []
    a, b, c = [*shape, 0.0, 0.0, 0.0][:3]
    return kind, a, b, c, points


def _rounded(parameter: float) -> float:
    return float(f"{parameter:.11e}")
