"""How often the 95 % intervals of outcomes cover what is known of them: in a world where all can be said beforehand."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

import exportsim
from exportsim.analysis.intervals import intervals
from laws.comparing import SEED, Comparison, Law, Planted, Profile, against, share
from laws.worlds import authority, line

NOMINAL = 0.95
EACH = 30  # futures of an interval
A_YEAR, VALUE = 12, 1_000_000
DAYS, DAYS_TO_STOP = 730, 365
TIMELY = 0.8

# Four applications in five take as many whole days as the standard has, the fifth takes one more. Reviewed one by one,
# nobody waits; so what is decided in any time is Poisson, and of those decided each is timely with the same
# probability.
WORLD: dict[str, Any] = {
    "exportsim": 1,
    "period": {"start": "2021-01-01", "end": "2022-12-31", "warm_up": "60d"},
    "currency": "EUR",
    "goods": {"imaging": {}},
    "authorities": {
        "office": authority(
            [(100_000, {"empirical": ["20d", "20d", "20d", "20d", "21d"]})], validity="9y", service_standard="20d"
        )
    },
    "suppliers": {"north": {"country": "CA", "authority": "office", "slots": 100_000, "lead_time": "0d"}},
    "demand": {
        "covered": line(f"{A_YEAR}/y", {"north": {}}, value={"lognormal": {"mean": str(VALUE), "cv": 0.5}}),
    },
    "policies": {"free": {"measures": []}, "stop": {"measures": [{"on": "2022-01-01", "applications": "deny"}]}},
}  # fmt: skip


def expected(days: int) -> float:
    """Values are independent of a Poisson number of orders: expected exports (Wald 1944)."""
    return A_YEAR * days / 365.25 * VALUE


TRUTHS = {
    "exports": expected(DAYS),
    "difference of exports": expected(DAYS_TO_STOP) - expected(DAYS),
    "share within the service standard": TIMELY,
}


@cache
def outcomes(profile: Profile) -> dict[str, np.ndarray]:
    """Each figure in each future, in rows of as many as an interval is made of."""
    played = exportsim.run(exportsim.build(WORLD), futures=400 * EACH * profile.times, seed=SEED).outcomes
    exports = played["exports"].unstack("policy")
    figures = exports["free"], exports["stop"] - exports["free"], played["within_standard"].loc["free"]
    return {what: each.to_numpy().reshape(-1, EACH) for what, each in zip(TRUTHS, figures, strict=True)}


@cache
def bounds(profile: Profile, what: str, level: float) -> tuple[np.ndarray, np.ndarray]:
    """The lower and the upper ends of its intervals."""
    rows = outcomes(profile)[what]
    found = intervals(list(rows), level=level, shares=[what.startswith("share")] * len(rows))
    return np.array([each.low for each in found]), np.array([each.high for each in found])


def compare_coverage(profile: Profile, level: float = NOMINAL, truth: float = 1.0) -> list[Comparison]:
    """Of intervals made of 30 futures each, the share that cover ``truth`` times the truth."""
    found = []
    for what, known in TRUTHS.items():
        low, high = bounds(profile, what, level)
        covered = (low <= truth * known) & (truth * known <= high)
        found.append(share(f"{what}: share covered", int(covered.sum()), len(covered), NOMINAL))
    return found


COVERAGE_LAW = Law(
    "95 % intervals of 30 futures",
    "Wald 1944 (the means)",
    compare_coverage,
    {
        "intervals at 90 %": Planted(against(compare_coverage, 0.9)),
        "truth 5 % more": Planted(against(compare_coverage, truth=1.05)),
    },
)

LAWS = (COVERAGE_LAW,)
