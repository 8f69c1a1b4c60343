"""A million draws of each kind: uniform, unrelated along every word of their address, and distributed as written."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import njit
from pydantic import TypeAdapter
from scipy import stats

from exportsim.chance import PURPOSES, address, draw, uniform
from exportsim.compile.distributions import parameters
from exportsim.scenario.distributions import DurationDistribution
from laws.comparing import SEED, Comparison, Law, Planted, Profile, against, cells, chi_square, correlation
from laws.worlds import DAY

DRAWS = 1_000_000
CELLS, SIDE = 1000, 64
WORDS = ("seed", "future", "stream", "entity", "purpose", "index")
KINDS = [*PURPOSES, "work/intake"]
STREAMS = [f"line-{number}" for number in range(len(KINDS))]
ROOT = (SEED, 0, address("tb2-sensors"), 1, PURPOSES["value"], 1)
"""An address; along each of its words, a million numbers that follow each other are looked up."""


def draws_in(profile: Profile) -> int:
    """A million, or four in a longer profile, for the sake of memory."""
    return DRAWS * min(profile.times, 4)


@njit
def walk(words: np.ndarray, place: int, first: int, number: int) -> np.ndarray:
    """The numbers at addresses that differ in one word, which goes from ``first`` on."""
    found = np.empty(number)
    at = words.copy()
    for k in range(number):
        at[place] = first + k
        found[k] = uniform(at[0], at[1], at[2], at[3], at[4], at[5])
    return found


def numbers(profile: Profile, **words: int) -> np.ndarray:
    """A million numbers (more in the long profile) of the first orders of a line, at ``ROOT`` but for some words."""
    at = np.array([words.get(word, root) for word, root in zip(WORDS, ROOT, strict=True)])
    return walk(at, WORDS.index("entity"), 1, draws_in(profile))


Spoil = Callable[[np.ndarray], np.ndarray]


def as_drawn(found: np.ndarray) -> np.ndarray:
    return found


def too_low(found: np.ndarray) -> np.ndarray:
    """Numbers that are a little low: a mean of 0.495 rather than 0.5."""
    return found**1.02


def echoing(found: np.ndarray) -> np.ndarray:
    """One number in a hundred is that before it: each by itself is as uniform as ever."""
    echoed = found.copy()
    echoed[100::100] = found[99:-1:100]
    return echoed


def compare_uniformity(profile: Profile, spoil: Spoil = as_drawn) -> list[Comparison]:
    """Equal cells for each purpose; and cells of what lies below the first twenty bits."""
    found = []
    for purpose in KINDS:
        drawn = spoil(numbers(profile, purpose=address(purpose)))
        found.append(even(purpose, drawn))
    fine = numbers(profile) * 2.0**20
    return [*found, even("value, below its first 20 bits", fine - np.floor(fine))]


def even(what: str, drawn: np.ndarray) -> Comparison:
    counts = np.bincount((drawn * CELLS).astype(np.int64), minlength=CELLS)
    return cells(what, counts, len(drawn) / CELLS)


UNIFORMITY_LAW = Law(
    "draws are uniform, by purpose",
    "Pearson 1900; Knuth 1997, §3.3.2",
    compare_uniformity,
    {"numbers to the power of 1.02": Planted(against(compare_uniformity, too_low))},
)


def compare_series(profile: Profile, spoil: Spoil = as_drawn) -> list[Comparison]:
    """Along each word of an address: pairs that follow each other fill a square evenly, and do not correlate.

    Pairs of the square do not overlap, so they are independent trials.
    """
    found = []
    for place, word in enumerate(WORDS):
        drawn = spoil(walk(np.array(ROOT), place, 1, draws_in(profile)))
        found.append(correlation(f"along {word}: serial correlation", drawn[:-1], drawn[1:]))
        one, other = (drawn.reshape(-1, 2).T * SIDE).astype(np.int64)
        counts = np.bincount(one * SIDE + other, minlength=SIDE * SIDE)
        found.append(cells(f"along {word}: pairs", counts, len(one) / SIDE**2))
    return found


SERIES_LAW = Law(
    "draws that follow each other are unrelated",
    "Knuth 1997, §3.3.2",
    compare_series,
    {"every hundredth repeats the one before": Planted(against(compare_series, echoing))},
)


@cache
def crossed(profile: Profile, word: str) -> np.ndarray:
    """The correlations of the draws of the same orders, of all pairs of purposes or of lines."""
    names = KINDS if word == "purpose" else STREAMS
    return np.corrcoef([numbers(profile, **{word: address(name)}) for name in names])


def compare_crossed(profile: Profile, leak: float = 0.0) -> list[Comparison]:
    """Squares of independent correlations, times the draws in each, are chi-square. ``leak`` is added to one."""
    found = []
    n = draws_in(profile)
    for word, names in (("purpose", KINDS), ("stream", STREAMS)):
        correlations = crossed(profile, word)[np.triu_indices(len(names), 1)].copy()
        correlations[0] += leak
        statistic = float((correlations**2).sum()) * n
        found.append(chi_square(f"correlations of {len(names)} {word}s: χ²", statistic, len(correlations), n))
    return found


CROSSED_LAW = Law(
    "draws of one order are unrelated",
    "Fisher 1915",
    compare_crossed,
    {"two that correlate by 0.012": Planted(against(compare_crossed, leak=0.012))},
)

# As written, and the same in SciPy's words, in days.
DISTRIBUTIONS: dict[str, tuple[Any, Any]] = {
    "uniform": ({"uniform": ["100d", "900d"]}, stats.uniform(100, 800)),
    "triangular": ({"triangular": ["30d", "300d", "600d"]}, stats.triang(270 / 570, 30, 570)),
    "exponential": ({"exponential": {"mean": "400d"}}, stats.expon(scale=400)),
    "lognormal": (
        {"lognormal": {"median": "200d", "p90": "600d"}},
        stats.lognorm(np.log(3) / stats.norm.ppf(0.9), scale=200),
    ),
    "weibull": (
        {"weibull": {"mean": "365.25d", "shape": 2}},
        stats.weibull_min(2, scale=365.25 / float(np.sqrt(np.pi) / 2)),
    ),
}


@njit
def draws(row: tuple, number: int, seed: int, purpose: int) -> np.ndarray:  # type: ignore[type-arg]
    """Whole minutes of a distribution, for the first orders of a line."""
    kind, a, b, c, x, y = row
    found = np.empty(number, dtype=np.int64)
    for entity in range(number):
        found[entity] = draw(kind, a, b, c, x, y, seed, 0, 7, entity + 1, purpose, 1)
    return found


@cache
def drawn_of(profile: Profile, kind: str) -> np.ndarray:
    shape, a, b, c, _ = parameters(TypeAdapter(DurationDistribution).validate_python(DISTRIBUTIONS[kind][0]))
    nothing = np.zeros(0)
    row = (shape, float(a), float(b), float(c), nothing, nothing)
    return draws(row, draws_in(profile), SEED, address(f"work/{kind}"))


def compare_distributions(profile: Profile, stretched: float = 1.0) -> list[Comparison]:
    """Cells between whole minutes, each with SciPy's probability of it."""
    found = []
    for kind, (_, known) in DISTRIBUTIONS.items():
        drawn = drawn_of(profile, kind)
        edges = np.floor(known.ppf(np.arange(1, 200) / 200) * DAY) + 0.5
        chances = np.diff(known.cdf(edges / DAY / stretched), prepend=0.0, append=1.0)
        counts = np.bincount(np.searchsorted(edges, drawn), minlength=200)
        inside = chances > 0  # a wrong theory may leave cells out altogether
        found.append(cells(kind, counts[inside], chances[inside] * len(drawn)))
    return found


DISTRIBUTIONS_LAW = Law(
    "values drawn of each distribution",
    "Pearson 1900; SciPy's distributions",
    compare_distributions,
    {"1 % longer": Planted(against(compare_distributions, 1.01))},
)

LAWS = (UNIFORMITY_LAW, SERIES_LAW, CROSSED_LAW, DISTRIBUTIONS_LAW)
