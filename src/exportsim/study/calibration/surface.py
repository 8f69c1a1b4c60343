"""The log-likelihood between the points at which it is known: a Gaussian process, by scikit-learn."""

from __future__ import annotations

import math
import warnings
from importlib.util import find_spec

import numpy as np

from exportsim.errors import ExportsimError
from exportsim.plan import Float

#: A fall of the log-likelihood below its best by d is log(1 + d / SCALE) to the process: near the best a fall as it is,
#: far from it one that no longer drowns everything else.
SCALE = 4.0
NEAR = 4.0  # below the best: points that an interval of 95 % rests on (half the 0.95 quantile of chi-square, 3 degrees)


def needed() -> None:
    """Raise an error if scikit-learn is not there."""
    if find_spec("sklearn") is None:
        raise ExportsimError(
            "calibration needs scikit-learn, which is not installed: pip install 'exportsim[calibration]'"
        )


class Surface:
    """A response surface of the log-likelihood over shares of the priors.

    Points have shape (points, parameters); log-likelihoods are NaN where undefined, which is taken for as bad as the
    worst.
    """

    def __init__(self, shares: Float, known: Float) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

        filled = np.where(np.isnan(known), np.nanmin(known), known)
        self._best = float(filled.max())
        kernel = ConstantKernel(1.0, (1e-2, 1e3)) * Matern(np.full(shares.shape[1], 0.5), (0.03, 30), nu=2.5)
        kernel += WhiteKernel(1e-3, (1e-7, 1.0))
        self._process = GaussianProcessRegressor(kernel, normalize_y=True)
        with warnings.catch_warnings():
            # A parameter that does not matter has a length without end: that is an answer, not a failure.
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._process.fit(shares, np.log1p((self._best - filled) / SCALE))
        near = filled >= self._best - NEAR
        left = filled[near] - self(shares[near])
        self.error = float(np.sqrt(np.mean(left**2)))

    def __call__(self, shares: Float) -> Float:
        """The log-likelihood at points, shape (points,)."""
        height: Float = self._best - SCALE * np.expm1(self._process.predict(shares))
        return height

    def highest(self, start: Float) -> Float:
        """The top of the surface, shape (parameters,), sought from the highest of some points."""
        from scipy.optimize import minimize

        first = start[int(np.argmax(self(start)))]
        lowest = minimize(
            lambda share: -float(self(share[np.newaxis])[0]), first, method="L-BFGS-B", bounds=[(0, 1)] * len(first)
        )
        higher = math.isfinite(lowest.fun) and -lowest.fun >= float(self(first[np.newaxis])[0])
        return np.asarray(lowest.x if higher else first, dtype=np.float64)
