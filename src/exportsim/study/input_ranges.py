"""Ranges over inputs: what a design of points says of a result, see :mod:`exportsim.study.doubt`, which plays it."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exportsim import language
from exportsim.arguments import chosen, listed
from exportsim.digits import number, places, scale_of
from exportsim.errors import ExportsimError
from exportsim.language import text
from exportsim.plan import Float
from exportsim.scenario import Scenario
from exportsim.study.indices import chance_share
from exportsim.study.study import TableStudy

if TYPE_CHECKING:
    import pandas as pd

LEAST = 2  # points of which there is a range
SHARE = 0.8  # of the points' means, that lie within the range: the 10th to the 90th percentile
ROUNDING = 1e-9  # of a mean, by which two ways of adding up may differ
MOST_NAMED = 2  # policies, of what the points leave out
RANGED = ("exports", "elsewhere", "lost", "pending")  # outcomes of which every report has the range


class InputRange(NamedTuple):
    """Within what an outcome's mean lies at most of the points."""

    low: float
    high: float
    chance: float
    """The share of the variance between points that is sampling error: their futures are few."""
    points: int
    """At which the outcome is defined."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Doubt(TableStudy):
    """How far a result moves over the values that its scenario's ``uncertainties`` allow.

    Attributes
    ----------
    table : DataFrame
        A row per point, policy and outcome: ``point``, a column per path that is varied, ``policy``, ``outcome``,
        ``mean`` over the futures, ``difference``, the mean of the paired difference from the reference, and ``unit``.
    points : DataFrame
        A row per point: ``point``, and a column per path.
    paths : tuple of str
        What is varied.
    values : ndarray of float64, shape (points, policies, outcomes)
        The means over the futures in which the outcome is defined, NaN where it is in none. Read-only.
    plays : ndarray of float64, shape (points, policies, futures, outcomes)
        Every outcome of every play, NaN where undefined. Read-only.
    policies : tuple of str
    futures : int
        Of each point: 0, 1, … ``futures - 1`` of the run's.
    units : mapping
        The unit of each outcome.
    reference : str
        The scenario's.
    asked : int
        How many points there were to be. Of an early end the first ones are kept, which are those of a smaller design.
    scenario : Scenario
    """

    scenario: Scenario
    points: pd.DataFrame
    plays: Float
    policies: tuple[str, ...]
    units: Mapping[str, str]

    def __post_init__(self) -> None:
        self.plays.flags.writeable = False

    def __reduce__(self) -> tuple[Callable[[], Doubt], tuple[()]]:
        """How it is pickled: made anew, as an array comes back such that it can be written to."""
        return partial(type(self), **{attribute.name: getattr(self, attribute.name) for attribute in fields(self)}), ()

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self.points.columns[1:])

    @cached_property
    def values(self) -> Float:
        means = _means(self.plays.swapaxes(2, 3))
        means.flags.writeable = False
        return means

    @property
    def futures(self) -> int:
        return int(self.plays.shape[2])

    @property
    def reference(self) -> str:
        return self.scenario.reference

    @property
    def asked(self) -> int:
        return int(self.provenance["doubt"]["asked"])

    @cached_property
    def table(self) -> pd.DataFrame:
        import pandas as pd

        outcomes, standard = list(self.units), self.policies.index(self.reference)
        keys = pd.MultiIndex.from_product(
            [self.points["point"], self.policies, outcomes], names=["point", "policy", "outcome"]
        )
        differences = _means((self.plays - self.plays[:, [standard]]).swapaxes(2, 3))
        figures = pd.DataFrame({"mean": self.values.ravel(), "difference": differences.ravel()}, index=keys)
        table = self.points.merge(figures.reset_index(), on="point", validate="one_to_many")
        return table.assign(unit=table["outcome"].map(dict(self.units)))

    def range(
        self, outcome: str | tuple[str, ...], policy: str, reference: str | None = None, share: float = SHARE
    ) -> InputRange:
        """The range over inputs: within what an outcome's mean lies at so many of the points.

        Parameters
        ----------
        outcome : str or sequence of str
            Of several the sum.
        policy : str
        reference : str, optional
            Of the difference from this policy, paired future by future, rather than of the outcome itself.
        share : float
            How many of the points lie within: 0.8 is from the 10th to the 90th percentile of their means, where each
            of n points stands for one n-th of what may be (Hazen's percentiles).

        Returns
        -------
        InputRange
            ``low`` and ``high`` in the outcome's unit, NaN if it is defined at no point; ``chance``, the share of the
            points' variance that is sampling error: the mean square of the interaction of points and futures over that
            between points (Scheffé 1959, §4.2), 1 if no input changes anything, NaN of a single future; ``points``, at
            which the outcome is defined.

        Raises
        ------
        ExportsimError
            If there is no such outcome or policy, or the share is none.
        """
        outcomes = tuple(self.units)
        names = [outcome] if isinstance(outcome, str) else outcome
        columns = [outcomes.index(chosen(name, outcomes, "outcome")) for name in names]
        plays = self._of(policy)[..., columns].sum(axis=-1)
        if reference is not None:
            plays = plays - self._of(reference)[..., columns].sum(axis=-1)
        if not 0 < share < 1:
            raise ExportsimError(f"share: found {share!r}, expected a number above 0 and below 1")
        means = _means(plays)
        known = ~np.isnan(means)
        if not known.any():
            return InputRange(math.nan, math.nan, math.nan, 0)
        low, high = np.quantile(means[known], [(1 - share) / 2, (1 + share) / 2], method="hazen")
        plays = plays[known]
        chance = chance_share(plays[:, ~np.isnan(plays).any(axis=0)])
        return InputRange(float(low), float(high), chance, int(known.sum()))

    def ranges(self, outcomes: Sequence[str] = RANGED) -> pd.DataFrame:
        """The ranges of several outcomes and of their differences from the reference, as :meth:`range` has them.

        Returns
        -------
        DataFrame
            Indexed by (policy, outcome): ``low, high, chance``, ``difference_low, difference_high,
            difference_chance`` and ``unit``.
        """
        import pandas as pd

        keys = list(itertools.product(self.policies, listed(outcomes, "outcomes")))
        rows = [
            (*self.range(outcome, policy)[:3], *self.range(outcome, policy, self.reference)[:3], self.units[outcome])
            for policy, outcome in keys
        ]
        names = ["low", "high", "chance"]
        columns = [*names, *(f"difference_{name}" for name in names), "unit"]
        index = pd.MultiIndex.from_tuples(keys, names=["policy", "outcome"])
        return pd.DataFrame(rows, index=index, columns=columns)

    def left_out(self, values: Float) -> list[str]:
        """What of a run the points leave out: outcomes of the account whose mean lies outside all that they come to.

        ``values``, of shape (policies, futures, outcomes), are the run's, of the points' futures and more. A mean
        within an n-th of the span of n points beside it is not meant: where an input is at an end of what it may be,
        the nearest of them lie as far from it.
        """
        found = []
        for outcome in RANGED:
            column = list(self.units).index(outcome)
            points, means = _means(self.plays[..., column]), _means(values[:, : self.futures, column])
            outside = map(_outside, self.policies, points.T, means.tolist())
            under = [said for said in outside if said is not None]
            if (more := len(under) - MOST_NAMED) > 0:
                under[MOST_NAMED:] = [text("doubt.left_out_more", number=more)]
            if under:
                said = {"outcome": outcome, "unit": self.units[outcome], "under": language.listed(under)}
                counts = {"number": self.futures, "futures": self.futures, "points": len(points)}
                found.append(text("doubt.left_out", **counts, **said))
        return found

    def _of(self, policy: str) -> Float:
        """The plays under a policy, shape (points, futures, outcomes)."""
        return self.plays[:, self.policies.index(chosen(policy, self.policies, "policy"))]

    def _in_short(self) -> str:
        return f"{len(self.points)} of {self.asked} points, {len(self.paths)} paths"

    def _shown(self) -> str:
        return self.ranges().to_html(float_format="{:,.3g}".format, border=0)


def _outside(policy: str, points: Float, own: float) -> str | None:
    """That a mean lies outside those of the points, if it does."""
    low, high = float(points.min()), float(points.max())
    near = (high - low) / len(points) + ROUNDING * abs(own)
    if low - near <= own <= high + near:
        return None
    factor, word = scale_of([own, low, high])
    amounts = [number(each / factor, places(abs(each) / factor, 3)) for each in (own, low, high)]
    said = dict(zip(("own", "low", "high"), amounts, strict=True))
    return text("doubt.left_out_by", policy=policy, scale=f" {word}".rstrip(), **said)


def _means(plays: Float) -> Float:
    """The mean over the last axis of what is defined, NaN where nothing is."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        means: Float = np.nanmean(plays, axis=-1)
    return means
