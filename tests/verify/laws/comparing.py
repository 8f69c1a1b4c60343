"""How what was played is held against what theory says: comparisons with p-values, and the laws they belong to.

One level for all
-----------------
A run of the laws makes `COMPARISONS` comparisons. Each is refused if its p-value is below `LEVEL`, 1e-3 divided by
their number (Bonferroni), so a right simulator, drawn anew, is refused anywhere with probability at most 1e-3, however
the comparisons depend on each other. Seeds are fixed: a run passes or fails for good.

A law names errors that were planted on purpose, in the theory or in the world. Each must be refused at the same level.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

FAMILY_LEVEL = 1e-3
COMPARISONS = 145
LEVEL = FAMILY_LEVEL / COMPARISONS
SEED = 20201005


class Profile(NamedTuple):
    """How long to play."""

    name: str
    times: int
    """As many plays as in the short profile, times this."""


SHORT, LONG = Profile("short", 1), Profile("long", 20)


@dataclass(frozen=True)
class Comparison:
    """One figure, in theory and as played."""

    what: str
    """What is compared, with its unit."""
    theory: float
    found: float
    half: float
    """Half of the 95 % interval of what was found; NaN where what was found is a test statistic or is exact."""
    p: float
    """Chance, if theory is right, of a figure at least as far from it."""
    n: int
    """Independent plays, or repetitions, or draws."""

    @property
    def refused(self) -> bool:
        return self.p < LEVEL

    @property
    def exactly(self) -> bool:
        """Whether it leaves nothing to chance."""
        return math.isnan(self.half) and self.theory == 0

    @property
    def z(self) -> float:
        """The normal deviate of the same p-value, with the sign of the difference."""
        return math.copysign(float(stats.norm.isf(self.p / 2)), self.found - self.theory) if self.p < 1 else 0.0


def mean(what: str, samples: Sequence[float] | np.ndarray, theory: float) -> Comparison:
    """The mean of independent plays against theory, by Student's t (1908)."""
    found, n = float(np.mean(samples)), len(samples)
    error = float(np.std(samples, ddof=1)) / math.sqrt(n)
    p = 2 * float(stats.t.sf(abs(found - theory) / error, n - 1))
    return Comparison(what, theory, found, float(stats.t.ppf(0.975, n - 1)) * error, p, n)


def share(what: str, number: int, n: int, theory: float) -> Comparison:
    """A share of independent trials against its probability: exactly, by the binomial distribution."""
    found = number / n
    half = 1.96 * math.sqrt(found * (1 - found) / n)
    return Comparison(what, theory, found, half, float(stats.binomtest(number, n, theory).pvalue), n)


def chi_square(what: str, statistic: float, freedom: int, n: int) -> Comparison:
    """A sum of squares against the chi-square distribution (Pearson 1900), on both sides: too even is wrong, too."""
    known = stats.chi2(freedom)
    p = min(1.0, 2 * float(min(known.cdf(statistic), known.sf(statistic))))
    return Comparison(what, freedom, statistic, math.nan, p, n)


def cells(what: str, counts: np.ndarray, expected: np.ndarray | float) -> Comparison:
    """Counts of independent trials against those expected (Pearson 1900)."""
    expected = np.broadcast_to(np.asarray(expected, dtype=float), counts.shape)
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return chi_square(f"{what}: χ²", statistic, counts.size - 1, int(counts.sum()))


def correlation(what: str, one: np.ndarray, other: np.ndarray) -> Comparison:
    """A correlation against none: of n independent pairs it is normal with variance 1/n (Fisher 1915), for large n."""
    n = len(one)
    found = float(np.corrcoef(one, other)[0, 1])
    return Comparison(what, 0.0, found, 1.96 / math.sqrt(n), 2 * float(stats.norm.sf(abs(found) * math.sqrt(n))), n)


def exact(what: str, differences: int, n: int) -> Comparison:
    """How many of n are not what they must be: none may."""
    return Comparison(what, 0.0, float(differences), math.nan, float(differences == 0), n)


Compare = Callable[[Profile], list[Comparison]]


@dataclass(frozen=True)
class Planted:
    """An error made on purpose."""

    compare: Compare
    seen_in: frozenset[str] = frozenset()
    """The comparisons, and no others, that must refuse it; if empty, it is enough that one does."""


@dataclass(frozen=True)
class Law:
    """What theory knows of one small world."""

    name: str
    source: str
    """Who found it, and when."""
    compare: Compare
    planted: Mapping[str, Planted] = field(default_factory=dict)


def against(compare: Callable[..., list[Comparison]], *args: Any, **assumed: Any) -> Compare:
    """The comparisons of a world against what is assumed of it."""
    return lambda profile: compare(profile, *args, **assumed)
