"""How many applications are decided within a service standard: in an M/M/1 queue the time in review is exponential."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

import exportsim
from laws.comparing import SEED, Comparison, Law, Planted, Profile, against, mean
from laws.queues import ROUNDING
from laws.worlds import DAY, authority, exponential, line, once_in, scenario

# Shares of a play are quotients, whose mean leans by about one in as many applications as a play has: hence so many.
COUNTED, SETTLING, PLAYS = 10_000, 200, 40
GAP, WORK, STANDARD = 1440.0, 720.0, 2  # minutes, minutes, days


@cache
def timely(profile: Profile) -> np.ndarray:
    """Of each play: the share within the standard to the minute, and in whole days. (2, plays)"""
    office = authority([(1, exponential(WORK))], service_standard=f"{STANDARD}d")
    built = scenario(
        COUNTED * GAP / DAY, SETTLING * GAP / DAY,
        authorities={"timely": office},
        suppliers={"wescam": {"country": "CA", "authority": "timely", "slots": 1_000_000, "lead_time": "0d"}},
        demand={"timely": line(once_in(GAP), {"wescam": {}})},
    )  # fmt: skip
    found = exportsim.run(built, futures=PLAYS * profile.times, seed=SEED).outcomes
    return found[["within_standard_cohort", "within_standard"]].to_numpy().T


def compare_standard(
    profile: Profile, load: float = WORK / GAP, standard: float = STANDARD, counted_from: float = 1.0
) -> list[Comparison]:
    """In whole days, the one in which it was applied for, at any time of it, does not count.

    ``counted_from`` plants an error: how much of that day is not counted.
    """
    rate = (1 / load - 1) / GAP  # of the end of a time in review, a minute
    a_day = rate * DAY
    to_the_minute = 1 - math.exp(-rate * (standard * DAY + ROUNDING))
    in_whole_days = 1 - math.exp(-a_day * (standard + counted_from)) * (math.exp(a_day) - 1) / a_day
    exact, whole = timely(profile)
    return [
        mean("share within it, to the minute", exact, to_the_minute),
        mean("share within it, in whole days", whole, in_whole_days),
    ]


STANDARD_LAW = Law(
    f"M/M/1, load {WORK / GAP:.0%}, a service standard of {STANDARD} d",
    "Erlang 1917; by hand: 1 − exp(−(μ − λ)t)",
    compare_standard,
    {
        "arrivals 5 % more": Planted(against(compare_standard, load=1.05 * WORK / GAP)),
        "a standard 5 % longer": Planted(against(compare_standard, standard=1.05 * STANDARD)),
        "the day of the application counts": Planted(
            against(compare_standard, counted_from=0.0), frozenset({"share within it, in whole days"})
        ),
    },
)

LAWS = (STANDARD_LAW,)
