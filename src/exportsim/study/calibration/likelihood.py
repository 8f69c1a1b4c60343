"""How likely the record is where the scenario has given values: a synthetic likelihood (Wood 2010).

The record is of one future, the one that came to pass. So it is compared with the spread of single futures, not with
how well their mean is known. The figures of a future are taken for normal, with a mean and a covariance that are known
from n futures played with those values and no better: what a further future comes to is then distributed as

    record ~ t(n - d degrees of freedom; centre m; scale K (n - 1) / (n - d)),  K = (1 + 1/n) C + E,

the multivariate t, where m and C are the mean and the covariance over the n futures, C/n is what the mean's own
uncertainty adds, E is diagonal with the squares of the errors of measurement, and d is the number of figures. With
many futures that is the normal distribution. The same futures are played at all values, so that values differ by what
they do and not by luck, and the same values have the same likelihood.

References: S. N. Wood (2010), Statistical inference for noisy nonlinear ecological dynamic systems, Nature 466; the t
for an estimated covariance: E. Sellentin and A. F. Heavens (2016), Parameter inference with estimated covariance
matrices, MNRAS Letters 456.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from exportsim.plan import Float
from exportsim.study.calibration.observations import Observation

LEAST_SHARE = 0.5  # of futures in which every figure is defined


class ObservedValues(NamedTuple):
    """The observed figures as arrays."""

    values: Float  # (observations,)
    errors: Float  # (observations,) standard deviations of measurement

    @classmethod
    def of(cls, observations: Sequence[Observation]) -> ObservedValues:
        """The record of some observations."""
        values, errors = zip(*((observation.value, observation.error) for observation in observations), strict=True)
        return cls(np.array(values), np.array(errors))


class Synthetic(NamedTuple):
    """The distribution that the record is thought to come from at some values. In units of the errors."""

    mean: Float  # (observations,)
    factor: Float  # (observations, observations) lower Cholesky factor of K
    futures: int  # that both are known from

    def squares(self, figures: Float) -> Float:
        """The squared distance of figures, shape (…, observations), from the mean, in the covariance's own measure."""
        from scipy.linalg import solve_triangular

        away = (figures - self.mean).reshape(-1, len(self.mean))
        return np.asarray((solve_triangular(self.factor, away.T, lower=True) ** 2).sum(axis=0)).reshape(
            figures.shape[:-1]
        )


def synthetic(simulated: Float, record: ObservedValues) -> Synthetic | None:
    """The distribution, or None if the figures are undefined in more than half of the futures.

    Of figures of shape (futures, observations); futures with an undefined one are left out.
    """
    defined = simulated[~np.isnan(simulated).any(axis=1)]
    number = len(defined)
    if number <= max(len(record.values), LEAST_SHARE * len(simulated)):
        return None
    scaled = defined / record.errors
    covariance = np.atleast_2d(np.cov(scaled, rowvar=False)) * (1 + 1 / number)
    # In units of the errors those of measurement are the unit matrix: nothing is ever too thin to be inverted.
    factor: Float = np.linalg.cholesky((covariance + np.eye(len(record.errors))).astype(np.float64))
    return Synthetic(scaled.mean(axis=0), factor, number)


def log_likelihood(simulated: Float, record: ObservedValues) -> float:
    """The logarithm of the record's density; NaN where the figures are undefined in more than half of the futures."""
    distribution = synthetic(simulated, record)
    if distribution is None:
        return math.nan
    square = float(distribution.squares(record.values / record.errors))
    determinant = 2 * float(np.log(np.diag(distribution.factor)).sum()) + 2 * float(np.log(record.errors).sum())
    n, d = distribution.futures, len(record.values)
    constant = math.lgamma(n / 2) - math.lgamma((n - d) / 2) - d / 2 * math.log(math.pi * (n - 1))
    return constant - determinant / 2 - n / 2 * math.log1p(square / (n - 1))
