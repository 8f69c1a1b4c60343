"""Distributions as rows of numbers.

Parameters that need a logarithm or a gamma function are rounded to twelve significant digits, so that no platform's
library decides a cent.
"""

from __future__ import annotations

import math
from typing import Any

from exportsim.compile.arrays import floats, ints
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
    Empirical,
    Exponential,
    Lognormal,
    Quantiles,
    Triangular,
    Uniform,
    Weibull,
    amount,
    uses_business_days,
)

Z_90 = 1.2815515655446004  # standard normal value not exceeded with probability 0.9


class Table:
    """The table of distributions as it grows."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, float, float, float, int, int, int]] = []
        self.x: list[float] = []
        self.y: list[float] = []

    def add(self, distribution: Any, authority: int = -1) -> int:
        """Add a row; ``authority`` is whose calendar business days run on."""
        if distribution is None or distribution == "never":
            return -1
        kind, a, b, c, points = parameters(distribution)
        working = uses_business_days(distribution)
        self.rows.append((kind, a, b, c, authority if working else -1, len(self.x), len(points)))
        self.x += [x for x, _ in points]
        self.y += [y for _, y in points]
        return len(self.rows) - 1

    def arrays(self) -> Distributions:
        columns = list(zip(*self.rows, strict=True)) if self.rows else [()] * 7
        kind, a, b, c, calendar, first, count = columns
        return Distributions(
            ints(kind), floats(a), floats(b), floats(c), ints(calendar), ints(first), ints(count),
            floats(self.x), floats(self.y),
        )  # fmt: skip


def parameters(written: Any) -> tuple[int, float, float, float, list[tuple[float, float]]]:
    """Kind, three parameters and points of a distribution, in minutes, cents or plain numbers."""
    if isinstance(written, Uniform):
        low, high = map(_number, written.uniform)
        return UNIFORM, low, high, 0.0, []
    if isinstance(written, Triangular):
        low, mode, high = map(_number, written.triangular)
        return TRIANGULAR, low, mode, high, []
    if isinstance(written, Exponential):
        return EXPONENTIAL, _number(written.exponential.mean), 0.0, 0.0, []
    if isinstance(written, Weibull):
        shape = written.weibull.shape
        scale = _number(written.weibull.mean) / math.gamma(1 + 1 / shape)
        return WEIBULL, _rounded(scale), _rounded(1 / shape), 0.0, []
    if isinstance(written, Lognormal):
        form = written.lognormal
        if form.median is not None:
            mu = math.log(_number(form.median))
            sigma = (math.log(_number(form.p90)) - mu) / Z_90
        else:
            assert form.cv is not None
            sigma = math.sqrt(math.log1p(form.cv**2))
            mu = math.log(_number(form.mean)) - sigma**2 / 2
        return LOGNORMAL, _rounded(mu), _rounded(sigma), 0.0, []
    if isinstance(written, Empirical):
        listed = written.empirical
        if isinstance(listed, Quantiles):
            points = sorted((x, _number(y)) for x, y in listed.quantiles.items())
            return QUANTILES, 0.0, 0.0, 0.0, points
        return VALUES, 0.0, 0.0, 0.0, [(0.0, y) for y in sorted(map(_number, listed))]
    return CONSTANT, _number(written), 0.0, 0.0, []


def _number(written: Any) -> float:
    return float(amount(written))


def _rounded(parameter: float) -> float:
    return float(f"{parameter:.11e}")
