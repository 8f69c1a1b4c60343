"""What came of a calibration, as tables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from exportsim.language import day, text
from exportsim.plan import Float
from exportsim.scenario import Scenario
from exportsim.scenario.quantities import tame
from exportsim.study.calibration.observations import Observations, observation_of
from exportsim.study.calibration.overlay import write_overlay
from exportsim.study.calibration.parameters import Parameter, parameter_of, point
from exportsim.study.calibration.posterior import LEVEL, correlations, interval
from exportsim.study.saved_parts import parts_of, scenario_of
from exportsim.study.study import TableStudy

if TYPE_CHECKING:
    import pandas as pd

UNIDENTIFIED = 0.8  # of the width of the prior's interval: from here on the record is said not to identify a parameter
TRADE_OFF = 0.7  # rank correlation, of either sign, from which on two parameters are said to trade off


class Prediction(NamedTuple):
    """What the fitted scenario says of the record."""

    mean: Float
    """(observations,) At the best values, the mean over futures."""
    deviation: Float
    """(observations,) The standard deviation of a single future, measured with its error, and of the mean."""
    square: float
    """The squared distance of the record from the mean, in their covariance's measure."""
    replicas: Float
    """(replicas, observations) The record as it might have been: values of the posterior, futures, errors."""
    chance: float
    """Of a replica at least as far from the mean as the record: the posterior predictive p-value."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Calibration(TableStudy):
    """Numbers of a scenario fitted to a record.

    Attributes
    ----------
    scenario : Scenario
        As it was given.
    policy : str
        Under which the record came to be.
    observations : Observations
    parameters : tuple of Parameter
    top : ndarray of float64, shape (parameters,)
        The best values, as shares of the priors.
    posterior : ndarray of float64, shape (points, parameters)
        Points of the posterior, all of one weight, as shares of the priors.
    prediction : Prediction
    shares : ndarray of float64, shape (trials, parameters)
        What was tried, as shares of the priors.
    known : ndarray of float64, shape (trials,)
        The log-likelihood there; NaN where it is undefined.
    provenance : mapping
    """

    scenario: Scenario
    policy: str
    observations: Observations
    parameters: tuple[Parameter, ...]
    top: Float
    posterior: Float
    prediction: Prediction
    shares: Float
    known: Float

    def _parts(self) -> Mapping[str, object]:
        return parts_of(self) | {"parameters": [each.asked() for each in self.parameters]}

    @classmethod
    def of_parts(cls, provenance: Mapping[str, Any], parts: Mapping[str, Any]) -> Calibration:
        """What was saved."""
        rows, name, digest = parts["observations"]
        restored = {
            "scenario": scenario_of(parts["scenario"]),
            "observations": Observations(tuple(map(observation_of, rows)), name, digest),
            "parameters": tuple(parameter_of(*asked) for asked in parts["parameters"]),
            "prediction": Prediction(*parts["prediction"]),
        }
        return cls(provenance=provenance, **{**parts, **restored})

    def _in_short(self) -> str:
        return f"{len(self.parameters)} parameters, {len(self.observations.rows)} figures"

    @property
    def values(self) -> dict[str, Any]:
        """The best values by path, as in a scenario file."""
        return point(self.parameters, self.top)

    @property
    def futures(self) -> int:
        """How many were played at every trial."""
        return int(self.provenance["futures"])

    @property
    def degrees(self) -> int:
        """Degrees of freedom of the fit: observations less parameters, 0 where there are no more of them."""
        return max(0, len(self.observations.rows) - len(self.parameters))

    @property
    def chi_square(self) -> float:
        """The squared distance of the record from its mean at the best values."""
        return self.prediction.square

    @property
    def chi_square_chance(self) -> float:
        """The chance of a worse fit by chi-square; NaN without degrees of freedom."""
        from scipy.stats import chi2

        return float(chi2.sf(self.chi_square, self.degrees)) if self.degrees else float("nan")

    @property
    def predictive_chance(self) -> float:
        """The posterior predictive p-value: the chance of a replica that fits no better than the record."""
        return self.prediction.chance

    @cached_property
    def fit(self) -> pd.DataFrame:
        """A row per observation.

        Columns ``outcome``, ``period``, ``of`` (what it is of, empty for all), ``observed``, ``error``, ``predicted``
        (mean over futures at the best values), ``low`` and ``high`` (95 % of what a record might have been: values of
        the posterior, single futures, errors of measurement), ``z`` (observed less predicted, in standard deviations of
        a single future with its error), ``unit`` and ``source``.
        """
        import pandas as pd

        prediction = self.prediction
        bounds = [interval(column) if len(column) else (np.nan, np.nan) for column in prediction.replicas.T]
        table = pd.DataFrame(self.observations.rows).rename(columns={"value": "observed"})
        table = table.assign(
            of=[observation.of for observation in self.observations.rows],
            predicted=prediction.mean,
            low=[low for low, _ in bounds],
            high=[high for _, high in bounds],
            z=(table["observed"] - prediction.mean) / prediction.deviation,
        )
        columns = ["outcome", "period", "of", "observed", "error", "predicted", "low", "high", "z", "unit", "source"]
        return table[columns]

    @cached_property
    def table(self) -> pd.DataFrame:
        import pandas as pd

        records = []
        for parameter, best, values in zip(self.parameters, self.top.tolist(), self.posterior.T, strict=True):
            # Where the record draws a number to the end of its prior, the best value is that end, and what leaves
            # something out on either side would leave it out.
            low, high = interval(values)
            low, high = min(low, best), max(high, best)
            width = (high - low) / LEVEL
            shares = {
                "estimate": best, "low": low, "high": high,
                "prior_low": (1 - LEVEL) / 2, "prior_high": (1 + LEVEL) / 2,
            }  # fmt: skip
            records.append(
                {"path": parameter.path}
                | {name: parameter.number(share) for name, share in shares.items()}
                | {"unit": parameter.unit, "width": width, "identified": width < UNIDENTIFIED}
                | {"scenario": parameter.now or ""}
            )
        return pd.DataFrame.from_records(records)

    @property
    def estimates(self) -> pd.DataFrame:
        """A row per parameter.

        Columns ``path``, ``estimate`` (its best value), ``low`` and ``high`` (the 95 % interval of the
        posterior, widened to the best value where that lies beyond it), ``prior_low`` and ``prior_high`` (that of the
        prior), ``unit`` of all these, ``width`` (of the interval as a share of the prior's, both measured by the prior:
        about 1 if the record says nothing of the number), ``identified`` (whether that is below :data:`UNIDENTIFIED`)
        and ``scenario`` (what stood there, as text).
        """
        return self.table

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """A row per pair of parameters, the strongest first.

        Columns ``one``, ``other`` (paths), ``correlation`` (rank correlation over the posterior) and ``trades_off``
        (whether it is at least :data:`TRADE_OFF`, with either sign).
        """
        import pandas as pd

        table, paths = correlations(self.posterior), [parameter.path for parameter in self.parameters]
        records = [(paths[a], paths[b], float(table[a, b])) for a, b in combinations(range(len(paths)), 2)]
        records.sort(key=lambda record: -abs(record[2]))
        pairs = pd.DataFrame.from_records(records, columns=["one", "other", "correlation"])
        return pairs.assign(trades_off=pairs["correlation"].astype(float).abs() >= TRADE_OFF)

    def posterior_values(self) -> pd.DataFrame:
        """The points of the posterior in the parameters' units: a column per path."""
        import pandas as pd

        pairs = zip(self.parameters, self.posterior.T.tolist(), strict=True)
        return pd.DataFrame({parameter.path: list(map(parameter.number, shares)) for parameter, shares in pairs})

    def overlay(self, path: str | os.PathLike[str], extends: str | os.PathLike[str]) -> None:
        """Write the best values as a scenario that extends another.

        Parameters
        ----------
        path : path-like
            Ends in ``.yaml``. A file that is there is replaced, whole or not at all.
        extends : path-like
            The file of the scenario that was fitted.

        Raises
        ------
        ExportsimError
            If it cannot be written, or would not be valid; what was there still is.
        """
        origin = self.provenance
        source = text(
            "calibration.overlay.source",
            record=tame(self.observations.name),
            digest=self.observations.digest[:16],
            policy=self.policy,
            day=day(datetime.fromisoformat(origin["started"])),
            trials=origin["calibration"]["trials"],
            **{name: origin[name] for name in ("futures", "seed", "exportsim")},
        )
        write_overlay(path, extends, self.scenario, self.values, source)
