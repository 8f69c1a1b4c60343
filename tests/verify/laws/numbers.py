"""How many there are: infinitely many servers (Poisson), and chains of stages (Jackson's product form)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import stats

from exportsim.lifecycle import Fact
from laws.comparing import Comparison, Law, Planted, Profile, against, cells, correlation, mean
from laws.worlds import DAY, Rows, exponential, line, office, once_in, plays, world

# ------------------------------------------------------------------ M/G/∞: production without scarcity

LEAD_TIME, LEAD_DAYS = {"uniform": ["20d", "180d"]}, 100.0
GAP_DAYS = 10.0
LATELY = 30  # days before the moment at which is counted
WITHOUT_SCARCITY = 100_000  # slots


@cache
def in_production(profile: Profile, slots: int = WITHOUT_SCARCITY) -> tuple[np.ndarray, np.ndarray]:
    """At the beginning of the period of each play: the orders in production, and those finished lately."""
    plan = world(
        1, 180 + LATELY + 1,
        suppliers={"aselsan": {"country": "TR", "slots": slots, "lead_time": LEAD_TIME}},
        demand={"without-scarcity": line(once_in(GAP_DAYS * DAY), {"aselsan": {}})},
    )  # fmt: skip
    found = []
    for rows in plays(plan, 4000 * profile.times):
        (sourced,), (finished,) = rows.of(Fact.SOURCED, "minute"), rows.of(Fact.FINISHED, "minute")
        gone = int((finished < 0).sum())
        found.append((int((sourced < 0).sum()) - gone, gone - int((finished < -LATELY * DAY).sum())))
    there, lately = np.array(found).T
    return there, lately


def compare_production(
    profile: Profile, expected: float = LEAD_DAYS / GAP_DAYS, slots: int = WITHOUT_SCARCITY
) -> list[Comparison]:
    """Their number is Poisson whatever the lead time's distribution, and knows nothing of those that are gone."""
    there, lately = in_production(profile, slots)
    least, most = 4, 17  # what is less or more is one cell each
    counts = np.bincount(np.clip(there, least, most), minlength=most + 1)[least:]
    known = stats.poisson(expected)
    chances = np.array([known.cdf(least), *known.pmf(range(least + 1, most)), known.sf(most - 1)])
    return [
        mean("mean number in production", there, expected),
        cells("number in production is Poisson", counts, chances * len(there)),
        mean(f"mean number finished in {LATELY} days", lately, LATELY / GAP_DAYS),
        correlation("correlation of the two", there, lately),
    ]


PRODUCTION_LAW = Law(
    "M/G/∞, production without scarcity",
    "Palm 1943, Mirasol 1963",
    compare_production,
    {
        "lead time 5 % longer": Planted(against(compare_production, LEAD_DAYS / GAP_DAYS * 1.05)),
        "12 slots only": Planted(against(compare_production, slots=12)),
    },
)

# ------------------------------------------------------------------ numbers at stages of review


def occupancy(rows: Rows, stages: int) -> tuple[np.ndarray, np.ndarray]:
    """How many applications were at each stage, and for how many minutes, within the period.

    Returns
    -------
    numbers : ndarray, shape (stages, changes)
        At work or waiting, between one change and the next.
    minutes : ndarray, shape (changes,)
    """
    came, went = rows.fact == Fact.APPLIED, rows.fact == Fact.REVIEW_ENDED
    detail = rows.column("detail")
    change = np.zeros((stages, len(came)), dtype=np.int64)
    change[0, came] = 1
    for stage in range(stages):
        left = went & (detail == stage)
        change[stage, left] -= 1
        if stage + 1 < stages:
            change[stage + 1, left] += 1
    numbers = change.cumsum(axis=1)
    minutes = np.diff(np.maximum(rows.minute, 0))  # up to the last change
    return numbers[:, :-1][:, minutes > 0], minutes[minutes > 0]


OFFERED = 10.0


@cache
def in_review(profile: Profile, officers: int = 100_000) -> np.ndarray:
    """Mean, and mean square away from what is expected, of the number in review, over the time of each play."""
    plan = office(
        "officers-enough", [(officers, {"uniform": ["200min", "7800min"]})], 4000 / OFFERED, counted=3000, warm_up=60
    )
    found = []
    for rows in plays(plan, 60 * profile.times):
        (numbers,), minutes = occupancy(rows, stages=1)
        found.append([np.average(numbers, weights=minutes), np.average((numbers - OFFERED) ** 2, weights=minutes)])
    return np.array(found)


def compare_review(profile: Profile, expected: float = OFFERED, officers: int = 100_000) -> list[Comparison]:
    """Mean and variance are the same, λE(S)."""
    means, variances = in_review(profile, officers).T
    return [mean("mean number in review", means, expected), mean("its variance", variances, expected)]


REVIEW_LAW = Law(
    "M/G/∞, officers enough",
    "Palm 1943",
    compare_review,
    {
        "work 5 % longer": Planted(against(compare_review, OFFERED * 1.05)),
        "13 officers only": Planted(against(compare_review, officers=13)),
    },
)

# ------------------------------------------------------------------ a chain of stages: Jackson

CHAIN = ((1, 0.8), (1, 0.75), (4, 0.5))  # officers and load of each stage
GAP = 1000.0
TWO = ((0, 1), (0, 2), (1, 2))


def number_at(officers: int, load: float, most: int = 400) -> np.ndarray:
    """Chances of 0, 1, 2, … applications in an M/M/c queue."""
    offered = officers * load
    chance = np.cumprod([1.0] + [offered / min(number, officers) for number in range(1, most)])
    return chance / chance.sum()


@dataclass(frozen=True)
class Joint:
    """What the product form says, or what one play says, of the numbers at the stages of the chain."""

    means: tuple[float, ...]
    """Of the number at each stage."""
    together: tuple[float, ...]
    """Means of the products of two stages' numbers: the product of their means, if they are independent."""
    both_few: tuple[float, ...]
    """Chances that two stages have each at most one application."""
    empty: float
    """The chance that all are empty."""

    def figures(self) -> list[float]:
        return [*self.means, *self.together, *self.both_few, self.empty]


JOINT_FIGURES = [
    *(f"mean number at stage {stage + 1}" for stage in range(len(CHAIN))),
    *(f"mean product of numbers at {a + 1} and {b + 1}" for a, b in TWO),
    *(f"chance of at most one each at {a + 1} and {b + 1}" for a, b in TWO),
    "chance that all are empty",
]


def product_form(stages: tuple[tuple[int, float], ...]) -> Joint:
    """Each stage as if it were alone, and independent of the others."""
    chances = [number_at(officers, load) for officers, load in stages]
    means = [float(chance @ np.arange(len(chance))) for chance in chances]
    few = [float(chance[:2].sum()) for chance in chances]
    return Joint(
        tuple(means),
        tuple(means[a] * means[b] for a, b in TWO),
        tuple(few[a] * few[b] for a, b in TWO),
        math.prod(float(chance[0]) for chance in chances),
    )


def joint(rows: Rows) -> Joint:
    """The time averages of one play."""
    numbers, minutes = occupancy(rows, len(CHAIN))

    def average(each: np.ndarray) -> float:
        return float(np.average(each, weights=minutes))

    return Joint(
        tuple(average(each) for each in numbers),
        tuple(average(numbers[a] * numbers[b]) for a, b in TWO),
        tuple(average((numbers[a] <= 1) & (numbers[b] <= 1)) for a, b in TWO),
        average((numbers == 0).all(axis=0)),
    )


@cache
def chain(profile: Profile, first_is_constant: bool) -> np.ndarray:
    """The figures of the chain in each play: (plays, figures)."""
    works: list[Any] = [exponential(officers * load * GAP) for officers, load in CHAIN]
    if first_is_constant:
        works[0] = f"{CHAIN[0][1] * GAP:.0f}min"
    stages = [(officers, work) for (officers, _), work in zip(CHAIN, works, strict=True)]
    plan = office("chain", stages, GAP, counted=4000, warm_up=2000)
    return np.array([joint(rows).figures() for rows in plays(plan, 80 * profile.times)])


def compare_chain(
    profile: Profile, assumed: tuple[tuple[int, float], ...] = CHAIN, first_is_constant: bool = False
) -> list[Comparison]:
    found = chain(profile, first_is_constant).T
    theory = product_form(assumed).figures()
    return [mean(*each) for each in zip(JOINT_FIGURES, found, theory, strict=True)]


CHAIN_LAW = Law(
    "Jackson chain of 3 stages",
    "Jackson 1957",
    compare_chain,
    {
        "constant work at stage 1": Planted(against(compare_chain, first_is_constant=True)),
        "work at stage 2 5 % less": Planted(against(compare_chain, (CHAIN[0], (1, 0.7125), CHAIN[2]))),
        "one officer more at stage 3": Planted(against(compare_chain, (*CHAIN[:2], (5, 0.4)))),
    },
)

LAWS = (PRODUCTION_LAW, REVIEW_LAW, CHAIN_LAW)
